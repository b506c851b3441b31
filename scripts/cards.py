"""Write every card the bot can show as JSON, and one page that draws them, to look at without Teams.

MATURITY_EDITION says whose disciplines and stages the cards show, as it does for the bot.
"""

import datetime as dt
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

# Run as a file, Python looks in scripts/ first, where this file hides the room `cards`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assessment.check import Check
from assessment.model import Answer, Level, NoLevel, Person, Role, parse_answer
from assessment.privacy import Forgotten, Held, Row
from assessment.survey import Exclusion, Numbers, Phase, Plan, Reach, Refusal, Survey, Team
from assessment.team import Group, Tallies, TeamResult, change, team_result
from assessment.trend import Point, Trend, trend
from cards.check import paused_card, question_card, role_card
from cards.elements import Card, Notice
from cards.invitation import (
    declined_card,
    finished_note,
    invitation_card,
    not_asked_card,
    not_now_card,
    over_card,
    rehearsed_card,
    snoozed_card,
    survey_label,
    waiting_card,
)
from cards.naming import answer_name
from cards.presses import Start
from cards.privacy import ask_to_forget_card, forgotten_card, kept_card, my_data_card
from cards.privacy_files import data_card, data_declined_card, data_failed_card
from cards.result import answers_card, lift_card, opportunities_card, result_card
from cards.survey_presses import ShowProgress
from cards.survey_progress import ask_to_close_card, ask_to_stop_card, progress_card
from cards.survey_setup import awaiting_card, cancelled_card, counting_card, rehearsal_card, setup_card
from cards.survey_talk import (
    export_card,
    export_declined_card,
    export_failed_card,
    export_offered_card,
    no_team_card,
    not_a_lead_card,
    nothing_open_card,
    pick_survey_card,
    under_way_card,
)
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
from cards.team_result import spread_card, team_result_card
from cards.trend import no_trend_card, trend_card
from content.loading import load
from content.model import Edition
from content.texts import Texts
from content.yaml_source import ContentError
from dialogs.words import IN_TEAM, OF_LEADS, PERSONAL

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
# How many of 31 people are at each of the five levels, don't know, and say it does not apply.
SPREADS = ("2 5 13 8 3 0 0", "3 20 5 3 0 0 0", "0 0 21 5 0 5 0", "12 3 0 2 9 0 5", "0 4 18 9 0 0 0")
EARLIER_SPREADS = ("5 15 8 3 0 0 0", "3 20 5 3 0 0 0", "0 0 5 21 0 5 0", "12 3 0 2 9 0 5", "0 24 4 3 0 0 0")
ALIKE = "0 0 31 0 0 0 0"


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
            *_private(texts),
            *_elsewhere(texts),
            *_in_trouble(texts),
            *_planned(texts, edition),
            *_rehearsed(texts, edition),
            *_invited(texts, edition),
            *_put_off(texts, edition),
            *_under_way(texts, edition),
            *_told_to_the_team(texts, edition),
            *_over_time(texts, edition),
            *_led(texts, edition),
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
    yield "paused", paused_card(texts, len(half.answers), len(edition.order), Start())


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
    yield "help-of-leads", help_card(texts, OF_LEADS, intro=texts("help.asked"), start=start)
    yield "help-unknown-word", help_card(texts, PERSONAL, intro=texts("help.unknown"), start=start)
    yield "help-unknown-answer", help_card(texts, PERSONAL, intro=at_question, start=go_on)
    yield "help-unknown-role", help_card(texts, PERSONAL, intro=at_role, start=go_on)
    yield "help-in-public", help_card(texts, IN_TEAM, intro=texts("help.in_public"), start=start)


def _looked_back(texts: Texts, edition: Edition) -> Named:
    first, second = finished(edition, TYPICAL), finished(edition, WITH_GAPS, month=1)
    years = [everywhere(edition, list(Level)[month % 5], month=month) for month in range(36, 0, -1)]
    yield "history-none", nothing_finished_card(texts)
    yield "history-first", history_card(texts, [(first, edition)], dt.UTC)
    yield "history", history_card(texts, [(second, edition), (first, edition)], dt.UTC)
    yield "history-of-years", history_card(texts, [(one, edition) for one in years], dt.UTC)


