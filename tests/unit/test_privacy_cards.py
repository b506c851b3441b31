"""The cards about what is kept of a person: all of it in words, and nothing that could mislead."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import orjson

from assessment.model import Person
from assessment.privacy import Forgotten, Held
from cards.data_file import data_file
from cards.privacy import ask_to_forget_card, forgotten_card, my_data_card
from content.loading import load
from scripts.cards import held_data, samples
from tests.unit.test_survey_cards import buttons, words

TEXTS = load().texts
SAMPLES = samples()


def test_every_kind_of_row_is_in_words() -> None:
    """Each group that has rows stands on the card, and none that has not."""
    held = held_data()
    headings = [
        TEXTS(f"privacy.{one}.heading")
        for one in (
            "checks",
            "surveys",
            "wishes",
            "written",
            "pledges",
            "for_others",
            "news",
            "made",
            "chat",
        )
    ]

    assert all(one in words(SAMPLES["my-data"]) for one in headings)
    assert not any(one in words(SAMPLES["my-data-nothing"]) for one in headings)
    assert held.person.object_id in words(SAMPLES["my-data-nothing"])


def test_dates_are_those_of_the_person() -> None:
    """In their own time zone."""
    late = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)
    held = held_data()
    held = replace(held, tables={**held.tables, "contacts": [{"occasion": "survey:1:0", "at": late}]})

    assert "Nov 24, 2026: about a survey" in words(my_data_card(TEXTS, held, ZoneInfo("Asia/Tokyo")))


def test_many_rows_are_counted() -> None:
    """The card stays small, and the file has them all."""
    assert "and 31 more, in the file" in words(SAMPLES["my-data-of-years"])


def test_a_name_is_shown_as_it_is() -> None:
    """What a lead called a survey can neither format nor link."""
    held = held_data()
    nasty = [{"name": "[x](https://evil.example) **b**", "team_name": "T"}]
    shown = words(my_data_card(TEXTS, replace(held, tables={**held.tables, "surveys": nasty}), dt.UTC))

    assert "[x](https" not in shown
    assert "**b**" not in shown


def test_deleting_needs_a_press_that_says_so() -> None:
    """The first button of the question is not the default one."""
    assert list(buttons(SAMPLES["forget-me"])) == ["Delete everything about me", "Keep it"]


def test_the_question_says_what_goes_and_what_stays() -> None:
    """With numbers, for each kind of data; what somebody never had is not promised to be deleted."""
    asked = words(SAMPLES["forget-me"])
    for told in (
        "3 checks",
        "7 answers",
        "your name on 3 lists of people asked",
        "1 message to you that waits",
        "1 pledge of yours, of which no team knows",
        "1 pledge of yours, also in the list that your team sees",
        "4 pieces of news about you",
        "your wish “stop reminding me”",
        "the address of our chat",
        "1 survey that you lead: it goes on",
        "1 survey that you led: the team keeps what it came to",
        "1 schedule that you set up: on its next date it pauses",
        "1 schedule that you set up: it is paused or over",
        "1 pledge that you made in somebody else's name",
        "1 piece of news of what you set up",
    ):
        assert told in asked

    asked = words(ask_to_forget_card(TEXTS, _nothing()))
    assert "there is nothing to delete" in asked
    for absent in ("checks", "lead:", "led:", "set up", "stop reminding", "somebody else's name", "list"):
        assert absent not in asked


def test_who_wants_no_reminders_reads_that_they_may_come_again() -> None:
    """Before it is done; and who never asked for silence is not told of it."""
    warning = "I may write to you again"
    wishes = {"zone": "Europe/Vienna", "not_before": None, "silent_since": None}
    held = held_data()
    talkative = replace(held, tables={**held.tables, "wishes": [wishes]})

    assert warning in words(SAMPLES["forget-me"])
    assert warning not in words(ask_to_forget_card(TEXTS, talkative))
    assert "a later survey of your team may ask you again" in words(SAMPLES["forgotten"])


def _nothing() -> Held:
    held = held_data()
    return replace(held, tables=dict.fromkeys(held.tables, ()))


def test_news_is_shown_by_what_it_is_about() -> None:
    """What waits has the day on which it is told."""
    shown = words(SAMPLES["my-data"])

    assert "A pledge of yours is overdue: to be told on" in shown
    assert "A schedule of yours is paused: to be told on" in shown
    assert "Something that you set up: to be told on" in shown
    assert "A pledge of yours was made: Jan" in shown
    assert "Name an owner, for Grace Hopper" in shown


def test_the_answer_has_every_number() -> None:
    """Each that is not zero, and nothing else."""
    told = words(forgotten_card(TEXTS, Forgotten(checks=12, answers=84, letters=1)))

    assert "12 checks deleted" in told
    assert "84 answers deleted" in told
    assert "1 message stopped" in told
    assert "pledge" not in told


def test_the_file_is_for_people_and_programs() -> None:
    """JSON with one value a line, and moments with their zone."""
    at = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    file = data_file(Held(Person("t", "p"), {"checks": [{"id": "1", "started_at": at, "finished_at": None}]}))

    assert orjson.loads(file) == {
        "person": {"tenant_id": "t", "object_id": "p"},
        "checks": [{"id": "1", "started_at": "2026-11-23T09:00:00+00:00", "finished_at": None}],
    }
    assert file.count(b"\n") > 8
