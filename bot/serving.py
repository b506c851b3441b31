"""Serving until the process is told to stop, and stopping so that nobody loses a turn."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
from contextlib import suppress

from aiohttp import web

from bot.door import DOOR

log = logging.getLogger(__name__)

SEEN_WITHIN = 3.0
"""Seconds in which whatever spreads requests over replicas finds out that this one leaves, by asking /readyz
or because the platform tells it. Until then it may still send turns here."""

TURNS_END_WITHIN = 10.0
"""Seconds; later Teams has given up on them anyway."""


class CannotListen(Exception):
    """Somebody else has the port, or the address is none of this machine; the message says what to do."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = f"{error.strerror or error}. Check HOST and PORT."
        if error.errno == errno.EADDRINUSE:
            reason = "the port is taken. Stop what listens there, or set PORT to another one."
        super().__init__(f"It cannot listen on {host}, port {port}: {reason}")


def runner_of(app: web.Application, *, turns_end_within: float = TURNS_END_WITHIN) -> web.AppRunner:
    """What serves the bot; it never unpacks a compressed body, which the door refuses anyway."""
    return web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=turns_end_within)


def open_as_many_files_as_allowed() -> None:
    """Each connection is one, and the 1,024 that are usual are fewer than the bot has room for."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems name a limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def serve(app: web.Application, host: str, port: int, *, is_fronted: bool) -> None:
    """Answer until SIGTERM or SIGINT; what is in flight then ends, and its answers leave.

    With `is_fronted`, where something stands before the bot, it says for SEEN_WITHIN seconds that it is not
    ready any more, and still takes turns. Raises CannotListen, and what the app's start raises.
    """
    told = asyncio.Event()
    # Before anything else: the first process of a container ignores a signal that nobody handles.
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # on Windows, where Ctrl-C cancels this coroutine
            asyncio.get_running_loop().add_signal_handler(one, told.set)
    open_as_many_files_as_allowed()
    runner = runner_of(app)
    try:
        await runner.setup()
        await _listen(runner, host, port)
        log.info("listening on %s, port %d", host, port)
        await told.wait()
        log.info("told to stop; what has begun ends first")
        app[DOOR].leave()
        if is_fronted:
            await asyncio.sleep(SEEN_WITHIN)
    finally:
        await runner.cleanup()
    log.info("stopped")


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise CannotListen(host, port, error) from error
