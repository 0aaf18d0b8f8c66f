"""What the library says of itself."""

from __future__ import annotations

from ctypes import byref
from enum import Enum
from typing import NamedTuple

from spane._errors import check
from spane._library import library
from spane._structs import BuildInfo, FleetMetricInfo, HeuristicInfo, sized


class HeuristicRole(Enum):
    """What a name that `heuristics` lists stands for."""

    POLICY = 0
    """A policy as it is."""
    SERVER = 1
    """The server part of a rule such as "most-allocated+spread"; it is a policy of its own too."""
    NODE = 2
    """The node part of a rule."""


class HeuristicDescription(NamedTuple):
    """A heuristic that the library knows, or a part of one."""

    role: HeuristicRole
    name: str
    summary: str
    """What it does, in one line."""
    argument: str | None
    """What may follow the name after a colon, such as "SEED"; None for nothing."""


class FleetMetricDescription(NamedTuple):
    """A number that tells how well a fleet is used at one moment."""

    name: str
    summary: str
    """What it is, in one line; a share from 0 to 1."""


class Build(NamedTuple):
    """The library that runs, and the machine it runs on."""

    version: str
    abi_version: int
    hdf5_version: str
    hdf5_is_threadsafe: bool
    """Whether this HDF5 locks by itself."""
    instruction_set: str
    """What networks use on this processor: "x86-64-v3", or "baseline"."""
    default_threads: int
    """How many threads 0 stands for now."""


def heuristics() -> list[HeuristicDescription]:
    """All heuristics, and the parts of which rules are made."""
    found = []
    for index in range(library().spane_heuristic_count()):
        info = sized(HeuristicInfo)
        check(library().spane_heuristic_describe(index, byref(info)))
        argument = info.argument.decode() if info.argument else None
        role = HeuristicRole(info.role)
        found.append(
            HeuristicDescription(role, info.name.decode(), info.summary.decode(), argument)
        )
    return found


def fleet_metrics() -> list[FleetMetricDescription]:
    """All metrics of a fleet."""
    found = []
    for index in range(library().spane_fleet_metric_count()):
        info = sized(FleetMetricInfo)
        check(library().spane_fleet_metric_describe(index, byref(info)))
        found.append(FleetMetricDescription(info.name.decode(), info.summary.decode()))
    return found


def build() -> Build:
    """The library that runs."""
    info = sized(BuildInfo)
    check(library().spane_build_describe(byref(info)))
    return Build(
        version=info.version_string.decode(),
        abi_version=info.abi_version,
        hdf5_version=info.hdf5_version.decode(),
        hdf5_is_threadsafe=bool(info.hdf5_is_threadsafe),
        instruction_set=info.instruction_set.decode(),
        default_threads=info.default_threads,
    )
