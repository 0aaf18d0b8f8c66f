"""run.py PROGRAM DATA: tests the allocator; `hail` and `hspace` take part where they are installed, and Ganeti's own messages
where GANETI_DATA names their folder."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys

import compare
import test_answers
import test_protocol


def main(program: str, data: str) -> None:
    test_protocol.check_refusals(program)
    test_protocol.check_failures(program)
    folder = os.environ.get("GANETI_DATA")
    golden = test_protocol.check_golden(program, pathlib.Path(folder)) if folder else 0
    policies = ["best-fit", "capacity-lost,10*most-allocated+spread", f"{data}/weights/potential-synthetic.h5"]
    for first, policy in enumerate(policies):
        test_answers.check_answers(program, policy, range(first, 9, len(policies)))
    counts = test_answers.COUNTS
    decisions = counts["decisions"]
    if pathlib.Path(compare.HAIL).exists() and shutil.which("hspace"):
        decisions += compare.compare(program, policies[:1], nodes=4, requests=25)
    print(f"ganeti: {counts['VMs']} VMs placed and {counts['moves']} moved, {counts['refusals']} refused, in {decisions} decisions; "
          f"{golden} of Ganeti's own messages; 0 answers against Ganeti's rules")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
