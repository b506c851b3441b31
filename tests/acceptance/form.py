"""How a client keeps, checks and sends what a person enters on a card."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.acceptance.seen import Seen, one_like

Json = dict[str, Any]

_FORMS = {"Input.Date": r"\d{4}-\d\d-\d\d", "Input.Time": r"\d\d:\d\d", "Input.Number": r"-?\d+(\.\d+)?"}


def entered(part: Json, value: object) -> str:
    """The text that an input holds once a person has entered this; "" for None."""
    kind = part["type"]
    if kind == "Input.Toggle":
        return str(part.get("valueOn", "true") if value else part.get("valueOff", "false"))
    if value is None:
        return ""
    if kind == "Input.ChoiceSet":
        picked = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else []
        return _chosen(part, [str(one) for one in picked])
    text = f"{value:%H:%M}" if isinstance(value, dt.time) else str(value)
    if kind in _FORMS and not re.fullmatch(_FORMS[kind], text):
        raise ValueError(f'nobody can enter "{text}" in an {kind}')
    return text


def filled_in(card: Seen, entries: Mapping[str, str]) -> Json:
    """What the client sends, by id: inputs that hold something, as text, and every toggle."""
    held = {part["id"]: entries.get(part["id"], _at_first(part)) for part in card.inputs}
    return {id_: text for id_, text in held.items() if text}


def as_checked(card: Seen, filled: Mapping[str, str]) -> Json:
    """With each text cut to the length that its input takes."""
    most = {part["id"]: part.get("maxLength") for part in card.inputs}
    return {id_: text[: most[id_]] for id_, text in filled.items()}


def complaints(card: Seen, filled: Mapping[str, str]) -> tuple[str, ...]:
    """The messages of the inputs that the client does not let pass."""
    return tuple(
        str(part["errorMessage"]) for part in card.inputs if not _is_good(part, filled.get(part["id"], ""))
    )


def _at_first(part: Json) -> str:
    off = part.get("valueOff", "false") if part["type"] == "Input.Toggle" else ""
    value = part.get("value")
    return str(off if value is None else value)


def _chosen(part: Json, picked: list[str]) -> str:
    if len(picked) > 1 and not part.get("isMultiSelect"):
        raise ValueError(f"only one of {picked} can be chosen")
    titles = [str(choice["title"]) for choice in part["choices"]]
    return ",".join(str(part["choices"][one_like(one, titles, "choice")]["value"]) for one in picked)


def _is_good(part: Json, text: str) -> bool:
    if part["type"] == "Input.Toggle":
        return not part.get("isRequired") or text == part.get("valueOn", "true")
    if not text:
        return not part.get("isRequired")
    low, high = part.get("min"), part.get("max")
    if part["type"] == "Input.Number":
        return (low is None or float(text) >= low) and (high is None or float(text) <= high)
    if part["type"] in {"Input.Date", "Input.Time"}:
        return (low is None or text >= low) and (high is None or text <= high)
    return re.search(part.get("regex", ""), text) is not None
