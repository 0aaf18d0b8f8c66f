"""The structs, handles and callbacks of spane.h for ctypes; a test compares them with it."""

from __future__ import annotations

import ctypes
import sys
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, ClassVar, TypeVar

NODES = 2
"""NUMA nodes of each server of an environment."""

MAX_NODES = 8
"""The most NUMA nodes of one server."""


class Pointer(c_void_p):
    """An opaque handle; one subclass for each kind, so that ctypes tells them apart.

    A call that makes an object writes it here, and from that moment it is given back when nothing
    refers to the pointer any more: also where an exception comes right after the call.
    """

    free: ClassVar[str]
    """The function that gives the object back."""

    def __del__(self) -> None:
        # A view of a pointer inside a struct owns nothing. At exit the system takes everything
        # back; a thread may still be inside a call then.
        if self.value and self._b_base_ is None and not sys.is_finalizing():
            # The library's functions are declared with these types, so it comes after them.
            from spane._library import library

            getattr(library(), self.free)(self.value)


class ModelPointer(Pointer):
    """spane_model *"""

    free = "spane_model_free"


class ClusterPointer(Pointer):
    """spane_cluster *"""

    free = "spane_cluster_free"


class PlanPointer(Pointer):
    """spane_plan *"""

    free = "spane_plan_free"


class SessionPointer(Pointer):
    """spane_session *"""

    free = "spane_session_free"


class EnvSessionPointer(Pointer):
    """spane_env_session *"""

    free = "spane_env_session_free"


class TracePointer(Pointer):
    """spane_trace *"""

    free = "spane_trace_free"


class EnvPointer(Pointer):
    """spane_env *"""

    free = "spane_env_free"


class VecEnvPointer(Pointer):
    """spane_vec_env *"""

    free = "spane_vec_env_free"


LogCallback = CFUNCTYPE(None, c_int32, c_char_p, c_void_p)
ProgressCallback = CFUNCTYPE(c_int32, c_int64, c_int64, c_void_p)


class Progress(ctypes.Structure):
    """spane_progress"""

    _fields_: ClassVar[Any] = [("callback", ProgressCallback), ("user", c_void_p)]


class ModelInfo(ctypes.Structure):
    """spane_model_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("servers", c_int32),
        ("parameters", c_int64),
        ("bytes", c_int64),
        ("normalisation_cpu", c_double),
        ("normalisation_mem", c_double),
        ("kind", c_char_p),
        ("layers", c_char_p),
        ("units", c_char_p),
        ("fewest_nodes", c_int32),
        ("most_nodes", c_int32),
        ("input_count", c_int32),
        ("reserved", c_uint32),
    ]


class InputInfo(ctypes.Structure):
    """spane_input_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("per", c_int32),
        ("divisor", c_double),
        ("name", c_char_p),
        ("unit", c_char_p),
    ]


class ClusterInfo(ctypes.Structure):
    """spane_cluster_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("servers", c_int64),
        ("cordoned", c_int64),
        ("vms", c_int64),
        ("bytes", c_int64),
    ]


class ResourceInfo(ctypes.Structure):
    """spane_resource_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("belongs_to_nodes", c_int32),
        ("amount_index", c_int32),
        ("request_index", c_int32),
        ("name", c_char_p),
    ]


class HeuristicInfo(ctypes.Structure):
    """spane_heuristic_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("role", c_uint32),
        ("name", c_char_p),
        ("summary", c_char_p),
        ("argument", c_char_p),
    ]


class FleetMetricInfo(ctypes.Structure):
    """spane_fleet_metric_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("name", c_char_p),
        ("summary", c_char_p),
    ]


class SessionInfo(ctypes.Structure):
    """spane_session_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("bytes", c_int64),
        ("decisions", c_int64),
        ("shortlist_decisions", c_int64),
        ("tree_decisions", c_int64),
        ("cached_scores", c_int64),
        ("computed_scores", c_int64),
    ]


class BuildInfo(ctypes.Structure):
    """spane_build_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("version", c_int32),
        ("abi_version", c_int32),
        ("default_threads", c_int32),
        ("hdf5_is_threadsafe", c_int32),
        ("reserved", c_uint32),
        ("version_string", c_char_p),
        ("hdf5_version", c_char_p),
        ("instruction_set", c_char_p),
    ]


class ClusterOptions(ctypes.Structure):
    """spane_cluster_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("nodes", c_int32),
        ("split_above", c_double),
        ("split_from", c_double),
        ("span", c_int32),
        ("node_resource_count", c_uint32),
        ("node_resources", POINTER(c_char_p)),
        ("server_resources", POINTER(c_char_p)),
        ("server_resource_count", c_uint32),
        ("trait_count", c_uint32),
        ("traits", POINTER(c_char_p)),
    ]


class ServerType(ctypes.Structure):
    """spane_server_type"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("nodes", c_int32),
        ("node_amounts", POINTER(c_double)),
        ("server_amounts", POINTER(c_double)),
        ("traits", c_uint64),
        ("distances", POINTER(c_uint8)),
        ("name", c_char_p),
    ]


