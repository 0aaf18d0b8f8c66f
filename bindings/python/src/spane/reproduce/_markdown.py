"""The tables of a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spane._errors import FormatError


@dataclass(frozen=True)
class Table:
    """A table as the page has it, without the marks of code and bold."""

    section: str
    """The heading that it stands below."""
    place: int
    """Which table of that section it is, from 0."""
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(page: Path) -> list[Table]:
    """All tables of the page, in their order."""
    found: list[Table] = []
    section, lines, fenced = "", list[str](), False
    for line in [*page.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("```"):
            fenced = not fenced
        if line.startswith("|") and not fenced:
            lines.append(line)
            continue
        if lines:
            place = sum(table.section == section for table in found)
            found.append(_table(page, section, place, lines))
            lines = []
        if line.startswith("#") and not fenced:
            section = plain(line.lstrip("#"))
    return found


def plain(text: str) -> str:
    """The text without the marks of links, code and bold."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("**", "").strip()


def _table(page: Path, section: str, place: int, lines: Sequence[str]) -> Table:
    rows = [[plain(cell) for cell in line.strip().strip("|").split("|")] for line in lines]
    widths = {len(row) for row in rows}
    if len(lines) < 3 or len(widths) != 1:
        raise FormatError(f"{page}: a table below {section!r} has rows of {sorted(widths)} cells")
    return Table(section, place, rows[0], rows[2:])
