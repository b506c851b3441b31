"""The cards around surveys: who may lead one, which one is meant, and the workbook of a closed one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assessment.survey import Survey
from cards.elements import (
    Card,
    Element,
    button,
    buttons,
    card,
    heading,
    opens,
    small,
    stacked,
    text,
    verbatim,
)
from cards.presses import Press, Start
from cards.survey_presses import SetUpSurvey, ShowProgress, ShowTeamResult
from content.texts import Texts

SURVEYS_SHOWN = 5
"""Phones show no more buttons."""


def not_a_lead_card(texts: Texts) -> Card:
    """For who types a word or presses a button that is for leads."""
    return card(
        texts,
        [
            heading(texts("survey.not_a_lead.heading")),
            text(texts("survey.not_a_lead.text")),
            buttons([button(texts("button.my_check"), Start(), primary=True)]),
        ],
    )


def no_team_card(texts: Texts, command: str) -> Card:
    """For a word that needs a team, before any has the app; `command` is survey, schedule, news or trend."""
    return card(
        texts,
        [
            heading(texts("survey.no_team.heading")),
            text(texts(f"survey.no_team.why.{command}")),
            text(texts("survey.no_team.how", word=texts.words[command][0])),
        ],
    )


def nothing_open_card(texts: Texts, command: str) -> Card:
    """For a command about a survey where there is none; `command` is status, remind, close or results."""
    return card(
        texts,
        [
            heading(texts(f"survey.nothing_open.{command}.heading")),
            text(texts(f"survey.nothing_open.{command}.text")),
            buttons([button(texts("survey.button.set_up"), SetUpSurvey(), primary=True)]),
        ],
    )


def under_way_card(texts: Texts, survey: Survey) -> Card:
    """For a second survey of a team that is not done with its first."""
    name, team = verbatim(survey.plan.name), verbatim(survey.team.name)
    return card(
        texts,
        [
            heading(texts("survey.under_way.heading")),
            text(texts("survey.under_way.text", survey=name, team=team)),
            buttons([button(texts("survey.button.show"), ShowProgress(survey.id), primary=True)]),
        ],
    )


def pick_survey_card(texts: Texts, surveys: Sequence[Survey], press: Callable[[str], Press]) -> Card:
    """Which of several surveys a command means; `press` makes the button's press from a survey's id."""
    shown = surveys[:SURVEYS_SHOWN]
    more = len(surveys) - len(shown)
    return card(
        texts,
        [
            heading(texts("survey.pick.heading")),
            text(texts("survey.pick.text")),
            *stacked(
                button(texts("survey.pick.title", survey=one.plan.name, team=one.team.name), press(one.id))
                for one in shown
            ),
            *([small(texts.count("survey.pick.more", more))] if more else []),
        ],
    )


def download(texts: Texts, url: str | None, minutes: int) -> list[Element]:
    """The way to a file; None where the bot has no address for it."""
    if url is None:
        return [text(texts("survey.export.no_link"))]
    link = opens(texts("survey.button.download"), url)
    return [text(texts.count("survey.export.link", minutes)), buttons([link])]


def export_card(texts: Texts, survey: Survey, url: str | None, minutes: int) -> Card:
    """The way to a closed survey's workbook; None where the bot has no address for it."""
    about = heading(texts("survey.export.heading", survey=verbatim(survey.plan.name)))
    return card(texts, [about, *download(texts, url, minutes)])


def export_offered_card(texts: Texts, survey: Survey) -> Card:
    """Where the workbook was asked for, once it is offered in the lead's own chat."""
    return card(
        texts,
        [
            heading(texts("survey.export.offered.heading")),
            text(texts("survey.export.offered.text", survey=verbatim(survey.plan.name))),
            _back(texts, survey),
        ],
    )


def export_declined_card(texts: Texts, survey: Survey) -> Card:
    """For a lead who did not want the workbook after all."""
    return card(
        texts,
        [
            heading(texts("survey.export.declined.heading", survey=verbatim(survey.plan.name))),
            text(texts("survey.export.declined.text")),
            _back(texts, survey),
        ],
    )


def export_failed_card(texts: Texts, survey: Survey) -> Card:
    """For a workbook that could not be saved."""
    return card(
        texts,
        [
            heading(texts("survey.export.failed.heading", survey=verbatim(survey.plan.name))),
            text(texts("survey.export.failed.text")),
            _back(texts, survey),
        ],
    )


def _back(texts: Texts, survey: Survey) -> Element:
    return buttons([button(texts("survey.button.back_to_result"), ShowTeamResult(survey.id))])
