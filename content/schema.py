"""The JSON Schemas that give editors completion: of an edition's files, and of a language's texts.

Those of an edition come from the types that the loader checks with. That of the texts comes from en.yaml, and
the loader checks each language with it. `python -m content.schema` writes them; a test fails where they are
stale.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from content.loading import CONTENT
from content.model import STRICT, DisciplineFile, EditionFile, OpportunitiesFile, StagesFile
from content.text_shape import PLURALS, SCHEMA, SHAPES, in_braces
from content.yaml_source import ContentError, Source

SCHEMAS = CONTENT / "schemas"

# Editors show them. The loader does not need them, and to find them takes a tenth of the bot's start.
STRICT["use_attribute_docstrings"] = True

_SHAPES: Mapping[str, TypeAdapter[Any]] = {
    "edition": TypeAdapter(EditionFile),
    "stages": TypeAdapter(StagesFile),
    "opportunities": TypeAdapter(OpportunitiesFile),
    "discipline": TypeAdapter(DisciplineFile),
}


def schemas() -> Mapping[str, str]:
    """Each schema's file name with the text that belongs in it. Raises ContentError."""
    shapes = {f"{name}.schema.json": shape.json_schema() for name, shape in _SHAPES.items()}
    shapes[SCHEMA.name] = _texts(Source.read(CONTENT / "texts/en.yaml", CONTENT).data)
    return {name: _written(shape) for name, shape in shapes.items()}


def write(folder: Path = SCHEMAS) -> None:
    """Write every schema, in place of what is there."""
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _written(shape: dict[str, Any]) -> str:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | shape, indent=2) + "\n"


def _texts(data: Mapping[str, Any]) -> dict[str, Any]:
    shapes: dict[str, Any] = {}
    parts = {key: _words(value) if key == "words" else _part(value, shapes) for key, value in data.items()}
    about = "`texts/<language>.yaml`: what the bot says around the model, and the words people may type."
    return _object(parts, parts) | {"description": about, "$defs": dict(sorted(shapes.items()))}


def _words(words: Mapping[str, Any]) -> dict[str, Any]:
    several = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
    about = "What people may type, in lower case; the first of each list is the one that help shows."
    return _object(dict.fromkeys(words, several), words) | {"description": about}


def _part(value: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """The shape of a text, of its plural forms, or of a group of them; what many share goes into `shapes`."""
    if not isinstance(value, dict):
        names = _placeholders(value)
        return _shared(shapes, "text", names, _text(names))
    if "other" in value and set(value) <= set(PLURALS):
        # `Texts.count` fills in the number, whichever form it takes.
        names = {"number"}.union(*map(_placeholders, value.values()))
        form = _shared(shapes, "text", names, _text(names))
        return _shared(shapes, "plural", names, _object(dict.fromkeys(PLURALS, form), ["other"]))
    return _object({key: _part(part, shapes) for key, part in value.items()}, value)


def _shared(shapes: dict[str, Any], kind: str, names: Iterable[str], shape: dict[str, Any]) -> dict[str, Any]:
    """A pointer to the shape of all texts of a kind that have these names in braces."""
    name = "-".join([kind, *sorted(names)])
    shapes[name] = shape
    return {"$ref": f"{SHAPES}{name}"}


def _object(parts: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(parts),
        "required": list(required),
        "additionalProperties": False,
    }


def _text(names: Iterable[str]) -> dict[str, Any]:
    allowed = sorted(names)
    fields = "".join(rf"|\{{{name}\}}" for name in allowed)
    return {
        "type": "string",
        "minLength": 1,
        "pattern": rf"^([^{{}}]|\{{\{{|\}}\}}{fields})*$",
        "description": f"Filled in: {in_braces(allowed)}." if allowed else "Nothing is filled in.",
        "x-placeholders": allowed,
    }


def _placeholders(text: Any) -> set[str]:
    """The names in braces; what is wrong with others, the loader tells."""
    return set(re.findall(r"(?<!\{)\{(\w+)\}", str(text)))


if __name__ == "__main__":
    try:
        write()
    except ContentError as error:
        sys.exit(str(error))