def _private(texts: Texts) -> Named:
    held, download = held_data(), "https://coach.example.org/exports/5f0c9a1b"
    nothing = replace(held, tables=dict.fromkeys(held.tables, ()))
    years = replace(held, tables={name: [*rows] * 12 for name, rows in held.tables.items()})
    sending = Notice(texts("privacy.notice.file"))
    yield "my-data", my_data_card(texts, held, dt.UTC)
    yield "my-data-nothing", my_data_card(texts, nothing, dt.UTC)
    yield "my-data-of-years", my_data_card(texts, years, dt.UTC, notice=sending)
    yield "my-data-file", data_card(texts, download, 10)
    yield "my-data-file-no-link", data_card(texts, None, 10)
    yield "my-data-file-declined", data_declined_card(texts)
    yield "my-data-file-failed", data_failed_card(texts)
    yield "forget-me", ask_to_forget_card(texts, held)
    yield "forget-me-nothing", ask_to_forget_card(texts, nothing)
    yield "forgotten", forgotten_card(texts, Forgotten(3, 17, 2, 1, 4, 1, 1, 2, 1))
    yield "forgotten-nothing", forgotten_card(texts, Forgotten())
    yield "forget-me-not", kept_card(texts)


def held_data() -> Held:
    """What might be kept about somebody who did everything once."""
    on, later = FIRST_DAY, FIRST_DAY + dt.timedelta(days=3)

    def asked(name: str, phase: str, *, anonymous: bool, declined: int = 0) -> Row:
        its = {"survey_id": phase, "survey_name": name, "team_name": "Contoso CoE", "phase": phase}
        return its | {"anonymous": int(anonymous), "declined": declined}

    return Held(
        Person("contoso", "ada"),
        {
            "checks": [
                {"id": "1", "survey_id": "", "started_at": on, "finished_at": on},
                {"id": "2", "survey_id": "", "started_at": later, "finished_at": None},
                {"id": "3", "survey_id": "named", "started_at": later, "finished_at": later},
            ],
            "answers": [{"check_id": check} for check in "1112333"],
            "recipients": [
                asked("Q1 check", "closed", anonymous=True),
                asked("Q2 check", "open", anonymous=True, declined=1),
                asked("Leads' check", "named", anonymous=False),
            ],
            "deliveries": [{"survey_id": survey} for survey in ("closed", "open", "open")],
            "wishes": [{"zone": "Europe/Vienna", "not_before": later, "silent_since": on}],
            "contacts": [
                {"occasion": occasion, "at": on}
                for occasion in ("survey:1:0", "pledge:1:1", "schedule:1:x", "hello")
            ],
            "pledges": [{"item": "Write down who may share what", "due_on": "2023-02-01"}],
            "surveys": [{"name": "Q2 check", "team_name": "Contoso CoE"}],
            "schedules": [{"id": "1"}],
            "conversations": [{"conversation_id": "a:1"}],
            "welcomes": [{"welcomed_at": on}],
        },
    )


def _elsewhere(texts: Texts) -> Named:
    chat = "https://teams.microsoft.com/l/chat/0/0?users=28:3f0c8f1e-6f57-4c8e-9d40-2f7f0a1b6c11"
    yield "elsewhere", elsewhere_card(texts, chat, "sent")
    yield "elsewhere-not-installed", elsewhere_card(texts, chat, "no_app")
    yield "elsewhere-try-again", elsewhere_card(texts, chat, "try_again")


def _in_trouble(texts: Texts) -> Named:
    yield "apology", apology_card(texts, "5f0c9a1b")
    yield "stale", stale_card(texts)
    yield "nobody", nobody_card(texts)


