"""The cards of one promise: that it was made, the question about it, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from assessment.pledges import Pledge, PledgeState, Step
from cards.elements import (
    Card,
    Element,
    Notice,
    button,
    buttons,
    card,
    day_input,
    facts,
    heading,
    notices,
    paragraph_input,
    small,
    stacked,
    text,
    verbatim,
)
from cards.figures import day
from cards.naming import answer_name, level_name
from cards.pledge_presses import (
    AskToDrop,
    DropPledge,
    LeavePledge,
    PutOff,
    RefusePledge,
    SayDone,
    SayWhether,
    SetDay,
    ShowPledges,
)
from content.model import Edition
from content.texts import Texts

LONGEST_REASON = 500


def pledged_card(texts: Texts, pledge: Pledge, survey: str | None, *, mine: bool) -> Card:
    """What was promised. `survey` is the one from whose result, `mine` whether the owner looks at it."""
    whom = [] if mine else [text(texts("pledge.made.other"))]
    return card(
        texts,
        [
            heading(texts("pledge.made.heading")),
            text(pledge.what, weight="Bolder"),
            facts(_facts(texts, pledge)),
            *whom,
            small(_heard_by(texts, pledge, later=not mine)),
            buttons([way_back(texts, survey, primary=True)]),
        ],
    )


def already_pledged_card(
    texts: Texts, pledge: Pledge, usual: dt.date, survey: str | None, *, mine: bool
) -> Card:
    """For what its owner has open already; who owns it may set another day, `usual` to begin with."""
    due = day(texts, pledge.due_on)
    set_day = button(
        texts("pledge.button.change_day"), SetDay(pledge.id, survey), takes_inputs=True, primary=True
    )
    back = way_back(texts, survey)
    return card(
        texts,
        [
            heading(texts("pledge.already.heading")),
            text(pledge.what, weight="Bolder"),
            text(texts("pledge.already.text", who=owner_name(texts, pledge), due=due)),
            *([due_input(texts, usual)] if mine else []),
            *stacked([set_day, back] if mine else [back]),
        ],
    )


def in_your_name_card(texts: Texts, pledge: Pledge) -> Card:
    """For who hears that somebody else promised something in their name."""
    return card(
        texts,
        [
            heading(texts("pledge.told.heading", who=_maker(texts, pledge))),
            text(pledge.what, weight="Bolder"),
            facts([(texts("pledge.fact.due"), day(texts, pledge.due_on))]),
            text(texts("pledge.told.text")),
            small(_heard_by(texts, pledge)),
            *stacked(
                [
                    button(texts("pledge.button.mine"), ShowPledges(), primary=True),
                    button(texts("pledge.button.more_time"), PutOff(pledge.id)),
                    button(texts("pledge.button.not_me"), RefusePledge(pledge.id)),
                ]
            ),
        ],
    )


def pledge_question_card(texts: Texts, pledge: Pledge) -> Card:
    """The one question about a promise."""
    return card(
        texts,
        [
            heading(texts("pledge.question.heading", what=pledge.what)),
            text(texts("pledge.question.text", made=_made_on(texts, pledge), due=day(texts, pledge.due_on))),
            *stacked(_answers(texts, pledge)),
        ],
    )


def statement_question_card(texts: Texts, pledge: Pledge) -> Card:
    """Whether the promised statement is true now."""
    return card(
        texts,
        [
            heading(texts("pledge.met.heading")),
            text(pledge.what, weight="Bolder"),
            *([small(texts("pledge.met.why"))] if pledge.team else []),
            buttons(
                [
                    button(texts("pledge.button.met"), SayWhether(pledge.id, "yes"), primary=True),
                    button(texts("pledge.button.not_yet"), SayWhether(pledge.id, "not-yet")),
                ]
            ),
        ],
    )


def more_time_card(
    texts: Texts,
    pledge: Pledge,
    usual: dt.date,
    notice: Notice | None = None,
    *,
    is_asked: bool,
    survey: str | None = None,
) -> Card:
    """Until when; `usual` is a day to begin with, and `is_asked` says whether the owner is asked then.

    `survey` names the one whose result to go back to.
    """
    set_day = texts("pledge.button.set_day" if is_asked else "pledge.button.set_day_silent")
    return card(
        texts,
        [
            heading(texts("pledge.more_time.heading")),
            *notices(notice),
            text(pledge.what, weight="Bolder"),
            due_input(texts, usual),
            buttons(
                [
                    button(set_day, SetDay(pledge.id, survey), takes_inputs=True, primary=True),
                    button(texts("pledge.button.drop"), AskToDrop(pledge.id)),
                ]
            ),
        ],
    )


def drop_pledge_card(texts: Texts, pledge: Pledge, notice: Notice | None = None, *, mine: bool) -> Card:
    """Why it is dropped. `mine` says whether the owner looks at it, or a lead."""
    back = [button(texts("pledge.button.keep"), ShowPledges())] if mine else []
    return card(
        texts,
        [
            heading(texts("pledge.drop.heading")),
            *notices(notice),
            text(pledge.what, weight="Bolder"),
            paragraph_input(
                "reason",
                label=texts("pledge.drop.label" if mine else "pledge.drop.label_of_lead"),
                missing=texts("pledge.mistake.reason"),
                longest=LONGEST_REASON,
            ),
            buttons(
                [
                    button(
                        texts("pledge.button.drop_it"), DropPledge(pledge.id), takes_inputs=True, primary=True
                    ),
                    *back,
                ]
            ),
        ],
    )


def put_off_card(texts: Texts, pledge: Pledge, survey: str | None = None, *, is_asked: bool) -> Card:
    """The new day of a promise, and whether its owner is asked then."""
    due = day(texts, pledge.due_on)
    return card(
        texts,
        [
            heading(texts("pledge.put_off.heading")),
            text(pledge.what, weight="Bolder"),
            text(texts("pledge.put_off.text" if is_asked else "pledge.put_off.silent", due=due)),
            *([] if is_asked else [text(texts("pledge.silent"))]),
            buttons([way_back(texts, survey, primary=True)]),
        ],
    )


def closed_pledge_card(
    texts: Texts, pledge: Pledge, edition: Edition | None = None, step: Step | None = None
) -> Card:
    """What became of a promise, and what that changed for the team."""
    if pledge.state is PledgeState.KEPT:
        words = [
            text(texts("pledge.kept.text")),
            *(_step(texts, edition, pledge, step) if edition and step else []),
        ]
    else:
        reason = texts("pledge.dropped.reason", reason=verbatim(pledge.reason)) if pledge.reason else ""
        words = [text(reason or texts("pledge.dropped.text"))]
    return card(
        texts,
        [
            heading(texts(f"pledge.{pledge.state}.heading")),
            text(pledge.what, weight="Bolder"),
            *words,
            buttons([button(texts("pledge.button.mine"), ShowPledges(), primary=True)]),
        ],
    )


def due_input(texts: Texts, usual: dt.date) -> Element:
    return day_input("due", label=texts("pledge.form.due"), missing=texts("pledge.mistake.due"), value=usual)


def way_back(texts: Texts, survey: str | None, *, primary: bool = False) -> Element:
    """To the result that it was pledged from; else to one's own pledges."""
    if survey:
        return button(texts("pledge.button.back"), LeavePledge(survey), primary=primary)
    return button(texts("pledge.button.mine"), ShowPledges(), primary=primary)


