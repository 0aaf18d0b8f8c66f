"""Under a limit of the address space calls either work or raise, and the process goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import interpreter
import pytest

SCRIPT = """
import os, resource, sys
import spane

def generate():
    spane.Trace.generate(40000, seed=1)

def grow():
    cluster = spane.Cluster()
    cluster.add_servers(40000, node_cpu=40, node_mem=90)
    cluster.reserve(100000)
    spane.Session(cluster, model).choose(1, 2)

def many():
    spane.VectorEnvironment(trace, 200, servers=200, threads=2)

def play():
    spane.evaluate(trace, [0, 1], ["first-fit", model], servers=200, length=20)

model = spane.Model(sys.argv[1])
trace = spane.Trace.generate(2000, seed=1)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
ends = set()
for call in (generate, grow, many, play):
    more = 1 << 18
    while more < 1 << 30:
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_AS, (used + more, resource.RLIM_INFINITY))
            try:
                call()
            except spane.OutOfMemoryError as error:
                os._exit(10 if "memory" in str(error) else 12)
            except MemoryError:
                os._exit(11)  # Python's own
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, 10, 11), (call, more, status)
        ends.add((call.__name__, status == 0))
        more *= 2
assert len(ends) == 8, ends
"""


@pytest.mark.skipif(sys.version_info < (3, 9), reason="needs os.waitstatus_to_exitcode")
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_limits_of_the_address_space(library: str, weights: Path) -> None:
    ran = interpreter.run("-c", SCRIPT, str(weights), library=library)
    assert (ran.returncode, ran.stderr) == (0, "")