def _planned(texts: Texts, edition: Edition) -> Named:
    survey = survey_of(edition)
    plan, team = survey.plan, survey.team
    teams = [team, replace(team, id="19:support", name="Contoso Support")]
    editions = {edition.id: edition.name}
    mistakes = [texts("survey.mistake.closes"), texts("survey.mistake.smallest")]
    yield "survey-plan", setup_card(texts, plan, survey.id, team=team, teams=[], editions=editions)
    yield (
        "survey-plan-with-mistakes",
        setup_card(texts, plan, survey.id, team=team, teams=[], editions=editions, mistakes=mistakes),
    )
    yield (
        "survey-plan-for-some-team",
        setup_card(
            texts, plan, survey.id, team=None, teams=teams, editions={**editions, "2027": "Next year's model"}
        ),
    )


def _rehearsed(texts: Texts, edition: Edition) -> Named:
    survey = survey_of(edition)
    reach = Reach(38, 12, {Exclusion.GUEST: 2, Exclusion.NO_ADDRESS: 1, Exclusion.BOT: 1})
    large, nobody = Reach(1240, 300, {Exclusion.GUEST: 31}), Reach(0, 0, {Exclusion.GUEST: 3})
    sent = Notice(texts("survey.notice.sent_to_me"))
    second = Notice(texts("survey.refusal.second_must_be_other"), is_refusal=True)
    named = replace(survey, plan=replace(survey.plan, is_anonymous=False, reminder_days=()))
    yield "survey-rehearsal", rehearsal_card(texts, edition, survey, reach, 1.4, needs_second=False)
    yield (
        "survey-rehearsal-after-sending-to-me",
        rehearsal_card(texts, edition, named, reach, 1.4, needs_second=False, notice=sent),
    )
    yield "survey-rehearsal-large", rehearsal_card(texts, edition, survey, large, 110, needs_second=True)
    yield "survey-rehearsal-nobody", rehearsal_card(texts, edition, survey, nobody, 0, needs_second=False)
    yield "survey-awaiting", awaiting_card(texts, survey, large)
    yield "survey-awaiting-another-lead", awaiting_card(texts, survey, large, notice=second)
    yield "survey-cancelled", cancelled_card(texts, survey)
    yield "survey-counting", counting_card(texts, survey)


def _invited(texts: Texts, edition: Edition) -> Named:
    survey = survey_of(edition)
    named = replace(survey, plan=replace(survey.plan, is_anonymous=False))
    check, label = answered(edition, ""), survey_label(texts, survey)
    done = finished(edition, TYPICAL)
    yield "invitation", invitation_card(texts, edition, survey)
    yield "invitation-named", invitation_card(texts, edition, named)
    yield "invitation-reminder", invitation_card(texts, edition, survey, reminder=True)
    yield "question-in-survey", question_card(texts, edition, check, edition.order[0], label=label)
    thanks = Notice(finished_note(texts, survey))
    yield "result-in-survey", result_card(texts, edition, done, notice=thanks, label=label)
    yield "invitation-waiting", waiting_card(texts, survey, own_under_way=False)
    yield "invitation-waiting-beside-own-check", waiting_card(texts, named, own_under_way=True)


def _put_off(texts: Texts, edition: Edition) -> Named:
    survey = survey_of(edition)
    too_late = Notice(texts("invitation.too_late"), is_refusal=True)
    yield "invitation-not-now", not_now_card(texts, survey)
    yield "invitation-not-now-too-late", invitation_card(texts, edition, survey, notice=too_late)
    yield "invitation-snoozed", snoozed_card(texts, survey, FIRST_DAY + dt.timedelta(days=1))
    yield "invitation-declined", declined_card(texts, survey)
    yield "invitation-over", over_card(texts, survey)
    yield "invitation-not-asked", not_asked_card(texts)
    yield "invitation-rehearsed", rehearsed_card(texts, survey)


