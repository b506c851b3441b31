"""When a channel is told what, and how it reads."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assessment.news import (
    WHILE_PLEDGED,
    News,
    NewsKind,
    Preference,
    due,
    is_out_of_date,
    milestones,
    survey_facts,
    worth_telling,
)
from assessment.pledges import PledgeState
from assessment.survey import Numbers, Phase, Team
from cards.elements import Card
from cards.news import LONGEST_TEXT, SHOWN, SHOWN_ALONE, news_card, news_setup_card
from cards.news_presses import SaveNews, ShowNews
from cards.presses import UnknownPress, encode, parse
from content.loading import load
from scripts.cards import news_of, pledge_of, survey_of
from tests.card_rules import broken_rules

CONTENT = load()
TEXTS = CONTENT.texts
EDITION = CONTENT.editions["2021-10"]
VIENNA = ZoneInfo("Europe/Vienna")
TEAM = Team("contoso", "19:coe", "Contoso CoE")
NOW = dt.datetime(2023, 1, 18, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SURVEY = survey_of(EDITION)
PLEDGE = pledge_of(EDITION)
NAMED = replace(SURVEY, plan=replace(SURVEY.plan, is_anonymous=False))
LARGEST_CARD = 28 * 1024


def news(kind: NewsKind = NewsKind.PLEDGE_MADE, subject: str = "1", **facts: str | int) -> News:
    return News(f"{kind}:{subject}", kind, TEAM, TEAM.id, NOW, facts)


def numbers(finished: int, reachable: int = 40, **more: int) -> Numbers:
    usual = dict.fromkeys(("waiting", "unknown", "stopped", "declined", "started"), 0)
    return Numbers(delivered=reachable, refused={}, finished=finished, **(usual | more))


# When


@pytest.mark.parametrize(
    "at, then",
    [
        ("2026-11-23 08:59", "2026-11-23 09:00"),  # a Monday
        ("2026-11-23 09:00", "2026-11-30 09:00"),
        ("2026-11-23 09:01", "2026-11-30 09:00"),
        ("2026-11-29 23:59", "2026-11-30 09:00"),
        ("2026-03-25 10:00", "2026-03-30 09:00"),  # in between the clocks go forward
        ("2026-10-21 10:00", "2026-10-26 09:00"),  # and back
        ("2026-12-30 10:00", "2027-01-04 09:00"),
    ],
)
def test_the_digest_comes_on_monday_at_nine(at: str, then: str) -> None:
    """By the clock on the wall, also over a change to summer time; what happens at nine waits a week."""
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=VIENNA)
    found = due(NewsKind.STARTED, moment.astimezone(dt.UTC), Preference.MOVES_AT_ONCE, VIENNA)

    assert found.astimezone(VIENNA).strftime("%Y-%m-%d %H:%M") == then
    assert found.tzinfo is dt.UTC


def test_monday_is_the_channels_own() -> None:
    """On Sunday evening in Vienna it is Monday morning in Auckland already."""
    sunday = dt.datetime(2026, 11, 22, 19, tzinfo=dt.UTC)  # 08:00 on Monday in Auckland
    found = due(NewsKind.STARTED, sunday, Preference.MOVES_AT_ONCE, ZoneInfo("Pacific/Auckland"))

    assert found == sunday + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "preference, at_once",
    [
        (Preference.ALL_AT_ONCE, set(NewsKind)),
        (Preference.MOVES_AT_ONCE, {NewsKind.MOVED_UP, NewsKind.REMINDER}),
        (Preference.ALL_ON_MONDAY, {NewsKind.REMINDER}),
    ],
)
def test_a_lead_chooses_what_is_told_at_once(preference: Preference, at_once: set[NewsKind]) -> None:
    """What a schedule sends has a time of its own, whatever was chosen."""
    assert {kind for kind in NewsKind if due(kind, NOW, preference, VIENNA) == NOW} == at_once


# What


@pytest.mark.parametrize(
    "finished, told",
    [
        (0, set()),
        (19, set()),
        (20, {NewsKind.HALF}),
        (29, {NewsKind.HALF}),
        (30, {NewsKind.HALF, NewsKind.THREE_QUARTERS}),
        (40, set()),  # it closes now, and has its result
    ],
)
def test_half_and_three_quarters(finished: int, told: set[NewsKind]) -> None:
    """Of those who can be reached, and not of everybody who was to be asked."""
    found = milestones(NAMED, numbers(finished, stopped=40), NOW)

    assert set(found) == {NewsKind.STARTED, *told}


def test_who_is_the_wrong_person_is_not_waited_for() -> None:
    """Ten of forty said "Not me": fifteen are half of the others."""
    assert NewsKind.HALF in milestones(NAMED, numbers(15, declined=10), NOW)
    assert NewsKind.HALF not in milestones(NAMED, numbers(14, declined=10), NOW)


def test_few_of_an_anonymous_survey_are_not_told_of() -> None:
    """Half of six are three: too few, where a result needs five."""
    assert milestones(SURVEY, numbers(4, reachable=6), NOW) == [NewsKind.STARTED]
    assert NewsKind.HALF in milestones(SURVEY, numbers(5, reachable=6), NOW)
    assert NewsKind.HALF in milestones(NAMED, numbers(3, reachable=6), NOW)


def test_nobody_can_be_reached() -> None:
    """Half of nobody is nothing to tell."""
    assert milestones(NAMED, numbers(0, reachable=0), NOW) == [NewsKind.STARTED]


@pytest.mark.parametrize(
    "now, is_told",
    [("2023-01-29 07:59", False), ("2023-01-29 08:00", True), ("2023-01-30 12:00", True)],
)
def test_two_days_left(now: str, *, is_told: bool) -> None:
    """From nine in the morning of the last day but one, where the survey was set up."""
    vienna = replace(SURVEY, zone=VIENNA.key)
    found = milestones(vienna, numbers(0), dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC))

    assert (NewsKind.TWO_DAYS_LEFT in found) is is_told


def test_a_short_survey_has_no_last_two_days() -> None:
    """One of less than four days has hardly begun by then."""
    opened = SURVEY.closes_at - 4 * DAY
    late = SURVEY.closes_at - dt.timedelta(hours=1)

    assert NewsKind.TWO_DAYS_LEFT in milestones(replace(SURVEY, opened_at=opened), numbers(0), late)
    short = replace(SURVEY, opened_at=opened + dt.timedelta(minutes=1))
    assert NewsKind.TWO_DAYS_LEFT not in milestones(short, numbers(0), late)


def test_a_few_who_are_missing_are_not_pointed_at() -> None:
    """In an anonymous survey nobody is told that one person is missing; in a named one they are."""
    few, many = numbers(39), numbers(35)

    assert "missing" not in survey_facts(NewsKind.TWO_DAYS_LEFT, SURVEY, few)
    assert survey_facts(NewsKind.TWO_DAYS_LEFT, SURVEY, many)["missing"] == 5
    assert survey_facts(NewsKind.TWO_DAYS_LEFT, NAMED, few)["missing"] == 1


@pytest.mark.parametrize("kind", [NewsKind.STARTED, NewsKind.HALF, NewsKind.TWO_DAYS_LEFT])
def test_news_of_a_survey_that_is_over_is_out_of_date(kind: NewsKind) -> None:
    """Closed, being closed, past its last day, or gone."""
    over = [replace(SURVEY, phase=Phase.CLOSED), replace(SURVEY, phase=Phase.CLOSING), None]
    over += [replace(SURVEY, closes_at=NOW)]

    assert all(is_out_of_date(news(kind), NOW, one) for one in over)
    assert not is_out_of_date(news(kind), NOW, SURVEY)


@pytest.mark.parametrize("kind", NewsKind)
def test_nothing_is_told_two_weeks_late(kind: NewsKind) -> None:
    """Whatever it is: the bot was away."""
    about = PLEDGE if kind in WHILE_PLEDGED else replace(SURVEY, closes_at=NOW + 365 * DAY)
    told = news(kind, f"{PLEDGE.id}:{PLEDGE.due_on}")

    assert is_out_of_date(told, NOW + 14 * DAY, about)
    assert not is_out_of_date(told, NOW + 13 * DAY, about)


@pytest.mark.parametrize("kind", sorted(WHILE_PLEDGED))
def test_what_became_of_a_pledge_makes_its_news_out_of_date(kind: NewsKind) -> None:
    """Kept, dropped, or gone."""
    told = news(kind, f"{PLEDGE.id}:{PLEDGE.due_on}")

    assert not is_out_of_date(told, NOW, PLEDGE)
    assert is_out_of_date(told, NOW, replace(PLEDGE, state=PledgeState.KEPT))
    assert is_out_of_date(told, NOW, replace(PLEDGE, state=PledgeState.DROPPED))
    assert is_out_of_date(told, NOW, None)


def test_a_new_day_makes_overdue_out_of_date() -> None:
    """That it was made stays true."""
    put_off = replace(PLEDGE, due_on=PLEDGE.due_on + DAY)

    assert is_out_of_date(news(NewsKind.PLEDGE_OVERDUE, f"{PLEDGE.id}:{PLEDGE.due_on}"), NOW, put_off)
    assert not is_out_of_date(news(NewsKind.PLEDGE_MADE, PLEDGE.id), NOW, put_off)


def test_what_is_outdone_is_not_told() -> None:
    """Half beside three quarters of the same survey; a pledge made, or overdue, beside the same one kept.

    Also where keeping it moved the team, and that is told instead.
    """
    half, most = news(NewsKind.HALF, "s"), news(NewsKind.THREE_QUARTERS, "s")
    other = news(NewsKind.HALF, "other")
    made, late = news(NewsKind.PLEDGE_MADE, "p"), news(NewsKind.PLEDGE_OVERDUE, "p:2023-01-16")
    kept, moved = news(NewsKind.PLEDGE_KEPT, "p"), news(NewsKind.MOVED_UP, "p")

    assert set(worth(half, most, other, made, late, kept)) == {most.id, other.id, kept.id}
    assert set(worth(made, late, moved)) == {moved.id}
    assert set(worth(half, made, late)) == {half.id, made.id, late.id}


def test_the_newest_comes_first() -> None:
    older = replace(news(subject="old"), at=NOW - DAY)
    assert worth(older, news(subject="new")) == ["pledge-made:new", "pledge-made:old"]


def worth(*together: News) -> list[str]:
    return [one.id for one in worth_telling(together)]


# How it reads


def words(card: Card) -> str:
    return "\n".join(one["text"] for one in card["body"])


def told(*together: News) -> str:
    card = news_card(TEXTS, TEAM, together)
    assert not broken_rules(card)
    return words(card)


@pytest.mark.parametrize("kind", NewsKind)
def test_every_fact_may_be_missing(kind: NewsKind) -> None:
    """Alone, in a digest, and with any one of its facts."""
    facts: Mapping[str, str | int] = {
        "survey": "Q4", "by": "Ada", "people": 40, "finished": 20, "missing": 3, "closes_on": "2023-01-30",
        "discipline": "Support", "from": "200", "to": 300, "stage_from": 200, "stage_to": "300 Defined",
        "met": 1, "of": 4, "name": "Bo", "what": "write", "due_on": "2023-01-30", "text": "Look again",
    }  # fmt: skip
    every: tuple[Mapping[str, str | int], ...] = ({}, *({name: fact} for name, fact in facts.items()), facts)
    for some in every:
        one = replace(news(kind), facts=some)
        assert told(one).strip()
        assert "\n- \n" not in told(one, news(subject="2")) + "\n"


def test_each_fact_is_told() -> None:
    """What the head of assessment/news.py lists is on the card."""
    samples = news_of(TEXTS, EDITION)
    for name, one in samples.items():
        for fact, value in one.facts.items():
            if fact not in {"closes_on", "due_on", "text"}:
                assert str(value) in told(one), f"{name} lacks {fact}"


def test_a_move_can_be_of_a_stage_or_a_discipline_or_both() -> None:
    """And where the level is still the same, of one statement of it."""
    stage: dict[str, str | int] = {"stage_from": 200, "stage_to": 300}
    up: dict[str, str | int] = {"discipline": "Support", "from": 200, "to": 300}
    move = news(NewsKind.MOVED_UP)

    both = told(replace(move, facts=up | stage))
    assert both == "Support: up from 200 to 300\nThe stage: 200 before, 300 now."
    assert told(replace(move, facts=stage)) == "The team's stage: up from 200 to 300"
    assert told(replace(move, facts=up | {"to": 200})) == "Support: one step further"


def test_statements_are_counted_until_the_level_is_reached() -> None:
    """After that the next level has others."""
    counted: dict[str, str | int] = {"discipline": "Support", "from": 200, "to": 200, "met": 1, "of": 2}
    move = news(NewsKind.MOVED_UP)

    assert "1 of 2 statements of the next level are true now." in told(replace(move, facts=counted))
    assert told(replace(move, facts=counted | {"to": 300, "met": 2})) == "Support: up from 200 to 300"


def test_what_was_kept_is_not_due_any_more() -> None:
    kept = news(NewsKind.PLEDGE_KEPT, name="Bo", what="Write", due_on="2023-01-30")
    assert told(kept) == "Bo kept a pledge\n“Write”"


def test_what_people_typed_is_no_markdown() -> None:
    """Neither a link nor emphasis nor a list can be put into the bot's mouth."""
    typed = '[Sign in](https://evil.example) **now**\n- {"type": "AdaptiveCard"}'
    for one in (
        news(NewsKind.REMINDER, text=typed, by=typed),
        news(NewsKind.PLEDGE_MADE, name=typed, what=typed),
        news(NewsKind.STARTED, survey=typed, by=typed, people=3),
        news(NewsKind.MOVED_UP, discipline=typed, **{"from": typed, "to": "300"}),
    ):
        for shown in (told(one), told(one, news(subject="2"))):
            assert "](http" not in shown
            assert "**now" not in shown
            assert "\n- {" not in shown


