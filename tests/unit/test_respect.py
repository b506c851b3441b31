"""When the bot may write to somebody by itself."""

import datetime as dt
import heapq
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.model import Person
from assessment.respect import Limits, Wishes, next_moment
from dialogs.respect import Respect
from storage.contacts import REMEMBERED, Contact, Known, row_of

VIENNA = ZoneInfo("Europe/Vienna")
USUAL = Limits()
ZONES = ("Europe/Vienna", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "UTC")


def at(text: str, zone: dt.tzinfo = VIENNA) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def in_vienna(now: str, *written: str, limits: Limits = USUAL, not_before: str = "") -> str:
    """The next moment as a clock in Vienna shows it."""
    wishes = Wishes(VIENNA, at(not_before) if not_before else None)
    found = next_moment(at(now), wishes, [at(one) for one in written], limits)
    assert found is not None
    return found.astimezone(VIENNA).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "now, then",
    [
        ("2026-03-03 10:00", "2026-03-03 10:00"),  # a Tuesday
        ("2026-03-03 08:00", "2026-03-03 08:00"),
        ("2026-03-03 07:59", "2026-03-03 08:00"),
        ("2026-03-03 17:59", "2026-03-03 17:59"),
        ("2026-03-03 18:00", "2026-03-04 08:00"),
        ("2026-03-06 18:00", "2026-03-09 08:00"),
        ("2026-03-07 12:00", "2026-03-09 08:00"),
        ("2026-03-08 23:59", "2026-03-09 08:00"),
    ],
)
def test_only_while_people_work(now: str, then: str) -> None:
    """Not from 18:00 to 08:00, and not at weekends; the next working morning instead."""
    assert in_vienna(now) == then


def test_once_a_day() -> None:
    """Who was written to today is left alone until tomorrow morning."""
    assert in_vienna("2026-03-03 10:00", "2026-03-03 08:30") == "2026-03-04 08:00"


def test_yesterday_evening_is_another_day() -> None:
    """The day is one of the calendar, in the person's own time zone."""
    assert in_vienna("2026-03-04 08:00", "2026-03-03 17:59") == "2026-03-04 08:00"


def test_three_times_a_week() -> None:
    """A fourth message waits until the first is a week old, whichever day the week begins with."""
    written = ("2026-03-04 09:00", "2026-03-05 09:00", "2026-03-06 09:00")
    assert in_vienna("2026-03-09 09:00", *written) == "2026-03-11 08:00"


def test_not_before() -> None:
    """A day that a person names is kept, and so are the other rules on that day."""
    assert in_vienna("2026-03-03 10:00", not_before="2026-03-14 00:00") == "2026-03-16 08:00"


def test_a_day_that_has_passed_holds_nothing_back() -> None:
    """A wish to hear nothing until some day ends by itself."""
    assert in_vienna("2026-03-03 10:00", not_before="2026-03-02 00:00") == "2026-03-03 10:00"


def test_never_for_who_wants_nothing() -> None:
    """Whoever said "stop reminding me" is left alone for ever."""
    assert next_moment(at("2026-03-03 10:00"), Wishes(VIENNA, wants_nothing=True), [], USUAL) is None


def test_hours_may_be_quiet_by_day() -> None:
    """Quiet hours need not go over midnight."""
    nights = Limits(quiet_from=dt.time(6), quiet_until=dt.time(20), rests_at_weekends=False)
    assert in_vienna("2026-03-07 07:00", limits=nights) == "2026-03-07 20:00"


def test_no_hour_need_be_quiet() -> None:
    """Equal times switch the quiet hours off."""
    always = Limits(quiet_from=dt.time(), quiet_until=dt.time(), rests_at_weekends=False)
    assert in_vienna("2026-03-07 03:00", limits=always) == "2026-03-07 03:00"


def test_the_morning_is_the_persons_own() -> None:
    """At 08:00 in Vienna it is still night in Los Angeles."""
    there = ZoneInfo("America/Los_Angeles")
    found = next_moment(at("2026-03-03 08:00"), Wishes(there), [], USUAL)
    assert found == at("2026-03-03 08:00", there)


LIMITS = st.builds(
    Limits,
    a_day=st.integers(1, 3),
    a_week=st.integers(1, 7),
    quiet_from=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    quiet_until=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    rests_at_weekends=st.booleans(),
)


