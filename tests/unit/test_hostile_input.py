"""Whatever comes in: bytes at the door, data of buttons, typed words, content files, people's own texts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

import scripts.cards as previewed
from assessment.news import News
from assessment.pledges import Pledge
from assessment.schedules import PlainReminder, RepeatedSurvey, Schedule
from assessment.survey import Plan, Survey, Team
from cards.elements import verbatim
from cards.presses import UnknownPress, encode, parse
from cards.respect import Told
from content.yaml_source import ContentError, Source
from tests.acceptance.every_button import EVERY_PRESS
from tests.acceptance.every_button import example as press_of
from tests.card_shape import every_object
from tests.fuzz import targets
from tests.fuzz.seeds import ACTIVITY, CONTENT_FILES, IDS, ODD_YAML

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON."""


@given(st.binary() | ANY.map(json.dumps).map(str.encode))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """Bytes, or JSON of any form: an activity, or a ValueError in words for the sender."""
    targets.body(body)


@given(st.data())
@settings(max_examples=400)
def test_any_activity_is_read_or_refused(data: st.DataObject) -> None:
    """A good activity in which anything stands anywhere."""
    activity = json.loads(json.dumps(ACTIVITY))
    for _ in range(data.draw(st.integers(1, 3))):
        holder: Any = activity
        while True:
            keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
                holder = holder[key]
                continue
            holder[key] = data.draw(ANY)
            break
    targets.body(json.dumps(activity).encode())


@given(ANY)
def test_any_data_is_a_press_or_unknown(data: Any) -> None:
    """Whatever a button is said to carry: one error, never another one."""
    with pytest.raises(UnknownPress):
        parse(data)


@given(st.data(), st.sampled_from(EVERY_PRESS))
@settings(max_examples=1000)
def test_a_button_with_anything_in_it_is_a_press_or_unknown(data: st.DataObject, kind: type[Any]) -> None:
    """What is read as a press is one: written again, it is read as the same."""
    pressed = encode(press_of(kind, IDS))
    key = data.draw(st.sampled_from([*sorted(pressed), "extra"]))
    with suppress(UnknownPress):
        press = parse(pressed | {key: data.draw(ANY | st.text(alphabet="0123456789-:.e²٣ "))})
        assert parse(encode(press)) == press


@given(st.text() | st.text(alphabet="0123456789²٣.-, levelLEVEL\u2018\u2019'\u200b\u00a0"))
@settings(deadline=None)
def test_any_words_mean_something_or_nothing(typed: str) -> None:
    """What is typed is looked up, and never an error."""
    targets.words(typed)


# Content


@pytest.mark.parametrize("piece", ODD_YAML, ids=lambda piece: piece[:20])
@pytest.mark.parametrize("around", ["{}", "key: {}", "- {}", "a: &a\n  b: {}\nc: 1"])
def test_odd_yaml_is_read_or_named(piece: str, around: str) -> None:
    """A mistake in a content file is one line that names the file, never another error."""
    targets.content_file(around.replace("{}", piece).encode(errors="surrogatepass"))


