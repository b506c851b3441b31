"""What a hostile or broken client makes of good requests: the same for the same seed."""

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

Json = Any

DEEP = "@deep@"
"""Stands for brackets within brackets; `json` itself would not write so many."""

ODD: tuple[Json, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    1e308,
    "",
    " ",
    "x",
    "x" * 1001,
    "x" * 50_000,
    "\u0000",
    "\u202e\u2066a",
    "\ud7ff\uffff\U0001f600",
    "e\u0301" * 300,
    "../../etc/passwd",
    "'; drop table answers; --",
    "{{DATE(2026-01-01)}} ${x} %s {0}",
    "<at>Everyone</at>",
    "0" * 32,
    "9" * 5000,
    "http://127.0.0.1.evil.example/",
    "https://[::1",
    [],
    {},
    [[]],
    {"id": None},
    {"": ""},
    {"id": {"id": [1]}},
    DEEP,
    {"id": DEEP},
)
"""What may stand where something else belongs."""

WORDS = (b"null", b"true", b"[", b"{", b'"', b"\\u0000", b"\\ud800", b"\xff", b"\x00", b"1e999", b"-", b",")
"""What bytes of JSON turn into other JSON, or into none."""

HEADERS: tuple[dict[str, str], ...] = (
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "application/json; charset=no-such"},
    {"Content-Type": "/;=;"},
    {"Content-Encoding": "gzip"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1:99999"},
    {"Host": "[::1"},
    {"Host": "xn--"},
    {"Host": "127.0.0.1:x"},
    {"Host": ""},
    {"Authorization": "Bearer " + "x" * 4000},
    {"Authorization": "Basic Og=="},
    {"X-Forwarded-Host": "evil.example"},
    {"Expect": "100-continue"},
    {"Accept-Encoding": "x" * 2000},
)


class Mutator:
    """Makes requests out of good activities: a body, and headers beside the usual ones."""

    def __init__(self, activities: Sequence[Json], seed: int) -> None:
        self._activities = activities
        self._chance = random.Random(seed)

    def request(self) -> tuple[bytes, dict[str, str]]:
        """The next one. About one in six is mutated as bytes, the others as JSON."""
        chance = self._chance
        headers = chance.choice(HEADERS) if chance.random() < 0.02 else {}
        activity = copy.deepcopy(chance.choice(self._activities))
        if chance.random() < 0.9:
            # Else Teams seems to deliver an old one again.
            activity["id"] = str(chance.randrange(10**12))
        as_bytes = chance.random() < 0.15
        for _ in range(0 if as_bytes else chance.choice((0, 1, 1, 1, 2, 3, 6))):
            activity = self._changed(activity)
        body = json.dumps(activity, ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass")
        if as_bytes:
            for _ in range(chance.choice((1, 1, 2, 5, 20))):
                body = self._bytes(body)
        return body.replace(f'"{DEEP}"'.encode(), _nested(chance)), headers

    def _changed(self, activity: Json) -> Json:
        """The activity with one place of it changed."""
        places = list(_places(activity))
        holder, key = self._chance.choice(places)
        how: Callable[[Json, Json], None] = self._chance.choice(
            (self._odd, self._odd, self._elsewhere, self._text, self._text, self._gone, self._added)
        )
        how(holder, key)
        return activity

    def _odd(self, holder: Json, key: Json) -> None:
        holder[key] = copy.deepcopy(self._chance.choice(ODD))

    def _elsewhere(self, holder: Json, key: Json) -> None:
        """What stands at another place of another activity, most often at one of the same name."""
        other = self._chance.choice(self._activities)
        places = list(_places(other))
        same = [one for one in places if one[1] == key]
        where, name = self._chance.choice(same if same and self._chance.random() < 0.7 else places)
        holder[key] = copy.deepcopy(where[name])

    def _text(self, holder: Json, key: Json) -> None:
        text, chance = holder[key], self._chance
        if not isinstance(text, str) or key == "serviceUrl":
            # Another port of this machine, which local mode allows, may be one that nobody listens to.
            return self._odd(holder, key)
        at, odd = chance.randrange(len(text) + 1), chance.choice(ODD)
        piece = odd if isinstance(odd, str) else chr(chance.choice((chance.randrange(32), 0x200B, 0xFFFD)))
        holder[key] = chance.choice(
            (text[:at] + piece + text[at:], text[:at], text[at:], text * 2, text.upper(), text[::-1])
        )
        return None

    @staticmethod
    def _gone(holder: Json, key: Json) -> None:
        del holder[key]

    def _added(self, holder: Json, key: Json) -> None:
        odd = copy.deepcopy(self._chance.choice(ODD))
        if isinstance(holder, list):
            holder.insert(key, odd)
        else:
            holder[self._chance.choice(("v", "do", "id", "survey", "tenant", "__class__", "$ref"))] = odd

    def _bytes(self, body: bytes) -> bytes:
        chance = self._chance
        at = chance.randrange(len(body) + 1)
        to = min(len(body), at + chance.choice((1, 1, 2, 8, 64)))
        return chance.choice(
            (
                body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :],
                body[:at] + body[to:],
                body[:at] + body[at:to] * 2 + body[to:],
                body[:at] + chance.choice(WORDS) + body[at:],
                body[:at] if chance.random() < 0.1 else body,
            )
        )


def _places(value: Json) -> list[tuple[Json, Json]]:
    """Everything in a document, as what holds it and its key there."""
    found: list[tuple[Json, Json]] = []
    left = [value]
    while left:
        one = left.pop()
        keys = list(one) if isinstance(one, dict) else list(range(len(one))) if isinstance(one, list) else []
        found += [(one, key) for key in keys]
        left += [one[key] for key in keys]
    return found or [({"": value}, "")]


def _nested(chance: random.Random) -> bytes:
    """Brackets that a parser still takes, and a writer or a comparison may not."""
    depth = chance.choice((100, 250, 260, 500, 800, 900, 940, 960, 980, 1000, 1010, 2000))
    return b'{"id":' * depth + b"1" + b"}" * depth if chance.random() < 0.5 else b"[" * depth + b"]" * depth
