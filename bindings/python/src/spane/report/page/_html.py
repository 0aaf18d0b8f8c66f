"""A self-contained HTML page, built step by step."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from spane import _arguments as arguments
from spane._replacing import write_bytes
from spane.report.page._css import STYLE


@dataclass(frozen=True)
class Cell:
    """A table cell."""

    text: str
    small: str = ""
    """A second line in small print."""
    is_bold: bool = False
    mark: str = ""
    """`differs` or `missing`, for a cell that is compared with another source."""


@dataclass(frozen=True)
class Row:
    """A table row."""

    cells: Sequence[Cell | str]
    kind: str = "policy"
    """`policy`, `group`, `member` or `bound`."""


class Page:
    """Headings, tables and figures, in the order in which they were added."""

    def __init__(self, title: str, figures: Path | None = None) -> None:
        """`figures` is a folder to save the figures to; it is created if necessary."""
        self.figure_count = 0
        self._title = title
        self._folder = figures
        self._parts: list[str] = []
        self._sections: list[tuple[str, str]] = []

    def section(self, title: str) -> None:
        """Adds a heading that is also listed at the top of the page."""
        anchor = f"section-{len(self._sections) + 1}"
        self._sections.append((anchor, title))
        self._parts.append(f'<h2 id="{anchor}">{escape(title)}</h2>')

    def heading(self, title: str) -> None:
        """Adds a heading within a section."""
        self._parts.append(f"<h3>{escape(title)}</h3>")

    def note(self, text: str) -> None:
        """Adds a sentence in small print."""
        self._parts.append(f'<p class="note">{escape(text)}</p>')

    def facts(self, entries: Sequence[tuple[str, str]]) -> None:
        """Adds a list of names and values."""
        rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in entries)
        self._parts.append(f"<dl>{rows}</dl>")

    def text(self, content: str) -> None:
        """Adds preformatted text, such as a configuration file."""
        self._parts.append(f"<pre>{escape(content)}</pre>")

    def table(self, header: Sequence[str], rows: Iterable[Row]) -> None:
        """Adds a table with these column headings."""
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
        body = "".join(map(_row, rows))
        self._parts.append(
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def figure(self, name: str, figure: Figure, caption: str) -> None:
        """Adds a figure as inline SVG."""
        self.figure_count += 1
        svg = _svg(figure)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            stem = f"{self.figure_count:02}-{re.sub('[^A-Za-z0-9]+', '-', name).strip('-').lower()}"
            (self._folder / f"{stem}.svg").write_bytes(svg)
            figure.savefig(self._folder / f"{stem}.png", dpi=160, metadata={"Software": None})
        source = base64.b64encode(svg).decode("ascii")
        self._parts.append(
            f'<figure><img alt="{escape(name)}" src="data:image/svg+xml;base64,{source}">'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )

    @contextmanager
    def folded(self, title: str) -> Iterator[None]:
        """Collapses everything added within the block until the reader opens it."""
        self._parts.append(f"<details><summary>{escape(title)}</summary>")
        yield
        self._parts.append("</details>")

    def html(self) -> str:
        """The complete page."""
        links = "".join(
            f'<li><a href="#{anchor}">{escape(title)}</a></li>' for anchor, title in self._sections
        )
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self._title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f"<h1>{escape(self._title)}</h1>\n<nav><ul>{links}</ul></nav>\n"
            + "\n".join(self._parts)
            + "\n</body>\n</html>\n"
        )

    def write(self, path: arguments.Path) -> None:
        """Writes the page; an existing file is replaced atomically."""
        write_bytes(arguments.file(path), self.html().encode())


def plain(value: float) -> str:
    """A number of any size, in few digits."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


def _row(row: Row) -> str:
    cells = (Cell(cell) if isinstance(cell, str) else cell for cell in row.cells)
    return f'<tr class="{row.kind}">{"".join(map(_cell, cells))}</tr>'


def _cell(cell: Cell) -> str:
    names = [*(["sure"] if cell.is_bold else []), *([cell.mark] if cell.mark else [])]
    mark = f' class="{" ".join(names)}"' if names else ""
    below = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    return f"<td{mark}>{escape(cell.text)}{below}</td>"


def _svg(figure: Figure) -> bytes:
    """The figure as SVG; the same figure always gives the same bytes."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "spane"}):
        figure.savefig(buffer, format="svg", dpi=160, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
