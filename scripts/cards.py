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
from zoneinfo import ZoneInfo

# Run as a file, Python looks in scripts/ first, where this file hides the room `cards`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assessment.check import Check
from assessment.model import Answer, Level, NoLevel, Person, Role, parse_answer
from assessment.news import WHILE_OPEN, News, NewsKind, Preference, next_digest, survey_facts
from assessment.pledges import Pledge, PledgeState, Step
from assessment.privacy import Forgotten, Held, Row
from assessment.respect import Limits, Wishes
from assessment.schedules import Halt, Often, PlainReminder, RepeatedSurvey, Schedule, State, rule_of
from assessment.scoring import Standing, standing
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
from cards.news import news_card, news_setup_card, pick_team_card
from cards.pledge import (
    already_pledged_card,
    closed_pledge_card,
    drop_pledge_card,
    in_your_name_card,
    more_time_card,
    pledge_question_card,
    pledged_card,
    put_off_card,
    statement_question_card,
)
from cards.pledge_form import Form, pledge_form_card
from cards.pledge_lists import Picture, my_pledges_card, team_pledges_card
from cards.pledge_presses import MakePledge
from cards.presses import Start
from cards.privacy import ask_to_forget_card, forgotten_card, kept_card, my_data_card
from cards.privacy_files import data_card, data_declined_card, data_failed_card
from cards.respect import Told, reminders_card
from cards.result import answers_card, lift_card, opportunities_card, result_card
from cards.schedules import (
    ask_to_delete_card,
    preview_card,
    schedule_card,
    schedule_form,
    schedules_card,
    team_gone_card,
)
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
from dialogs.recurrence import dates_of
from dialogs.schedules import terms_of
from dialogs.words import IN_TEAM, LEADING, OF_LEADS, PERSONAL

ROOT = Path(__file__).resolve().parent.parent
EDITION = "2021-10"
PAGE = ROOT / "scripts/cards.html"
RENDERER = ROOT / "node_modules/adaptivecards/dist/adaptivecards.min.js"
TARGET = ROOT / "var/cards"

Named = Iterator[tuple[str, Card]]

FIRST_DAY = dt.datetime(2023, 1, 16, 9, tzinfo=dt.UTC)
NO_LIMITS = Limits(1000, 1000, dt.time(), dt.time(), rests_at_weekends=False)
TYPICAL = "300 200 300 200 400 200 300"
WITH_GAPS = "300 dont-know 300 not-applicable 400 200 300"
EQUALLY_CLOSE = "300 300 300 200 400 400 400"
TOO_FEW = "dont-know dont-know 300 dont-know not-applicable 200 dont-know"
NO_LEVELS = "dont-know"
# How many of 31 people are at each of the five levels, don't know, and say it does not apply.
SPREADS = ("2 5 13 8 3 0 0", "3 20 5 3 0 0 0", "0 0 21 5 0 5 0", "12 3 0 2 9 0 5", "0 4 18 9 0 0 0")
EARLIER_SPREADS = ("5 15 8 3 0 0 0", "3 20 5 3 0 0 0", "0 0 5 21 0 5 0", "12 3 0 2 9 0 5", "0 24 4 3 0 0 0")
REMINDED = "Time to look at our maturity again: what has become easier since spring, and what has not?"
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
            *_left_alone(texts),
            *_told_to_the_team(texts, edition),
            *_over_time(texts, edition),
            *_led(texts, edition),
            *_in_the_news(texts, edition),
            *_chosen(texts, edition),
            *_scheduled(texts, edition),
            *_promised(texts, edition),
            *_asked_about(texts, edition),
            *_promises(texts, edition),
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
    yield "help-of-leads", help_card(texts, PERSONAL, OF_LEADS, intro=texts("help.asked"), start=start)
    yield "help-unknown-word", help_card(texts, PERSONAL, intro=texts("help.unknown"), start=start)
    yield "help-unknown-answer", help_card(texts, PERSONAL, intro=at_question, start=go_on)
    yield "help-unknown-role", help_card(texts, PERSONAL, intro=at_role, start=go_on)
    in_team = [one for one in IN_TEAM if one not in LEADING]
    public = texts("help.in_public")
    yield "help-in-public", help_card(texts, in_team, LEADING, intro=public, start=start, in_public=True)


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
    yield "forgotten", forgotten_card(texts, Forgotten(3, 17, 2, 1, 4, 1, 1, 2, 1, 1, 2, 1, 1))
    yield "forgotten-nothing", forgotten_card(texts, Forgotten())
    yield "forget-me-not", kept_card(texts)


