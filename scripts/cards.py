"""Write every card the bot can show as JSON, and one page that draws them, to look at without Teams.

MATURITY_EDITION says whose disciplines and stages the cards show, as it does for the bot.
"""

import datetime as dt
import json
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

# Run as a file, Python looks in scripts/ first, where this file hides the room `cards`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assessment.check import Check
from assessment.model import Level, Role, parse_answer
from cards.check import paused_card, question_card, role_card
from cards.elements import Card
from cards.naming import answer_name
from cards.result import answers_card, lift_card, opportunities_card, result_card
from cards.talk import (
    apology_card,
    elsewhere_card,
    help_card,
    history_card,
    nobody_card,
    nothing_finished_card,
    stale_card,
    welcome_card,
)
from content.loading import load
from content.model import Edition
from content.texts import Texts
from content.yaml_source import ContentError
from dialogs.words import PERSONAL, PUBLIC

ROOT = Path(__file__).resolve().parent.parent
EDITION = "2021-10"
PAGE = ROOT / "scripts/cards.html"
RENDERER = ROOT / "node_modules/adaptivecards/dist/adaptivecards.min.js"
TARGET = ROOT / "var/cards"

Named = Iterator[tuple[str, Card]]

FIRST_DAY = dt.datetime(2023, 1, 16, 9, tzinfo=dt.UTC)
TYPICAL = "300 200 300 200 400 200 300"
WITH_GAPS = "300 dont-know 300 not-applicable 400 200 300"
EQUALLY_CLOSE = "300 300 300 200 400 400 400"
TOO_FEW = "dont-know dont-know 300 dont-know not-applicable 200 dont-know"
NO_LEVELS = "dont-know"


class CannotPreview(Exception):
    """Why there is no page; the text says what to do about it."""


def samples(edition_id: str = EDITION) -> dict[str, Card]:
    """Every kind of card with sample values, by name, in the order a person meets them."""
    content = load()
    if edition_id not in content.editions:
        known = ", ".join(content.editions)
        raise CannotPreview(f"MATURITY_EDITION is {edition_id}; use one of {known}")
    texts, edition = content.texts, content.editions[edition_id]
    return dict(
        (
            *_begun(texts, edition),
            *_asked(texts, edition),
            *_finished(texts, edition),
            *_looked_at(texts, edition),
            *_helped(texts, edition),
            *_looked_back(texts, edition),
            *_elsewhere(texts),
            *_in_trouble(texts),
        )
    )


def answered(edition: Edition, answers: str, *, month: int = 0) -> Check:
    """A check with these answers, in the edition's order; with all of them it is finished."""
    given = dict(zip(edition.order, map(parse_answer, answers.split()), strict=False))
    day = FIRST_DAY + dt.timedelta(days=30 * month)
    return Check(
        id=f"{month:032x}",
        edition=edition.id,
        role=Role.MAKER,
        answers=given,
        given_by={},
        revisiting=None,
        started_at=day,
        finished_at=day if len(given) == len(edition.order) else None,
    )


def finished(edition: Edition, pattern: str, *, month: int = 0) -> Check:
    """A check with all its answers; the pattern starts over in an edition with more disciplines."""
    given = islice(cycle(pattern.split()), len(edition.order))
    return answered(edition, " ".join(given), month=month)


def everywhere(edition: Edition, level: Level, *, month: int = 0) -> Check:
    """A check that found every discipline at one level."""
    return finished(edition, str(level), month=month)


def _begun(texts: Texts, edition: Edition) -> Named:
    yield "welcome", welcome_card(texts, edition)
    yield "role", role_card(texts, answered(edition, ""))


def _asked(texts: Texts, edition: Edition) -> Named:
    new, half = answered(edition, ""), _half(edition)
    first, following = edition.order[0], edition.order[len(half.answers)]
    for number, question in enumerate(edition.order, 1):
        yield f"question-{number}", question_card(texts, edition, new, question)
    yield "question-nothing-picked", question_card(texts, edition, new, first, unanswered=True)
    yield "question-answered-before", question_card(texts, edition, half, first)
    yield (
        "question-after-late-change",
        question_card(texts, edition, half, following, notice=_saved(texts, edition)),
    )
    yield "paused", paused_card(texts, len(half.answers), len(edition.order))


