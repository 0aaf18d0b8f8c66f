"""An HTML page that is put together piece by piece."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from spane._replacing import write_bytes

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1b1b1b; margin: 0 auto;
  max-width: 76rem; padding: 1rem 1.5rem 4rem; background: #fff; }
h1 { font-size: 1.7rem; margin-bottom: 0.2rem; }
h2 { font-size: 1.35rem; margin-top: 3rem; padding-bottom: 0.2rem;
  border-bottom: 2px solid #0072B2; }
h3 { font-size: 1.1rem; margin-top: 2rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; }
a { color: #00588a; }
figure { margin: 1rem 0 2rem; }
figure img { max-width: 100%; height: auto; }
figcaption, .note { color: #505050; font-size: 0.9rem; max-width: 60rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums;
  margin: 0.8rem 0; }
th, td { text-align: right; padding: 0.3rem 0.8rem; vertical-align: top;
  border-bottom: 1px solid #e2e2e2; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #888; }
td small { display: block; color: #606060; white-space: nowrap; }
tr.group td:first-child { font-weight: 600; }
tr.member td:first-child { padding-left: 1.8rem; color: #505050; }
tr.bound { color: #505050; }
td.sure { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.2rem;
  font-size: 0.9rem; }
dt { color: #505050; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #f5f5f5; padding: 0.8rem; overflow-x: auto; font-size: 0.85rem; }
summary { cursor: pointer; margin: 0.6rem 0; }
@media print { nav { display: none; } figure, table { break-inside: avoid; } }
"""

Cell = tuple[str, str]
"""What a cell says, and in small letters below it."""


class Page:
    """Headings, tables and figures in the order in which they are added."""

    def __init__(self, title: str, figures: Path | None = None) -> None:
        """`figures` is a folder for the figures as files; it is made where there is none."""
        self.figure_count = 0
        self._title = title
        self._folder = figures
        self._parts: list[str] = []
        self._sections: list[tuple[str, str]] = []

    def section(self, title: str) -> None:
        """A heading that the list at the top of the page names."""
        anchor = f"section-{len(self._sections) + 1}"
        self._sections.append((anchor, title))
        self._parts.append(f'<h2 id="{anchor}">{escape(title)}</h2>')

    def heading(self, title: str) -> None:
        """A heading within a section."""
        self._parts.append(f"<h3>{escape(title)}</h3>")

    def note(self, text: str) -> None:
        """A sentence in small letters."""
        self._parts.append(f'<p class="note">{escape(text)}</p>')

    def facts(self, entries: Sequence[tuple[str, str]]) -> None:
        """Names and what they stand for."""
        rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in entries)
        self._parts.append(f"<dl>{rows}</dl>")

    def text(self, content: str) -> None:
        """A text as it is, such as a configuration file."""
        self._parts.append(f"<pre>{escape(content)}</pre>")

    def table(
        self, header: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell], Sequence[bool]]]
    ) -> None:
        """A table. A row has the class of its line, its cells, and which of them stand out."""
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
        body = "".join(_row(*row) for row in rows)
        self._parts.append(
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def figure(self, name: str, figure: Figure, caption: str) -> None:
        """A figure, as SVG within the page."""
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
        """What is added meanwhile is hidden until the reader opens it."""
        self._parts.append(f"<details><summary>{escape(title)}</summary>")
        yield
        self._parts.append("</details>")

    def html(self) -> str:
        """The whole page."""
        links = "".join(
            f'<li><a href="#{anchor}">{escape(title)}</a></li>' for anchor, title in self._sections
        )
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self._title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
            f"<h1>{escape(self._title)}</h1>\n<nav><ul>{links}</ul></nav>\n"
            + "\n".join(self._parts)
            + "\n</body>\n</html>\n"
        )

    def write(self, path: Path) -> None:
        """Writes the page; an existing file is replaced whole or not at all."""
        write_bytes(path, self.html().encode())


def plain(value: float) -> str:
    """A number of any kind, in few digits."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


def _row(kind: str, cells: Sequence[Cell], bold: Sequence[bool]) -> str:
    texts = []
    for index, (text, small) in enumerate(cells):
        mark = ' class="sure"' if index < len(bold) and bold[index] else ""
        below = f"<small>{escape(small)}</small>" if small else ""
        texts.append(f"<td{mark}>{escape(text)}{below}</td>")
    return f'<tr class="{kind}">{"".join(texts)}</tr>'


def _svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "spane"}):
        figure.savefig(buffer, format="svg", dpi=160, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
