#!/usr/bin/env python3
"""draw-concepts.py [FOLDER]: draws the pictures of docs/concepts.md, as SVG that suits light and dark pages, into docs or FOLDER."""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

DOCS = Path(__file__).resolve().parent.parent / "docs"
CORE = 22  # the side of a core
STYLE = """
svg { --page: #ffffff; --ink: #1c2733; --dim: #5b6875; --line: #9aa5b1; --free: #eef1f4;
      --a: #2f6fb7; --b: #b4570f; --c: #2b7a45; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
svg { --page: #16191d; --ink: #e4e9ee; --dim: #a3aebb; --line: #66717d; --free: #252a30;
      --a: #6aa9ec; --b: #e79a55; --c: #6cc388; --bad: #ff8a80; } }
text { font: 14px system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; fill: var(--ink); }
.dim { fill: var(--dim); } .title { font-weight: 600; } .middle { text-anchor: middle; }
.on { fill: var(--page); font-weight: 600; } .bad { fill: var(--bad); font-weight: 600; }
.box { fill: none; stroke: var(--line); stroke-width: 1.5; } .dashed { stroke-dasharray: 5 4; }
.free { fill: var(--free); stroke: var(--line); } .page { fill: var(--page); }
.a { fill: var(--a); } .b { fill: var(--b); } .c { fill: var(--c); }
.arrow { fill: none; stroke: var(--dim); stroke-width: 1.8; marker-end: url(#head); } .head { fill: var(--dim); }
.cross { stroke: var(--bad); stroke-width: 3; }
"""


