"""Who is in a team, page by page, as Teams' connector tells a bot."""

import base64
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.activity_rules import Refusal
from tests.acceptance.directory import Conversation, Person

Json = dict[str, Any]

SMALLEST_PAGE, USUAL_PAGE, LARGEST_PAGE = 50, 200, 500


@dataclass(frozen=True)
class Rest:
    """What is still to be told of a roster, as it was when its first page was asked for."""

    place: Conversation
    people: tuple[Person, ...]
    begin: int


@dataclass
class Roster:
    """Hands out pages of members, and a token with each page but the last; a token may be used again."""

    _rests: dict[str, Rest] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def page(self, place: Conversation, query: Mapping[str, str]) -> Json:
        rest, size = self._rest(place, query.get("continuationToken")), _page_size(query.get("pageSize"))
        end = rest.begin + size if place.team else len(rest.people)  # a chat is told at once
        told: Json = {"members": [member(person) for person in rest.people[rest.begin : end]]}
        if end < len(rest.people):
            told["continuationToken"] = token = self._new_token()
            self._rests[token] = Rest(place, rest.people, end)
        return told

    def _rest(self, place: Conversation, token: str | None) -> Rest:
        if token is None:
            return Rest(place, place.members, 0)
        rest = self._rests.get(token)
        if rest is None or rest.place.app_home != place.app_home:
            raise Refusal(400, "BadArgument", f"the continuation token {token!r} is unknown here")
        return rest

    def _new_token(self) -> str:
        """With characters that a careless bot forgets to quote."""
        return base64.b64encode(f"\xff\xfb\xfe page {next(self._numbers)}".encode("latin-1")).decode()


def member(person: Person) -> Json:
    """A person as a roster has them."""
    given, _, surname = person.name.rpartition(" ")
    address = ".".join(person.name.lower().split())
    guest = f"{address}_fabrikam.example#EXT#@contoso.onmicrosoft.com"
    is_guest = person.role == "guest"
    return {
        "id": person.id,
        "name": person.name,
        "givenName": given,
        "surname": surname,
        **dict.fromkeys(person.object_id_keys, person.aad_object_id),
        "email": f"{address}@{'fabrikam' if is_guest else 'contoso'}.example",
        "userPrincipalName": guest if is_guest else f"{address}@contoso.example",
        "tenantId": person.tenant_id,
        "userRole": person.role,
    }


def _page_size(wanted: str | None) -> int:
    if wanted is not None and not wanted.isdecimal():
        raise Refusal(400, "BadArgument", f"pageSize is {wanted!r}")
    return min(max(int(wanted or USUAL_PAGE), SMALLEST_PAGE), LARGEST_PAGE)
