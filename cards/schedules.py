"""The schedules of a team: the list, one of them, its form, and its next dates before it is saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from textwrap import shorten
from zoneinfo import ZoneInfo

from assessment.schedules import WEEKDAYS, Halt, Often, PlainReminder, RepeatedSurvey, Schedule, habit_of
from assessment.survey import Team
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
    folded,
    heading,
    line_input,
    notices,
    number_input,
    small,
    stacked,
    text,
    time_input,
    verbatim,
    warning,
)
from cards.figures import date_with_weekday, day, hour, numeral, weekday
from cards.schedule_presses import (
    AskToDelete,
    ChangeSchedule,
    DeleteSchedule,
    EditSchedule,
    NewSchedule,
    PauseSchedule,
    PreviewSchedule,
    ResumeSchedule,
    SaveSchedule,
    ShowSchedule,
    ShowSchedules,
    Terms,
    UnfoldSchedule,
    with_terms,
)
from cards.survey_setup import edition_choice, privacy_inputs, reminder_inputs, team_choice, terms
from content.texts import Texts

LONGEST_NAME = 60
"""The date is appended, and a survey's name has at most 80."""
LONGEST_TEXT = 300
LONGEST_RULE = 200
LONGEST_ZONE = 60
LONGEST_OPEN = 366
LONGEST_TITLE = LONGEST_NAME
LONGEST_ON_BUTTON = 24
"""A phone cuts off what is longer."""
SHOWN = 10
"""More would be a long way to scroll on a phone."""


def schedules_card(
    texts: Texts, schedules: Sequence[Schedule], *, team: Team | None, notice: Notice | None = None
) -> Card:
    """What is scheduled, of one team or, where none is named, of all."""
    title = texts("schedule.list.heading")
    if team:
        title = texts("schedule.list.heading_of", team=verbatim(team.name))
    more = len(schedules) - SHOWN
    return card(
        texts,
        [
            heading(title),
            *notices(notice),
            *([] if schedules else [text(texts("schedule.list.empty"))]),
            *(part for one in schedules[:SHOWN] for part in _line(texts, one, with_team=team is None)),
            *([small(texts.count("schedule.list.more", more))] if more > 0 else []),
            heading(texts("schedule.list.new"), size="Medium", apart=True),
            text(texts("schedule.list.what_for")),
            *stacked(
                [
                    button(texts("schedule.button.new_survey"), NewSchedule("survey"), primary=not schedules),
                    button(texts("schedule.button.new_reminder"), NewSchedule("reminder")),
                ]
            ),
        ],
    )


def schedule_form(
    texts: Texts,
    filled: Terms,
    what: RepeatedSurvey | PlainReminder,
    editions: Mapping[str, str],
    *,
    team: Team | None,
    teams: Sequence[Team],
    mistakes: Sequence[str] = (),
    unfolded: bool = False,
) -> Card:
    """A schedule as it was filled in, to be changed. What there is no choice of is not asked.

    `editions` are ids with names; `mistakes` say what to mend. What few people need is `unfolded`, and also
    where it is filled in.
    """
    preview = PreviewSchedule(filled.schedule, filled.kind, team=team.id if team else None)
    if isinstance(what, RepeatedSurvey):
        its_name, of_survey = _name_input(texts, what), [*_survey_inputs(texts, filled, what, editions)]
        preview = preview if len(editions) > 1 else replace(preview, edition=what.edition)
    else:
        its_name, of_survey = _text_input(texts, what), []
    return card(
        texts,
        [
            heading(texts(f"schedule.form.{filled.kind}.heading")),
            *(warning(one) for one in mistakes),
            text(
                texts(f"schedule.form.{filled.kind}.for_team", team=verbatim(team.name))
                if team
                else texts(f"schedule.form.{filled.kind}.for_some_team")
            ),
            *([] if team else [team_choice(texts, teams)]),
            its_name,
            *_date_inputs(texts, filled),
            *of_survey,
            *_rule_input(texts, filled, preview, unfolded=unfolded or bool(filled.rule)),
            *stacked(
                [
                    button(texts("schedule.button.preview"), preview, takes_inputs=True, primary=True),
                    button(texts("schedule.button.cancel"), ShowSchedules()),
                ]
            ),
        ],
    )


def preview_card(texts: Texts, schedule: Schedule, dates: Sequence[dt.datetime], filled: Terms) -> Card:
    """What would be saved, with the dates it would have."""
    return card(
        texts,
        [
            heading(texts("schedule.preview.heading", schedule=_title(texts, schedule))),
            text(texts("schedule.preview.text")),
            *_said(texts, schedule),
            facts(_facts(texts, schedule)),
            *_next_dates(texts, schedule, dates),
            buttons(
                [
                    button(texts("schedule.button.save"), with_terms(SaveSchedule, filled), primary=True),
                    button(texts("schedule.button.change"), with_terms(EditSchedule, filled)),
                    button(texts("schedule.button.cancel"), ShowSchedules()),
                ]
            ),
        ],
    )


