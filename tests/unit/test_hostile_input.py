"""Whatever comes in: bytes at the door, data of buttons, typed words, content files, people's own texts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import scripts.cards as previewed
from assessment.model import Answer, Role
from assessment.news import News
from assessment.pledges import Pledge
from assessment.schedules import PlainReminder, RepeatedSurvey, Schedule
from assessment.survey import Plan, Survey, Team
from bot.envelope import activity_in
from bot.incoming import LONGEST_NAME, person_of, place_of, tenant_of, visit_of, words_of
from cards.elements import verbatim
from cards.presses import UnknownPress, encode, parse
from cards.respect import Told
from content.loading import CONTENT, Content, load
from content.yaml_source import ContentError, Source
from dialogs.planning import one_line
from dialogs.words import Vocabulary
from tests.acceptance.every_button import EVERY_PRESS, Ids
from tests.acceptance.every_button import example as press_of
from tests.card_shape import every_object

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON."""

GOOD: dict[str, Any] = {
    "type": "message",
    "id": "1",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "channelId": "msteams",
    "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": "t"},
    "recipient": {"id": "28:bot", "name": "Coach"},
    "from": {"id": "29:1", "name": "Ada", "aadObjectId": "ada"},
    "channelData": {"tenant": {"id": "t"}, "team": {"id": "19:t", "name": "Team"}},
    "entities": [{"type": "mention", "mentioned": {"id": "28:bot"}, "text": "<at>Coach</at>"}],
    "text": "<at>Coach</at> start",
    "value": {"v": 1, "do": "start"},
    "localTimezone": "Europe/Vienna",
    "replyToId": "2",
    "membersAdded": [{"id": "28:bot"}],
}

IDS = Ids("1" * 32, "2" * 32, "3" * 32, "4" * 32, "19:team@thread.tacv2", "5" * 32, "6" * 32)


def reads(body: bytes) -> None:
    """What the door and the handler read out of an activity before anything is decided."""
    try:
        activity = activity_in(body)
    except ValueError:
        return
    person = person_of(activity)
    place, words = place_of(activity), words_of(activity)
    assert isinstance(tenant_of(activity), str)
    assert words == words.strip()
    assert place.channel is None or len(place.channel.home.team.name) <= LONGEST_NAME
    if person:
        visit = visit_of(activity, person, previewed.FIRST_DAY)
        assert len(visit.name) <= LONGEST_NAME
        assert visit.name.isprintable() or one_line(visit.name) == visit.name


@given(st.binary() | ANY.map(json.dumps).map(str.encode))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """Bytes, or JSON of any form: an activity, or a ValueError in words for the sender."""
    reads(body)


@given(st.data())
@settings(max_examples=400)
def test_any_activity_is_read_or_refused(data: st.DataObject) -> None:
    """A good activity in which anything stands anywhere."""
    activity = json.loads(json.dumps(GOOD))
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
    reads(json.dumps(activity).encode())


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


@cache
def content() -> Content:
    return load()


@given(st.text() | st.text(alphabet="0123456789²٣.-, levelLEVEL\u2018\u2019'\u200b\u00a0"))
@settings(deadline=None)
def test_any_words_mean_something_or_nothing(typed: str) -> None:
    """What is typed is looked up, and never an error."""
    vocabulary = Vocabulary(content().texts)
    assert vocabulary.meaning(typed) in {None, *content().texts.words}
    assert vocabulary.role(typed) in {None, *Role}
    for edition in content().editions.values():
        answer: Answer | None = vocabulary.answer(typed, edition)
        assert answer is None or str(answer)
    assert "\n" not in one_line(typed)
    assert len(verbatim(typed).splitlines()) == 1


# Content

YAML = (
    "&a [*a]", "*a", "&a", "!!int x", "!!python/object:os.system x", "!!binary ===", "0b_", "0x_",
    "9" * 5000, "? [a]\n: b", "[" * 3000, "{" * 3000, "- " * 500, ".inf", ".nan", "1:2:3", "2021-13-45",
    "~", "\t", "\x00", "\ufeff", "%YAML 9.9\n---", "---\n---", "|\n", ">", "'", '"', ": :", "<<: 5",
    "\u2028", "#", "yes", "{}", "[]",
)  # fmt: skip
"""Pieces of YAML that are odd in a way of their own."""

FILES = tuple(sorted(CONTENT.glob("editions/2021-10/**/*.yaml")))


def is_read(written: str, folder: Path) -> None:
    file = folder / "file.yaml"
    file.write_bytes(written.encode(errors="surrogatepass"))
    with suppress(ContentError):
        Source.read(file, folder)


@pytest.mark.parametrize("piece", YAML, ids=lambda piece: piece[:20])
@pytest.mark.parametrize("around", ["{}", "key: {}", "- {}", "a: &a\n  b: {}\nc: 1"])
def test_odd_yaml_is_read_or_named(piece: str, around: str, tmp_path: Path) -> None:
    """A mistake in a content file is one line that names the file, never another error."""
    is_read(around.replace("{}", piece), tmp_path)


def test_few_lines_cannot_mean_endlessly_many(tmp_path: Path) -> None:
    """Ten references to ten references and so on: an editor's slip, or somebody's joke."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(ContentError, match="write it out"):
        Source.read(tmp_path / "bomb.yaml", tmp_path)


@given(data=st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_change_to_a_file_is_read_or_named(data: st.DataObject, tmp_path: Path) -> None:
    """A real file, with something odd put in at one place, or something cut out."""
    written = data.draw(st.sampled_from(FILES)).read_text(encoding="utf-8")[:3000]
    at = data.draw(st.integers(0, len(written)))
    piece = data.draw(st.sampled_from(YAML) | st.text(max_size=5))
    is_read(written[:at] + piece + written[at + data.draw(st.integers(0, 20)) :], tmp_path)


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
    patches += [patch.object(News, "__init__", make_news), patch.object(previewed, "load", content)]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def shown(card: dict[str, Any]) -> Iterator[str]:
    """All texts of a card that are read as markdown: paragraphs and facts."""
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
