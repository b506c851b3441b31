"""The workbook that leads take away from a closed survey: what the cards show, and who could not be reached.

No more than that: of an anonymous survey nobody's answers are in it, and of too small a group no figure is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from assessment.model import Answer, Level, NoLevel, Role
from assessment.survey import Delivery, Exclusion, Numbers, Refusal, Survey
from assessment.team import DisciplineResult, TeamResult
from cards.naming import answer_name, level_name
from content.model import Edition
from content.texts import Texts

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

WIDEST = 400
"""Pixels; a longer text runs on over the empty cells beside it."""

DAY, MOMENT, SHARE = 14, 22, 9
"""Excel's own formats by number: dates as the reader's machine writes them, and whole percent."""

Cell = str | int | float | dt.date | None
"""A float is a share between 0 and 1; a datetime is in the survey's zone; None leaves the cell empty."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def workbook(
    texts: Texts,
    edition: Edition,
    survey: Survey,
    numbers: Numbers,
    *,
    result: TeamResult | None,
    unreached: Sequence[tuple[str, str, str]],
    answers: Sequence[tuple[str, Role, str, Answer]] = (),
) -> bytes:
    """A closed survey as an .xlsx file, the same bytes each time.

    `unreached` are rows of name, what became of the invitation, and the reason; `answers` rows of name, role,
    discipline id and answer, with those of one person in one run. Raises ValueError for answers to an
    anonymous survey.
    """
    if answers and survey.plan.is_anonymous:
        raise ValueError("an anonymous survey has no answers to show")
    author = _Author(texts, edition, survey, result)
    sheets = [
        author.summary(numbers),
        author.disciplines(),
        author.distribution(),
        author.deliveries(unreached),
        *([] if survey.plan.is_anonymous else [author.answers(answers)]),
    ]
    return _file(sheets, {"title": survey.plan.name, "created": survey.closed_at})


@dataclass(frozen=True, slots=True)
class _Author:
    """Decides what stands in each sheet."""

    texts: Texts
    edition: Edition
    survey: Survey
    result: TeamResult | None

    def summary(self, numbers: Numbers) -> _Sheet:
        texts, survey, plan = self.texts, self.survey, self.survey.plan
        about: list[tuple[str, Cell]] = [
            (texts("workbook.summary.survey"), plan.name),
            (texts("workbook.summary.team"), survey.team.name),
            (texts("workbook.summary.opened", zone=survey.zone), self._local(survey.opened_at)),
            (texts("workbook.summary.closed", zone=survey.zone), self._local(survey.closed_at)),
            (texts("workbook.summary.closes_on"), plan.closes_on),
            (texts("workbook.summary.asked_by"), survey.asked_by_name),
            (
                texts("workbook.summary.answers"),
                texts("survey.answers.anonymous" if plan.is_anonymous else "survey.answers.named"),
            ),
            (texts("workbook.summary.smallest"), plan.smallest_group),
            (texts("workbook.summary.edition"), self.edition.name),
        ]
        rows = [*about, *self._stages(), *_response(texts, numbers)]
        header = (texts("workbook.summary.item"), texts("workbook.summary.value"))
        return _Sheet(texts("workbook.sheet.summary"), header, rows)

    def disciplines(self) -> _Sheet:
        texts = self.texts
        header = (
            texts("workbook.column.discipline"),
            texts("workbook.column.level"),
            texts("workbook.column.level_name"),
            texts("workbook.column.lowest"),
            texts("workbook.column.highest"),
            texts("workbook.column.agreement"),
            texts("workbook.column.leaders"),
            texts("workbook.column.makers"),
            texts("workbook.column.named"),
        )
        return _Sheet(texts("workbook.sheet.disciplines"), header, self._per_discipline(self._standing))

    def distribution(self) -> _Sheet:
        texts = self.texts
        given = (answer_name(texts, self.edition, one) for one in (*Level, *NoLevel))
        header = (texts("workbook.column.discipline"), *given)
        return _Sheet(texts("workbook.sheet.distribution"), header, self._per_discipline(self._counts))

    def deliveries(self, unreached: Iterable[tuple[str, str, str]]) -> _Sheet:
        texts = self.texts
        header = (
            texts("workbook.column.name"),
            texts("workbook.column.invitation"),
            texts("workbook.column.reason"),
        )
        rows = [(name, *_fate(texts, state, reason)) for name, state, reason in unreached]
        return _Sheet(texts("workbook.sheet.deliveries"), header, rows)

    def answers(self, answers: Iterable[tuple[str, Role, str, Answer]]) -> _Sheet:
        texts, edition = self.texts, self.edition
        header = (
            texts("workbook.column.name"),
            texts("workbook.column.role"),
            *(one.name for one in edition.disciplines.values()),
        )
        rows = [
            (name, texts(f"role.names.{role}"), *(_given(texts, its.get(one)) for one in edition.order))
            for name, role, its in _people(answers)
        ]
        return _Sheet(texts("workbook.sheet.answers"), header, rows)

    def _stages(self) -> list[tuple[str, Cell]]:
        stage = self.texts("workbook.summary.stage")
        if self.result is None:
            return [(stage, self._too_few())]
        standing = self.result.standing
        return [
            (stage, self._level(standing.stage)),
            (self.texts("workbook.summary.complete_stage"), self._level(standing.complete_stage)),
        ]

    def _per_discipline(
        self, cells: Callable[[DisciplineResult, int], Sequence[Cell]]
    ) -> list[Sequence[Cell]]:
        """A row for each discipline; without a result only the sentence that says why."""
        if self.result is None:
            return [(self._too_few(),)]
        shown = {one: cells(its, self.result.people) for one, its in self.result.disciplines.items()}
        hidden = (self.texts("workbook.not_shown"),)
        return [(its.name, *shown.get(one, hidden)) for one, its in self.edition.disciplines.items()]

    def _standing(self, its: DisciplineResult, _: int) -> Sequence[Cell]:
        groups = (one.value if one else self.texts("workbook.not_shown") for one in (its.leaders, its.makers))
        level_named = self.edition.stages[its.level].name
        spread = (its.lowest.value, its.highest.value, its.agreement)
        return (its.level.value, level_named, *spread, *groups, its.named)

    def _counts(self, its: DisciplineResult, people: int) -> Sequence[Cell]:
        """How many gave each answer; who named no level is left out where those are too few to be shown."""
        is_whole = sum(its.counts.values()) == people
        hidden = self.texts("workbook.not_shown")
        unnamed = (its.counts.get(one, 0) if is_whole else hidden for one in NoLevel)
        return (*(its.counts.get(one, 0) for one in Level), *unnamed)

    def _too_few(self) -> str:
        return self.texts("workbook.too_few", smallest=self.survey.plan.smallest_group)

    def _level(self, level: Level | None) -> str:
        if level is None:
            return self.texts("workbook.no_stage")
        return level_name(self.texts, self.edition, level)

    def _local(self, moment: dt.datetime | None) -> dt.datetime | None:
        """A moment as the clock on the lead's wall showed it; a workbook knows no zones."""
        return moment and moment.astimezone(ZoneInfo(self.survey.zone)).replace(tzinfo=None)