def held_data() -> Held:
    """What might be kept about somebody who did everything once."""
    on, later = FIRST_DAY, FIRST_DAY + dt.timedelta(days=3)

    def asked(name: str, phase: str, *, anonymous: bool, declined: int = 0) -> Row:
        its = {"survey_id": phase, "survey_name": name, "team_name": "Contoso CoE", "phase": phase}
        return its | {"anonymous": int(anonymous), "declined": declined}

    def told(what: str, state: str, goes_on: int = 0) -> Row:
        return {"id": f"{what}:1", "state": state, "due_at": later, "goes_on": goes_on}

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
            "deliveries": [
                {"survey_id": survey, "state": state}
                for survey, state in (("closed", "delivered"), ("open", "delivered"), ("open", "waiting"))
            ],
            "wishes": [{"zone": "Europe/Vienna", "not_before": later, "silent_since": on}],
            "contacts": [
                {"occasion": occasion, "at": on}
                for occasion in ("survey:1:0", "pledge:1:1", "schedule:1:x", "hello")
            ],
            "pledges": [
                {"item": "Write down who may share what", "due_on": "2023-02-01", "team_id": "19:team"},
                {"item": "Learn Power Fx", "due_on": "2023-02-08", "team_id": None},
            ],
            "pledges_for_others": [{"what": "Name an owner", "item": "", "person_name": "Grace Hopper"}],
            "news": [
                told("pledge-made", "sent"),
                told("pledge-kept", "unknown"),
                told("pledge-overdue", "waiting"),
                told("paused", "waiting"),
                told("started", "waiting", goes_on=1),
            ],
            "surveys": [
                {"name": "Q1 check", "team_name": "Contoso CoE", "phase": "closed"},
                {"name": "Q2 check", "team_name": "Contoso CoE", "phase": "open"},
            ],
            "schedules": [{"id": "1", "halt": None}, {"id": "2", "halt": "by-lead"}],
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


def _left_alone(texts: Texts) -> Named:
    now, zone = FIRST_DAY, ZoneInfo("Europe/Vienna")
    sent = [
        Told(now - dt.timedelta(days=3), "reminder", "Autumn check", "Lena Lead"),
        Told(now - dt.timedelta(days=5), "pledge"),
        Told(now - dt.timedelta(days=6), "invitation", "Autumn check", "Lena Lead"),
    ]
    planned = [
        Told(now + dt.timedelta(days=1), "later", "Autumn check", "Lena Lead"),
        Told(now + dt.timedelta(days=2), "told", lead="Lena Lead", about="Hold trainings and hackathons"),
        Told(now + dt.timedelta(days=3), "schedule", about="Contoso *CoE*"),
        Told(now + dt.timedelta(days=4), "pledge", about="Name an environment strategy"),
    ]
    cards = {
        "reminders": (Wishes(zone), sent, planned),
        "reminders-none": (Wishes(zone), [], []),
        "reminders-not-before": (Wishes(zone, now + dt.timedelta(days=9)), sent[1:], planned),
        "reminders-stopped": (Wishes(zone, wants_nothing=True), sent * 4, []),
    }
    for name, (wishes, was, will_be) in cards.items():
        yield name, reminders_card(texts, wishes, Limits(), now, weeks=4, sent=was, planned=will_be)
    typed = Notice(texts("respect.typed_stop"))
    yield (
        "reminders-without-limits",
        reminders_card(texts, Wishes(zone), NO_LIMITS, now, weeks=4, sent=[], planned=[], notice=typed),
    )


