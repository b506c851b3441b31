"""The JSON Schemas that editors complete with: fresh, named in every file, and at one with the loader."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from content.loading import CONTENT
from content.schema import SCHEMAS, schemas, write
from content.yaml_source import Source

EDITIONS = CONTENT / "editions"
FILES = sorted(EDITIONS.rglob("*.yaml"))
MODELINE = "# yaml-language-server: $schema="

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(EDITIONS).as_posix())


def schema_of(file: Path) -> Path:
    """The schema that a file names in its first line."""
    first = file.read_text("utf-8").splitlines()[0]
    assert first.startswith(MODELINE), f"{file} does not begin with {MODELINE}"
    return (file.parent / first.removeprefix(MODELINE)).resolve()


def mistakes(file: Path, data: Any) -> list[str]:
    schema = json.loads(schema_of(file).read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [one.message for one in validator.iter_errors(data)]


def test_the_schemas_are_fresh() -> None:
    """Who changes a type of the content writes the schemas anew: python -m content.schema."""
    written = {path.name: path.read_text("utf-8") for path in SCHEMAS.iterdir()}

    assert written == schemas(), "stale; run: python -m content.schema"


def test_writing_puts_every_schema_in_its_folder(tmp_path: Path) -> None:
    """The command writes one schema for each kind of file."""
    write(tmp_path / "schemas")

    assert {path.name for path in (tmp_path / "schemas").iterdir()} == {
        "edition.schema.json",
        "stages.schema.json",
        "opportunities.schema.json",
        "discipline.schema.json",
    }


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_one(name: str) -> None:
    """Each schema keeps to the rules for schemas, and says what its file is for."""
    schema = json.loads(schemas()[name])

    Draft202012Validator.check_schema(schema)
    assert schema["description"]


@every_file
def test_a_file_names_the_schema_of_its_kind(file: Path) -> None:
    """The first line of each file leads an editor to the right schema."""
    kind = "discipline" if file.parent.name == "disciplines" else file.stem

    assert schema_of(file) == (SCHEMAS / f"{kind}.schema.json").resolve()


@every_file
def test_a_file_keeps_to_its_schema(file: Path) -> None:
    """An editor marks nothing in what the loader takes."""
    assert mistakes(file, Source.read(file, EDITIONS).data) == []


def test_an_editor_marks_what_the_loader_refuses() -> None:
    """A level between the levels, a key of no meaning, capitals in an id: all are marked while typing."""
    file = EDITIONS / "2021-10/opportunities.yaml"
    data = Source.read(file, EDITIONS).data
    data["opportunities"][0] |= {"stage": 350, "color": "red", "id": "Learning"}

    assert sorted(mistakes(file, data)) == [
        "'Learning' does not match '^[a-z0-9]+(-[a-z0-9]+)*$'",
        "350 is not one of [100, 200, 300, 400, 500]",
        "Additional properties are not allowed ('color' was unexpected)",
    ]


def test_an_editor_marks_a_day_that_is_none() -> None:
    """Dates are days of the calendar."""
    file = EDITIONS / "2021-10/edition.yaml"
    data = Source.read(file, EDITIONS).data

    assert mistakes(file, data | {"published": "2021-13-01"}) == ["'2021-13-01' is not a 'date'"]
