"""Runs the code cells of a notebook one after the other, and prints what each prints, as JSON.

It does what a kernel does with plain Python, which is all that the notebooks contain.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any


def main(path: Path) -> None:
    shown: list[dict[str, str]] = []
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] != "code":
            continue
        code = ast.parse("".join(cell["source"]), f"cell {number}")
        last = code.body.pop() if code.body and isinstance(code.body[-1], ast.Expr) else None
        printed = io.StringIO()
        value = None
        with contextlib.redirect_stdout(printed):
            exec(compile(code, f"cell {number}", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        shown.append({"text": printed.getvalue(), "value": type(value).__name__})
    json.dump(shown, sys.stdout)


main(Path(sys.argv[1]))