def _finished(texts: Texts, edition: Edition) -> Named:
    typical = finished(edition, TYPICAL)
    yield "result", result_card(texts, edition, typical)
    yield "result-changed", result_card(texts, edition, typical, notice=_saved(texts, edition))
    yield "result-with-gaps", result_card(texts, edition, finished(edition, WITH_GAPS))
    for level in edition.stages:
        yield f"result-all-at-{level}", result_card(texts, edition, everywhere(edition, level))
    yield "result-too-few-answers", result_card(texts, edition, finished(edition, TOO_FEW))
    yield "result-no-level-at-all", result_card(texts, edition, finished(edition, NO_LEVELS))


def _looked_at(texts: Texts, edition: Edition) -> Named:
    yield "lift", lift_card(texts, edition, finished(edition, TYPICAL))
    yield "lift-with-choice", lift_card(texts, edition, finished(edition, EQUALLY_CLOSE))
    for level in edition.stages:
        name = "lift-nothing-above" if level.next is None else f"lift-all-at-{level}"
        yield name, lift_card(texts, edition, everywhere(edition, level))
    yield "answers", answers_card(texts, edition, finished(edition, WITH_GAPS))
    for level in edition.stages:
        check = finished(edition, TYPICAL)
        yield f"opportunities-{level}", opportunities_card(texts, edition, level, check)
    yield "opportunities-before-check", opportunities_card(texts, edition, Level.INITIAL, None)


def _helped(texts: Texts, edition: Edition) -> Named:
    start, go_on = texts("button.start"), texts("button.go_on")
    at_question = texts("help.at_question", number=1, of=len(edition.order))
    at_role = texts("help.at_role")
    yield "help", help_card(texts, PERSONAL, intro=texts("help.asked"), start=start)
    yield "help-unknown-word", help_card(texts, PERSONAL, intro=texts("help.unknown"), start=start)
    yield "help-unknown-answer", help_card(texts, PERSONAL, intro=at_question, start=go_on)
    yield "help-unknown-role", help_card(texts, PERSONAL, intro=at_role, start=go_on)
    yield "help-in-public", help_card(texts, PUBLIC, intro=texts("help.in_public"), start=start)


def _looked_back(texts: Texts, edition: Edition) -> Named:
    first, second = finished(edition, TYPICAL), finished(edition, WITH_GAPS, month=1)
    years = [everywhere(edition, list(Level)[month % 5], month=month) for month in range(36, 0, -1)]
    yield "history-none", nothing_finished_card(texts)
    yield "history-first", history_card(texts, [(first, edition)], dt.UTC)
    yield "history", history_card(texts, [(second, edition), (first, edition)], dt.UTC)
    yield "history-of-years", history_card(texts, [(one, edition) for one in years], dt.UTC)


def _elsewhere(texts: Texts) -> Named:
    chat = "https://teams.microsoft.com/l/chat/0/0?users=28:3f0c8f1e-6f57-4c8e-9d40-2f7f0a1b6c11"
    yield "elsewhere", elsewhere_card(texts, chat, "sent")
    yield "elsewhere-not-installed", elsewhere_card(texts, chat, "no_app")
    yield "elsewhere-try-again", elsewhere_card(texts, chat, "try_again")


def _in_trouble(texts: Texts) -> Named:
    yield "apology", apology_card(texts, "5f0c9a1b")
    yield "stale", stale_card(texts)
    yield "nobody", nobody_card(texts)


def _half(edition: Edition) -> Check:
    return answered(edition, " ".join(TYPICAL.split()[: len(edition.order) // 2]))


def _saved(texts: Texts, edition: Edition) -> str:
    discipline = edition.disciplines[edition.order[0]].name
    return texts("saved", discipline=discipline, answer=answer_name(texts, edition, Level.REPEATABLE))


def preview(target: Path, edition: str = EDITION) -> None:
    """Write each sample card as JSON, the page that draws them all, and the renderer the page uses."""
    if not RENDERER.exists():
        raise CannotPreview("The card renderer is not installed: `make cards` installs it.")
    shown = samples(edition)
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob("*.json"):
        stale.unlink()
    for name, card in shown.items():
        (target / f"{name}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")
    # In a script element "</" would end the script.
    embedded = json.dumps(shown, ensure_ascii=False).replace("</", "<\\/")
    (target / "index.html").write_text(PAGE.read_text("utf-8").replace('"CARDS"', embedded), "utf-8")
    shutil.copy(RENDERER, target)


def main() -> int:
    """Write the preview to var/cards/. Returns a process exit status."""
    edition = os.environ.get("MATURITY_EDITION") or EDITION
    try:
        preview(TARGET, edition)
    except (CannotPreview, ContentError) as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{TARGET.relative_to(ROOT)}/index.html shows every card of {edition}: open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
