"""The few Adaptive Card elements the cards are made of, each readable without color, pointer or eyes.

Everything newer than Adaptive Cards 1.5 carries a `fallback` that says the same: phones do not draw charts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from cards.presses import Press, encode
from content.texts import Texts

Element = dict[str, Any]
Card = dict[str, Any]

LARGEST_CARD = 28 * 1024
"""Bytes, under every limit that Teams was ever said to have."""

LONGEST_BAR = 20
"""Signs of a bar in plain characters; a longer one would break on a phone."""

_MARKDOWN = re.compile(r"[\\`*_~<\[\]]|(?<=\])\(|&(?=#?\w+;)")
_ESCAPED = re.compile(r"\\([\\`*_~<\[\](&])")
_COMES_ALIVE = re.compile(r"[.:@](?=[^\W\d]|/)|\{(?=\{)")
"""Half an address, and the beginning of what cards fill in, such as a date: {{DATE(...)}}."""
_START_OF_A_LIST = re.compile(r"^(?=[-+#>])|^\d+(?=[.)](\s|$))")
_TURNS_TEXT_AROUND = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_BREAK = r"\g<0>" + "\u2060"
"""A word joiner: nobody sees it, and it is no part of an address or a list."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a card says about the act that led to it. The words begin with a sign of their own: ✓ or ⚠."""

    words: str
    is_refusal: bool = False
    """Whether what was asked for was not done."""


def card(texts: Texts, body: Sequence[Element]) -> Card:
    """A card with its language and its first line, which old clients show as markdown."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": texts.locale.language,
        "fallbackText": body[0]["text"],
        "msteams": {"width": "Full"},
        "body": list(body),
    }


def fitting(whole: Card) -> Card:
    """A card; where a message cannot hold it, without the small buttons that stand `beside` words."""
    return whole if len(orjson.dumps(whole)) <= LARGEST_CARD else whole | {"body": _plain(whole["body"])}


def _plain(elements: Sequence[Element]) -> list[Element]:
    return [_words_of(one) if one["type"] == "ColumnSet" else _plain_inside(one) for one in elements]


def _plain_inside(one: Element) -> Element:
    return one | {"items": _plain(one["items"])} if one["type"] == "Container" else one


def _words_of(row: Element) -> Element:
    words: Element = row["columns"][0]["items"][0]
    return words


def verbatim(words: str) -> str:
    """What a person called something, as one line that a card shows as it is: no markdown, no links.

    For texts and facts. Titles of buttons, choices and charts show no markdown and need none of this.
    """
    line = _TURNS_TEXT_AROUND.sub("", " ".join(words.split()))
    unlisted = _START_OF_A_LIST.sub(_NO_BREAK, line)
    return _COMES_ALIVE.sub(_NO_BREAK, _MARKDOWN.sub(r"\\\g<0>", unlisted)) or "\u2026"


def plain(words: str) -> str:
    """A card's words for where no markdown is read, such as in a notification."""
    return _ESCAPED.sub(r"\1", words)


def heading(words: str, *, size: str = "Large", apart: bool = False) -> Element:
    """A line that screen readers can jump to."""
    looks = {"separator": True, "spacing": "Large"} if apart else {}
    return text(words, size=size, weight="Bolder", style="heading", **looks)


def text(words: str, **looks: Any) -> Element:
    """A paragraph that wraps."""
    return {"type": "TextBlock", "text": words, "wrap": True, **looks}


def small(words: str) -> Element:
    """A remark in the margin."""
    return text(words, isSubtle=True, size="Small")


def warning(words: str) -> Element:
    """Something the person has to mend, or that was not done."""
    return {"type": "Container", "style": "attention", "bleed": True, "items": [text(words, weight="Bolder")]}


def notices(notice: Notice | None) -> list[Element]:
    """What was just done or refused, or nothing."""
    if notice is None:
        return []
    if notice.is_refusal:
        return [warning(notice.words)]
    said = text(notice.words, weight="Bolder")
    return [{"type": "Container", "style": "good", "bleed": True, "items": [said]}]


def labels(words: str) -> list[Element]:
    """What a card belongs to, or nothing."""
    return [small(words)] if words else []


def button(
    title: str, press: Press, *, takes_inputs: bool = False, primary: bool = False, speaks: str = ""
) -> Element:
    """A button that replaces the card; older clients post the same data as a message.

    Only with `takes_inputs` are the card's inputs checked and sent along. What it `speaks` is read out and
    shown to a pointer, where several buttons have one title.
    """
    inputs = {"associatedInputs": "auto" if takes_inputs else "none"}
    data = encode(press)
    looks = {"style": "positive"} if primary else {}
    looks |= {"tooltip": speaks} if speaks else {}
    submit = {"type": "Action.Submit", "title": title, "data": data, **inputs, **looks}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": press.do,
        "data": data,
        **inputs,
        **looks,
        "fallback": submit,
    }


