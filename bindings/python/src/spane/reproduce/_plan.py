"""The commands of docs/results.md, quick ones first.

A test compares them with those of the page, word for word.
"""

from __future__ import annotations

from spane.reproduce._step import Step

BEST = "capacity-lost,10*most-allocated+spread"
"""The default rule."""
SEEDS = (1, 2, 3, 4, 5)
PRESETS = ("published", "masked", "monte-carlo", "afterstate", "mlpdqn", "mlpaug")
MODELS = (
    *("SPANE-44r8Q_3000", "SPANE-FFb8o_2500", "SPANE-ZHrai_2000"),
    *("MLPDQN-WWQEX_1750", "MLPAUG-NfJxi_1000"),
)
"""The published networks."""
NETWORKS = tuple(
    f"data/weights/{name}.h5" for name in ("spane-synthetic", "potential-synthetic", "potential")
)
"""The shipped ones."""
RULES = (
    *("first-fit", "best-fit", "balance-fit", "most-allocated+spread", "capacity-lost+spread"),
    "capacity-lost,100*most-allocated+spread",
)
WEIGHT_OF_3 = "capacity-lost,3*most-allocated+spread"
TUNED = (
    "capacity-lost,5.45*most-allocated,0.29*balanced,2.94*l2,-1.33*bottleneck,-2.72*dot-product+spread",
    "capacity-lost,7.17*most-allocated,-1.74*balanced,-0.55*l2,-0.44*bottleneck,0.78*dot-product+spread",
    "capacity-lost,5.17*most-allocated,0.1*balanced,2.92*l2,0.93*bottleneck,-1.38*dot-product+spread",
    "capacity-lost,4.15*most-allocated,-0.53*balanced,2.33*l2,-6.12*bottleneck,-3.11*dot-product+spread",
    "capacity-lost,6.47*most-allocated,-1.77*balanced,-2.42*l2,0.68*bottleneck,-2.4*dot-product+spread",
)
"""What `spane tune` found, by seed."""

TRACE, STARTS, AZURE = "Huawei-East-1-lt.csv", "test_starts.txt", "azure-v1-dev.csv"
AZURE_STARTS = "130000..<250000:300:1"
_BEST_NETWORK = "SPANE-ZHrai_2000.h5"


def group(name: str, seeds: tuple[int, ...] = SEEDS) -> str:
    """The networks of a learner as a group of policies."""
    return f"{name}=" + ",".join(f"runs/{name}-{seed}/best.h5" for seed in seeds)


def untrained(folder: str, count: int) -> str:
    """The best untrained networks as a group."""
    files = (f"{folder}/untrained-{number}.h5" for number in range(1, count + 1))
    return "untrained=" + ",".join(files)


def _shipped() -> list[Step]:
    """What needs only the shipped trace."""
    configuration = (
        '[run]\npreset = "monte-carlo"\n[learner]\nepochs = 600\n[[data.traces]]\n'
        'file = "data/synthetic.h5"\nstarts = "0..<50000"\n'
    )
    policies = [*(BEST, "first-fit", "balance-fit"), *NETWORKS[:2]]
    policies += [untrained("data/weights", 3), group("short", (1, 2, 3))]
    return [
        Step(f"printf '{configuration}'".replace("\n", "\\n"), "short.toml", 0, prints=True),
        *(
            Step(
                f"spane train short.toml --seed {seed} --threads 1 --output runs/short-{seed}",
                f"runs/short-{seed}",
                0.05,
            )
            for seed in (1, 2, 3)
        ),
        Step(
            "spane experiment flexibility --servers 5 9 --trace data/synthetic.h5 "
            f"--starts '70000..<95000:100:1' --policies {' '.join(policies)} "
            "--output results/shipped",
            "results/shipped",
            0.1,
        ),
    ]


