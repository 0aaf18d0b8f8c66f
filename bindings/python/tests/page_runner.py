"""Runs the blocks of a page in order, in the present folder.

Reads a list of steps as JSON and writes what each printed.

A step has `kind`, python or sh, its `text`, and `where` it stands. Python blocks share their names,
as on the page.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from typing import Any


def run_python(step: dict[str, str], names: dict[str, Any]) -> str:
    page, _, line = step["where"].rpartition(":")
    code = compile("\n" * int(line) + step["text"], page, "exec")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(step["before"], names)
        exec(code, names)
        shown = printed.getvalue()
        exec(step["after"], names)
    return shown


def run_sh(step: dict[str, str]) -> str:
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["text"]],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"{step['where']}: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def main() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for step in json.load(sys.stdin):
        shown.append(run_python(step, names) if step["kind"] == "python" else run_sh(step))
    json.dump(shown, sys.stdout)


if __name__ == "__main__":
    main()
