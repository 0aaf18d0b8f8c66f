"""Where should the next virtual machine go? Decisions, simulation and evaluation with libspane.

The library is loaded at the first use of anything that needs it. Packages that do not need it:
`spane.convert` makes files, and `spane.results`, `spane.plot` and `spane.report` show experiments.
"""

from spane._cluster import VM, Cluster, ClusterOptions
from spane._environment import Environment, EpisodeInfo, NextVM, Step, Watch
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
from spane._library import LibraryError, library_path
from spane._log import log_to
from spane._long_call import Progress
from spane._model import Model, ModelDescription
from spane._options import EnvironmentOptions
from spane._placement import Placement, node_sets
from spane._play import Episode, play
from spane._request import Request
from spane._server import FleetAmounts, Server, ServerType
from spane._session import Policy, Session
from spane._starts import Starts
from spane._structs import MAX_NODES, NODES
from spane._trace import Trace, TraceDescription
from spane._vector import VectorEnvironment

__version__ = "0.1.0"

__all__ = [
    "MAX_NODES",
    "NODES",
    "VM",
    "BadStateError",
    "BufferTooSmallError",
    "CancelledError",
    "ClosedError",
    "Cluster",
    "ClusterOptions",
    "Environment",
    "EnvironmentOptions",
    "Episode",
    "EpisodeInfo",
    "Error",
    "Evaluation",
    "ExistsError",
    "FileError",
    "FleetAmounts",
    "FormatError",
    "InfeasibleActionError",
    "InternalError",
    "InvalidArgumentError",
    "LibraryError",
    "Model",
    "ModelDescription",
    "NeverFitsError",
    "NextVM",
    "NotFoundError",
    "NullPointerError",
    "OutOfMemoryError",
    "Placement",
    "Policy",
    "Progress",
    "Request",
    "Row",
    "Server",
    "ServerType",
    "Session",
    "ShapeMismatchError",
    "Starts",
    "Step",
    "Summary",
    "Trace",
    "TraceDescription",
    "UnknownVersionError",
    "UnsupportedError",
    "VectorEnvironment",
    "Watch",
    "evaluate",
    "library_path",
    "log_to",
    "node_sets",
    "play",
    "trimmed_mean",
]
