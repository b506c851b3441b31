"""The workbook of a closed survey, read back from its file: what is in it, and above all what is not."""

import datetime as dt
from dataclasses import dataclass, replace
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from assessment.model import Answer, Level, NoLevel, Person, Role
from assessment.survey import Delivery, Exclusion, Numbers, Phase, Plan, Refusal, Survey, Team
from assessment.team import TeamResult, tallies, team_result
from cards.workbook import workbook
from content.loading import load

CONTENT = load()
TEXTS = CONTENT.texts
EDITION = CONTENT.editions["example-two-disciplines"]
FIRST, SECOND = EDITION.order
NAMES = [one.name for one in EDITION.disciplines.values()]
NAME_OF = {level.value: stage.name for level, stage in EDITION.stages.items()}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMATS = {"0": "as it is", "9": "share", "14": "day", "22": "moment"}
"""Number formats that every workbook knows, by their ids (ECMA-376, 18.8.30)."""

Value = str | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[list[Value]]
    formats: dict[str, str]
    """Cell to the kind of its number format."""
    bold: set[str]
    xml: str


def sheets_of(file: bytes) -> dict[str, Sheet]:
    """Every sheet of a workbook, in its order."""
    with ZipFile(BytesIO(file)) as parts:
        assert parts.testzip() is None
        strings = ["".join(one.itertext()) for one in parsed(parts.read("xl/sharedStrings.xml"))]
        styles = parsed(parts.read("xl/styles.xml"))
        names = [one.attrib["name"] for one in parsed(parts.read("xl/workbook.xml")).iter(f"{MAIN}sheet")]
        pages = [parts.read(f"xl/worksheets/sheet{number}.xml") for number, _ in enumerate(names, 1)]
    return {name: sheet(page, strings, styles) for name, page in zip(names, pages, strict=True)}