def _under_way(texts: Texts, edition: Edition) -> Named:
    survey, now = survey_of(edition), FIRST_DAY + dt.timedelta(days=5)
    numbers = survey_numbers()
    early = replace(
        numbers, waiting=30, delivered=10, refused={}, unknown=0, started=4, finished=2, declined=0
    )
    closed = replace(survey, phase=Phase.CLOSED, closed_at=now)
    cut_short = replace(
        numbers,
        delivered=29,
        stopped=6,
        refused=dict.fromkeys(Refusal, 1),
        unknown=0,
        started=24,
        finished=20,
    )
    reminding = Notice(texts("survey.notice.reminding"))
    reminded = Notice(texts("survey.refusal.reminded_today"), is_refusal=True)
    yield "survey-sending", progress_card(texts, survey, early, FIRST_DAY, seconds_left=110)
    yield "survey-open", progress_card(texts, survey, numbers, now)
    yield "survey-reminding", progress_card(texts, survey, numbers, now, notice=reminding)
    yield "survey-reminded-today", progress_card(texts, survey, numbers, now, notice=reminded)
    yield "survey-stopped", progress_card(texts, replace(survey, stopped=True), cut_short, now)
    yield "survey-closing", progress_card(texts, replace(survey, phase=Phase.CLOSING), numbers, now)
    yield "survey-closed", progress_card(texts, closed, numbers, now)
    yield "survey-closed-too-early", progress_card(texts, closed, early, now, resultless=True)
    yield "survey-ask-to-stop", ask_to_stop_card(texts, survey, early)
    yield "survey-ask-to-stop-all-sent", ask_to_stop_card(texts, survey, numbers)
    yield "survey-ask-to-close", ask_to_close_card(texts, survey, numbers)
    yield "survey-ask-to-close-too-early", ask_to_close_card(texts, survey, early)


def _told_to_the_team(texts: Texts, edition: Edition) -> Named:
    survey = replace(survey_of(edition), phase=Phase.CLOSED, closed_at=FIRST_DAY + dt.timedelta(days=14))
    numbers = survey_numbers()
    now, before = survey_result(edition, *SPREADS), survey_result(edition, *EARLIER_SPREADS)
    alike, few = survey_result(edition, ALIKE), survey_result(edition, *SPREADS, shown=0.3)
    few_finished = replace(numbers, started=4, finished=2)
    yield "team-result", team_result_card(texts, edition, survey, numbers, now, change(now, before))
    yield "team-result-first", team_result_card(texts, edition, survey, numbers, now, None)
    yield "team-result-alike", team_result_card(texts, edition, survey, numbers, alike, change(alike, alike))
    yield "team-result-no-stage", team_result_card(texts, edition, survey, numbers, few, change(few, before))
    yield "team-result-too-few", team_result_card(texts, edition, survey, few_finished, None, None)
    yield "team-spread", spread_card(texts, edition, survey, now)
    yield "team-spread-alike", spread_card(texts, edition, survey, alike)


def _over_time(texts: Texts, edition: Edition) -> Named:
    earlier, now = survey_result(edition, *EARLIER_SPREADS), survey_result(edition, *SPREADS)
    few = survey_result(edition, *SPREADS, shown=0.3)
    hidden = trend_of(edition, earlier, None, now)
    apart = replace(hidden.points[0], survey=survey_of(replace(edition, id="2019")))
    years = [(earlier, now, None)[quarter % 3] for quarter in range(20)]
    yield "trend", trend_card(texts, edition, trend_of(edition, earlier, now))
    yield "trend-hidden-between", trend_card(texts, edition, hidden)
    yield "trend-first", trend_card(texts, edition, trend_of(edition, now))
    yield "trend-first-without-stage", trend_card(texts, edition, trend_of(edition, few))
    yield "trend-stage-lost", trend_card(texts, edition, trend_of(edition, now, few))
    yield "trend-all-hidden", trend_card(texts, edition, trend_of(edition, None, None))
    yield "trend-of-years", trend_card(texts, edition, trend_of(edition, *years))
    yield "trend-another-edition", trend_card(texts, edition, replace(hidden, apart=(apart,)))
    yield "trend-nothing", no_trend_card(texts)


