"""The way into Azure: what its files say of this project is so, and nothing secret stands in them."""

import json
import re
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values

from bot import handler, serving
from bot.door import ROUTES
from bot.settings import Settings
from bot.telemetry import exporting
from jobs import engine, watch
from scripts.package import PLACEHOLDERS, TARGET

ROOT = Path(__file__).parents[2]
TEMPLATES = {one.stem: one.read_text("utf-8") for one in sorted((ROOT / "infra").glob("*.bicep"))}
AZURE = TEMPLATES["azure"]
LIFECYCLE = (ROOT / "m365agents.yml").read_text("utf-8")
ENVIRONMENT = dotenv_values(ROOT / "env/.env.dev")
PLACEHOLDER = re.compile(r"\$\{\{(\w+)\}\}")


def parameters(template: str) -> dict[str, str]:
    """What a template is told, and by which placeholder."""
    file = json.loads((ROOT / f"infra/{template}.parameters.json").read_text("utf-8"))
    return {name: one["value"] for name, one in file["parameters"].items()}


def number(pattern: str) -> int:
    [found] = re.findall(pattern, AZURE)
    return int(found)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_gets_what_it_asks_for(template: str) -> None:
    """Every parameter without a default is in the parameters' file, and no other than there are."""
    asked = re.findall(r"^param (\w+) \w+( =)?", TEMPLATES[template], re.MULTILINE)
    needed = {name for name, default in asked if not default}

    assert needed <= parameters(template).keys() <= {name for name, _ in asked}


def test_the_bot_is_given_settings_that_it_has() -> None:
    """A setting that was renamed does not keep its old name in Azure."""
    [listed] = re.findall(r"env: \[(.*?)\n          \]", AZURE, re.DOTALL)
    given = re.findall(r"name: '(\w+)'", listed)

    assert {"MicrosoftAppId", "MicrosoftAppType", "MicrosoftAppTenantId", "DATABASE_URL"} <= set(given)
    assert set(given) <= {str(one.alias) for one in Settings.model_fields.values()}


def test_the_database_url_comes_from_the_vault() -> None:
    """It holds the password, so it is a secret that the bot's identity reads, and no output shows it."""
    assert re.search(r"name: 'DATABASE_URL'\s+secretRef: 'database-url'", AZURE)
    assert re.search(r"name: 'database-url'\s+keyVaultUrl:", AZURE)
    assert re.search(r"@secure\(\)\nparam databasePassword string\n", AZURE)
    outputs = re.findall(r"^output .*", AZURE, re.MULTILINE)
    assert not [one for one in outputs if re.search("password|secret|key", one, re.IGNORECASE)]


def test_probes_ask_what_the_bot_answers() -> None:
    """At the port it listens on."""
    served = {one.path for one in ROUTES if hasattr(one, "path")}

    assert set(re.findall(r"path: '(/\w+)'", AZURE)) == {"/healthz", "/readyz"} <= served
    [exposed] = re.findall(r"^EXPOSE (\d+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert number(r"var port = (\d+)") == int(exposed) == Settings.model_fields["port"].default


def test_nobody_is_killed_while_it_stops() -> None:
    """The platform waits for longer than the bot takes at most."""
    at_most = serving.SEEN_WITHIN + serving.TURNS_END_WITHIN + handler.GRACE_SECONDS
    at_most += watch.LAST_LOOK_WITHIN + 3 * engine.GRACE_SECONDS + exporting.FLUSH_WITHIN

    assert number(r"terminationGracePeriodSeconds: (\d+)") > at_most


def test_the_audit_trail_is_kept_for_as_long_as_the_pages_say() -> None:
    """Half a year is usual, and the workspace's own default is a month."""
    days = number(r"retentionInDays: (\d+)")

    assert days >= 180
    assert f"what the bot logs, for {days} days" in (ROOT / "docs/production.md").read_text("utf-8")


def test_every_name_comes_from_somewhere() -> None:
    """What the toolkit fills in is in env/.env.dev, or is a secret that stays out of it."""
    files = [LIFECYCLE, *(json.dumps(parameters(one)) for one in TEMPLATES)]
    asked = {name for file in files for name in PLACEHOLDER.findall(file)}
    written = set(re.findall(r"^output (\w+)", "\n".join(TEMPLATES.values()), re.MULTILINE))
    written |= set(re.findall(r"^      \w+: ([A-Z_]+)$", LIFECYCLE, re.MULTILINE))

    secret = {one for one in asked if one.startswith("SECRET_")}
    assert secret == {"SECRET_DATABASE_PASSWORD"}
    assert asked - secret <= ENVIRONMENT.keys()
    assert written | PLACEHOLDERS.keys() <= ENVIRONMENT.keys()


def test_no_secret_is_written_down() -> None:
    """Neither in the environment's file nor, as a value, anywhere in the templates."""
    assert not [name for name in ENVIRONMENT if re.search("SECRET|PASSWORD", name)]
    assert "env/.env.*.user" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_the_lifecycle_names_files_that_are_there() -> None:
    """The templates, and the package that `make package` writes."""
    steps = [
        step for stage in ("provision", "deploy", "publish") for step in yaml.safe_load(LIFECYCLE)[stage]
    ]
    templates = [one for step in steps for one in step["with"].get("templates", [])]
    packages = {step["with"]["appPackagePath"] for step in steps if "appPackagePath" in step["with"]}

    assert len(templates) == len(TEMPLATES)
    assert all((ROOT / one[key]).is_file() for one in templates for key in ("path", "parameters"))
    assert packages == {f"./{TARGET.relative_to(ROOT)}"}
