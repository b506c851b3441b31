"""The form in which somebody promises something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessment.survey import Team
from cards.elements import (
    Card,
    Element,
    button,
    card,
    choices,
    heading,
    line_input,
    person_input,
    small,
    stacked,
    text,
    verbatim,
    warning,
)
from cards.pledge import due_input, way_back
from cards.pledge_presses import (
    ME,
    MakePledge,
)
from content.model import Statement
from content.texts import Texts

LONGEST_NAME = 80


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
            due_input(texts, form.due_on),
            *_audience(texts, form),
            *_asking(texts, form),
            *stacked(
                [
                    button(texts("pledge.button.make"), own, takes_inputs=True, primary=True),
                    way_back(texts, press.survey),
                ]
            ),
        ],
    )


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
