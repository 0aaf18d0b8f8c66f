"""Policies of one's own: what they are asked, and how their answers reach C."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from operator import index
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _structs
from spane._errors import InvalidArgumentError
from spane._long_call import LongCall
from spane._options import OBSERVE_NORMALISED
from spane._showing import shown
from spane._structs import sized


class Decisions(NamedTuple):
    """Decisions that are due at once, a row for each; every row is of another episode.

    The arrays belong to the policy, which may keep and change them.
    """

    observation: NDArray[np.float32]
    """(n, observation size); see `Environment.observation`."""
    mask: NDArray[np.bool_]
    """(n, actions); the actions that have room, at least one in each row."""
    episode: NDArray[np.int64]
    """(n,); the place of the episode in `starts`."""
    vm: NDArray[np.int64]
    """(n,); the index of the VM in the trace."""
    first: NDArray[np.bool_]
    """(n,); whether it is the first decision of its episode."""
    servers: int
    """The number of servers of each episode."""


BatchPolicy = Callable[[Decisions], Any]
"""A policy of your own: gives an action for each row, whole numbers of shape (n,).

It may have attributes: `name` (str), in results; `batch` (int), the most rows at once, by default
256, and fewer on thousands of servers; `normalised` (bool), for observations as in
EnvironmentOptions.
"""


def name_of(policy: BatchPolicy) -> str:
    """What a policy of one's own is called in results."""
    for attribute in ("name", "__name__"):
        name = getattr(policy, attribute, None)
        if isinstance(name, str):
            return name
    return type(policy).__name__


def batch_of(policy: BatchPolicy, name: str) -> int:
    """The most rows that a policy wants at once; 0 where it does not say."""
    if not hasattr(policy, "batch"):
        return 0
    batch = policy.batch
    try:
        number = index(batch)
    except TypeError:
        number = 0
    if not 1 <= number <= 2**20:
        raise InvalidArgumentError(
            f"{name}: batch is {shown(batch)}; it must be a whole number, 1 ... 2^20"
        )
    return number


def checked(given: Any, count: int, name: str) -> NDArray[Any]:
    """The actions that a policy gave, which must be so many."""
    try:
        chosen = np.asarray(given)
    except ValueError as error:
        raise InvalidArgumentError(
            f"{name} gave no array: {error}; it must give whole numbers of shape ({count},)"
        ) from error
    if chosen.dtype.kind not in "iu" or chosen.shape != (count,):
        raise InvalidArgumentError(
            f"{name} gave {chosen.dtype} of shape {chosen.shape}; it must give whole numbers of "
            f"shape ({count},)"
        )
    if (wrong := chosen != chosen.astype(np.int32)).any():
        raise InvalidArgumentError(
            f"{name} gave action {chosen[wrong][0]}; actions are numbers of 32 bits"
        )
    return chosen


class Decider:
    """Asks a policy for the actions that C wants, in the thread that has made the call.

    Must live as long as the call.
    """

    def __init__(self, policy: BatchPolicy, name: str, call: LongCall) -> None:
        self._policy, self._name, self._call = policy, name, call
        self._callback = _structs.DecideCallback(self._decide)
        self._views: list[NDArray[Any]] = []
        self._address = 0

    def struct(self) -> _structs.Policy:
        """The policy as C takes it."""
        made = sized(_structs.Policy)
        made.decide = self._callback
        made.batch = batch_of(self._policy, self._name)
        if getattr(self._policy, "normalised", False):
            made.flags = OBSERVE_NORMALISED
        return made

    def _decide(self, pointer: Any, context: int | None) -> int:
        return self._call.here(lambda: self._answer(pointer.contents))

    def _answer(self, asked: _structs.Decisions) -> None:
        *inputs, actions = self._arrays(asked)
        observation, mask, episode, vm, first = (view[: asked.count].copy() for view in inputs)
        given = self._policy(Decisions(observation, mask, episode, vm, first, asked.servers))
        actions[: asked.count] = checked(given, asked.count, self._name)

    def _arrays(self, asked: _structs.Decisions) -> list[NDArray[Any]]:
        """The arrays of the library, which stay where they are for a whole evaluation."""
        address = ctypes.addressof(asked.observation.contents)
        if address != self._address or len(self._views[0]) < asked.count:
            self._address = address
            count, values, actions = asked.count, asked.observation_size, asked.mask_size
            self._views = [
                np.ctypeslib.as_array(asked.observation, (count, values)),
                np.ctypeslib.as_array(asked.mask, (count, actions)).view(np.bool_),
                np.ctypeslib.as_array(asked.episode, (count,)),
                np.ctypeslib.as_array(asked.vm, (count,)),
                np.ctypeslib.as_array(asked.is_first, (count,)).view(np.bool_),
                np.ctypeslib.as_array(asked.action, (count,)),
            ]
        return self._views