def opens(title: str, url: str) -> Element:
    """A button that opens a page."""
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def buttons(actions: Iterable[Element]) -> Element:
    """Buttons in a row. Inside the body, since only there old clients honour an action's fallback."""
    return {"type": "ActionSet", "spacing": "Large", "actions": list(actions)}


def beside(words: Element, action: Element) -> Element:
    """Words with a small button at their right."""
    row = {"type": "ActionSet", "spacing": "None", "actions": [action]}
    return {
        "type": "ColumnSet",
        "columns": [
            {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": [words]},
            {"type": "Column", "width": "auto", "spacing": "Small", "items": [row]},
        ],
    }


def stacked(actions: Iterable[Element]) -> list[Element]:
    """Buttons below each other: a row of many is cut off on a phone."""
    return [{"type": "ActionSet", "spacing": "Small", "actions": [one]} for one in actions]


def folded(name: str, items: Iterable[Element], *, title: str, unfold: Press) -> list[Element]:
    """Elements that a button brings up; what stands in inputs is sent along, seen or not.

    A client that cannot unfold them asks for the card again with `unfold`.
    """
    toggle = {"type": "Action.ToggleVisibility", "title": title, "targetElements": [name]}
    again = button(title, unfold, takes_inputs=True)
    return [
        {"type": "ActionSet", "spacing": "Small", "actions": [toggle | {"fallback": again}]},
        {"type": "Container", "id": name, "isVisible": False, "items": list(items)},
    ]


def choices(
    name: str,
    options: Iterable[tuple[str, str]],
    *,
    label: str,
    missing: str,
    value: str | None = None,
    expanded: bool = False,
) -> Element:
    """A choice of one among (value, title) pairs that the client insists on."""
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label,
        "isRequired": True,
        "errorMessage": missing,
        "style": "expanded" if expanded else "compact",
        "wrap": True,
        "choices": [{"value": one, "title": title} for one, title in options],
        **({} if value is None else {"value": value}),
    }


def line_input(
    name: str, *, label: str, missing: str, value: str, longest: int, required: bool = True
) -> Element:
    """A line of text."""
    return {
        "type": "Input.Text",
        "id": name,
        "label": label,
        "isRequired": required,
        "errorMessage": missing,
        "maxLength": longest,
        **({"value": value} if value else {}),
    }


def paragraph_input(name: str, *, label: str, missing: str, longest: int) -> Element:
    """Some lines of text that the client insists on."""
    return line_input(name, label=label, missing=missing, value="", longest=longest) | {"isMultiline": True}


def person_input(name: str, options: Iterable[tuple[str, str]], *, label: str, missing: str) -> Element:
    """One person of the organisation: the first of some (value, title) pairs, unless another is searched.

    Teams shows and sends people by their Entra object ids, so the values have to be such. The label has to
    say what an empty field means: the Playground shows nobody before one is searched, and in Teams the first
    one can be taken out. Clients that cannot search offer the pairs alone.
    """
    known = list(options)
    return choices(name, known, label=label, missing=missing, value=known[0][0]) | {
        "isRequired": False,
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
    }


def day_input(
    name: str, *, label: str, missing: str, value: dt.date | None, required: bool = True
) -> Element:
    """A day."""
    return {
        "type": "Input.Date",
        "id": name,
        "label": label,
        "isRequired": required,
        "errorMessage": missing,
        **({} if value is None else {"value": value.isoformat()}),
    }


def time_input(name: str, *, label: str, missing: str, value: dt.time | None) -> Element:
    """A time of the day that the client insists on."""
    return {
        "type": "Input.Time",
        "id": name,
        "label": label,
        "isRequired": True,
        "errorMessage": missing,
        **({} if value is None else {"value": value.isoformat("minutes")}),
    }


def number_input(
    name: str, *, label: str, wrong: str, value: int | None, within: tuple[int, int], required: bool = False
) -> Element:
    """A whole number between two others, both included."""
    lowest, highest = within
    return {
        "type": "Input.Number",
        "id": name,
        "label": label,
        "isRequired": required,
        "errorMessage": wrong,
        "min": lowest,
        "max": highest,
        **({} if value is None else {"value": value}),
    }


def facts(pairs: Iterable[tuple[str, str]]) -> Element:
    """Names with their values."""
    return {"type": "FactSet", "facts": [{"title": title, "value": value} for title, value in pairs]}


def bullets(lines: Iterable[str]) -> Element:
    """A list, one line each."""
    return text("\n".join(f"- {one}" for one in lines), spacing="Small")


def progress_bar(done: int, of: int) -> Element:
    """How far along; the number stands beside it in words, so the fallback may go without."""
    return {
        "type": "ProgressBar",
        "value": done,
        "max": of,
        "color": "accent",
        "fallback": text(
            blocks(done, of) if of <= LONGEST_BAR else blocks(done * LONGEST_BAR // of, LONGEST_BAR)
        ),
    }


def blocks(filled: int, of: int) -> str:
    """A bar in plain characters."""
    return "\u25b0" * filled + "\u25b1" * (of - filled)
