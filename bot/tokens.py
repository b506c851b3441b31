"""Tokens: checking the ones that Teams sends, and getting the ones that Teams wants.

botbuilder's own check fetches keys with a blocking call that has no time limit, accepts tokens that never
expire, and meets a new signing key only after a day; so the check is done here, with PyJWT.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

import jwt
from aiohttp import ClientError, ClientSession, ClientTimeout
from botbuilder.integration.aiohttp import ConfigurationServiceClientCredentialFactory
from botframework.connector.auth import MicrosoftAppCredentials
from msal.application import ConfidentialClientApplication

from bot.settings import Settings

log = logging.getLogger(__name__)

KEYS_LIFETIME = 24 * 3600
"""Seconds after which the signing keys are fetched again."""
FETCH_PAUSE = 60
"""Seconds between two fetches of keys: neither strangers' tokens nor an outage make us ask all the time."""
LEEWAY = 300
"""Seconds by which clocks may differ, as in the SDK."""
REMEMBERED = 1_000
"""Verified tokens kept in mind; Teams uses one for about an hour."""
FETCH_TIMEOUT = ClientTimeout(total=5)
ENTRA_TIMEOUT = 5
"""Seconds for each of the calls that bring an outgoing token."""
FAILURE_PAUSE = 10
"""Seconds after a failure in which Entra is not asked again: who waits in line hears so at once."""
OUTGOING_LIFETIME = 240
"""Seconds an outgoing token is reused; MSAL hands out none with less than 300 left."""


class KeysUnavailable(Exception):
    """The signing keys could not be fetched, so no token can be checked right now."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token says whose signature, audience, issuer and times were right."""

    key_id: str
    claims: dict[str, Any]
    good_until: float
    """Seconds since 1970, with the leeway."""


