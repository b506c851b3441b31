"""A YAML file that knows where each of its values stands, so that a mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from content.model import ADDRESS, ID

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML was built without libyaml, which reads five times as fast
    from yaml import SafeLoader  # type: ignore[assignment]

Shape = TypeVar("Shape")
Steps = Sequence[str | int]
"""A place in a file: keys and list positions from the top."""

_TO_MATCH = {
    ADDRESS: "write an address that begins with https:// and has no spaces or brackets",
    ID: "use lower-case words joined by hyphens",
}

_NO_DAY = "{key} is {value}; write a day such as 2021-10-31"

_FIXES = {
    "dataclass_type": "{key} has a part without keys; write it as lines of `key: value`",
    "date_from_datetime_inexact": _NO_DAY,
    "date_from_datetime_parsing": _NO_DAY,
    "date_type": _NO_DAY,
    "enum": "{key} is {value}; use {expected}",
    "missing": "{key} is missing; add it",
    "string_pattern_mismatch": "{key} is {value}; {to_match}",
    "string_too_long": "{key} has {length} characters; use at most {max_length}",
    "string_too_short": "{key} is empty; fill it in",
    "string_type": "{key} is {value}; put text there, in quotes where YAML takes it for something else",
    "too_long": "{key} has {length} items; use at most {max_length}, so that a card holds them",
    "too_short": "{key} is empty; fill it in",
    "tuple_type": "{key} is no list; begin each item on a line of its own with `-`",
    "unexpected_keyword_argument": "{key} is not a key that belongs here; remove it or correct its spelling",
    "value_error": "{error}",
}
"""What pydantic finds wrong, said so that an editor of YAML knows what to change."""


class ContentError(Exception):
    """The content folder has mistakes; each is one line with file, line, key and the fix."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("The content has mistakes:\n" + "\n".join(f"  {one}" for one in mistakes))
        self.mistakes = tuple(mistakes)


class Mistakes(list[str]):
    """What is wrong in several files, collected so that people are told all of it at once.

    with mistakes:
        texts = Texts.load(path, folder)
    """

    def __enter__(self) -> None:
        """Take down the mistakes that the block stops at, and go on behind it."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if isinstance(error, ContentError):
            self.extend(error.mistakes)
        return isinstance(error, ContentError)

    def stop(self) -> None:
        """Raise ContentError if there are any."""
        if self:
            raise ContentError(self)


class _Loader(SafeLoader):
    """Leaves dates as the text they are: the shape checks them, and knows the line of a wrong one."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's way; nobody changes it
        first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in SafeLoader.yaml_implicit_resolvers.items()
    }


def _refuse_references(text: bytes) -> None:
    """Raise MarkedYAMLError for a reference or a tag.

    A few references to references mean endlessly many values, and a tag is what PyYAML makes of it.
    """
    for event in yaml.parse(text, SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            problem = "references (*name) and tags (!name) are not read; write it out"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]  # what the C parser says is the same


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
            text = path.read_bytes()
            _refuse_references(text)
            loader = _Loader(text)
            root = loader.get_single_node() or yaml.MappingNode("tag:yaml.org,2002:map", [])
            source = cls(name, loader.construct_document(root), root)
        except FileNotFoundError:
            raise ContentError([f"{name}: the file is missing; add it"]) from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ContentError([f"{name}:{line}: not valid YAML: {error.problem}"]) from None
        except yaml.reader.ReaderError as error:
            raise ContentError([f"{name}: {error.reason}; save the file as UTF-8 text"]) from None
        except ValueError as error:
            raise ContentError([f"{name}: a number cannot be read: {error}; put it in quotes"]) from None
        except RecursionError:
            raise ContentError([f"{name}: it is nested too deeply; write it with fewer brackets"]) from None
        if repeated := list(source.repeated_keys()):
            raise ContentError(repeated)
        return source

    def parse(self, shape: TypeAdapter[Shape]) -> Shape:
        """The data as a frozen value of that shape. Raises ContentError with every mistake."""
        try:
            return shape.validate_python(self.data)
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

    def every(self, key: str) -> Iterator[tuple[str, str]]:
        """Each value that stands under a key, at any depth, with its file and line."""
        for mapping in _mappings(self.root):
            for its, value in mapping.value:
                if its.value == key and isinstance(value, yaml.ScalarNode):
                    yield value.value, f"{self.name}:{_line(its)}"

    def repeated_keys(self) -> Iterator[str]:
        """What PyYAML would settle without a word, by keeping the last of two equal keys."""
        for mapping in _mappings(self.root):
            seen: set[str] = set()
            for key, _ in mapping.value:
                if key.value in seen:
                    yield f"{self.name}:{_line(key)}: `{key.value}` stands here a second time; remove one"
                seen.add(key.value)


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Every mapping of a file, from the top."""
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _mappings(item)


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    """The node one step down, and the line it is written on: a key's own line, a list item's first."""
    if isinstance(node, yaml.MappingNode):
        return next(((value, _line(key)) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], _line(node.value[step])
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _fix(error: ErrorDetails) -> str:
    """A pydantic error, said so that an editor of YAML knows what to change."""
    key = next((f"`{step}`" for step in reversed(error["loc"]) if isinstance(step, str)), "the file")
    value, details = error["input"], error.get("ctx", {})
    return _FIXES.get(error["type"], "{key} is {value}; {msg}").format(
        key=key,
        value="empty" if value is None else repr(value),
        length=len(value) if isinstance(value, str | list) else 0,
        to_match=_TO_MATCH.get(details.get("pattern", "")),
        msg=error["msg"],
        **details,
    )