def test_a_reminder_keeps_its_lines() -> None:
    """As the lead wrote them, each a paragraph."""
    assert (
        told(news(NewsKind.REMINDER, text="Look again.\n\nBring cake."))
        == "A reminder\nLook again.\nBring cake."
    )


@pytest.mark.parametrize("most, others", [(SHOWN_ALONE, []), (SHOWN, [news(NewsKind.REMINDER, text="Look")])])
def test_a_digest_says_how_much_more_there_is(most: int, others: list[News]) -> None:
    """Of very many it shows the newest, and counts the rest; of one kind alone it shows more."""
    many = [news(subject=str(number), name=f"Bo {number}", what="write") for number in range(most + 7)]

    assert f"Bo {most - 1}:" in told(*many, *others)
    assert f"Bo {most}:" not in told(*many, *others)
    assert told(*many, *others).endswith("and 7 more")
    assert "more" not in told(*many[:most], *others)


def test_a_digest_of_the_longest_fits_into_a_message() -> None:
    """Whatever people typed, and however much of it there is."""
    typed = "_\u4e2d*" * 1000
    facts: dict[str, Any] = dict.fromkeys(
        ("survey", "by", "name", "what", "text", "discipline", "from", "to"), typed
    )
    every = [news(kind, str(number), **facts) for kind in NewsKind for number in range(20)]

    assert len(json.dumps(news_card(TEXTS, TEAM, every), ensure_ascii=False).encode()) < LARGEST_CARD
    alone = news_card(TEXTS, TEAM, [news(NewsKind.REMINDER, text=typed)])
    assert len(words(alone)) < 3 * LONGEST_TEXT


