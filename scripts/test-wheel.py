"""What scripts/test-wheel.sh runs in an environment that has the wheel: the first example of a README, and other packages beside it.

test-wheel.py README.md [MODULE ...]   MODULE: imported in the order given, spane among them
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

readme, *modules = sys.argv[1:]
for name in modules:
    importlib.import_module(name)

import spane  # noqa: E402

example = re.search(r"\n```python\n(import spane\n.*?)\n```\n", Path(readme).read_text(), re.DOTALL)
assert example, f"{readme} has no example that imports spane"
names: dict[str, object] = {}
exec(compile(example[1], readme, "exec"), names)
assert names["placement"] == (0, (0,)), names["placement"]

# The file went through HDF5 and comes back; others can read it.
assert spane.Cluster.load("cluster.h5").servers == 5
if "h5py" in modules:
    with sys.modules["h5py"].File("cluster.h5") as file:
        assert len(file) > 0
if "torch" in modules:
    assert int(sys.modules["torch"].ones(3).sum()) == 3

package = Path(spane.__file__).parent
assert Path(spane.library_path()) == package / "lib" / "libspane.so", spane.library_path()
mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}
assert spane.library_path() in mapped
# HDF5 and what it needs of a system are in the library itself; h5py brings its own.
foreign = [
    path
    for path in sorted(mapped)
    if re.search(r"/lib(spane|hdf5|sz|aec|curl|crypto|ssl)[-_.0-9a-z]*\.so", path)
    and path != spane.library_path()
    and "/h5py" not in path
]
assert "h5py" in modules or not foreign, foreign
assert not [path for path in foreign if "hdf5" in path or "spane" in path], foreign
