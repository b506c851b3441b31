"""A colleague fills in a card as a person does, and their client checks and sends what Teams' clients do."""

import datetime as dt
from typing import Any

import pytest

from tests.acceptance.harness.stub_bot import StubBot, card_message, question, text
from tests.acceptance.seen import Seen
from tests.acceptance.teams import Colleague

Json = dict[str, Any]


def field(kind: str, id_: str, label: str, **more: Any) -> Json:
    return {"type": f"Input.{kind}", "id": id_, "label": label, "errorMessage": f"Mend {id_}"} | more


DAYS = {"choices": [{"title": f"After {n} days", "value": str(n)} for n in (3, 7)], "isMultiSelect": True}
FORM = (
    field("Text", "name", "Name of the survey", maxLength=10, value="Autumn", regex="^[A-Z]"),
    field("Number", "smallest", "Smallest group", min=3, max=20, value=5),
    field("Date", "closes", "Closes on", min="2026-11-24", max="2026-12-31"),
    field("Time", "at", "At"),
    field("Toggle", "anonymous", "Anonymous", title="Yes", valueOn="on", valueOff="off"),
    field("ChoiceSet", "days", "Reminders", style="expanded", **DAYS),
)


@pytest.fixture
async def form(asked: Colleague, stub: StubBot) -> Colleague:
    """Ada, with a form in front of her."""
    card = question("Plan", *FORM)
    card["body"] = [part for part in card["body"] if part.get("id") != "level"]
    stub.messages = [card_message(card)]
    await asked.says("survey")
    return asked


def sent(stub: StubBot) -> Json:
    data: Json = stub.heard[-1]["value"]["action"]["data"]
    return {key: value for key, value in data.items() if key != "press"}


async def test_what_is_left_alone_is_sent_as_it_was(form: Colleague, stub: StubBot) -> None:
    """Inputs without anything stay out, except for a toggle, which is off then; a number is text."""
    await form.fills(press="Next")
    assert sent(stub) == {"name": "Autumn", "smallest": "5", "anonymous": "off"}


async def test_each_kind_of_input_has_its_form(form: Colleague, stub: StubBot) -> None:
    """Inputs are found by id or by the beginning of their label."""
    entries = {"Name of": "Winter", "Reminders": ["After 3", "After 7"], "Closes": dt.date(2026, 12, 1)}
    await form.fills(entries, press="Next", smallest=7, at=dt.time(9, 5), anonymous=True)
    assert sent(stub) == {
        "name": "Winter",
        "smallest": "7",
        "closes": "2026-12-01",
        "at": "09:05",
        "anonymous": "on",
        "days": "3,7",
    }


async def test_an_input_can_be_emptied(form: Colleague, stub: StubBot) -> None:
    """What is empty is not sent, not even as an empty text."""
    await form.fills(press="Next", name=None, smallest=None)
    assert sent(stub) == {"anonymous": "off"}


@pytest.mark.parametrize(
    "entry, complaint",
    [
        ({"smallest": 2}, "Mend smallest"),
        ({"smallest": 21}, "Mend smallest"),
        ({"closes": "2026-11-23"}, "Mend closes"),
        ({"closes": "2027-01-01"}, "Mend closes"),
        ({"name": "autumn"}, "Mend name"),
    ],
)
async def test_the_client_checks_what_was_entered(
    form: Colleague, stub: StubBot, entry: Json, complaint: str
) -> None:
    """What is out of bounds stays on the card; only a client that does not check sends it."""
    count = len(stub.heard)
    await form.fills(entry, press="Next")
    assert form.sees_one_card().errors == [complaint]
    assert len(stub.heard) == count
    await form.fills(entry, press="Next", how={"validate": False})
    assert sent(stub).items() >= {key: str(value) for key, value in entry.items()}.items()


async def test_a_required_toggle_has_to_be_on(asked: Colleague, stub: StubBot) -> None:
    """As for terms that one agrees to."""
    stub.messages = [
        card_message(question("Terms", field("Toggle", "ok", "Agreed", title="I do", isRequired=True)))
    ]
    await asked.says("survey")
    await asked.fills({"level": "Defined"}, press="Next")
    assert asked.sees_one_card().errors == ["Mend ok"]
    await asked.fills({"level": "Defined", "ok": True}, press="Next")
    assert sent(stub) == {"level": "300", "ok": "true"}


async def test_a_text_ends_where_its_input_does(form: Colleague, stub: StubBot) -> None:
    """The client takes no more letters; one that does not check sends them all."""
    await form.fills(press="Next", name="Autumn 2026 again")
    assert sent(stub)["name"] == "Autumn 202"
    await form.presses("Next", on=form.cards()[-2], inputs={"level": "100"})
    await form.fills(press="Back")
    assert sent(stub) == {}


@pytest.mark.parametrize(
    "entry",
    [{"closes": "tomorrow"}, {"smallest": "many"}, {"at": "noon"}],
)
async def test_what_nobody_can_enter_is_a_mistake_of_the_test(form: Colleague, entry: Json) -> None:
    """A date comes from a calendar and a number from a number's field."""
    with pytest.raises(ValueError, match="nobody can enter"):
        await form.fills(entry, press="Next")


async def test_only_what_is_there_can_be_filled_in(form: Colleague, asked: Colleague) -> None:
    """Neither an unknown input, nor an unknown choice, nor two choices where one is asked for."""
    with pytest.raises(AssertionError, match='no input "Budget"'):
        await form.fills({"Budget": 5}, press="Next")
    with pytest.raises(AssertionError, match='no choice "After 5'):
        await form.fills({"Reminders": "After 5"}, press="Next")
    with pytest.raises(ValueError, match="only one"):
        await asked.fills({"level": ["Initial", "Defined"]}, press="Next", on=asked.cards()[0])


def test_a_person_reads_what_is_filled_in_already() -> None:
    """Values of fields are words on the card; those of choices are not."""
    card = Seen(question("Plan", *FORM))
    assert {"Name of the survey", "Autumn", "Smallest group", "5"} <= set(card.text.splitlines())
    assert card.value_of("Smallest") == "5"
    assert card.value_of("closes") == ""


def test_a_person_reads_tables_columns_facts_and_what_stands_in_for_charts() -> None:
    """Every word on a card counts, wherever it stands."""
    cell = {"type": "TableCell", "items": [text("Support"), text("300")]}
    table = {"type": "Table", "columns": [{"width": 1}], "rows": [{"type": "TableRow", "cells": [cell]}]}
    columns = {"type": "ColumnSet", "columns": [{"type": "Column", "items": [text("Answered: 12")]}]}
    facts = {"type": "FactSet", "facts": [{"title": "Invited", "value": "40"}]}
    chart = {"type": "Chart.Donut", "title": "Unseen", "data": [], "fallback": columns}
    lines = Seen(question("Result", table, facts, chart)).text.splitlines()
    assert lines[-5:] == ["Support", "300", "Invited", "40", "Answered: 12"]
