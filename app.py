"""Maturity Coach: where everything is put together. The only place that knows everyone."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

from bot.adapter import teams_adapter
from bot.door import DOOR, LARGEST_BODY, ROUTES, Door
from bot.exports import Exports
from bot.handler import Handler
from bot.logs import log_to_stderr
from bot.serving import CannotListen, serve
from bot.settings import Settings, SettingsError, read_settings
from bot.tokens import Credentials, EntraCredentials, NoCredentials, TokenCheck
from bot.watching import Unwatched
from content.loading import Content, load
from content.yaml_source import ContentError
from dialogs.check import CheckDialog
from dialogs.coach import Coach, Dialogs
from dialogs.invitations import InvitationDialog
from dialogs.launch import Launch, Rosters
from dialogs.news import NewsDialog, Newsroom
from dialogs.pictures import Pictures
from dialogs.planning import Planning
from dialogs.pledges import PledgeDialog
from dialogs.privacy import PrivacyDialog
from dialogs.reminders import RemindersDialog
from dialogs.respect import Respect
from dialogs.schedules import ScheduleDialog
from dialogs.survey_views import Rules, SurveyViews
from dialogs.surveys import SurveyDialog
from dialogs.tidings import Tidings
from dialogs.trend import TrendDialog
from jobs.means import Means
from jobs.pacer import RATE, Pacer
from jobs.rosters import PacedRosters
from jobs.work import CannotWork, meanwhile, working
from storage.database import RAISED, BadDatabaseUrl, Database, DatabaseNotReady, open_database

log = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]


class CannotStart(Exception):
    """Something the operator has to mend first; the message says what and how."""


TO_MEND = (
    SettingsError,
    ContentError,
    CannotStart,
    CannotListen,
    BadDatabaseUrl,
    DatabaseNotReady,
    CannotWork,
    OSError,
)
"""What ends a start with a sentence for the operator."""


def utc_now() -> dt.datetime:
    """The clock of a real bot."""
    return dt.datetime.now(dt.UTC)


def create_app(
    settings: Settings, *, credentials: Credentials | None = None, clock: Clock = utc_now
) -> web.Application:
    """The bot as an aiohttp application; it opens its database and its session when it is started.

    Raises ContentError or CannotStart for content that is not right.
    """
    content = load()
    if settings.maturity_edition not in content.editions:
        known = ", ".join(sorted(content.editions))
        raise CannotStart(f"MATURITY_EDITION is {settings.maturity_edition}; use one of {known}")
    tokens = credentials or (NoCredentials() if settings.is_local else EntraCredentials(settings))
    watch = _watch(settings)

    async def resources(app: web.Application) -> AsyncIterator[None]:
        async with _door(settings, content, tokens, clock, watch=watch) as app[DOOR]:
            yield

    app = web.Application(client_max_size=LARGEST_BODY, middlewares=watch.middlewares)
    app.cleanup_ctx.append(resources)
    app.add_routes(ROUTES)
    return app


def _watch(settings: Settings) -> Unwatched:
    """Whoever measures the bot at work."""
    if not settings.otlp_endpoint:
        return Unwatched()
    from bot.telemetry.telemetry import Telemetry  # noqa: PLC0415 - loads OpenTelemetry

    return Telemetry(settings.otlp_endpoint)


@asynccontextmanager
async def _door(
    settings: Settings, content: Content, tokens: Credentials, clock: Clock, *, watch: Unwatched
) -> AsyncIterator[Door]:
    """Everything between the HTTP door and the database, open for as long as the app runs."""
    async with (
        _session(watch) as session,
        open_database(settings.database_url) as database,
        watch.watching(database.overview, clock),
    ):
        await _refuse_missing_editions(database, content)
        teams = watch.teams(session, tokens, settings.trusts)
        pacer, nudged = Pacer(database.pacing), asyncio.Event()
        rosters = PacedRosters(teams, pacer)
        means = _means(settings, content, database, rosters, nudge=nudged.set)
        coach = Coach(
            content.texts, _dialogs(settings, content, database, rosters, means=means, nudge=nudged.set)
        )
        exports = Exports(settings, content.texts, database, means.views, teams=teams)
        handler = Handler(coach, content.texts, database, teams, pacer=pacer, exports=exports, clock=clock)
        adapter = teams_adapter(settings, TokenCheck(session, settings), teams)
        work = working(
            settings.database_url,
            content,
            database,
            means=means,
            port=teams,
            pacer=pacer,
            nudged=nudged,
            retention=settings.retention,
            clock=clock,
            onlooker=watch,
        )
        async with meanwhile(work, give_up=_stop):
            yield Door(settings, adapter, watch.turns(handler.on_turn), database, exports)
            await handler.close()


def _session(watch: Unwatched) -> ClientSession:
    """The one way out to HTTP; it keeps no cookies, and Teams sets the limits."""
    connector = TCPConnector(limit=0)
    return ClientSession(cookie_jar=DummyCookieJar(), connector=connector, trace_configs=watch.trace_configs)


def _stop() -> None:
    """End the process as a signal does."""
    signal.raise_signal(signal.SIGINT)


def _means(
    settings: Settings, content: Content, database: Database, rosters: Rosters, *, nudge: Callable[[], None]
) -> Means:
    """What people's dialogs and durable work have in common."""
    rules = Rules(settings.may_lead, settings.second_lead_above, RATE, settings.limits)
    newsroom = Newsroom(database.news)
    pictures = Pictures(content, database.surveys, database.pledges)
    return Means(
        views=SurveyViews(content, database.surveys, database.deliveries, rules),
        launch=Launch(content.texts, database, rosters, nudge=nudge),
        newsroom=newsroom,
        pictures=pictures,
        tidings=Tidings(content, newsroom, pictures, database.pledges),
        respect=Respect(database.contacts, settings.limits),
        rules=rules,
    )


