"""Handing a workbook over: to whom, how, and to whom not."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import orjson
import pytest
from pydantic import SecretStr

from assessment.model import Answer, Level, Person, Role
from assessment.privacy import Held
from assessment.survey import Phase, Plan, Survey, Team
from assessment.team import Tallies
from bot.exports import MINUTES, Exports, File, NoDownload, download_headers
from bot.parcels import file_name
from bot.settings import Settings
from cards.elements import Card
from cards.privacy_files import data_declined_card, data_failed_card
from cards.survey_talk import export_card, export_declined_card, export_failed_card
from cards.talk import stale_card
from cards.workbook import XLSX
from content.loading import load
from jobs.port import Outcome, Refused, RetryAfter, Sent, Unknown
from storage.conversations import Conversation
from storage.surveys import NOBODY, Record

CONTENT = load()
TEXTS = CONTENT.texts
EDITION = CONTENT.editions["example-two-disciplines"]
HOME = Conversation("a:lena", "https://smba.trafficmanager.net/emea/")
LENA = Person("tenant", "1e4a0000-0000-4000-8000-00000000000a")

SURVEY = Survey(
    id="0123456789abcdef0123456789abcdef",
    team=Team("tenant", "19:team", "Operations"),
    channel_id="19:channel",
    plan=Plan(
        name="Autumn",
        edition=EDITION.id,
        is_anonymous=True,
        smallest_group=3,
        reminder_days=(),
        closes_on=date(2026, 11, 20),
    ),
    zone="UTC",
    closes_at=datetime(2026, 11, 21, tzinfo=UTC),
    phase=Phase.CLOSED,
    asked_by=LENA,
    asked_by_name="Lena Lead",
    counted=True,
    opened_at=datetime(2026, 11, 6, tzinfo=UTC),
    closed_at=datetime(2026, 11, 21, tzinfo=UTC),
    stopped=False,
    secret=None,
)
NAMED = replace(SURVEY, plan=replace(SURVEY.plan, is_anonymous=False))

GUID = "6f1c0c1e-0000-4000-8000-00000000000a"
LOCAL: dict[str, Any] = {"coe_leads": (LENA.object_id.upper(),)}
IN_TEAMS = LOCAL | {"app_id": GUID, "app_password": SecretStr("made up"), "app_tenant_id": GUID}

PLACE = {
    "contentUrl": "https://contoso-my.sharepoint.com/Autumn.xlsx",
    "name": "Autumn 1.xlsx",
    "uploadUrl": "https://contoso-my.sharepoint.com/upload?guid=1",
    "uniqueId": "42",
    "fileType": "xlsx",
}
CONTEXT = {"survey": SURVEY.id, "v": 1}
YES: dict[str, Any] = {"type": "fileUpload", "action": "accept", "context": CONTEXT, "uploadInfo": PLACE}
NO: dict[str, Any] = {"type": "fileUpload", "action": "decline", "context": CONTEXT}


@dataclass
class World:
    """What surrounds exports: one survey, what is stored about it, the clock, and Teams."""

    survey: Survey = SURVEY
    seconds: float = 1000.0
    uploads: list[Outcome] = field(default_factory=lambda: [Sent("1")])
    uploaded: list[tuple[str, bytes, str]] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    messages: list[Mapping[str, Any]] = field(default_factory=list)

    def exports(self, **settings: Any) -> Exports:
        stored = SimpleNamespace(surveys=self, deliveries=self, checks=self, privacy=self)
        its: Any = Settings(_env_file=None, **settings)
        world: Any = self
        return Exports(its, TEXTS, stored, world, teams=world, seconds=lambda: self.seconds)  # type: ignore[arg-type]

    async def get(self, survey_id: str) -> Survey | None:
        return self.survey if survey_id == self.survey.id else None

    async def held(self, person: Person) -> Held:
        return Held(person, {"checks": [{"id": f"a check of {person.object_id}"}]})

    async def unreached(self, _: Survey) -> list[tuple[str, str, str]]:
        return [("Gus Guest", "guest", "")]

    async def named_answers(self, survey: Survey) -> list[tuple[str, Role, str, Answer]]:
        assert not survey.plan.is_anonymous, "nobody may ask for these"
        return [("Ada", Role.MAKER, one, Level.DEFINED) for one in EDITION.order]

    async def outcome(self, survey: Survey) -> tuple[Record, None, None]:
        return Record(survey, NOBODY, Tallies(None, None, None)), None, None

    def edition(self, _: Survey) -> object:
        return EDITION

    async def send_card(self, home: Conversation, card: Card) -> Outcome:
        assert home == HOME
        self.cards.append(card)
        return Sent("1")

    async def send(self, service_url: str, conversation_id: str, message: Mapping[str, Any]) -> Outcome:
        assert (service_url, conversation_id) == (HOME.service_url, HOME.id)
        self.messages.append(message)
        return Sent("1")

    async def upload(self, url: str, content: bytes, content_type: str) -> Outcome:
        self.uploaded.append((url, content, content_type))
        return self.uploads.pop(0)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def local(world: World) -> Exports:
    return world.exports(**LOCAL)


@pytest.fixture
def exports(world: World) -> Exports:
    """As they are in Teams."""
    return world.exports(**IN_TEAMS)


class TestLinks:
    """Without Teams, a link leads to the file."""

    @pytest.fixture
    async def token(self, world: World, local: Exports) -> str:
        """What the link in the lead's chat ends with."""
        assert await local.offer(HOME, SURVEY) == Sent("1")
        [link] = re.findall(r"http://127\.0\.0\.1:3978/exports/([\w-]+)", str(world.cards))
        assert world.cards == [export_card(TEXTS, SURVEY, f"http://127.0.0.1:3978/exports/{link}", MINUTES)]
        return str(link)

    async def test_a_link_leads_to_the_file(self, local: Exports, token: str) -> None:
        """Again and again, while it is good."""
        file = await local.download(token)

        assert file == File(file.data, "Autumn.xlsx", XLSX)
        assert file.data[:2] == b"PK"
        assert await local.download(token) == file

    async def test_a_link_to_this_very_machine_may_be_an_ipv6_one(self, world: World) -> None:
        """HOST is any loopback address."""
        await world.exports(**LOCAL, host="::1", port=80).offer(HOME, SURVEY)

        assert "http://[::1]/exports/" in str(world.cards)

    async def test_without_a_known_port_there_is_no_link(self, world: World) -> None:
        """PORT 0 leaves it to the machine; the card says that there is no link."""
        await world.exports(**LOCAL, port=0).offer(HOME, SURVEY)

        assert world.cards == [export_card(TEXTS, SURVEY, None, MINUTES)]

    async def test_a_link_works_for_minutes(self, world: World, local: Exports, token: str) -> None:
        """To the last second, and then says what to do."""
        world.seconds += MINUTES * 60
        await local.download(token)
        world.seconds += 1

        with pytest.raises(NoDownload, match="Export to Excel") as refusal:
            await local.download(token)
        assert refusal.value.status is HTTPStatus.GONE

    async def test_no_changed_link_works(self, local: Exports, token: str) -> None:
        """Not one character may be another, not even where base64 would decode to the same."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \n\u00e9"
        changed = {token[:place] + one + token[place + 1 :] for place in range(len(token)) for one in letters}

        for one in (*(changed - {token}), *(token[:length] for length in range(len(token)))):
            with pytest.raises(NoDownload) as refusal:
                await local.download(one)
            assert refusal.value.status is HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "=",
            "....",
            "\u00e9",
            "\ud800",
            "A" * 10_000,
            urlsafe_b64encode(b"9999999999 0123456789abcdef0123456789abcdef" + bytes(32)).decode(),
            urlsafe_b64encode(b"9999999999" + bytes(32)).decode(),
            urlsafe_b64encode(b"9" * 5000 + b" a" + bytes(32)).decode(),
            urlsafe_b64encode(b"nan 0123456789abcdef0123456789abcdef" + bytes(32)).decode(),
            urlsafe_b64encode(b"\xff" * 40).decode(),
        ],
    )
    async def test_no_made_up_link_works(self, local: Exports, token: str) -> None:
        """Whatever somebody types, they are told what to do."""
        with pytest.raises(NoDownload, match="Export to Excel") as refusal:
            await local.download(token)
        assert refusal.value.status is HTTPStatus.NOT_FOUND

    async def test_a_link_does_not_outlive_its_process(self, world: World, token: str) -> None:
        """Each process has a key of its own."""
        with pytest.raises(NoDownload) as refusal:
            await world.exports(**LOCAL).download(token)
        assert refusal.value.status is HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize("now", [replace(SURVEY, id="another"), replace(SURVEY, phase=Phase.OPEN)])
    async def test_a_link_to_nothing(self, world: World, local: Exports, token: str, now: Survey) -> None:
        """A survey that is gone, or not closed, has no file."""
        world.survey = now

        with pytest.raises(NoDownload) as refusal:
            await local.download(token)
        assert refusal.value.status is HTTPStatus.NOT_FOUND


class TestFiles:
    """In Teams, the file goes to the lead's OneDrive once they allow it."""

    async def test_a_file_is_offered(self, world: World, exports: Exports) -> None:
        """As Teams wants it, with no address of the bot's own."""
        assert await exports.offer(HOME, SURVEY) == Sent("1")
        size = world.messages[0]["attachments"][0]["content"]["sizeInBytes"]

        about = "The result of “Autumn” as an Excel workbook"
        content = {
            "description": about,
            "sizeInBytes": size,
            "acceptContext": CONTEXT,
            "declineContext": CONTEXT,
        }
        kind = "application/vnd.microsoft.teams.card.file.consent"
        assert world.messages == [
            {
                "type": "message",
                "summary": about,
                "attachments": [{"contentType": kind, "name": "Autumn.xlsx", "content": content}],
            }
        ]
        assert not world.cards

    async def test_what_was_allowed_is_brought_and_shown(self, world: World, exports: Exports) -> None:
        """The file, as large as it was said to be, goes where Teams wants it; the chat shows it there."""
        await exports.offer(HOME, SURVEY)
        [offered] = world.messages.pop()["attachments"]

        assert await exports.consent(YES, LENA, HOME) == Sent("1")
        [(url, file, kind)] = world.uploaded
        assert (url, len(file), kind) == (PLACE["uploadUrl"], offered["content"]["sizeInBytes"], XLSX)
        assert world.messages[0]["attachments"] == [
            {
                "contentType": "application/vnd.microsoft.teams.card.file.info",
                "contentUrl": PLACE["contentUrl"],
                "name": PLACE["name"],
                "content": {"uniqueId": "42", "fileType": "xlsx"},
            }
        ]
        assert not world.cards

    async def test_an_upload_is_tried_again(
        self, world: World, exports: Exports, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """OneDrive may be busy too."""

        async def sleep(_: float) -> None:
            """Nobody waits."""

        monkeypatch.setattr("bot.teams.asyncio.sleep", sleep)
        world.uploads = [RetryAfter(1.0), Sent("1")]

        await exports.consent(YES, LENA, HOME)
        assert len(world.uploaded) == 2
        assert len(world.messages) == 1

    @pytest.mark.parametrize(
        "outcome", [Refused(403, ""), Refused(0, "UntrustedUploadUrl"), Unknown("HTTP 500")]
    )
    async def test_a_file_that_was_not_taken_is_not_shown(
        self, world: World, exports: Exports, outcome: Outcome
    ) -> None:
        """The lead hears so, and what to do."""
        world.uploads = [outcome]

        assert await exports.consent(YES, LENA, HOME) == outcome
        assert world.cards == [export_failed_card(TEXTS, SURVEY)]
        assert not world.messages

    async def test_what_was_declined_is_not_brought(self, world: World, exports: Exports) -> None:
        """A friendly word, and nothing else."""
        await exports.consent(NO, LENA, HOME)

        assert world.cards == [export_declined_card(TEXTS, SURVEY)]
        assert not world.uploaded

    @pytest.mark.parametrize("value", [YES, NO])
    @pytest.mark.parametrize(
        "person, now",
        [
            (Person("tenant", "mallory"), SURVEY),
            (Person("another", LENA.object_id), SURVEY),
            (LENA, replace(SURVEY, team=Team("another", "19:team", "Operations"))),
            (LENA, replace(SURVEY, phase=Phase.OPEN)),
            (LENA, replace(SURVEY, phase=Phase.CLOSING)),
            (LENA, replace(SURVEY, id="another")),
        ],
    )
    async def test_others_get_nothing(
        self, world: World, exports: Exports, person: Person, now: Survey, value: dict[str, Any]
    ) -> None:
        """Only leads, only of the survey's tenant, only once it is closed; not even the survey's name."""
        world.survey = now

        await exports.consent(value, person, HOME)
        assert world.cards == [stale_card(TEXTS)]
        assert not world.uploaded
        assert not world.messages

    async def test_ids_are_told_in_any_case(self, world: World, exports: Exports) -> None:
        """Teams writes the same ids in upper and lower case."""
        await exports.consent(YES, Person("TENANT", LENA.object_id.upper()), HOME)

        assert len(world.uploaded) == 1

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "accept",
            {},
            YES | {"action": "maybe"},
            YES | {"context": None},
            YES | {"context": CONTEXT | {"v": 2}},
            YES | {"context": {"v": 1}},
            YES | {"context": CONTEXT | {"survey": ["a"]}},
            YES | {"uploadInfo": None},
            YES | {"uploadInfo": PLACE | {"uploadUrl": 5}},
            {key: value for key, value in YES.items() if key != "uploadInfo"},
        ],
    )
    async def test_what_makes_no_sense_is_stale(self, world: World, exports: Exports, value: object) -> None:
        """It is no offer of this version of the bot."""
        await exports.consent(value, LENA, HOME)

        assert world.cards == [stale_card(TEXTS)]
        assert not world.uploaded

    async def test_only_named_surveys_have_named_answers(self, world: World, exports: Exports) -> None:
        """They make the file larger; for an anonymous one they are not even asked for."""
        await exports.consent(YES, LENA, HOME)
        world.survey, world.uploads = NAMED, [Sent("1")]
        await exports.consent(YES, LENA, HOME)

        (_, anonymous, _), (_, named, _) = world.uploaded
        assert b"sheet5.xml" not in anonymous
        assert b"sheet5.xml" in named


