"""What is logged, and what never is."""

import json
import logging
import re
from collections.abc import Iterator

import pytest

from assessment.model import Person
from bot.logs import QUIET, JsonFormatter, TextFormatter, begin_reference, log_to_stderr, reference, tracing
from dialogs.audit import AUDIT, audited


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    for name in (*QUIET, "alembic", AUDIT):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_no_level_lets_statements_with_answers_through(level: str) -> None:
    """Database and token libraries write values at DEBUG; they never get to."""
    log_to_stderr(level, "text")

    libraries = ("aiosqlite", "msal", "psycopg", "urllib3")
    assert not any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in libraries)


def test_a_line_of_json_has_the_reference_and_the_error() -> None:
    """What a person is told to pass on can be searched for."""
    error = OSError("the disk is gone")
    failure = (type(error), error, None)
    record = logging.LogRecord("bot.handler", logging.ERROR, "", 0, "turn failed", None, failure)
    begin_reference()

    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["message"], line["reference"]) == ("ERROR", "turn failed", reference())
    assert re.fullmatch("[0-9a-f]{8}", reference())
    assert "the disk is gone" in line["exception"]


def test_a_line_of_json_has_the_trace_that_it_belongs_to() -> None:
    """For as long as there is one; without telemetry there is no such field."""
    record = logging.LogRecord("bot.handler", logging.INFO, "", 0, "done", None, None)
    with tracing("0af7651916cd43dd8448eb211c80319c"):
        line = json.loads(JsonFormatter().format(record))

    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert "trace_id" not in json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize("said", ["one\ntwo", "one\r\n2026 INFO audit: {}", "a\x1b[31mb", "a\u2028b"])
def test_nobody_makes_up_lines(said: str) -> None:
    """What comes from outside stays within its own line, and moves no cursor."""
    record = logging.LogRecord("bot.door", logging.INFO, "", 0, "refused: %s", (said,), None)

    assert TextFormatter().format(record).isprintable()
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == f"refused: {said}"


def test_what_leads_did_is_logged_at_every_level(capsys: pytest.CaptureFixture[str]) -> None:
    """An operator who wants errors only keeps the audit trail; its fields are always the same."""
    log_to_stderr("ERROR", "json")
    with audited(Person("T", "ADA"), "survey-send", "5" * 32, "19:team") as act:
        act.outcome = "done"

    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["audit"] == {
        "tenant": "t",
        "person": "ada",
        "action": "survey-send",
        "object": "5" * 32,
        "team": "19:team",
        "outcome": "done",
    }


def test_what_went_wrong_is_audited_too(caplog: pytest.LogCaptureFixture) -> None:
    """An act that ends in an error has failed, and the error goes on."""
    caplog.set_level(logging.INFO, AUDIT)
    with pytest.raises(OSError, match="disk"), audited(Person("t", "ada"), "survey-close"):
        raise OSError("the disk is gone")

    assert json.loads(caplog.messages[-1])["outcome"] == "failed"
