"""A YAML file that knows where each of its values stands, so that a mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

Shape = TypeVar("Shape")
Steps = Sequence[str | int]
"""A place in a file: keys and list positions from the top."""


class ContentError(Exception):
    """The content folder has mistakes; each is one line with file, line, key and the fix."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("The content has mistakes:\n" + "\n".join(f"  {one}" for one in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file: its data, and the nodes they came from."""

    name: str
    """The path as shown in errors, relative to the content folder."""
    data: Any
    root: yaml.Node

    @classmethod
    def read(cls, path: Path, relative_to: Path) -> Source:
        """Parse a file. Raises ContentError when it is missing, is no YAML, or repeats a key."""
        name = path.relative_to(relative_to).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise ContentError([f"{name}: the file is missing; add it"]) from None
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node() or yaml.MappingNode("tag:yaml.org,2002:map", [])
            if repeated := [f"{name}:{one}" for one in _repeated_keys(root)]:
                raise ContentError(repeated)
            return cls(name, loader.construct_document(root), root)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ContentError([f"{name}:{line}: not valid YAML: {error.problem}"]) from None
        finally:
            loader.dispose()

    def parse(self, shape: type[Shape]) -> Shape:
        """The data as a frozen value of that shape. Raises ContentError with every mistake."""
        try:
            return TypeAdapter(shape).validate_python(self.data)
        except ValidationError as error:
            raise ContentError([self.mistake(one["loc"], _fix(one)) for one in error.errors()]) from None

    def mistake(self, path: Steps, what: str) -> str:
        """One line that points at a place in this file."""
        return f"{self.name}:{self.line(path)}: {what}"

    def line(self, path: Steps) -> int:
        """The line of the value at a path, or of the nearest thing above it that is there."""
        node, line = self.root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return line


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    """The node one step down, and the line it is written on: a key's own line, a list item's first."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None


def _repeated_keys(node: yaml.Node) -> Iterator[str]:
    """PyYAML keeps the last of two equal keys without a word; people who edit by hand need to hear of it."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"{key.start_mark.line + 1}: `{key.value}` stands here a second time; remove one"
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)


def _fix(error: ErrorDetails) -> str:
    """A pydantic error, said so that an editor of YAML knows what to change."""
    key = next((step for step in reversed(error["loc"]) if isinstance(step, str)), "the file")
    value, expected = error["input"], error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"`{key}` is missing; add it"
        case "unexpected_keyword_argument":
            return f"`{key}` is not a key that belongs here; remove it or correct its spelling"
        case "enum" | "literal_error":
            return f"`{key}` is {value}; use {expected['expected']}"
        case "string_type":
            return f"`{key}` is {value!r}; put text there, in quotes if it looks like a number"
        case "string_too_short" | "too_short":
            return f"`{key}` is empty; fill it in"
        case "string_too_long":
            return f"`{key}` has {len(value)} characters; use at most {expected['max_length']}"
        case "string_pattern_mismatch":
            return f"`{key}` is {value!r}; it has to match {expected['pattern']}"
        case _:
            return f"`{key}` is {value!r}; {error['msg'][:1].lower()}{error['msg'][1:]}"