def _rehearsed(texts: Texts, edition: Edition) -> Named:
    survey = survey_of(edition)
    reach = Reach(38, 12, {Exclusion.GUEST: 2, Exclusion.NO_ADDRESS: 1, Exclusion.BOT: 1})
    large, nobody = Reach(1240, 300, {Exclusion.GUEST: 31}), Reach(0, 0, {Exclusion.GUEST: 3})
    sent = Notice(texts("survey.notice.sent_to_me"))
    second = Notice(texts("survey.refusal.second_must_be_other"), is_refusal=True)
    named = replace(survey, plan=replace(survey.plan, is_anonymous=False, reminder_days=()))
    yield (
        "survey-rehearsal",
        rehearsal_card(texts, edition, survey, reach, 1.4, limits=Limits(), needs_second=False),
    )
    yield (
        "survey-rehearsal-after-sending-to-me",
        rehearsal_card(texts, edition, named, reach, 1.4, limits=Limits(), needs_second=False, notice=sent),
    )
    yield (
        "survey-rehearsal-large",
        rehearsal_card(texts, edition, survey, large, 110, limits=Limits(), needs_second=True),
    )
    yield (
        "survey-rehearsal-without-limits",
        rehearsal_card(texts, edition, survey, reach, 1.4, limits=NO_LIMITS, needs_second=False),
    )
    yield (
        "survey-rehearsal-nobody",
        rehearsal_card(texts, edition, survey, nobody, 0, limits=Limits(), needs_second=False),
    )
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
    yield "invitation-to-rehearse", invitation_card(texts, edition, survey, rehearsal=True)
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
    closing_early = replace(survey, phase=Phase.CLOSING)
    yield "survey-closing-too-early", progress_card(texts, closing_early, early, now)
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
    yield "trend-nothing", no_trend_card(texts, leads=False)
    yield "trend-nothing-for-leads", no_trend_card(texts, leads=True)
    yield "trend-nothing-under-way", no_trend_card(texts, leads=True, under_way=survey_of(edition))


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
    yield "survey-no-team", no_team_card(texts, "survey")
    for command in ("schedule", "news", "trend"):
        yield f"{command}-no-team", no_team_card(texts, command)
    for command in ("status", "remind", "close", "results"):
        yield f"survey-nothing-open-{command}", nothing_open_card(texts, command)
    yield "survey-one-at-a-time", under_way_card(texts, survey)
    yield "survey-pick", pick_survey_card(texts, several, ShowProgress)
    yield "survey-export", export_card(texts, survey, download, 15)
    yield "survey-export-no-link", export_card(texts, survey, None, 15)
    yield "survey-export-offered", export_offered_card(texts, survey)
    yield "survey-export-declined", export_declined_card(texts, survey)
    yield "survey-export-failed", export_failed_card(texts, survey)


def _in_the_news(texts: Texts, edition: Edition) -> Named:
    team, told = survey_of(edition).team, news_of(texts, edition)
    for name, news in told.items():
        yield f"news-{name}", news_card(texts, team, [news])
    moves = [one for one in told.values() if one.kind is NewsKind.MOVED_UP]
    many = [replace(told["pledge-kept"], id=f"pledge-kept:{number}") for number in range(15)]
    yield "news-moves", news_card(texts, team, moves)
    yield "news-pledges", news_card(texts, team, many)
    yield "news-digest", news_card(texts, team, list(told.values()))
    yield "news-digest-of-much", news_card(texts, team, [*told.values(), *many])


def _chosen(texts: Texts, edition: Edition) -> Named:
    team = survey_of(edition).team
    monday = next_digest(FIRST_DAY, ZoneInfo("Europe/Vienna"))
    saved = Notice(texts("news.setup.saved"))
    at_once, on_monday = Preference.ALL_AT_ONCE, Preference.ALL_ON_MONDAY
    yield "news-setup", news_setup_card(texts, team, Preference.MOVES_AT_ONCE, monday, waiting=2)
    yield "news-setup-saved", news_setup_card(texts, team, on_monday, monday, waiting=2, notice=saved)
    yield "news-setup-no-digest", news_setup_card(texts, team, at_once, monday, waiting=0)
    yield "news-pick-team", pick_team_card(texts, [team, replace(team, id="19:it", name="Contoso IT")])


