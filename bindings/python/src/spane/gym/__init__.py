"""Gymnasium environments: `gymnasium.make("spane/Placement-v0")` after `import spane.gym`.

`gymnasium.make_vec` makes a vector environment that steps all of its episodes inside the library.
"""

from spane._extras import missing

try:
    import gymnasium
except ModuleNotFoundError as error:
    raise missing(error) from error

from spane.gym._environment import PlacementEnv
from spane.gym._picture import draw
from spane.gym._vector import PlacementVectorEnv

ID = "spane/Placement-v0"

if ID not in gymnasium.registry:
    gymnasium.register(
        ID,
        entry_point="spane.gym:PlacementEnv",
        vector_entry_point="spane.gym:PlacementVectorEnv",
    )

__all__ = ["ID", "PlacementEnv", "PlacementVectorEnv", "draw"]
