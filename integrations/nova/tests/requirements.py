"""Prints what the tests need from PyPI, one a line: requirements.py pyproject.toml"""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path(sys.argv[1]).read_text())["project"]
# libspane itself comes from this repository.
needed = [each for each in project["dependencies"] if not each.startswith("spane")]
print(*needed, *project["optional-dependencies"]["test"], sep="\n")
