"""The `spane` command, which reads the search, trains its trials and writes its results."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CommandError(Exception):
    """The command failed; the message is its own."""


class TrialStopped(Exception):
    """A trial was told to stop, and has saved its state."""


@dataclass(frozen=True)
class Dimension:
    """A key that varies."""

    name: str
    kind: str
    """`choices`, `integers`, `uniform` or `log-uniform`."""
    values: tuple[Any, ...]
    """The choices as TOML; of the others the lowest and the highest."""


@dataclass(frozen=True)
class Description:
    """What a search is, as `spane` reads it."""

    fingerprint: str
    """Of all that decides its results, the content of its files included."""
    method: str
    trials: int
    seed: int
    keep: int
    prune_after: int
    columns: tuple[str, ...]
    """Those of results.csv before the keys that vary."""
    space: tuple[Dimension, ...]

    @property
    def learns(self) -> bool:
        """Whether Optuna chooses the values; otherwise they follow from the trial's number."""
        return self.method in ("tpe", "cma-es")


class Spane:
    """The command with the arguments that say which search it is about."""

    def __init__(self, command: str, source: str, output: str, options: Sequence[str]) -> None:
        self.output = Path(output)
        self._command = command
        self._options = [*options, "--output", output]
        self._source = ["--", source]

    def _words(self, name: str, *more: str) -> list[str]:
        return [self._command, "search", name, *self._options, *more, *self._source]

    def describe(self) -> Description:
        """Reads the search and the files that it names."""
        document = json.loads(self._run(self._words("describe")))
        return Description(
            fingerprint=document["identity_sha256"],
            method=document["method"],
            trials=document["trials"],
            seed=document["seed"],
            keep=document["keep"],
            prune_after=document["prune_after"],
            columns=tuple(document["columns"]),
            space=tuple(
                Dimension(entry["name"], entry["kind"], tuple(_values(entry)))
                for entry in document["space"]
            ),
        )

    def collect(self, lines: Sequence[str], lock: Sequence[str]) -> str:
        """Writes the results into the folder; gives the report."""
        text = "".join(f"{line}\n" for line in lines)
        return self._run(self._words("collect", *lock), text)

    def _run(self, words: list[str], given: str = "") -> str:
        try:
            done = subprocess.run(
                words, input=given, capture_output=True, encoding="utf-8", check=False
            )
        except OSError as error:
            raise CommandError(
                f"{self._command} cannot be run: {error.strerror}; --command or SPANE_COMMAND must "
                "name the spane command"
            ) from None
        if done.returncode != 0:
            raise CommandError(_message(done.stderr, done.returncode))
        return done.stdout

    def train(self, number: int, values: Sequence[str], lock: Sequence[str]) -> Training:
        """Starts a trial."""
        given = [word for value in values for word in ("--value", value)]
        words = self._words("trial", "--number", str(number), *lock, *given)
        return Training(words, self.output / "trials" / f"{number}.h5")


class Training:
    """A trial under way, in a process of its own that ends when this one does."""

    def __init__(self, words: list[str], weights: Path) -> None:
        self._weights = weights
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # Signals of the terminal go to this process alone, which passes them on.
            start_new_session=True,
        )

    def run(
        self, begun: Callable[[list[str]], None], validated: Callable[[int, float], bool]
    ) -> list[str]:
        """Follows the trial to its end; gives its columns of results.csv.

        `begun` gets the values of the trial. `validated` is told a step and a result, and says
        whether the trial ends there. An exception of either stops the trial.
        """
        result: list[str] = []
        is_pruned = False
        assert self._process.stdin and self._process.stdout and self._process.stderr
        try:
            for line in self._process.stdout:
                kind, *words = line.rstrip("\n").split("\t")
                if kind == "values":
                    begun(words)
                elif kind == "result":
                    result = words
                elif kind == "validation":
                    is_pruned |= validated(int(words[0]), float(words[1]))
                elif kind == "ask":
                    self._answer("prune" if is_pruned else "go")
        except BaseException:
            self.stop()
            raise
        finally:
            self._close_input()
            errors = self._process.stderr.read()
            status = self._process.wait()
            self._process.stdout.close()
            self._process.stderr.close()
        if status in (128 + 2, 128 + 15, -2, -15) or (status == 128 and not errors):
            raise TrialStopped
        if status != 0 or not result:
            raise CommandError(_message(errors, status))
        return result

    def _answer(self, word: str) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()

    def _close_input(self) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def stop(self) -> None:
        """Tells the trial to save its state and end."""
        self._process.terminate()

    def take_weights(self) -> bytes | None:
        """The file of the best weights, which is removed; None when there was no validation."""
        try:
            content = self._weights.read_bytes()
        except FileNotFoundError:
            return None
        self._weights.unlink(missing_ok=True)
        return content


def _values(entry: dict[str, Any]) -> list[Any]:
    for key in ("choices", "integers", "numbers"):
        if key in entry:
            return list(entry[key])
    raise CommandError(f"the space of {entry['name']} has no values")


def _message(errors: str, status: int) -> str:
    lines = [line for line in errors.splitlines() if line.strip()]
    if lines:
        return lines[0].removeprefix("Error: ")
    return f"spane was ended by signal {-status}" if status < 0 else f"spane ended with {status}"


def default_command() -> str:
    """What SPANE_COMMAND names, or `spane` on PATH."""
    return os.environ.get("SPANE_COMMAND") or "spane"
