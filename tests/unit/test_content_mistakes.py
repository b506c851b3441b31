"""Each mistake in the content folder stops the start, and says where it is and what to do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from content.__main__ import main as check
from content.loading import CONTENT, load
from content.yaml_source import ContentError, Source

EDITION = Path("editions/contoso")
HEAD = EDITION / "edition.yaml"
STAGES = EDITION / "stages.yaml"
OPPORTUNITIES = EDITION / "opportunities.yaml"
APP_QUALITY = EDITION / "disciplines/app-quality.yaml"
SKILLS = EDITION / "disciplines/skills.yaml"
TEXTS = Path("texts/en.yaml")
TO_ALL_FIVE = "list 100, 200, 300, 400 and 500, once each, in that order"
TO_A_KEY = (
    "not a key that belongs here; remove it or correct its spelling "
    "(where the code asks for it: python -m content.schema)"
)
TO_AN_ADDRESS = "write an address that begins with https:// and has no spaces or brackets"

STANDARD = """\
      - title: Contoso app standard
        url: https://contoso.example/makers/standard
"""
TESTED_ALONE = """\
    statements:
      - id: makers-test-alone
        text: Makers test their apps alone.
"""

Edit = Callable[[Path, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder of one's own: the worked example, and the texts."""
    shutil.copytree(CONTENT / "editions/example-two-disciplines", tmp_path / EDITION)
    shutil.copytree(CONTENT / "texts", tmp_path / "texts")
    return tmp_path


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Put one text in place of another that stands in the file once."""

    def replace(file: Path, old: str, new: str) -> None:
        text = (folder / file).read_text("utf-8")
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        (folder / file).write_text(text.replace(old, new), "utf-8")

    return replace


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load(folder)
    return list(caught.value.mistakes)


def place(folder: Path, file: Path, text: str) -> str:
    """Where a text stands now: file and line."""
    lines = (folder / file).read_text("utf-8").splitlines()
    (line,) = (number for number, one in enumerate(lines, 1) if text in one)
    return f"{file.as_posix()}:{line}"


def test_the_folder_that_the_others_spoil_is_right(folder: Path) -> None:
    """Before it is spoilt, the copied folder loads."""
    assert list(load(folder).editions) == ["contoso"]


def test_a_stage_between_the_levels_is_told_in_the_promised_words(tmp_path: Path) -> None:
    """The message names the file, the line, the key, the value and the fix, word for word."""
    shutil.copytree(CONTENT / "editions/2021-10", tmp_path / "editions/2021-10")
    shutil.copytree(CONTENT / "texts", tmp_path / "texts")
    file = tmp_path / "editions/2021-10/opportunities.yaml"
    head, champions, rest = file.read_text("utf-8").partition("  - id: nurture-champions\n")
    padding = "# a remark\n" * (39 - head.count("\n"))
    file.write_text(padding + head + champions + rest.replace("stage: 100", "stage: 350", 1), "utf-8")

    assert mistakes(tmp_path) == [
        "editions/2021-10/opportunities.yaml:41: `stage` is 350; use 100, 200, 300, 400 or 500"
    ]


IN_THE_OPPORTUNITIES = {
    "a level that is none": (
        "stage: 300",
        "stage: 350",
        "stage: 350",
        "`stage` is 350; use 100, 200, 300, 400 or 500",
    ),
    "no value": (
        "stage: 300",
        "stage: # to do",
        "# to do",
        "`stage` is empty; use 100, 200, 300, 400 or 500",
    ),
    "a missing key": (
        "    stage: 300\n",
        "",
        "- id: adopt-contoso-standard",
        "`stage` is missing; add it",
    ),
    "an unknown key": (
        "    stage: 300\n",
        "    stage: 300\n    color: red\n",
        "color: red",
        "`color` is not a key that belongs here; remove it or correct its spelling",
    ),
    "a key twice": (
        "    stage: 300\n",
        "    stage: 300\n    stage: 400 # again\n",
        "# again",
        "`stage` stands here a second time; remove one",
    ),
    "capitals in an id": (
        "id: adopt-contoso-standard",
        "id: Adopt-Standard",
        "id: Adopt-Standard",
        "`id` is 'Adopt-Standard'; use lower-case words joined by hyphens",
    ),
    "an id too long": (
        "id: adopt-contoso-standard",
        f"id: {'a' * 61}",
        "id: aaa",
        "`id` has 61 characters; use at most 60",
    ),
    "an id that is a list": (
        "id: adopt-contoso-standard",
        "id: [adopt, standard]",
        "id: [adopt",
        "`id` is ['adopt', 'standard']; put text there, in quotes where YAML takes it for something else",
    ),
    "a text too long": (
        "title: Build to the Contoso app standard",
        f"title: {'long ' * 17}",
        "title: long",
        "`title` has 84 characters; use at most 80",
    ),
    "an empty text": (
        "title: Build to the Contoso app standard",
        "title: ''",
        "title: ''",
        "`title` is empty; fill it in",
    ),
    "a number for a text": (
        "title: Build to the Contoso app standard",
        "title: 2026",
        "title: 2026",
        "`title` is 2026; put text there, in quotes where YAML takes it for something else",
    ),
    "an unprotected link": (
        "url: https://contoso.example/makers/standard",
        "url: http://contoso.example/makers",
        "url: http:",
        f"`url` is 'http://contoso.example/makers'; {TO_AN_ADDRESS}",
    ),
    "a link state that is none": (
        "state: retired",
        "state: gone",
        "state: gone",
        "`state` is 'gone'; use 'current', 'renamed' or 'retired'",
    ),
    "a successor of a current link": (
        "        state: retired\n",
        "",
        "- title: App health report",
        "`successor` is set on a current link; make its `state` renamed or retired",
    ),
    "a renamed link without successor": (
        STANDARD,
        f"{STANDARD}        state: renamed\n",
        "- title: Contoso app standard",
        "`state` is renamed; say where to under `successor`",
    ),
    "a stage without opportunity": (
        "stage: 500",
        "stage: 400",
        "opportunities:",
        "`opportunities` has none for stage 500; add at least one",
    ),
    "no list": (
        f"links:\n{STANDARD}",
        "links: none\n",
        "links: none",
        "`links` is no list; begin each item on a line of its own with `-`",
    ),
    "a list item without keys": (
        STANDARD,
        "      - https://contoso.example/makers/standard\n",
        "- https:",
        "`links` has a part without keys; write it as lines of `key: value`",
    ),
    "broken YAML": (
        "title: Build to the Contoso app standard",
        "title: Build: to the standard",
        "title: Build:",
        "not valid YAML: mapping values are not allowed in this context",
    ),
}


@pytest.mark.parametrize(
    "old, new, at, message", IN_THE_OPPORTUNITIES.values(), ids=IN_THE_OPPORTUNITIES.keys()
)
def test_a_mistake_in_an_opportunity_is_told_with_its_line_and_fix(
    folder: Path, edit: Edit, *, old: str, new: str, at: str, message: str
) -> None:
    """Whatever is wrong with an opportunity, one line says where it is and what to do."""
    edit(OPPORTUNITIES, old, new)

    assert mistakes(folder) == [f"{place(folder, OPPORTUNITIES, at)}: {message}"]


ELSEWHERE = {
    "a level left out": (
        APP_QUALITY,
        f"  - level: 100\n    answer: The maker tries the app and shares it.\n{TESTED_ALONE}",
        "",
        "levels:",
        f"`levels` has 200, 300, 400, 500; {TO_ALL_FIVE}",
    ),
    "a level twice": (
        APP_QUALITY,
        "level: 500",
        "level: 400",
        "levels:",
        f"`levels` has 100, 200, 300, 400, 400; {TO_ALL_FIVE}",
    ),
    "a stage twice": (
        STAGES,
        "level: 100\n    name: Starting out\n",
        "level: 200\n    name: Starting out\n",
        "stages:",
        f"`stages` has 200, 200, 300, 400, 500; {TO_ALL_FIVE}",
    ),
    "no disciplines": (
        HEAD,
        "  - app-quality\n  - skills\n",
        "  [] # to do\n",
        "disciplines:",
        "`disciplines` is empty; fill it in",
    ),
    "a discipline listed twice": (
        HEAD,
        "  - skills\n",
        "  - skills\n  - skills\n",
        "disciplines:",
        "`disciplines` lists skills twice; remove one",
    ),
    "a discipline named as the question about roles": (
        HEAD,
        "  - skills\n",
        "  - skills\n  - role\n",
        "disciplines:",
        "`disciplines` lists role, the name of the question about roles; rename it",
    ),
    "a discipline without a file": (
        HEAD,
        "  - skills\n",
        "  - skills\n  - support\n",
        "- support",
        "`disciplines` lists support; add disciplines/support.yaml or remove it",
    ),
    "a discipline file that is not listed": (
        HEAD,
        "  - skills\n",
        "",
        "disciplines:",
        "`disciplines` leaves out skills; list it or delete disciplines/skills.yaml",
    ),
    "a day that is none": (
        HEAD,
        "published: 2026-02-02",
        "published: 2026-02-30",
        "published:",
        "`published` is '2026-02-30'; write a day such as 2021-10-31",
    ),
    "an id that another file has too": (
        SKILLS,
        "id: common-training",
        "id: adopt-contoso-standard",
        "id: adopt-contoso-standard",
        f"`id` is adopt-contoso-standard, as at {OPPORTUNITIES}:23; give one of them another id",
    ),
    "a broken placeholder": (
        TEXTS,
        "heading: You are at {stage}",
        "heading: You are at {stage",
        "heading: You are at {stage",
        "`result.heading` has a broken placeholder (expected '}' before end of string); write {name}",
    ),
    "a placeholder that nothing fills in": (
        TEXTS,
        "heading: You are at {stage}",
        "heading: You are at {stag}",
        "heading: You are at {stag}",
        "`result.heading` has {stag}, which nothing fills in; use only {stage}",
    ),
    "a placeholder where none is filled": (
        TEXTS,
        "why: Why this stage",
        "why: Why {stage}",
        "why: Why {stage}",
        "`result.why` has {stage}, which nothing fills in; remove it",
    ),
    "a part of a placeholder": (
        TEXTS,
        "heading: You are at {stage}",
        "heading: You are at {stage.name}",
        "heading: You are at {stage.name}",
        "`result.heading` has {stage.name}, which nothing fills in; use only {stage}",
    ),
    "a conversion": (
        TEXTS,
        "heading: You are at {stage}",
        "heading: You are at {stage!x}",
        "heading: You are at {stage!x}",
        "`result.heading` has {stage!x}; write {stage}",
    ),
    "a format": (
        TEXTS,
        "heading: You are at {stage}",
        'heading: "You are at {stage:zz}"',
        "You are at {stage:zz}",
        "`result.heading` has {stage:zz}; write {stage}",
    ),
    "a text that nothing asks for": (
        TEXTS,
        "heading: You are at {stage}",
        "headin: You are at {stage}",
        "headin: You are at {stage}",
        f"`result.headin` is {TO_A_KEY}",
    ),
    "a text in place of a group": (
        TEXTS,
        "gauge:\n",
        "gauge: Level\ngauges:\n",
        "gauge: Level",
        "`gauge` is 'Level'; write these keys below it: reached, ahead, words",
    ),
    "a group in place of a text": (
        TEXTS,
        "heading: You are at {stage}",
        "heading: {one: You are at a stage}",
        "heading: {one",
        "`result.heading` is a group of keys; put text there",
    ),
    "a plural form that no language has": (
        TEXTS,
        'one: "and one older check"',
        'eleven: "and eleven older checks"',
        "eleven:",
        f"`history.older.eleven` is {TO_A_KEY}",
    ),
    "words for no command": (
        TEXTS,
        '  back: ["back", "previous"]\n',
        '  back: ["back", "previous"]\n  forth: ["forth"]\n',
        "forth:",
        f"`words.forth` is {TO_A_KEY}",
    ),
    "a key without text": (
        TEXTS,
        "heading: You are at {stage}",
        "heading: # to do",
        "# to do",
        "`result.heading` is empty; put text there",
    ),
    "a word with capitals": (
        TEXTS,
        'back: ["back",',
        'back: ["Back",',
        "back: [",
        "`Back` is understood as `back`; write that",
    ),
    "a word that nobody can type": (
        TEXTS,
        'back: ["back",',
        'back: ["back!",',
        "back: [",
        "`back!` is understood as `back`; write that",
    ),
    "a word with two meanings": (
        TEXTS,
        'pause: ["pause"]',
        'pause: ["back"]',
        "pause: [",
        "`back` also means `back`; keep it in one",
    ),
    "no words for a command": (
        TEXTS,
        'back: ["back", "previous"]',
        "back: []",
        "back: []",
        "`words.back` is []; write a list of words in quotes",
    ),
    "an empty word": (
        TEXTS,
        'back: ["back", "previous"]',
        'back: ["back", ""]',
        'back: ["back", ""]',
        "`words.back` is ['back', '']; write a list of words in quotes",
    ),
    "a word that YAML takes for something else": (
        TEXTS,
        'back: ["back", "previous"]',
        "back: [back, no]",
        "back: [back",
        "`words.back` is ['back', False]; write a list of words in quotes",
    ),
}


@pytest.mark.parametrize("file, old, new, at, message", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_mistake_in_any_other_file_is_told_with_its_line_and_fix(
    folder: Path, edit: Edit, *, file: Path, old: str, new: str, at: str, message: str
) -> None:
    """Whatever is wrong with the other files, one line says where it is and what to do."""
    edit(file, old, new)

    assert f"{place(folder, file, at)}: {message}" in mistakes(folder)


@pytest.mark.parametrize("file", [HEAD, STAGES, OPPORTUNITIES, TEXTS], ids=lambda file: file.name)
def test_a_missing_file_is_named(folder: Path, file: Path) -> None:
    """A file that every edition needs is asked for by name."""
    (folder / file).unlink()

    assert mistakes(folder) == [f"{file.as_posix()}: the file is missing; add it"]


def test_an_empty_file_is_told_what_belongs_in_it(folder: Path) -> None:
    """An empty file lists the keys that it needs."""
    (folder / SKILLS).write_text("# nothing yet\n", "utf-8")

    assert mistakes(folder) == [
        "editions/contoso/disciplines/skills.yaml:1: `name` is missing; add it",
        "editions/contoso/disciplines/skills.yaml:1: `question` is missing; add it",
        "editions/contoso/disciplines/skills.yaml:1: `levels` is missing; add it",
    ]


def test_empty_texts_are_told_what_belongs_in_them(folder: Path) -> None:
    """A file without any text is told every group that it lacks, in the order of the English ones."""
    groups = Source.read(CONTENT / TEXTS, CONTENT).data
    (folder / TEXTS).write_text("", "utf-8")

    assert mistakes(folder) == [f"texts/en.yaml:1: `{one}` is missing; add it" for one in groups]


LEFT_OUT = {
    "a text": (["result"], "  heading: You are at {stage}\n", "heading"),
    "the words of a command": (["words"], '  back: ["back", "previous"]\n', "back"),
    "the form for most numbers": (["history", "older"], '    other: "and {number} older checks"\n', "other"),
}


@pytest.mark.parametrize("group, line, key", LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_a_text_that_is_left_out_is_asked_for_by_its_key(
    folder: Path, edit: Edit, group: list[str], *, line: str, key: str
) -> None:
    """What the bot would miss in a later turn, it misses at the start, and says where it belongs."""
    edit(TEXTS, line, "")
    belongs = Source.read(folder / TEXTS, folder).line(group)

    assert mistakes(folder) == [f"texts/en.yaml:{belongs}: `{'.'.join([*group, key])}` is missing; add it"]


def test_texts_that_are_a_list_are_told_what_belongs_in_them(folder: Path) -> None:
    """A file of texts without keys is told so."""
    (folder / TEXTS).write_text("- Hello\n", "utf-8")

    (mistake,) = mistakes(folder)

    assert mistake.startswith("texts/en.yaml:1: the file is ['Hello']; write these keys below it: words, ")


def test_a_plural_form_of_another_language_may_be_added(folder: Path, edit: Edit) -> None:
    """English has two forms; a language with more says them all, each with what any of them may fill in."""
    edit(TEXTS, 'one: "and one older check"', 'few: "and {number} more"\n    many: "and {number} old ones"')

    assert load(folder).texts.by_key["history.older.few"] == "and {number} more"


def test_every_language_is_checked_and_the_asked_one_is_read(folder: Path, edit: Edit) -> None:
    """A mistake in a language that nobody speaks yet is found before somebody does."""
    german = Path("texts/de.yaml")
    shutil.copy(folder / TEXTS, folder / german)
    edit(german, "heading: You are at {stage}", "heading: Ihr seid bei {stage}")
    assert load(folder, "de").texts("result.heading", stage="300") == "Ihr seid bei 300"

    edit(german, "heading: Ihr seid bei {stage}", "heading: Ihr seid bei {stufe}")
    where = place(folder, german, "Ihr seid")
    assert mistakes(folder) == [
        f"{where}: `result.heading` has {{stufe}}, which nothing fills in; use only {{stage}}"
    ]


@pytest.mark.parametrize("language", ["english", "en_US", "xx", "e n"])
def test_a_language_file_is_named_by_its_tag(folder: Path, language: str) -> None:
    """A file name that is no language stops the start with the fix, not with a traceback."""
    shutil.copy(folder / TEXTS, folder / f"texts/{language}.yaml")

    assert mistakes(folder) == [
        f"texts/{language}.yaml: {language} is no language; name the file by a tag such as de or pt-BR"
    ]


@pytest.mark.parametrize("file", [STAGES, SKILLS, TEXTS], ids=lambda file: file.name)
def test_a_file_that_ends_in_yml_is_not_passed_over(folder: Path, file: Path) -> None:
    """Whoever writes the other common ending is told which one the bot reads."""
    renamed = (folder / file).rename(folder / file.with_suffix(".yml")).relative_to(folder)

    assert f"{renamed.as_posix()}: the bot reads .yaml files; rename to {file.name}" in mistakes(folder)


SAME_SIGNS = "when people type it; write it with the same signs"
FOR_SOMETHING_ELSE = "which people type for something else (`words` in the texts); choose another name"

NAMES_OF_STAGES = {
    "a full stop": ("Starting out.", f"but is understood as 'starting out' {SAME_SIGNS}"),
    "a question": ("Lost?", f"but is understood as 'lost' {SAME_SIGNS}"),
    "a curled apostrophe": ("Won\u2019t do", f'but is understood as "won\'t do" {SAME_SIGNS}'),
    "spare spaces": ("Starting  out", f"but is understood as 'starting out' {SAME_SIGNS}"),
    "a command": ("Start", FOR_SOMETHING_ELSE),
    "an answer": ("Not sure", FOR_SOMETHING_ELSE),
    "a number": ("2", "which people type as a number; choose a name with letters"),
    "a level": ("500", "which people type as a number; choose a name with letters"),
    "another's name": ("SHARED STANDARD", None),
}


@pytest.mark.parametrize("name, wrong", NAMES_OF_STAGES.values(), ids=NAMES_OF_STAGES.keys())
def test_a_stage_whose_name_cannot_be_typed_is_told_with_its_line_and_fix(
    folder: Path, edit: Edit, *, name: str, wrong: str | None
) -> None:
    """People may answer with a stage's name, so each can be typed and means that stage alone."""
    edit(STAGES, "name: Starting out", f'name: "{name}"')
    at, shown = place(folder, STAGES, f'"{name}"'), repr(name)
    if wrong is None:
        at = place(folder, STAGES, "name: Shared standard")
        shown, wrong = "'Shared standard'", "as at level 100; give one of them another name"

    assert mistakes(folder) == [f"{at}: `name` is {shown}, {wrong}"]


