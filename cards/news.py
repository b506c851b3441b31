"""What a channel is told, alone or as a digest, and how a lead chooses between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from babel.dates import format_skeleton, format_time

from assessment.news import News, NewsKind, Preference
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
    facts,
    heading,
    notices,
    small,
    text,
    verbatim,
)
from cards.figures import day, numeral
from cards.news_presses import SaveNews, ShowNews
from content.texts import Texts

SECTIONS: tuple[tuple[str, frozenset[NewsKind]], ...] = (
    ("reminders", frozenset({NewsKind.REMINDER})),
    ("moved", frozenset({NewsKind.MOVED_UP})),
    ("kept", frozenset({NewsKind.PLEDGE_KEPT})),
    ("made", frozenset({NewsKind.PLEDGE_MADE})),
    ("overdue", frozenset({NewsKind.PLEDGE_OVERDUE})),
    (
        "surveys",
        frozenset({NewsKind.STARTED, NewsKind.HALF, NewsKind.THREE_QUARTERS, NewsKind.TWO_DAYS_LEFT}),
    ),
)
"""How a digest is grouped, what asks for most attention first."""

SHOWN = 5
SHOWN_ALONE = 12
"""Lines in one of a digest's groups, and in the only one; the others are counted."""

LONGEST_NAME = 80
LONGEST_LINE = 160
LONGEST_TEXT = 2000
"""Signs that are shown of a name, and of what somebody wrote, in a digest and alone: so that all of it fits
into a message of Teams."""


@dataclass(frozen=True, slots=True)
class _Words:
    """One piece of news in words."""

    title: str
    details: list[str]
    """Sentences, or paragraphs, below the title."""
    line: str
    """All of it under a heading of its kind."""


def news_card(texts: Texts, team: Team, news: Sequence[News]) -> Card:
    """All that a channel is told at one time, newest first; one piece has a card of its own."""
    if len(news) == 1:
        words = _words(texts, news[0], longest=LONGEST_TEXT)
        return card(texts, [heading(words.title), *map(text, words.details)])
    brief = list(_without_repetition(news))
    groups = [(name, of) for name, kinds in SECTIONS if (of := [one for one in brief if one.kind in kinds])]
    if len(groups) == 1:
        [(name, of)] = groups
        return card(texts, [heading(_group_title(texts, name, team)), *_lines(texts, of, SHOWN_ALONE)])
    title = texts("news.digest.heading", team=verbatim(team.name)) if team.name else texts("news.digest.bare")
    sections = (
        [heading(texts(f"news.group.{name}"), size="Medium"), *_lines(texts, of, SHOWN)]
        for name, of in groups
    )
    return card(texts, [heading(title), *chain.from_iterable(sections)])


def news_setup_card(
    texts: Texts,
    team: Team,
    preference: Preference,
    digest_at: dt.datetime,
    *,
    waiting: int,
    notice: Notice | None = None,
) -> Card:
    """How a team's channels are told, and when the next digest comes, in its own time zone."""
    name = verbatim(team.name) if team.name else texts("news.setup.this_team")
    when = texts(
        "news.setup.moment",
        day=format_skeleton("MMMEd", digest_at.date(), locale=texts.locale),
        time=format_time(digest_at.time(), "short", locale=texts.locale),
        zone=digest_at.tzinfo,
    )
    has_digest = waiting or preference is not Preference.ALL_AT_ONCE
    return card(
        texts,
        [
            heading(texts("news.setup.heading")),
            *notices(notice),
            text(texts(f"news.setup.now.{preference}", team=name)),
            *(
                [
                    facts(
                        [
                            (texts("news.setup.next"), when),
                            (texts("news.setup.waiting"), numeral(texts, waiting)),
                        ]
                    )
                ]
                if has_digest
                else []
            ),
            choices(
                "preference",
                ((one.value, texts(f"news.setup.choice.{one}")) for one in Preference),
                label=texts("news.setup.label"),
                missing=texts("news.setup.missing"),
                value=preference.value,
                expanded=True,
            ),
            small(texts("news.setup.always")),
            buttons([button(texts("news.setup.save"), SaveNews(team.id), takes_inputs=True, primary=True)]),
        ],
    )


def pick_team_card(texts: Texts, teams: Sequence[Team]) -> Card:
    """Which of several teams a lead means, in their own chat."""
    return card(
        texts,
        [
            heading(texts("news.pick.heading")),
            choices(
                "team",
                ((one.id, one.name or one.id) for one in teams),
                label=texts("survey.setup.team"),
                missing=texts("news.pick.missing"),
            ),
            buttons([button(texts("news.pick.show"), ShowNews(), takes_inputs=True, primary=True)]),
        ],
    )


def _group_title(texts: Texts, name: str, team: Team) -> str:
    if name == "moved" and team.name:
        return texts("news.moved.team", team=verbatim(team.name))
    return texts(f"news.group.{name}")


def _without_repetition(news: Iterable[News]) -> Iterable[News]:
    """Of one survey only the first line says until when it is open."""
    told: set[str] = set()
    for one in news:
        facts = {
            name: fact for name, fact in one.facts.items() if name != "closes_on" or one.subject not in told
        }
        yield replace(one, facts=facts)
        told.add(one.subject)


def _lines(texts: Texts, news: Sequence[News], most: int) -> Iterable[Element]:
    yield bullets(_words(texts, one, longest=LONGEST_LINE).line for one in news[:most])
    if (more := len(news) - most) > 0:
        yield small(texts.count("news.more", more))