def test_a_team_without_a_name_has_news_too() -> None:
    """Teams does not tell it with every message."""
    nameless = replace(TEAM, name="")
    digest = news_card(TEXTS, nameless, [news(), news(NewsKind.REMINDER, "2", text="Look")])

    assert words(digest).startswith("News\n")
    assert "this team" in words_of_setup(nameless)


def words_of_setup(team: Team) -> str:
    card = news_setup_card(TEXTS, team, Preference.MOVES_AT_ONCE, NOW.astimezone(VIENNA), waiting=0)
    return "\n".join(one.get("text", "") for one in card["body"])


# Buttons


@pytest.mark.parametrize(
    "press", [ShowNews(), ShowNews("19:coe"), SaveNews("19:coe", Preference.ALL_AT_ONCE)]
)
def test_a_press_comes_back_as_it_was(press: ShowNews | SaveNews) -> None:
    assert parse(json.loads(json.dumps(encode(press)))) == press


@pytest.mark.parametrize(
    "data",
    [
        {"do": "news-save", "team": "19:coe", "preference": "never"},
        {"do": "news-save", "preference": "all-at-once"},
        {"do": "news", "team": ""},
        {"do": "news", "team": "x" * 201},
        {"do": "news", "team": ["19:coe"]},
        {"do": "news", "zone": "UTC"},
    ],
)
def test_data_that_no_card_has_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(UnknownPress):
        parse({"v": 1} | data)
