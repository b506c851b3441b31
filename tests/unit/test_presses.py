"""A button's data: what is written is read back, and nothing else is."""

import datetime as dt
import json
from typing import Any

import pytest

from assessment.model import Level, NoLevel, Role
from cards.pledge_presses import (
    AskToDrop,
    DropPledge,
    LeavePledge,
    MakePledge,
    PromiseOpportunity,
    PromiseStatement,
    PutOff,
    RefusePledge,
    SayDone,
    SayWhether,
    SetDay,
    ShowPledges,
)
from cards.presses import (
    ChangeAnswer,
    GiveAnswer,
    GoBack,
    Pause,
    PickRole,
    Press,
    ShowAnswers,
    ShowLift,
    ShowOpportunities,
    ShowResult,
    Start,
    UnknownPress,
    encode,
    parse,
)
from cards.privacy_presses import AskToForget, ForgetMe, GetMyData, KeepMe, ShowMyData
from cards.respect_presses import NothingBefore, StopReminding, WriteAgain
from cards.trend_presses import LeaveTrend, ShowTrend

CHECK = "0123456789abcdef0123456789abcdef"

PRESSES: list[Press] = [
    Start(),
    PickRole(CHECK, Role.COE),
    GiveAnswer(CHECK, "support", Level.DEFINED),
    GiveAnswer(CHECK, "support", NoLevel.DONT_KNOW),
    GiveAnswer(CHECK, "support", None),
    GoBack(CHECK, "support"),
    Pause(CHECK),
    ShowResult(CHECK),
    ShowLift(CHECK),
    ShowOpportunities(Level.CAPABLE),
    ShowOpportunities(None),
    ShowAnswers(CHECK),
    ChangeAnswer(CHECK, "support"),
    ChangeAnswer(CHECK, None),
    NothingBefore(dt.date(2026, 11, 26)),
    NothingBefore(None),
    StopReminding(),
    WriteAgain(),
    PromiseOpportunity("2021-10", "an-opportunity"),
    PromiseOpportunity("2021-10", "an-opportunity", CHECK),
    PromiseStatement("2021-10", "support", Level.DEFINED),
    MakePledge(CHECK, "2021-10", item="an-opportunity", due=dt.date(2026, 12, 21), tell="19:coe", who="me"),
    MakePledge(CHECK, "2021-10", CHECK, "support", Level.DEFINED),
    LeavePledge(CHECK),
    ShowPledges(),
    SayDone(CHECK),
    SayWhether(CHECK, "not-yet"),
    PutOff(CHECK),
    SetDay(CHECK, due=dt.date(2026, 12, 21)),
    AskToDrop(),
    AskToDrop(CHECK),
    DropPledge(CHECK, "no budget"),
    RefusePledge(CHECK),
    ShowTrend(CHECK),
    LeaveTrend(CHECK),
    ShowMyData(),
    GetMyData(),
    AskToForget(),
    ForgetMe(),
    KeepMe(),
]


@pytest.mark.parametrize("press", PRESSES, ids=repr)
def test_a_press_survives_the_way_through_teams(press: Press) -> None:
    """What a button carries is read back as the same press, after JSON and with what Teams adds."""
    data = json.loads(json.dumps(encode(press))) | {"msteams": {"feedback": {"hide": True}}}

    assert parse(data) == press


def test_an_input_fills_the_field_it_is_named_after() -> None:
    """A field that is None is left out of the button's data, for the input to fill."""
    data = encode(GiveAnswer(CHECK, "support"))

    assert "answer" not in data
    assert parse(data | {"answer": "dont-know"}) == GiveAnswer(CHECK, "support", NoLevel.DONT_KNOW)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "start",
        {},
        {"v": 1},
        {"v": 2, "do": "start"},
        {"v": "1", "do": "start"},
        {"v": 1, "do": "destroy"},
        {"v": 1, "do": "start", "check": CHECK},
        {"v": 1, "do": "forget-me", "person": CHECK},
        {"v": 1, "do": "trend"},
        {"v": 1, "do": "trend", "survey": "x"},
        {"v": 1, "do": "pause"},
        {"v": 1, "do": "pause", "check": CHECK.upper()},
        {"v": 1, "do": "pause", "check": "x" * 100_000},
        {"v": 1, "do": "pause", "check": 5},
        {"v": 1, "do": "role", "check": CHECK, "role": "king"},
        {"v": 1, "do": "answer", "check": CHECK, "question": "support", "answer": "350"},
        {"v": 1, "do": "answer", "check": CHECK, "question": "support", "answer": "²"},
        {"v": 1, "do": "answer", "check": CHECK, "question": "support", "answer": ["300"]},
        {"v": 1, "do": "answer", "check": CHECK, "question": "support", "answer": {"a": 1}},
        {"v": 1, "do": "answer", "check": CHECK, "question": "a'; drop table answers"},
        {"v": 1, "do": "opportunities", "stage": "9" * 5000},
        {"v": 1, "do": "opportunities", "stage": [1]},
        {"v": 1, "do": "pledge-done"},
        {"v": 1, "do": "pledge-done", "pledge": "../" * 10},
        {"v": 1, "do": "pledge-met", "pledge": CHECK, "met": "perhaps"},
        {"v": 1, "do": "pledge-drop", "pledge": CHECK, "reason": "x" * 1001},
        {"v": 1, "do": "pledge-drop", "pledge": CHECK, "reason": ["x"]},
        {"v": 1, "do": "pledge-make", "pledge": CHECK, "edition": "../2021-10", "item": "a"},
        {"v": 1, "do": "pledge-make", "pledge": CHECK, "edition": "2021-10", "who": {"id": "ada"}},
        {"v": 1, "do": "pledge-make", "pledge": CHECK, "edition": "2021-10", "tell": ""},
        {"v": 1, "do": "pledge-statement", "edition": "2021-10", "discipline": "support", "level": "350"},
        {
            "v": 1,
            "do": "pledge-statement",
            "edition": "2021-10",
            "discipline": "support",
            "level": "\u00b2\u00b2\u00b2",
        },
        {"v": 1, "do": "pledge-statement", "edition": "2021-10", "discipline": "support"},
    ],
    ids=repr,
)
def test_anything_else_is_unknown(data: Any) -> None:
    """Other versions, other verbs, other types, too long, too much: one error, never another one."""
    with pytest.raises(UnknownPress):
        parse(data)
