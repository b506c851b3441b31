"""How a card is built: its parts, and what a client shows that knows Adaptive Cards 1.5 and nothing newer."""

from collections.abc import Iterator
from typing import Any

CARD_TYPE = "application/vnd.microsoft.card.adaptive"

CLASSIC_ACTIONS = frozenset(
    {"Action.Execute", "Action.OpenUrl", "Action.ShowCard", "Action.Submit", "Action.ToggleVisibility"}
)
CLASSIC_ELEMENTS = frozenset(
    {
        "ActionSet", "Column", "ColumnSet", "Container", "FactSet", "Image", "ImageSet", "Input.ChoiceSet",
        "Input.Date", "Input.Number", "Input.Text", "Input.Time", "Input.Toggle", "Media", "RichTextBlock",
        "Table", "TableCell", "TableRow", "TextBlock", "TextRun",
    }
)  # fmt: skip
CLASSIC = CLASSIC_ACTIONS | CLASSIC_ELEMENTS | {"AdaptiveCard"}

# Keys newer than 1.5 that Teams understands and every other client passes over.
NEWER_KEYS = frozenset(
    {"choices.data", "conditionallyEnabled", "msteams", "targetWidth", "themedIconUrls", "themedUrls"}
)

Part = dict[str, Any]


def is_action(part: Part) -> bool:
    return str(part.get("type")).startswith("Action.")


def is_input(part: Part) -> bool:
    return str(part.get("type")).startswith("Input.")


def every_object(value: Any, *, with_fallbacks: bool = True) -> Iterator[Part]:
    """Every JSON object of a card in reading order; what a button sends is not part of the card."""
    if isinstance(value, list):
        for item in value:
            yield from every_object(item, with_fallbacks=with_fallbacks)
    elif isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if not _is_left_out(value, key, with_fallbacks=with_fallbacks):
                yield from every_object(inner, with_fallbacks=with_fallbacks)


def every_part(value: Any, *, with_fallbacks: bool = True) -> Iterator[Part]:
    """Every element and action, in reading order."""
    return (
        part
        for part in every_object(value, with_fallbacks=with_fallbacks)
        if isinstance(part.get("type"), str)
    )


def _is_left_out(owner: Part, key: str, *, with_fallbacks: bool) -> bool:
    if key == "fallback":
        return not with_fallbacks
    return key in {"msteams", "refresh", "authentication", "choices.data"} or (
        key == "data" and is_action(owner)
    )


def classic_view(value: Any) -> Any:
    """The card as a client of version 1.5 shows it: newer parts give way to their fallback or vanish."""
    if isinstance(value, list):
        return [shown for item in value for shown in _classic_item(item)]
    if isinstance(value, dict):
        return {key: _classic_value(value, key) for key in value if key not in NEWER_KEYS}
    return value


def _classic_value(owner: Part, key: str) -> Any:
    return owner[key] if key == "data" and is_action(owner) else classic_view(owner[key])


def _classic_item(item: Any) -> list[Any]:
    if not isinstance(item, dict) or not isinstance(item.get("type"), str) or item["type"] in CLASSIC:
        return [classic_view(item)]
    fallback = item.get("fallback")
    return _classic_item(fallback) if isinstance(fallback, dict) else []


def rows_of_actions(card: Part) -> list[list[Part]]:
    """The buttons that stand together: the card's own, and those of each ActionSet."""
    sets = [
        one for one in every_part(card.get("body", []), with_fallbacks=False) if one["type"] == "ActionSet"
    ]
    return [one.get("actions", []) for one in (card, *sets)]
