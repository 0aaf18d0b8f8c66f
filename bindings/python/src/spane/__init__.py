"""Places virtual machines on NUMA servers: decisions, simulation and evaluation with libspane.

The library is loaded on first use. Two subpackages do not need it: `spane.convert` converts files
into formats that libspane reads, and `spane.report` reads, plots and reports results. `spane.gym`
provides Gymnasium environments.

>>> import spane
>>> cluster = spane.Cluster()
>>> cluster.add_servers(5, node_cpu=40, node_mem=90).tolist()
[0, 1, 2, 3, 4]
>>> session = spane.Session(cluster, spane.DEFAULT_POLICY)
>>> session.place(7, cpu=4, mem=8)
Placement(server=0, nodes=(0,))
"""

from spane._cluster import VM, Cluster, ClusterDescription, ClusterOptions, Trial
from spane._cluster_log import LogInfo, RunningLog
from spane._comparison import Compared, Comparison, Estimate
from spane._decisions import BatchPolicy, Decisions
from spane._description import (
    Build,
    FleetMetricDescription,
    HeuristicDescription,
    HeuristicRole,
    build,
    fleet_metrics,
    heuristics,
)
from spane._environment import Environment, EpisodeInfo, NextVM, Step, Watch
from spane._environment_session import EnvironmentSession
from spane._errors import (
    BadStateError,
    BufferTooSmallError,
    CancelledError,
    ClosedError,
    Error,
    ExistsError,
    FileError,
    FormatError,
    InfeasibleActionError,
    InternalError,
    InvalidArgumentError,
    NeverFitsError,
    NotFoundError,
    NullPointerError,
    OutOfMemoryError,
    ShapeMismatchError,
    UnknownVersionError,
    UnsupportedError,
)
from spane._evaluate import evaluate
from spane._evaluation import Evaluation, Row, Summary, trimmed_mean
from spane._explanation import Explanation, Nearest, Ranked, Reason, ReasonKind, Shortage
from spane._groups import GroupRule
from spane._library import LibraryError, library_path
from spane._log import log_to
from spane._long_call import Progress
from spane._loss_evaluation import LossEvaluation
from spane._model import Model, ModelDescription, ModelInput
from spane._moves import Moves
from spane._options import EnvironmentOptions
from spane._placement import Placement, node_sets
from spane._plan import Move, Plan, PlanOutcome
from spane._play import Episode, play
from spane._policy import DEFAULT_POLICY, Policy, Rule, SessionDescription
from spane._replay import Replay, replay
from spane._request import Request
from spane._server import FleetAmounts, Server, ServerType
from spane._session import Session
from spane._shadow import Shadow, ShadowOutcome
from spane._starts import Starts
from spane._structs import MAX_NODES, NODES
from spane._threads import Proposal
from spane._trace import Trace, TraceDescription
from spane._vector import VectorEnvironment
from spane._version import __version__

__all__ = [
    "DEFAULT_POLICY",
    "MAX_NODES",
    "NODES",
    "VM",
    "BadStateError",
    "BatchPolicy",
    "BufferTooSmallError",
    "Build",
    "CancelledError",
    "ClosedError",
    "Cluster",
    "ClusterDescription",
    "ClusterOptions",
    "Compared",
    "Comparison",
    "Decisions",
    "Environment",
    "EnvironmentOptions",
    "EnvironmentSession",
    "Episode",
    "EpisodeInfo",
    "Error",
    "Estimate",
    "Evaluation",
    "ExistsError",
    "Explanation",
    "FileError",
    "FleetAmounts",
    "FleetMetricDescription",
    "FormatError",
    "GroupRule",
    "HeuristicDescription",
    "HeuristicRole",
    "InfeasibleActionError",
    "InternalError",
    "InvalidArgumentError",
    "LibraryError",
    "LogInfo",
    "LossEvaluation",
    "Model",
    "ModelDescription",
    "ModelInput",
    "Move",
    "Moves",
    "Nearest",
    "NeverFitsError",
    "NextVM",
    "NotFoundError",
    "NullPointerError",
    "OutOfMemoryError",
    "Placement",
    "Plan",
    "PlanOutcome",
    "Policy",
    "Progress",
    "Proposal",
    "Ranked",
    "Reason",
    "ReasonKind",
    "Replay",
    "Request",
    "Row",
    "Rule",
    "RunningLog",
    "Server",
    "ServerType",
    "Session",
    "SessionDescription",
    "Shadow",
    "ShadowOutcome",
    "ShapeMismatchError",
    "Shortage",
    "Starts",
    "Step",
    "Summary",
    "Trace",
    "TraceDescription",
    "Trial",
    "UnknownVersionError",
    "UnsupportedError",
    "VectorEnvironment",
    "Watch",
    "__version__",
    "build",
    "evaluate",
    "fleet_metrics",
    "heuristics",
    "library_path",
    "log_to",
    "node_sets",
    "play",
    "replay",
    "trimmed_mean",
]
