"""Single environments: episodes of a trace."""

from __future__ import annotations

from ctypes import byref
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import OK, check
from spane._handle import Handle
from spane._library import library
from spane._memory import saved
from spane._options import EnvironmentOptions, env_options, episode_end
from spane._structs import EnvInfo, EnvPointer, Request, StepResult, sized
from spane._trace import Trace

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Step(NamedTuple):
    """The result of one step."""

    reward: float
    wait: float
    """Wait of the placed VM in seconds."""
    clock: float
    """The current time in seconds."""
    terminated: bool
    """Whether the episode has ended."""
    truncated: bool
    """Whether the trace has ended."""


class NextVM(NamedTuple):
    """What the next VM requests."""

    cpu: float
    mem: float
    is_split: bool
    span: int
    """Number of NUMA nodes that it is spread over."""


class EpisodeInfo(NamedTuple):
    """The state of an episode."""

    finished: bool
    """Whether no episode is running."""
    terminated: bool
    truncated: bool
    clock: float
    """Seconds."""
    total_wait: float
    """Total wait of the placed VMs in seconds."""
    start: int | None
    """The index of the episode's first VM; None before the first reset."""
    head: int
    """The index of the next VM."""
    placed: int
    """VMs placed since the reset."""
    running: int
    """VMs placed that are still running."""
    length: int | None
    """Number of placements at which the episode ends; None if not known yet."""
    moves: int
    """Live migrations since the reset."""
    moved: float
    """GB that they took to other servers."""
    moved_local: float
    """GB that they took from node to node of a server."""


class Environment(Handle[EnvPointer]):
    """Places the VMs of a trace strictly in order; one that does not fit makes all behind it wait.

    An action is server * 2 + NUMA node. For a split VM, both actions of a server mean the same
    placement. On fleets with other numbers of nodes, each server has one action per set of nodes,
    numbered as in `spane.h`. Between reset and end at least one action is available. For one thread
    at a time.
    """

    def __init__(self, trace: Trace, **options: Unpack[EnvironmentOptions]) -> None:
        """`options` are those of EnvironmentOptions. Call `reset` before the first step."""
        arguments.instance(trace, Trace, "trace")
        pointer = EnvPointer()
        chosen = env_options(**options)
        check(library().spane_env_new(trace._pointer, byref(chosen), byref(pointer)), trace)
        self._take(pointer, trace)

    def _take(self, pointer: EnvPointer, trace: Trace) -> None:
        self._own(pointer)
        self._trace = trace
        info = sized(EnvInfo)
        check(self._library.spane_env_describe(self._pointer, byref(info)), self)
        self.servers: int = info.servers
        """The number of servers."""
        self.actions: int = info.mask_size
        """The number of actions."""
        self.observation_size: int = info.observation_size
        """The number of values in an observation."""

    @classmethod
    def from_bytes(cls, trace: Trace, data: arguments.Bytes) -> Environment:
        """Loads an environment saved by `to_bytes`; `trace` must have the same content as then."""
        arguments.instance(trace, Trace, "trace")
        pointer = EnvPointer()
        content = arguments.content(data)
        status = library().spane_env_load_memory(
            trace._pointer, arguments.address(content), content.size, byref(pointer)
        )
        check(status, trace)
        return cls._around(pointer, trace)

    @classmethod
    def _around(cls, pointer: EnvPointer, trace: Trace) -> Environment:
        environment = cls.__new__(cls)
        environment._take(pointer, trace)
        return environment

    def reset(
        self,
        start: arguments.Index,
        *,
        length: arguments.Index | None = None,
        exceed: arguments.Index | None = None,
    ) -> None:
        """Starts an episode at the VM with this index, with empty servers and the clock at its
        arrival.

        It ends after `length` placements; or `exceed` placements after (and counting) the first one
        whose successor does not fit right away; by default after as many placements as First Fit
        makes until then, plus 40.
        """
        kind, number = episode_end(length, exceed)
        index = arguments.int64(start, "start")
        check(self._library.spane_env_reset(self._pointer, index, kind, number), self)

    def step(self, action: arguments.Index) -> Step:
        """Places the next VM and advances the clock to the time at which the one after it can
        start.

        Raises InfeasibleActionError for an unavailable action; nothing changes then.
        """
        result = StepResult()
        number = arguments.int32(action, "action")
        check(self._library.spane_env_step(self._pointer, number, byref(result)), self)
        return Step(
            result.reward,
            result.wait,
            result.clock,
            bool(result.terminated),
            bool(result.truncated),
        )

    def observation(self, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Free resources of each NUMA node as [server][node][cpu, mem, other node resources]; then
        the next VM's cpu, mem and 1 if it is split, else 0 (its span if servers have more than two
        nodes). Flat float32, a new array or `out`."""
        out = arguments.output(out, np.float32, (self.observation_size,))
        where = arguments.address(out)
        check(self._library.spane_env_observe(self._pointer, where, out.size), self)
        return out

    def mask(self, out: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Whether each action is available for the next VM; bool, a new array or `out`."""
        out = arguments.output(out, np.bool_, (self.actions,))
        where = arguments.address(out)
        check(self._library.spane_env_mask(self._pointer, where, out.size), self)
        return out

    def watch(self) -> Watch:
        """Arrays for the observation and the mask that can be updated in place."""
        return Watch(self)

    @property
    def request(self) -> NextVM:
        """What the next VM asks for."""
        request = sized(Request)
        check(self._library.spane_env_request(self._pointer, byref(request)), self)
        return NextVM(request.cpu, request.mem, request.span > 1, request.span)

    @property
    def info(self) -> EpisodeInfo:
        """The state of the episode."""
        info = sized(EnvInfo)
        check(self._library.spane_env_describe(self._pointer, byref(info)), self)
        return episode_info(info)

    def clone(self) -> Environment:
        """An independent environment in the same state."""
        pointer = EnvPointer()
        check(self._library.spane_env_clone(self._pointer, byref(pointer)), self)
        return self._around(pointer, self._trace)

    def __copy__(self) -> Environment:
        return self.clone()

    def __deepcopy__(self, memo: object) -> Environment:
        return self.clone()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self._trace, self.to_bytes())

    def to_bytes(self) -> bytes:
        """Options and state, to resume the episode elsewhere with bit-identical results."""
        return saved(self, "spane_env_save_memory")

    def restore(self, data: arguments.Bytes) -> None:
        """Restores a state saved by `to_bytes`."""
        content = arguments.content(data)
        where = arguments.address(content)
        check(self._library.spane_env_restore_memory(self._pointer, where, content.size), self)

    def __repr__(self) -> str:
        return f"<spane.Environment of {self.servers} servers{' (closed)' if self.closed else ''}>"


