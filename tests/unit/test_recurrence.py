"""When a schedule comes round, over years and daylight-saving changes, and which rules are refused."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.schedules import WEEKDAYS, Often, habit_of, rule_of
from dialogs.recurrence import BadRule, Flaw, Recurrence, checked, zone_called

ZONES = ("Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def following(rule: str, starts: str, zone: str, count: int = 3) -> list[dt.datetime]:
    return Recurrence(checked(rule), local(starts), ZoneInfo(zone)).following(LONG_AGO, count)


def moments(rule: str, starts: str, zone: str, count: int = 3) -> list[str]:
    """The first dates, as UTC and as a clock there shows them."""
    found = following(rule, starts, zone, count)
    return [f"{one:%d %H:%M} {one.astimezone(ZoneInfo(zone)):%H:%M}" for one in found]


@pytest.mark.parametrize(
    "zone, starts, dates",
    [
        ("Europe/Vienna", "2026-03-28 09:00", ["28 08:00 09:00", "29 07:00 09:00", "30 07:00 09:00"]),
        ("Europe/Vienna", "2026-10-24 09:00", ["24 07:00 09:00", "25 08:00 09:00", "26 08:00 09:00"]),
        ("America/New_York", "2026-03-07 09:00", ["07 14:00 09:00", "08 13:00 09:00", "09 13:00 09:00"]),
        ("Asia/Kolkata", "2026-03-28 09:00", ["28 03:30 09:00", "29 03:30 09:00", "30 03:30 09:00"]),
        # A time that the clock skips there comes as much later as the clock jumps.
        ("Europe/Vienna", "2026-03-28 02:30", ["28 01:30 02:30", "29 01:30 03:30", "30 00:30 02:30"]),
        ("America/New_York", "2026-03-07 02:30", ["07 07:30 02:30", "08 07:30 03:30", "09 06:30 02:30"]),
        ("Australia/Lord_Howe", "2026-10-03 02:15", ["02 15:45 02:15", "03 15:45 02:45", "04 15:15 02:15"]),
        # One that comes twice is taken the first time.
        ("Europe/Vienna", "2026-10-24 02:30", ["24 00:30 02:30", "25 00:30 02:30", "26 01:30 02:30"]),
        ("America/New_York", "2026-10-31 01:30", ["31 05:30 01:30", "01 05:30 01:30", "02 06:30 01:30"]),
        ("Australia/Lord_Howe", "2026-04-04 01:45", ["03 14:45 01:45", "04 14:45 01:45", "05 15:15 01:45"]),
    ],
)  # fmt: skip
def test_over_daylight_saving_changes(zone: str, starts: str, dates: list[str]) -> None:
    """It is the same time on the wall before and after."""
    assert moments("FREQ=DAILY", starts, zone) == dates


@pytest.mark.parametrize(
    "rule, days",
    [
        (rule_of(Often.QUARTER, "MO"), ["01-04", "04-05", "07-05"]),
        (rule_of(Often.MONTH, "FR"), ["12-04", "01-01", "02-05"]),
        (rule_of(Often.WEEK, "WE"), ["11-25", "12-02", "12-09"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["11-27", "12-25", "01-29"]),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15", ["01-15", "03-15", "05-15"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ["12-01", "01-01", "02-01"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ["05-17", "05-15", "05-14"]),
    ],
)
def test_the_days_of_a_rule(rule: str, days: list[str]) -> None:
    """From a Monday in November 2026 on, as RFC 5545 has them."""
    assert [f"{one:%m-%d}" for one in following(rule, "2026-11-23 09:00", "UTC")] == days


def test_the_last_day_is_a_whole_day() -> None:
    """A date on it counts, one after it does not, by the clock of the zone."""
    auckland = ZoneInfo("Pacific/Auckland")
    daily = Recurrence("FREQ=DAILY", local("2026-11-23 23:30"), auckland, dt.date(2026, 11, 25))
    assert [one.astimezone(auckland).day for one in daily.following(LONG_AGO, 9)] == [23, 24, 25]


def test_what_follows_is_later() -> None:
    """A date is not its own successor."""
    weekly = Recurrence("FREQ=WEEKLY", local("2026-11-23 09:00"), ZoneInfo("UTC"))
    [first, second] = weekly.following(LONG_AGO, 2)
    assert weekly.following(first, 1) == [second]


def test_a_day_that_a_zone_left_out_brings_nothing_twice() -> None:
    """Samoa had no 30 December 2011: its date and the next day's are one moment."""
    dates = moments("FREQ=DAILY", "2011-12-29 09:00", "Pacific/Apia", 3)
    assert len(set(dates)) == 3