class Request(ctypes.Structure):
    """spane_request"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("span", c_int32),
        ("cpu", c_double),
        ("mem", c_double),
        ("amounts", POINTER(c_double)),
        ("amount_count", c_uint32),
        ("farthest", c_uint32),
        ("require", c_uint64),
        ("forbid", c_uint64),
        ("group", c_uint64),
        ("prefer", c_uint64),
    ]


class GroupRule(ctypes.Structure):
    """spane_group_rule"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("kind", c_int32),
        ("level", c_int32),
        ("count", c_int32),
        ("hard", c_int32),
        ("reserved", c_uint32),
    ]


class Placement(ctypes.Structure):
    """spane_placement"""

    _fields_: ClassVar[Any] = [("server", c_int32), ("nodes", c_uint32)]


class Proposal(ctypes.Structure):
    """spane_proposal"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("placement", Placement),
        ("revision", c_uint64),
        ("group_revision", c_uint64),
    ]


class PlanOptions(ctypes.Structure):
    """spane_plan_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("moves", c_int32),
        ("budget", c_int64),
        ("exact", c_int32),
        ("at_once", c_int32),
        ("move_price", c_double),
        ("local_price", c_double),
        ("pinned", POINTER(c_uint64)),
        ("pinned_count", c_size_t),
        ("priced", POINTER(c_uint64)),
        ("prices", POINTER(c_double)),
        ("priced_count", c_size_t),
        ("closed", POINTER(c_int32)),
        ("closed_count", c_size_t),
        ("fixed", POINTER(c_int32)),
        ("fixed_count", c_size_t),
    ]


class Reason(ctypes.Structure):
    """spane_reason"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reason", c_int32),
        ("resource", c_int32),
        ("node", c_int32),
        ("short_by", c_double),
        ("nodes", c_uint32),
        ("trait", c_int32),
    ]


class TypeRoom(ctypes.Structure):
    """spane_type_room"""

    _fields_: ClassVar[Any] = [("type", c_char_p), ("servers", c_int64), ("room", c_int64)]


class Move(ctypes.Structure):
    """spane_move"""

    _fields_: ClassVar[Any] = [
        ("vm", c_uint64),
        ("source", Placement),
        ("target", Placement),
        ("mem", c_double),
        ("price", c_double),
        ("request", c_int32),
        ("round", c_int32),
    ]


class PlanInfo(ctypes.Structure):
    """spane_plan_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("outcome", c_int32),
        ("placement", Placement),
        ("moves", c_size_t),
        ("requests", c_size_t),
        ("servers", c_size_t),
        ("stuck", c_size_t),
        ("mem", c_double),
        ("price", c_double),
        ("bound", c_double),
    ]


class ServerInfo(ctypes.Structure):
    """spane_server_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("is_cordoned", c_int32),
        ("vms", c_int32),
        ("nodes", c_int32),
        ("traits", c_uint64),
        ("type", c_char_p),
    ]


class TraceColumns(ctypes.Structure):
    """spane_trace_columns"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("resource_count", c_uint32),
        ("ids", POINTER(c_int64)),
        ("cpu", POINTER(c_double)),
        ("mem", POINTER(c_double)),
        ("arrival", POINTER(c_double)),
        ("lifetime", POINTER(c_double)),
        ("span", POINTER(c_int32)),
        ("resources", POINTER(c_char_p)),
        ("amounts", POINTER(POINTER(c_double))),
    ]


class TraceBuffers(ctypes.Structure):
    """spane_trace_buffers"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("resource_count", c_uint32),
        ("ids", POINTER(c_int64)),
        ("cpu", POINTER(c_double)),
        ("mem", POINTER(c_double)),
        ("arrival", POINTER(c_double)),
        ("lifetime", POINTER(c_double)),
        ("span", POINTER(c_int32)),
        ("amounts", POINTER(POINTER(c_double))),
    ]


class TraceInfo(ctypes.Structure):
    """spane_trace_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("resource_count", c_uint32),
        ("count", c_int64),
        ("flavors", c_int64),
        ("first_arrival", c_double),
        ("last_arrival", c_double),
        ("smallest_cpu", c_double),
        ("smallest_mem", c_double),
        ("largest_cpu", c_double),
        ("largest_mem", c_double),
        ("resources", POINTER(c_char_p)),
    ]


class EnvOptions(ctypes.Structure):
    """spane_env_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("servers", c_int32),
        ("reward", c_int32),
        ("flags", c_uint32),
        ("balance_weight", c_double),
        ("node_cpu", c_double),
        ("node_mem", c_double),
        ("split_above", c_double),
        ("fleet", ClusterPointer),
        ("moves", c_int32),
        ("move_budget", c_int32),
        ("move_price", c_double),
        ("move_seconds_per_gb", c_double),
    ]


class StepResult(ctypes.Structure):
    """spane_step_result"""

    _fields_: ClassVar[Any] = [
        ("reward", c_double),
        ("wait", c_double),
        ("clock", c_double),
        ("terminated", c_int32),
        ("truncated", c_int32),
    ]


class EnvInfo(ctypes.Structure):
    """spane_env_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("servers", c_int32),
        ("finished", c_int32),
        ("terminated", c_int32),
        ("truncated", c_int32),
        ("reserved", c_uint32),
        ("clock", c_double),
        ("total_wait", c_double),
        ("start", c_int64),
        ("head", c_int64),
        ("placed", c_int64),
        ("running", c_int64),
        ("length", c_int64),
        ("observation_size", c_int64),
        ("mask_size", c_int64),
        ("moves", c_int64),
        ("moved", c_double),
        ("moved_local", c_double),
    ]