MINE = {"mine": "data", "v": 1}


class TestOwnData:
    """Everybody gets what is kept about them, and nobody gets another's."""

    async def test_an_offer_names_nobody(self, world: World, exports: Exports) -> None:
        """So that it is worth nothing to anybody else."""
        await exports.offer(HOME, LENA)
        [offer] = world.messages[0]["attachments"]

        assert offer["name"] == "my-data.json"
        assert offer["content"]["acceptContext"] == offer["content"]["declineContext"] == MINE
        assert LENA.object_id not in str(world.messages)

    @pytest.mark.parametrize("who", [LENA, Person("another", LENA.object_id), Person("tenant", "mallory")])
    async def test_who_accepts_gets_their_own(self, world: World, exports: Exports, who: Person) -> None:
        """Whosever offer it was; no lead's rights are needed."""
        await exports.offer(HOME, LENA)
        await exports.consent(YES | {"context": MINE}, who, HOME)

        [(_, file, kind)] = world.uploaded
        assert kind == "application/json"
        assert orjson.loads(file) == {
            "person": {"tenant_id": who.tenant_id, "object_id": who.object_id},
            "checks": [{"id": f"a check of {who.object_id}"}],
        }

    async def test_who_declines_gets_nothing(self, world: World, exports: Exports) -> None:
        """And the way back."""
        await exports.consent(NO | {"context": MINE}, LENA, HOME)

        assert world.cards == [data_declined_card(TEXTS)]
        assert not world.uploaded

    async def test_what_was_not_taken_is_said(self, world: World, exports: Exports) -> None:
        world.uploads = [Refused(403, "")]
        await exports.consent(YES | {"context": MINE}, LENA, HOME)

        assert world.cards == [data_failed_card(TEXTS)]

    @pytest.mark.parametrize("context", [MINE | {"v": 2}, {"mine": "yours", "v": 1}, {"mine": True, "v": 1}])
    async def test_what_makes_no_sense_is_stale(
        self, world: World, exports: Exports, context: dict[str, Any]
    ) -> None:
        await exports.consent(YES | {"context": context}, LENA, HOME)

        assert world.cards == [stale_card(TEXTS)]

    async def test_a_link_leads_to_the_own_file(self, world: World, local: Exports) -> None:
        """For minutes, and then it says where the next one is."""
        await local.offer(HOME, LENA)
        [token] = re.findall(r"/exports/([\w-]+)", str(world.cards))
        file = await local.download(token)
        assert (file.name, file.media_type) == ("my-data.json", "application/json")
        assert LENA.object_id.encode() in file.data

        world.seconds += MINUTES * 60 + 1
        with pytest.raises(NoDownload, match="under “my data”") as refusal:
            await local.download(token)
        assert refusal.value.status is HTTPStatus.GONE


