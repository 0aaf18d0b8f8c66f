"""Reading include/spane.h, as far as the bindings have to agree with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).resolve().parents[3] / "include" / "spane.h"


class Parameter(NamedTuple):
    """A parameter, or a field of a struct."""

    type: str
    name: str
    length: str
    """The name of the macro or the number in [...], or empty."""


class Function(NamedTuple):
    """A function or the type of a callback."""

    returns: str
    parameters: list[Parameter]


def _text() -> str:
    text = re.sub(r"/\*.*?\*/", " ", PATH.read_text(), flags=re.DOTALL)
    return text.replace("\\\n", " ")


# What functions are marked with.
_MARKS = re.compile(r"\b(?:SPANE_API|SPANE_NODISCARD|SPANE_DEPRECATED\([^)]*\)) ")


def macros() -> dict[str, str]:
    """Name and text of each macro without parameters."""
    found = re.findall(r"^#define (SPANE_\w+)[ \t]+(\S.*?)[ \t]*$", _text(), flags=re.MULTILINE)
    return dict(found)


def _declarations() -> str:
    lines = [line for line in _text().splitlines() if not line.lstrip().startswith("#")]
    return _MARKS.sub("", " ".join(" ".join(lines).split()))


def functions() -> dict[str, Function]:
    found = re.findall(r"((?:const )?\w+ \*?)\s?(spane_\w+)\(([^()]*)\);", _declarations())
    return {name: Function(_tidy(returns), _parameters(text)) for returns, name, text in found}


def callbacks() -> dict[str, Function]:
    found = re.findall(r"typedef (\w+) \(\*(\w+)\)\(([^()]*)\);", _declarations())
    return {name: Function(returns, _parameters(text)) for returns, name, text in found}


def structs() -> dict[str, list[Parameter]]:
    found = re.findall(r"typedef struct (\w+) \{([^{}]*)\} (\w+);", _declarations())
    assert all(tag == name for tag, _, name in found)
    return {
        name: [_parameter(field) for field in body.split(";") if field.strip()]
        for _, body, name in found
    }


def handles() -> set[str]:
    found = re.findall(r"typedef struct (\w+) (\w+);", _declarations())
    assert all(tag == name for tag, name in found)
    return {name for name, _ in found}


def _parameters(text: str) -> list[Parameter]:
    return [] if text.strip() in ("", "void") else [_parameter(part) for part in text.split(",")]


def _parameter(text: str) -> Parameter:
    match = re.fullmatch(r"(.*?)(\w+)(?:\[(\w+)\])?", text.strip())
    assert match, text
    return Parameter(_tidy(match[1]), match[2], match[3] or "")


def _tidy(text: str) -> str:
    """A type without const, with its stars behind it: "char*", "spane_model**"."""
    return "".join(text.replace("const ", "").split())
