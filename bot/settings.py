"""What an operator sets, read from the environment, and from `.env` where that does not say."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from yarl import URL

from assessment.model import Person
from assessment.privacy import Retention
from assessment.respect import Limits


def _split(value: object) -> object:
    """Accept "a, b" for a list."""
    return tuple(one.strip() for one in value.split(",") if one.strip()) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _guid(which: str) -> AfterValidator:
    """Insist on a GUID, and say where Entra shows the right one; nothing written is nothing set."""

    def is_one(value: str) -> str:
        if value and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value, re.IGNORECASE):
            raise ValueError(f"write the {which}, a GUID")
        return value

    return AfterValidator(is_one)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of the day to another, over midnight or not; none where the two are equal."""

    start: dt.time
    end: dt.time

    def __str__(self) -> str:
        """As an operator writes them."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def _hours(value: object) -> object:
    """Accept "18:00-08:00" and "none"."""
    if not isinstance(value, str):
        return value
    if value.strip().lower() == "none":
        return Hours(dt.time(), dt.time())
    try:
        start, end = (dt.time.fromisoformat(one.strip()) for one in value.split("-"))
    except ValueError:
        raise ValueError("write two times such as 18:00-08:00, or none") from None
    return Hours(start, end)


QuietHours = Annotated[Hours, NoDecode, BeforeValidator(_hours)]


def _base_url(value: str) -> str:
    """An address that signals' paths are put behind; anything else it has would get lost."""
    try:
        url = URL(value)
    except ValueError:
        url = URL()
    is_base = url.scheme in {"http", "https"} and url.host and not (url.query_string or url.fragment)
    if value and not is_base:
        raise ValueError("write the base address of a collector, such as http://collector:4318")
    return value.rstrip("/")


OtlpEndpoint = Annotated[str, AfterValidator(_base_url)]

Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
PersonId = Annotated[str, _guid("object id that Entra shows under Users")]
TenantId = Annotated[str, _guid("directory (tenant) id that Entra shows under Overview")]
AppId = Annotated[str, _guid("application (client) id that Entra shows under App registrations")]
PersonIds = Annotated[tuple[PersonId, ...], NoDecode, BeforeValidator(_split)]
TenantIds = Annotated[tuple[TenantId, ...], NoDecode, BeforeValidator(_split)]

PUBLIC_HOSTS = (
    "botframework.com",
    "botframework.us",
    "smba.trafficmanager.net",
    "teams.microsoft.com",
    "teams.microsoft.us",
)
"""Where Teams' connector lives, in the public and the government clouds."""

NEVER_SHOWN = frozenset({"MicrosoftAppId", "MicrosoftAppTenantId", "OTEL_EXPORTER_OTLP_ENDPOINT"})
"""Settings of which no error shows the value: a secret may have got there by mistake, or be part of it."""

ADDRESSES_KEPT = 100
"""Service URLs that are decided about once; Teams has a handful."""


class SettingsError(Exception):
    """The environment is not right; the message names each setting and the fix."""


