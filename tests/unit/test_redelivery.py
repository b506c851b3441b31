"""Which deliveries of a message are handled."""

from asyncio import CancelledError

import pytest
from botbuilder.schema import Activity, ConversationAccount

from bot import redelivery
from bot.redelivery import Redelivery


def activity(activity_id: str | None, kind: str = "message", conversation: str = "a:1") -> Activity:
    return Activity(type=kind, id=activity_id or "", conversation=ConversationAccount(id=conversation))


def handled(memory: Redelivery, *deliveries: Activity) -> list[bool]:
    answers = []
    for one in deliveries:
        with memory.watching(one) as is_new:
            answers.append(is_new)
    return answers


def test_a_message_is_new_once_in_its_conversation() -> None:
    """Ids count up per conversation, so another conversation's message is another one."""
    first, elsewhere = activity("1"), activity("1", conversation="a:2")

    assert handled(Redelivery(), first, first, elsewhere) == [True, False, True]


def test_presses_and_messages_without_id_are_always_handled() -> None:
    """A press waits for its answer each time; a message without an id cannot be recognised."""
    press, nameless = activity("1", kind="invoke"), activity(None)

    assert handled(Redelivery(), press, press, nameless, nameless) == [True] * 4


def test_a_message_whose_turn_was_cancelled_may_come_again() -> None:
    """What was not handled to its end is not taken for handled; an error in a turn ends in an apology."""
    memory = Redelivery()
    with pytest.raises(CancelledError), memory.watching(activity("1")):
        raise CancelledError

    assert handled(memory, activity("1")) == [True]


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest message is forgotten first."""
    monkeypatch.setattr(redelivery, "REMEMBERED", 2)

    assert handled(Redelivery(), *map(activity, "1233")) == [True, True, True, False]
    assert handled(Redelivery(), *map(activity, "1231")) == [True] * 4
