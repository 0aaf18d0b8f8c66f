"""JSON and JSON Lines files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spane._errors import FormatError


def read_document(path: Path, kind: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FormatError(f"{path}: is not valid JSON: {error}") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != kind or document.get("format_version") != 1:
        raise FormatError(f"{path}: has format {found}; it must be {kind}, version 1")
    return dict(document)


def read_lines(path: Path) -> Iterable[Mapping[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            if number == len(lines):
                return
            raise FormatError(f"{path}:{number}: is not valid JSON") from None
        if isinstance(entry, dict):
            yield entry
