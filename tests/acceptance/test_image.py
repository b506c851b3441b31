"""What the Dockerfile puts into the image is all that the bot needs; no container engine is asked for."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.settings import Settings
from tests.acceptance.directory import HOME_TENANT
from tests.acceptance.killable import ROOT, KillableBot, Replicas
from tests.acceptance.tokens import Issuer

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
_, BUILD, IMAGE = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
IGNORED = (ROOT / ".dockerignore").read_text("utf-8").splitlines()


def copied(stage: str) -> Iterator[tuple[str, str]]:
    """What a stage takes from the checkout, and where to."""
    for line in re.findall(r"^COPY (?!--from)(.+)$", stage, re.MULTILINE):
        *sources, target = line.split()
        yield from ((one, target) for one in sources)


def command(instruction: str) -> list[str]:
    """A command in the form that no shell reads, for this machine's Python."""
    [form] = re.findall(rf"^{instruction}.*?(\[.*\])$", IMAGE, re.MULTILINE)
    program, *arguments = json.loads(form)
    assert program == "python"
    return [sys.executable, *arguments]


def environment() -> dict[str, str]:
    [line] = re.findall(r"^ENV (.+)$", IMAGE, re.MULTILINE)
    return dict(one.split("=", 1) for one in line.split())


def tracked(path: str) -> list[str]:
    """The files of the repository there."""
    listed = subprocess.run(
        ["git", "ls-files", "--", path],  # noqa: S607 - wherever git is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder with the files of the image and no others."""
    folder = tmp_path / "image"
    for source, target in copied(IMAGE):
        for name in tracked(source):
            place = folder / target / Path(name).relative_to(source if (ROOT / source).is_dir() else ".")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place)
    return folder


@pytest.mark.parametrize("source", [one for one, _ in (*copied(BUILD), *copied(IMAGE))])
def test_what_is_copied_is_there_and_let_in(source: str) -> None:
    """Every source is in the repository, and .dockerignore lets it in."""
    assert tracked(source)
    assert f"!{source}" in IGNORED


def test_nothing_else_is_let_in() -> None:
    """A file that somebody drops into the checkout, such as `.env`, does not get into the image."""
    assert next(one for one in IGNORED if not one.startswith("#")) == "*"
    let_in = {one.removeprefix("!") for one in IGNORED if one.startswith("!")}
    assert let_in == {one for one, _ in (*copied(BUILD), *copied(IMAGE))}


def test_nobody_is_root() -> None:
    """The user is a number other than 0, so that a platform which forbids root can tell."""
    [user] = re.findall(r"^USER (\d+):\d+$", IMAGE, re.MULTILINE)
    assert int(user)
    assert IMAGE.index("USER") < IMAGE.index("CMD [")


def test_its_environment_is_of_known_settings() -> None:
    """What the image sets is a setting of the bot, or Python's own."""
    assert {one for one in environment() if not one.startswith("PY")} - {"PATH"} <= {
        str(one.alias) for one in Settings.model_fields.values()
    }


async def is_found_healthy(bot: KillableBot) -> bool:
    """What the image's health check says of a bot."""
    environment = os.environ | {"PORT": str(bot.port)}
    check = await asyncio.create_subprocess_exec(
        *command("HEALTHCHECK"), env=environment, stderr=subprocess.DEVNULL
    )
    return await check.wait() == 0


async def test_it_runs_from_what_is_copied(image: Path, tmp_path: Path, issuer: Issuer) -> None:
    """A bot with nothing but the image's files gets ready, is found healthy, and stops with success."""
    assert command("CMD")[1:] == ["app.py"]
    bot = KillableBot(f"sqlite:///{tmp_path}/coach.db", tmp_path / "bot.log", root=image)
    assert not await is_found_healthy(bot)
    async with Replicas([bot]):
        await bot.starts(
            **{name: value for name, value in environment().items() if name not in {"PATH", "HOST", "PORT"}},
            MicrosoftAppId=issuer.app_id,
            MicrosoftAppPassword=uuid4().hex,
            MicrosoftAppTenantId=HOME_TENANT,
            **issuer.environment(),
        )

        assert await is_found_healthy(bot)
        assert await bot.stops() == 0
        assert all(json.loads(line) for line in bot.log.splitlines())


async def test_without_an_app_id_it_does_not_start(image: Path, tmp_path: Path) -> None:
    """In a container local mode would be open to others: the image refuses, and says what to set."""
    bot = KillableBot(f"sqlite:///{tmp_path}/coach.db", tmp_path / "bot.log", root=image)
    with pytest.raises(AssertionError, match="set MicrosoftAppId"):
        await bot.starts(HOST=environment()["HOST"])
