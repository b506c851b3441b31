"""The cards of promises: making one, being asked about it, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessment.pledges import Pledge, PledgeState, Step
from assessment.scoring import Standing
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
    heading,
    line_input,
    notices,
    paragraph_input,
    person_input,
    small,
    stacked,
    text,
    verbatim,
    warning,
)
from cards.figures import day
from cards.naming import answer_name, level_name
from cards.pledge_presses import (
    ME,
    AskToDrop,
    DropPledge,
    LeavePledge,
    MakePledge,
    PutOff,
    RefusePledge,
    SayDone,
    SayWhether,
    SetDay,
    ShowPledges,
)
from cards.presses import ShowOpportunities
from content.model import Edition, Statement
from content.texts import Texts

LONGEST_REASON = 500
LONGEST_NAME = 80
OPEN_SHOWN = 6
"""Open promises with their buttons on one card; more would not fit on it."""
CLOSED_SHOWN = 6
OPEN_IN_TEAM = 20
KEPT_IN_TEAM = 10


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody is about to promise, as far as it is filled in."""

    press: MakePledge
    """What was filled in, and what is not to be changed."""
    what: str | None
    """The words of what is promised; None where it is one of `statements`."""
    due_on: dt.date
    me: str
    """The object id of who fills it in."""
    statements: Sequence[Statement] = ()
    discipline: str = ""
    """The name of what the statements are about."""
    places: Sequence[Team] = ()
    """The teams whose channel may be told."""
    channel: Team | None = None
    """The team whose channel is told in any case."""
    may_name_others: bool = False
    is_asked: bool = True
    """Whether the bot may write to who looks at the form; nothing of it stands on a form that others see."""
    other: tuple[str, str] | None = None
    """The object id and the name of the owner who was picked, where it is somebody else."""
    asks_name: bool = False
    """Whether nobody knows that owner's name."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a team stands: by its last survey, and with what it kept since."""

    edition: Edition
    surveyed: Standing
    now: Standing