def _published() -> list[Step]:
    """The published networks, and the rules that they were compared with."""
    weights = " ".join(f"--policy {name}.h5" for name in MODELS)
    three = ",".join(f"{name}.h5" for name in MODELS[:3])
    return [
        Step(
            f"spane trace import {TRACE} huawei.h5 "
            "--licence 'CC BY-NC 4.0, huaweicloud/VM-placement-dataset'",
            "huawei.h5",
            0.02,
        ),
        Step(
            f"spane trace import {AZURE} azure.h5 --licence 'CC BY 4.0, Azure 2017'",
            "azure.h5",
            0.03,
        ),
        *(
            Step(f"python3 -m spane.convert.torch {name}.th {name}.h5", f"{name}.h5", 0.02)
            for name in MODELS
        ),
        Step(
            f"spane evaluate --trace {TRACE} --starts {STARTS} --servers 5 --policy first-fit "
            f"--policy balance-fit {weights} --json --output waits.csv",
            "published.json",
            0.5,
            prints=True,
            also=("waits.csv",),
        ),
        Step(
            f"spane experiment flexibility --servers 2 3 4 5 6 7 8 9 --trace {TRACE} "
            f"--starts {STARTS} --policies first-fit balance-fit SPANE={three} "
            "--output results/published",
            "results/published",
            2,
        ),
    ]


def _rules() -> list[Step]:
    """Rules and shipped networks."""
    everything = " ".join((BEST, *RULES, _BEST_NETWORK, *NETWORKS))
    ours = " ".join((BEST, *RULES, *NETWORKS))
    return [
        *(
            Step(
                f"spane experiment servers --windows 24 --window-length {length} --trace {TRACE} "
                f"--policies {everything} --output results/needed-{length}",
                f"results/needed-{length}",
                0.2,
            )
            for length in (10000, 3000)
        ),
        Step(
            f"spane experiment flexibility --servers 5 20 --trace {AZURE} "
            f"--starts '{AZURE_STARTS}' --policies {everything} --output results/rules-azure",
            "results/rules-azure",
            0.3,
        ),
        Step(
            f"spane experiment flexibility --servers 5 7 9 --trace {TRACE} --starts {STARTS} "
            f"--policies {everything} --output results/rules",
            "results/rules",
            1.5,
        ),
        Step(f"awk '$1 <= 105000' {STARTS}", "starts-20.txt", 0, prints=True),
        Step(
            f"spane experiment flexibility --servers 20 --trace {TRACE} --starts starts-20.txt "
            f"--policies {everything} --output results/rules-20",
            "results/rules-20",
            4,
        ),
        *_tuned(),
        Step(
            f"spane experiment fleets --seeds 10 --policies {ours} --output results/fleets.csv",
            "results/fleets.txt",
            1,
            prints=True,
            also=("results/fleets.csv",),
        ),
        Step(
            "spane experiment fleets --kinds core-bound memory-bound --servers 3000 --loads 0.95 1 "
            f"--days 3 --seeds 2 --policies {BEST} {' '.join(RULES[:5])} {' '.join(NETWORKS[1:])} "
            "--output results/fleets-3000.csv",
            "results/fleets-3000.txt",
            4,
            prints=True,
            also=("results/fleets-3000.csv",),
        ),
    ]


def _tuned() -> list[Step]:
    """Rules whose weights were tuned for servers."""
    compared = f"{BEST} first-fit {WEIGHT_OF_3} {' '.join(TUNED)}"
    return [
        Step(f"head -50001 {TRACE}", "train.csv", 0, prints=True),
        *(
            Step(
                f"spane experiment servers --windows 24 --window-length {length} --trace {TRACE} "
                f"--mix train.csv --policies {compared} --output results/tuned-{length}",
                f"results/tuned-{length}",
                0.2,
            )
            for length in (10000, 3000)
        ),
        Step("spane trace generate --count 250000 --seed 77 --output mix.h5", "mix.h5", 0.05),
        Step(
            "spane trace generate --count 250000 --seed 501 --output synthetic-501.h5",
            "synthetic-501.h5",
            0.05,
        ),
        Step(
            "spane experiment servers --windows 24 --window-length 10000 --trace synthetic-501.h5 "
            f"--mix mix.h5 --policies {compared} --output results/tuned-synthetic",
            "results/tuned-synthetic",
            0.2,
        ),
        Step(
            f"spane experiment flexibility --servers 5 7 9 --trace {TRACE} --mix train.csv "
            f"--starts {STARTS} --policies {BEST} {' '.join(TUNED)} --output results/tuned-waits",
            "results/tuned-waits",
            1,
        ),
    ]


