"""The cards of a check under way: the role, one question after another, a pause."""

from __future__ import annotations

from assessment.check import Check
from assessment.model import Answer, NoLevel, Role
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
from content.model import Discipline, Edition
from content.texts import Texts


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
    discipline = edition.disciplines[question]
    number = edition.order.index(question) + 1
    return card(
        texts,
        [
            *_place(texts, discipline, number, len(edition.order)),
            *labels(label),
            *notices(notice),
            *([warning(texts("question.nothing_picked"))] if unanswered else []),
            heading(discipline.question),
            _answers(texts, edition, discipline, check.answers.get(question)),
            *([small(texts("question.typing"))] if number == 1 else []),
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


def _place(texts: Texts, discipline: Discipline, number: int, of: int) -> list[Element]:
    """Which question this is, and how far along."""
    words = texts("question.heading", number=number, of=of, discipline=discipline.name)
    return [heading(words, size="Medium"), progress_bar(number - 1, of)]


def _answers(texts: Texts, edition: Edition, discipline: Discipline, given: Answer | None) -> Element:
    """What can be answered: each level, and why there is none."""
    answers = (*discipline.levels, *NoLevel)
    return choices(
        "answer",
        ((str(one), answer_title(texts, edition, discipline, one)) for one in answers),
        label=texts("question.label"),
        missing=texts("question.nothing_picked"),
        value=None if given is None else str(given),
        expanded=True,
    )


def _ways_on(texts: Texts, check: Check, question: str) -> Element:
    """Next, Back, and Pause where there is still something to pause."""
    following = button(texts("button.next"), GiveAnswer(check.id, question), takes_inputs=True, primary=True)
    back = button(texts("button.back"), GoBack(check.id, question))
    pause = button(texts("button.pause"), Pause(check.id))
    return buttons([following, back] if check.finished_at else [following, back, pause])
