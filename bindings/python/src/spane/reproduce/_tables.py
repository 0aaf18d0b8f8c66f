"""Which tables of the pages are made again, and from what.

The expected values stand on the pages alone. A test sees to it that each table of docs/results.md
is declared here, with all its rows and columns, or listed in NOT_AGAIN with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from spane.reproduce._plan import (
    BEST,
    MODELS,
    NETWORKS,
    PRESETS,
    RULES,
    SEEDS,
    TUNED,
    WEIGHT_OF_3,
)
from spane.reproduce._results import (
    Reader,
    by_servers,
    equal_episodes,
    evaluated,
    less_baseline,
    less_first,
    median,
    refused,
    refused_mean,
    refused_on,
    seeds,
    tuned_difference,
    tuned_rule,
    value,
    with_difference,
)

RESULTS, README = "docs/results.md", "README.md"
_THOUSANDS = 1e-3
_SHIPPED = {name.rpartition("/")[2]: name for name in NETWORKS}
_BOUND = "lower bound"
_ZHRAI = "SPANE-ZHrai_2000.h5"


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    read: Reader
    makes: tuple[str, ...]
    """The steps that it is read from."""


@dataclass(frozen=True)
class MadeTable:
    """A table of a page that is made again."""

    name: str
    """What ONLY selects it by."""
    page: str
    section: str
    place: int
    rows: Mapping[str, str]
    """What a row is about, as columns are asked for it, by its first cell."""
    columns: Sequence[Column]

    @property
    def makes(self) -> tuple[str, ...]:
        """The steps that the table is read from."""
        return tuple(dict.fromkeys(name for column in self.columns for name in column.makes))


def _waits(title: str, experiment: str, servers: int) -> Column:
    reader = less_baseline(experiment, "trimmed_mean_10", servers, _THOUSANDS)
    return Column(title, reader, (experiment,))


def _plain_waits(title: str, experiment: str, servers: int) -> Column:
    return Column(title, value(experiment, "trimmed_mean_10", servers, _THOUSANDS), (experiment,))


def _fleets(name: str) -> tuple[str, ...]:
    return (f"results/{name}.txt",)


_RULES = {"default": BEST, **{rule: rule for rule in RULES}, **_SHIPPED}

_SHIPPED_TRACE = MadeTable(
    "shipped",
    RESULTS,
    "On the shipped trace",
    0,
    {
        "default": BEST,
        "first-fit": "first-fit",
        "balance-fit": "balance-fit",
        "spane-synthetic.h5": NETWORKS[0],
        "potential-synthetic.h5": NETWORKS[1],
        "three untrained networks": "untrained",
        "three networks trained for some seconds": "short",
        _BOUND: _BOUND,
    },
    [_waits(f"{servers} servers", "results/shipped", servers) for servers in (5, 9)],
)

_PUBLISHED = MadeTable(
    "published",
    RESULTS,
    "The published results, reproduced",
    0,
    {
        "First Fit": "first-fit",
        "Balance Fit": "balance-fit",
        **{model.partition("_")[0].replace("-", " "): f"{model}.h5" for model in MODELS},
        "lower bound for every policy": _BOUND,
    },
    [
        Column("published trimmed mean wait (s)", evaluated("published.json"), ("published.json",)),
        Column("reproduced", evaluated("published.json"), ("published.json",)),
        Column(
            "episodes with an equal total wait", equal_episodes("waits.csv"), ("published.json",)
        ),
    ],
)

_PUBLISHED_SERVERS = MadeTable(
    "published-servers",
    RESULTS,
    "The published results, reproduced",
    1,
    {str(servers): str(servers) for servers in range(2, 10)},
    [
        Column(
            title,
            by_servers(value, "results/published", policy, scale=1),
            ("results/published",),
        )
        for name, policy in (
            ("First Fit", "first-fit"),
            ("Balance Fit", "balance-fit"),
            ("SPANE", "SPANE"),
        )
        for title in (f"{name}, published", "reproduced")
    ],
)

_RULES_WAITS = MadeTable(
    "rules",
    RESULTS,
    "Rules and networks",
    0,
    {
        **{
            label: policy
            for label, policy in _RULES.items()
            if policy not in ("best-fit", "capacity-lost,100*most-allocated+spread")
        },
        "SPANE ZHrai, the best published": _ZHRAI,
        _BOUND: _BOUND,
    },
    [
        _waits("5 servers", "results/rules", 5),
        _waits("7", "results/rules", 7),
        _waits("9", "results/rules", 9),
        _waits("20", "results/rules-20", 20),
        _waits("Azure, 5", "results/rules-azure", 5),
        _waits("Azure, 20", "results/rules-azure", 20),
    ],
)

_RULES_SERVERS = MadeTable(
    "rules-servers",
    RESULTS,
    "Rules and networks",
    1,
    {**_RULES, _BOUND: _BOUND},
    [
        Column("cores refused, 80 simulated fleets", refused("results/fleets"), _fleets("fleets")),
        Column(
            "servers needed, windows of 10,000 VMs",
            less_baseline("results/needed-10000", "servers_mean"),
            ("results/needed-10000",),
        ),
        Column(
            "of 3,000 VMs",
            less_baseline("results/needed-3000", "servers_mean"),
            ("results/needed-3000",),
        ),
    ],
)

_README = MadeTable(
    "readme",
    README,
    "libspane",
    0,
    {
        **{rule: rule for rule in RULES[:5]},
        f"{BEST}, the default": BEST,
        "SPANE, the best published network": _ZHRAI,
        "potential-synthetic.h5, a network of this project": NETWORKS[1],
        "potential.h5, trained on the first trace": NETWORKS[2],
        "lower bound for every policy": _BOUND,
    },
    [
        _plain_waits("wait, 5 servers", "results/rules", 5),
        _plain_waits("9 servers", "results/rules", 9),
        _plain_waits("Azure, 20 servers", "results/rules-azure", 20),
        Column("cores refused, mixed fleets", refused_mean("results/fleets"), _fleets("fleets")),
        Column(
            "servers needed",
            value("results/needed-10000", "servers_mean"),
            ("results/needed-10000",),
        ),
    ],
)

_FOUND = MadeTable(
    "tuned-rules",
    RESULTS,
    "Tuned rules",
    0,
    {str(seed): str(seed) for seed in SEEDS},
    [
        Column(title, read, tuple(f"results/tune-{seed}.txt" for seed in SEEDS))
        for title, read in (("rule", tuned_rule), ("servers, less the default", tuned_difference))
    ],
)

_TUNED = MadeTable(
    "tuned",
    RESULTS,
    "Tuned rules",
    1,
    {
        "default": BEST,
        WEIGHT_OF_3: WEIGHT_OF_3,
        "tuned, seed 1": TUNED[0],
        **{f"seed {seed}": rule for seed, rule in zip(SEEDS[1:], TUNED[1:])},
        "First Fit": "first-fit",
        _BOUND: _BOUND,
    },
    [
        *(
            Column(title, with_difference(folder, "servers_mean"), (folder,))
            for title, folder in (
                ("10,000 VMs", "results/tuned-10000"),
                ("3,000 VMs", "results/tuned-3000"),
                ("synthetic, 10,000", "results/tuned-synthetic"),
            )
        ),
        _plain_waits("wait, 5 servers", "results/tuned-waits", 5),
        _plain_waits("7", "results/tuned-waits", 7),
        _plain_waits("9", "results/tuned-waits", 9),
    ],
)

_LARGE = MadeTable(
    "fleets-3000",
    RESULTS,
    "Fleets of 3,000 servers",
    0,
    {
        label: policy
        for label, policy in _RULES.items()
        if policy not in ("capacity-lost,100*most-allocated+spread", NETWORKS[0])
    },
    [
        *(
            Column(title, refused_on("results/fleets-3000", kind, load), _fleets("fleets-3000"))
            for title, kind, load in (
                ("core-bound, load 0.95", "core-bound", "0.95"),
                ("load 1", "core-bound", "1"),
                ("memory-bound, load 0.95", "memory-bound", "0.95"),
                ("load 1", "memory-bound", "1"),
            )
        ),
        Column("less the default", less_first("results/fleets-3000"), _fleets("fleets-3000")),
    ],
)


def _learner(read: Callable[[str, str, int, float], Reader], metric: str, scale: float) -> Reader:
    """The published networks have an experiment of their own."""
    ours = read("results/wait", metric, 5, scale)
    theirs = read("results/published", metric, 5, scale)
    return lambda results, row: (theirs if row == "SPANE" else ours)(results, row)


def _learners() -> MadeTable:
    metrics = {
        "trimmed 10 %, seeds 1 … 5": (seeds, "trimmed_mean_10", _THOUSANDS),
        "median": (median, "trimmed_mean_10", _THOUSANDS),
        "trimmed 15 %, median": (median, "trimmed_mean_15", _THOUSANDS),
        "mean log, median": (median, "mean_log", 1.0),
    }
    return MadeTable(
        "learners",
        RESULTS,
        "Five servers",
        0,
        {
            "First Fit": "first-fit",
            "Balance Fit": "balance-fit",
            "published SPANE networks (best three of 900 in validation)": "SPANE",
            "control: the best five of 1,000 untrained SPANE networks": "untrained",
            **{preset: preset for preset in PRESETS},
            "potential (data/configurations/potential.toml)": "potential",
            "potential, trained on the synthetic trace (potential-synthetic.toml)": (
                "potential-synthetic"
            ),
            "lower bound for every policy": _BOUND,
        },
        [
            Column(title, _learner(read, metric, scale), ("results/wait", "results/published"))
            for title, (read, metric, scale) in metrics.items()
        ],
    )


_SERVERS = MadeTable(
    "servers",
    RESULTS,
    "Other numbers of servers with the same weights",
    0,
    {
        **{str(servers): str(servers) for servers in range(2, 10)},
        "20 (the 873 test starts up to 105,000)": "20",
    },
    [
        Column(
            title,
            by_servers(seeds, "results/servers", policy, larger="results/servers-20"),
            ("results/servers", "results/servers-20"),
        )
        for title, policy in (
            ("First Fit", "first-fit"),
            ("Balance Fit", "balance-fit"),
            ("potential, seeds 1 … 5", "potential"),
            ("potential-synthetic, seeds 1 … 5", "potential-synthetic"),
        )
    ],
)

_AZURE = MadeTable(
    "azure",
    RESULTS,
    "A second trace",
    0,
    {"5": "5", "20": "20"},
    [
        Column(title, by_servers(seeds, "results/azure", policy), ("results/azure",))
        for title, policy in (
            ("First Fit", "first-fit"),
            ("Balance Fit", "balance-fit"),
            ("potential-synthetic", NETWORKS[1]),
            ("potential", NETWORKS[2]),
            ("afterstate, seed 1", "runs/afterstate-1/best.h5"),
            ("retrained, seeds 1 … 5", "potential-azure"),
            ("bound", _BOUND),
        )
    ],
)

TABLES: tuple[MadeTable, ...] = (
    _SHIPPED_TRACE,
    _PUBLISHED,
    _PUBLISHED_SERVERS,
    _README,
    _RULES_WAITS,
    _RULES_SERVERS,
    _FOUND,
    _TUNED,
    _LARGE,
    _learners(),
    _SERVERS,
    _AZURE,
)
"""All tables that are made again."""

_BEFORE = "its runs were made before decisions fused products with sums, and not made again"
NOT_AGAIN: Mapping[tuple[str, int], str] = {
    ("What did not help, or not clearly", place): _BEFORE for place in range(4)
}
"""The other tables of docs/results.md, by section and place, each with the reason."""
