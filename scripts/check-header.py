#!/usr/bin/env python3
"""Checks that include/spane.h says of every function what a caller has to know, and that Sources/SpaneCAPI defines the same
functions in a way that lets the compiler compare their types. Prints what is wrong; says nothing when all is well."""

import re
import sys
from pathlib import Path

from header_functions import functions, macros

ROOT = Path(__file__).resolve().parent.parent
HEADER = ROOT / "include/spane.h"
TOPICS = ["Status", "Threads", "Cost", "Since"]


def comment_mistakes(text: str) -> list[str]:
    known = set(re.findall(r"^#define (\w+)", text, re.MULTILINE))
    mistakes = []
    for function in functions(text):
        where = f"{HEADER.relative_to(ROOT)}:{function.line}: {function.name}"
        missing = [topic for topic in TOPICS if not re.search(rf"\b{topic}:", function.comment)]
        if missing:
            mistakes.append(f"{where}: its comment lacks {', '.join(missing)}")
        unknown = sorted(set(re.findall(r"\bSPANE_[A-Z_]+\b", function.comment)) - known)
        if unknown:
            mistakes.append(f"{where}: its comment names {', '.join(unknown)}, which nothing defines")
    names = [function.name for function in functions(text)]
    # What stands at the start of a line and looks like a prototype.
    bare = set(re.findall(r"^(?!typedef\b|struct\b|extern\b|#)\w[\w *]*?\b(spane_\w+)\(", text, re.MULTILINE))
    mistakes += [f"{name} is declared without SPANE_API" for name in sorted(bare - set(names))]
    mistakes += [f"{name} is declared twice" for name in sorted({name for name in names if names.count(name) > 1})]
    return mistakes


def struct_mistakes(text: str) -> list[str]:
    """A struct that starts with its size needs a value to start from."""
    known = set(macros(text))
    extensible = re.findall(r"struct (spane_\w+) \{\s*uint32_t struct_size;", text)
    return [f"{name} has no {name.upper()}_INIT" for name in extensible if f"{name.upper()}_INIT" not in known]


def definition_mistakes(text: str) -> list[str]:
    declared = {function.name for function in functions(text)}
    mistakes = []
    defined = set()
    for path in sorted((ROOT / "Sources/SpaneCAPI").rglob("*.swift")):
        source = path.read_text(encoding="utf-8")
        for match in re.finditer(r'^(?P<before>.*)@_?cdecl\((?:"(?P<name>\w+)"|\w+)\)', source, re.MULTILINE):
            where = f"{path.relative_to(ROOT)}:{source.count(chr(10), 0, match.start()) + 1}"
            if "@implementation" not in match["before"]:
                mistakes.append(f"{where}: without @implementation its type is not compared with the header")
            defined.add(match["name"])
    mistakes += [f"{name} is declared but not defined" for name in sorted(declared - defined)]
    mistakes += [f"{name} is defined but not declared" for name in sorted(defined - declared)]
    return mistakes


def main() -> int:
    text = HEADER.read_text(encoding="utf-8")
    mistakes = comment_mistakes(text) + struct_mistakes(text) + definition_mistakes(text)
    for mistake in mistakes:
        print(f"check-header: {mistake}", file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
