"""The keys that vary, as Optuna has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler

from spane.search._native import Description, Dimension


def sampler(search: Description, number: int) -> BaseSampler:
    """That of one trial: its draws follow from the seed of the search and its own number."""
    seed = (search.seed * 1_000_003 + number) % (1 << 32)
    if search.method == "tpe":
        # Trials under way on other hosts count as bad, so that not all try the same.
        return optuna.samplers.TPESampler(seed=seed, constant_liar=True, multivariate=True)
    if search.method == "cma-es":
        return optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)
    return Given()


class Given(BaseSampler):
    """Values that follow from the number of the trial, of which Optuna takes note."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def infer_relative_search_space(
        self, study: optuna.Study, trial: optuna.trial.FrozenTrial
    ) -> dict[str, BaseDistribution]:
        return {}

    def sample_relative(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        search_space: dict[str, BaseDistribution],
    ) -> dict[str, Any]:
        return {}

    def sample_independent(
        self,
        study: optuna.Study,
        trial: optuna.trial.FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        return self.values[param_name]


def suggest(trial: optuna.Trial, space: Sequence[Dimension]) -> list[str]:
    """The values of a trial as TOML."""
    return [source_of(_suggest(trial, dimension)) for dimension in space]


def _suggest(trial: optuna.Trial, dimension: Dimension) -> str | int | float:
    name, values = dimension.name, dimension.values
    if dimension.kind == "choices":
        # Each once: a choice is told from others by its text.
        return str(trial.suggest_categorical(name, list(dict.fromkeys(values))))
    low, high = values
    if dimension.kind == "integers":
        return trial.suggest_int(name, low, high)
    return trial.suggest_float(name, low, high, log=dimension.kind == "log-uniform")


def source_of(value: str | int | float) -> str:
    """A value as TOML."""
    return value if isinstance(value, str) else repr(value)


def parse(dimension: Dimension, source: str) -> str | int | float:
    """The value that this TOML is, in the type that Optuna has for it."""
    if dimension.kind == "choices":
        return source
    return int(source) if dimension.kind == "integers" else float(source)
