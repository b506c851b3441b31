"""What the bot keeps about a person, and what is left once it has forgotten them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from assessment.privacy import Forgotten, Held, Row, would_go
from cards.elements import (
    Card,
    Element,
    Notice,
    bullets,
    button,
    buttons,
    card,
    heading,
    notices,
    small,
    text,
    verbatim,
)
from cards.figures import day, numeral
from cards.presses import Start
from cards.privacy_presses import AskToForget, ForgetMe, GetMyData, KeepMe
from content.texts import Texts

LINES_SHOWN = 5
"""Of each kind; the others are counted, and all are in the file."""

UNDER_WAY = frozenset({"open", "closing"})
"""Phases in which a survey counts who has answered."""


UNTOLD = frozenset({"waiting", "sending"})
"""States of news that a channel may not have seen yet."""

NEWS = {
    "pledge-made": "made",
    "pledge-kept": "kept",
    "pledge-overdue": "overdue",
    "paused": "paused",
}

OVER = frozenset({"closed", "cancelled"})
"""Phases in which nothing of a survey goes on."""


def my_data_card(texts: Texts, held: Held, zone: dt.tzinfo, *, notice: Notice | None = None) -> Card:
    """Everything that is kept about who asks, in groups; dates in their time zone."""
    groups = [
        _group(texts("privacy.checks.heading"), texts, _checks(texts, held, zone)),
        _group(texts("privacy.surveys.heading"), texts, _surveys(texts, held)),
        _group(texts("privacy.wishes.heading"), texts, _wishes(texts, held, zone)),
        _group(texts("privacy.written.heading"), texts, _written(texts, held, zone)),
        _group(texts("privacy.pledges.heading"), texts, _pledges(texts, held)),
        _group(texts("privacy.for_others.heading"), texts, _for_others(texts, held)),
        _group(texts("privacy.news.heading"), texts, _news(texts, held, zone)),
        _group(texts("privacy.made.heading"), texts, _made(texts, held)),
        _group(texts("privacy.chat.heading"), texts, _chat(texts, held, zone)),
    ]
    return card(
        texts,
        [
            heading(texts("privacy.heading")),
            *notices(notice),
            text(texts("privacy.nothing" if held.is_nothing else "privacy.intro")),
            *(one for group in groups for one in group),
            small(texts("privacy.known_as", id=held.person.object_id, tenant=held.person.tenant_id)),
            buttons(
                [
                    button(texts("privacy.button.file"), GetMyData(), primary=True),
                    button(texts("privacy.button.ask"), AskToForget()),
                ]
            ),
        ],
    )


def ask_to_forget_card(texts: Texts, held: Held) -> Card:
    """What will be deleted, what goes on without the name, and what forgetting cannot do."""
    going = [
        *(
            texts.count(f"privacy.goes.{kind}", number, people=numeral(texts, number))
            for kind, number in _goes(held).items()
            if number
        ),
        *(texts(f"privacy.goes.{one}") for one in _wished(held)),
        *([texts("privacy.goes.chat")] if held.tables["conversations"] else []),
    ]
    return card(
        texts,
        [
            heading(texts("privacy.ask.heading")),
            text(texts("privacy.ask.goes" if going else "privacy.ask.nothing")),
            *([bullets(going)] if going else []),
            heading(texts("privacy.ask.stays"), size="Medium"),
            bullets(
                [
                    *(
                        texts.count(f"privacy.stays.{kind}", number, people=numeral(texts, number))
                        for kind, number in _stays(held).items()
                        if number
                    ),
                    texts("privacy.stays.numbers"),
                    texts("privacy.stays.anonymous"),
                    texts("privacy.stays.elsewhere"),
                ]
            ),
            heading(texts("privacy.ask.afterwards"), size="Medium"),
            bullets(texts(f"privacy.afterwards.{one}") for one in _afterwards(held)),
            buttons(
                [
                    button(texts("privacy.button.forget"), ForgetMe()),
                    button(texts("privacy.button.keep"), KeepMe(), primary=True),
                ]
            ),
        ],
    )


def forgotten_card(texts: Texts, gone: Forgotten) -> Card:
    """What was deleted and where the name was taken out, in numbers."""
    lines = [
        texts.count(f"privacy.gone.{one.name}", number, people=numeral(texts, number))
        for one in fields(Forgotten)
        if (number := getattr(gone, one.name))
    ]
    return card(
        texts,
        [
            heading(texts("privacy.forgotten.heading")),
            *([bullets(lines)] if lines else [text(texts("privacy.forgotten.nothing"))]),
            text(texts("privacy.forgotten.then")),
            buttons([button(texts("button.start"), Start())]),
        ],
    )


def _goes(held: Held) -> dict[str, int]:
    """How much of each kind is deleted. A pledge that names a team stands in its list."""
    gone = would_go(held)
    told = sum(bool(one["team_id"]) for one in held.tables["pledges"])
    return {
        "checks": gone.checks,
        "answers": gone.answers,
        "lists": gone.lists,
        "letters": gone.letters,
        "contacts": gone.contacts,
        "pledges": gone.pledges - told,
        "pledges_told": told,
        "news": gone.news,
    }


def _stays(held: Held) -> dict[str, int]:
    """In how much of each kind only the name goes. A list of people asked has its numbers to keep."""
    gone = would_go(held)
    over = sum(one["phase"] in OVER for one in held.tables["surveys"])
    halted = sum(bool(one["halt"]) for one in held.tables["schedules"])
    return {
        "lists": gone.lists,
        "surveys": gone.surveys - over,
        "surveys_over": over,
        "schedules": gone.schedules - halted,
        "schedules_halted": halted,
        "pledges_for_others": gone.pledges_for_others,
        "unnamed": gone.unnamed,
    }


def _wished(held: Held) -> Iterator[str]:
    """What the person wished, and what is known of their time."""
    for wish in ("zone", "not_before", "silent_since"):
        if any(one[wish] for one in held.tables["wishes"]):
            yield wish


def _afterwards(held: Held) -> Iterator[str]:
    """What comes of being forgotten, most pressing first."""
    if "silent_since" in _wished(held):
        yield "silent"
    if any(one["phase"] in UNDER_WAY for one in held.tables["recipients"]):
        yield "open"
    yield "again"


def kept_card(texts: Texts) -> Card:
    """For who does not want to be forgotten after all."""
    return card(
        texts,
        [
            heading(texts("privacy.kept.heading")),
            text(texts("privacy.kept.text")),
            buttons([button(texts("button.my_check"), Start(), primary=True)]),
        ],
    )


def _group(words: str, texts: Texts, lines: Sequence[str]) -> list[Element]:
    """A kind of data with its first lines, or nothing."""
    if not lines:
        return []
    more = len(lines) - LINES_SHOWN
    return [
        heading(words, size="Medium", apart=True),
        bullets(lines[:LINES_SHOWN]),
        *([small(texts.count("privacy.more", more))] if more > 0 else []),
    ]


def _checks(texts: Texts, held: Held, zone: dt.tzinfo) -> list[str]:
    """The person's own checks, newest first."""
    return [
        texts.count(
            "privacy.checks.finished" if one["finished_at"] else "privacy.checks.unfinished",
            _answers(held, str(one["id"])),
            begun=_on(texts, one["started_at"], zone),
            ended=_on(texts, one["finished_at"], zone),
        )
        for one in reversed(held.tables["checks"])
        if not one["survey_id"]
    ]


