"""What bytes from outside reach first, each as one function: whatever comes in, no error but the expected."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from assessment.model import Answer, Role
from bot.envelope import activity_in
from bot.incoming import LONGEST_NAME, person_of, place_of, tenant_of, visit_of, words_of
from cards.elements import verbatim
from cards.presses import UnknownPress, encode, parse
from content.loading import Content, load
from content.yaml_source import ContentError, Source
from dialogs.planning import one_line
from dialogs.words import Vocabulary
from scripts.cards import FIRST_DAY
from tests.fuzz.gate import gate


def body(sent: bytes) -> None:
    """What the door and the handler read out of an activity before anything is decided."""
    try:
        activity = activity_in(sent)
    except ValueError:
        return
    person = person_of(activity)
    place, said = place_of(activity), words_of(activity)
    assert isinstance(tenant_of(activity), str)
    assert said == said.strip()
    assert place.channel is None or len(place.channel.home.team.name) <= LONGEST_NAME
    if person:
        visit = visit_of(activity, place, person, FIRST_DAY)
        assert len(visit.name) <= LONGEST_NAME
        assert visit.name.isprintable() or one_line(visit.name) == visit.name


def press(sent: bytes) -> None:
    """A button's data: stale, or a press that is read as the same once it is written again."""
    try:
        data = orjson.loads(sent)
    except ValueError:
        return
    with suppress(UnknownPress):
        read = parse(data)
        assert parse(encode(read)) == read


def words(typed: str) -> None:
    """What is typed means something or nothing, and never ends the line it is quoted in."""
    vocabulary = Vocabulary(content().texts)
    assert vocabulary.meaning(typed) in {None, *content().texts.words}
    assert vocabulary.role(typed) in {None, *Role}
    for edition in content().editions.values():
        answer: Answer | None = vocabulary.answer(typed, edition)
        assert answer is None or str(answer)
    assert "\n" not in one_line(typed)
    assert len(verbatim(typed).splitlines()) == 1


def header(sent: bytes) -> None:
    """An `Authorization` opens the door with what the one good token says, or not at all."""
    with suppress(PermissionError):
        assert gate().opens_to(sent) == gate().claims


def content_file(written: bytes) -> None:
    """A content file is read, or its mistake is named."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "file.yaml")
        file.write_bytes(written)
        with suppress(ContentError):
            Source.read(file, file.parent)


@cache
def content() -> Content:
    return load()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "header": header,
    "body": body,
    "press": press,
    "words": lambda typed: words(typed.decode(errors="replace")),
    "content": content_file,
}