def news_of(texts: Texts, edition: Edition) -> dict[str, News]:
    """One piece of news of each kind, with all its facts, by what it tells; newest first."""
    survey, numbers = survey_of(edition), replace(survey_numbers(), finished=27)
    ada: dict[str, str | int] = {"name": "Ada Lovelace", "what": "Write down who owns which environment"}
    due: dict[str, str | int] = {"due_on": "2023-02-06"}
    discipline = edition.disciplines[edition.order[0]].name
    repeatable, defined = (answer_name(texts, edition, one) for one in (Level(200), Level(300)))
    told: dict[str, tuple[NewsKind, dict[str, str | int]]] = {
        "reminder": (
            NewsKind.REMINDER,
            {"text": "Time to look at our maturity again.\nBring one example each.", "by": "Ada Lovelace"},
        ),
        "moved-stage": (NewsKind.MOVED_UP, {"stage_from": repeatable, "stage_to": defined}),
        "moved": (NewsKind.MOVED_UP, {"discipline": discipline, "from": repeatable, "to": defined}),
        "moved-step": (NewsKind.MOVED_UP, {"discipline": discipline, "met": 3, "of": 4}),
        "pledge-kept": (NewsKind.PLEDGE_KEPT, ada),
        "pledge-made": (NewsKind.PLEDGE_MADE, ada | due),
        "pledge-overdue": (NewsKind.PLEDGE_OVERDUE, ada | due),
        **{
            str(kind): (kind, survey_facts(kind, survey, numbers))
            for kind in (NewsKind.TWO_DAYS_LEFT, NewsKind.THREE_QUARTERS, NewsKind.HALF, NewsKind.STARTED)
        },
        "without-facts": (NewsKind.PLEDGE_MADE, {}),
    }
    return {
        name: News(_news_id(kind, number, survey), kind, survey.team, survey.channel_id, FIRST_DAY, facts)
        for number, (name, (kind, facts)) in enumerate(told.items())
    }


def _news_id(kind: NewsKind, number: int, survey: Survey) -> str:
    return f"{kind}:{survey.id if kind in WHILE_OPEN else number}"


def _scheduled(texts: Texts, edition: Edition) -> Named:
    survey, reminder = schedule_of(edition), schedule_of(edition, PlainReminder(REMINDED))
    dates = dates_of(survey, FIRST_DAY, 5)
    teams = [survey.team, replace(survey.team, id="19:support", name="Contoso Support")]
    editions = {edition.id: edition.name}
    by_rule = replace(reminder, rule="FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR")
    stopped = [replace(survey, state=State.PAUSED, halt=halt, next_at=None) for halt in Halt]
    filled, words = terms_of(survey), terms_of(by_rule)
    unknown = [texts("schedule.mistake.zone"), texts("schedule.mistake.rule.form")]
    saved = Notice(texts("schedule.notice.saved"))
    yield "schedule-none", schedules_card(texts, [], team=survey.team)
    yield "schedule-list", schedules_card(texts, [survey, by_rule], team=survey.team)
    yield "schedule-list-stopped", schedules_card(texts, stopped, team=None)
    yield "schedule-list-long", schedules_card(texts, [survey, reminder] * 7, team=None)
    yield (
        "schedule-form-survey",
        schedule_form(texts, filled, survey.what, editions, team=survey.team, teams=[]),
    )
    yield (
        "schedule-form-survey-some-team",
        schedule_form(
            texts, filled, survey.what, {**editions, "2027": "Next year's model"}, team=None, teams=teams
        ),
    )
    yield (
        "schedule-form-reminder-with-mistakes",
        schedule_form(texts, words, reminder.what, editions, team=survey.team, teams=[], mistakes=unknown),
    )
    yield "schedule-preview", preview_card(texts, survey, dates, filled)
    yield "schedule-preview-reminder", preview_card(texts, by_rule, dates_of(by_rule, FIRST_DAY, 5), words)
    yield "schedule", schedule_card(texts, survey, dates, notice=saved)
    yield "schedule-paused", schedule_card(texts, stopped[0], [])
    yield "schedule-ask-to-delete", ask_to_delete_card(texts, survey)
    yield "schedule-team-gone", team_gone_card(texts, reminder)