def _dialogs(
    settings: Settings,
    content: Content,
    database: Database,
    rosters: Rosters,
    *,
    means: Means,
    nudge: Callable[[], None],
) -> Dialogs:
    """All that people can talk with the bot about."""
    texts, edition, rules, views = content.texts, settings.maturity_edition, means.rules, means.views
    planning = Planning(content, database, rosters, views, edition=edition, rules=rules, launch=means.launch)
    checks = CheckDialog(content, database.checks, database.surveys, edition)
    return Dialogs(
        checks=checks,
        invitations=InvitationDialog(
            content, database.surveys, database.deliveries, checks, respect=means.respect
        ),
        surveys=SurveyDialog(texts, database, planning, views, rules=rules, nudge=nudge),
        schedules=ScheduleDialog(content, database, planning, edition=edition, rules=rules),
        news=NewsDialog(texts, database, rules),
        trends=TrendDialog(texts, database.surveys, views, rules),
        pledges=PledgeDialog(content, database, views, means.pictures, tidings=means.tidings),
        reminders=RemindersDialog(texts, database, means.respect, settings.limits),
        privacy=PrivacyDialog(texts, database.privacy, database.erase),
    )


async def _refuse_missing_editions(database: Database, content: Content) -> None:
    try:
        used = {
            edition
            for kept in (database.checks, database.surveys, database.schedules, database.pledges)
            for edition in await kept.editions()
        }
    except RAISED.driver as error:
        raise CannotStart(f"The database cannot be used: {error}. Check that it still answers.") from error
    if missing := used - set(content.editions):
        folders = ", ".join(f"content/editions/{one}" for one in sorted(missing))
        raise CannotStart(f"The database has something of editions that are gone; put back {folders}")


def _event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which takes less of the processor; asyncio's own on Windows, where there is none."""
    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def main() -> int:
    """Run the bot until it is told to stop. Returns a process exit status."""
    try:
        # Modules and content stay; to look through them for garbage would hold everybody up again and again,
        # and first of all the reading of the content.
        gc.freeze()
        settings = read_settings()
        log_to_stderr(settings.log_level, settings.log_format)
        app = create_app(settings)
        gc.freeze()
        if settings.is_local:
            log.warning("LOCAL MODE: nobody is authenticated; only this machine can reach the bot")
        with asyncio.Runner(loop_factory=_event_loop) as runner, suppress(KeyboardInterrupt):
            runner.run(serve(app, settings.host, settings.port, is_fronted=not settings.is_local))
    except TO_MEND as error:
        print(f"Maturity Coach cannot start. {error}", file=sys.stderr)  # noqa: T201 - for the operator
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
