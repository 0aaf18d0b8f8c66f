"""Python processes of their own, in which this checkout's package is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import spane


def run(
    *arguments: str, folder: Path | None = None, library: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the interpreter with these arguments, in a folder, with SPANE_LIBRARY set or not."""
    environment = {name: value for name, value in os.environ.items() if name != "SPANE_LIBRARY"}
    environment["PYTHONPATH"] = str(Path(spane.__file__).parents[1])
    if library is not None:
        environment["SPANE_LIBRARY"] = library
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