@settings(deadline=None)
@given(
    limits=LIMITS,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    wants=st.lists(st.integers(0, 365 * 24 * 60), min_size=1, max_size=60).map(sorted),
    not_before=st.integers(0, 365 * 24 * 60),
)
def test_a_year_of_wanting_to_write(
    limits: Limits, zone: ZoneInfo, wants: list[int], not_before: int
) -> None:
    """Whenever the bot wants to write, in whatever zone: no cap, no quiet hour and no wish is broken."""
    year = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    wishes = Wishes(zone, year + dt.timedelta(minutes=not_before))
    written: list[dt.datetime] = []
    for minute in wants:
        wanted = year + dt.timedelta(minutes=minute)
        moment = next_moment(wanted, wishes, written, limits)
        assert moment is not None
        assert moment >= wanted
        written.append(moment)

    days = [one.astimezone(zone).date() for one in written]
    assert all(days.count(day) <= limits.a_day for day in days)
    assert all(
        sum(dt.timedelta() <= day - first < dt.timedelta(days=7) for day in days) <= limits.a_week
        for first in days
    )
    for one in written:
        local = one.astimezone(zone)
        assert not limits.is_quiet(local.time())
        assert not (limits.rests_at_weekends and local.weekday() >= 5)
        assert wishes.not_before is not None
        assert one >= wishes.not_before


MINUTE = dt.timedelta(minutes=1)
YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
A_YEAR = 365 * 24 * 60
IN_THE_YEAR = st.integers(0, A_YEAR).map(lambda minutes: YEAR + minutes * MINUTE)


@st.composite
def somebody(draw: st.DrawFn) -> "Somebody":
    """A person with a zone, some wishes, and when they finished which survey."""
    return Somebody(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        opts_out=draw(st.none() | IN_THE_YEAR),
        not_before=draw(st.none() | IN_THE_YEAR),
        finishes={number: draw(st.none() | IN_THE_YEAR) for number in range(4)},
    )


def contact(occasion: str, now: dt.datetime, known: Known) -> Contact:
    """A message of now, as it is stored."""
    row = row_of(occasion, now, known)
    return Contact(occasion, now, str(row["day"]), int(row["slot"]))


@dataclass
class Somebody:
    """Whom several surveys and pledges want to write to, in a simulated year."""

    zone: ZoneInfo
    opts_out: dt.datetime | None
    not_before: dt.datetime | None
    finishes: dict[int, dt.datetime | None]
    written: list[Contact] = field(default_factory=list)

    def known(self, now: dt.datetime) -> Known:
        silent = self.opts_out is not None and now >= self.opts_out
        return Known(Wishes(self.zone, self.not_before, silent), tuple(self.written))

    def has_finished(self, survey: int, now: dt.datetime) -> bool:
        at = self.finishes.get(survey)
        return at is not None and now >= at


@settings(max_examples=60, deadline=None)
@given(
    limits=LIMITS,
    people=st.lists(somebody(), min_size=1, max_size=3),
    rounds=st.lists(st.tuples(IN_THE_YEAR, st.integers(0, 3)), min_size=1, max_size=40).map(sorted),
)
def test_a_year_of_surveys_and_pledges(
    limits: Limits, people: list[Somebody], rounds: list[tuple[dt.datetime, int]]
) -> None:
    """Several occasions compete, as the watch looks at them: no cap, no quiet hour and no wish is broken."""
    respect = Respect(None, limits)  # type: ignore[arg-type]  # deciding reads nothing
    ids = [Person("tenant", str(number)) for number in range(len(people))]
    looks = [(due, number, one) for number, (due, survey) in enumerate(rounds) for one in range(len(people))]
    heapq.heapify(looks)
    while looks:
        now, number, one = heapq.heappop(looks)
        who, survey = people[one], rounds[number][1]
        if who.has_finished(survey, now):
            continue
        occasion = f"survey:{survey}:{number}"
        decision = respect.decide({ids[one]: who.known(now)}, occasion, now)
        if decision.claimed:
            who.written.append(contact(occasion, now, who.known(now)))
        elif decision.held:
            assert decision.held[ids[one]] > now
            heapq.heappush(looks, (decision.held[ids[one]], number, one))
        else:
            assert who.opts_out is not None
            assert now >= who.opts_out

    for who in people:
        _nothing_is_broken(who, limits)
        assert len({one.occasion for one in who.written}) == len(who.written)