@given(
    often=st.sampled_from(Often),
    weekday=st.sampled_from(WEEKDAYS),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    starts=st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1)),  # noqa: DTZ001 - by the clock on a wall
    days=st.integers(0, 2000),
)
def test_dates_are_in_order_and_at_their_hour(
    often: Often, weekday: str, zone: ZoneInfo, starts: dt.datetime, days: int
) -> None:
    """Whatever the start: each later than the one before, on its weekday, at its time, and none too late."""
    starts = starts.replace(hour=9, second=0, microsecond=0)
    ends_on = starts.date() + dt.timedelta(days=days)
    rule = next(rule_of(often, one) for one in WEEKDAYS if one == weekday)
    found = Recurrence(checked(rule), starts, zone, ends_on).following(LONG_AGO, 30)
    assert all(one < later for one, later in pairwise(found))
    for one in (one.astimezone(zone) for one in found):
        assert starts.date() <= one.date() <= ends_on
        assert (one.hour, one.minute) == (9, starts.minute)
        assert WEEKDAYS[one.weekday()] == weekday


@pytest.mark.parametrize(
    "rule, flaw",
    [
        ("", Flaw.FORM),
        ("every monday", Flaw.FORM),
        ("FREQ=MONTHLY;FREQ=WEEKLY", Flaw.FORM),
        ("FREQ=WEEKLY;INTERVAL=0", Flaw.FORM),
        ("FREQ=WEEKLY;INTERVAL=-1", Flaw.FORM),
        ("FREQ=MONTHLY;BYDAY=6MO", Flaw.FORM),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=53MO", Flaw.FORM),
        ("FREQ=YEARLY;BYEASTER=0", Flaw.FORM),
        ("FREQ=YEARLY;BYMONTH=1;BYSETPOS=367", Flaw.FORM),
        ("FREQ=WEEKLY\nRDATE:20270101", Flaw.FORM),
        ("DTSTART:20270101T000000 RRULE:FREQ=WEEKLY", Flaw.FORM),
        ("FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 200), Flaw.FORM),
        ("FREQ=HOURLY", Flaw.TOO_OFTEN),
        ("FREQ=SECONDLY;INTERVAL=100000", Flaw.TOO_OFTEN),
        ("FREQ=DAILY;BYHOUR=9", Flaw.TOO_OFTEN),
        ("FREQ=DAILY;BYMINUTE=1,2", Flaw.TOO_OFTEN),
        ("FREQ=DAILY;COUNT=5", Flaw.ENDS),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", Flaw.ENDS),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", Flaw.NEVER),
        ("FREQ=MONTHLY;BYSETPOS=2", Flaw.NEVER),
    ],
)
def test_a_rule_that_is_no_good_is_refused(rule: str, flaw: Flaw) -> None:
    """With the reason, which says what to write instead."""
    with pytest.raises(BadRule) as refusal:
        checked(rule)
    assert refusal.value.flaw is flaw


def test_a_rule_is_kept_in_one_form() -> None:
    """However it was typed."""
    assert checked(" rrule:freq=monthly; byday=-1fr; ") == "FREQ=MONTHLY;BYDAY=-1FR"


def numbers(most: int) -> st.SearchStrategy[str]:
    return st.integers(-most, most).filter(bool).map(str)


def listed(one: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(one, min_size=1, max_size=3).map(",".join)


PARTS = {
    "INTERVAL": st.integers(1, 999).map(str),
    "BYDAY": listed(st.builds(str.__add__, st.just("") | numbers(5), st.sampled_from(WEEKDAYS))),
    "BYMONTH": listed(st.integers(1, 12).map(str)),
    "BYMONTHDAY": listed(numbers(31)),
    "BYYEARDAY": listed(numbers(999)),
    "BYWEEKNO": listed(numbers(99)),
    "BYSETPOS": listed(numbers(999)),
    "WKST": st.sampled_from(WEEKDAYS),
}
RULES = st.builds(
    lambda often, parts: ";".join([f"FREQ={often}", *(f"{name}={value}" for name, value in parts.items())]),
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]),
    st.fixed_dictionaries({}, optional=PARTS),
)


@settings(deadline=None)
@given(rule=RULES)
def test_any_rule_of_the_right_form_is_refused_or_works(rule: str) -> None:
    """At most once a day, and without a crash, of which dateutil knows some for rules of the right form."""
    try:
        good = checked(rule)
    except BadRule:
        return
    dates = Recurrence(good, local("2026-11-23 09:00"), ZoneInfo("Europe/Vienna")).following(LONG_AGO, 20)
    assert all(later - one >= dt.timedelta(hours=23) for one, later in pairwise(dates))


def test_what_leads_pick_is_read_back_from_its_rule() -> None:
    """So that the form shows it again; an own rule is none of these."""
    assert all(habit_of(rule_of(often, day)) == (often, day) for often in Often for day in WEEKDAYS)
    assert habit_of("FREQ=MONTHLY;BYDAY=2MO") is None


@pytest.mark.parametrize("name", ["", "Vienna", "../../etc/passwd", "/etc/localtime", "a" * 300, "Europe/\0"])
def test_only_iana_names_are_zones(name: str) -> None:
    """Nothing that somebody types is taken for a file elsewhere."""
    assert zone_called(name) is None
