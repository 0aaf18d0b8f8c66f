"""What operators can set, in the group [spane] of nova.conf."""

from __future__ import annotations

from pathlib import Path

import nova.conf
import spane
from oslo_config import cfg

GROUP = cfg.OptGroup("spane", title="Placement by libspane")

OPTIONS = [
    cfg.StrOpt(
        "policy",
        default=spane.DEFAULT_POLICY,
        help="""
The policy that orders the hosts: a rule by name, or the path of a file with the weights of a
network, which ends in .h5. `spane.heuristics()` in Python lists the rules. A network of the kind
"potential" serves hosts with any number of NUMA cells, others only hosts with two.
""",
    ),
    cfg.StrOpt(
        "mix",
        help="""
A trace (CSV or HDF5) of the VMs that are expected. A rule with `capacity-lost` keeps room for its
large flavors from the first decision on. Without it, each worker of the scheduler learns the mix
from what it is asked for, and anew after a restart.
""",
    ),
    cfg.FloatOpt(
        "weight_multiplier",
        default=1.0,
        help="""
By how much the weight of this weigher, 0 for the worst host and 1 for the best, is multiplied
before it is added to those of other weighers. 0 only watches: decisions are made, counted and
logged, and have no effect. 100000 lets libspane decide alone among hosts that have not failed to
build (`build_failure_weight_multiplier` is 1000000). Negative values turn the order round. The
aggregate metadata `spane_weight_multiplier` takes precedence.
""",
    ),
    cfg.BoolOpt(
        "allocation_ratios",
        default=True,
        help="""
Whether hosts have as many CPUs and as much memory as their allocation ratios say. If not, they
have what there physically is, and hosts on which the VM only fits by overcommitment come last. The
filter always reckons with the ratios, as Nova does.
""",
    ),
    cfg.IntOpt(
        "report_every",
        default=1000,
        min=0,
        help="""
After how many decisions of the weigher its counters are logged at the level INFO; 0 for never.
""",
    ),
]

CONF = nova.conf.CONF
CONF.register_group(GROUP)
CONF.register_opts(OPTIONS, group=GROUP)


def list_opts() -> list[tuple[cfg.OptGroup, list[cfg.Opt]]]:
    """For oslo-config-generator."""
    return [(GROUP, OPTIONS)]


def policy() -> spane.Rule | spane.Model | str:
    """The policy that is set."""
    name, mix = CONF.spane.policy, CONF.spane.mix
    if Path(name).suffix == ".h5":
        return spane.Model(name)
    return spane.Rule(name, spane.Trace(mix)) if mix else name
