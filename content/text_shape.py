"""Whether a language's texts are those the bot asks for, by the schema that comes from en.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from content.yaml_source import Source, Steps

SCHEMA = Path(__file__).parent / "schemas" / "texts.schema.json"

SHAPES = "#/$defs/"
"""How a pointer to a shape that many texts share begins."""

PLURALS = ("zero", "one", "two", "few", "many", "other")
"""The forms of a text with a number, by their CLDR names; every language has the last."""

_Schema = Mapping[str, Any]

_NO_KEY = "remove it or correct its spelling (where the code asks for it: python -m content.schema)"


def misshapen(source: Source) -> Iterator[str]:
    """Each mistake in a language's keys, kinds of value and placeholders, with its line and fix."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return _in_value(_followed(schema, schema["$defs"]), source.data, [], source)


def is_list_of_words(said: object) -> bool:
    """Whether it is what belongs under a key of `words`."""
    return isinstance(said, list) and bool(said) and all(isinstance(one, str) and one.strip() for one in said)


def in_braces(names: list[str]) -> str:
    """Placeholders as they are written: "{number}, {of}"."""
    return ", ".join(f"{{{one}}}" for one in names)


def _followed(schema: _Schema, shapes: Mapping[str, _Schema]) -> _Schema:
    """A schema with the shapes in place of the pointers to them."""
    if pointer := schema.get("$ref"):
        return _followed(shapes[pointer.removeprefix(SHAPES)], shapes)
    parts = schema.get("properties", {})
    return {**schema, "properties": {key: _followed(part, shapes) for key, part in parts.items()}}


def _in_value(schema: _Schema, value: object, path: Steps, source: Source) -> Iterator[str]:
    match schema["type"]:
        case "object":
            return _in_group(schema, value, path, source)
        case "array":
            return _in_list(value, path, source)
        case _:
            return _in_text(schema["x-placeholders"], value, path, source)


def _in_group(schema: _Schema, group: object, path: Steps, source: Source) -> Iterator[str]:
    if not isinstance(group, dict):
        keys = ", ".join(schema["required"])
        yield source.mistake(path, f"{_name(path)} is {_shown(group)}; write these keys below it: {keys}")
        return
    known = schema["properties"]
    for key in schema["required"]:
        if key not in group:
            yield source.mistake(path, f"{_name([*path, key])} is missing; add it")
    for key, value in group.items():
        inside = [*path, key]
        if key in known:
            yield from _in_value(known[key], value, inside, source)
        else:
            yield source.mistake(inside, f"{_name(inside)} is not a key that belongs here; {_NO_KEY}")


def _in_list(said: object, path: Steps, source: Source) -> Iterator[str]:
    if not is_list_of_words(said):
        yield source.mistake(path, f"{_name(path)} is {_shown(said)}; write a list of words in quotes")


def _in_text(allowed: list[str], text: object, path: Steps, source: Source) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield source.mistake(path, f"{_name(path)} is {_shown(text)}; put text there")
        return
    try:
        fields = dict.fromkeys(tuple(rest) for _, *rest in Formatter().parse(text))
    except ValueError as error:
        yield source.mistake(path, f"{_name(path)} has a broken placeholder ({error}); write {{name}}")
        return
    for name, spec, conversion in fields:
        if name is not None and name not in allowed:
            yield source.mistake(
                path, f"{_name(path)} has {{{name}}}, which nothing fills in; {_instead(allowed)}"
            )
        elif spec or conversion:
            extra = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            yield source.mistake(path, f"{_name(path)} has {{{name}{extra}}}; write {{{name}}}")


def _instead(allowed: list[str]) -> str:
    return f"use only {in_braces(allowed)}" if allowed else "remove it"


def _name(path: Steps) -> str:
    return f"`{'.'.join(map(str, path))}`" if path else "the file"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a group of keys"
    return "empty" if value is None else repr(value)
