"""What is logged, and what never is."""

import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import QUIET, JsonFormatter, log_to_stderr


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    for name in (*QUIET, "alembic"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_no_level_lets_statements_with_answers_through(level: str) -> None:
    """Database and token libraries write values at DEBUG; they never get to."""
    log_to_stderr(level, "text")

    assert not any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in QUIET)


def test_a_line_of_json_has_the_reference_and_the_error() -> None:
    """What a person is told to pass on can be searched for."""
    error = OSError("the disk is gone")
    failure = (type(error), error, None)
    record = logging.LogRecord("bot.handler", logging.ERROR, "", 0, "turn failed", None, failure)
    record.reference = "5f0c9a1b"

    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["message"], line["reference"]) == ("ERROR", "turn failed", "5f0c9a1b")
    assert "the disk is gone" in line["exception"]