def schedule_card(
    texts: Texts, schedule: Schedule, dates: Sequence[dt.datetime], *, notice: Notice | None = None
) -> Card:
    """One schedule, with its next dates where it is active."""
    stop = (
        button(texts("schedule.button.pause"), PauseSchedule(schedule.id))
        if schedule.halt is None
        else button(texts("schedule.button.go_on"), ResumeSchedule(schedule.id), primary=True)
    )
    return card(
        texts,
        [
            heading(_title(texts, schedule)),
            *notices(notice),
            *([text(_halt(texts, schedule, schedule.halt), weight="Bolder")] if schedule.halt else []),
            *_said(texts, schedule),
            facts(_facts(texts, schedule)),
            *_next_dates(texts, schedule, dates),
            buttons(
                [
                    button(texts("schedule.button.change"), ChangeSchedule(schedule.id)),
                    stop,
                    button(texts("schedule.button.delete"), AskToDelete(schedule.id)),
                ]
            ),
            *stacked([button(texts("schedule.button.all"), ShowSchedules())]),
        ],
    )


def ask_to_delete_card(texts: Texts, schedule: Schedule) -> Card:
    """Before a schedule is deleted."""
    what = "survey" if isinstance(schedule.what, RepeatedSurvey) else "reminder"
    return card(
        texts,
        [
            heading(texts("schedule.delete.heading", schedule=_title(texts, schedule))),
            text(texts(f"schedule.delete.{what}", team=verbatim(schedule.team.name))),
            buttons(
                [
                    button(texts("schedule.button.delete_now"), DeleteSchedule(schedule.id)),
                    button(texts("schedule.button.keep"), ShowSchedule(schedule.id), primary=True),
                ]
            ),
        ],
    )


def team_gone_card(texts: Texts, schedule: Schedule) -> Card:
    """For the lead of a schedule that ended by itself, since its team has no app any more."""
    team = verbatim(schedule.team.name)
    return card(
        texts,
        [
            heading(texts("schedule.gone.heading", schedule=_title(texts, schedule))),
            text(texts("schedule.gone.text", team=team)),
            text(texts("schedule.gone.how")),
            buttons([button(texts("schedule.button.all"), ShowSchedules(), primary=True)]),
        ],
    )


def _line(texts: Texts, schedule: Schedule, *, with_team: bool) -> Iterable[Element]:
    """One schedule in the list."""
    where = [text(verbatim(schedule.team.name), spacing="None")] if with_team else []
    yield heading(_title(texts, schedule), size="Medium", apart=True)
    yield from where
    yield text(rhythm(texts, schedule), spacing="None")
    yield text(_state(texts, schedule), spacing="None")
    title = texts("schedule.button.open", schedule=_name(schedule, LONGEST_ON_BUTTON))
    yield from stacked([button(title, ShowSchedule(schedule.id))])


def _state(texts: Texts, schedule: Schedule) -> str:
    if schedule.halt:
        return _halt(texts, schedule, schedule.halt)
    if schedule.next_at is None:
        return texts("schedule.halt.over")
    return texts("schedule.list.next", date=moment_in_words(texts, schedule, schedule.next_at))


def _halt(texts: Texts, schedule: Schedule, halt: Halt) -> str:
    return texts(f"schedule.halt.{halt}", lead=_lead(texts, schedule), team=verbatim(schedule.team.name))


def rhythm(texts: Texts, schedule: Schedule) -> str:
    """When a schedule comes round: "The first Monday of each month, at 9:00 AM"."""
    at = hour(texts, schedule.starts.time())
    if habit := habit_of(schedule.rule):
        often, on = habit
        name = weekday(texts, WEEKDAYS.index(on))
        return texts(f"schedule.rhythm.{often}", weekday=name, time=at)
    return texts("schedule.rhythm.own", rule=verbatim(schedule.rule.replace(";", "; ")), time=at)


def moment_in_words(texts: Texts, schedule: Schedule, moment: dt.datetime) -> str:
    """A date of a schedule, in its own time zone: "Mon, Jan 4, 2027, 9:00 AM"."""
    local = moment.astimezone(ZoneInfo(schedule.zone))
    return texts("schedule.date", day=date_with_weekday(texts, local.date()), time=hour(texts, local.time()))


def _name(schedule: Schedule, longest: int = LONGEST_TITLE) -> str:
    what = schedule.what
    return shorten(
        what.name if isinstance(what, RepeatedSurvey) else what.text, longest, placeholder="\u2026"
    )