class Settings(BaseSettings):
    """One field per setting; docs/settings.md lists them all."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    app_id: AppId = Field(
        "", alias="MicrosoftAppId", description="The bot's Entra app id; empty means local mode"
    )
    app_password: SecretStr = Field(
        SecretStr(""),
        alias="MicrosoftAppPassword",
        description="Its client secret; not needed for UserAssignedMSI",
    )
    app_type: Literal["SingleTenant", "UserAssignedMSI", "MultiTenant"] = Field(
        "SingleTenant", alias="MicrosoftAppType", description="How the app is registered"
    )
    app_tenant_id: TenantId = Field(
        "", alias="MicrosoftAppTenantId", description="The Entra tenant it is registered in"
    )
    host: str = Field("127.0.0.1", alias="HOST", description="The address to listen on")
    port: int = Field(3978, alias="PORT", ge=0, le=65535, description="The port to listen on")
    database_url: str = Field(
        "sqlite:///var/maturity-coach.db",
        alias="DATABASE_URL",
        description="`sqlite:///path` or `postgresql://user:password@host/database`",
    )
    allowed_tenants: TenantIds = Field(
        (),
        alias="ALLOWED_TENANTS",
        description="Tenant ids that may use the bot; default: the app's own tenant",
    )
    coe_leads: PersonIds = Field(
        (), alias="COE_LEADS", description="Entra object ids of the people who may lead surveys"
    )
    second_lead_above: int = Field(
        500,
        alias="SECOND_LEAD_ABOVE",
        ge=1,
        description="A survey of more people than this is sent once a second lead agrees",
    )
    quiet_hours: QuietHours = Field(
        Hours(dt.time(18), dt.time(8)),
        alias="QUIET_HOURS",
        description="When the bot begins no conversation, in each person's own time zone; `none` for never",
    )
    quiet_weekends: bool = Field(
        default=True,
        alias="QUIET_WEEKENDS",
        description="Whether it leaves people alone on Saturdays and Sundays",
    )
    messages_a_day: int = Field(
        1, alias="MESSAGES_A_DAY", ge=1, description="How often the bot may write to one person by itself"
    )
    messages_a_week: int = Field(
        3, alias="MESSAGES_A_WEEK", ge=1, description="The same, within any seven days"
    )
    turns_a_minute: int = Field(
        300,
        alias="TURNS_A_MINUTE",
        ge=60,
        description="How many messages and presses of one person are answered in a minute; "
        "a tenth of them in a row, a thirtieth, at most 10, at once (60 at least)",
    )
    keep_unfinished_days: int = Field(
        90,
        alias="KEEP_UNFINISHED_DAYS",
        ge=1,
        description="How long a check that was begun and not finished is kept, in days",
    )
    keep_deliveries_days: int = Field(
        365,
        alias="KEEP_DELIVERIES_DAYS",
        ge=30,
        description="How long it is kept who was asked and written to, in days (30 at least)",
    )
    maturity_edition: str = Field(
        "2021-10",
        alias="MATURITY_EDITION",
        description="The edition new checks use: a folder in `content/editions/`",
    )
    service_hosts: Listed = Field(
        PUBLIC_HOSTS,
        alias="SERVICE_HOSTS",
        description="Hosts, with their subdomains, that may be sent messages and the bot's token",
    )
    openid_metadata_url: str = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        alias="TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL",
        description="Where the keys of incoming tokens are published; another one for government clouds",
    )
    token_issuer: str = Field(
        "https://api.botframework.com",
        alias="TO_BOT_FROM_CHANNEL_TOKEN_ISSUER",
        description="Who signs incoming tokens",
    )
    login_url: str = Field(
        "",
        alias="TO_CHANNEL_FROM_BOT_LOGIN_URL",
        description="Where outgoing tokens come from, if not the public cloud",
    )
    oauth_scope: str = Field(
        "https://api.botframework.com",
        alias="TO_CHANNEL_FROM_BOT_OAUTH_SCOPE",
        description="What outgoing tokens are for",
    )
    otlp_endpoint: OtlpEndpoint = Field(
        "",
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Where traces and metrics go, by OTLP over HTTP; empty means nowhere",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", alias="LOG_LEVEL", description="How much is logged"
    )
    log_format: Literal["text", "json"] = Field("text", alias="LOG_FORMAT", description="How it is logged")

    @property
    def is_local(self) -> bool:
        """Whether the bot runs without an app id: no tokens, loopback only."""
        return not self.app_id

    @cached_property
    def tenants(self) -> frozenset[str]:
        """The tenants that may use the bot; empty means any."""
        listed = self.allowed_tenants or ((self.app_tenant_id,) if self.app_type != "MultiTenant" else ())
        return frozenset(one.lower() for one in listed if one)

    def may_lead(self, person: Person) -> bool:
        """Whether this person may lead surveys; in local mode everybody, unless somebody is named."""
        if self.is_local and not self.coe_leads:
            return True
        return person.object_id.lower() in self._leads

    @cached_property
    def _leads(self) -> frozenset[str]:
        return frozenset(one.lower() for one in self.coe_leads)

    @property
    def limits(self) -> Limits:
        """How much the bot may begin with one person."""
        return Limits(
            a_day=self.messages_a_day,
            a_week=self.messages_a_week,
            quiet_from=self.quiet_hours.start,
            quiet_until=self.quiet_hours.end,
            rests_at_weekends=self.quiet_weekends,
        )

    @property
    def retention(self) -> Retention:
        """How long what names people is kept."""
        return Retention(
            unfinished=dt.timedelta(days=self.keep_unfinished_days),
            deliveries=dt.timedelta(days=self.keep_deliveries_days),
        )

    @cached_property
    def trusts(self) -> Callable[[str], bool]:
        """Whether messages, and with them the bot's token, may go to an address, a service URL."""
        return lru_cache(ADDRESSES_KEPT)(self._trusts)

    def _trusts(self, service_url: str) -> bool:
        try:
            url = URL(service_url)
            host = url.host or ""
        except ValueError:
            return False
        if is_loopback(host):
            return url.scheme in {"http", "https"} and (self.is_local or host in self.service_hosts)
        within = any(f".{host}".endswith(f".{one}") for one in self.service_hosts)
        return not self.is_local and url.scheme == "https" and within

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Settings:
        if self.is_local:
            if not is_loopback(self.host):
                raise ValueError(
                    f"HOST is {self.host}, but without MicrosoftAppId nobody is authenticated; "
                    "set MicrosoftAppId, or HOST to 127.0.0.1"
                )
            return self
        kind = f"MicrosoftAppType {self.app_type}"
        if self.app_type == "MultiTenant" and not self.allowed_tenants:
            raise ValueError(f"{kind} needs ALLOWED_TENANTS; list the tenant ids that may use the bot")
        if self.app_type != "MultiTenant" and not self.app_tenant_id:
            raise ValueError(f"{kind} needs MicrosoftAppTenantId; set it to your tenant's id")
        if self.app_type != "UserAssignedMSI" and not self.app_password.get_secret_value():
            raise ValueError(f"{kind} needs MicrosoftAppPassword; set the app's client secret")
        return self


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_fix(one) for one in error.errors())) from None


def _fix(error: ErrorDetails) -> str:
    advice = _advice(error)
    if not error["loc"]:
        return advice
    name = str(error["loc"][0])
    shown = "wrong" if name in NEVER_SHOWN else repr(error["input"])
    return f"{name} is {shown}: {advice}"


def _advice(error: ErrorDetails) -> str:
    match error["type"]:
        case "int_parsing" | "int_parsing_size" | "greater_than_equal" | "less_than_equal":
            return f"write a number from {_range(str(error['loc'][0]))}"
        case "bool_parsing":
            return "write true or false"
        case "literal_error":
            return f"write {error['ctx']['expected']}"
    return error["msg"].removeprefix("Value error, ")


def _range(name: str) -> str:
    """From where to where a number may be, as its field says."""
    [field] = (one for one in Settings.model_fields.values() if one.alias == name)
    [least] = (one.ge for one in field.metadata if hasattr(one, "ge"))
    most = [one.le for one in field.metadata if hasattr(one, "le")]
    return f"{least} to {most[0]}" if most else f"{least} up"


def is_loopback(host: str) -> bool:
    """Whether an address cannot be reached from another machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