def test_a_file_that_is_only_a_list_is_no_edition(folder: Path) -> None:
    """A file without keys is told so."""
    (folder / STAGES).write_text("- level: 100\n", "utf-8")

    assert mistakes(folder) == [
        "editions/contoso/stages.yaml:1: the file has a part without keys; write it as lines of `key: value`"
    ]


def test_a_list_without_stages_is_told_what_belongs_in_it(folder: Path) -> None:
    """A list may not be empty where five levels belong."""
    (folder / STAGES).write_text("# to do\nstages: []\n", "utf-8")

    assert mistakes(folder) == [f"editions/contoso/stages.yaml:2: `stages` has none; {TO_ALL_FIVE}"]


def test_levels_out_of_order_are_told_so(folder: Path, edit: Edit) -> None:
    """All five levels are there, but cards and rules count on their order."""
    edit(STAGES, "level: 100", "level: 000")
    edit(STAGES, "level: 500", "level: 100")
    edit(STAGES, "level: 000", "level: 500")

    assert mistakes(folder) == [
        f"{place(folder, STAGES, 'stages:')}: `stages` has 500, 200, 300, 400, 100; {TO_ALL_FIVE}"
    ]


def test_a_place_that_is_not_there_is_the_nearest_thing_above(folder: Path) -> None:
    """A mistake about something that is missing points at where it belongs."""
    source = Source.read(folder / HEAD, folder)
    disciplines = source.line(["disciplines"])

    assert source.line([]) == 1
    assert source.line(["disciplines", 1]) == disciplines + 2
    assert source.line(["disciplines", 7]) == disciplines
    assert source.line(["disciplines", 0, "name"]) == disciplines + 1


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    """A file from an old editor is told to be saved as UTF-8."""
    (folder / SKILLS).write_bytes("name: Können\n".encode("latin-1"))

    (mistake,) = mistakes(folder)

    assert mistake.startswith("editions/contoso/disciplines/skills.yaml: ")
    assert mistake.endswith("; save the file as UTF-8 text")


