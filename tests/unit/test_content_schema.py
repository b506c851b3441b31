"""The JSON Schemas that editors complete with: fresh, named in every file, and at one with the loader."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from content.loading import CONTENT
from content.schema import SCHEMAS, schemas, write
from content.text_shape import PLURALS, SHAPES
from content.yaml_source import Source

EDITIONS = CONTENT / "editions"
TEXTS = CONTENT / "texts/en.yaml"
FILES = [*sorted(EDITIONS.rglob("*.yaml")), *sorted(TEXTS.parent.glob("*.yaml"))]
MODELINE = "# yaml-language-server: $schema="

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CONTENT).as_posix())


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
    """Who changes a type of the content, or a key of the texts, writes the schemas anew."""
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
        "texts.schema.json",
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
    kind = {"disciplines": "discipline", "texts": "texts"}.get(file.parent.name, file.stem)

    assert schema_of(file) == (SCHEMAS / f"{kind}.schema.json").resolve()


@every_file
def test_a_file_keeps_to_its_schema(file: Path) -> None:
    """An editor marks nothing in what the loader takes."""
    assert mistakes(file, Source.read(file, CONTENT).data) == []


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


@pytest.mark.parametrize(
    "text", ["{stag}", "{stage!r}", "{stage:>9}", "{stage.name}", "{stage", "stage}", "{}", ""]
)
def test_an_editor_marks_a_placeholder_that_the_loader_refuses(text: str) -> None:
    """Names that nothing fills in, formats and broken braces are marked while typing."""
    data = Source.read(TEXTS, CONTENT).data
    data["result"]["heading"] = text

    assert len(mistakes(TEXTS, data)) == 1


def test_an_editor_marks_keys_that_texts_may_not_have_or_lack() -> None:
    """A misspelled key is marked twice: as unknown, and as missing; so is one of the words."""
    data = Source.read(TEXTS, CONTENT).data
    data["result"]["headin"] = data["result"].pop("heading")
    data["words"]["bak"] = data["words"].pop("back")
    data["history"]["older"]["eleven"] = "and eleven more"

    assert sorted(mistakes(TEXTS, data)) == [
        "'back' is a required property",
        "'heading' is a required property",
        "Additional properties are not allowed ('bak' was unexpected)",
        "Additional properties are not allowed ('eleven' was unexpected)",
        "Additional properties are not allowed ('headin' was unexpected)",
    ]


def test_an_editor_tells_what_is_filled_in() -> None:
    """Whoever hovers over a key reads the placeholders; a text with a number has those of all its forms."""
    schema = json.loads(schemas()["texts.schema.json"])

    def at(*keys: str) -> Any:
        found = schema
        for key in keys:
            found = found["properties"][key]
            found = schema["$defs"][found["$ref"].removeprefix(SHAPES)] if "$ref" in found else found
        return found

    assert at("result", "why")["description"] == "Nothing is filled in."
    assert at("bars", "row")["description"] == "Filled in: {discipline}, {stage}."
    assert [at("history", "older", form)["x-placeholders"] for form in PLURALS] == [["number"]] * len(PLURALS)
