"""The cards of schedules: what they tell leads, and what nobody can put into them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assessment.schedules import Halt, Often, PlainReminder, RepeatedSurvey, Schedule, State, rule_of
from cards.elements import Card, verbatim
from cards.presses import encode, parse
from cards.schedule_presses import PreviewSchedule, SaveSchedule, with_terms
from cards.schedules import (
    LONGEST_NAME,
    LONGEST_TEXT,
    ask_to_delete_card,
    preview_card,
    rhythm,
    schedule_card,
    schedule_form,
    schedules_card,
    team_gone_card,
)
from content.loading import load
from dialogs.recurrence import dates_of
from dialogs.schedules import terms_of
from scripts.cards import FIRST_DAY, samples, schedule_of
from tests.card_rules import broken_rules
from tests.card_shape import every_object

CONTENT = load()
TEXTS = CONTENT.texts
EDITION = CONTENT.editions["2021-10"]
EDITIONS = {"2021-10": EDITION.name}
SURVEY = schedule_of(EDITION)
REMINDER = schedule_of(EDITION, PlainReminder("Look"))


def named(name: str) -> list[Schedule]:
    """A survey and a reminder in which all that people write is this."""
    team = replace(SURVEY.team, name=name)
    assert isinstance(SURVEY.what, RepeatedSurvey)
    survey = replace(SURVEY, team=team, lead_name=name, what=replace(SURVEY.what, name=name[:LONGEST_NAME]))
    return [survey, replace(survey, what=PlainReminder(name[:LONGEST_TEXT]))]


def cards_of(schedule: Schedule) -> Iterator[Card]:
    dates, filled = dates_of(schedule, FIRST_DAY, 5), terms_of(schedule)
    yield schedules_card(TEXTS, [schedule] * 12, team=None)
    yield schedules_card(TEXTS, [schedule], team=schedule.team)
    yield schedule_form(TEXTS, filled, schedule.what, EDITIONS, team=schedule.team, teams=[])
    yield preview_card(TEXTS, schedule, dates, filled)
    yield schedule_card(TEXTS, schedule, dates)
    for halt in Halt:
        yield schedule_card(TEXTS, replace(schedule, state=State.PAUSED, halt=halt, next_at=None), [])
    yield ask_to_delete_card(TEXTS, schedule)
    yield team_gone_card(TEXTS, schedule)


@pytest.mark.parametrize("mischief", ["[a](https://evil.example)", "**bold** `code`", "see evil.example"])
def test_no_card_carries_a_mark_out_of_a_name(mischief: str) -> None:
    """Whatever a schedule, a team or a lead is called, it is shown and not obeyed."""
    for card in (card for one in named(mischief) for card in cards_of(one)):
        for part in every_object(card):
            if part.get("type") == "TextBlock" or "type" not in part:
                shown = str(part.get("text") or part.get("value"))
                assert mischief not in shown.replace(verbatim(mischief), "")


def test_the_longest_words_keep_every_rule() -> None:
    """However much people write, a card fits into a message and works on a phone."""
    cards = [card for one in named("ä" * 400) for card in cards_of(one)]
    assert [broken for card in cards for broken in broken_rules(card)] == []


@pytest.mark.parametrize("schedule", [SURVEY, REMINDER], ids=["survey", "reminder"])
def test_what_was_filled_in_comes_back_as_it_was(schedule: Schedule) -> None:
    """Through the button of the preview."""
    filled = with_terms(SaveSchedule, terms_of(schedule))
    assert parse(encode(filled)) == filled


@pytest.mark.parametrize(
    "given, read",
    [
        ({"at": "09:30"}, "9"),
        ({"at": "25:00"}, None),
        ({"at": "soon"}, None),
    ],
)
def test_a_time_that_is_none_is_missing(given: dict[str, str], read: str | None) -> None:
    """Whatever comes, it is a time or nothing, and never an error."""
    press = parse(encode(PreviewSchedule("a" * 32, "survey")) | given)
    assert isinstance(press, PreviewSchedule)
    assert (press.at and str(press.at.hour)) == read


@pytest.mark.parametrize(
    "rule, told",
    [
        (rule_of(Often.QUARTER, "TU"), "The first Tuesday of each quarter, at 9:00\u202fAM"),
        (rule_of(Often.MONTH, "WE"), "The first Wednesday of each month, at 9:00\u202fAM"),
        (rule_of(Often.WEEK, "SU"), "Every Sunday, at 9:00\u202fAM"),
        ("FREQ=DAILY;INTERVAL=9", "By the rule FREQ=DAILY; INTERVAL=9, at 9:00\u202fAM"),
    ],
)
def test_a_rule_in_words(rule: str, told: str) -> None:
    """As people say it."""
    assert rhythm(TEXTS, replace(SURVEY, rule=rule)) == told


def test_a_long_reminder_can_be_read_in_full() -> None:
    """Its title has not room for all of it, so it stands below."""
    words = "Time to look at our maturity again: what has become easier since spring, and what has not?"
    assert f"“{verbatim(words)}”" in str(samples()["schedule-preview-reminder"])