def schedule_of(edition: Edition, what: RepeatedSurvey | PlainReminder | None = None) -> Schedule:
    """A schedule that comes round every quarter; without anything else, a survey."""
    survey = survey_of(edition)
    return Schedule(
        id="6" * 32,
        team=survey.team,
        channel_id=survey.channel_id,
        what=what
        or RepeatedSurvey(
            "Maturity check",
            edition.id,
            is_anonymous=True,
            smallest_group=5,
            reminder_days=(3, 5),
            days_open=14,
        ),
        rule=rule_of(Often.QUARTER, "MO"),
        starts=dt.datetime.combine(FIRST_DAY.date(), dt.time(9)),
        zone="Europe/Vienna",
        ends_on=None,
        lead=survey.asked_by,
        lead_name=survey.asked_by_name,
        state=State.ACTIVE,
        halt=None,
        next_at=dt.datetime(2023, 4, 3, 7, tzinfo=dt.UTC),
    )


def _promised(texts: Texts, edition: Edition) -> Named:
    opportunity, due = edition.opportunities[0], (FIRST_DAY + dt.timedelta(days=28)).date()
    press = MakePledge("7" * 32, edition.id, item=opportunity.id)
    form = Form(press, opportunity.title, due, "ada")
    discipline = edition.disciplines[edition.order[0]]
    one_of = Form(
        MakePledge("7" * 32, edition.id, discipline=discipline.id, level=Level.DEFINED),
        None,
        due,
        "ada",
        statements=discipline.levels[Level.DEFINED].statements,
        discipline=discipline.name,
    )
    team = survey_of(edition).team
    teams = [team, replace(team, id="19:support", name="Contoso Support")]
    in_channel = replace(form, press=replace(press, survey="5" * 32), channel=team)
    mistakes = [texts("pledge.mistake.due"), texts("pledge.mistake.who_unknown")]
    yield "pledge-form", pledge_form_card(texts, form)
    yield "pledge-form-not-asked", pledge_form_card(texts, replace(form, is_asked=False))
    yield "pledge-form-statement", pledge_form_card(texts, replace(one_of, places=teams))
    yield (
        "pledge-form-with-mistakes",
        pledge_form_card(texts, replace(form, places=teams, may_name_others=True), mistakes),
    )
    yield "pledge-form-in-channel", pledge_form_card(texts, in_channel)
    yield (
        "pledge-form-in-channel-of-lead",
        pledge_form_card(texts, replace(in_channel, may_name_others=True, other=("bo", "Bo Diddley"))),
    )
    nameless = replace(
        in_channel, may_name_others=True, other=("bo", texts("pledge.somebody")), asks_name=True
    )
    yield "pledge-form-who-is-it", pledge_form_card(texts, nameless, [texts("pledge.mistake.name")])
    yield "pledge-made", pledged_card(texts, pledge_of(edition), None, mine=True)
    in_name = replace(pledge_of(edition), owner=Person("contoso", "bo"), owner_name="Bo Diddley", team=team)
    yield "pledge-made-in-channel", pledged_card(texts, in_name, "5" * 32, mine=False)
    mine, again = pledge_of(edition), due + dt.timedelta(days=9)
    yield "pledge-already", already_pledged_card(texts, mine, again, "5" * 32, mine=True)
    yield "pledge-already-of-another", already_pledged_card(texts, in_name, again, None, mine=False)
    yield "pledge-in-your-name", in_your_name_card(texts, in_name)