def _answers(held: Held, check_id: str) -> int:
    return sum(one["check_id"] == check_id for one in held.tables["answers"])


def _surveys(texts: Texts, held: Held) -> list[str]:
    """The surveys that asked, newest first: what they have of the person."""
    return [
        texts(
            "privacy.surveys.line",
            survey=verbatim(str(one["survey_name"])),
            team=verbatim(str(one["team_name"])),
            parts=" ".join(_parts(texts, held, one)),
        )
        for one in reversed(held.tables["recipients"])
    ]


def _parts(texts: Texts, held: Held, asked: Row) -> Iterable[str]:
    survey = asked["survey_id"]
    answered = sum(
        _answers(held, str(one["id"])) for one in held.tables["checks"] if one["survey_id"] == survey
    )
    messages = sum(one["survey_id"] == survey for one in held.tables["deliveries"])
    if asked["anonymous"] and asked["phase"] == "closed":
        yield texts("privacy.surveys.nobodys")
    else:
        kind = "anonymous" if asked["anonymous"] else "named"
        yield texts.count(f"privacy.surveys.{kind}", answered, people=numeral(texts, answered))
    if asked["declined"]:
        yield texts("privacy.surveys.declined")
    if messages:
        yield texts.count("privacy.surveys.messages", messages, people=numeral(texts, messages))


