"""The words of the bot: each is used, each that is asked for is there, and each can be filled in."""

import ast
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from assessment.model import NoLevel, Role
from assessment.survey import Exclusion, Phase, Refusal
from content.loading import CONTENT
from content.model import LinkState
from content.text_shape import SCHEMA, SHAPES
from content.texts import Texts, plain
from dialogs.words import IN_TEAM, PERSONAL
from tests.text_calls import ROOT, TextCall, sources, text_calls

CALLS = text_calls()
TEXTS = Texts.load(CONTENT / "texts/en.yaml", CONTENT)
NAMED_OUTRIGHT = frozenset(key for call in CALLS if "*" not in call.key for key in call.keys(TEXTS.by_key))


OTHERS = ("back", "pause", "stop", "not-now", "not-me", "stop-reminding", "write-again")
"""Words that help does not list: what they are about says them."""


def keys_of(call: TextCall) -> set[str]:
    """The keys that a call means; an f-string means first those that no other place names outright."""
    keys = call.keys(TEXTS.by_key)
    return (keys - NAMED_OUTRIGHT if "*" in call.key else keys) or keys


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def allowed(key: str) -> set[str]:
    """The placeholders that every language may have in a text."""
    part = schema = json.loads(SCHEMA.read_text("utf-8"))
    for step in key.split("."):
        part = part["properties"][step]
        part = schema["$defs"][part["$ref"].removeprefix(SHAPES)] if "$ref" in part else part
    return set(part["x-placeholders"])


def small_texts(**by_key: str) -> Texts:
    """Texts of one's own, for the rules of a language."""
    return Texts(Locale("en"), {key.replace("__", "."): text for key, text in by_key.items()}, {})


def test_the_scan_sees_the_ways_in_which_texts_are_asked_for() -> None:
    """The tests below stand on the scan, so it is known to find literals, choices, f-strings and plurals."""
    keys = {call.key for call in CALLS}

    assert {"welcome.heading", "button.go_on", "role.names.*", "why.reached"} <= keys


def test_every_text_that_is_asked_for_is_there() -> None:
    """Nobody meets a key without words."""
    assert [f"{call.where} {call.key}" for call in CALLS if not keys_of(call)] == []


def test_every_text_is_asked_for() -> None:
    """Words that nobody can ever read are deleted."""
    assert set(TEXTS.by_key) - {key for call in CALLS for key in keys_of(call)} == set()


def test_no_text_has_a_placeholder_that_a_caller_leaves_empty() -> None:
    """Whatever a text has in braces, each place that asks for it has a value for."""
    assert [
        f"{call.where} {key}: {left}"
        for call in CALLS
        for key in keys_of(call)
        if (left := placeholders(TEXTS.by_key[key]) - call.fills)
    ] == []


def test_a_language_may_use_only_what_each_caller_fills_in() -> None:
    """What the schema allows in a text of any language, each place that asks for it has a value for."""
    assert [
        f"{call.where} {key}: {left}"
        for call in CALLS
        for key in keys_of(call)
        if (left := allowed(key) - call.fills)
    ] == []


@pytest.mark.parametrize("call", [call for call in CALLS if call.counts], ids=lambda call: call.key)
def test_a_text_with_a_number_has_the_plural_forms_of_its_language(call: TextCall) -> None:
    """Each counted text has the form for everything else, and no form that the language does not know."""
    keys = keys_of(call)
    forms = {key.rpartition(".")[2] for key in keys}

    assert {key.rpartition(".")[0] + ".other" for key in keys} <= keys
    assert forms <= set(TEXTS.locale.plural_form.tags) | {"other"}


@pytest.mark.parametrize(
    "key",
    [
        *(f"role.names.{one}" for one in Role),
        *(f"answer.{one}" for one in NoLevel),
        *(f"uncounted.{one}" for one in NoLevel),
        *(f"command.{one}" for one in sorted({*PERSONAL, *IN_TEAM})),
        *(f"survey.phase.{one}" for one in Phase),
        *(f"survey.excluded.{one}.other" for one in Exclusion),
        *(f"survey.refused.{one}.other" for one in Refusal),
        *(f"team.spread.without.{one}.other" for one in NoLevel),
        *(f"link.{one}.alone" for one in LinkState if one is not LinkState.CURRENT),
        *(f"link.{one}.successor" for one in LinkState if one is not LinkState.CURRENT),
    ],
)
def test_each_of_a_kind_has_its_text(key: str) -> None:
    """A role, an answer, a command or a link state is never without words."""
    assert key in TEXTS.by_key