def _asked_about(texts: Texts, edition: Edition) -> Named:
    statement, due = statement_pledge_of(edition), (FIRST_DAY + dt.timedelta(days=42)).date()
    kept = replace(statement, state=PledgeState.KEPT, is_met=True, closed_at=FIRST_DAY)
    dropped = replace(kept, state=PledgeState.DROPPED, reason="**[No](https://evil.example)** budget")
    not_yet = Notice(texts("pledge.more_time.not_yet"))
    too_early = Notice(texts("pledge.mistake.due"), is_refusal=True)
    no_reason = Notice(texts("pledge.mistake.reason"), is_refusal=True)
    counts = Step(Level.REPEATABLE, Level.REPEATABLE, Level.DEFINED, 1, 3, Level.REPEATABLE, Level.REPEATABLE)
    moved = replace(counts, now=Level.DEFINED, met=3, stage_now=Level.DEFINED)
    yield "pledge-question", pledge_question_card(texts, pledge_of(edition))
    yield "pledge-question-statement", statement_question_card(texts, statement)
    in_team = replace(statement, team=survey_of(edition).team)
    yield "pledge-question-statement-of-team", statement_question_card(texts, in_team)
    yield "pledge-more-time", more_time_card(texts, statement, due, is_asked=True)
    yield "pledge-more-time-not-asked", more_time_card(texts, statement, due, is_asked=False)
    yield "pledge-not-yet", more_time_card(texts, statement, due, not_yet, is_asked=True)
    yield "pledge-more-time-too-early", more_time_card(texts, statement, due, too_early, is_asked=True)
    yield "pledge-put-off", put_off_card(texts, statement, is_asked=True)
    yield "pledge-put-off-not-asked", put_off_card(texts, statement, is_asked=False)
    yield "pledge-drop", drop_pledge_card(texts, statement, mine=True)
    yield "pledge-drop-no-reason", drop_pledge_card(texts, statement, no_reason, mine=True)
    yield "pledge-drop-as-lead", drop_pledge_card(texts, statement, mine=False)
    yield "pledge-kept", closed_pledge_card(texts, replace(kept, discipline=None))
    yield "pledge-kept-counts", closed_pledge_card(texts, kept, edition, counts)
    yield "pledge-kept-moved", closed_pledge_card(texts, kept, edition, moved)
    yield "pledge-dropped", closed_pledge_card(texts, dropped)


def _promises(texts: Texts, edition: Edition) -> Named:
    now, team = FIRST_DAY + dt.timedelta(days=40), survey_of(edition).team
    mine, statement = replace(pledge_of(edition), team=team), statement_pledge_of(edition)
    late = replace(statement, unanswered=1, asked_at=FIRST_DAY + dt.timedelta(days=30))
    kept = replace(mine, state=PledgeState.KEPT, closed_at=FIRST_DAY + dt.timedelta(days=29))
    dropped = replace(kept, state=PledgeState.DROPPED, reason="No budget this year")
    before = standing(finished(edition, TYPICAL).answers, edition.order)
    after = Standing({**before.levels, edition.order[1]: Level.DEFINED}, before.asked)
    picture = Picture(edition, before, after)
    yield "pledges-none", my_pledges_card(texts, [], now, is_asked=True)
    yield "pledges", my_pledges_card(texts, [late, mine, kept, dropped], now, is_asked=True)
    yield "pledges-not-asked", my_pledges_card(texts, [mine, kept], now, is_asked=False)
    yield "pledges-many", my_pledges_card(texts, [mine] * 9, now, is_asked=True)
    yield (
        "pledges-of-team",
        team_pledges_card(texts, team.name, [late, mine, kept], picture, now, may_drop=False),
    )
    yield "pledges-of-team-none", team_pledges_card(texts, team.name, [], None, now, may_drop=False)
    yield (
        "pledges-of-team-for-leads",
        team_pledges_card(texts, team.name, [late, mine], picture, now, may_drop=True),
    )


def pledge_of(edition: Edition) -> Pledge:
    """An open promise of an opportunity."""
    opportunity = edition.opportunities[0]
    ada = Person("contoso", "ada")
    return Pledge(
        id="7" * 32,
        owner=ada,
        owner_name="Ada Lovelace",
        made_by=ada,
        made_by_name="Ada Lovelace",
        team=None,
        channel_id=None,
        edition=edition.id,
        discipline=None,
        item=opportunity.id,
        what=opportunity.title,
        due_on=(FIRST_DAY + dt.timedelta(days=28)).date(),
        zone="UTC",
        made_at=FIRST_DAY,
    )


def statement_pledge_of(edition: Edition) -> Pledge:
    """An open promise of a statement."""
    discipline = edition.disciplines[edition.order[0]]
    statement = discipline.levels[Level.DEFINED].statements[0]
    return replace(
        pledge_of(edition),
        discipline=discipline.id,
        item=statement.id,
        what=f"{discipline.name}: {statement.text}",
    )


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
