"""The Teams app package: what an administrator uploads."""

import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scripts.package import (
    ICONS,
    MANIFEST,
    PLACEHOLDERS,
    ROOT,
    CannotPackage,
    filled,
    insist_on_schema,
    package,
    settings,
)

VALUES = {
    "APP_ID": "3f0c8f1e-6f57-4c8e-9d40-2f7f0a1b6c11",
    "BOT_ID": "b4e7a2c0-93d1-4a55-8a27-6d1c0e9f5b22",
    "BOT_DOMAIN": "coach.example.org",
    "DEVELOPER_NAME": 'The "CoE" of Contoso',
    "DEVELOPER_WEBSITE_URL": "https://example.org/coach",
    "DEVELOPER_PRIVACY_URL": "https://example.org/privacy",
    "DEVELOPER_TERMS_URL": "https://example.org/terms",
}


@pytest.fixture
def template() -> str:
    return MANIFEST.read_text("utf-8")


@pytest.fixture
def manifest(template: str) -> dict[str, Any]:
    return filled(template, VALUES)


def test_a_filled_manifest_keeps_to_the_official_schema(manifest: dict[str, Any]) -> None:
    insist_on_schema(manifest)

    assert manifest["id"] == VALUES["APP_ID"]
    assert manifest["bots"][0]["botId"] == VALUES["BOT_ID"]
    assert manifest["validDomains"] == ["coach.example.org"]


def test_a_value_with_quotes_stays_one_value(manifest: dict[str, Any]) -> None:
    assert manifest["developer"]["name"] == 'The "CoE" of Contoso'


def test_the_bot_is_offered_to_people_teams_and_group_chats(manifest: dict[str, Any]) -> None:
    (bot,) = manifest["bots"]

    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert [each["scopes"] for each in bot["commandLists"]] == [["personal"], ["team"], ["groupChat"]]


def test_commands_fit_every_schema_version(manifest: dict[str, Any]) -> None:
    """1.19, the narrowest, takes ten commands of 32 characters, each described in 128."""
    for commands in (each["commands"] for each in manifest["bots"][0]["commandLists"]):
        assert len(commands) <= 10
        assert all(len(each["title"]) <= 32 for each in commands)
        assert all(0 < len(each["description"]) <= 128 for each in commands)


def test_the_manifest_carries_the_project_version(manifest: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert manifest["version"] == project["version"]


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_a_missing_value_is_named_and_explained(template: str, name: str) -> None:
    with pytest.raises(CannotPackage) as refusal:
        filled(template, {**VALUES, name: ""})

    assert f"{name}: {PLACEHOLDERS[name]}" in str(refusal.value)


def test_every_explained_value_is_asked_for(template: str) -> None:
    assert all(f"${{{{{name}}}}}" in template for name in PLACEHOLDERS)


@pytest.mark.parametrize(
    "set_to, bot_id",
    [
        ({"MicrosoftAppId": "an-app"}, "an-app"),
        ({"MicrosoftAppId": "an-app", "BOT_ID": ""}, "an-app"),
        ({"MicrosoftAppId": "an-app", "BOT_ID": "another"}, "another"),
        ({}, ""),
    ],
)
def test_the_bot_id_is_the_app_id_of_the_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_to: dict[str, str], bot_id: str
) -> None:
    """Who has set the bot up in `.env` need not write its id a second time, but may."""
    for name in ("MicrosoftAppId", "BOT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("scripts.package.ROOT", tmp_path)
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in set_to.items()), "utf-8")

    assert settings()["BOT_ID"] == bot_id


@pytest.mark.parametrize(
    "domain",
    [
        "https://coach.example.org",
        "http://coach.example.org/",
        "coach.example.org/api/messages",
        "coach.example.org:443",
        "coach.example.org?x=1",
    ],
)
def test_a_bot_domain_is_a_host_name_alone(template: str, domain: str) -> None:
    """Teams would take the rest for a part of the name and trust nobody; the message says what to write."""
    with pytest.raises(
        CannotPackage, match=r"BOT_DOMAIN is .*; give the host name alone: coach\.example\.org$"
    ):
        filled(template, {**VALUES, "BOT_DOMAIN": domain})


@pytest.mark.parametrize("name", [one for one in PLACEHOLDERS if one.endswith("_URL")])
@pytest.mark.parametrize("address", ["http://example.org/", "example.org", "https://", "ftp://example.org/"])
def test_the_pages_of_the_developer_are_https(template: str, name: str, address: str) -> None:
    """The schema would let plain http through."""
    with pytest.raises(
        CannotPackage, match=f"{name} is '{address}'; give an address that begins with https://"
    ):
        filled(template, {**VALUES, name: address})


def test_an_unknown_placeholder_is_refused() -> None:
    with pytest.raises(CannotPackage, match="asks for BOT_NAME; add it"):
        filled('{"name": "${{BOT_NAME}}"}', VALUES)


def test_a_value_of_the_wrong_form_is_refused_with_its_place(tmp_path: Path) -> None:
    target = tmp_path / "coach.zip"

    with pytest.raises(CannotPackage, match=r"\$\.id: 'not-a-guid'"):
        package({**VALUES, "APP_ID": "not-a-guid"}, target)

    assert not target.exists()


def test_a_schema_version_nobody_published_is_refused(manifest: dict[str, Any]) -> None:
    with pytest.raises(CannotPackage, match=r"no schema for manifest version 9\.99"):
        insist_on_schema({**manifest, "manifestVersion": "9.99"})


def test_the_zip_holds_the_manifest_and_two_icons_and_nothing_else(tmp_path: Path) -> None:
    package(VALUES, tmp_path / "coach.zip")

    with zipfile.ZipFile(tmp_path / "coach.zip") as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(archive.read("manifest.json"))["id"] == VALUES["APP_ID"]


def test_the_colour_icon_fills_its_square() -> None:
    with Image.open(ICONS[0]) as icon:
        assert icon.size == (192, 192)
        assert icon.mode == "RGB"


def test_the_outline_icon_is_white_on_nothing() -> None:
    with Image.open(ICONS[1]) as icon:
        assert icon.size == (32, 32)
        data = icon.tobytes()

    pixels = [data[at : at + 4] for at in range(0, len(data), 4)]
    shown = [pixel for pixel in pixels if pixel[3] > 0]
    assert {pixel[:3] for pixel in shown} == {b"\xff\xff\xff"}
    assert 0 < len(shown) < len(pixels) == 32 * 32
