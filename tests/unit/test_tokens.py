"""Keys that change, and one request for many who wait."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar
from unittest.mock import Mock

import jwt
import pytest
from aiohttp import ClientSession

from bot import tokens
from bot.settings import Settings
from bot.tokens import (
    ENTRA_TIMEOUT,
    FAILURE_PAUSE,
    FETCH_PAUSE,
    KEYS_LIFETIME,
    LEEWAY,
    OUTGOING_LIFETIME,
    EntraCredentials,
    KeysUnavailable,
    NoToken,
    TokenCheck,
)
from tests.acceptance.tokens import Issuer

SERVICE = "https://smba.trafficmanager.net/emea/"
APP = "6f9c1a52-3d7e-4b80-9a14-2c5e8d7b0f31"


class Clock:
    """Seconds that pass when the test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def settings(metadata_url: str = "") -> Settings:
    return Settings(
        app_id=APP,
        app_password="x",
        app_tenant_id=APP,
        openid_metadata_url=metadata_url,
    )


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer(APP, SERVICE) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as opened:
        yield opened


async def test_a_rotated_key_is_picked_up_without_a_restart(issuer: Issuer, session: ClientSession) -> None:
    """A token of a new key is refused at first, and accepted once the keys may be fetched again."""
    clock = Clock()
    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"), clock)
    assert await check.claims(f"Bearer {issuer.token()}", "msteams", SERVICE)

    issuer.add_key("newer")
    with pytest.raises(PermissionError):
        await check.claims(f"Bearer {issuer.token(kid='newer')}", "msteams", SERVICE)
    clock.now += FETCH_PAUSE + 1
    assert await check.claims(f"Bearer {issuer.token(kid='newer')}", "msteams", SERVICE)


async def test_known_keys_stay_good_while_the_publisher_is_away(
    issuer: Issuer, session: ClientSession
) -> None:
    """A failed fetch takes no key away, and is not repeated for each request."""
    clock = Clock()
    metadata = f"{issuer.url}/.well-known/openidconfiguration"
    check = TokenCheck(session, settings(metadata), clock)
    token = issuer.token()
    await check.claims(f"Bearer {token}", "msteams", SERVICE)
    issuer.is_away = True
    clock.now += 25 * 3600

    assert await check.claims(f"Bearer {token}", "msteams", SERVICE)
    asked = len(issuer.requests)
    assert await check.claims(f"Bearer {token}", "msteams", SERVICE)
    assert len(issuer.requests) == asked


async def test_without_any_key_nothing_is_said_about_a_token(session: ClientSession) -> None:
    """Where the keys were never fetched, the error is ours, not the sender's."""
    with Issuer(APP, SERVICE) as gone:
        token, url = gone.token(), f"{gone.url}/.well-known/openidconfiguration"

    with pytest.raises(KeysUnavailable):
        await TokenCheck(session, settings(url)).claims(f"Bearer {token}", "msteams", SERVICE)


