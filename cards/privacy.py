"""What the bot keeps about a person, and what is left once it has forgotten them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from assessment.privacy import Forgotten, Held, Row
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

ANSWERED = frozenset({"open", "closing"})
"""Phases in which answers to an anonymous survey are still somebody's."""


def my_data_card(texts: Texts, held: Held, zone: dt.tzinfo, *, notice: Notice | None = None) -> Card:
    """Everything that is kept about who asks, in groups; dates in their time zone."""
    groups = [
        _group(texts("privacy.checks.heading"), texts, _checks(texts, held, zone)),
        _group(texts("privacy.surveys.heading"), texts, _surveys(texts, held)),
        _group(texts("privacy.wishes.heading"), texts, _wishes(texts, held, zone)),
        _group(texts("privacy.written.heading"), texts, _written(texts, held, zone)),
        _group(texts("privacy.pledges.heading"), texts, _pledges(texts, held)),
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
    """What will be deleted, and what cannot be."""
    tables = held.tables
    goes = [
        texts.count(f"privacy.goes.{name}", len(tables[name]), people=numeral(texts, len(tables[name])))
        for name in ("checks", "recipients", "contacts", "pledges")
        if tables[name]
    ]
    made = len(tables["surveys"]) + len(tables["schedules"])
    return card(
        texts,
        [
            heading(texts("privacy.ask.heading")),
            text(texts("privacy.ask.goes")),
            bullets([*goes, texts("privacy.goes.rest")]),
            heading(texts("privacy.ask.stays"), size="Medium"),
            bullets(
                [
                    texts("privacy.stays.anonymous"),
                    texts("privacy.stays.numbers"),
                    texts("privacy.stays.lists"),
                    *([texts("privacy.stays.made")] if made else []),
                    texts("privacy.stays.elsewhere"),
                ]
            ),
            text(texts("privacy.ask.then")),
            buttons(
                [
                    button(texts("privacy.button.forget"), ForgetMe()),
                    button(texts("privacy.button.keep"), KeepMe(), primary=True),
                ]
            ),
        ],
    )


def forgotten_card(texts: Texts, gone: Forgotten) -> Card:
    """What was deleted, in numbers."""
    numbers = {
        "checks": gone.checks,
        "answers": gone.answers,
        "surveys": gone.surveys,
        "letters": gone.letters,
        "contacts": gone.contacts,
        "wishes": gone.wishes,
        "pledges": gone.pledges,
        "led": gone.led,
        "chats": gone.chats,
    }
    lines = [
        texts.count(f"privacy.gone.{name}", number, people=numeral(texts, number))
        for name, number in numbers.items()
        if number
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
