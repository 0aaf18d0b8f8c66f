"""Runs the steps of a plan, each once."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from spane._errors import BadStateError
from spane._replacing import write_bytes
from spane.reproduce._step import Step, chain


@dataclass(frozen=True)
class Record:
    """What is known of a step that was begun."""

    chain: str
    """What was run: its command, and those of all that it builds on."""
    finished: bool
    seconds: float
    """In all attempts together."""
    version: str
    """What made it."""


class Runner:
    """A working folder, in which finished steps are not run again."""

    def __init__(
        self,
        folder: Path,
        spane: str,
        plan: Sequence[Step],
        say: Callable[[str], None] = print,
    ) -> None:
        """`spane` is the command, as a name or an absolute path; `plan` has all steps that a step
        may build on."""
        self.folder = folder
        self.spane = spane
        self._chains = {step.makes: chain(plan, step) for step in plan}
        self._say = say
        self._version = ""

    def record(self, step: Step) -> Record | None:
        """What is known of this step; None if it has not begun, or with other commands."""
        record = self._any_record(step)
        return record if record and record.chain == self._chains[step.makes] else None

    def _any_record(self, step: Step) -> Record | None:
        try:
            return Record(**json.loads(self._stamp(step).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def is_finished(self, step: Step) -> bool:
        """Whether the step was run to its end and what it made is still there."""
        record = self.record(step)
        if record is None or not record.finished:
            return False
        return all((self.folder / name).exists() for name in (step.makes, *step.also))

    def run(self, steps: Sequence[Step]) -> list[Step]:
        """Runs what is not finished, and returns the steps that failed or build on one that did.

        KeyboardInterrupt leaves everything so that the next call goes on from there.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BadStateError(f"{self.folder}: is in use by another process") from None
            return self._run_all(steps)

    def _run_all(self, steps: Sequence[Step]) -> list[Step]:
        failed: list[Step] = []
        begun = time.monotonic()
        left = sum(step.minutes for step in steps if not self.is_finished(step))
        planned = 0.0
        for number, step in enumerate(steps, 1):
            head = f"[{number:{len(str(len(steps)))}}/{len(steps)}] {step.makes}"
            if self.is_finished(step):
                self._say(f"{head}: done before")
                continue
            lost = [other.makes for other in failed if step.builds_on(other)]
            if lost:
                self._say(f"{head}: left out, as it needs {lost[0]}")
                failed.append(step)
                continue
            self._say(f"{head}: about {_length(60 * step.minutes)}\n    {step.command}")
            started = time.monotonic()
            status = self._run_one(step)
            if status != 0:
                self._say(f"    FAILED with status {status}: {self._last_words(step)}")
                failed.append(step)
                continue
            planned += step.minutes
            left -= step.minutes
            now = time.monotonic()
            pace = (now - begun) / (60 * planned) if planned > 0.5 else 1
            rest = f", about {_length(60 * left * pace)} left" if left > 0.02 else ""
            self._say(f"    done in {_length(now - started)}; {_length(now - begun)} in all{rest}")
        return failed

    def log(self, step: Step) -> Path:
        """What the step said."""
        return self.folder / "logs" / f"{_flat(step)}.txt"

    def _run_one(self, step: Step) -> int:
        target = self.folder / step.makes
        for each in (target, self._stamp(step), self.log(step)):
            each.parent.mkdir(parents=True, exist_ok=True)
        before = self.record(step)
        # What other commands made is of no use; what nobody knows of is taken for a beginning.
        if target.is_dir() and (step.starts_again or (self._any_record(step) and not before)):
            shutil.rmtree(target)
        spent = before.seconds if before else 0.0
        started = time.monotonic()
        status = -1
        partial = target.with_name(target.name + ".part")
        try:
            with self.log(step).open("w") as log:
                if step.prints:
                    with partial.open("w") as out:
                        status = self._call(step, out, log)
                    if status == 0:
                        partial.replace(target)
                else:
                    status = self._call(step, log, log)
        finally:
            partial.unlink(missing_ok=True)
            seconds = spent + time.monotonic() - started
            self._write(
                step, Record(self._chains[step.makes], status == 0, seconds, self.version())
            )
        return status

    def _call(self, step: Step, out: IO[str], log: IO[str]) -> int:
        programs = {"spane": self.spane, "python3": sys.executable}
        program, *words = step.words
        # The command shows its own progress where somebody looks.
        errors = None if sys.stderr.isatty() else log
        process = subprocess.Popen(
            [programs.get(program, program), *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
        )
        with _ended_with(process):
            return process.wait()

    def _stamp(self, step: Step) -> Path:
        return self.folder / "steps" / f"{_flat(step)}.json"

    def _write(self, step: Step, record: Record) -> None:
        document: Mapping[str, Any] = vars(record)
        write_bytes(self._stamp(step), (json.dumps(document, indent=1) + "\n").encode())

    def version(self) -> str:
        """What `spane --version` says."""
        if not self._version:
            ran = subprocess.run(
                [self.spane, "--version"], capture_output=True, text=True, check=True
            )
            self._version = ran.stdout.strip()
        return self._version

    def _last_words(self, step: Step) -> str:
        log = self.log(step)
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        shown = os.path.relpath(log)
        return f"{lines[-1]} ({shown})" if lines else f"see above, or {shown}"


@contextmanager
def _ended_with(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ends the process, which saves its state, when this one is interrupted or asked to end."""

    def ask(signal_number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield
    except KeyboardInterrupt:
        # From a terminal it has got the signal, too; twice does no harm to what it saves.
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _flat(step: Step) -> str:
    return step.makes.replace("/", "-")


def _length(seconds: float) -> str:
    """A time as a person says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
