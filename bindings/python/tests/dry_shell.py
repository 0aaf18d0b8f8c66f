"""Checks what a shell script calls: its programs do nothing but note how they were called."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from conftest import REPOSITORY
from spane_usage import Usage

# What documentation may call. Nothing else is found.
_NOTED = [
    "spane",
    "python3",
    "pip",
    "make",
    "cc",
    "swift",
    "ruff",
    "mypy",
    "h5repack",
    "perf",
    "sudo",
    "sha256sum",
]
_NOTED += [
    ".build/release/spane-cli",
    "scripts/build-wheel.sh",
    "scheduler",
    "decisions",
    "quick",
    "logs",
    "threads",
    "pkg-config",
    "sbatch",
    "kubectl",
    "jq",
]
# These do what they always do.
_REAL = ["seq", "cat", "head", "awk", "ls", "paste", "sort"]


def check_dry(where: str, script: str, folder: Path, usage: Usage) -> None:
    for call in noted_calls(where, script, folder):
        check_call(where, call, usage)


def noted_calls(where: str, script: str, folder: Path) -> list[list[str]]:
    """The programs that the script calls, each with its arguments."""
    shutil.rmtree(folder, ignore_errors=True)
    programs = folder / "programs"
    programs.mkdir(parents=True)
    log = folder / "log"
    for name in _NOTED:
        base = Path(name).name
        stub = programs / base
        stub.write_text(
            f"#!/bin/sh\nprintf '%s\\0' {base} \"$@\" >>'{log}'\nprintf '\\n\\0' >>'{log}'\n"
        )
        stub.chmod(0o755)
        # The same where a page calls it by its path.
        path = folder / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(stub)
    for name in _REAL:
        real = shutil.which(name)
        assert real, name
        (programs / name).symlink_to(real)
    # Where pages send what is printed.
    (folder / "here" / "results").mkdir()
    bash = shutil.which("bash")
    assert bash
    ran = subprocess.run(
        [bash, "-c", script],
        cwd=folder / "here",
        env={"PATH": str(programs), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    for mistake in ("command not found", "syntax error", "ambiguous redirect"):
        assert mistake not in ran.stderr, f"{where}: {ran.stderr}"
    noted = log.read_text() if log.exists() else ""
    calls = [call.split("\0")[:-1] for call in noted.split("\n\0") if call]
    assert calls, f"{where}: it calls nothing: {ran.stderr}"
    return calls


def check_call(where: str, call: list[str], usage: Usage) -> None:
    program, words = call[0], call[1:]
    if program in ("spane", "spane-cli"):
        usage.check(words)
    elif program == "make":
        targets = re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
        for word in words:
            assert "=" in word or word in targets, f"{where}: make has no target {word}"
    elif program == "python3" and words[0] == "-m" and words[1].startswith("spane"):
        assert importlib.util.find_spec(words[1]), f"{where}: there is no module {words[1]}"
        for word in words[2:]:
            assert not word.startswith("--") or word in help_of(words[1]), (
                f"{where}: {words[1]} has no {word}"
            )
    elif program == "python3" and words[0].endswith(".py"):
        assert (REPOSITORY / words[0]).is_file(), f"{where}: there is no {words[0]}"
    elif program == "cc":
        for word in words:
            if word.endswith(".c") and "/" in word:
                assert (REPOSITORY / word).is_file(), f"{where}: there is no {word}"


@cache
def help_of(module: str) -> str:
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    ran = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return ran.stdout
