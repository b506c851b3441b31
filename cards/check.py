"""The cards of a check under way: the role, one question after another, a pause."""

from __future__ import annotations

from functools import lru_cache

from assessment.check import Check
from assessment.model import NoLevel, Role
from cards.elements import (
    Card,
    Element,
    Notice,
    button,
    buttons,
    card,
    choices,
    heading,
    labels,
    notices,
    progress_bar,
    small,
    stacked,
    text,
    warning,
)
from cards.naming import answer_title
from cards.presses import GiveAnswer, GoBack, Pause, PickRole, Press
from content.model import Edition
from content.texts import Texts

QUESTIONS_KEPT = 500
"""Whose parts are built once: more than all editions have in all languages."""


def role_card(texts: Texts, check: Check, *, notice: Notice | None = None, label: str = "") -> Card:
    """How does the person look at Power Platform? One tap. `label` says which survey asks."""
    return card(
        texts,
        [
            heading(texts("role.question")),
            *labels(label),
            *notices(notice),
            small(texts("role.why")),
            *stacked(button(texts(f"role.names.{one}"), PickRole(check.id, one)) for one in Role),
        ],
    )


def question_card(
    texts: Texts,
    edition: Edition,
    check: Check,
    question: str,
    *,
    notice: Notice | None = None,
    label: str = "",
    unanswered: bool = False,
) -> Card:
    """One discipline's question, with the answer given before already picked.

    `notice` tells what was just saved elsewhere, `label` which survey asks; `unanswered` that Next was
    pressed with nothing picked.
    """
    given = check.answers.get(question)
    offered = _answers(texts, edition, question)
    return card(
        texts,
        [
            *_place(texts, edition, question),
            *labels(label),
            *notices(notice),
            *([warning(texts("question.nothing_picked"))] if unanswered else []),
            heading(edition.disciplines[question].question),
            offered if given is None else offered | {"value": str(given)},
            *([small(texts("question.typing"))] if question == edition.order[0] else []),
            _ways_on(texts, check, question),
        ],
    )


def paused_card(texts: Texts, answered: int, of: int, go_on: Press, *, label: str = "") -> Card:
    """What is saved, and how to come back. `label` says which survey asks."""
    return card(
        texts,
        [
            heading(texts("paused.heading")),
            progress_bar(answered, of),
            *labels(label),
            text(texts("paused.saved", answered=answered, of=of)),
            text(texts("paused.go_on_in_survey" if label else "paused.go_on")),
            buttons([button(texts("button.go_on"), go_on, primary=True)]),
        ],
    )


@lru_cache(QUESTIONS_KEPT)
def _place(texts: Texts, edition: Edition, question: str) -> list[Element]:
    """Which question this is, and how far along."""
    before, of = edition.order.index(question), len(edition.order)
    name = edition.disciplines[question].name
    words = texts("question.heading", number=before + 1, of=of, discipline=name)
    return [heading(words, size="Medium"), progress_bar(before, of)]


@lru_cache(QUESTIONS_KEPT)
def _answers(texts: Texts, edition: Edition, question: str) -> Element:
    """What can be answered: each level, and why there is none. Nothing is picked."""
    discipline = edition.disciplines[question]
    return choices(
        "answer",
        ((str(one), answer_title(texts, edition, discipline, one)) for one in (*discipline.levels, *NoLevel)),
        label=texts("question.label"),
        missing=texts("question.nothing_picked"),
        expanded=True,
    )


def _ways_on(texts: Texts, check: Check, question: str) -> Element:
    """Next, Back, and Pause where there is still something to pause."""
    following = button(texts("button.next"), GiveAnswer(check.id, question), takes_inputs=True, primary=True)
    back = button(texts("button.back"), GoBack(check.id, question))
    pause = button(texts("button.pause"), Pause(check.id))
    return buttons([following, back] if check.finished_at else [following, back, pause])
