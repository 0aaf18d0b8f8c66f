"""Hosts for a test: network namespaces, or names for this machine where none can be made."""

from __future__ import annotations

import os
import shutil
import subprocess

ADDRESS = "10.213.77.1"
"""Of the bridge, where the database listens."""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Hosts:
    """`names` are hosts that reach `address`; each can be cut off for a while."""

    def __init__(self, *names: str) -> None:
        self._ids = {name: f"sp{os.getpid()}{index}" for index, name in enumerate(names)}
        self._bridge = f"sp{os.getpid()}"
        self.are_real = os.geteuid() == 0 and shutil.which("ip") is not None and self._make()
        """Whether they are namespaces, which alone can be cut off."""
        self.address = ADDRESS if self.are_real else "127.0.0.1"

    def _make(self) -> bool:
        try:
            _ip("link", "add", self._bridge, "type", "bridge")
            _ip("addr", "add", f"{ADDRESS}/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
            for number, host in enumerate(self._ids.values(), 2):
                address = f"{ADDRESS.rpartition('.')[0]}.{number}"
                _ip("netns", "add", host)
                _ip("link", "add", host, "type", "veth", "peer", "name", "up0", "netns", host)
                _ip("link", "set", host, "master", self._bridge, "up")
                _ip("-n", host, "addr", "add", f"{address}/24", "dev", "up0")
                _ip("-n", host, "link", "set", "up0", "up")
        except subprocess.CalledProcessError:
            self.close()
            return False
        return True

    def prefix(self, name: str) -> tuple[str, ...]:
        """What stands before a command that runs on the host."""
        return ("ip", "netns", "exec", self._ids[name]) if self.are_real else ()

    def cut(self, name: str) -> None:
        """Nothing reaches the host any more, nor comes from it; connections are not closed."""
        if self.are_real:
            _ip("link", "set", self._ids[name], "down")

    def mend(self, name: str) -> None:
        """The host is reached again."""
        if self.are_real:
            _ip("link", "set", self._ids[name], "up")

    def close(self) -> None:
        """Removes what was made."""
        for host in self._ids.values():
            subprocess.run(["ip", "netns", "del", host], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", self._bridge], check=False, capture_output=True)
