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
        for one in ("checks", "surveys", "wishes", "written", "pledges", "made", "chat")
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
    """With numbers; what somebody never had is not promised to be deleted."""
    asked = words(SAMPLES["forget-me"])
    assert "3 checks, with their answers" in asked
    assert "Surveys and schedules that you set up go on for the team" in asked

    held = held_data()
    bare = replace(held, tables=dict.fromkeys(held.tables, ()))
    asked = words(ask_to_forget_card(TEXTS, bare))
    assert "checks" not in asked
    assert "you set up" not in asked


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
