"""Policies that decide in environments."""

from __future__ import annotations

from ctypes import byref, c_int32, c_size_t
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._environment import Environment
from spane._errors import check
from spane._handle import Handle
from spane._library import library
from spane._policy import Policy, SessionDescription, encode, models, session_description
from spane._structs import EnvSessionPointer, SessionInfo, sized


class EnvironmentSession(Handle[EnvSessionPointer]):
    """A policy bound to an environment; it decides about the next VM. For one thread at a time.

    Closing the environment or the model first is fine.
    """

    def __init__(self, environment: Environment, policy: Policy) -> None:
        """`policy`: a heuristic by name or a Model."""
        arguments.instance(environment, Environment, "environment")
        pointer = EnvSessionPointer()
        made = encode(policy)
        status = library().spane_env_session_new(environment._pointer, byref(made), byref(pointer))
        check(status, environment, *models(policy))
        self._actions = environment.actions
        self._own(pointer)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an EnvironmentSession can be neither copied nor pickled, for what its policy "
            "remembers belongs to the environment; make a new one with "
            "EnvironmentSession(environment, policy)"
        )

    def decide(self) -> int:
        """The action for the next VM, for `Environment.step`.

        An episode that is decided from its reset to its end comes out as in `evaluate`.
        """
        action = c_int32()
        check(self._library.spane_env_session_decide(self._pointer, byref(action)), self)
        return action.value

    def top(self, k: arguments.Index) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The `k` best actions for the next VM, best first, and their scores.

        Each action is another placement; they are ranked as by `Session.top`. Returns int32 and
        float32 of shape (found,).
        """
        room = min(arguments.size(k, "k"), self._actions)
        actions = np.empty(room, np.int32)
        scores = np.empty(room, np.float32)
        found = c_size_t()
        status = self._library.spane_env_session_top(
            self._pointer,
            room,
            arguments.address(actions),
            arguments.address(scores),
            byref(found),
        )
        check(status, self)
        return actions[: found.value], scores[: found.value]

    def scores(self, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """A score of each action for the next VM, available or not; networks only.

        Returns float32 of shape (actions,), or writes it into `out`; see `Session.scores`.
        """
        out = arguments.output(out, np.float32, (self._actions,))
        status = self._library.spane_env_session_scores(
            self._pointer, arguments.address(out), out.size
        )
        check(status, self)
        return out

    def q_values(self, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Q of each action for the next VM, in the form of `scores`; networks only."""
        out = arguments.output(out, np.float32, (self._actions,))
        status = self._library.spane_env_session_q_values(
            self._pointer, arguments.address(out), out.size
        )
        check(status, self)
        return out

    @property
    def info(self) -> SessionDescription:
        """What the session has done so far."""
        info = sized(SessionInfo)
        check(self._library.spane_env_session_describe(self._pointer, byref(info)), self)
        return session_description(info)

    def __repr__(self) -> str:
        return f"<spane.EnvironmentSession{' (closed)' if self.closed else ''}>"
