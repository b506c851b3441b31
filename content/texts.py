"""The words the bot says, by key: everything a person reads that is not the model itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list

from content.text_shape import is_list_of_words, misshapen
from content.yaml_source import ContentError, Mistakes, Source


def plain(text: str) -> str:
    """What was typed, without what means nothing: capitals, curled quotes, spare spaces, .!? at the end."""
    said = " ".join(text.lower().replace("\u2019", "'").split())
    # A lone "?" asks for help.
    return said.rstrip(" .!?") or said


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """One language's words. Keys are dotted paths into `texts/<language>.yaml`.

    There is one of each language, so it may be a key.
    """

    locale: Locale
    by_key: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    """What people may type for a command or an answer: the word itself, then its synonyms."""

    @classmethod
    def load(cls, path: Path, relative_to: Path) -> Texts:
        """Read a language's file. Raises ContentError."""
        source = Source.read(path, relative_to)
        mistakes = Mistakes([*misshapen(source), *_mistakes_in_words(source)])
        with mistakes:
            locale = _locale(path.stem, source)
        mistakes.stop()
        words = source.data["words"]
        return cls(
            locale,
            dict(_flat({key: value for key, value in source.data.items() if key != "words"})),
            {key: tuple(said) for key, said in words.items()},
        )

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its {placeholders} filled. Raises KeyError for an unknown key or value."""
        return self.by_key[key].format_map(values)

    def count(self, key: str, number: int, /, **values: object) -> str:
        """The text for a number: `key.one`, `key.other` and so on, by the language's plural rule."""
        form = self.locale.plural_form(number)
        return self(f"{key}.{form if f'{key}.{form}' in self.by_key else 'other'}", number=number, **values)

    def join(self, names: Iterable[str]) -> str:
        """Names as a list in prose: "Support, Automation, and Fusion Teams"."""
        return format_list(list(names), locale=self.locale)

    def date(self, moment: dt.datetime, zone: dt.tzinfo) -> str:
        """A day as people write it: "Nov 23, 2026"."""
        return format_date(moment.astimezone(zone), locale=self.locale)


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _locale(language: str, source: Source) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ContentError(
            [f"{source.name}: {language} is no language; name the file by a tag such as de or pt-BR"]
        ) from None


def _mistakes_in_words(source: Source) -> Iterator[str]:
    meaning: dict[str, str] = {}
    for key, one in _words(source):
        if one != plain(one):
            yield source.mistake(["words", key], f"`{one}` is understood as `{plain(one)}`; write that")
        if meaning.setdefault(one, key) != key:
            yield source.mistake(["words", key], f"`{one}` also means `{meaning[one]}`; keep it in one")


def _words(source: Source) -> Iterator[tuple[str, str]]:
    """Each key with each of its words; what is no list of words is a mistake in the file's shape."""
    words = source.data.get("words") if isinstance(source.data, dict) else None
    for key, said in words.items() if isinstance(words, dict) else ():
        if is_list_of_words(said):
            yield from ((key, one) for one in said)
