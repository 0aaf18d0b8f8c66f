"""Episodes of a trace."""

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
    """What one placement did."""

    reward: float
    wait: float
    """Seconds that the placed VM has waited."""
    clock: float
    """The time now, in seconds."""
    terminated: bool
    """Whether the episode has reached its end."""
    truncated: bool
    """Whether the trace has come to its end."""


class NextVM(NamedTuple):
    """What the next VM asks for."""

    cpu: float
    mem: float
    is_split: bool
    span: int
    """NUMA nodes over which it is spread."""


class EpisodeInfo(NamedTuple):
    """Where an episode stands."""

    finished: bool
    """Whether no episode is under way."""
    terminated: bool
    truncated: bool
    clock: float
    """Seconds."""
    total_wait: float
    """Seconds that the placed VMs have waited, in all."""
    start: int | None
    """The index of the episode's first VM; None before the first reset."""
    head: int
    """The index of the VM that is next."""
    placed: int
    """VMs placed since the reset."""
    running: int
    """VMs placed that have not left."""
    length: int | None
    """Placements after which the episode ends; None where that is not known yet."""


class Environment(Handle[EnvPointer]):
    """VMs of a trace are placed strictly in order; one that fits nowhere makes all behind it wait.

    An action is a number: server * 2 + NUMA node. For a split VM both actions of a server mean the
    same placement. On a fleet whose servers have more nodes or one, each server has an action for
    each set of nodes; `spane.h` numbers them. Between reset and end some action is always
    available. For one thread at a time.
    """

    def __init__(self, trace: Trace, **options: Unpack[EnvironmentOptions]) -> None:
        """`options` are those of EnvironmentOptions. Reset it next."""
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
        """The number of values of an observation."""

    @classmethod
    def from_bytes(cls, trace: Trace, data: arguments.Bytes) -> Environment:
        """The environment that `to_bytes` has saved; `trace` has the content of that time."""
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
        """Starts an episode at the VM with this index: empty servers, the clock at its arrival.

        It ends after `length` placements; or `exceed` placements after (and counting) the first one
        whose successor fits nowhere right after it; by default after as many as First Fit places
        until then, and 40 more.
        """
        kind, number = episode_end(length, exceed)
        index = arguments.int64(start, "start")
        check(self._library.spane_env_reset(self._pointer, index, kind, number), self)

    def step(self, action: arguments.Index) -> Step:
        """Places the next VM and moves the clock to the moment at which the one after it can start.

        InfeasibleActionError for an action without room; nothing changes then.
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
        """What each NUMA node has left as [server][node][cpu, mem, other resources of nodes]; then
        the next VM's cpu, mem and 1 if it is split, else 0 (its span, where servers have more than
        two nodes). Flat float32, new or written into `out`."""
        out = arguments.output(out, np.float32, (self.observation_size,))
        where = arguments.address(out)
        check(self._library.spane_env_observe(self._pointer, where, out.size), self)
        return out

    def mask(self, out: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Whether each action has room for the next VM; bool, new or written into `out`."""
        out = arguments.output(out, np.bool_, (self.actions,))
        where = arguments.address(out)
        check(self._library.spane_env_mask(self._pointer, where, out.size), self)
        return out

    def watch(self) -> Watch:
        """Arrays that show the observation and the mask whenever they are brought up to date."""
        return Watch(self)

    @property
    def request(self) -> NextVM:
        """What the next VM asks for."""
        request = sized(Request)
        check(self._library.spane_env_request(self._pointer, byref(request)), self)
        return NextVM(request.cpu, request.mem, request.span > 1, request.span)

    @property
    def info(self) -> EpisodeInfo:
        """Where the episode stands."""
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
        """Options and state, so that the episode can go on elsewhere, bit for bit."""
        return saved(self, "spane_env_save_memory")

    def restore(self, data: arguments.Bytes) -> None:
        """Goes back to a state that `to_bytes` has saved."""
        content = arguments.content(data)
        where = arguments.address(content)
        check(self._library.spane_env_restore_memory(self._pointer, where, content.size), self)

    def __repr__(self) -> str:
        return f"<spane.Environment of {self.servers} servers{' (closed)' if self.closed else ''}>"


class Watch:
    """The observation and the mask of an environment in arrays that stay the same.

    Looking up where an array is takes longer than filling it, so that is done once.
    """

    def __init__(self, environment: Environment) -> None:
        self.observation = np.zeros(environment.observation_size, np.float32)
        self.mask = np.zeros(environment.actions, np.bool_)
        self._environment = environment
        self._addresses = arguments.address(self.observation), arguments.address(self.mask)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy has arrays of its own, and their addresses.
        return _again, (self._environment, self.observation, self.mask)

    def update(self) -> None:
        """Writes the arrays."""
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
    """The same for Python."""
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
    )