def parsed(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - the bot's own file


def sheet(page: bytes, strings: list[str], styles: ET.Element) -> Sheet:
    fonts = [font.find(f"{MAIN}b") is not None for font in styles.iter(f"{MAIN}font")]
    looks = list(styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf"))
    rows: list[list[Value]] = []
    formats: dict[str, str] = {}
    bold: set[str] = set()
    for row in parsed(page).iter(f"{MAIN}row"):
        rows.append([])
        assert row.attrib["r"] == str(len(rows)), "a row is missing"
        for cell in row:
            place, look = cell.attrib["r"], looks[int(cell.get("s", "0"))]
            rows[-1] += [None] * (ord(place[0]) - ord("A") - len(rows[-1]))
            value = cell.findtext(f"{MAIN}v", "")
            rows[-1].append(strings[int(value)] if cell.get("t") == "s" else float(value))
            formats[place] = FORMATS[look.attrib["numFmtId"]]
            bold |= {place} if fonts[int(look.attrib["fontId"])] else set()
    return Sheet(rows, formats, bold, page.decode())


PLAN = Plan(
    name="Autumn",
    edition=EDITION.id,
    is_anonymous=True,
    smallest_group=3,
    reminder_days=(3,),
    closes_on=dt.date(2026, 11, 20),
)
SURVEY = Survey(
    id="s1",
    team=Team("tenant", "19:team", "Operations"),
    channel_id="19:channel",
    plan=PLAN,
    zone="Europe/Berlin",
    closes_at=dt.datetime(2026, 11, 20, 23, tzinfo=dt.UTC),
    phase=Phase.CLOSED,
    asked_by=Person("tenant", "lead"),
    asked_by_name="Lena Lead",
    counted=True,
    opened_at=dt.datetime(2026, 11, 6, 8, 30, tzinfo=dt.UTC),
    closed_at=dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC),
    stopped=False,
    secret=None,
)
NAMED = replace(SURVEY, plan=replace(PLAN, is_anonymous=False))
NUMBERS = Numbers(
    waiting=0,
    delivered=12,
    refused={Refusal.BLOCKED: 2},
    unknown=1,
    stopped=3,
    declined=1,
    started=9,
    finished=8,
)


def result(*given: tuple[Answer, Answer], roles: tuple[Role, ...] = ()) -> TeamResult | None:
    """The result of people who gave these answers to the two disciplines."""
    people = list(zip(given, roles or (Role.IT,) * len(given), strict=True))
    rows = [
        (role, discipline, answer, 1)
        for answers, role in people
        for discipline, answer in zip(EDITION.order, answers, strict=True)
    ]
    counted = {role: sum(its is role for _, its in people) for role in Role}
    return team_result(tallies(rows, counted, PLAN.smallest_group), EDITION.order)


RESULT = result(
    (Level.DEFINED, NoLevel.DONT_KNOW),
    (Level.DEFINED, NoLevel.DONT_KNOW),
    (Level.INITIAL, NoLevel.NOT_APPLICABLE),
    (Level.DEFINED, Level.CAPABLE),
    (Level.DEFINED, Level.CAPABLE),
    (Level.CAPABLE, Level.CAPABLE),
    roles=(*[Role.COE] * 3, *[Role.MAKER] * 3),
)


def read(
    survey: Survey = SURVEY,
    its: TeamResult | None = RESULT,
    unreached: tuple[tuple[str, str, str], ...] = (),
    answers: tuple[tuple[str, Role, str, Answer], ...] = (),
) -> dict[str, Sheet]:
    return sheets_of(
        workbook(TEXTS, EDITION, survey, NUMBERS, result=its, unreached=unreached, answers=answers)
    )


def test_an_anonymous_survey_has_four_sheets() -> None:
    """What the cards show, and who got no invitation."""
    assert list(read()) == ["Summary", "Disciplines", "Distribution", "Deliveries"]


def test_the_summary_says_which_survey_it_was() -> None:
    """Its plan, the people behind it, and the stages of the result card."""
    rows = {str(row[0]): row[1] for row in read()["Summary"].rows}
    stage = f"Level 300 {EDITION.stages[Level.DEFINED].name}"

    assert {name: value for name, value in rows.items() if isinstance(value, str)} == {
        "Item": "Value",
        "Survey": "Autumn",
        "Team": "Operations",
        "Asked by": "Lena Lead",
        "Answers": "anonymous: leads see no single person's answers",
        "Edition": EDITION.name,
        "Stage": stage,
        "Complete stage": stage,
    }


def test_the_summary_counts_each_fate_by_itself() -> None:
    """Whoever was invited is in exactly one of the figures from delivered to not sent."""
    figures = {str(name): value for name, value in read()["Summary"].rows if isinstance(value, float)}

    assert list(figures.items())[3:] == [
        ("Fewest people a result is shown of", 3),
        ("Invited", 18),
        ("Invitations delivered", 12),
        ("Not delivered: the app is not installed", 0),
        ("Not delivered: the bot was blocked", 2),
        ("Not delivered: the person is not there any more", 0),
        ("Not delivered: the account is disabled", 0),
        ("Not delivered: the person asked the bot not to write", 0),
        ("Not delivered: another reason, which the bot's log says", 0),
        ("Unknown whether delivered", 1),
        ("Not sent", 3),
        ("Started", 9),
        ("Finished", 8),
        ("Said “Not me”", 1),
    ]


def clock(days: Value) -> str:
    """What a wall clock showed, from the days since the end of 1899 that a workbook keeps."""
    assert isinstance(days, float)
    return f"{dt.datetime(1899, 12, 30, 0, 0, 1, tzinfo=dt.UTC) + dt.timedelta(days=days):%Y-%m-%d %H:%M}"


def test_dates_are_dates_as_the_lead_knew_them() -> None:
    """In the survey's zone, which the label names: the end of November 20 in UTC is November 21 in Berlin."""
    summary = read()["Summary"]
    numbered = list(enumerate(summary.rows, start=1))[3:6]

    assert [(row[0], clock(row[1]), summary.formats[f"B{number}"]) for number, row in numbered] == [
        ("Opened (Europe/Berlin)", "2026-11-06 09:30", "moment"),
        ("Closed (Europe/Berlin)", "2026-11-21 00:30", "moment"),
        ("Last day to answer", "2026-11-20 00:00", "day"),
    ]


def test_disciplines_stand_as_in_the_result() -> None:
    """Levels are numbers, agreement is a share, and a group that may not be compared is not."""
    sheet = read()["Disciplines"]

    assert sheet.rows == [
        [
            "Discipline",
            "Level",
            "Name of level",
            "Lowest",
            "Highest",
            "Agreement",
            "Leaders",
            "Makers",
            "People who named a level",
        ],
        [NAMES[0], 300, NAME_OF[300], 100, 400, pytest.approx(0.7287, abs=1e-4), 300, 300, 6],
        [NAMES[1], 400, NAME_OF[400], 400, 400, 1, "not shown", 400, 3],
    ]
    assert {sheet.formats["F2"], sheet.formats["F3"]} == {"share"}


def test_the_distribution_counts_people() -> None:
    """One column for each answer, those without a level too."""
    assert read()["Distribution"].rows == [
        [
            "Discipline",
            *(f"{level} {NAME_OF[level]}" for level in Level),
            "I don't know",
            "Does not apply to us",
        ],
        [NAMES[0], 1, 0, 4, 1, 0, 0, 0],
        [NAMES[1], 0, 0, 0, 3, 0, 2, 1],
    ]


def test_a_few_without_a_level_are_not_told_apart() -> None:
    """Neither which of the two they said, nor, as zeros would, that nobody said it."""
    its = result(*[(Level.DEFINED, Level.DEFINED)] * 3, (Level.DEFINED, NoLevel.DONT_KNOW))

    assert [row[6:] for row in read(its=its)["Distribution"].rows[1:]] == [[0, 0], ["not shown", "not shown"]]


def test_a_discipline_of_too_few_is_not_shown() -> None:
    """It keeps its row, and nothing else."""
    its = result(*[(Level.DEFINED, NoLevel.DONT_KNOW)] * 2, (Level.DEFINED, Level.CAPABLE))
    book = read(its=its)

    assert [sheet.rows[2] for sheet in (book["Disciplines"], book["Distribution"])] == [
        [NAMES[1], "not shown"]
    ] * 2


def test_too_few_people_have_no_result() -> None:
    """No discipline appears anywhere, only why."""
    book = read(its=None)
    why = "Fewer than 3 people finished, so nothing of what was answered is shown."

    assert ["Stage", why] in book["Summary"].rows
    assert "Complete stage" not in {row[0] for row in book["Summary"].rows}
    assert book["Disciplines"].rows[1:] == book["Distribution"].rows[1:] == [[why]]


@pytest.mark.parametrize(
    "state, reason, words",
    [
        *((one.value, "", "Not asked") for one in Exclusion),
        *((Delivery.REFUSED.value, one.value, "Not delivered") for one in Refusal),
        (Delivery.UNKNOWN.value, "HTTP 500", "Perhaps delivered"),
        (Delivery.STOPPED.value, "", "Not sent"),
    ],
)
def test_who_got_no_invitation_and_why(state: str, reason: str, words: str) -> None:
    """Everything the ledger can say of it has its words."""
    header, (name, invitation, why) = read(unreached=(("Ada", state, reason),))["Deliveries"].rows

    assert header == ["Name", "Invitation", "Reason"]
    assert (name, invitation) == ("Ada", words)
    assert isinstance(why, str)
    assert len(why.split()) > 1


def test_named_answers_are_one_row_a_person() -> None:
    """Levels as numbers; two people of one name and role stay two."""
    book = read(
        NAMED,
        answers=(
            ("Ada", Role.MAKER, SECOND, Level.CAPABLE),
            ("Ada", Role.MAKER, FIRST, Level.DEFINED),
            ("Ada", Role.MAKER, FIRST, Level.INITIAL),
            ("Ada", Role.MAKER, SECOND, NoLevel.DONT_KNOW),
            ("Ada", Role.COE, FIRST, NoLevel.NOT_APPLICABLE),
            ("Bob", Role.COE, FIRST, Level.EFFICIENT),
            ("Bob", Role.COE, SECOND, Level.EFFICIENT),
        ),
    )

    assert list(book)[4:] == ["Answers"]
    assert book["Answers"].rows == [
        ["Name", "Role", *NAMES],
        ["Ada", "I make apps or flows", 300, 400],
        ["Ada", "I make apps or flows", 100, "I don't know"],
        ["Ada", "CoE team or admin", "Does not apply to us"],
        ["Bob", "CoE team or admin", 500, 500],
    ]


def test_an_anonymous_survey_never_has_answers() -> None:
    """Whoever passes some has made a mistake, and no file comes of it."""
    with pytest.raises(ValueError, match="anonymous"):
        read(answers=(("Ada", Role.MAKER, FIRST, Level.DEFINED),))


@pytest.mark.parametrize(
    "said",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example","Ada")',
        "{=1+1}",
        "+1",
        "-1",
        "@SUM(A1)",
        "http://evil.example",
        "mailto:ada@example.com",
        "internal:Summary!A1",
        "007",
        "<b>&amp;",
        "tab\tand\nline",
        " blanks ",
        "\x07",
        "😀",
    ],
)
def test_what_people_wrote_is_text(said: str) -> None:
    """No formula, no link, no number and no markup, wherever it stands."""
    survey = replace(
        NAMED,
        plan=replace(NAMED.plan, name=said),
        team=replace(NAMED.team, name=said),
        asked_by_name=said,
    )
    book = read(survey, unreached=((said, "guest", ""),), answers=((said, Role.MAKER, FIRST, Level.DEFINED),))

    summary = {row[0]: row[1] for row in book["Summary"].rows}
    shown = said.replace("\x07", "_x0007_")  # what a workbook writes for a character that XML lacks
    assert [summary[one] for one in ("Survey", "Team", "Asked by")] == [shown] * 3
    assert book["Deliveries"].rows[1][0] == book["Answers"].rows[1][0] == shown
    assert not any("<f>" in sheet.xml or "hyperlink" in sheet.xml for sheet in book.values())


def test_headings_stay_in_sight() -> None:
    """Each first row is bold and frozen, and every column can be filtered."""
    for name, sheet in read(NAMED).items():
        last = f"{chr(ord('A') + len(sheet.rows[0]) - 1)}{len(sheet.rows)}"
        assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet.xml, name
        assert f'<autoFilter ref="A1:{last}"/>' in sheet.xml, name
        assert sheet.bold == {cell for cell in sheet.formats if cell[1:] == "1"}, name


def test_the_same_survey_is_the_same_file() -> None:
    """Built again, as the bot does between offering it and handing it over, it has not one byte changed."""
    first = workbook(TEXTS, EDITION, NAMED, NUMBERS, result=RESULT, unreached=())

    assert workbook(TEXTS, EDITION, NAMED, NUMBERS, result=RESULT, unreached=()) == first
    with ZipFile(BytesIO(first)) as parts:
        assert {one.date_time for one in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-11-20T23:30:00Z" in parts.read("docProps/core.xml")
