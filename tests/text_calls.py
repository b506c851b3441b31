"""Finds in the source every text that the bot asks for: which key, and what the caller fills in.

Read from the syntax and not by running, so that a text for a rare case counts as much as any other.
Keys are written as literals or as f-strings (`texts(f"role.names.{role}")`); anything else is refused, since
nobody could tell which text it means.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEAKING = ("app.py", "bot", "cards", "dialogs")
"""What may speak to people."""


@dataclass(frozen=True, slots=True)
class TextCall:
    """One place that asks for a text."""

    where: str
    key: str
    """The key; in an f-string, `*` stands for the part that is only known while running."""
    fills: frozenset[str]
    """The placeholders that the caller has values for."""
    counts: bool
    """Whether the text has plural forms."""

    def keys(self, known: Iterable[str]) -> set[str]:
        """Those of the known keys that this call may mean."""
        pattern = re.escape(self.key).replace(r"\*", r"[^.]+") + (r"\.[a-z]+" if self.counts else "")
        return {one for one in known if re.fullmatch(pattern, one)}


def sources() -> list[Path]:
    """The files of the rooms that speak."""
    rooms = [ROOT / one for one in SPEAKING]
    return sorted(path for room in rooms for path in (room, *room.rglob("*.py")) if path.is_file())


def text_calls() -> list[TextCall]:
    """Every text that those rooms ask for."""
    return [call for path in sources() for call in _calls_in(path)]


def _calls_in(path: Path) -> Iterator[TextCall]:
    for one in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(one, ast.Call) and _asks_for_text(one.func):
            where = f"{path.relative_to(ROOT)}:{one.lineno}"
            counts = isinstance(one.func, ast.Attribute) and one.func.attr == "count"
            fills = {each.arg for each in one.keywords if each.arg} | ({"number"} if counts else set())
            for key in _literals(one.args[0], where):
                yield TextCall(where, key, frozenset(fills), counts)


def _asks_for_text(func: ast.expr) -> bool:
    """Whether it is `texts(...)`, `self._texts(...)` or `.count(...)` of these."""
    match func:
        case ast.Name(id="texts") | ast.Attribute(attr="texts" | "_texts"):
            return True
        case ast.Attribute(attr="count", value=owner):
            return _asks_for_text(owner)
    return False


def _literals(key: ast.expr, where: str) -> list[str]:
    match key:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=first, orelse=second):
            return _literals(first, where) + _literals(second, where)
        case ast.JoinedStr(values=parts):
            return ["".join(str(one.value) if isinstance(one, ast.Constant) else "*" for one in parts)]
    raise AssertionError(f"{where}: write the key as a literal, so that tests can see which text is meant")
