#!/usr/bin/env python3
"""Reads what a C header in the style of include/spane.h declares. Run: prints the names of its functions."""

import re
import sys
from pathlib import Path
from typing import NamedTuple


class Function(NamedTuple):
    name: str
    prototype: str  # in one line, without marks and the semicolon
    comment: str  # what stands just before it, or ""
    line: int


def functions(text: str) -> list[Function]:
    """Every prototype that begins with SPANE_API; callbacks are no functions of the library."""
    pattern = re.compile(
        r"(?:/\*(?P<comment>(?:(?!\*/).)*)\*/\n)?"
        r"^(?P<marks>[A-Z_() \"\w]*?)SPANE_API (?P<prototype>[a-z_][\w \n*]*?\b(?P<name>spane_\w+)\([^;{}]*\));",
        re.MULTILINE | re.DOTALL,
    )
    return [
        Function(
            match["name"],
            re.sub(r"\s+", " ", match["prototype"]),
            match["comment"] or "",
            text.count("\n", 0, match.start("prototype")) + 1,
        )
        for match in pattern.finditer(text)
    ]


def macros(text: str) -> dict[str, str]:
    """The object-like macros and their values, without comments."""
    without_comments = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    found = re.findall(r"^#define (SPANE_\w+)[ \t]+(.+?)[ \t]*$", without_comments, re.MULTILINE)
    return dict(found)


if __name__ == "__main__":
    for function in functions(Path(sys.argv[1]).read_text(encoding="utf-8")):
        print(function.name)
