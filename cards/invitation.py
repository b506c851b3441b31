"""What somebody gets whom a survey asks: the invitation, and what follows from each of its buttons."""

from __future__ import annotations

import datetime as dt
from math import ceil

from babel.dates import format_skeleton, format_time

from assessment.model import Role
from assessment.survey import Survey
from cards.elements import (
    Card,
    Element,
    Notice,
    button,
    buttons,
    card,
    heading,
    notices,
    small,
    stacked,
    text,
    verbatim,
)
from cards.figures import day, numeral
from cards.presses import Start
from cards.survey_presses import NotMe, NotNow, ShowRehearsal, TakeSurvey
from cards.talk import MINUTES_PER_QUESTION
from content.model import Edition
from content.texts import Texts


def invitation_card(
    texts: Texts,
    edition: Edition,
    survey: Survey,
    *,
    reminder: bool = False,
    rehearsal: bool = False,
    notice: Notice | None = None,
) -> Card:
    """The first question of the check, and all that somebody should know before answering it."""
    return card(
        texts,
        [
            *([heading(texts("invitation.rehearsal"))] if rehearsal else []),
            *invitation_words(texts, edition, survey, reminder=reminder, notice=notice),
            heading(texts("role.question"), size="Medium", apart=True),
            *stacked(button(texts(f"role.names.{one}"), TakeSurvey(survey.id, one)) for one in Role),
            buttons(
                [
                    button(texts("invitation.not_now"), NotNow(survey.id)),
                    button(texts("invitation.not_me"), NotMe(survey.id)),
                ]
            ),
            small(texts("respect.line")),
        ],
    )


def waiting_card(texts: Texts, survey: Survey, *, own_under_way: bool) -> Card:
    """For who begins a check while a survey waits for them: which of the two they mean."""
    own = texts("invitation.waiting.own_under_way" if own_under_way else "invitation.waiting.own")
    return card(
        texts,
        [
            heading(texts("invitation.waiting.heading")),
            text(
                texts(
                    "invitation.waiting.text",
                    survey=verbatim(survey.plan.name),
                    lead=lead_name(texts, survey),
                    team=verbatim(survey.team.name),
                    date=_closes(texts, survey),
                )
            ),
            *stacked(
                [
                    button(texts("invitation.waiting.answer"), TakeSurvey(survey.id), primary=True),
                    button(own, Start()),
                ]
            ),
        ],
    )


def invitation_words(
    texts: Texts, edition: Edition, survey: Survey, *, reminder: bool = False, notice: Notice | None = None
) -> list[Element]:
    """Who asks, for what team, how long it takes, what becomes of the answers, and until when."""
    name, plan = verbatim(survey.plan.name), survey.plan
    questions = len(edition.order)
    return [
        heading(texts("invitation.reminder", survey=name) if reminder else name),
        *notices(notice),
        text(texts("invitation.asks", lead=lead_name(texts, survey), team=verbatim(survey.team.name))),
        text(texts.count("invitation.effort", questions, minutes=ceil(questions * MINUTES_PER_QUESTION))),
        text(
            texts(
                "invitation.anonymous" if plan.is_anonymous else "invitation.named",
                smallest=numeral(texts, plan.smallest_group),
            )
        ),
        text(texts("invitation.until", date=day(texts, plan.closes_on))),
    ]


def lead_name(texts: Texts, survey: Survey) -> str:
    """Who asks; Teams does not always say."""
    return verbatim(survey.asked_by_name) if survey.asked_by_name.strip() else texts("survey.a_lead")


def not_now_card(texts: Texts, survey: Survey) -> Card:
    """When to ask again."""
    return card(
        texts,
        [
            heading(texts("invitation.later.heading")),
            text(
                texts("invitation.later.text", survey=verbatim(survey.plan.name), date=_closes(texts, survey))
            ),
            buttons(
                [
                    button(texts("invitation.later.tomorrow"), NotNow(survey.id, "tomorrow"), primary=True),
                    button(texts("invitation.later.next_week"), NotNow(survey.id, "next-week")),
                ]
            ),
            *stacked([button(texts("invitation.later.now"), TakeSurvey(survey.id))]),
        ],
    )


def snoozed_card(texts: Texts, survey: Survey, when: dt.datetime) -> Card:
    """When they are asked again. Day and hour are those of `when` in its own time zone."""
    return card(
        texts,
        [
            heading(texts("invitation.snoozed.heading")),
            text(
                texts(
                    "invitation.snoozed.text",
                    survey=verbatim(survey.plan.name),
                    day=format_skeleton("MMMEd", when.date(), locale=texts.locale),
                    time=format_time(when.time(), "short", locale=texts.locale),
                )
            ),
            buttons([button(texts("invitation.later.now"), TakeSurvey(survey.id))]),
        ],
    )


def declined_card(texts: Texts, survey: Survey) -> Card:
    """For who is the wrong person to ask; they may think again."""
    return card(
        texts,
        [
            heading(texts("invitation.declined.heading")),
            text(texts("invitation.declined.text", survey=verbatim(survey.plan.name))),
            buttons([button(texts("invitation.declined.undo"), TakeSurvey(survey.id))]),
        ],
    )


def over_card(texts: Texts, survey: Survey) -> Card:
    """For who comes after the end."""
    return card(
        texts,
        [
            heading(texts("invitation.over.heading", survey=verbatim(survey.plan.name))),
            text(texts("invitation.over.text")),
            buttons([button(texts("button.my_check"), Start(), primary=True)]),
        ],
    )


def not_asked_card(texts: Texts) -> Card:
    """For who has got hold of an invitation to others."""
    return card(
        texts,
        [
            heading(texts("invitation.not_asked.heading")),
            text(texts("invitation.not_asked.text")),
            buttons([button(texts("button.my_check"), Start(), primary=True)]),
        ],
    )


def rehearsed_card(texts: Texts, survey: Survey) -> Card:
    """What a lead gets who presses a button of the invitation that only they were sent."""
    return card(
        texts,
        [
            heading(texts("invitation.rehearsed.heading")),
            text(texts("invitation.rehearsed.text", survey=verbatim(survey.plan.name))),
            buttons([button(texts("invitation.rehearsed.back"), ShowRehearsal(survey.id), primary=True)]),
        ],
    )


def survey_label(texts: Texts, survey: Survey) -> str:
    """What a card of the check says about the survey it belongs to."""
    return texts(
        "survey.label.anonymous" if survey.plan.is_anonymous else "survey.label.named",
        survey=verbatim(survey.plan.name),
        date=_closes(texts, survey),
    )


def finished_note(texts: Texts, survey: Survey) -> str:
    """What stands above a person's own result once they have finished."""
    return texts(
        "invitation.finished.anonymous" if survey.plan.is_anonymous else "invitation.finished.named",
        survey=verbatim(survey.plan.name),
        date=_closes(texts, survey),
        smallest=numeral(texts, survey.plan.smallest_group),
    )


def _closes(texts: Texts, survey: Survey) -> str:
    return day(texts, survey.plan.closes_on)