def _nothing_is_broken(who: Somebody, limits: Limits) -> None:
    days = [one.at.astimezone(who.zone).date() for one in who.written]
    assert all(days.count(day) <= limits.a_day for day in days)
    assert all(
        sum(dt.timedelta() <= day - first < dt.timedelta(days=7) for day in days) <= limits.a_week
        for first in days
    )
    for one in who.written:
        local = one.at.astimezone(who.zone)
        assert not limits.is_quiet(local.time())
        assert not (limits.rests_at_weekends and local.weekday() >= 5)
        assert who.opts_out is None or one.at < who.opts_out
        assert who.not_before is None or one.at >= who.not_before
        assert not who.has_finished(int(one.occasion.split(":")[1]), one.at)


HOUR = dt.timedelta(hours=1)
AROUND_THE_WORLD = (
    "Pacific/Kiritimati",
    "Pacific/Auckland",
    "UTC",
    "America/Los_Angeles",
    "Pacific/Pago_Pago",
)
"""From the first to begin a day to the last."""


@settings(deadline=None)
@given(
    a_day=st.integers(1, 3),
    journey=st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(AROUND_THE_WORLD), st.booleans()), max_size=60
    ),
)
def test_who_travels_gets_what_may_be_sent(a_day: int, journey: list[tuple[int, str, bool]]) -> None:
    """Whatever zones a day is spent in: what the rules allow has a free place, and all at once want the same.

    Some messages are given back again, and so leave a gap.
    """
    limits = Limits(a_day=a_day, a_week=7 * a_day, quiet_until=dt.time(18), rests_at_weekends=False)
    now, stored = YEAR, list[Contact]()
    for hours, name, is_given_back in journey:
        now, zone = now + hours * HOUR, ZoneInfo(name)
        known = Known(Wishes(zone), tuple(one for one in stored if one.at > now - REMEMBERED))
        if next_moment(now, known.wishes, [one.at for one in known.written], limits) != now:
            continue
        new, other = contact(f"pledge:{len(stored)}:1", now, known), contact("another", now, known)
        assert (new.day, new.slot) not in {(one.day, one.slot) for one in stored}
        assert (other.day, other.slot) == (new.day, new.slot)
        stored.append(new)
        days = [one.at.astimezone(zone).date() for one in stored]
        assert days.count(days[-1]) <= a_day
        if is_given_back:
            del stored[-1 - hours % len(stored)]


ADA = Person("tenant", "ada")
RESPECT = Respect(None, USUAL)  # type: ignore[arg-type]  # deciding reads nothing


def test_a_turn_is_kept_for_a_while() -> None:
    """Who has the turn of an occasion keeps it for minutes; then it is decided anew."""
    known = Known(Wishes(VIENNA), (Contact("survey:1:0", at("2026-03-03 17:55"), "2026-03-03", 1),))
    assert RESPECT.decide({ADA: known}, "survey:1:0", at("2026-03-03 17:58")).kept == {ADA}
    assert ADA in RESPECT.decide({ADA: known}, "survey:1:0", at("2026-03-04 09:00")).claimed


def test_a_turn_ends_where_the_quiet_begins() -> None:
    """However fresh a turn is, nothing goes in quiet hours, and the person waits for the morning."""
    known = Known(Wishes(VIENNA), (Contact("survey:1:0", at("2026-03-03 17:59"), "2026-03-03", 1),))
    assert RESPECT.decide({ADA: known}, "survey:1:0", at("2026-03-03 18:00")).held == {
        ADA: at("2026-03-04 08:00")
    }
    assert not RESPECT.is_good(at("2026-03-03 17:59"), at("2026-03-03 18:00"), Wishes(VIENNA))
    assert RESPECT.is_good(at("2026-03-03 17:55"), at("2026-03-03 17:59"), Wishes(VIENNA))
    assert not RESPECT.is_good(at("2026-03-03 17:50"), at("2026-03-03 17:59"), Wishes(VIENNA))


def test_another_occasion_counts() -> None:
    """What was sent for something else today makes this one wait."""
    known = Known(Wishes(VIENNA), (Contact("pledge:1:1", at("2026-03-03 09:00"), "2026-03-03", 1),))
    decision = RESPECT.decide({ADA: known}, "survey:1:0", at("2026-03-03 10:00"))
    assert decision.held == {ADA: at("2026-03-04 08:00")}