def _answers(texts: Texts, pledge: Pledge) -> list[Element]:
    """What an owner can say of an open promise, where it is the only one on a card."""
    return [
        button(texts("pledge.button.done"), SayDone(pledge.id), primary=True),
        button(texts("pledge.button.more_time"), PutOff(pledge.id)),
        button(texts("pledge.button.drop"), AskToDrop(pledge.id)),
    ]


def _facts(texts: Texts, pledge: Pledge) -> Iterable[tuple[str, str]]:
    yield texts("pledge.fact.who"), owner_name(texts, pledge)
    yield texts("pledge.fact.due"), day(texts, pledge.due_on)


def _heard_by(texts: Texts, pledge: Pledge, *, later: bool = False) -> str:
    """Who hears of it; `later` where its owner has to hear first."""
    if pledge.team is None:
        return texts("pledge.heard.owner")
    return texts(f"pledge.heard.{'channel_later' if later else 'channel'}", team=verbatim(pledge.team.name))


def owner_name(texts: Texts, pledge: Pledge) -> str:
    """Who promised it; the bot does not know everybody's name."""
    return verbatim(pledge.owner_name) if pledge.owner_name.strip() else texts("pledge.somebody")


def _maker(texts: Texts, pledge: Pledge) -> str:
    return verbatim(pledge.made_by_name) if pledge.made_by_name.strip() else texts("survey.a_lead")


def _made_on(texts: Texts, pledge: Pledge) -> str:
    return texts.date(pledge.made_at, ZoneInfo(pledge.zone))


def _step(texts: Texts, edition: Edition, pledge: Pledge, step: Step) -> Iterable[Element]:
    """What a kept statement did to the team's working picture."""
    if pledge.discipline is None:
        return
    name = edition.disciplines[pledge.discipline].name
    if step.moved:
        was, now = (answer_name(texts, edition, one) for one in (step.was, step.now))
        yield text(texts("pledge.kept.moved", discipline=name, was=was, now=now))
    else:
        level = answer_name(texts, edition, step.counted)
        yield text(texts("pledge.kept.counts", discipline=name, met=step.met, of=step.of, level=level))
    if step.stage_now and step.stage_now is not step.stage_was:
        yield text(texts("pledge.kept.stage", stage=level_name(texts, edition, step.stage_now)))