def _wishes(texts: Texts, held: Held, zone: dt.tzinfo) -> Sequence[str]:
    return [
        line
        for one in held.tables["wishes"]
        for line in (
            one["zone"] and texts("privacy.wishes.zone", zone=one["zone"]),
            one["not_before"]
            and texts("privacy.wishes.not_before", date=_on(texts, one["not_before"], zone)),
            one["silent_since"]
            and texts("privacy.wishes.silent", date=_on(texts, one["silent_since"], zone)),
        )
        if line and isinstance(line, str)
    ]


def _written(texts: Texts, held: Held, zone: dt.tzinfo) -> list[str]:
    """What the bot wrote by itself, latest first."""
    return [
        texts(f"privacy.written.{_about(str(one['occasion']))}", date=_on(texts, one["at"], zone))
        for one in reversed(held.tables["contacts"])
    ]


def _about(occasion: str) -> str:
    """What a message was for, by how the occasion begins."""
    kind = occasion.partition(":")[0]
    return kind if kind in {"survey", "pledge", "schedule"} else "other"


def _pledges(texts: Texts, held: Held) -> list[str]:
    return [
        texts(
            "privacy.pledges.line",
            what=verbatim(str(one.get("what") or one["item"])),
            date=day(texts, dt.date.fromisoformat(str(one["due_on"]))),
        )
        for one in reversed(held.tables["pledges"])
    ]


def _for_others(texts: Texts, held: Held) -> list[str]:
    return [
        texts(
            "privacy.for_others.line",
            what=verbatim(str(one["what"] or one["item"])),
            who=verbatim(str(one["person_name"])),
        )
        for one in reversed(held.tables["pledges_for_others"])
    ]


def _news(texts: Texts, held: Held, zone: dt.tzinfo) -> list[str]:
    """What a channel has still to be told, or was told and is remembered; latest first."""
    return [
        texts(
            "privacy.news.waiting" if one["state"] in UNTOLD else "privacy.news.over",
            what=texts(f"privacy.news.about.{_news_of(str(one['id']))}"),
            date=_on(texts, one["due_at"], zone),
        )
        for one in reversed(held.tables["news"])
    ]


def _news_of(id_: str) -> str:
    """What news is about, by the occasion with which its id begins."""
    return NEWS.get(id_.partition(":")[0], "led")


def _made(texts: Texts, held: Held) -> list[str]:
    surveys = [
        texts(
            "privacy.made.survey",
            survey=verbatim(str(one["name"])),
            team=verbatim(str(one["team_name"])),
        )
        for one in reversed(held.tables["surveys"])
    ]
    schedules = len(held.tables["schedules"])
    many = texts.count("privacy.made.schedules", schedules, people=numeral(texts, schedules))
    return [*([many] if schedules else []), *surveys]


def _chat(texts: Texts, held: Held, zone: dt.tzinfo) -> list[str]:
    return [
        *(texts("privacy.chat.address") for _ in held.tables["conversations"]),
        *(
            texts("privacy.chat.greeted", date=_on(texts, one["welcomed_at"], zone))
            for one in held.tables["welcomes"]
        ),
    ]


def _on(texts: Texts, at: object, zone: dt.tzinfo) -> str:
    return texts.date(at, zone) if isinstance(at, dt.datetime) else ""
