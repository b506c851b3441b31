"""The JSON Schemas that give editors completion, written from the same types that the loader checks with.

`python -m content.schema` writes them; a test fails where they are stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from content.loading import CONTENT, DISCIPLINE, EDITION, OPPORTUNITIES, STAGES

SCHEMAS = CONTENT / "schemas"

_SHAPES: Mapping[str, TypeAdapter[Any]] = {
    "edition": EDITION,
    "stages": STAGES,
    "opportunities": OPPORTUNITIES,
    "discipline": DISCIPLINE,
}


def schemas() -> Mapping[str, str]:
    """Each schema's file name with the text that belongs in it."""
    return {f"{name}.schema.json": _schema(shape) for name, shape in _SHAPES.items()}


def write(folder: Path = SCHEMAS) -> None:
    """Write every schema, in place of what is there."""
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _schema(shape: TypeAdapter[Any]) -> str:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | shape.json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    write()
