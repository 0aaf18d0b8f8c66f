"""Shared by the commands of this package: errors as one line on standard error."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn


def one_line(message: str) -> str:
    """The message without line breaks."""
    return " ".join(message.split())


def fail(name: str, message: object, status: int = 2) -> int:
    """Prints `name: message` and returns the exit status."""
    print(f"{name}: {one_line(str(message))}", file=sys.stderr)
    return status


class Parser(argparse.ArgumentParser):
    """Reports usage errors on one line, like all other errors; --help prints the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(fail(self.prog, message))