def _response(texts: Texts, numbers: Numbers) -> list[tuple[str, Cell]]:
    """Every figure, also where it is 0, so that two workbooks can be laid side by side."""
    refused = [(texts(f"workbook.reason.{one}"), numbers.refused.get(one, 0)) for one in Refusal]
    return [
        (texts("workbook.summary.invited"), numbers.invited),
        (texts("workbook.summary.delivered"), numbers.delivered),
        *((texts("workbook.summary.refused", reason=reason), people) for reason, people in refused),
        (texts("workbook.summary.unknown"), numbers.unknown),
        (texts("workbook.summary.not_sent"), numbers.stopped + numbers.waiting),
        (texts("workbook.summary.started"), numbers.started),
        (texts("workbook.summary.finished"), numbers.finished),
        (texts("workbook.summary.declined"), numbers.declined),
    ]


def _fate(texts: Texts, state: str, reason: str) -> tuple[str, str]:
    """What became of an invitation, and why, in words."""
    if state in set(Exclusion):
        return texts("workbook.invitation.not_asked"), texts(f"workbook.excluded.{state}")
    match Delivery(state):
        case Delivery.REFUSED:
            return texts("workbook.invitation.refused"), texts(f"workbook.reason.{reason}")
        case Delivery.UNKNOWN:
            return texts("workbook.invitation.unknown"), texts("workbook.unknown", reason=reason)
    return texts("workbook.invitation.not_sent"), texts("workbook.not_sent")


def _people(
    answers: Iterable[tuple[str, Role, str, Answer]],
) -> Iterator[tuple[str, Role, Mapping[str, Answer]]]:
    """Each person with all their answers. Two of the same name and role answer the same discipline twice."""
    who: tuple[str, Role] | None = None
    its: dict[str, Answer] = {}
    for name, role, discipline, answer in answers:
        if who != (name, role) or discipline in its:
            if who:
                yield (*who, its)
            who, its = (name, role), {}
        its[discipline] = answer
    if who:
        yield (*who, its)


def _given(texts: Texts, answer: Answer | None) -> Cell:
    match answer:
        case None:
            return None
        case NoLevel():
            return texts(f"answer.{answer}")
    return answer.value


def _file(sheets: Iterable[_Sheet], properties: Mapping[str, object]) -> bytes:
    file = BytesIO()
    import xlsxwriter  # noqa: PLC0415 - few take a workbook, and every start would wait for it

    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties(dict(properties))
        bold = book.add_format({"bold": True})
        pen = _Pen(
            day=book.add_format({"num_format": DAY}),
            moment=book.add_format({"num_format": MOMENT}),
            share=book.add_format({"num_format": SHARE}),
        )
        for one in sheets:
            rows = list(one.rows)
            sheet = book.add_worksheet(one.name)
            for column, words in enumerate(one.header):
                sheet.write_string(0, column, words, bold)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    pen.write(sheet, number, column, cell)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(rows), len(one.header) - 1)
            sheet.autofit(WIDEST)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes each value as what it is. Text is always text, even where it looks like a formula or a link."""

    day: Format
    moment: Format
    share: Format

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        match cell:
            case str():
                sheet.write_string(row, column, cell)
            case dt.datetime():
                sheet.write_datetime(row, column, cell, self.moment)
            case dt.date():
                sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), self.day)
            case float():
                sheet.write_number(row, column, cell, self.share)
            case int():
                sheet.write_number(row, column, cell)