def trend_of(edition: Edition, *results: TeamResult | None) -> Trend:
    """A survey each quarter, from the first to the latest; None for one whose result may not be shown."""
    survey = replace(survey_of(edition), phase=Phase.CLOSED)
    closed = (FIRST_DAY + dt.timedelta(days=91 * quarter) for quarter, _ in enumerate(results))
    return trend(Point(survey, on, result) for on, result in zip(closed, results, strict=True))


def _led(texts: Texts, edition: Edition) -> Named:
    survey = survey_of(edition)
    several = [replace(survey, team=replace(survey.team, name=f"Contoso {number}")) for number in range(1, 8)]
    download = "https://coach.example.org/exports/5f0c9a1b"
    yield "survey-not-a-lead", not_a_lead_card(texts)
    yield "survey-no-team", no_team_card(texts)
    for command in ("status", "remind", "close", "results"):
        yield f"survey-nothing-open-{command}", nothing_open_card(texts, command)
    yield "survey-one-at-a-time", under_way_card(texts, survey)
    yield "survey-pick", pick_survey_card(texts, several, ShowProgress)
    yield "survey-export", export_card(texts, survey, download, 15)
    yield "survey-export-no-link", export_card(texts, survey, None, 15)
    yield "survey-export-offered", export_offered_card(texts, survey)
    yield "survey-export-declined", export_declined_card(texts, survey)
    yield "survey-export-failed", export_failed_card(texts, survey)


def survey_of(edition: Edition) -> Survey:
    """An open survey."""
    return Survey(
        id="5" * 32,
        team=Team("contoso", "19:coe", "Contoso CoE"),
        channel_id="19:coe",
        plan=Plan(
            name="Q4 check",
            edition=edition.id,
            is_anonymous=True,
            smallest_group=5,
            reminder_days=(3, 7),
            closes_on=(FIRST_DAY + dt.timedelta(days=14)).date(),
        ),
        zone="UTC",
        closes_at=FIRST_DAY + dt.timedelta(days=14),
        phase=Phase.OPEN,
        asked_by=Person("contoso", "ada"),
        asked_by_name="Ada Lovelace",
        opened_at=FIRST_DAY,
        closed_at=None,
        counted=True,
        stopped=False,
        secret=None,
    )


def survey_numbers() -> Numbers:
    """A survey of 40 people, most of whom have finished."""
    return Numbers(
        waiting=0,
        delivered=36,
        refused={Refusal.NOT_INSTALLED: 2, Refusal.BLOCKED: 1},
        unknown=1,
        stopped=0,
        declined=2,
        started=34,
        finished=31,
    )


def survey_result(edition: Edition, *spreads: str, shown: float = 1) -> TeamResult:
    """A team's result with these numbers of people at each level and without one, discipline by discipline.

    The spreads start over in an edition with more disciplines; `shown` is the part of them that may be shown.
    """
    names = edition.order[: int(len(edition.order) * shown)]
    counts = {one: _counts(spread) for one, spread in zip(names, cycle(spreads), strict=False)}
    leaders = {one: _counts("0 1 1 4 0 0 0") for one in names}
    makers = {one: _counts("2 5 2 0 0 0 0") for one in names}
    tallies = Tallies(Group(31, counts), Group(6, leaders), Group(9, makers))
    result = team_result(tallies, edition.order)
    if result is None:
        raise AssertionError("everybody is shown")
    return result


def _counts(spread: str) -> dict[Answer, int]:
    people = map(int, spread.split())
    return {answer: number for answer, number in zip((*Level, *NoLevel), people, strict=True) if number}


def _half(edition: Edition) -> Check:
    return answered(edition, " ".join(TYPICAL.split()[: len(edition.order) // 2]))


def _saved(texts: Texts, edition: Edition) -> Notice:
    discipline = edition.disciplines[edition.order[0]].name
    answer = answer_name(texts, edition, Level.REPEATABLE)
    return Notice(texts("saved", discipline=discipline, answer=answer))


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