class TokenCheck:
    """Decides whether a request comes from Teams.

    A signature is checked once: until it expires, the same token is known by its digest. Whenever the keys
    are fetched anew, everything is checked again.
    """

    def __init__(
        self,
        session: ClientSession,
        settings: Settings,
        seconds: Callable[[], float] = time.monotonic,
        *,
        unix_time: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._settings = settings
        self._seconds = seconds
        self._unix_time = unix_time
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._keys: Mapping[str, Mapping[str, Any]] = {}
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def claims(self, authorization: str, channel_id: str, service_url: str) -> dict[str, Any]:
        """The claims of a bearer token that Teams signed for this bot, this channel and this service URL.

        Raises PermissionError for any other token, KeysUnavailable where that cannot be told.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer" or not token or not token.isascii():
            raise PermissionError("no bearer token")
        digest = sha256(token.encode()).digest()
        try:
            key_id = self._key_id(token, digest)
            key = await self._key(key_id)
            if channel_id not in key.get("endorsements", []):
                raise PermissionError(f"the key is not endorsed for channel {channel_id!r}")
            # Looked up once more: while the key was fetched, all that was verified may have been dropped.
            verified = self._known(digest) or self._remember(digest, self._verify(token, key_id, key))
        except (jwt.PyJWTError, ValueError) as error:
            raise PermissionError(f"{type(error).__name__}: {error}") from None
        if verified.claims.get("serviceurl") != service_url:
            raise PermissionError("the token is for another service URL")
        return verified.claims

    def _key_id(self, token: str, digest: bytes) -> str:
        known = self._known(digest)
        return known.key_id if known else str(jwt.get_unverified_header(token).get("kid"))

    def _known(self, digest: bytes) -> _Verified | None:
        known = self._verified.get(digest)
        return known if known and self._unix_time() < known.good_until else None

    def _remember(self, digest: bytes, verified: _Verified) -> _Verified:
        self._verified[digest] = verified
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)
        return verified

    def _verify(self, token: str, key_id: str, key: Mapping[str, Any]) -> _Verified:
        claims = jwt.decode(
            token,
            jwt.PyJWK(dict(key), algorithm="RS256"),
            algorithms=["RS256"],
            audience=self._settings.app_id,
            issuer=self._settings.token_issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )
        return _Verified(key_id, claims, good_until=int(claims["exp"]) + LEEWAY)

    async def _key(self, key_id: str) -> Mapping[str, Any]:
        """The key with this id; one that is known waits for nobody else's fetch."""
        if not self._knows(key_id):
            async with self._fetching:
                if not self._knows(key_id) and self._seconds() - self._asked_at > FETCH_PAUSE:
                    await self._fetch()
        if not self._keys:
            raise KeysUnavailable("the signing keys could not be fetched")
        try:
            return self._keys[key_id]
        except KeyError:
            raise PermissionError("the token is signed with an unknown key") from None

    def _knows(self, key_id: str) -> bool:
        return key_id in self._keys and self._seconds() - self._fetched_at < KEYS_LIFETIME

    async def _fetch(self) -> None:
        """Replace the keys; where that fails, the ones at hand stay good."""
        self._asked_at = self._seconds()
        try:
            metadata = await self._json(self._settings.openid_metadata_url)
            keys = await self._json(metadata["jwks_uri"])
            self._keys = {one["kid"]: one for one in keys["keys"]}
            self._verified.clear()
            self._fetched_at = self._asked_at
        except (ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.warning("the signing keys could not be fetched: %s: %s", type(error).__name__, error)

    async def _json(self, url: str) -> Any:
        async with self._session.get(url, timeout=FETCH_TIMEOUT, raise_for_status=True) as response:
            return await response.json(content_type=None)


class NoToken(Exception):
    """Entra gave no token; nothing can be sent right now."""


class Credentials(Protocol):
    """Where the bot's own tokens come from."""

    async def token(self) -> str | None:
        """A bearer token for Teams' connector; None where none is needed. Raises NoToken."""


class NoCredentials:
    """Local mode: the Agents Playground asks for no token."""

    async def token(self) -> None:
        """Nothing to show."""


class EntraCredentials:
    """Tokens from Entra by the SDK's credential classes: secret or managed identity."""

    def __init__(self, settings: Settings, seconds: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._seconds = seconds
        self._credentials: Any = None
        self._token = ""
        self._good_until = float("-inf")
        self._failed_at = float("-inf")
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """One request to Entra however many wait for it, and off the event loop, since MSAL blocks."""
        async with self._asking:
            if self._seconds() > self._good_until:
                self._token = await self._ask()
                self._good_until = self._seconds() + OUTGOING_LIFETIME
        return self._token

    async def _ask(self) -> str:
        if self._seconds() < self._failed_at + FAILURE_PAUSE:
            raise NoToken("Entra failed a moment ago")
        try:
            async with asyncio.timeout(2 * ENTRA_TIMEOUT):
                if self._credentials is None:
                    self._credentials = await self._of_the_sdk()
                return await asyncio.to_thread(self._token_of_the_sdk)
        except Exception as error:  # MSAL, requests and the SDK raise whatever comes to their mind
            self._failed_at = self._seconds()
            raise NoToken(f"{type(error).__name__}: {error}") from error

    async def _of_the_sdk(self) -> Any:
        factory = ConfigurationServiceClientCredentialFactory(_SdkSettings(self._settings))
        login = (
            self._settings.login_url or f"https://login.microsoftonline.com/{self._settings.app_tenant_id}"
        )
        return await factory.create_credentials(
            self._settings.app_id, self._settings.oauth_scope, login, validate_authority=True
        )

    def _token_of_the_sdk(self) -> str:
        """Blocks. The SDK gives MSAL no time limit, and a thread that waits for ever outlives the process."""
        credentials = self._credentials
        if isinstance(credentials, MicrosoftAppCredentials) and not credentials.app:
            credentials.app = ConfidentialClientApplication(  # type: ignore[assignment]  # untyped: None at first
                client_id=credentials.microsoft_app_id,
                client_credential=credentials.microsoft_app_password,
                authority=credentials.oauth_endpoint,
                timeout=ENTRA_TIMEOUT,
            )
        try:
            return str(credentials.get_access_token())
        except KeyError:
            # The SDK's class for managed identities takes any answer for a token, and drops what else it is.
            answer = credentials.app.acquire_token_for_client(resource=credentials.oauth_scope)
            return _token_in(answer)


def _token_in(answer: Mapping[str, Any]) -> str:
    """What MSAL got for a managed identity; an error in the words of whoever gave none."""
    if "access_token" in answer:
        return str(answer["access_token"])
    raise PermissionError(f"no token: {answer.get('error')}, {answer.get('error_description')}")


class _SdkSettings:
    """The settings under the names that the SDK reads."""

    def __init__(self, settings: Settings) -> None:
        self.APP_ID = settings.app_id
        self.APP_PASSWORD = settings.app_password.get_secret_value()
        self.APP_TYPE = settings.app_type
        self.APP_TENANTID = settings.app_tenant_id