class VecEnvOptions(ctypes.Structure):
    """spane_vec_env_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("count", c_int32),
        ("threads", c_int32),
        ("autoreset", c_int32),
        ("seed", c_uint64),
        ("start_low", c_int64),
        ("start_high", c_int64),
        ("end_count", c_int64),
        ("end_kind", c_int32),
        ("reserved", c_uint32),
    ]


class VecEnvBuffers(ctypes.Structure):
    """spane_vec_env_buffers"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("observation", POINTER(c_float)),
        ("mask", POINTER(c_uint8)),
        ("reward", POINTER(c_double)),
        ("terminated", POINTER(c_uint8)),
        ("truncated", POINTER(c_uint8)),
        ("final_observation", POINTER(c_float)),
        ("final_mask", POINTER(c_uint8)),
        ("wait", POINTER(c_double)),
        ("total_wait", POINTER(c_double)),
        ("placed", POINTER(c_int64)),
        ("start", POINTER(c_int64)),
        ("moves", POINTER(c_int64)),
        ("moved", POINTER(c_double)),
        ("moved_local", POINTER(c_double)),
    ]


class Decisions(ctypes.Structure):
    """spane_decisions"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("count", c_int32),
        ("servers", c_int32),
        ("reserved", c_uint32),
        ("observation_size", c_int64),
        ("mask_size", c_int64),
        ("observation", POINTER(c_float)),
        ("mask", POINTER(c_uint8)),
        ("episode", POINTER(c_int64)),
        ("vm", POINTER(c_int64)),
        ("is_first", POINTER(c_uint8)),
        ("action", POINTER(c_int32)),
    ]


DecideCallback = CFUNCTYPE(c_int32, POINTER(Decisions), c_void_p)
"""spane_decide_callback"""


class Policy(ctypes.Structure):
    """spane_policy"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("heuristic", c_char_p),
        ("model", ModelPointer),
        ("mix", TracePointer),
        ("decide", DecideCallback),
        ("context", c_void_p),
        ("batch", c_int32),
        ("flags", c_uint32),
    ]


class EvaluationOptions(ctypes.Structure):
    """spane_evaluation_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("servers", c_int32),
        ("node_cpu", c_double),
        ("node_mem", c_double),
        ("split_above", c_double),
        ("length", c_int64),
        ("threads", c_int32),
        ("reserved", c_uint32),
        ("fleet", ClusterPointer),
        ("moves", c_int32),
        ("move_budget", c_int32),
        ("move_price", c_double),
        ("move_seconds_per_gb", c_double),
        ("moved", POINTER(c_double)),
    ]


class LogInfo(ctypes.Structure):
    """spane_log_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("is_ended", c_int32),
        ("events", c_int64),
        ("bytes", c_int64),
        ("cut", c_int64),
    ]


class Shadow(ctypes.Structure):
    """spane_shadow"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("outcome", c_int32),
        ("own", Placement),
        ("advantage", c_double),
    ]


class ReplayOptions(ctypes.Structure):
    """spane_replay_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("servers", c_int32),
        ("queue", c_int32),
        ("needed", c_int32),
        ("moves", c_int32),
        ("move_budget", c_int32),
        ("move_price", c_double),
    ]


class ReplayFigures(ctypes.Structure):
    """spane_replay_figures"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("servers_needed", c_int32),
        ("vms", c_int64),
        ("refused", c_int64),
        ("cores", c_double),
        ("refused_cores", c_double),
        ("waited", c_int64),
        ("wait", c_double),
        ("longest_wait", c_double),
        ("moves", c_int64),
        ("moved_mem", c_double),
        ("compared", c_int64),
        ("alike", c_int64),
        ("refused_resizes", c_int64),
        ("decisions", c_int64),
        ("seconds", c_double),
    ]


class Estimate(ctypes.Structure):
    """spane_estimate"""

    _fields_: ClassVar[Any] = [("value", c_double), ("low", c_double), ("high", c_double)]


class ComparisonOptions(ctypes.Structure):
    """spane_comparison_options"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("threads", c_int32),
        ("confidence", c_double),
        ("threshold", c_double),
        ("block_length", c_int64),
        ("resamples", c_int64),
        ("seed", c_uint64),
    ]


class ComparisonInfo(ctypes.Structure):
    """spane_comparison_info"""

    _fields_: ClassVar[Any] = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("block_length", c_int64),
        ("blocks", c_int64),
        ("spans", c_double),
    ]


_Struct = TypeVar("_Struct", bound=ctypes.Structure)


def sized(kind: type[_Struct]) -> _Struct:
    """An empty struct that knows its size."""
    made = kind()
    made.struct_size = ctypes.sizeof(kind)
    return made
