"""What keeps the bot from starting, said so that an operator can mend it."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import app
from bot.settings import Settings
from jobs import work


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> pytest.MonkeyPatch:
    """An operator's shell with nothing set but a database."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setattr(app, "log_to_stderr", lambda *_: None)  # the tests' own logging stays
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize(
    "name, value, fix",
    [
        ("HOST", "0.0.0.0", "set MicrosoftAppId, or HOST to 127.0.0.1"),
        ("MATURITY_EDITION", "2019", "use one of 2021-10, example-two-disciplines"),
        ("DATABASE_URL", "mongodb://there", "Use sqlite:///folder/file.db"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", "Check DATABASE_URL"),
        ("PORT", "abc", "PORT is 'abc': write a number from 0 to 65535"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_its_fix(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, fix: str
) -> None:
    """One sentence on standard error, no traceback, a status that says failure."""
    environment.setenv(name, value)

    assert app.main() == 1
    told = capsys.readouterr().err
    assert fix in told
    assert "Traceback" not in told


def test_a_taken_port_names_the_settings(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another program on the port is told apart from a mistake of the bot."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment.setenv("PORT", str(port))

        assert app.main() == 1
    told = f"127.0.0.1, port {port}: the port is taken. Stop what listens there, or set PORT to another one."
    assert f"cannot listen on {told}" in capsys.readouterr().err


def test_checks_of_a_deleted_edition_stop_the_start(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nothing people answered becomes unreadable without a word: the folder to put back is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment.setenv("PORT", str(taken.getsockname()[1]))
        app.main()  # makes the database, and ends at the taken port
        with closing(sqlite3.connect(tmp_path / "var/coach.db")) as database, database:
            database.execute(
                "insert into checks (id, tenant_id, person_id, edition, started_at)"
                " values ('a', 't', 'p', '2019', 0)"
            )
        capsys.readouterr()

        assert app.main() == 1
    assert "put back content/editions/2019" in capsys.readouterr().err


def test_an_engine_that_cannot_work_ends_the_process(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nobody has a bot that talks and never sends: it stops and says what to check, though it was ready."""
    environment.setattr(work, "HEAD_START", 0.0)
    file = tmp_path / "var/coach.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("create table dbos_migrations (nothing_of_the_engine)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment.setenv("PORT", str(port))

    assert app.main() == 1
    assert "check that the bot may make and change them" in capsys.readouterr().err


def test_a_database_that_takes_nothing_as_work_begins_ends_the_process(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A full disk, found by the first thing that work keeps, is named in one sentence without a traceback."""
    environment.setattr(work, "HEAD_START", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        environment.setenv("PORT", str(free.getsockname()[1]))
        app.main()  # makes the database, and ends at the taken port
    with closing(sqlite3.connect(tmp_path / "var/coach.db")) as database, database:
        database.execute(
            "create trigger full before insert on replicas"
            " begin select raise(abort, 'database or disk is full'); end"
        )

    assert app.main() == 1
    assert "does not begin: database or disk is full" in capsys.readouterr().err


def test_a_database_that_goes_away_amid_the_start_ends_it_with_a_sentence(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It was there to be opened, and is not to be read: no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment.setenv("PORT", str(taken.getsockname()[1]))
        app.main()  # makes the database, and ends at the taken port
    with closing(sqlite3.connect(tmp_path / "var/coach.db")) as database, database:
        database.execute("drop table pledges")

    assert app.main() == 1
    assert "The database cannot be used: no such table: pledges" in capsys.readouterr().err