def test_a_yaml_alias_is_named(folder: Path, edit: Edit) -> None:
    """The same statement twice by alias is told where it is used."""
    edit(SKILLS, "      - id: common-training\n", "      - &same\n        id: common-training\n")
    edit(SKILLS, "      - id: coaching-counts\n", "      - *same\n      - id: coaching-counts\n")
    where = place(folder, SKILLS, "- *same")

    assert mistakes(folder) == [
        f"{where}: not valid YAML: references (*name) and tags (!name) are not read; write it out"
    ]


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path, edit: Edit) -> None:
    """Whoever mends the content sees the whole list, not one mistake per start."""
    shutil.copytree(folder / EDITION, folder / "editions/fabrikam")
    edit(Path("editions/fabrikam/edition.yaml"), "source: https:", "source: http:")
    edit(HEAD, "  - skills\n", "")
    edit(OPPORTUNITIES, "stage: 300", "stage: 350")
    edit(OPPORTUNITIES, "stage: 400", "stage: 450")
    edit(SKILLS, "id: common-training", "id: write-down-team-habits")
    edit(TEXTS, "heading: You are at {stage}", "heading: You are at {stag}")

    told = mistakes(folder)

    assert [one.partition(" ")[0] for one in told] == [
        place(folder, TEXTS, "heading: You are at {stag}") + ":",
        place(folder, OPPORTUNITIES, "stage: 350") + ":",
        place(folder, OPPORTUNITIES, "stage: 450") + ":",
        place(folder, HEAD, "disciplines:") + ":",
        place(folder, SKILLS, "id: write-down-team-habits") + ":",
        "editions/fabrikam/edition.yaml:6:",
    ]


def test_the_error_is_a_text_to_read(folder: Path, edit: Edit) -> None:
    """What stops the start is a short list, one mistake to a line."""
    edit(OPPORTUNITIES, "stage: 300", "stage: 350")

    with pytest.raises(ContentError) as caught:
        load(folder)

    assert str(caught.value).splitlines() == ["The content has mistakes:", f"  {caught.value.mistakes[0]}"]


def test_the_check_at_the_terminal_says_that_all_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m content` names the editions that it found right."""
    assert check() == 0
    assert capsys.readouterr().out == (
        "All editions and texts are right: 2021-10, example-two-disciplines.\n"
    )


def test_the_check_at_the_terminal_lists_the_mistakes(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m content` prints what is wrong, without a traceback, and fails."""
    edit(OPPORTUNITIES, "stage: 300", "stage: 350")

    assert check(folder) == 1
    assert capsys.readouterr().err.splitlines() == [
        "The content has mistakes:",
        f"  {place(folder, OPPORTUNITIES, 'stage: 350')}: `stage` is 350; use 100, 200, 300, 400 or 500",
    ]
