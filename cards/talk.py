"""The cards around a check: welcome, help, history, and what to say when something is not as expected."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from assessment.check import Check
from assessment.model import Answer, Level
from assessment.scoring import standing
from cards.charts import stage_lines
from cards.elements import Card, Element, bullets, button, buttons, card, heading, small, text
from cards.naming import answer_name, level_name
from cards.presses import ShowResult, Start
from content.model import Edition
from content.texts import Texts

MINUTES_PER_QUESTION = 0.4
"""About 25 seconds to read five answers and pick one."""

HISTORY_SHOWN = 8
"""Finished checks on one card; older ones are counted, so that the card stays small."""


def welcome_card(texts: Texts, edition: Edition, *, in_public: bool = False) -> Card:
    """What the bot does, how long it takes, who sees the answers."""
    questions = len(edition.order)
    lowest, highest = (answer_name(texts, edition, one) for one in (Level.INITIAL, Level.EFFICIENT))
    return card(
        texts,
        [
            heading(texts("welcome.heading")),
            text(texts("welcome.text", lowest=lowest, highest=highest)),
            text(
                texts.count("welcome.effort", questions, minutes=math.ceil(questions * MINUTES_PER_QUESTION))
            ),
            text(texts("welcome.privacy_in_public" if in_public else "welcome.privacy")),
            buttons([button(texts("button.start"), Start(), primary=True)]),
        ],
    )


def help_card(
    texts: Texts,
    commands: Iterable[str],
    of_leads: Iterable[str] = (),
    *,
    intro: str,
    start: str,
    in_public: bool = False,
) -> Card:
    """The words the bot understands here, those that only leads may type apart from the others.

    `intro` says why this is shown, `start` what Start does now.
    """
    return card(
        texts,
        [
            heading(texts("help.heading")),
            text(intro),
            *_known(texts, texts("help.for_everybody" if in_public else "help.for_you"), commands),
            *_known(texts, texts("help.for_leads"), of_leads),
            buttons([button(start, Start(), primary=True)]),
        ],
    )


def history_card(texts: Texts, checks: Sequence[tuple[Check, Edition]], zone: dt.tzinfo) -> Card:
    """Each finished check with its date, its stage, and what moved since the one before. Newest first."""
    shown = checks[:HISTORY_SHOWN]
    before = [*checks[1 : len(shown) + 1], None][: len(shown)]
    older = len(checks) - len(shown)
    return card(
        texts,
        [
            heading(texts("history.heading")),
            *_line(texts, checks[: len(shown)], zone),
            *(_finished(texts, one, earlier, zone) for one, earlier in zip(shown, before, strict=True)),
            *([small(texts.count("history.older", older))] if older else []),
            buttons(
                [
                    button(texts("button.latest_result"), ShowResult(checks[0][0].id), primary=True),
                    button(texts("button.again"), Start()),
                ]
            ),
        ],
    )


def nothing_finished_card(texts: Texts) -> Card:
    """Where a result would stand, before there is one."""
    return card(
        texts,
        [
            heading(texts("history.empty.heading")),
            text(texts("history.empty.text")),
            buttons([button(texts("button.start"), Start(), primary=True)]),
        ],
    )


def stale_card(texts: Texts) -> Card:
    """For a press that is not the presser's own, or of another version."""
    return card(
        texts,
        [
            heading(texts("problem.stale.heading")),
            text(texts("problem.stale.text")),
            buttons([button(texts("button.my_check"), Start(), primary=True)]),
        ],
    )


def nobody_card(texts: Texts) -> Card:
    """For somebody without an Entra account."""
    return card(texts, [heading(texts("problem.nobody.heading")), text(texts("problem.nobody.text"))])


def apology_card(texts: Texts, reference: str) -> Card:
    """An error of ours; the log has it under the reference."""
    return card(
        texts,
        [
            heading(texts("problem.error.heading")),
            text(texts("problem.error.text", reference=reference)),
            buttons([button(texts("button.my_check"), Start(), primary=True)]),
        ],
    )


Delivery = Literal["sent", "no_app", "try_again"]
"""What became of a card for the person's own chat: it is there, needs the app first, or may work later."""


def elsewhere_card(texts: Texts, url: str, delivery: Delivery) -> Card:
    """The way to the person's own chat, and what was sent there."""
    words = texts(f"elsewhere.{delivery}")
    opens = {"type": "Action.OpenUrl", "title": texts("button.open_chat"), "url": url}
    return card(texts, [heading(texts("elsewhere.heading")), text(words), buttons([opens])])


def _known(texts: Texts, title: str, commands: Iterable[str]) -> list[Element]:
    """Words with what they do, or nothing where there are none."""
    lines = [texts("help.line", word=texts.words[one][0], what=texts(f"command.{one}")) for one in commands]
    return [heading(title, size="Medium"), bullets(lines)] if lines else []


def _line(texts: Texts, shown: Sequence[tuple[Check, Edition]], zone: dt.tzinfo) -> list[Element]:
    """The stages over time, of the checks in the latest one's edition; nothing with fewer than two."""
    _, edition = shown[0]
    stands = [
        ((check.finished_at or check.started_at).astimezone(zone).date(), standing(check.answers, its.order))
        for check, its in reversed(shown)
        if its.id == edition.id
    ]
    several = sum(its.stage is not None for _, its in stands) > 1
    return [stage_lines(texts, edition, stands)] if several else []


def _finished(
    texts: Texts, one: tuple[Check, Edition], earlier: tuple[Check, Edition] | None, zone: dt.tzinfo
) -> Element:
    check, edition = one
    stage = standing(check.answers, edition.order).stage
    name = texts("history.no_stage") if stage is None else level_name(texts, edition, stage)
    day = texts.date(check.finished_at or check.started_at, zone)
    return {
        "type": "Container",
        "separator": True,
        "items": [
            text(texts("history.line", date=day, stage=name), weight="Bolder"),
            _moves(texts, one, earlier),
        ],
    }


def _moves(texts: Texts, one: tuple[Check, Edition], earlier: tuple[Check, Edition] | None) -> Element:
    """Which disciplines' answers differ from the check before."""
    if earlier is None:
        return small(texts("history.first"))
    (now, edition), (then, _) = one, earlier
    moved = [
        _move(texts, edition, discipline, was=then.answers[discipline], its=now.answers[discipline])
        for discipline in edition.order
        if discipline in then.answers.keys() & now.answers.keys()
        and then.answers[discipline] is not now.answers[discipline]
    ]
    return bullets(moved) if moved else small(texts("history.still"))


def _move(texts: Texts, edition: Edition, discipline: str, *, was: Answer, its: Answer) -> str:
    way = "changed"
    if isinstance(was, Level) and isinstance(its, Level):
        way = "up" if its > was else "down"
    return texts(
        f"history.{way}",
        discipline=edition.disciplines[discipline].name,
        then=answer_name(texts, edition, was),
        now=answer_name(texts, edition, its),
    )
