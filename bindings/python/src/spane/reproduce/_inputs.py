"""The files that the reader brings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spane._errors import InvalidArgumentError
from spane.reproduce._plan import AZURE, MODELS, STARTS, TRACE
from spane.reproduce._step import Step, needed


@dataclass(frozen=True)
class Input:
    """A file, its name in the working folder, and what the reader calls it."""

    name: str
    path: Path | None
    """None if the reader did not bring it."""
    option: str
    """How it would be brought."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the file; empty without one."""
        if self.path is None:
            return ""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def inputs(
    trace: Path | None, starts: Path | None, azure: Path | None, models: Path | None
) -> tuple[Input, ...]:
    """All inputs of the plan; `models` is the folder of the published networks."""
    if models is not None and not models.is_dir():
        raise InvalidArgumentError(f"--models is {models}; it must be a folder with .th files")
    found = [
        Input(TRACE, _there(trace, "--trace"), "TRACE"),
        Input(STARTS, _there(starts, "--test-starts"), "TEST_STARTS"),
        Input(AZURE, _there(azure, "--azure"), "AZURE"),
    ]
    for model in MODELS:
        path = None if models is None else models / f"{model}.th"
        there = path if path is not None and path.is_file() else None
        found.append(Input(f"{model}.th", there, "MODELS"))
    return tuple(found)


def missing(step: Step, plan: Sequence[Step], given: Sequence[Input]) -> list[Input]:
    """What this step, or one that it builds on, needs and the reader did not bring."""
    chain = needed(plan, [step.makes])
    return [each for each in given if each.path is None and any(s.uses(each.name) for s in chain)]


def _there(path: Path | None, option: str) -> Path | None:
    if path is not None and not path.is_file():
        raise InvalidArgumentError(f"{option} is {path}; there is no such file")
    return path
