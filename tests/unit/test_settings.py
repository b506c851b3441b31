"""What an operator sets: refused where it would be unsafe, with the fix in the message."""

import datetime as dt
from pathlib import Path

import pytest

from assessment.model import Person
from bot.settings import Settings, SettingsError, read_settings

REAL = {
    "MicrosoftAppId": "6f9c1a52-3d7e-4b80-9a14-2c5e8d7b0f31",
    "MicrosoftAppPassword": "a secret",
    "MicrosoftAppTenantId": "B05AAFED-15fd-5db6-8981-4fa0293ccc6a",
}

ADA, BO, CY = (f"{one}0000000-0000-4000-8000-00000000000{one}" for one in "abc")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.chdir(tmp_path)


def settings_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_nothing_set_is_local_mode_on_loopback() -> None:
    """Without an app id the bot listens on this machine only, and SQLite keeps its data."""
    settings = read_settings()

    assert settings.is_local
    assert (settings.host, settings.port) == ("127.0.0.1", 3978)
    assert settings.database_url.startswith("sqlite:///var/")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_local_mode_refuses_to_be_reached(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Unauthenticated on another address the bot does not start; an empty HOST is no HOST."""
    if not host:
        assert settings_of(monkeypatch, HOST=host).host == "127.0.0.1"
        return
    with pytest.raises(SettingsError, match=r"set MicrosoftAppId, or HOST to 127\.0\.0\.1"):
        settings_of(monkeypatch, HOST=host)


@pytest.mark.parametrize(
    "environment, fix",
    [
        ({"MicrosoftAppPassword": ""}, "needs MicrosoftAppPassword"),
        ({"MicrosoftAppTenantId": ""}, "needs MicrosoftAppTenantId"),
        ({"MicrosoftAppType": "MultiTenant"}, "needs ALLOWED_TENANTS"),
        ({"MicrosoftAppType": "Whatever"}, "MicrosoftAppType is 'Whatever'"),
        ({"PORT": "70000"}, "PORT is '70000': write a number from 0 to 65535"),
        ({"PORT": "9" * 5000}, "write a number from 0 to 65535"),
        ({"TURNS_A_MINUTE": "1"}, "TURNS_A_MINUTE is '1': write a number from 60 up"),
        ({"KEEP_DELIVERIES_DAYS": "a year"}, "KEEP_DELIVERIES_DAYS is 'a year': write a number from 30 up"),
        ({"QUIET_WEEKENDS": "maybe"}, "QUIET_WEEKENDS is 'maybe': write true or false"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml': write 'text' or 'json'"),
        ({"MicrosoftAppId": "Coach"}, r"MicrosoftAppId is wrong: write the application \(client\) id"),
        (
            {"MicrosoftAppTenantId": "contoso.onmicrosoft.com"},
            r"write the directory \(tenant\) id that",
        ),
        ({"ALLOWED_TENANTS": f"{ADA}, contoso.com"}, "ALLOWED_TENANTS is 'contoso.com': write the directory"),
        ({"QUIET_HOURS": "at night"}, "write two times such as 18:00-08:00, or none"),
        ({"QUIET_HOURS": "18:00-25:00"}, "write two times such as 18:00-08:00, or none"),
        ({"MESSAGES_A_DAY": "0"}, "MESSAGES_A_DAY is '0': write a number from 1 up"),
        *(
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": one}, "write the base address of a collector, such as")
            for one in (
                "collector:4318",
                "grpc://collector:4317",
                "http://",
                "http://c:4318/?a=b",
                "http://[c",
            )
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], fix: str
) -> None:
    """The process does not come up, and the message says which setting and what to do."""
    with pytest.raises(SettingsError, match=fix) as caught:
        settings_of(monkeypatch, **(REAL | environment))
    assert "a secret" not in str(caught.value)


def test_nothing_is_exported_unless_somebody_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by default, and not with the variable empty; a slash at the address's end does not matter."""
    assert read_settings().otlp_endpoint == ""
    assert settings_of(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="").otlp_endpoint == ""
    for written in ("https://otlp.example.org/in", "https://otlp.example.org/in/"):
        found = settings_of(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT=written)
        assert found.otlp_endpoint == "https://otlp.example.org/in"


def test_a_single_tenant_bot_serves_its_own_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    """ALLOWED_TENANTS defaults to the app's tenant, in any case of its letters."""
    assert settings_of(monkeypatch, **REAL).tenants == {"b05aafed-15fd-5db6-8981-4fa0293ccc6a"}


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces around them do not matter."""
    assert settings_of(monkeypatch, SERVICE_HOSTS="a, b ,, c").service_hosts == ("a", "b", "c")


def test_leads_are_known_by_their_object_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """In any case of their letters; nobody else may lead."""
    settings = settings_of(monkeypatch, **REAL, COE_LEADS=f"{ADA.upper()}, {BO}")

    assert [settings.may_lead(Person("tenant", one)) for one in (ADA, BO, CY)] == [True, True, False]


@pytest.mark.parametrize("written", ["ada@example.org", "Ada Lovelace", ADA[:-1], f"{{{ADA}}}", f"{ADA}\n1"])
def test_what_is_no_object_id_makes_nobody_a_lead(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """Whoever writes an address or a name is told at the start, and which of several is wrong."""
    with pytest.raises(SettingsError) as caught:
        settings_of(monkeypatch, **REAL, COE_LEADS=f"{BO}, {written}")
    fix = "write the object id that Entra shows under Users, a GUID"
    assert str(caught.value) == f"COE_LEADS is {written!r}: {fix}"


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://smba.infra.gcc.teams.microsoft.com/teams",
        "https://smba.infra.gov.teams.microsoft.us/teams",
        "https://SMBA.trafficmanager.net/",
    ],
)
def test_teams_own_hosts_are_trusted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The public cloud and the government clouds, by name."""
    assert settings_of(monkeypatch, **REAL).trusts(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evilsmba.trafficmanager.net/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example/\\@smba.trafficmanager.net/",
        "https://evil.example/#smba.trafficmanager.net",
        "https://127.0.0.1/",
        "http://localhost:3979/",
        "https://[::1]/",
        "https://[bad/",
        "ftp://smba.trafficmanager.net/",
    ],
)
def test_nobody_else_gets_the_token(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """No look-alike, no plain HTTP, no loopback for a bot with an identity."""
    assert not settings_of(monkeypatch, **REAL).trusts(url)


def test_when_people_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quiet hours are two times of the day, or none at all."""
    limits = settings_of(monkeypatch, QUIET_HOURS="20:30-07:00", QUIET_WEEKENDS="false").limits
    assert (limits.quiet_from, limits.quiet_until) == (dt.time(20, 30), dt.time(7))
    assert not limits.rests_at_weekends

    always = settings_of(monkeypatch, QUIET_HOURS="none").limits
    assert not any(always.is_quiet(dt.time(hour)) for hour in range(24))
