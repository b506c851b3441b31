"""The cards that list promises: a person's own, and a team's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessment.pledges import Pledge, PledgeState
from assessment.scoring import Standing
from cards.elements import (
    Card,
    Element,
    bullets,
    button,
    buttons,
    card,
    choices,
    heading,
    small,
    text,
    verbatim,
)
from cards.figures import day
from cards.naming import level_name
from cards.pledge import owner_name
from cards.pledge_presses import (
    AskToDrop,
    PutOff,
    SayDone,
)
from cards.presses import ShowOpportunities
from content.model import Edition
from content.texts import Texts

OPEN_SHOWN = 6
"""Open promises with their buttons on one card; more would not fit on it."""
CLOSED_SHOWN = 6
OPEN_IN_TEAM = 20
KEPT_IN_TEAM = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a team stands: by its last survey, and with what it kept since."""

    edition: Edition
    surveyed: Standing
    now: Standing


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


def _short_answers(texts: Texts, pledge: Pledge) -> Iterable[Element]:
    """The same among others: short enough for one row on a phone, and read out with what it is about."""
    presses = {"done": SayDone, "more_time_short": PutOff, "drop_short": AskToDrop}
    for name, press in presses.items():
        title = texts(f"pledge.button.{name}")
        speaks = texts("pledge.button.about", button=title, what=pledge.what)
        yield button(title, press(pledge.id), speaks=speaks)


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