def _title(texts: Texts, schedule: Schedule) -> str:
    name = verbatim(_name(schedule))
    if isinstance(schedule.what, RepeatedSurvey):
        return texts("schedule.title.survey", name=name)
    return texts("schedule.title.reminder", name=name)


def _said(texts: Texts, schedule: Schedule) -> list[Element]:
    """All the words of a reminder, where its title has not room for them."""
    what = schedule.what
    if isinstance(what, RepeatedSurvey) or len(what.text) <= LONGEST_TITLE:
        return []
    return [text(texts("schedule.says", text=verbatim(what.text)))]


def _facts(texts: Texts, schedule: Schedule) -> Iterable[tuple[str, str]]:
    ends = day(texts, schedule.ends_on) if schedule.ends_on else texts("schedule.fact.never_ends")
    yield texts("schedule.fact.team"), verbatim(schedule.team.name)
    yield texts("schedule.fact.when"), rhythm(texts, schedule)
    yield texts("schedule.fact.zone"), verbatim(schedule.zone)
    yield texts("schedule.fact.ends"), ends
    yield texts("schedule.fact.lead"), _lead(texts, schedule)
    if isinstance(schedule.what, RepeatedSurvey):
        days = schedule.what.days_open
        yield (
            texts("schedule.fact.open"),
            texts.count("schedule.fact.days_open", days, days=numeral(texts, days)),
        )
        yield from terms(texts, schedule.what)


def _lead(texts: Texts, schedule: Schedule) -> str:
    return verbatim(schedule.lead_name) if schedule.lead_name else texts("survey.a_lead")


def _next_dates(texts: Texts, schedule: Schedule, dates: Sequence[dt.datetime]) -> list[Element]:
    if not dates:
        return []
    return [
        heading(texts.count("schedule.next_dates", len(dates)), size="Medium"),
        bullets(moment_in_words(texts, schedule, one) for one in dates),
    ]


# The form


def _name_input(texts: Texts, what: RepeatedSurvey) -> Element:
    return line_input(
        "name",
        label=texts("schedule.form.name"),
        missing=texts("schedule.mistake.name"),
        value=what.name,
        longest=LONGEST_NAME,
    )


def _text_input(texts: Texts, what: PlainReminder) -> Element:
    return line_input(
        "text",
        label=texts("schedule.form.text"),
        missing=texts("schedule.mistake.text"),
        value=what.text,
        longest=LONGEST_TEXT,
    )


def _date_inputs(texts: Texts, filled: Terms) -> Iterable[Element]:
    yield choices(
        "often",
        [(one, texts(f"schedule.often.{one}")) for one in Often],
        label=texts("schedule.form.often"),
        missing=texts("schedule.mistake.often"),
        value=filled.often,
    )
    yield choices(
        "weekday",
        [(one, weekday(texts, number)) for number, one in enumerate(WEEKDAYS)],
        label=texts("schedule.form.weekday"),
        missing=texts("schedule.mistake.weekday"),
        value=filled.weekday,
    )
    yield time_input(
        "at", label=texts("schedule.form.at"), missing=texts("schedule.mistake.at"), value=filled.at
    )
    yield line_input(
        "zone",
        label=texts("schedule.form.zone"),
        missing=texts("schedule.mistake.zone"),
        value=filled.zone or "",
        longest=LONGEST_ZONE,
    )
    yield day_input(
        "ends",
        label=texts("schedule.form.ends"),
        missing=texts("schedule.mistake.ends"),
        value=filled.ends,
        required=False,
    )


def _rule_input(texts: Texts, filled: Terms, form: Terms, *, unfolded: bool) -> list[Element]:
    """A rule of one's own, behind a button; `form` has what is not filled in."""
    field = line_input(
        "rule",
        label=texts("schedule.form.rule"),
        missing=texts("schedule.mistake.rule.form"),
        value=filled.rule or "",
        longest=LONGEST_RULE,
        required=False,
    )
    if unfolded:
        return [field]
    return folded(
        "more", [field], title=texts("schedule.button.more"), unfold=with_terms(UnfoldSchedule, form)
    )


def _survey_inputs(
    texts: Texts, filled: Terms, what: RepeatedSurvey, editions: Mapping[str, str]
) -> Iterable[Element]:
    yield number_input(
        "days",
        label=texts("schedule.form.days"),
        wrong=texts("schedule.mistake.days"),
        value=filled.days,
        within=(1, LONGEST_OPEN),
        required=True,
    )
    yield from reminder_inputs(texts, what.reminder_days)
    yield from privacy_inputs(texts, what)
    if len(editions) > 1:
        yield edition_choice(texts, what.edition, editions)