def _words(texts: Texts, one: News, *, longest: int) -> _Words:
    match one.kind:
        case NewsKind.STARTED | NewsKind.HALF | NewsKind.THREE_QUARTERS | NewsKind.TWO_DAYS_LEFT:
            return _of_survey(texts, one)
        case NewsKind.MOVED_UP:
            return _moved(texts, one, longest=longest)
        case NewsKind.PLEDGE_MADE | NewsKind.PLEDGE_KEPT | NewsKind.PLEDGE_OVERDUE:
            return _of_pledge(texts, one, longest=longest)
        case NewsKind.REMINDER:
            return _reminder(texts, one, longest=longest)


def _of_survey(texts: Texts, one: News) -> _Words:
    title = (
        texts(f"news.survey.{one.kind}.named", survey=_typed(one, "survey"))
        if "survey" in one.facts
        else texts(f"news.survey.{one.kind}.bare")
    )
    people, by = _number(one, "people"), _typed(one, "by")
    details: list[str] = []
    match one.kind:
        case NewsKind.STARTED if people is not None and by:
            details.append(texts.count("news.asks", people, people=numeral(texts, people), by=by))
        case NewsKind.STARTED if people is not None:
            details.append(texts.count("news.asked", people, people=numeral(texts, people)))
        case NewsKind.STARTED if by:
            details.append(texts("news.asks_the_team", by=by))
    finished, missing = _number(one, "finished"), _number(one, "missing")
    if finished is not None and people is not None:
        details.append(
            texts("news.finished", finished=numeral(texts, finished), people=numeral(texts, people))
        )
    if missing is not None:
        details.append(texts.count("news.missing", missing, people=numeral(texts, missing)))
    if "closes_on" in one.facts:
        details.append(texts("news.open_until", date=_day(texts, one, "closes_on")))
    return _Words(title, details, _line(texts, texts("news.lead.sentence", words=title), details))


def _met(texts: Texts, one: News) -> list[str]:
    """How many statements of the next level are true."""
    met, of = _number(one, "met"), _number(one, "of")
    if met is None or of is None:
        return []
    return [texts.count("news.moved.met", of, met=numeral(texts, met), of=numeral(texts, of))]


def _moved(texts: Texts, one: News, *, longest: int) -> _Words:
    stage = _from_to(one, "stage_from", "stage_to")
    level = _from_to(one, "from", "to")
    discipline = _typed(one, "discipline")
    what, up = discipline or texts("news.moved.stage"), level if discipline else stage
    details: list[str] = []
    if up:
        title = texts("news.moved.up", what=what, then=up[0], now=up[1])
        moved = [texts("news.moved.up_in_short", then=up[0], now=up[1])]
    else:
        title = texts("news.moved.step", what=what) if discipline else texts("news.moved.bare")
        moved = [texts("news.moved.step_in_short")]
    if discipline and stage:
        details.append(texts("team.change.stage", then=stage[0], now=stage[1]))
    if not up:
        details += _met(texts, one)
    name, pledged = _typed(one, "name"), _typed(one, "what", longest)
    if name and pledged:
        details.append(texts("news.moved.by_pledge", name=name, what=pledged))
    line = _line(texts, texts("news.lead.who", name=what), [*moved, *details])
    return _Words(title, details, line)


def _of_pledge(texts: Texts, one: News, *, longest: int) -> _Words:
    name, what = _typed(one, "name"), _typed(one, "what", longest)
    title = (
        texts(f"news.pledge.{one.kind}.named", name=name) if name else texts(f"news.pledge.{one.kind}.bare")
    )
    details = [texts("news.what", what=what)] if what else []
    if "due_on" in one.facts and one.kind is not NewsKind.PLEDGE_KEPT:
        date = _day(texts, one, "due_on")
        is_over = one.kind is NewsKind.PLEDGE_OVERDUE
        details.append(texts("news.was_due" if is_over else "news.is_due", date=date))
    if one.kind is NewsKind.PLEDGE_KEPT:
        details += _met(texts, one)
    if not details:
        return _Words(title, [], title)
    line = _line(texts, texts("news.lead.who", name=name), details) if name else " ".join(details)
    return _Words(title, details, line)


def _reminder(texts: Texts, one: News, *, longest: int) -> _Words:
    """The words of a lead, line by line as they wrote them; a digest has one line for all."""
    words = _cut(str(one.facts.get("text", "")), longest)
    lines = [verbatim(line) for line in words.splitlines() if line.strip()]
    by = [texts("news.reminder.by", by=_typed(one, "by"))] if "by" in one.facts else []
    title, details = texts("news.reminder.title"), [*lines, *by]
    return _Words(title, details, " ".join(details) or title)


def _line(texts: Texts, lead: str, details: Iterable[str]) -> str:
    """One line of a digest, which begins with what it is about."""
    return texts("news.line", lead=lead, details=" ".join(details)).rstrip()


def _from_to(one: News, before: str, now: str) -> tuple[str, str] | None:
    """Two levels that differ."""
    then, its = _typed(one, before), _typed(one, now)
    return (then, its) if then and its and then != its else None


def _typed(one: News, fact: str, longest: int = LONGEST_NAME) -> str:
    """A fact that is a name, or what somebody typed; "" where it is missing."""
    words = str(one.facts.get(fact, ""))
    return verbatim(_cut(words, longest)) if words.strip() else ""


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "\u2026"


def _number(one: News, fact: str) -> int | None:
    return int(one.facts[fact]) if fact in one.facts else None


def _day(texts: Texts, one: News, fact: str) -> str:
    return day(texts, dt.date.fromisoformat(str(one.facts[fact])))