def pledge_form_card(texts: Texts, form: Form, mistakes: Sequence[str] = ()) -> Card:
    """What, who, by when, and who hears of it. `mistakes` say what to mend in what was just sent."""
    press = form.press
    own = MakePledge(
        press.pledge,
        press.edition,
        press.survey,
        press.discipline,
        press.level,
        item=_settled_item(form),
    )
    return card(
        texts,
        [
            heading(texts("pledge.form.heading")),
            *(warning(one) for one in mistakes),
            _what_input(texts, form),
            *([_who_input(texts, form)] if form.may_name_others else []),
            *([_name_input(texts, form)] if form.asks_name else []),
            _day(texts, form.due_on),
            *_audience(texts, form),
            *_asking(texts, form),
            *stacked(
                [
                    button(texts("pledge.button.make"), own, takes_inputs=True, primary=True),
                    _back(texts, press.survey),
                ]
            ),
        ],
    )


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
            buttons([_back(texts, survey, primary=True)]),
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
    back = _back(texts, survey)
    return card(
        texts,
        [
            heading(texts("pledge.already.heading")),
            text(pledge.what, weight="Bolder"),
            text(texts("pledge.already.text", who=owner_name(texts, pledge), due=due)),
            *([_day(texts, usual)] if mine else []),
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
            _day(texts, usual),
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
            buttons([_back(texts, survey, primary=True)]),
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


def my_pledges_card(texts: Texts, pledges: Sequence[Pledge], now: dt.datetime, *, is_asked: bool) -> Card:
    """A person's own promises: what is open first, with its buttons; `is_asked` as for `put_off_card`."""
    still_open = [one for one in pledges if one.state is PledgeState.OPEN]
    closed = [one for one in pledges if one.state is not PledgeState.OPEN][:CLOSED_SHOWN]
    return card(
        texts,
        [
            heading(texts("pledge.mine.heading")),
            *([] if still_open else [text(texts("pledge.mine.none"))]),
            *([text(texts("pledge.mine.silent"))] if still_open and not is_asked else []),
            *(_mine(texts, one, now) for one in still_open[:OPEN_SHOWN]),
            *_more(texts, still_open, OPEN_SHOWN),
            *([heading(texts("pledge.mine.closed"), size="Medium", apart=True)] if closed else []),
            *([bullets(_closed_line(texts, one) for one in closed)] if closed else []),
            buttons([button(texts("pledge.button.opportunities"), ShowOpportunities(), primary=not pledges)]),
        ],
    )


def team_pledges_card(  # noqa: PLR0917 - each fact of a type of its own, so none is taken for another
    texts: Texts,
    team: str,
    pledges: Sequence[Pledge],
    picture: Picture | None,
    now: dt.datetime,
    *,
    may_drop: bool,
) -> Card:
    """A team's open and recently kept promises, and where it stands with them."""
    still_open = [one for one in pledges if one.state is PledgeState.OPEN]
    kept = [one for one in pledges if one.state is PledgeState.KEPT][:KEPT_IN_TEAM]
    shown = still_open[:OPEN_IN_TEAM]
    return card(
        texts,
        [
            heading(texts("pledge.team.heading", team=verbatim(team))),
            *(_picture(texts, picture) if picture else []),
            heading(texts("pledge.team.open"), size="Medium", apart=True),
            bullets(_team_line(texts, one, now) for one in shown)
            if shown
            else text(texts("pledge.team.none")),
            *_more(texts, still_open, OPEN_IN_TEAM),
            *([heading(texts("pledge.team.kept"), size="Medium", apart=True)] if kept else []),
            *([bullets(_kept_line(texts, one) for one in kept)] if kept else []),
            *(_pick_to_drop(texts, shown) if may_drop and shown else []),
        ],
    )


def _more(texts: Texts, pledges: Sequence[Pledge], shown: int) -> list[Element]:
    """How many are left out."""
    more = len(pledges) - shown
    return [small(texts.count("pledge.more", more))] if more > 0 else []


def _settled_item(form: Form) -> str | None:
    """What is promised, where there is nothing to choose."""
    if form.what:
        return form.press.item
    return form.statements[0].id if len(form.statements) == 1 else None


def _what_input(texts: Texts, form: Form) -> Element:
    if form.what:
        return text(form.what, weight="Bolder")
    if len(form.statements) == 1:
        only = texts("pledge.statement", discipline=form.discipline, statement=form.statements[0].text)
        return text(only, weight="Bolder")
    return choices(
        "item",
        ((one.id, one.text) for one in form.statements),
        label=texts("pledge.form.statement", discipline=form.discipline),
        missing=texts("pledge.mistake.item"),
        value=form.press.item or form.statements[0].id,
        expanded=True,
    )


def _who_input(texts: Texts, form: Form) -> Element:
    me = (form.me, texts("pledge.form.me"))
    return person_input(
        "who",
        [form.other, me] if form.other else [me],
        label=texts("pledge.form.who"),
        missing=texts("pledge.mistake.who"),
    )


def _name_input(texts: Texts, form: Form) -> Element:
    return line_input(
        "name",
        label=texts("pledge.form.name"),
        missing=texts("pledge.mistake.name"),
        value=form.press.name or "",
        longest=LONGEST_NAME,
        required=False,
    )


def _audience(texts: Texts, form: Form) -> Iterable[Element]:
    """Who hears of it: a choice where there is one, and what that means."""
    if form.channel:
        team = verbatim(form.channel.name)
        if form.may_name_others:
            yield text(texts("pledge.form.channel_sees_who", team=team))
        else:
            yield text(texts("pledge.form.channel_sees", team=team))
    elif form.places:
        alone = texts("pledge.form.no_channel" if form.may_name_others else "pledge.form.only_me")
        named = ((one.id, texts("pledge.form.channel_of", team=one.name)) for one in form.places)
        yield choices(
            "tell",
            [(ME, alone), *named],
            label=texts("pledge.form.tell"),
            missing=texts("pledge.mistake.tell"),
            value=form.press.tell or ME,
        )
        yield small(texts("pledge.form.tell_means"))
    else:
        yield small(texts("pledge.form.nobody_else"))


def _asking(texts: Texts, form: Form) -> Iterable[Element]:
    """Who is asked whether it is done."""
    if form.channel or form.may_name_others:
        yield small(texts("pledge.form.asking_who"))
    elif form.is_asked:
        yield small(texts("pledge.form.asking"))
    if not form.is_asked:
        yield text(texts("pledge.silent"))


def _day(texts: Texts, usual: dt.date) -> Element:
    return day_input("due", label=texts("pledge.form.due"), missing=texts("pledge.mistake.due"), value=usual)


def _back(texts: Texts, survey: str | None, *, primary: bool = False) -> Element:
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


def _short_answers(texts: Texts, pledge: Pledge) -> Iterable[Element]:
    """The same among others: short enough for one row on a phone, and read out with what it is about."""
    presses = {"done": SayDone, "more_time_short": PutOff, "drop_short": AskToDrop}
    for name, press in presses.items():
        title = texts(f"pledge.button.{name}")
        speaks = texts("pledge.button.about", button=title, what=pledge.what)
        yield button(title, press(pledge.id), speaks=speaks)


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


def _mine(texts: Texts, pledge: Pledge, now: dt.datetime) -> Element:
    """An open promise with its buttons."""
    team = [texts("pledge.line.team", team=verbatim(pledge.team.name))] if pledge.team else []
    by = texts(f"pledge.line.{_due(pledge, now)}", due=day(texts, pledge.due_on))
    return {
        "type": "Container",
        "separator": True,
        "spacing": "Large",
        "items": [
            text(pledge.what, weight="Bolder"),
            small(" ".join([by, *team])),
            {"type": "ActionSet", "spacing": "Small", "actions": list(_short_answers(texts, pledge))},
        ],
    }


def _due(pledge: Pledge, now: dt.datetime) -> str:
    return "overdue" if pledge.is_overdue(now) else "due"


def _closed_line(texts: Texts, pledge: Pledge) -> str:
    closed = texts.date(pledge.closed_at or pledge.made_at, ZoneInfo(pledge.zone))
    if pledge.state is PledgeState.KEPT:
        return texts("pledge.line.kept", what=pledge.what, date=closed)
    if not pledge.reason:
        return texts("pledge.line.dropped", what=pledge.what, date=closed)
    return texts("pledge.line.dropped_because", what=pledge.what, date=closed, reason=verbatim(pledge.reason))


def _team_line(texts: Texts, pledge: Pledge, now: dt.datetime) -> str:
    due, who = day(texts, pledge.due_on), owner_name(texts, pledge)
    return texts(f"pledge.team.line.{_due(pledge, now)}", what=pledge.what, who=who, due=due)


def _kept_line(texts: Texts, pledge: Pledge) -> str:
    kept = texts.date(pledge.closed_at or pledge.made_at, ZoneInfo(pledge.zone))
    return texts("pledge.team.line.kept", what=pledge.what, who=owner_name(texts, pledge), date=kept)


def _picture(texts: Texts, picture: Picture) -> Iterable[Element]:
    """Where the team stands, and what it raised since its survey."""
    if stage := picture.now.stage:
        yield text(texts("pledge.team.stage", stage=level_name(texts, picture.edition, stage)))
    raised = [
        texts("history.up", discipline=picture.edition.disciplines[one].name, then=was, now=level)
        for one, level in picture.now.levels.items()
        if level > (was := picture.surveyed.levels[one])
    ]
    if raised:
        yield bullets(raised)
    yield small(texts("pledge.team.picture"))


def _pick_to_drop(texts: Texts, pledges: Sequence[Pledge]) -> Iterable[Element]:
    """For leads: close one that will not happen any more."""
    yield choices(
        "pledge",
        (
            (
                one.id,
                texts("pledge.team.choice", what=one.what, who=one.owner_name or texts("pledge.somebody")),
            )
            for one in pledges
        ),
        label=texts("pledge.team.pick"),
        missing=texts("pledge.mistake.pick"),
    )
    yield buttons([button(texts("pledge.button.drop_short"), AskToDrop(), takes_inputs=True)])
