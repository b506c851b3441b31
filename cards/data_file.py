"""Everything that is kept about one person, as a file that people and programs can read."""

from __future__ import annotations

import orjson

from assessment.privacy import Held

JSON = "application/json"


def data_file(held: Held) -> bytes:
    """The rows as they are stored, by table; moments as RFC 3339 writes them."""
    person = {"tenant_id": held.person.tenant_id, "object_id": held.person.object_id}
    return orjson.dumps(
        {"person": person, **held.tables}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
