"""Reading our own Markdown pages: a section under its heading, and the tables in it."""

import re


def section(page: str, title: str) -> str:
    """What stands under a heading, up to the next one of the same kind. Raises LookupError without it."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"the page has no section {title!r}")
    return found[2]


def table(text: str) -> list[list[str]]:
    """The cells of a Markdown table's rows, without its head."""
    rows = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[2:]]
