"""examples/python/story.ipynb runs, and holds nothing that a run left behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

import spane

pytest.importorskip("matplotlib")
STORY = REPOSITORY / "examples" / "python" / "story.ipynb"
RUNNER = Path(__file__).with_name("notebook_runner.py")
pytestmark = pytest.mark.skipif(not STORY.is_file(), reason="not in a checkout")


def test_it_is_kept_without_output() -> None:
    notebook = json.loads(STORY.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], set(notebook["metadata"])) == (4, {"kernelspec", "language_info"})
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert 0 < len(code) <= 10
    for cell in code:
        assert (cell["outputs"], cell["execution_count"], cell["metadata"]) == ([], None, {})
    text = "".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    for link in links:
        assert (STORY.parent / link).exists(), link


def test_it_runs(library: str, spane_command: str, tmp_path: Path) -> None:
    (tmp_path / "spane").symlink_to(spane_command)
    ran = subprocess.run(
        [sys.executable, str(RUNNER), str(STORY)],
        cwd=STORY.parent,
        env={
            **os.environ,
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(spane.__file__).parents[1]),
            "SPANE_LIBRARY": library,
            "MPLBACKEND": "Agg",
            "TMPDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)
    assert [cell["value"] for cell in shown].count("Figure") == 4
    # What the text says holds: the default rule is better than First Fit beyond chance, and so on.
    assert re.search(r"capacity-lost\S+: -[\d,]+ s \(-[\d,]+ … -[\d,]+\)", shown[4]["text"])
    assert "parameters=96" in shown[5]["text"]
    assert "lower bound" in shown[8]["text"]
    assert "one of 28 cores: None" in shown[9]["text"]
    assert "after the moves: Placement(server=2, nodes=(0,))" in shown[9]["text"]