async def test_a_token_is_verified_once(
    issuer: Issuer, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second request with the same token costs no signature; what else it says is checked each time."""
    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"))
    token, decode = f"Bearer {issuer.token()}", Mock(side_effect=jwt.decode)
    monkeypatch.setattr(jwt, "decode", decode)

    first = await check.claims(token, "msteams", SERVICE)
    assert await check.claims(token, "msteams", SERVICE) == first
    decode.assert_called_once()
    with pytest.raises(PermissionError, match="service URL"):
        await check.claims(token, "msteams", "https://elsewhere.example/")
    with pytest.raises(PermissionError, match="endorsed"):
        await check.claims(token, "webchat", SERVICE)


async def test_a_remembered_token_expires(
    issuer: Issuer, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is known for as long as it is good, the leeway included, and then looked at again."""
    now = [time.time()]
    metadata = f"{issuer.url}/.well-known/openidconfiguration"
    check = TokenCheck(session, settings(metadata), unix_time=lambda: now[0])
    token = issuer.token(exp=int(now[0]) - LEEWAY + 30)
    assert await check.claims(f"Bearer {token}", "msteams", SERVICE)

    now[0] += 31
    monkeypatch.setattr(jwt, "decode", Mock(side_effect=jwt.ExpiredSignatureError))
    with pytest.raises(PermissionError, match="Expired"):
        await check.claims(f"Bearer {token}", "msteams", SERVICE)


async def test_a_removed_key_makes_its_tokens_worthless(issuer: Issuer, session: ClientSession) -> None:
    """What was verified with a key that is gone is refused as soon as the keys are fetched again."""
    clock = Clock()
    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"), clock)
    token = f"Bearer {issuer.token()}"
    assert await check.claims(token, "msteams", SERVICE)

    issuer.replace_keys("newer")
    clock.now += FETCH_PAUSE + 1
    assert await check.claims(f"Bearer {issuer.token(kid='newer')}", "msteams", SERVICE)
    with pytest.raises(PermissionError, match="unknown key"):
        await check.claims(token, "msteams", SERVICE)


async def test_a_changed_key_of_the_same_name_is_noticed(issuer: Issuer, session: ClientSession) -> None:
    """Another key under a known id makes tokens of the old one wrong."""
    clock = Clock()
    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"), clock)
    token = f"Bearer {issuer.token()}"
    assert await check.claims(token, "msteams", SERVICE)

    issuer.replace_keys("teams")
    clock.now += KEYS_LIFETIME + 1
    with pytest.raises(PermissionError, match="InvalidSignature"):
        await check.claims(token, "msteams", SERVICE)


async def test_few_tokens_are_remembered(
    issuer: Issuer, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest ones make room."""
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"))
    for number in range(5):
        assert await check.claims(f"Bearer {issuer.token(jti=str(number))}", "msteams", SERVICE)

    assert len(check._verified) == 3


async def test_an_outage_is_not_asked_about_all_the_time(session: ClientSession) -> None:
    """After a failed fetch the next one waits, so that strangers cannot queue up requests."""
    clock = Clock()
    with Issuer(APP, SERVICE) as away:
        away.is_away = True
        check = TokenCheck(session, settings(f"{away.url}/.well-known/openidconfiguration"), clock)
        for _ in range(5):
            with pytest.raises(KeysUnavailable):
                await check.claims(f"Bearer {away.token()}", "msteams", SERVICE)
        assert len(away.requests) == 1

        away.is_away = False
        clock.now += FETCH_PAUSE + 1
        assert await check.claims(f"Bearer {away.token()}", "msteams", SERVICE)


async def test_a_known_key_waits_for_nobody(issuer: Issuer, session: ClientSession) -> None:
    """While a stranger's unknown key is being looked for, Teams' own requests go through."""
    clock = Clock()
    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"), clock)
    await check.claims(f"Bearer {issuer.token()}", "msteams", SERVICE)

    async with check._fetching:
        async with asyncio.timeout(1):
            assert await check.claims(f"Bearer {issuer.token()}", "msteams", SERVICE)


async def test_many_who_wait_share_one_outgoing_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entra is asked once, however many sends begin together, and again when the token has aged."""
    clock, asked = Clock(), []

    async def ask(_: EntraCredentials) -> str:
        asked.append(clock.now)
        await asyncio.sleep(0)
        return f"token {len(asked)}"

    monkeypatch.setattr(EntraCredentials, "_ask", ask)
    credentials = EntraCredentials(settings(), clock)
    assert set(await asyncio.gather(*(credentials.token() for _ in range(50)))) == {"token 1"}

    clock.now += OUTGOING_LIFETIME + 1
    assert await credentials.token() == "token 2"


class Msal:
    """MSAL's application: what it was made with, and one answer for every question."""

    made: ClassVar[dict[str, Any]] = {}
    answer: ClassVar[dict[str, str]] = {}

    def __init__(self, **given: Any) -> None:
        Msal.made = given

    def acquire_token_silent(self, *_: object, **__: object) -> dict[str, str]:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return Msal.answer


@pytest.fixture
def msal(monkeypatch: pytest.MonkeyPatch) -> type[Msal]:
    monkeypatch.setattr("bot.tokens.ConfidentialClientApplication", Msal)
    return Msal


async def test_entra_is_asked_off_the_loop_and_not_for_ever(msal: type[Msal]) -> None:
    """The SDK's class gets the settings, its blocking call runs in a thread, and MSAL has a time limit."""
    msal.answer = {"access_token": "from Entra"}

    assert await EntraCredentials(settings()).token() == "from Entra"
    assert (msal.made["client_id"], msal.made["timeout"]) == (APP, ENTRA_TIMEOUT)


async def test_whatever_entra_does_is_one_error(msal: type[Msal]) -> None:
    """A wrong secret or an unreachable Entra means no token, not a failed turn."""
    msal.answer = {"error": "invalid_client", "error_description": "AADSTS7000215"}

    with pytest.raises(NoToken, match="AADSTS7000215"):
        await EntraCredentials(settings()).token()


class Identity:
    """MSAL's application of a managed identity, with one answer after the other."""

    answers: ClassVar[list[dict[str, str]]] = []

    def __init__(self, *_: object, **__: object) -> None: ...

    def acquire_token_for_client(self, *, resource: str) -> dict[str, str]:
        assert resource == "https://api.botframework.com"
        return Identity.answers.pop(0)


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> EntraCredentials:
    monkeypatch.setattr("msal.ManagedIdentityClient", Identity)
    return EntraCredentials(Settings(app_id=APP, app_tenant_id=APP, app_type="UserAssignedMSI"))


async def test_a_managed_identity_that_fails_says_why(identity: EntraCredentials) -> None:
    """The error and its description, where the SDK only misses a key in them."""
    Identity.answers = [{"error": "invalid_request", "error_description": "Identity not found"}] * 2

    with pytest.raises(NoToken, match="invalid_request, Identity not found"):
        await identity.token()


@pytest.mark.parametrize("failures", [0, 1])
async def test_a_managed_identity_gets_a_token(identity: EntraCredentials, failures: int) -> None:
    """At once, or as it is asked why not."""
    Identity.answers = [{"error": "temporarily_unavailable"}] * failures + [{"access_token": "of Azure"}]

    assert await identity.token() == "of Azure"


async def test_an_outage_of_entra_is_told_to_all_who_wait(msal: type[Msal]) -> None:
    """After one failure the others in line do not wait for their own; later Entra is asked anew."""
    clock = Clock()
    msal.answer = {"error": "temporarily_unavailable"}
    credentials = EntraCredentials(settings(), clock)
    outcomes = await asyncio.gather(*(credentials.token() for _ in range(5)), return_exceptions=True)
    assert [str(one) for one in outcomes[1:]] == ["Entra failed a moment ago"] * 4

    msal.answer = {"access_token": "from Entra"}
    clock.now += FAILURE_PAUSE + 1
    assert await credentials.token() == "from Entra"


async def test_a_key_that_cannot_be_read_is_the_tokens_fault_not_an_error(
    issuer: Issuer, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong while a token is read, the request is refused as unauthorized."""

    def fails(*_: object, **__: object) -> None:
        raise UnicodeError("label too long")

    check = TokenCheck(session, settings(f"{issuer.url}/.well-known/openidconfiguration"))
    monkeypatch.setattr("bot.tokens.jwt.decode", fails)
    with pytest.raises(PermissionError, match="UnicodeError"):
        await check.claims(f"Bearer {issuer.token()}", "msteams", SERVICE)