def test_the_words_that_people_may_type_are_those_the_bot_understands() -> None:
    """Nothing is listed that means nothing, and nothing is understood that has no word."""
    assert set(TEXTS.words) == {*PERSONAL, *IN_TEAM, *OTHERS, *NoLevel, *Role}


def test_a_number_takes_the_singular_where_the_language_has_one() -> None:
    """One discipline holds back, several hold back."""
    texts = small_texts(held__one="{names} holds back", held__other="{names} hold back")

    assert texts.count("held", 1, names="Support") == "Support holds back"
    assert texts.count("held", 2, names="Support and Automation") == "Support and Automation hold back"
    assert texts.count("held", 0, names="None") == "None hold back"


def test_a_text_without_singular_uses_the_other_form() -> None:
    """A language or a text that has only one form is not without words."""
    assert small_texts(left__other="{number} left").count("left", 1) == "1 left"


def test_a_languages_own_plural_rule_counts() -> None:
    """Polish has a form for two to four, and another from five on."""
    forms = {
        "left.one": "zostało {number}",
        "left.few": "zostały {number}",
        "left.many": "zostało ich {number}",
    }
    texts = Texts(Locale("pl"), forms, {})

    assert [texts.count("left", number) for number in (1, 3, 5)] == [
        "zostało 1",
        "zostały 3",
        "zostało ich 5",
    ]


@pytest.mark.parametrize(
    "names, joined",
    [
        ([], ""),
        (["Support"], "Support"),
        (["Support", "Automation"], "Support and Automation"),
        (["Support", "Automation", "Fusion Teams"], "Support, Automation, and Fusion Teams"),
    ],
)
def test_names_are_joined_as_in_prose(names: list[str], joined: str) -> None:
    """A list of names reads like a sentence."""
    assert TEXTS.join(names) == joined


def test_a_date_is_the_day_at_the_persons_place() -> None:
    """Late in the evening in Europe it is the next day in Tokyo already."""
    moment = dt.datetime(2026, 11, 23, 22, 30, tzinfo=dt.UTC)

    assert TEXTS.date(moment, dt.UTC) == "Nov 23, 2026"
    assert TEXTS.date(moment, ZoneInfo("Asia/Tokyo")) == "Nov 24, 2026"


def test_an_unknown_key_and_an_empty_placeholder_are_mistakes() -> None:
    """A mistake in the code is heard of, and never shown to people as a key or in braces."""
    with pytest.raises(KeyError, match=r"no\.such\.text"):
        TEXTS("no.such.text")
    with pytest.raises(KeyError, match="stage"):
        TEXTS("result.heading")


@pytest.mark.parametrize(
    "typed, meant",
    [
        (" Start . ", "start"),
        ("START", "start"),
        ("start !?.", "start"),
        ("What  next?", "what next"),
        ("I don\u2019t know.", "i don't know"),
        ("n/a", "n/a"),
        ("2.5", "2.5"),
        (" ? ", "?"),
        ("", ""),
    ],
)
def test_what_a_phone_adds_changes_no_meaning(typed: str, meant: str) -> None:
    """Capitals, curled apostrophes, spaces and marks at the end are taken away; a lone mark stays."""
    assert plain(typed) == meant
    assert plain(meant) == meant


def words_in(path: Path) -> Iterator[str]:
    """Text of two words or more that is neither a docstring nor an error, nor for the log."""
    tree = ast.parse(path.read_text("utf-8"))
    unseen = {
        id(part)
        for one in ast.walk(tree)
        if isinstance(one, ast.Raise)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.Call) and ast.unparse(one.func).startswith("log."))
        for part in ast.walk(one)
    }
    for one in (each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in unseen):
        if re.search(r"[A-Za-z']{2,} [A-Za-z']{2,}", str(one.value)):
            yield f"{path.relative_to(ROOT)}:{one.lineno}: {one.value!r}"


@pytest.mark.parametrize("room", ["cards", "dialogs"])
def test_no_sentence_stands_in_the_code_that_speaks(room: str) -> None:
    """All that people read stands in texts/en.yaml, where it can be edited."""
    assert [words for path in sources() if path.is_relative_to(ROOT / room) for words in words_in(path)] == []