def _learners() -> list[Step]:
    """Every learner with five seeds, the control, and what they score."""
    potentials = f"{group('potential')} {group('potential-synthetic')}"
    steps = [
        Step(
            "spane search untrained --trace huawei.h5 --starts '50000..<70000:150:1' --servers 5 "
            "--trials 1000 --seed 1 --keep 5 --output runs/untrained",
            "runs/untrained",
            2,
            starts_again=True,
        )
    ]
    for preset in PRESETS:
        text = '[run]\\npreset = "%s"\\n[[data.traces]]\\nfile = "huawei.h5"\\n'
        text += 'starts = "0..<50000"\\n'
        steps.append(Step(f"printf '{text}' {preset}", f"{preset}.toml", 0, prints=True))
        steps += [
            Step(
                f"spane train {preset}.toml --seed {seed} --threads 1 "
                f"--output runs/{preset}-{seed}",
                f"runs/{preset}-{seed}",
                0.15,
            )
            for seed in SEEDS
        ]
    for name, trace in (
        ("potential-azure", " --trace azure.h5"),
        ("potential", " --trace huawei.h5"),
        ("potential-synthetic", ""),
    ):
        steps += [
            Step(
                f"spane train data/configurations/{name}.toml{trace} --seed {seed} "
                f"--output runs/{name}-{seed}",
                f"runs/{name}-{seed}",
                3,
            )
            for seed in SEEDS
        ]
    groups = " ".join(group(name) for name in (*PRESETS, "potential", "potential-synthetic"))
    return [
        *steps,
        Step(
            f"spane experiment wait-time --trace huawei.h5 --starts {STARTS} --servers 5 "
            f"--output results/wait --policies first-fit balance-fit "
            f"{untrained('runs/untrained', 5)} {groups}",
            "results/wait",
            1,
        ),
        Step(
            f"spane experiment flexibility --trace azure.h5 --starts '{AZURE_STARTS}' "
            "--servers 5 20 --output results/azure --policies first-fit balance-fit "
            f"{NETWORKS[1]} {NETWORKS[2]} runs/afterstate-1/best.h5 {group('potential-azure')}",
            "results/azure",
            0.5,
        ),
        Step(
            f"spane experiment flexibility --trace huawei.h5 --starts {STARTS} "
            "--servers 2 3 4 5 6 7 8 9 --output results/servers --policies first-fit balance-fit "
            f"{potentials}",
            "results/servers",
            4,
        ),
        Step(
            "spane experiment flexibility --trace huawei.h5 --starts starts-20.txt --servers 20 "
            f"--output results/servers-20 --policies first-fit balance-fit {potentials}",
            "results/servers-20",
            5,
        ),
    ]


def _tuning() -> list[Step]:
    """What found these rules, which nothing else needs."""
    return [
        Step(
            f"spane tune --trace {TRACE} --mix train.csv --objective servers --length 5000 "
            "--generations 8 --population 8 --starts '0..<44000:30:1' "
            f"--validation '50000..<64000:30:2' --seed {seed}",
            f"results/tune-{seed}.txt",
            10,
            prints=True,
        )
        for seed in SEEDS
    ]


STEPS: tuple[Step, ...] = (*_shipped(), *_published(), *_rules(), *_learners(), *_tuning())
"""The whole plan, in the order in which it runs."""
