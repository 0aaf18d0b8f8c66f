"""Runs allocators as Ganeti does, and carries out what they answer."""

from __future__ import annotations

import json
import os
import pathlib
import resource
import subprocess
import tempfile

from cluster import put, take


class Allocator:
    def __init__(self, program: str, *options: str) -> None:
        self.command = [program, *options]
        self.calls = 0
        self.seconds = 0.0
        self._file = pathlib.Path(tempfile.mkdtemp(prefix="iallocator-")) / "message.json"

    @staticmethod
    def _cpu() -> float:
        """Seconds of processor time of all programs that have ended."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        self._file.write_text(text)
        before = self._cpu()
        done = subprocess.run([*self.command, str(self._file)], capture_output=True, text=True, check=False)
        self.seconds += self._cpu() - before
        self.calls += 1
        return done

    def ask(self, message: dict) -> dict:
        done = self.run(json.dumps(message))
        if done.returncode != 0:
            raise RuntimeError(f"{self.command[0]}: status {done.returncode}: {done.stderr}")
        answer = json.loads(done.stdout)
        assert set(answer) == {"success", "info", "result"}, answer
        assert isinstance(answer["success"], bool) and isinstance(answer["info"], str), answer
        assert answer["success"] or answer["result"] == [], answer
        return answer

    @property
    def milliseconds(self) -> float:
        return 1e3 * self.seconds / max(self.calls, 1)

    def close(self) -> None:
        self._file.unlink(missing_ok=True)
        os.rmdir(self._file.parent)


def nodes_after(nodes: list[str], job: list[dict]) -> list[str]:
    """Where an instance is once a job has run."""
    nodes = list(nodes)
    for opcode in job:
        if opcode["OP_ID"] == "OP_INSTANCE_MIGRATE":
            if "target_node" in opcode:
                assert len(nodes) == 1, opcode
                nodes = [opcode["target_node"]]
            else:
                nodes = nodes[::-1]
        else:
            assert opcode["OP_ID"] == "OP_INSTANCE_REPLACE_DISKS" and opcode["mode"] == "replace_new_secondary", opcode
            assert opcode["remote_node"] not in nodes, (nodes, opcode)
            nodes = [nodes[0], opcode["remote_node"]]
    return nodes


def move(cluster: dict, name: str, nodes: list[str]) -> None:
    spec = {key: value for key, value in take(cluster, name).items() if key != "nodes"}
    put(cluster, name, spec, nodes)