class Picture:
    def __init__(self, width: int, height: int, title: str) -> None:
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
            '<path class="head" d="M0,0 L10,5 L0,10 z"/></marker></defs>',
        ]
        self.box(0, 0, width, height, "page")

    def box(self, x: float, y: float, width: float, height: float, kind: str = "box", radius: float = 4) -> None:
        self.lines.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>')

    def text(self, x: float, y: float, words: str, kind: str = "") -> None:
        self.lines.append(f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>')

    def arrow(self, *points: tuple[float, float]) -> None:
        path = " L".join(f"{x},{y}" for x, y in points)
        self.lines.append(f'<path class="arrow" d="M{path}"/>')

    def cross(self, x: float, y: float, size: float) -> None:
        self.lines.append(f'<path class="cross" d="M{x},{y} l{size},{size} m0,{-size} l{-size},{size}"/>')

    def vm(self, x: float, y: float, name: str, kind: str, width: float = 44, height: float = 30) -> None:
        self.box(x, y, width, height, kind)
        self.text(x + width / 2, y + height / 2 + 5, name, "on middle")

    def node(self, x: float, y: float, name: str, vms: list[tuple[str, str, int]], rows: int = 4, columns: int = 4) -> None:
        """A node of rows * columns cores, of which VMs (name, kind, cores) take whole columns from the left."""
        self.text(x + columns * CORE / 2, y - 8, name, "dim middle")
        for core in range(sum(cores for _, _, cores in vms), rows * columns):
            self.box(x + core // rows * CORE, y + core % rows * CORE, CORE - 2, CORE - 2, "free", 2)
        first = 0
        for name, kind, cores in vms:
            left, width = first / rows * CORE, cores / rows * CORE - 2
            self.box(x + left, y, width, rows * CORE - 2, kind, 2)
            self.text(x + left + width / 2, y + rows * CORE / 2 + 4, name, "on middle")
            first += cores

    def server(self, x: float, y: float, name: str, *nodes: list[tuple[str, str, int]]) -> float:
        """A server with nodes; its width."""
        width = len(nodes) * (4 * CORE + 16) + 14
        self.box(x, y, width, 4 * CORE + 66)
        self.text(x + 14, y + 22, name, "title")
        for index, vms in enumerate(nodes):
            self.node(x + 15 + index * (4 * CORE + 16), y + 52, f"node {index}", vms)
        return width

    def write(self, path: Path) -> None:
        path.write_text("\n".join([*self.lines, "</svg>", ""]), encoding="utf-8")


def servers() -> Picture:
    picture = Picture(760, 330, "Servers, NUMA nodes and spans")
    for y, name, kind, words in ((10, "A", "a", "span 1: 8 cores of one node"), (46, "B", "b", "span 2: 16 cores, 8 of each of two nodes")):
        picture.vm(20, y, name, kind)
        picture.text(76, y + 20, words)
    one, two, three = 20, 268, 516
    picture.server(one, 90, "server 0", [("A", "a", 8), ("B", "b", 8)], [("B", "b", 8)])
    picture.server(two, 90, "server 1", [("C", "c", 12)], [("D", "c", 12)])
    picture.server(three, 90, "server 2", [("E", "c", 12), ("F", "c", 4)], [("G", "c", 8)])
    picture.text(one, 270, "8 cores left, on one node:")
    picture.text(one, 290, "room for another A")
    picture.text(two, 270, "8 left too, 4 on each node:")
    picture.text(two, 290, "no room for A", "bad")
    picture.text(three, 270, "8 cores left, on one node:")
    picture.text(three, 290, "room for A, none for B")
    picture.text(20, 318, "Each square is a core. Memory is counted in the same way, node by node.", "dim")
    return picture


def queue() -> Picture:
    picture = Picture(760, 250, "A queue, and none")
    picture.text(20, 28, "With a queue: strictly in order of arrival", "title")
    picture.arrow((20, 75), (78, 75))
    for index, (name, kind) in enumerate((("12", "c"), ("11", "c"), ("10", "c"), ("9", "b"))):
        picture.vm(86 + index * 52, 60, name, kind)
    picture.box(80, 52, 216, 46, "box")
    picture.text(80, 118, "10, 11 and 12 would fit, and wait behind 9", "dim")
    picture.arrow((300, 75), (366, 75))
    picture.box(370, 52, 100, 46)
    picture.text(420, 80, "policy", "middle title")
    picture.arrow((474, 75), (540, 75))
    picture.cross(500, 68, 14)
    picture.box(544, 40, 196, 70)
    picture.text(556, 64, "servers", "title")
    picture.text(556, 84, "9 fits nowhere until one", "dim")
    picture.text(556, 101, "of their VMs ends", "dim")
    picture.text(20, 158, "Without a queue: what fits nowhere is refused and gone", "title")
    picture.arrow((20, 205), (78, 205))
    picture.vm(86, 190, "9", "b")
    picture.arrow((134, 205), (200, 205))
    picture.box(204, 182, 100, 46)
    picture.text(254, 210, "policy", "middle title")
    picture.arrow((308, 205), (366, 205))
    picture.text(376, 210, "refused", "bad")
    picture.text(446, 210, "10, 11 and 12 are placed as they come", "dim")
    return picture


def domains() -> Picture:
    picture = Picture(760, 300, "A group in fault domains")
    names = iter(range(12))
    members = {0: "42a", 4: "42b", 6: "42c"}
    for zone in range(2):
        left = 20 + zone * 368
        picture.box(left, 14, 352, 212, "box dashed")
        picture.text(left + 12, 36, f"zone {zone}", "title")
        for rack in range(2):
            x = left + 12 + rack * 168
            picture.box(x, 48, 160, 166)
            picture.text(x + 10, 68, f"rack {zone * 2 + rack}", "dim")
            for slot in range(3):
                server = next(names)
                y = 78 + slot * 44
                picture.box(x + 10, y, 140, 38)
                picture.text(x + 18, y + 24, f"server {server}", "dim")
                if server in members:
                    picture.vm(x + 94, y + 5, members[server], "a", 48, 28)
    picture.text(20, 254, "Group 42: at most one VM per server (hard), spread over 3 racks (hard).")
    picture.text(20, 278, "Rack 0 may fail, and two of the three VMs go on; zone 0 may fail, and one does.", "dim")
    return picture


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    for name, picture in (("servers", servers()), ("queue", queue()), ("domains", domains())):
        picture.write(folder / f"concepts-{name}.svg")
