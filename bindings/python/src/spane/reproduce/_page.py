"""The page: what was computed beside what the documents say."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spane._errors import Error, FormatError
from spane.report.page import Page
from spane.report.page._html import Cell, Row
from spane.reproduce._cells import Outcome, compare
from spane.reproduce._figures import FIGURES
from spane.reproduce._inputs import Input
from spane.reproduce._markdown import Table, tables
from spane.reproduce._results import NotMadeError, Results
from spane.reproduce._runner import Runner
from spane.reproduce._step import Step
from spane.reproduce._tables import NOT_AGAIN, MadeTable

STATES = ("equal", "differs", "missing")


@dataclass(frozen=True)
class Compared:
    """A table with what became of each cell; one without a number is None."""

    declared: MadeTable
    documented: Table
    rows: Sequence[Sequence[Outcome | None]]
    """Without the first column."""
    doubts: Sequence[str]
    """What could not be read, although it was made."""

    @property
    def count(self) -> Counter[str]:
        """How many cells are in each state."""
        return Counter(cell.state for row in self.rows for cell in row if cell is not None)


def compared(declared: MadeTable, repository: Path, results: Results) -> Compared:
    """Reads the table of the document and computes its cells; those of words alone stay."""
    documented = find(declared, repository)
    rows, doubts = [], list[str]()
    for row in documented.rows:
        key = declared.rows.get(row[0])
        cells: list[Outcome | None] = []
        for column, text in zip(declared.columns, row[1:]):
            if not any(letter.isdigit() for letter in text):
                cells.append(None)
                continue
            computed = None
            try:
                if key is None:
                    raise FormatError(f"{row[0]}: no results are declared for this row")
                computed = column.read(results, key)
            except NotMadeError:
                pass
            except (Error, OSError, ValueError, KeyError) as error:
                doubts.append(f"{row[0]}, {column.title}: {error}")
            cells.append(compare(text, computed))
        rows.append(cells)
    return Compared(declared, documented, rows, doubts)


def find(declared: MadeTable, repository: Path) -> Table:
    """The table as the document has it."""
    page = repository / declared.page
    for table in tables(page):
        if (table.section, table.place) == (declared.section, declared.place):
            titles = [column.title for column in declared.columns]
            if list(table.header[1:]) != titles:
                raise FormatError(
                    f"{page}: table {declared.place + 1} below {declared.section!r} has the "
                    f"columns {list(table.header[1:])}; {declared.name} is declared with {titles}"
                )
            return table
    raise FormatError(f"{page}: has no table {declared.place + 1} below {declared.section!r}")


def page_of(
    found: Sequence[Compared],
    results: Results,
    runner: Runner,
    steps: Sequence[Step],
    given: Sequence[Input],
    figures: Path | None,
) -> Page:
    """The page with the tables, the figures that `steps` are enough for, and the commands."""
    page = Page("The paper's tables and figures, made again", figures)
    _summary(page, found, runner, given)
    for each in found:
        _table(page, each)
    _figures(page, results, steps)
    _commands(page, runner, steps)
    page.section("Tables that are not made again")
    page.table(
        ["table of docs/results.md", "reason"],
        [
            Row([f"{section}, table {place + 1}", reason])
            for (section, place), reason in NOT_AGAIN.items()
        ],
    )
    return page


def _summary(page: Page, found: Sequence[Compared], runner: Runner, given: Sequence[Input]) -> None:
    page.section("Summary")
    total: Counter[str] = sum((each.count for each in found), Counter())
    page.facts(
        [
            (
                "cells",
                f"{total['equal']:,} equal, {total['differs']:,} differ, "
                f"{total['missing']:,} not made",
            ),
            (
                "made with",
                f"spane {runner.version()}; Python {platform.python_version()}, "
                f"{platform.system()} {platform.machine()}",
            ),
            *((each.name, f"sha256 {each.digest}") for each in given if each.path is not None),
        ]
    )
    missing = [each.name for each in given if each.path is None]
    if missing:
        page.note(f"Not given: {', '.join(missing)}.")
    page.table(
        ["table", "equal", "differ", "not made"],
        [
            Row(
                [
                    Cell(each.declared.name, f"{each.declared.page}, {each.declared.section}"),
                    str(each.count["equal"]),
                    Cell(
                        str(each.count["differs"]), mark="differs" if each.count["differs"] else ""
                    ),
                    Cell(
                        str(each.count["missing"]), mark="missing" if each.count["missing"] else ""
                    ),
                ]
            )
            for each in found
        ],
    )
    page.note(
        "A cell is equal if what was computed has the digits that the document prints. One that "
        "differs is marked, with the documented cell below; grey ones were not made."
    )


def _table(page: Page, each: Compared) -> None:
    page.section(f"{each.declared.section} ({each.declared.name})")
    page.table(
        each.documented.header,
        [
            Row([row[0], *(_cell(cell, text) for cell, text in zip(cells, row[1:]))])
            for row, cells in zip(each.documented.rows, each.rows)
        ],
    )
    made = ", ".join(each.declared.makes)
    page.note(f"From {made}. Compared with {each.declared.page}.")
    for doubt in each.doubts:
        page.note(f"Could not be read: {doubt}")


def _cell(outcome: Outcome | None, text: str) -> Cell:
    if outcome is None:
        return Cell(text)
    if outcome.state == "equal":
        return Cell(outcome.computed)
    if outcome.state == "differs":
        return Cell(outcome.computed, f"documented: {outcome.documented}", mark="differs")
    return Cell(outcome.documented, mark="missing")


def _figures(page: Page, results: Results, steps: Sequence[Step]) -> None:
    page.section("Figures")
    chosen = {step.makes for step in steps}
    left = []
    for each in FIGURES:
        if not set(each.makes) <= chosen:
            continue
        try:
            figure = each.draw(results)
        except NotMadeError:
            left.append(each.title)
            continue
        page.heading(each.title)
        page.figure(each.title, figure, each.caption)
    if left:
        page.note(f"Not made: {'; '.join(left)}.")


def _commands(page: Page, runner: Runner, steps: Sequence[Step]) -> None:
    page.section("Commands")
    page.note(f"In this order, in {runner.folder}.")
    rows = []
    for step in steps:
        record = runner.record(step)
        state = "not run"
        if record is not None:
            state = f"{record.seconds:,.1f} s" if runner.is_finished(step) else "not finished"
        rows.append(Row([Cell(step.makes, record.version if record else ""), state, step.command]))
    page.table(["makes", "took", "command"], rows)
