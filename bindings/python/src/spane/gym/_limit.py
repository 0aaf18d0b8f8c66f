"""A step limit for vector environments, as Gymnasium's TimeLimit for single ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import BadStateError
from spane._options import positive
from spane._vector import VectorEnvironment

# Results that describe the truncated episode, even when the same step resets it.
_OF_THE_STEP = (
    *("reward", "terminated", "truncated", "wait", "total_wait", "placed", "start"),
    *("moves", "moved", "moved_local"),
)


class LimitedVectorEnvironment(VectorEnvironment):
    """Truncates episodes after `limit` steps.

    The library does not know about the limit, so this class does for truncated episodes what the
    library does when an episode ends.
    """

    def __init__(self, *given: Any, limit: arguments.Index, **options: Any) -> None:
        super().__init__(*given, **options)
        self.limit = positive(limit, "max_episode_steps")
        self._autoreset = options["autoreset"]
        self._steps = np.zeros(self.count, np.int64)
        self._ended = np.zeros(self.count, np.bool_)
        """Episodes that ended within the library."""
        self._cut = np.zeros(self.count, np.bool_)
        """Episodes truncated by the limit and not yet reset."""

    def reset(
        self, seed: arguments.Index | None = None, which: Any = None, *, starts: Any = None
    ) -> None:
        super().reset(seed, which, starts=starts)
        rows = ... if which is None else np.asarray(which, np.bool_)
        self._steps[rows] = 0
        self._ended[rows] = self._cut[rows] = False

    def step(self, actions: NDArray[np.int32] | None = None) -> None:
        if actions is not None:
            self.actions[:] = actions
        cut, begun = self._cut.copy(), self._ended.copy()
        if cut.any():
            if self._autoreset == "disabled":
                raise BadStateError(
                    f"the episode of environment {int(cut.argmax())} was truncated after "
                    f"{self.limit} steps; it must be reset first"
                )
            # Steps along with the others and is reset afterwards.
            self.actions[cut] = self.mask[cut].argmax(axis=1)
        super().step()
        if cut.any():
            super().reset(which=cut)
        begun |= cut
        self._steps = np.where(begun, 0, self._steps + 1)
        self._ended = self.terminated | self.truncated
        full = ~begun & (self._steps >= self.limit)
        self.truncated |= full
        if self._autoreset == "same-step":
            self._begin_anew(full & ~self._ended)
            self._steps[full | self._ended] = 0
            self._ended[:] = False
        else:
            self._cut = full & ~self._ended

    def _begin_anew(self, rows: NDArray[np.bool_]) -> None:
        if not rows.any():
            return
        assert self.final_observation is not None
        assert self.final_mask is not None
        self.final_observation[rows] = self.observation[rows]
        self.final_mask[rows] = self.mask[rows]
        kept = {name: getattr(self, name)[rows].copy() for name in _OF_THE_STEP}
        super().reset(which=rows)
        for name, values in kept.items():
            getattr(self, name)[rows] = values

    def restore(self, data: arguments.Bytes) -> None:
        super().restore(data)
        stands = [self.info(index) for index in range(self.count)]
        self._steps = np.array([info.placed for info in stands], np.int64)
        self._ended = np.array([info.finished for info in stands], np.bool_)
        self._cut = (self._steps >= self.limit) & ~self._ended

    def __reduce__(self) -> tuple[Any, ...]:
        make, given, arrays = super().__reduce__()
        own = {name: getattr(self, name) for name in ("limit", "_autoreset")}
        own.update((name, getattr(self, name).copy()) for name in ("_steps", "_ended", "_cut"))
        return make, given, (arrays, own)

    def __setstate__(self, state: Any) -> None:
        arrays, own = state
        super().__setstate__(arrays)
        self.__dict__.update(own)
