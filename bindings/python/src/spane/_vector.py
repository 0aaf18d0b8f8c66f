"""Vector environments: many environments stepped together."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_uint64
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._environment import EpisodeInfo, episode_info
from spane._errors import InvalidArgumentError, check
from spane._handle import Handle
from spane._library import library
from spane._memory import saved
from spane._options import END_LENGTH, EnvironmentOptions, env_options, episode_end
from spane._starts import Starts, parse_starts, start_limit, starts_of_environment
from spane._structs import (
    EnvInfo,
    EnvOptions,
    VecEnvBuffers,
    VecEnvOptions,
    VecEnvPointer,
    sized,
)
from spane._trace import Trace

if TYPE_CHECKING:
    from typing_extensions import Unpack

AUTORESET = ("next-step", "same-step", "disabled")
"""What happens when an episode has ended, as defined by Gymnasium."""


class VectorEnvironment(Handle[VecEnvPointer]):
    """Environments on one trace, stepped together, with their results in arrays of this object.

    Every reset and step overwrites the same arrays, so copy what you want to keep. For one thread
    at a time.
    """

    observation: NDArray[np.float32]
    """(count, observation size); see `Environment.observation`."""
    mask: NDArray[np.bool_]
    """(count, actions)"""
    reward: NDArray[np.float64]
    """(count,); 0 after a reset."""
    terminated: NDArray[np.bool_]
    """(count,); the episode has ended."""
    truncated: NDArray[np.bool_]
    """(count,); the trace has ended."""
    wait: NDArray[np.float64]
    """(count,); wait of the VM placed by this step, in seconds."""
    total_wait: NDArray[np.float64]
    """(count,); total wait in seconds of the episode of this step, even if it was reset since."""
    placed: NDArray[np.int64]
    """(count,); VMs placed in that episode."""
    start: NDArray[np.int64]
    """(count,); the first VM of that episode."""
    moves: NDArray[np.int64]
    """(count,); live migrations in that episode."""
    moved: NDArray[np.float64]
    """(count,); GB that they took to other servers."""
    moved_local: NDArray[np.float64]
    """(count,); GB that they took from node to node of a server."""
    final_observation: NDArray[np.float32] | None
    """Like observation, for episodes that ended in this step. Only with "same-step"."""
    final_mask: NDArray[np.bool_] | None
    """Like final_observation."""
    actions: NDArray[np.int32]
    """(count,); the actions of `step` without an argument."""

    def __init__(
        self,
        trace: Trace,
        count: arguments.Index,
        *,
        threads: arguments.Index = 1,
        autoreset: str = "next-step",
        seed: arguments.Index = 0,
        starts: Starts | None = None,
        length: arguments.Index | None = None,
        exceed: arguments.Index | None = None,
        **options: Unpack[EnvironmentOptions],
    ) -> None:
        """`count` environments, stepped by `threads` threads (0 for all processors). Call `reset`
        before the first step.

        For `starts` see `spane.Starts`. From a range (None: all that the trace allows) they are
        drawn uniformly, with a random stream per environment; others are played in order, see
        `set_starts`. For `length` and `exceed` see `Environment.reset`, for `options`
        EnvironmentOptions.
        """
        arguments.instance(trace, Trace, "trace")
        arguments.choice(autoreset, AUTORESET, "autoreset")
        environment = env_options(**options)
        chosen = sized(VecEnvOptions)
        chosen.count = arguments.int32(count, "count")
        chosen.threads = arguments.int32(threads, "threads")
        chosen.autoreset = AUTORESET.index(autoreset)
        chosen.seed = arguments.uint64(seed, "seed")
        chosen.end_kind, chosen.end_count = episode_end(length, exceed)
        chosen_starts = starts_of_environment(starts, start_limit(trace, length))
        if isinstance(chosen_starts, range):
            chosen.start_low, chosen.start_high = chosen_starts.start, chosen_starts.stop
        pointer = VecEnvPointer()
        status = library().spane_vec_env_new(
            trace._pointer, byref(environment), byref(chosen), byref(pointer)
        )
        check(status, trace)
        self._take(pointer, trace)
        if not isinstance(chosen_starts, range):
            self.set_starts(chosen_starts)

    def _take(self, pointer: VecEnvPointer, trace: Trace) -> None:
        """Takes ownership of a pointer and allocates the arrays."""
        environment, options = sized(EnvOptions), sized(VecEnvOptions)
        status = library().spane_vec_env_get_options(pointer, byref(environment), byref(options))
        check(status)
        self._trace, self._threads = trace, options.threads
        length = options.end_count if options.end_kind == END_LENGTH else None
        self._limit = start_limit(trace, length)
        self.count: int = options.count
        """The number of environments."""
        self.servers: int = environment.servers
        """The number of servers of each environment."""
        info = sized(EnvInfo)
        check(library().spane_vec_env_describe(pointer, 0, byref(info)))
        self._sizes = info.observation_size, info.mask_size
        arrays = self._arrays(AUTORESET[options.autoreset] == "same-step")
        # A step still running in another thread keeps the pointer and thus the arrays alive.
        self._own(pointer, keep=list(arrays.values()))
        self._bind(arrays)

    @classmethod
    def from_bytes(
        cls, trace: Trace, data: arguments.Bytes, *, threads: arguments.Index = 1
    ) -> VectorEnvironment:
        """Loads what `to_bytes` saved; `trace` must have the same content as then."""
        arguments.instance(trace, Trace, "trace")
        pointer = VecEnvPointer()
        content = arguments.content(data)
        status = library().spane_vec_env_load_memory(
            trace._pointer,
            arguments.address(content),
            content.size,
            arguments.int32(threads, "threads"),
            byref(pointer),
        )
        check(status, trace)
        made = cls.__new__(cls)
        made._take(pointer, trace)
        made._observe()
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # Also used by the copy module: every copy has its own episodes and arrays.
        arrays = {name: getattr(self, name) for name in (*self._bound, "actions")}
        return _again, (type(self), self._trace, self.to_bytes(), self._threads), arrays

    def __setstate__(self, arrays: dict[str, NDArray[Any]]) -> None:
        for name, values in arrays.items():
            getattr(self, name)[...] = values

    def to_bytes(self) -> bytes:
        """Options, all episodes and the position in the starts, to resume elsewhere."""
        return saved(self, "spane_vec_env_save_memory")

    def restore(self, data: arguments.Bytes) -> None:
        """Restores a state saved by `to_bytes` and updates the arrays; reward and wait become 0."""
        content = arguments.content(data)
        where = arguments.address(content)
        check(self._library.spane_vec_env_restore_memory(self._pointer, where, content.size), self)
        self._observe()

    def _observe(self) -> None:
        check(self._library.spane_vec_env_observe(self._pointer), self)

    def _arrays(self, final: bool) -> dict[str, NDArray[Any]]:
        count, (values, actions) = self.count, self._sizes
        observation = np.zeros((count, values), np.float32)
        mask = np.zeros((count, actions), np.bool_)
        arrays: dict[str, NDArray[Any]] = {"observation": observation, "mask": mask}
        for name, kind in (
            ("reward", np.float64),
            ("terminated", np.bool_),
            ("truncated", np.bool_),
            ("wait", np.float64),
            ("total_wait", np.float64),
            ("placed", np.int64),
            ("start", np.int64),
            ("moves", np.int64),
            ("moved", np.float64),
            ("moved_local", np.float64),
        ):
            arrays[name] = np.zeros(count, kind)
        if final:
            arrays["final_observation"] = np.zeros_like(observation)
            arrays["final_mask"] = np.zeros_like(mask)
        return arrays

    def _bind(self, arrays: dict[str, NDArray[Any]]) -> None:
        self.final_observation = self.final_mask = None
        self._bound = tuple(arrays)
        buffers = sized(VecEnvBuffers)
        kinds = dict((field[0], field[1]) for field in VecEnvBuffers._fields_)
        for name, array in arrays.items():
            setattr(self, name, array)
            setattr(buffers, name, ctypes.cast(arguments.address(array), kinds[name]))
        check(self._library.spane_vec_env_bind(self._pointer, byref(buffers)), self)
        self.actions = np.zeros(self.count, np.int32)
        self._own_actions = self.actions
        self._own_address = arguments.address(self.actions)

    def set_starts(self, starts: Starts | None) -> None:
        """Sets where episodes start from now on: `spane.Starts` except a range; None to draw again.

        Environment i of n plays starts[i], starts[i + n], starts[i + 2 n] and so on, each index
        modulo the length: the list is played in order, n episodes at a time.
        """
        if starts is None:
            where, count = None, 0
        else:
            given = parse_starts(starts, self._limit)
            if isinstance(given, range):
                raise InvalidArgumentError(
                    f"starts is {given}; it must be a list: to draw from a range, make a new "
                    "VectorEnvironment"
                )
            where, count = arguments.address(given), given.size
        check(self._library.spane_vec_env_set_starts(self._pointer, where, count), self)

    def reset(
        self, seed: arguments.Index | None = None, which: Any = None, *, starts: Any = None
    ) -> None:
        """Starts new episodes in all environments, or in those where `which` (bool) is true.

        A seed restarts the random streams of these environments, or their list of starts. With
        `starts` (int64, one per environment) episodes start there, and streams and lists do not
        advance.
        """
        where = None
        if which is not None:
            flags = arguments.given(which, np.bool_, (self.count,), "which")
            where = arguments.address(flags)
        if starts is not None:
            if seed is not None:
                raise InvalidArgumentError("seed and starts are both given; give only one")
            given = arguments.given(starts, np.int64, (self.count,), "starts")
            address = arguments.address(given)
            check(self._library.spane_vec_env_reset_at(self._pointer, address, where), self)
            return
        chosen = None if seed is None else byref(c_uint64(arguments.uint64(seed, "seed")))
        check(self._library.spane_vec_env_reset(self._pointer, chosen, where), self)

    def step(self, actions: NDArray[np.int32] | None = None) -> None:
        """Steps all environments with int32 actions of shape (count,); None uses `self.actions`.

        On an error nothing changes in any of them.
        """
        if actions is None or actions is self._own_actions:
            where = self._own_address
        else:
            chosen = arguments.given(actions, np.int32, (self.count,), "actions")
            where = arguments.address(chosen)
        check(self._library.spane_vec_env_step(self._pointer, where), self)

    def info(self, index: arguments.Index) -> EpisodeInfo:
        """The state of one environment's episode."""
        info = sized(EnvInfo)
        number = arguments.int32(index, "index")
        check(self._library.spane_vec_env_describe(self._pointer, number, byref(info)), self)
        return episode_info(info)

    def __repr__(self) -> str:
        closed = " (closed)" if self.closed else ""
        return f"<spane.VectorEnvironment of {self.count} times {self.servers} servers{closed}>"


def _again(
    kind: type[VectorEnvironment], trace: Trace, data: bytes, threads: int
) -> VectorEnvironment:
    return kind.from_bytes(trace, data, threads=threads)
