"""A Gymnasium vector environment that steps inside the library."""

from __future__ import annotations

import copy as copies
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.spaces import Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from spane._errors import InvalidArgumentError
from spane._starts import Starts
from spane._vector import VectorEnvironment
from spane.gym import _setting as setting
from spane.gym._limit import LimitedVectorEnvironment
from spane.gym._picture import draw

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from spane._options import EnvironmentOptions

_MODES = {
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.DISABLED: "disabled",
}


class PlacementVectorEnv(VectorEnv[NDArray[np.float32], NDArray[np.int64], NDArray[Any]]):
    """Many `PlacementEnv` environments in one.

    Every info has "action_mask", "wait", "total_wait", "placed" and "start", with the option
    `moves` also "moves", one row per environment.
    """

    def __init__(
        self,
        num_envs: int = 1,
        trace: setting.Source = None,
        *,
        threads: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        starts: Starts | None = None,
        length: int | None = None,
        exceed: int | None = None,
        max_episode_steps: int | None = None,
        unavailable: str = "replace",
        copy: bool = True,
        render_mode: str | None = None,
        **options: Unpack[EnvironmentOptions],
    ) -> None:
        """`threads` threads step the environments; 0 means all processors. Starts other than a
        range are dealt out in order, see `VectorEnvironment.set_starts`. Episodes are truncated
        after `max_episode_steps`, as by `gymnasium.wrappers.TimeLimit`.

        With copy=False, observations and infos are views that the next step overwrites. For the
        other arguments see `PlacementEnv`.
        """
        setting.check_render_mode(render_mode)
        mode = AutoresetMode(autoreset_mode)
        self._replaces = setting.replaces(unavailable)
        self._copy = copy
        self._same_step = mode == AutoresetMode.SAME_STEP
        options.setdefault("normalised", True)
        kind: Any = VectorEnvironment
        if max_episode_steps is not None:
            kind = partial(LimitedVectorEnvironment, limit=max_episode_steps)
        self._vector: VectorEnvironment = kind(
            setting.trace_of(trace),
            num_envs,
            threads=threads,
            autoreset=_MODES[mode],
            starts=starts,
            length=length,
            exceed=exceed,
            **options,
        )
        self.metadata = {
            "render_modes": setting.RENDER_MODES,
            "render_fps": 10,
            "autoreset_mode": mode,
        }
        self.render_mode = render_mode
        self.num_envs = num_envs
        self.single_observation_space = setting.observation_space(self._vector.servers, options)
        self.single_action_space = Discrete(self._vector.mask.shape[1])
        self._options = options
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._ended = np.zeros(num_envs, np.bool_)
        self._rows = np.arange(num_envs)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """One seed for all: each environment has its own random stream for starts.

        options={"reset_mask": mask} resets only some environments; options={"starts": starts}, one
        index per environment, sets where the episodes start.
        """
        if isinstance(seed, list):
            raise InvalidArgumentError("seed is a list; it must be one integer for all, or None")
        super().reset(seed=seed)
        if seed is None and self._np_random is None:
            seed = int(self.np_random.integers(2**63))
        chosen = options or {}
        which, starts = chosen.get("reset_mask"), chosen.get("starts")
        if starts is None:
            self._vector.reset(seed, which)
        else:
            self._vector.reset(which=which, starts=starts)
        self._ended[... if which is None else which] = False
        return self._observation(), self._infos()

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[
        NDArray[np.float32],
        NDArray[np.float64],
        NDArray[np.bool_],
        NDArray[np.bool_],
        dict[str, Any],
    ]:
        vector = self._vector
        self._take(np.asarray(actions))
        vector.step()
        terminated, truncated = vector.terminated.copy(), vector.truncated.copy()
        np.logical_or(terminated, truncated, out=self._ended)
        infos = self._infos()
        if self._same_step and self._ended.any():
            self._tell_of_the_end(infos)
            self._ended[:] = False
        return self._observation(), vector.reward.copy(), terminated, truncated, infos

    def _take(self, actions: NDArray[Any]) -> None:
        vector = self._vector
        if actions.shape != (self.num_envs,) or actions.dtype.kind not in "iu":
            raise InvalidArgumentError(
                f"actions have dtype {actions.dtype} and shape {actions.shape}; "
                f"they must be integers of shape ({self.num_envs},)"
            )
        count = vector.mask.shape[1]
        # Out-of-range numbers must not wrap around to valid actions.
        if actions.dtype.itemsize > 4 and (actions.min() < 0 or actions.max() >= count):
            actions = np.where((actions < 0) | (actions >= count), -1, actions)
        np.copyto(vector.actions, actions, casting="unsafe")
        if not self._replaces:
            return
        known = vector.actions.clip(0, count - 1)
        blocked = ~vector.mask[self._rows, known] & (known == vector.actions)
        if blocked.any():
            vector.actions[blocked] = vector.mask[blocked].argmax(axis=1)

    def _observation(self) -> NDArray[np.float32]:
        return self._given(self._vector.observation)

    def _given(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.copy() if self._copy else array

    def _infos(self) -> dict[str, Any]:
        vector = self._vector
        arrays: dict[str, NDArray[Any]] = {
            "action_mask": vector.mask.view(np.int8),
            "wait": vector.wait,
            "total_wait": vector.total_wait,
            "placed": vector.placed,
            "start": vector.start,
        }
        if self._options.get("moves"):
            arrays["moves"] = vector.moves
        infos: dict[str, Any] = {}
        everywhere = np.ones(self.num_envs, np.bool_)
        for name, array in arrays.items():
            infos[name] = self._given(array)
            infos[f"_{name}"] = everywhere
        return infos

    def _tell_of_the_end(self, infos: dict[str, Any]) -> None:
        vector, ended = self._vector, self._ended.copy()
        assert vector.final_observation is not None
        assert vector.final_mask is not None
        rows = np.full(self.num_envs, None, dtype=object)
        for index in np.flatnonzero(ended):
            rows[index] = vector.final_observation[index].copy()
        final = {
            "action_mask": vector.final_mask.astype(np.int8),
            "total_wait": vector.total_wait.copy(),
            "placed": vector.placed.copy(),
            "start": vector.start.copy(),
        }
        if self._options.get("moves"):
            final["moves"] = vector.moves.copy()
        infos["final_obs"], infos["_final_obs"] = rows, ended
        infos["final_info"] = {**final, **{f"_{name}": ended for name in final}}
        infos["_final_info"] = ended

    def __copy__(self) -> PlacementVectorEnv:
        """An independent vector environment with its own episodes."""
        return copies.deepcopy(self)

    def action_masks(self) -> NDArray[np.bool_]:
        """(num_envs, actions); which actions are available."""
        return self._vector.mask.copy()

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """With render_mode="rgb_array", an image of each environment."""
        if self.render_mode is None:
            return None
        space = self.single_observation_space
        shown, servers = self._vector.observation, self._vector.servers
        high = space.high  # type: ignore[attr-defined]
        return tuple(
            draw(*pair) for pair in zip(*setting.shares(shown, high, servers, self._options))
        )

    def close_extras(self, **kwargs: Any) -> None:
        """Closes the environments and ends their threads."""
        self._vector.close()
