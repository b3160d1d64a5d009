"""The parameters of a linkage: probabilities of every level, priors, frequencies of common values, thresholds. Read, written, named.

A model is data. It is pinned by the digest of its text, and a run says which one it used. It names no person: frequencies
are kept only of values that many people share.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import yaml

from household.errors import InputError
from household.linkage.engine.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from household.linkage.engine.plan import Plan

COMMON_FROM = 5
"""People who must share a value before its frequency is kept: a model may leave the house, so it holds nobody's own."""


@dataclass(frozen=True)
class Levels:
    """Probabilities of one field's levels by word, in the order of its kind."""

    words: tuple[str, ...]
    m: npt.NDArray[np.float64]
    u: npt.NDArray[np.float64]
    r: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """All parameters of one linkage.

    Attributes:
        levels: field -> probabilities. frequencies: (field, by_value) -> value -> share of people who have it.
        rare: (field, by_value) -> share assumed of a value that is not among the frequencies.
        matched: expected rows' share that belongs to somebody. related: relatives on the people side per row that belongs to
            none. population: people that a row is compared with, over which the priors are spread.
        accept, review: probabilities from which a pair is a link, and is worth a clerk's look.
        origin: how the parameters came about, one line.
    """

    levels: Mapping[str, Levels]
    matched: float
    related: float
    population: int
    accept: float
    review: float
    origin: str
    frequencies: Mapping[tuple[str, str], Mapping[str, float]] = field(default_factory=dict)
    rare: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Name of these parameters: the first 12 hexadecimal digits of the SHA-256 of their text."""
        return hashlib.sha256(model_text(self).encode()).hexdigest()[:12]

    @property
    def prior(self) -> float:
        """log2 of the prior odds that a row and a person taken at random are one."""
        return math.log2(self.matched / self.population)

    @property
    def relative_prior(self) -> float:
        """log2 of the prior odds that a row and a person taken at random are relatives."""
        return math.log2(self.related / self.population)


def shipped_levels(kind: str) -> Levels:
    """The probabilities that a kind is shipped with, of the levels that are not missing made to sum to 1."""
    levels = KINDS[kind].comparison.levels
    columns = np.array([[level.m, level.u, level.r] for level in levels])
    columns[1:] /= columns[1:].sum(axis=0)
    return Levels(KINDS[kind].comparison.words, columns[:, 0], columns[:, 1], columns[:, 2])


def shipped_model(plan: Plan, *, population: int = 8192, matched: float = 1.0) -> Model:
    """The model of a plan before anything was estimated: the stated assumptions of each kind's levels, no frequencies."""
    return Model(
        levels={f.name: shipped_levels(f.kind) for f in plan.fields},
        matched=matched,
        related=3.0,
        population=population,
        accept=0.95,
        review=0.2,
        origin="shipped",
    )


def with_thresholds(model: Model, *, accept: float, review: float) -> Model:
    """The same parameters with other thresholds."""
    return replace(model, accept=accept, review=review)


def model_text(model: Model) -> str:
    """The model as YAML; equal models give equal text."""
    told = {
        "origin": model.origin,
        "matched": _told(model.matched),
        "related": _told(model.related),
        "population": model.population,
        "accept": _told(model.accept),
        "review": _told(model.review),
        "levels": {
            name: {
                word: [_told(levels.m[i]), _told(levels.u[i]), _told(levels.r[i])]
                for i, word in enumerate(levels.words)
            }
            for name, levels in model.levels.items()
        },
        "rare": {".".join(key): _told(share) for key, share in model.rare.items()},
        "frequencies": {
            ".".join(key): {value: _told(share) for value, share in sorted(shares.items())}
            for key, shares in model.frequencies.items()
        },
    }
    return yaml.dump(
        told, Dumper=_FastDumper, allow_unicode=True, sort_keys=False, default_flow_style=False
    )


def _told(number: float) -> float:
    """A number with the digits that are kept: what is written is what is used."""
    return float(f"{number:.9g}")


def read_model(path: Path) -> Model:
    """Read a model file.

    Raises:
        InputError: the file is not a model, or one of other levels than this program's.

    """
    try:
        told = yaml.load(path.read_text(encoding="utf-8"), Loader=_FastLoader)  # noqa: S506  # a safe loader in C
        return _checked(_model_of(told))
    except _UNREADABLE as error:
        what = f"链接模型文件 {path.name} 无法读取（{type(error).__name__}）"
        raise InputError(what, "请重新估计，或换用随附的模型") from None


_UNREADABLE = (
    OSError,
    yaml.YAMLError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
)
_FastDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _model_of(told: Mapping[str, object]) -> Model:
    def keyed(name: str) -> dict[tuple[str, str], object]:
        pairs = told[name]
        assert isinstance(pairs, dict)
        return {_pair(key): value for key, value in pairs.items()}

    levels = {}
    given = told["levels"]
    assert isinstance(given, dict)
    for name, words in given.items():
        columns = np.array(list(words.values()), dtype=np.float64)
        levels[name] = Levels(tuple(words), columns[:, 0], columns[:, 1], columns[:, 2])
    return Model(
        levels=levels,
        matched=float(told["matched"]),  # type: ignore[arg-type]
        related=float(told["related"]),  # type: ignore[arg-type]
        population=int(told["population"]),  # type: ignore[call-overload]
        accept=float(told["accept"]),  # type: ignore[arg-type]
        review=float(told["review"]),  # type: ignore[arg-type]
        origin=str(told["origin"]),
        rare={key: float(value) for key, value in keyed("rare").items()},  # type: ignore[arg-type]
        frequencies={key: dict(value) for key, value in keyed("frequencies").items()},  # type: ignore[call-overload]
    )


def _checked(model: Model) -> Model:
    """The model, if it is one that this program can weigh by.

    Raises:
        ValueError: levels of no kind, or numbers that are no probabilities.
    """
    known = {kind.comparison.words for kind in KINDS.values()}
    numbers = [model.matched, model.accept, model.review, *model.rare.values()]
    numbers += [share for shares in model.frequencies.values() for share in shares.values()]
    columns = [
        column for levels in model.levels.values() for column in (levels.m, levels.u, levels.r)
    ]
    if not all(levels.words in known for levels in model.levels.values()):
        raise ValueError("levels")
    if not all(0 < number <= 1 for number in numbers) or model.population < 1 or model.related <= 0:
        raise ValueError("numbers")
    if not all(((column > 0) & (column <= 1)).all() for column in columns):
        raise ValueError("probabilities")
    return model


def _pair(key: str) -> tuple[str, str]:
    name, by_value = key.split(".")
    return name, by_value


def rounded(model: Model) -> Model:
    """The model as it reads when written and read again."""
    return replace(
        model,
        levels={
            name: Levels(levels.words, *(_all_told(c) for c in (levels.m, levels.u, levels.r)))
            for name, levels in model.levels.items()
        },
        matched=_told(model.matched),
        related=_told(model.related),
        accept=_told(model.accept),
        review=_told(model.review),
        rare={key: _told(share) for key, share in model.rare.items()},
        frequencies={
            key: {value: _told(share) for value, share in shares.items()}
            for key, shares in model.frequencies.items()
        },
    )


def _all_told(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.array([_told(float(value)) for value in column])
