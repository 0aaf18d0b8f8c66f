"""One command of the plan."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A command, run in the working folder, that makes files there."""

    command: str
    """As a shell would read it, without expansions; `spane` and `python3` are the reader's."""
    makes: str
    """The file or folder that it makes, which is also the name of the step."""
    minutes: float
    """About how long it takes on two cores."""
    prints: bool = False
    """Whether what it makes is what it prints."""
    starts_again: bool = False
    """Whether it takes no folder of a run that was interrupted."""
    also: tuple[str, ...] = ()
    """Other files that it makes."""

    def builds_on(self, other: Step) -> bool:
        """Whether it reads what the other step makes."""
        return other is not self and any(self.uses(name) for name in (other.makes, *other.also))

    @property
    def words(self) -> list[str]:
        """The command and its arguments."""
        return shlex.split(self.command)

    def uses(self, name: str) -> bool:
        """Whether the command names this file or folder, or something in the folder."""
        return re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w.-])", self.command) is not None


def needed(steps: Sequence[Step], wanted: Sequence[str]) -> list[Step]:
    """The steps that make these files, with those that they build on, in the order of the plan."""
    chosen: set[str] = set()
    waiting = [step for step in steps if step.makes in wanted]
    while waiting:
        step = waiting.pop()
        if step.makes in chosen:
            continue
        chosen.add(step.makes)
        waiting += [other for other in steps if step.builds_on(other)]
    return [step for step in steps if step.makes in chosen]


def chain(steps: Sequence[Step], step: Step) -> str:
    """A short hash of the commands of a step and of all that it builds on."""
    commands = [each.command for each in needed(steps, [step.makes])]
    return hashlib.sha256("\n".join(commands).encode()).hexdigest()[:16]
