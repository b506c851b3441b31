"""The cards of a check under way: the role, one question after another, a pause."""

from __future__ import annotations

from assessment.check import Check
from assessment.model import NoLevel, Role
from cards.elements import (
    Card,
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


def role_card(texts: Texts, check: Check, *, notice: str = "", label: str = "") -> Card:
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
    notice: str = "",
    label: str = "",
    unanswered: bool = False,
) -> Card:
    """One discipline's question, with the answer given before already picked.

    `notice` tells what was just saved elsewhere, `label` which survey asks; `unanswered` that Next was
    pressed with nothing picked.
    """
    discipline = edition.disciplines[question]
    number, of = edition.order.index(question) + 1, len(edition.order)
    given = check.answers.get(question)
    return card(
        texts,
        [
            heading(
                texts("question.heading", number=number, of=of, discipline=discipline.name), size="Medium"
            ),
            progress_bar(number - 1, of),
            *labels(label),
            *notices(notice),
            *([warning(texts("question.nothing_picked"))] if unanswered else []),
            heading(discipline.question),
            choices(
                "answer",
                (
                    (str(one), answer_title(texts, edition, discipline, one))
                    for one in (*discipline.levels, *NoLevel)
                ),
                label=texts("question.label"),
                missing=texts("question.nothing_picked"),
                value=None if given is None else str(given),
                expanded=True,
            ),
            *([small(texts("question.typing"))] if number == 1 else []),
            buttons(
                [
                    button(
                        texts("button.next"), GiveAnswer(check.id, question), takes_inputs=True, primary=True
                    ),
                    button(texts("button.back"), GoBack(check.id, question)),
                    *([] if check.finished_at else [button(texts("button.pause"), Pause(check.id))]),
                ]
            ),
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
