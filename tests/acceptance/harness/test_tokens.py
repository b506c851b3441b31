"""The issuer's tokens are good or bad in exactly the way their names say."""

from collections.abc import Iterator

import jwt
import pytest
from jwt import PyJWK

from tests.acceptance.tokens import BAD_TOKENS, TOKEN_ISSUER, Issuer

SERVICE_URL = "http://127.0.0.1/teams/"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer("the-bot", SERVICE_URL) as running:
        yield running


def accepts(issuer: Issuer, token: str) -> bool:
    """What a careful bot checks."""
    try:
        kid = jwt.get_unverified_header(token)["kid"]
        keys = {key["kid"]: key for key in (issuer.answer("GET", "/keys") or {})["keys"]}
        claims = jwt.decode(
            token,
            PyJWK(keys[kid]).key,
            algorithms=["RS256"],
            audience=issuer.app_id,
            issuer=TOKEN_ISSUER,
            options={"require": ["exp"]},
        )
    except (jwt.PyJWTError, KeyError):
        return False
    return claims.get("serviceurl") == SERVICE_URL and "msteams" in keys[kid]["endorsements"]


def test_the_usual_token_is_good(issuer: Issuer) -> None:
    """Without changes a token is what Teams sends."""
    assert accepts(issuer, issuer.token())


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_bad(issuer: Issuer, kind: str) -> None:
    """A careful bot accepts none of them."""
    assert not accepts(issuer, BAD_TOKENS[kind](issuer))


def test_the_environment_names_nothing_outside(issuer: Issuer) -> None:
    """A bot that is set up with it asks this issuer for everything."""
    urls = [v for name, v in issuer.environment().items() if name.endswith("_URL")]
    assert len(urls) == 4
    assert all(url.startswith(issuer.url) for url in urls)
