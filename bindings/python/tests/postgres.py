"""A PostgreSQL server for a test, on a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def binaries() -> Path:
    """The folder of PostgreSQL's programs, of the highest version; skips the test without them."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3])
    )
    if not found:
        pytest.skip("PostgreSQL is missing: install Debian's postgresql")
    return found[-1].parent


class Postgres:
    """The server; it listens to a socket in `folder`, and to `addresses` if there are any."""

    def __init__(self, folder: Path, addresses: str = "", port: int = 5432) -> None:
        self._programs, self._folder = binaries(), folder
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            # The server refuses to be run by root.
            folder.chmod(0o777)
            shutil.chown(folder, "nobody")
            self._as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        data = str(folder / "data")
        self._run("initdb", "-D", data, "-A", "trust", "-U", "spane", "-N", "--locale=C")
        with (folder / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write(
                f"listen_addresses = '{addresses}'\nport = {port}\nfsync = off\n"
                f"unix_socket_directories = '{folder}'\n"
            )
        if addresses:
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all all trust\n")
        self.url = f"postgresql://spane@/postgres?host={folder}&port={port}"

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self._as_user, str(self._programs / program), *words],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
        )

    def _control(self, *words: str) -> None:
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-l", log, *words)

    def start(self) -> None:
        self._control("start")

    def stop(self) -> None:
        """Ends the server in the middle of what it does."""
        self._control("-m", "immediate", "stop")
