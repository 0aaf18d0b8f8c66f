"""One environment for Gymnasium."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._environment import Environment
from spane._options import episode_end
from spane._starts import Starts, start_limit, starts_of_environment
from spane.gym import _setting as setting
from spane.gym._picture import draw

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from spane._options import EnvironmentOptions


class PlacementEnv(gymnasium.Env[NDArray[np.float32], np.int64]):
    """Each step places one VM of a trace; the reward is -ln(1 + wait in seconds).

    Observations are those of `spane.Environment`, by default normalised by the size of a NUMA node.
    An episode terminates when it reaches its length and is truncated when the trace ends.
    `info["action_mask"]` (int8) and `action_masks()` (bool) say which actions are available. With
    the option `moves`, `info["moves"]` counts the live migrations since the reset.
    """

    metadata = {"render_modes": setting.RENDER_MODES, "render_fps": 10}  # noqa: RUF012

    def __init__(
        self,
        trace: setting.Source = None,
        *,
        starts: Starts | None = None,
        length: int | None = None,
        exceed: int | None = None,
        unavailable: str = "replace",
        render_mode: str | None = None,
        **options: Unpack[EnvironmentOptions],
    ) -> None:
        """For `starts` see `spane.Starts`: each episode draws one from a range; other starts are
        played in order, from the first one again after a reset with a seed. reset(options={"start":
        7}) picks one. For `length` and `exceed` see `spane.Environment.reset`.

        An unavailable action is replaced by First Fit's (info["action"] is the one taken); with
        unavailable="error" it raises spane.InfeasibleActionError.
        """
        setting.check_render_mode(render_mode)
        self._trace = setting.trace_of(trace)
        self._replaces = setting.replaces(unavailable)
        options.setdefault("normalised", True)
        self._environment = Environment(self._trace, **options)
        self._watch = self._environment.watch()
        # Raises now what the first reset would raise.
        episode_end(length, exceed)
        self._end = {"length": length, "exceed": exceed}
        self._starts = starts_of_environment(starts, start_limit(self._trace, length))
        self._next = 0
        self.render_mode = render_mode
        self._options = options
        self._bounds = setting.observation_space(self._environment.servers, options)
        self.observation_space = self._bounds
        self.action_space = gymnasium.spaces.Discrete(self._environment.actions)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self._next = 0
        start = (options or {}).get("start")
        if start is None:
            start = self._next_start()
        self._environment.reset(start, **self._end)
        self._watch.update()
        info: dict[str, Any] = {
            "action_mask": setting.gym_mask(self._watch.mask),
            "start": int(start),
        }
        if self._options.get("moves"):
            info["moves"] = 0
        return self._watch.observation.copy(), info

    def _next_start(self) -> int:
        if isinstance(self._starts, range):
            return int(self.np_random.integers(self._starts.start, self._starts.stop))
        start = int(self._starts[self._next])
        self._next = (self._next + 1) % len(self._starts)
        return start

    def __copy__(self) -> PlacementEnv:
        """An independent environment with its own episode."""
        return copy.deepcopy(self)

    def step(
        self, action: arguments.Index
    ) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        watch = self._watch
        number = arguments.int32(action, "action")
        if self._replaces and 0 <= number < watch.mask.size and not watch.mask[number]:
            number = int(watch.mask.argmax())
        step = self._environment.step(number)
        watch.update()
        info: dict[str, Any] = {
            "action_mask": setting.gym_mask(watch.mask),
            "action": number,
            "wait": step.wait,
            "clock": step.clock,
        }
        has_moves = bool(self._options.get("moves"))
        if has_moves or step.terminated or step.truncated:
            told = self._environment.info
            if has_moves:
                info["moves"] = told.moves
            if step.terminated or step.truncated:
                info.update(total_wait=told.total_wait, placed=told.placed, start=told.start)
        return watch.observation.copy(), step.reward, step.terminated, step.truncated, info

    def action_masks(self) -> NDArray[np.bool_]:
        """Which actions are available; sb3-contrib looks for this name."""
        return self._watch.mask.copy()

    def render(self) -> NDArray[np.uint8] | None:
        """With render_mode="rgb_array", an image of the usage of each NUMA node."""
        if self.render_mode is None:
            return None
        shown, servers = self._watch.observation, self._environment.servers
        return draw(*setting.shares(shown, self._bounds.high, servers, self._options))

    def close(self) -> None:
        """Closes the environment but not the trace."""
        self._environment.close()
