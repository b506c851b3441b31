"""What a lead sees before a survey is sent: the plan, the rehearsal, and the second lead's say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assessment.respect import Limits
from assessment.schedules import RepeatedSurvey
from assessment.survey import Exclusion, Plan, Reach, Survey, Team
from assessment.team import SMALLEST_GROUP
from cards.elements import (
    Card,
    Element,
    Notice,
    bullets,
    button,
    buttons,
    card,
    choices,
    day_input,
    facts,
    heading,
    line_input,
    notices,
    number_input,
    small,
    stacked,
    text,
    verbatim,
    warning,
)
from cards.figures import day, duration, how_often, is_ever_quiet, numeral, when_allowed
from cards.invitation import invitation_words, lead_name
from cards.survey_presses import (
    CancelSurvey,
    Rehearse,
    SendSurvey,
    SendToMe,
    SetUpSurvey,
    ShowRehearsal,
)
from content.model import Edition
from content.texts import Texts

LONGEST_NAME = 80
LARGEST_GROUP = 1000
LATEST_REMINDER = 60


def setup_card(
    texts: Texts,
    plan: Plan,
    survey_id: str,
    *,
    team: Team | None,
    teams: Sequence[Team],
    editions: Mapping[str, str],
    mistakes: Sequence[str] = (),
) -> Card:
    """The plan of a survey, to be changed. What there is no choice of is not asked.

    `editions` are ids with names; `mistakes` say what to mend in the plan that was just sent.
    """
    rehearse = Rehearse(
        survey_id, team=team.id if team else None, edition=None if len(editions) > 1 else plan.edition
    )
    return card(
        texts,
        [
            heading(texts("survey.setup.heading")),
            *(warning(one) for one in mistakes),
            *_whom(texts, team, teams),
            _name_input(texts, plan),
            *([edition_choice(texts, plan.edition, editions)] if len(editions) > 1 else []),
            _last_day_input(texts, plan),
            *reminder_inputs(texts, plan.reminder_days),
            *privacy_inputs(texts, plan),
            *stacked(
                [
                    button(texts("survey.button.rehearse"), rehearse, takes_inputs=True, primary=True),
                    button(texts("survey.button.cancel"), CancelSurvey(survey_id)),
                ]
            ),
        ],
    )


def rehearsal_card(  # noqa: PLR0917 - each fact of a type of its own, so none is taken for another
    texts: Texts,
    edition: Edition,
    survey: Survey,
    reach: Reach,
    seconds: float,
    *,
    limits: Limits,
    needs_second: bool,
    notice: Notice | None = None,
) -> Card:
    """Whom a survey will reach, whom not and why, how long sending takes, and what people will get.

    Where it reaches nobody it cannot be sent.
    """
    name = verbatim(survey.plan.name)
    return card(
        texts,
        [
            heading(texts("survey.rehearsal.heading", survey=name)),
            *notices(notice),
            *(_reached(texts, survey, reach, seconds) if reach.people else [_nobody(texts, survey)]),
            *_not_asked(texts, reach),
            *([text(_respect(texts, limits))] if reach.people else []),
            *([text(texts("survey.rehearsal.second"))] if reach.people and needs_second else []),
            *(_preview(texts, edition, survey) if reach.people else []),
            *_send_buttons(texts, survey, reach, needs_second=needs_second),
        ],
    )


def awaiting_card(texts: Texts, survey: Survey, reach: Reach, *, notice: Notice | None = None) -> Card:
    """A survey of many people, before a second lead agrees."""
    people = numeral(texts, reach.people)
    return card(
        texts,
        [
            heading(texts("survey.awaiting.heading", survey=verbatim(survey.plan.name))),
            *notices(notice),
            text(
                texts.count(
                    "survey.awaiting.text",
                    reach.people,
                    people=people,
                    lead=lead_name(texts, survey),
                    team=verbatim(survey.team.name),
                )
            ),
            text(texts("survey.awaiting.how")),
            facts(_terms(texts, survey)),
            *_not_asked(texts, reach),
            *stacked(
                [
                    button(
                        texts.count("survey.button.agree", reach.people, people=people),
                        SendSurvey(survey.id),
                        primary=True,
                    )
                ]
            ),
            buttons(
                [
                    button(texts("survey.button.to_me"), SendToMe(survey.id)),
                    button(texts("survey.button.cancel"), CancelSurvey(survey.id)),
                ]
            ),
        ],
    )


def cancelled_card(texts: Texts, survey: Survey | None = None) -> Card:
    """A survey that was not sent, and will not be; None where it had no name yet."""
    title = texts("survey.cancelled.nameless")
    if survey:
        title = texts("survey.cancelled.heading", survey=verbatim(survey.plan.name))
    return card(
        texts,
        [
            heading(title),
            text(texts("survey.cancelled.text")),
            buttons([button(texts("survey.button.set_up"), SetUpSurvey())]),
        ],
    )


def counting_card(texts: Texts, survey: Survey) -> Card:
    """While the members of a large team are listed."""
    return card(
        texts,
        [
            heading(texts("survey.counting.heading", survey=verbatim(survey.plan.name))),
            text(texts("survey.counting.text", team=verbatim(survey.team.name))),
            buttons([button(texts("survey.button.look_again"), ShowRehearsal(survey.id), primary=True)]),
        ],
    )


def _whom(texts: Texts, team: Team | None, teams: Sequence[Team]) -> list[Element]:
    """Which team is asked, and what that means for it."""
    if team:
        return [text(texts("survey.setup.for_team", team=verbatim(team.name)))]
    return [text(texts("survey.setup.for_some_team")), team_choice(texts, teams)]


def _name_input(texts: Texts, plan: Plan) -> Element:
    return line_input(
        "name",
        label=texts("survey.setup.name"),
        missing=texts("survey.mistake.name"),
        value=plan.name,
        longest=LONGEST_NAME,
    )


def _last_day_input(texts: Texts, plan: Plan) -> Element:
    return day_input(
        "closes",
        label=texts("survey.setup.closes"),
        missing=texts("survey.mistake.closes"),
        value=plan.closes_on,
    )


def team_choice(texts: Texts, teams: Sequence[Team]) -> Element:
    """Which of several teams is meant."""
    return choices(
        "team",
        ((one.id, one.name) for one in teams),
        label=texts("survey.setup.team"),
        missing=texts("survey.mistake.team"),
        value=teams[0].id if len(teams) == 1 else None,
    )


def edition_choice(texts: Texts, edition: str, editions: Mapping[str, str]) -> Element:
    """In which edition people are asked."""
    return choices(
        "edition",
        editions.items(),
        label=texts("survey.setup.edition"),
        missing=texts("survey.mistake.edition"),
        value=edition,
    )


def reminder_inputs(texts: Texts, days: tuple[int, ...]) -> Iterable[Element]:
    """When those who have not finished are reminded: two days, or none."""
    first, second = (*days, None, None)[:2]
    for name, its in (("first_reminder", first), ("second_reminder", second)):
        yield number_input(
            name,
            label=texts(f"survey.setup.{name}"),
            wrong=texts("survey.mistake.reminder"),
            value=its,
            within=(1, LATEST_REMINDER),
        )


def privacy_inputs(texts: Texts, plan: Plan | RepeatedSurvey) -> Iterable[Element]:
    """Anonymous or named, and the smallest group a result is shown of."""
    yield choices(
        "answers",
        [("anonymous", texts("survey.setup.anonymous")), ("named", texts("survey.setup.named"))],
        label=texts("survey.setup.answers"),
        missing=texts("survey.mistake.answers"),
        value="anonymous" if plan.is_anonymous else "named",
        expanded=True,
    )
    yield number_input(
        "smallest",
        label=texts("survey.setup.smallest"),
        wrong=texts("survey.mistake.smallest"),
        value=plan.smallest_group,
        within=(SMALLEST_GROUP, LARGEST_GROUP),
        required=True,
    )


def _reached(texts: Texts, survey: Survey, reach: Reach, seconds: float) -> list[Element]:
    people = texts.count("survey.people", reach.people, people=numeral(texts, reach.people))
    asked = texts("survey.rehearsal.asked_in", people=people, team=verbatim(survey.team.name))
    left_out = sum(reach.excluded.values())
    return [
        facts(
            [
                (texts("survey.rehearsal.asked"), asked),
                *([(texts("survey.rehearsal.not_asked"), numeral(texts, left_out))] if left_out else []),
                (texts("survey.rehearsal.takes"), duration(texts, seconds)),
                *_terms(texts, survey),
            ]
        )
    ]


def _terms(texts: Texts, survey: Survey) -> Iterable[tuple[str, str]]:
    """What a lead has decided about a survey."""
    yield texts("survey.rehearsal.until"), day(texts, survey.plan.closes_on)
    yield from terms(texts, survey.plan)


def terms(texts: Texts, plan: Plan | RepeatedSurvey) -> Iterable[tuple[str, str]]:
    """The same of each of several surveys."""
    answers = texts("survey.answers.anonymous" if plan.is_anonymous else "survey.answers.named")
    smallest = numeral(texts, plan.smallest_group)
    yield texts("survey.rehearsal.reminders"), _reminders(texts, plan.reminder_days)
    yield texts("survey.rehearsal.answers"), answers
    yield texts("survey.rehearsal.smallest"), texts("survey.rehearsal.smallest_group", smallest=smallest)


def _reminders(texts: Texts, after: tuple[int, ...]) -> str:
    if not after:
        return texts("survey.rehearsal.no_reminders")
    days = texts.join(numeral(texts, one) for one in after)
    return texts.count("survey.rehearsal.reminders_after", after[-1], days=days)


def _respect(texts: Texts, limits: Limits) -> str:
    """When people are written to, and who is not."""
    kind = "quiet" if is_ever_quiet(limits) else "always"
    when = texts(f"survey.rehearsal.respect.{kind}", when=when_allowed(texts, limits, whose="each"))
    limited = [texts("survey.rehearsal.respect.limited")] if how_often(texts, limits) else []
    return " ".join([when, *limited, texts("survey.rehearsal.respect.unwanted")])


def _nobody(texts: Texts, survey: Survey) -> Element:
    return warning(texts("survey.rehearsal.nobody", team=verbatim(survey.team.name)))


def _not_asked(texts: Texts, reach: Reach) -> list[Element]:
    """Who is left out, why, and what can be done about it."""
    left_out = [
        texts.count(f"survey.excluded.{one}", number, people=numeral(texts, number))
        for one in Exclusion
        if (number := reach.excluded.get(one, 0))
    ]
    if not left_out:
        return []
    return [heading(texts("survey.rehearsal.not_asked"), size="Medium"), bullets(left_out)]


def _preview(texts: Texts, edition: Edition, survey: Survey) -> Iterable[Element]:
    yield heading(texts("survey.rehearsal.invitation"), size="Medium")
    yield {
        "type": "Container",
        "style": "emphasis",
        "items": [
            *invitation_words(texts, edition, survey),
            text(texts("role.question"), weight="Bolder"),
            small(texts("survey.rehearsal.below")),
        ],
    }


def _send_buttons(texts: Texts, survey: Survey, reach: Reach, *, needs_second: bool) -> Iterable[Element]:
    """Below each other, since the number makes the title long."""
    people = numeral(texts, reach.people)
    send = (
        texts.count("survey.button.send_with_second", reach.people, people=people)
        if needs_second
        else texts.count("survey.button.send", reach.people, people=people)
    )
    if reach.people:
        yield from stacked(
            [
                button(texts("survey.button.to_me"), SendToMe(survey.id)),
                button(send, SendSurvey(survey.id), primary=True),
            ]
        )
    yield buttons(
        [
            button(texts("survey.button.change"), SetUpSurvey(survey.id)),
            button(texts("survey.button.cancel"), CancelSurvey(survey.id)),
        ]
    )
