"""The functions of spane.h: what each takes and returns. A test compares them with the header."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from ctypes import (
    POINTER,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint64,
    c_void_p,
)
from typing import Any

from spane import _structs as s

# Arrays of the caller are passed as addresses. The checks are made where arrays come in, and a
# number is several times cheaper to pass than a typed pointer.
_array = c_void_p
_text = c_char_p
_size = POINTER(c_size_t)
_status = c_int32

_plan, _plan_options = s.PlanPointer, POINTER(s.PlanOptions)
_model, _cluster, _session = s.ModelPointer, s.ClusterPointer, s.SessionPointer
_env_session = s.EnvSessionPointer
_trace, _env, _vec = s.TracePointer, s.EnvPointer, s.VecEnvPointer
_request, _placement = POINTER(s.Request), POINTER(s.Placement)
_type = POINTER(s.ServerType)
_progress = POINTER(s.Progress)

ARRAYS = (
    *(c_float, c_double, c_uint8, c_int32, c_int64, c_uint64),
    *(s.Request, s.GroupRule, s.Placement, s.Move, s.Reason, s.TypeRoom),
)
"""What `void *` above may stand for in the header, when it is a pointer to one of these."""

FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "spane_version": (c_int32, []),
    "spane_version_string": (_text, []),
    "spane_abi_version": (c_int32, []),
    "spane_status_name": (_text, [_status]),
    "spane_last_error": (_text, []),
    # Clusters
    "spane_cluster_options_init": (_status, [POINTER(s.ClusterOptions)]),
    "spane_cluster_new": (_status, [POINTER(s.ClusterOptions), POINTER(_cluster)]),
    "spane_cluster_free": (None, [_cluster]),
    "spane_cluster_add_servers": (_status, [_cluster, _type, c_size_t, _array]),
    "spane_cluster_add_equal_servers": (
        _status,
        [_cluster, c_double, c_double, c_size_t, _array],
    ),
    "spane_cluster_remove_server": (_status, [_cluster, c_int32]),
    "spane_cluster_fail_server": (_status, [_cluster, c_int32, _array, c_size_t, _size]),
    "spane_cluster_resize_server": (_status, [_cluster, c_int32, _type]),
    "spane_cluster_reserve": (_status, [_cluster, c_size_t]),
    "spane_cluster_count": (_status, [_cluster, POINTER(c_int64), POINTER(c_int64)]),
    "spane_cluster_describe": (_status, [_cluster, POINTER(s.ClusterInfo)]),
    "spane_cluster_resource": (_status, [_cluster, c_int32, POINTER(s.ResourceInfo)]),
    "spane_cluster_find_resource": (_status, [_cluster, _text, POINTER(s.ResourceInfo)]),
    "spane_cluster_get_options": (_status, [_cluster, POINTER(s.ClusterOptions)]),
    "spane_cluster_servers": (_status, [_cluster, _array, c_size_t, _size]),
    "spane_cluster_server": (_status, [_cluster, c_int32, POINTER(s.ServerInfo)]),
    "spane_cluster_amounts": (_status, [_cluster, _array, c_size_t, _array, _array]),
    "spane_cluster_room": (_status, [_cluster, _request, _array, c_size_t, _array]),
    "spane_cluster_room_by_type": (
        _status,
        [_cluster, _request, POINTER(c_int64), _array, c_size_t, _size],
    ),
    "spane_cluster_explain": (_status, [_cluster, _request, _array, c_size_t, _array]),
    "spane_cluster_cordon": (_status, [_cluster, c_int32]),
    "spane_cluster_uncordon": (_status, [_cluster, c_int32]),
    "spane_cluster_place": (_status, [_cluster, c_uint64, _request, s.Placement]),
    "spane_cluster_record": (_status, [_cluster, c_uint64, _request, s.Placement]),
    "spane_cluster_release": (_status, [_cluster, c_uint64, _placement]),
    "spane_cluster_move": (_status, [_cluster, c_uint64, s.Placement]),
    "spane_cluster_resize": (_status, [_cluster, c_uint64, _request]),
    "spane_cluster_rename": (_status, [_cluster, c_uint64, c_uint64]),
    "spane_cluster_find": (_status, [_cluster, c_uint64, _placement, _request]),
    "spane_cluster_vm_amounts": (_status, [_cluster, c_uint64, _array, c_size_t]),
    "spane_cluster_vms": (_status, [_cluster, c_int32, _array, c_size_t, _size]),
    "spane_cluster_set_free": (_status, [_cluster, c_int32, c_int32, c_double, c_double]),
    "spane_cluster_save": (_status, [_cluster, _text, _progress]),
    "spane_cluster_load": (_status, [_text, _progress, POINTER(_cluster)]),
    "spane_cluster_save_memory": (
        _status,
        [_cluster, _progress, c_void_p, c_size_t, _size],
    ),
    "spane_cluster_load_memory": (
        _status,
        [c_void_p, c_size_t, _progress, POINTER(_cluster)],
    ),
    # Groups
    "spane_cluster_set_levels": (_status, [_cluster, POINTER(_text), c_size_t]),
    "spane_cluster_level": (_status, [_cluster, c_int32, POINTER(_text)]),
    "spane_cluster_set_domain": (_status, [_cluster, c_int32, c_int32, c_int32]),
    "spane_cluster_domain": (_status, [_cluster, c_int32, c_int32, POINTER(c_int32)]),
    "spane_cluster_set_group": (_status, [_cluster, c_uint64, _array, c_size_t]),
    "spane_cluster_group": (
        _status,
        [_cluster, c_uint64, _array, c_size_t, _size, POINTER(c_int64)],
    ),
    "spane_cluster_group_violations": (
        _status,
        [_cluster, _request, _array, c_size_t, _array],
    ),
    # Trials
    "spane_cluster_begin_trial": (_status, [_cluster]),
    "spane_cluster_keep_trial": (_status, [_cluster]),
    "spane_cluster_drop_trial": (_status, [_cluster]),
    # Logs
    "spane_cluster_start_log": (_status, [_cluster, _text, c_int32, _progress]),
    "spane_cluster_stop_log": (_status, [_cluster]),
    "spane_cluster_sync_log": (_status, [_cluster]),
    "spane_cluster_set_log_time": (_status, [_cluster, c_double]),
    "spane_cluster_describe_log": (_status, [_cluster, POINTER(s.LogInfo)]),
    # Moves
    "spane_plan_options_init": (_status, [_plan_options]),
    "spane_cluster_plan_room": (
        _status,
        [_cluster, _array, c_size_t, _plan_options, POINTER(_plan)],
    ),
    "spane_cluster_plan_drain": (_status, [_cluster, c_int32, _plan_options, POINTER(_plan)]),
    "spane_cluster_plan_consolidation": (
        _status,
        [_cluster, c_int64, _plan_options, POINTER(_plan)],
    ),
    "spane_cluster_plan_consolidation_with_progress": (
        _status,
        [_cluster, c_int64, _plan_options, _progress, POINTER(_plan)],
    ),
    "spane_cluster_plan_repair": (_status, [_cluster, c_int32, _plan_options, POINTER(_plan)]),
    "spane_cluster_apply": (_status, [_cluster, _plan]),
    "spane_cluster_apply_move": (_status, [_cluster, POINTER(s.Move)]),
    "spane_plan_describe": (_status, [_plan, POINTER(s.PlanInfo)]),
    "spane_plan_moves": (_status, [_plan, _array, c_size_t, _size]),
    "spane_plan_placements": (_status, [_plan, _array, c_size_t, _size]),
    "spane_plan_servers": (_status, [_plan, _array, c_size_t, _size]),
    "spane_plan_stuck": (_status, [_plan, _array, c_size_t, _size]),
    "spane_plan_text": (_status, [_plan, c_char_p, c_size_t, _size]),
    "spane_plan_free": (None, [_plan]),
    # Policies
    "spane_heuristic_count": (c_int32, []),
    "spane_heuristic_describe": (_status, [c_int32, POINTER(s.HeuristicInfo)]),
    # Sessions
    "spane_session_new": (_status, [_cluster, POINTER(s.Policy), POINTER(_session)]),
    "spane_session_free": (None, [_session]),
    "spane_session_choose": (_status, [_session, _request, _placement]),
    "spane_session_choose_among": (_status, [_session, _request, _array, c_size_t, _placement]),
    "spane_session_place": (_status, [_session, c_uint64, _request, _placement]),
    "spane_session_choose_many": (_status, [_session, _array, c_size_t, _array]),
    "spane_session_place_many": (_status, [_session, _array, _array, c_size_t, _array, _size]),
    "spane_session_top": (
        _status,
        [_session, _request, _array, c_size_t, c_size_t, _array, _array, _size],
    ),
    "spane_session_explain": (
        _status,
        [_session, _request, _array, c_size_t, c_size_t, c_int32, _text, c_size_t, _size],
    ),
    "spane_session_shadow": (
        _status,
        [_session, c_uint64, _request, _placement, POINTER(s.Shadow)],
    ),
    "spane_session_scores": (_status, [_session, _request, _array, c_size_t, _array]),
    "spane_session_q_values": (_status, [_session, _request, _array, c_size_t]),
    "spane_session_describe": (_status, [_session, POINTER(s.SessionInfo)]),
    # Threads
    "spane_cluster_share": (_status, [_cluster]),
    "spane_session_propose": (
        _status,
        [_session, _request, _array, c_size_t, POINTER(s.Proposal)],
    ),
    "spane_cluster_commit": (_status, [_cluster, c_uint64, _request, POINTER(s.Proposal)]),
    # Reservations
    "spane_session_reserve": (_status, [_session, c_uint64, _request, c_double, _placement]),
    "spane_cluster_set_expiry": (_status, [_cluster, c_uint64, c_double]),
    "spane_cluster_confirm": (_status, [_cluster, c_uint64]),
    "spane_cluster_expiry": (_status, [_cluster, c_uint64, POINTER(c_double)]),
    "spane_cluster_expire": (_status, [_cluster, c_double, _array, c_size_t, _size]),
    "spane_cluster_reservations": (_status, [_cluster, _array, _array, c_size_t, _size]),
    # Models
    "spane_model_load": (_status, [_text, POINTER(_model)]),
    "spane_model_load_memory": (_status, [c_void_p, c_size_t, POINTER(_model)]),
    "spane_model_save": (_status, [_model, _text]),
    "spane_model_save_memory": (_status, [_model, c_void_p, c_size_t, _size]),
    "spane_model_describe": (_status, [_model, POINTER(s.ModelInfo)]),
    "spane_model_input": (_status, [_model, c_int32, POINTER(s.InputInfo)]),
    "spane_model_provenance": (_status, [_model, _text, c_char_p, c_size_t, _size]),
    "spane_model_free": (None, [_model]),
    # Traces
    "spane_trace_load": (_status, [_text, _progress, POINTER(_trace)]),
    "spane_trace_load_part": (_status, [_text, c_int64, c_int64, _progress, POINTER(_trace)]),
    "spane_trace_load_memory": (_status, [c_void_p, c_size_t, _progress, POINTER(_trace)]),
    "spane_trace_columns_init": (_status, [POINTER(s.TraceColumns)]),
    "spane_trace_buffers_init": (_status, [POINTER(s.TraceBuffers)]),
    "spane_trace_new": (
        _status,
        [POINTER(s.TraceColumns), c_size_t, _progress, POINTER(_trace)],
    ),
    "spane_trace_generate": (_status, [c_size_t, c_uint64, _progress, POINTER(_trace)]),
    "spane_trace_save": (_status, [_trace, _text, _text, _text, _progress]),
    "spane_trace_save_memory": (_status, [_trace, _progress, c_void_p, c_size_t, _size]),
    "spane_trace_describe": (_status, [_trace, POINTER(s.TraceInfo)]),
    "spane_trace_provenance": (_status, [_trace, _text, c_char_p, c_size_t, _size]),
    "spane_trace_read": (_status, [_trace, c_size_t, c_size_t, POINTER(s.TraceBuffers)]),
    "spane_trace_free": (None, [_trace]),
    # Environments
    "spane_env_options_init": (_status, [POINTER(s.EnvOptions)]),
    "spane_env_new": (_status, [_trace, POINTER(s.EnvOptions), POINTER(_env)]),
    "spane_env_clone": (_status, [_env, POINTER(_env)]),
    "spane_env_free": (None, [_env]),
    "spane_env_reset": (_status, [_env, c_int64, c_int32, c_int64]),
    "spane_env_step": (_status, [_env, c_int32, POINTER(s.StepResult)]),
    "spane_env_observe": (_status, [_env, _array, c_size_t]),
    "spane_env_mask": (_status, [_env, _array, c_size_t]),
    "spane_env_request": (_status, [_env, _request]),
    "spane_env_describe": (_status, [_env, POINTER(s.EnvInfo)]),
    "spane_env_save_memory": (_status, [_env, c_void_p, c_size_t, _size]),
    "spane_env_load_memory": (_status, [_trace, c_void_p, c_size_t, POINTER(_env)]),
    "spane_env_restore_memory": (_status, [_env, c_void_p, c_size_t]),
    # Environment sessions
    "spane_env_session_new": (_status, [_env, POINTER(s.Policy), POINTER(_env_session)]),
    "spane_env_session_free": (None, [_env_session]),
    "spane_env_session_decide": (_status, [_env_session, POINTER(c_int32)]),
    "spane_env_session_top": (_status, [_env_session, c_size_t, _array, _array, _size]),
    "spane_env_session_scores": (_status, [_env_session, _array, c_size_t]),
    "spane_env_session_q_values": (_status, [_env_session, _array, c_size_t]),
    "spane_env_session_describe": (_status, [_env_session, POINTER(s.SessionInfo)]),
    # Vector environments
    "spane_vec_env_options_init": (_status, [POINTER(s.VecEnvOptions)]),
    "spane_vec_env_new": (
        _status,
        [_trace, POINTER(s.EnvOptions), POINTER(s.VecEnvOptions), POINTER(_vec)],
    ),
    "spane_vec_env_get_options": (
        _status,
        [_vec, POINTER(s.EnvOptions), POINTER(s.VecEnvOptions)],
    ),
    "spane_vec_env_free": (None, [_vec]),
    "spane_vec_env_bind": (_status, [_vec, POINTER(s.VecEnvBuffers)]),
    "spane_vec_env_set_starts": (_status, [_vec, _array, c_size_t]),
    "spane_vec_env_reset": (_status, [_vec, POINTER(c_uint64), _array]),
    "spane_vec_env_reset_at": (_status, [_vec, _array, _array]),
    "spane_vec_env_observe": (_status, [_vec]),
    "spane_vec_env_step": (_status, [_vec, _array]),
    "spane_vec_env_describe": (_status, [_vec, c_int32, POINTER(s.EnvInfo)]),
    "spane_vec_env_save_memory": (_status, [_vec, c_void_p, c_size_t, _size]),
    "spane_vec_env_load_memory": (
        _status,
        [_trace, c_void_p, c_size_t, c_int32, POINTER(_vec)],
    ),
    "spane_vec_env_restore_memory": (_status, [_vec, c_void_p, c_size_t]),
    # Evaluation
    "spane_evaluation_options_init": (_status, [POINTER(s.EvaluationOptions)]),
    "spane_starts_read": (_status, [_text, _array, c_size_t, _size]),
    "spane_evaluate": (
        _status,
        [
            _trace,
            POINTER(s.EvaluationOptions),
            _array,
            c_size_t,
            POINTER(s.Policy),
            c_size_t,
            _progress,
            _array,
            _array,
            _array,
        ],
    ),
    "spane_fleet_metric_count": (c_int32, []),
    "spane_fleet_metric_describe": (_status, [c_int32, POINTER(s.FleetMetricInfo)]),
    "spane_evaluate_fleet": (
        _status,
        [
            _trace,
            POINTER(s.EvaluationOptions),
            _array,
            c_size_t,
            POINTER(s.Policy),
            c_size_t,
            c_int32,
            c_int32,
            _progress,
            _array,
            _array,
            _array,
        ],
    ),
    "spane_comparison_options_init": (_status, [POINTER(s.ComparisonOptions)]),
    "spane_compare_waits": (
        _status,
        [
            POINTER(s.ComparisonOptions),
            _array,
            _array,
            c_size_t,
            _array,
            c_size_t,
            c_size_t,
            _progress,
            POINTER(s.Estimate),
            POINTER(s.Estimate),
            POINTER(s.ComparisonInfo),
        ],
    ),
    "spane_replay_options_init": (_status, [POINTER(s.ReplayOptions)]),
    "spane_replay": (
        _status,
        [
            _text,
            POINTER(s.Policy),
            POINTER(s.ReplayOptions),
            _progress,
            POINTER(s.ReplayFigures),
        ],
    ),
    "spane_trimmed_mean": (_status, [_array, c_size_t, c_double, POINTER(c_double)]),
    # Log and build
    "spane_set_log": (_status, [s.LogCallback, c_int32, c_void_p]),
    "spane_build_describe": (_status, [POINTER(s.BuildInfo)]),
}


def declare(library: ctypes.CDLL, names: Iterable[str]) -> None:
    """Sets the types of these functions. AttributeError names the first one that is missing."""
    for name in names:
        function = getattr(library, name)
        function.restype, function.argtypes = FUNCTIONS[name]
