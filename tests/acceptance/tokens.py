"""Who vouches for Teams towards the bot, and for the bot towards Teams, with keys of our own on loopback.

The issuer answers from a thread of its own, because the SDK fetches keys while it blocks the event loop.
"""

import base64
import hmac
import json
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

Json = dict[str, Any]

TOKEN_ISSUER = "https://api.botframework.com"
HOUR = 3600  # seconds


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Stands in for login.botframework.com (keys of inbound tokens) and Entra (tokens of the bot)."""

    def __init__(self, app_id: str, service_url: str = "") -> None:
        self.app_id = app_id
        self.service_url = service_url
        self.issued: set[str] = set()  # by the Entra endpoint; give it to the connector to trust
        self.requests: list[str] = []
        self.is_away = False
        self._keys = {"teams": _new_key(), "webchat": _new_key()}
        self._foreign_key = _new_key()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def login_url(self) -> str:
        return f"{self.url}/tenant"

    def environment(self) -> dict[str, str]:
        """What makes a bot trust this issuer, named as in the SDK; all given, so that none is Microsoft's."""
        metadata = f"{self.url}/.well-known/openidconfiguration"
        return {
            "TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL": metadata,
            "TO_BOT_FROM_CHANNEL_TOKEN_ISSUER": TOKEN_ISSUER,
            "TO_BOT_FROM_EMULATOR_OPENID_METADATA_URL": metadata,
            "TO_CHANNEL_FROM_BOT_LOGIN_URL": self.login_url,
            "TO_CHANNEL_FROM_BOT_OAUTH_SCOPE": TOKEN_ISSUER,
            "OAUTH_URL": self.url,
        }

    def add_key(self, kid: str) -> None:
        """Publish one more key, for Teams' channel."""
        self._keys[kid] = _new_key()

    def replace_keys(self, kid: str) -> None:
        """Publish one new key, for Teams' channel, in place of all."""
        self._keys = {kid: _new_key()}

    def token(
        self, *, kid: str = "teams", algorithm: str = "RS256", foreign: bool = False, **claims: Any
    ) -> str:
        """A token as Teams sends it; a claim of None is left out, `foreign` signs with a key of nobody."""
        now = int(time.time())
        usual = {
            "iss": TOKEN_ISSUER,
            "aud": self.app_id,
            "serviceurl": self.service_url,
            "iat": now,
            "nbf": now,
            "exp": now + HOUR,
        }
        payload = {name: value for name, value in (usual | claims).items() if value is not None}
        key: Any = self._foreign_key if foreign else self._keys.get(kid, self._foreign_key)
        if algorithm == "HS256":
            key = "a secret that is long enough to sign with"
        if algorithm == "none":
            key = None
        return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid})

    def forged(self, kid: str = "teams") -> str:
        """A token signed with the public key, as if that were a secret that both sides share."""
        public = self._keys[kid].public_key()
        secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        claims = self.token(kid=kid).split(".")[1]
        header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode())
        signed = f"{header.decode().rstrip('=')}.{claims}"
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256"))
        return f"{signed}.{mac.decode().rstrip('=')}"

    def with_a_key_of_its_own(self, kid: str = "teams") -> str:
        """A token whose header brings the key that it is signed with."""
        claims = jwt.decode(self.token(kid=kid), options={"verify_signature": False})
        own = RSAAlgorithm.to_jwk(self._foreign_key.public_key(), as_dict=True)
        headers = {"kid": kid, "jwk": own, "jku": f"{self.url}/keys"}
        return jwt.encode(claims, self._foreign_key, algorithm="RS256", headers=headers)

    def answer(self, method: str, path: str) -> Json | None:
        """What the endpoints say; None for one that does not exist."""
        self.requests.append(f"{method} {path}")
        if self.is_away:
            return None
        if method == "POST" and path.endswith("/oauth2/v2.0/token"):
            return self._entra_token()
        documents = {"/.well-known/openidconfiguration": self._metadata, "/keys": self._key_set}
        document = documents.get(path) if method == "GET" else None
        return document() if document else None

    def _entra_token(self) -> Json:
        token = uuid.uuid4().hex
        self.issued.add(token)
        return {"token_type": "Bearer", "expires_in": HOUR, "ext_expires_in": HOUR, "access_token": token}

    def _metadata(self) -> Json:
        signing = {"id_token_signing_alg_values_supported": ["RS256"]}
        return {"issuer": TOKEN_ISSUER, "jwks_uri": f"{self.url}/keys", **signing}

    def _key_set(self) -> Json:
        return {"keys": [self._jwk(kid) | {"endorsements": _endorsed(kid)} for kid in self._keys]}

    def _jwk(self, kid: str) -> Json:
        public = RSAAlgorithm.to_jwk(self._keys[kid].public_key(), as_dict=True)
        return dict(public) | {"kid": kid, "x5t": kid, "use": "sig"}


def _with_claims_of(signed: str, other: str) -> str:
    """The head and the signature of one token around the claims of another."""
    head, _, signature = other.split(".")
    return ".".join((head, signed.split(".")[1], signature))


def _endorsed(kid: str) -> list[str]:
    return ["webchat"] if kid == "webchat" else ["msteams"]


BAD_TOKENS: dict[str, Callable[[Issuer], str]] = {
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - HOUR),
    "without an expiry": lambda issuer: issuer.token(exp=None),
    "not valid yet": lambda issuer: issuer.token(nbf=int(time.time()) + HOUR),
    "for another bot": lambda issuer: issuer.token(aud=str(uuid.uuid4())),
    "without an audience": lambda issuer: issuer.token(aud=None),
    "of another issuer": lambda issuer: issuer.token(iss="https://example.org"),
    "without an issuer": lambda issuer: issuer.token(iss=None),
    "for another service URL": lambda issuer: issuer.token(serviceurl="https://example.org/"),
    "without a service URL": lambda issuer: issuer.token(serviceurl=None),
    "signed with a foreign key": lambda issuer: issuer.token(foreign=True),
    "of an unknown key": lambda issuer: issuer.token(kid="unheard-of", foreign=True),
    "of a key for another channel": lambda issuer: issuer.token(kid="webchat"),
    "signed with the public key as a secret": lambda issuer: issuer.forged(),
    "signed with a key it brings": lambda issuer: issuer.with_a_key_of_its_own(),
    "of another algorithm": lambda issuer: issuer.token(algorithm="RS512"),
    "with another's claims": lambda issuer: _with_claims_of(issuer.token(), issuer.token(aud="another")),
    "without its signature": lambda issuer: issuer.token().rpartition(".")[0] + ".",
    "signed with a shared secret": lambda issuer: issuer.token(algorithm="HS256"),
    "not signed": lambda issuer: issuer.token(algorithm="none"),
    "no token at all": lambda _: "garbage",
}


def _handler_for(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer("POST")

        def log_message(self, *_: object) -> None:
            """The tests' output is not the place."""

        def _answer(self, method: str) -> None:
            found = issuer.answer(method, self.path.partition("?")[0])
            body = json.dumps(found or {"error": "not found"}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
