#!/usr/bin/env python3
"""header_comments.py HEADER: prints a C header in the style of include/spane.h with its plain comments as Doxygen reads them.

Doxygen runs it as a filter, so that the header itself needs no marks.
"""

import re
import sys
from pathlib import Path

RULER = re.compile(r"/\* -{9,} (?P<title>[\w ]+) \*/")
COMMENT = re.compile(r"/\*(?P<text>(?:(?!\*/).)*)\*/", re.DOTALL)
PARAMETER = re.compile(r"  (?P<names>\w+(?:, \w+)*) +(?P<text>\S.*)")
LINKED = re.compile(r'(?<![\w#.`/"])(\w+)\b(?![`\w])')
TOPIC = re.compile(r"(?:^|(?<=[.;] )|(?<=\n))(Status|Threads|Cost|Since): ")


def anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def known_names(header: str) -> set[str]:
    """What a comment may mention and a reader may want to see: functions and macros."""
    macros = re.findall(r"^#define (SPANE_\w*[A-Z])\b", header, re.MULTILINE)
    constants = re.findall(r"^    (SPANE_\w+) = ", header, re.MULTILINE)
    return {*macros, *constants, *re.findall(r"SPANE_API [^;{}()]*?\b(spane_\w+)\(", header)}


def described(parameter: list[str] | None) -> list[str]:
    """A paragraph for each name of "a, b   what they are"."""
    if not parameter:
        return []
    text = " ".join(parameter[1:])
    return [f"@param {name} {text}\n" for name in parameter[0].split(", ")]


def marked(text: str, names: set[str]) -> str:
    """The text of a comment with parameters, topics and links marked."""
    lines = [re.sub(r"^ \* ?", "", line) for line in text.split("\n")]
    out: list[str] = []
    parameter: list[str] | None = None
    is_list = False
    for line in lines:
        is_list = line.startswith("- ") or (is_list and line.startswith("  "))
        found = None if is_list else PARAMETER.fullmatch(line)
        if not found and line.startswith("    ") and parameter is None:
            out.append(line)  # code
            continue
        line = LINKED.sub(lambda match: f"#{match[1]}" if match[1] in names else match[0], line)
        if found:
            out += described(parameter)
            parameter = [found["names"], line.split(found["names"], 1)[1].strip()]
        elif parameter and line.startswith("    "):
            parameter.append(line.strip())
        else:
            out += described(parameter)
            parameter = None
            out.append(line)
    out += described(parameter)
    return TOPIC.sub(lambda match: ("\n\n" if match[1] in ("Status", "Threads") else "") + f"<b>{match[1]}:</b> ", "\n".join(out))


def filtered(header: str) -> str:
    names = known_names(header)
    is_open = False

    def replaced(match: re.Match[str]) -> str:
        nonlocal is_open
        ruler = RULER.fullmatch(match[0])
        if ruler:
            closing = "/** @} */\n" if is_open else ""
            is_open = True
            return f"{closing}/** @defgroup {anchor(ruler['title'])} {ruler['title']}\n@{{ */"
        text = marked(match["text"], names)
        before = header[header.rfind("\n", 0, match.start()) + 1 : match.start()]
        if before.strip():
            return f"/**<{text}*/" if not before.startswith("#endif") else match[0]
        if header.startswith("\n#ifndef", match.end()):
            return match[0]  # marks that the Doxyfile defines away
        if match.start() == 0:
            return f"/** @file\n{text}*/"
        if header.startswith("\n\n", match.end()):
            rulers = list(RULER.finditer(header, 0, match.start()))
            return f"/** @}} */\n/** @addtogroup {anchor(rulers[-1]['title'])}\n\n{text}\n@{{ */"
        return f"/**{text}*/"

    return COMMENT.sub(replaced, header) + ("/** @} */\n" if is_open else "")


if __name__ == "__main__":
    sys.stdout.write(filtered(Path(sys.argv[1]).read_text(encoding="utf-8")))