class Watch:
    """The observation and the mask of an environment in fixed arrays.

    Looking up the address of an array takes longer than filling it, so it is done once.
    """

    def __init__(self, environment: Environment) -> None:
        self.observation = np.zeros(environment.observation_size, np.float32)
        self.mask = np.zeros(environment.actions, np.bool_)
        self._environment = environment
        self._addresses = arguments.address(self.observation), arguments.address(self.mask)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy has its own arrays and addresses.
        return _again, (self._environment, self.observation, self.mask)

    def update(self) -> None:
        """Updates the arrays."""
        environment = self._environment
        library, pointer = environment._library, environment._pointer
        observation, mask = self._addresses
        status = library.spane_env_observe(pointer, observation, self.observation.size)
        if status == OK:
            status = library.spane_env_mask(pointer, mask, self.mask.size)
        check(status, environment)


def _again(environment: Environment, *arrays: NDArray[Any]) -> Watch:
    watch = Watch(environment)
    for target, values in zip((watch.observation, watch.mask), arrays):
        target[:] = values
    return watch


def episode_info(info: EnvInfo) -> EpisodeInfo:
    """The C struct as an EpisodeInfo."""
    return EpisodeInfo(
        finished=bool(info.finished),
        terminated=bool(info.terminated),
        truncated=bool(info.truncated),
        clock=info.clock,
        total_wait=info.total_wait,
        start=None if info.start < 0 else info.start,
        head=info.head,
        placed=info.placed,
        running=info.running,
        length=info.length or None,
        moves=info.moves,
        moved=info.moved,
        moved_local=info.moved_local,
    )
