"""Fill in the Teams app manifest, check it against its official schema, and zip it for sideloading."""

import json
import os
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from jsonschema import Draft4Validator

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "manifest/manifest.json"
ICONS = (ROOT / "manifest/color.png", ROOT / "manifest/outline.png")
SCHEMAS = ROOT / "node_modules/@microsoft/app-manifest/build/json-schemas/teams"
TARGET = ROOT / "var/maturity-coach.zip"

HOST = re.compile(r"(?:\w+://)?([^/:?#\s]*)")
HTTPS = re.compile(r"https://[^/\s]", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\$\{\{(\w*)\}\}")
PLACEHOLDERS = {
    "APP_ID": "the Teams app's own GUID: make one once, keep it for every later version",
    "BOT_ID": "the bot's Entra app id, a GUID; left out, it is MicrosoftAppId",
    "BOT_DOMAIN": "the host name the bot is reached at, such as coach.example.org",
    "DEVELOPER_NAME": "who runs the bot, at most 32 characters",
    "DEVELOPER_WEBSITE_URL": "the https page where people find support",
    "DEVELOPER_PRIVACY_URL": "the https page that says what happens to answers",
    "DEVELOPER_TERMS_URL": "the https page with the terms of use",
}


class CannotPackage(Exception):
    """Why there is no package; the text says what to do about it."""


def settings() -> dict[str, str]:
    written_down = dotenv_values(ROOT / ".env")
    found = {name: value for name, value in {**written_down, **os.environ}.items() if value}
    return {"BOT_ID": found.get("MicrosoftAppId", ""), **found}


def filled(template: str, values: Mapping[str, str]) -> dict[str, Any]:
    wanted = list(dict.fromkeys(PLACEHOLDER.findall(template)))
    insist_on_known(wanted)
    insist_on_values(wanted, values)
    insist_on_forms(wanted, values)
    text = PLACEHOLDER.sub(lambda found: json.dumps(values[found[1]])[1:-1], template)
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def insist_on_known(wanted: list[str]) -> None:
    if unknown := [name for name in wanted if name not in PLACEHOLDERS]:
        raise CannotPackage(
            f"manifest/manifest.json asks for {', '.join(unknown)}; add it to PLACEHOLDERS in "
            f"scripts/package.py, or use one of {', '.join(PLACEHOLDERS)}."
        )


def insist_on_values(wanted: list[str], values: Mapping[str, str]) -> None:
    if missing := [name for name in wanted if not values.get(name)]:
        lines = [f"  {name}: {PLACEHOLDERS[name]}" for name in missing]
        raise CannotPackage("\n".join(["Set these in the environment or in .env:", *lines]))


def insist_on_forms(wanted: list[str], values: Mapping[str, str]) -> None:
    """What the schema lets through though Teams could not use it."""
    mistakes = (mistake(name, values[name]) for name in wanted)
    if lines := [f"  {one}" for one in mistakes if one]:
        raise CannotPackage("\n".join(["Correct these in the environment or in .env:", *lines]))


def mistake(name: str, value: str) -> str | None:
    if name == "BOT_DOMAIN" and (host := HOST.match(value)) and host[1] != value:
        return f"{name} is {value!r}; give the host name alone: {host[1] or 'coach.example.org'}"
    if name.endswith("_URL") and not HTTPS.match(value):
        return f"{name} is {value!r}; give an address that begins with https://"
    return None


def insist_on_schema(manifest: dict[str, Any]) -> None:
    errors = Draft4Validator(official_schema(manifest["manifestVersion"])).iter_errors(manifest)
    if lines := [f"  {error.json_path}: {error.message}" for error in errors]:
        raise CannotPackage("\n".join(["The manifest breaks its official schema:", *lines]))


def official_schema(version: str) -> dict[str, Any]:
    path = SCHEMAS / f"v{version}/MicrosoftTeams.schema.json"
    if not path.exists():
        raise CannotPackage(
            f"node_modules has no schema for manifest version {version}: `make package` installs those "
            "of the versions that Microsoft has published."
        )
    schema: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))  # the files begin with a byte order mark
    return schema


def write_zip(manifest: dict[str, Any], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(MANIFEST.name, json.dumps(manifest, indent=2, ensure_ascii=False))
        for icon in ICONS:
            package.write(icon, icon.name)


def package(values: Mapping[str, str], target: Path) -> None:
    manifest = filled(MANIFEST.read_text("utf-8"), values)
    insist_on_schema(manifest)
    write_zip(manifest, target)


def main() -> int:
    try:
        package(settings(), TARGET)
    except CannotPackage as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{TARGET.relative_to(ROOT)} is ready: in Teams, Apps > Manage your apps > Upload an app.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
