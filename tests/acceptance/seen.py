"""A card as a person reads it: words, buttons, choices and links."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.card_shape import classic_view, every_object, every_part, is_action, is_input

Json = dict[str, Any]

_WORDS = ("text", "label", "placeholder", "title", "altText")
_FIELDS = frozenset({"Input.Text", "Input.Number", "Input.Date", "Input.Time"})  # what they hold is shown
_LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")


class Link(NamedTuple):
    title: str
    url: str


@dataclass(frozen=True)
class Seen:
    """One card in one message, read as a client of version 1.5 shows it."""

    card: Json
    message_id: str = ""
    conversation_id: str = ""  # in a channel, the thread
    blocked: tuple[str, ...] = field(default=())  # what the client itself complained of at the last press

    @property
    def text(self) -> str:
        """All that can be read besides the buttons, one piece a line; of a chart what its fallback says."""
        return "\n".join(_words(self._visible()))

    @property
    def heading(self) -> str:
        headings = (p["text"] for p in self._texts() if p.get("style") == "heading")
        return str(next(headings, ""))

    @property
    def buttons(self) -> list[str]:
        return [str(action.get("title", "")) for action in self.actions]

    @property
    def actions(self) -> list[Json]:
        actions: list[Json] = []
        for part in (*every_part(self._shown()["body"], with_fallbacks=False), self._shown()):
            if part.get("type") in {"ActionSet", "AdaptiveCard"}:
                actions += part.get("actions", [])
        return actions

    @property
    def inputs(self) -> list[Json]:
        return [part for part in self._parts() if is_input(part)]

    @property
    def choices(self) -> list[str]:
        return [str(c["title"]) for part in self.inputs for c in part.get("choices", [])]

    @property
    def chosen(self) -> str | None:
        """The title of what is chosen when the card comes up; None without a choice."""
        for part in self.inputs:
            for choice in part.get("choices", []):
                if choice["value"] in str(part.get("value") or "").split(","):
                    return str(choice["title"])
        return None

    @property
    def errors(self) -> list[str]:
        """What the last answer lacks: the client's complaints, then the bot's in attention's colour."""
        alarms = [part for part in self._visible() if "attention" in _looks(part)]
        told = {id(words): words for alarm in alarms for words in every_part(alarm) if "text" in words}
        return [*self.blocked, *(str(words["text"]) for words in told.values())]

    @property
    def links(self) -> list[Link]:
        """The links in the text, and the buttons that open one."""
        marked = [Link(*found) for part in self._texts() for found in _LINK.findall(part["text"])]
        opened = (part for part in self._parts() if part["type"] == "Action.OpenUrl")
        return marked + [Link(str(part.get("title", "")), part["url"]) for part in opened]

    def button(self, title: str) -> Json:
        """The button that is called so by who reads the card out: its tooltip, where it has one."""
        spoken = [str(action.get("tooltip") or action.get("title", "")) for action in self.actions]
        return self.actions[one_like(title, spoken, "button")]

    def input_called(self, name: str) -> Json:
        """The input with this id, or the one whose label or title is, begins with or holds the name."""
        ids = [str(part["id"]) for part in self.inputs]
        names = [str(part.get("label") or part.get("title")) for part in self.inputs]
        return self.inputs[ids.index(name) if name in ids else one_like(name, names, "input")]

    def value_of(self, name: str) -> str:
        """What the input with this id or label holds when the card comes up; "" for nothing."""
        return str(self.input_called(name).get("value") or "")

    def input_with(self, choice: str) -> tuple[Json, str]:
        """The input that offers the choice, and the choice's value."""
        offered = [(part, c) for part in self.inputs for c in part.get("choices", [])]
        part, found = offered[one_like(choice, [str(c["title"]) for _, c in offered], "choice")]
        return part, str(found["value"])

    def _shown(self) -> Json:
        shown: Json = {"body": []} | classic_view(self.card)
        return shown

    def _parts(self) -> Iterator[Json]:
        return every_part(self._shown(), with_fallbacks=False)

    def _texts(self) -> Iterator[Json]:
        return (part for part in self._parts() if part["type"] == "TextBlock" and not _is_hidden(part))

    def _visible(self) -> Iterable[Json]:
        return every_object(_without_hidden(self._shown()), with_fallbacks=False)


def one_like(wanted: str, offered: list[str], kind: str) -> int:
    """The place of the one that is, else starts with, else holds the wanted words, in any case."""
    low = wanted.casefold()
    titles = [title.casefold() for title in offered]
    for found in (
        [n for n, title in enumerate(titles) if title == low],
        [n for n, title in enumerate(titles) if title.startswith(low)],
        [n for n, title in enumerate(titles) if low in title],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise AssertionError(f'more than one {kind} is like "{wanted}": {offered}')
    raise AssertionError(f'there is no {kind} "{wanted}"; there is {offered}')


def _words(parts: Iterable[Json]) -> Iterator[str]:
    facts: list[Json] = []
    for part in parts:
        facts += part.get("facts", [])
        is_fact = any(part is fact for fact in facts)
        shows_value = is_fact or part.get("type") in _FIELDS
        keys = () if is_action(part) else (*_WORDS, "value") if shows_value else _WORDS
        yield from (str(part[key]) for key in keys if part.get(key))
        yield from (inline for inline in part.get("inlines", []) if isinstance(inline, str))


def _looks(part: Json) -> set[str]:
    return {str(part.get(key)).lower() for key in ("color", "style")}


def _without_hidden(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_hidden(item) for item in value if not _is_hidden(item)]
    if isinstance(value, dict):
        return {key: _without_hidden(inner) for key, inner in value.items() if key != "fallbackText"}
    return value


def _is_hidden(part: Any) -> bool:
    return isinstance(part, dict) and part.get("isVisible") is False
