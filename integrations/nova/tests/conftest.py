"""Nova's options as its scheduler has them, for each test anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spane_nova.options import CONF


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Defaults before each test, and nothing that it has set after it."""
    CONF([], default_config_files=[])
    yield
    CONF.reset()
    for group, name in (
        ("spane", "policy"),
        ("spane", "mix"),
        ("spane", "weight_multiplier"),
        ("spane", "allocation_ratios"),
        ("compute", "packing_host_numa_cells_allocation_strategy"),
    ):
        CONF.clear_override(name, group=group)
