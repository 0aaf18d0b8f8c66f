"""What the commands of this package have in common: errors on one line of standard error."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn


def one_line(message: str) -> str:
    """The message without line breaks, so that a log keeps it together."""
    return " ".join(message.split())


def fail(name: str, message: object, status: int = 2) -> int:
    """Prints `name: message` and returns the exit status."""
    print(f"{name}: {one_line(str(message))}", file=sys.stderr)
    return status


class Parser(argparse.ArgumentParser):
    """Reports a bad command line on one line, as any other error; --help shows the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(fail(self.prog, message))