@pytest.mark.parametrize(
    "name, expected",
    [
        ("Autumn", "Autumn.xlsx"),
        ("Caf\u00e9 \U0001f600", "Caf\u00e9 \U0001f600.xlsx"),
        ("../../etc/passwd", "etc passwd.xlsx"),
        ('a"b*c:d<e>f?g/h\\i|j#k%l', "a b c d e f g h i j k l.xlsx"),
        ("line\r\nSet-Cookie: a=b\x00\x7f", "line Set-Cookie a=b.xlsx"),
        ("tf\u202exslx.exe", "tf xslx.exe.xlsx"),
        (" ~$hidden. ", "$hidden.xlsx"),
        ("CON", "Survey.xlsx"),
        ("lpt1.old", "Survey.xlsx"),
        ("...", "Survey.xlsx"),
        ("\u200b", "Survey.xlsx"),
    ],
)
def test_every_drive_takes_the_name(name: str, expected: str) -> None:
    """Whatever a lead calls a survey."""
    assert file_name(TEXTS, replace(SURVEY, plan=replace(SURVEY.plan, name=name))) == expected


@pytest.mark.parametrize("name", ["Autumn 2026.xlsx", "Caf\u00e9 \U0001f600.xlsx", "it's; 100, really.xlsx"])
def test_a_browser_saves_the_file_under_its_name(name: str) -> None:
    """By RFC 6266: in ASCII for old browsers, in full for the others, and kept nowhere else."""
    headers = download_headers(name)
    match = re.fullmatch(
        r"attachment; filename=\"([ -~]+)\"; filename\*=UTF-8''([\w.%~-]+)",
        headers["Content-Disposition"],
        re.ASCII,
    )

    assert match
    assert unquote(match[2]) == name
    assert len(match[1]) == len(name)
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