def test_few_lines_cannot_mean_endlessly_many(tmp_path: Path) -> None:
    """Ten references to ten references and so on: an editor's slip, or somebody's joke."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(ContentError, match="write it out"):
        Source.read(tmp_path / "bomb.yaml", tmp_path)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_change_to_a_file_is_read_or_named(data: st.DataObject) -> None:
    """A real file, with something odd put in at one place, or something cut out."""
    written = data.draw(st.sampled_from(CONTENT_FILES)).read_text(encoding="utf-8")[:3000]
    at = data.draw(st.integers(0, len(written)))
    piece = data.draw(st.sampled_from(ODD_YAML) | st.text(max_size=5))
    changed = written[:at] + piece + written[at + data.draw(st.integers(0, 20)) :]
    targets.content_file(changed.encode(errors="surrogatepass"))


# Bytes that look for new ways


@pytest.mark.skipif(find_spec("atheris") is None, reason="there is no atheris for this machine")
@pytest.mark.parametrize("target", targets.TARGETS)
def test_bytes_that_look_for_new_ways_find_no_other_error(target: str, tmp_path: Path) -> None:
    """The short form of `python -m tests.fuzz.guided`, which docs/security.md tells of."""
    given = ("--runs", "3000", "--seed", "1", "--target", target, "--keep", str(tmp_path))
    ended = subprocess.run(
        (sys.executable, "-m", "tests.fuzz.guided", *given),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert "Done 3000 runs" in ended.stderr


# What people write, in other people's cards

SENTINEL = "Zxqj"
"""A word of no text of ours, so that a card can be searched for what a person wrote."""

MARKS = st.sampled_from(
    ("[", "](", ")", "]", "*", "**", "_", "`", "~~", "<at>", "</at>", "<", ">", "#", "- ", "1. ", "\n", "\\",
     "https://evil.example", "evil.example", "@", "&#91;", "&", "{{DATE(", ")}}", "${name}", "{name}", "|",
     '{"type": "AdaptiveCard"}', '"', "\u202e", "\u2066", "!", "  \n", "\x00", "ä", "😀", " ")
)  # fmt: skip

MISCHIEF = (
    st.tuples(st.lists(MARKS, max_size=4), st.lists(MARKS, max_size=4))
    .map(lambda around: "".join(around[0]) + SENTINEL + "".join(around[1]))
    .filter(lambda written: len(written) <= 60)
)  # longer ones are cut

BY_PEOPLE: dict[type[Any], tuple[str, ...]] = {
    Team: ("name",),
    Plan: ("name",),
    Survey: ("asked_by_name",),
    Pledge: ("owner_name", "made_by_name", "reason"),
    Schedule: ("lead_name",),
    RepeatedSurvey: ("name",),
    PlainReminder: ("text",),
    Told: ("survey", "lead"),
}
"""All that people write and others may see; what is pledged is written in an edition."""
FACTS = {"survey", "by", "name", "text"}
"""The same in news."""


@contextmanager
def written_by_people(words: str) -> Iterator[None]:
    """Whoever makes one of these values has these words in it, where anything is there at all."""

    def patched(kind: type[Any], names: tuple[str, ...]) -> Any:
        made = kind.__init__

        def make(self: Any, *given_: Any, **named: Any) -> None:
            made(self, *given_, **named)
            for name in names:
                if getattr(self, name):
                    object.__setattr__(self, name, words)

        return patch.object(kind, "__init__", make)

    made = News.__init__

    def make_news(self: News, *given_: Any, **named: Any) -> None:
        made(self, *given_, **named)
        object.__setattr__(self, "facts", dict(self.facts) | dict.fromkeys(FACTS & self.facts.keys(), words))

    patches = [patched(kind, names) for kind, names in BY_PEOPLE.items()]
    patches += [patch.object(News, "__init__", make_news), patch.object(previewed, "load", targets.content)]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def shown(card: dict[str, Any]) -> Iterator[str]:
    """All texts of a card that are read as markdown: paragraphs, facts, and what old clients show."""
    yield card["fallbackText"]
    for part in every_object(card):
        if part.get("type") in {"TextBlock", "TextRun"}:
            yield str(part["text"])
        for fact in part.get("facts", []):
            yield from (str(fact["title"]), str(fact["value"]))


@given(MISCHIEF)
@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@example(f"[{SENTINEL}](https://evil.example)")
def test_no_card_obeys_what_people_write(mischief: str) -> None:
    """In every card there is: it is shown as it was written, and is no mark, no link, no mention, no card."""
    with written_by_people(mischief):
        cards = previewed.samples()
    harmless, seen = verbatim(mischief), 0
    # A reminder keeps the lines it was written in.
    [line] = [verbatim(one) for one in mischief.splitlines() if SENTINEL in one]
    for name, card in cards.items():
        for text in shown(card):
            assert SENTINEL not in text.replace(harmless, "").replace(line, ""), (name, text)
            seen += harmless in text
        assert not [one for one in every_object(card) if one.get("type") == "mention"], name
        assert "entities" not in card.get("msteams", {}), name
    assert seen > 60
