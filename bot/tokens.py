"""Tokens: checking the ones that Teams sends, and getting the ones that Teams wants.

botbuilder's own check fetches keys with a blocking call that has no time limit, accepts tokens that never
expire, and meets a new signing key only after a day; so the check is done here, with PyJWT.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import jwt
from aiohttp import ClientError, ClientSession, ClientTimeout
from botbuilder.integration.aiohttp import ConfigurationServiceClientCredentialFactory

from bot.settings import Settings

KEYS_LIFETIME = 24 * 3600
"""Seconds after which the signing keys are fetched again."""
UNKNOWN_KEY_PAUSE = 60
"""Seconds between two fetches for unknown keys: a stranger's tokens must not make us ask all the time."""
LEEWAY = 300
"""Seconds by which clocks may differ, as in the SDK."""
FETCH_TIMEOUT = ClientTimeout(total=5)
OUTGOING_LIFETIME = 240
"""Seconds an outgoing token is reused; MSAL hands out none with less than 300 left."""


class KeysUnavailable(Exception):
    """The signing keys could not be fetched, so no token can be checked right now."""


class TokenCheck:
    """Decides whether a request comes from Teams."""

    def __init__(
        self, session: ClientSession, settings: Settings, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._settings = settings
        self._seconds = seconds
        self._keys: Mapping[str, Mapping[str, Any]] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def claims(self, authorization: str, channel_id: str, service_url: str) -> dict[str, Any]:
        """The claims of a bearer token that Teams signed for this bot, this channel and this service URL.

        Raises PermissionError for any other token, KeysUnavailable where that cannot be told.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer" or not token:
            raise PermissionError("no bearer token")
        try:
            key = await self._key(str(jwt.get_unverified_header(token).get("kid")))
            if channel_id not in key.get("endorsements", []):
                raise PermissionError(f"the key is not endorsed for channel {channel_id!r}")
            claims = self._verified(token, key)
        except jwt.PyJWTError as error:
            raise PermissionError(f"{type(error).__name__}: {error}") from None
        if claims.get("serviceurl") != service_url:
            raise PermissionError("the token is for another service URL")
        return claims

    def _verified(self, token: str, key: Mapping[str, Any]) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(dict(key), algorithm="RS256"),
            algorithms=["RS256"],
            audience=self._settings.app_id,
            issuer=self._settings.token_issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )
        return claims

    async def _key(self, key_id: str) -> Mapping[str, Any]:
        async with self._fetching:
            age = self._seconds() - self._fetched_at
            if age > (KEYS_LIFETIME if key_id in self._keys else UNKNOWN_KEY_PAUSE):
                await self._fetch()
        try:
            return self._keys[key_id]
        except KeyError:
            raise PermissionError("the token is signed with an unknown key") from None

    async def _fetch(self) -> None:
        """Replace the keys; where that fails, known keys stay good and nothing is asked again for a while."""
        try:
            metadata = await self._json(self._settings.openid_metadata_url)
            keys = await self._json(metadata["jwks_uri"])
            self._keys = {one["kid"]: one for one in keys["keys"]}
        except (ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            if not self._keys:
                raise KeysUnavailable(f"{type(error).__name__}: {error}") from error
        self._fetched_at = self._seconds()

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
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """One request to Entra however many wait for it, and off the event loop, since MSAL blocks."""
        async with self._asking:
            if self._seconds() > self._good_until:
                self._token = await self._ask()
                self._good_until = self._seconds() + OUTGOING_LIFETIME
        return self._token

    async def _ask(self) -> str:
        if self._credentials is None:
            factory = ConfigurationServiceClientCredentialFactory(_SdkSettings(self._settings))
            login = (
                self._settings.login_url
                or f"https://login.microsoftonline.com/{self._settings.app_tenant_id}"
            )
            self._credentials = await factory.create_credentials(
                self._settings.app_id, self._settings.oauth_scope, login, validate_authority=True
            )
        try:
            return await asyncio.to_thread(self._credentials.get_access_token)
        except Exception as error:  # MSAL, requests and the SDK raise whatever comes to their mind
            raise NoToken(f"{type(error).__name__}: {error}") from error


class _SdkSettings:
    """The settings under the names that the SDK reads."""

    def __init__(self, settings: Settings) -> None:
        self.APP_ID = settings.app_id
        self.APP_PASSWORD = settings.app_password.get_secret_value()
        self.APP_TYPE = settings.app_type
        self.APP_TENANTID = settings.app_tenant_id
