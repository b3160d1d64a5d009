"""The targets of issue 3 (T1 to T11), each with what was measured. Nothing is passed or failed here: a figure is for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tables import Told, average, find, markdown, number, ratios, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

OURS = "ours warm"
PEER_TRAININGS = ("Splink train", "Splink train, long")
LARGE = 1_000_000


def _pick(told: Sequence[Told], *, large: bool) -> list[Told]:
    return [run for run in told if (run["people"] >= LARGE) == large]


def _speed(told: Sequence[Told], ours: str, theirs: str) -> str:
    return spread(list(ratios(told, ours, theirs, "seconds").values()))


def _by_register(told: Sequence[Told], theirs: str, figure: str = "seconds") -> str:
    found = ratios(told, OURS, theirs, figure)
    shown = [f"{source} {value:.1f}x" for (_, source), value in found.items()]
    return ", ".join(shown) or "not measured"


def _memory(told: Sequence[Told]) -> str:
    found = ratios(told, OURS, "Splink warm", "rss_mib")
    ours = [run["rss_mib"] for run in told if run["engine"] == OURS]
    if not found:
        return "not measured"
    shares = ", ".join(f"{source} {1 / value:.2f}x" for (_, source), value in found.items())
    return f"{shares}; at most {max(ours):.0f} MiB"


def _judged(told: Sequence[Told]) -> Iterable[tuple[str, Told, list[Told]]]:
    """register, our judged run (warm, or else training), the peer's judged trainings."""
    for corpus, source in dict.fromkeys((run["corpus"], run["source"]) for run in told):
        ours = [find(told, corpus, source, name) for name in (OURS, "ours train")]
        peers = [find(told, corpus, source, name) for name in PEER_TRAININGS]
        mine = [run for run in ours if run and run.get("accuracy")]
        theirs = [run for run in peers if run and run.get("accuracy")]
        if mine and theirs:
            yield source, mine[0], theirs


def _errors(told: Sequence[Told], error: Callable[[Told], float]) -> str:
    """Our error as a share of the better training's; a peer without any error is told apart."""
    shares, faultless = [], []
    for source, ours, theirs in _judged(told):
        best = min(error(run) for run in theirs)
        if best:
            shares.append(error(ours) / best)
        else:
            faultless.append(f"{source} {error(ours):.4g} against 0")
    return "; ".join([average(shares), *faultless])


def _calibration(told: Sequence[Told]) -> str:
    precisions, shares = [], []
    for _, ours, _ in _judged(told):
        at, best = ours["accuracy"]["hard_stated"], ours["accuracy"]["hard_best"]
        if at["precision"] is not None and best["recall"]:
            precisions.append(at["precision"])
            shares.append(at["recall"] / best["recall"])
    told_shares = spread(shares, ".3f")
    return f"precision {spread(precisions, '.4f')}; share of best recall {told_shares}"


def _gap(told: Sequence[Told]) -> str:
    shown = [
        f"{source} {number(ours['accuracy']['family_gap'], '+.3f')}"
        for source, ours, _ in _judged(told)
    ]
    return ", ".join(shown) or "not measured"


def _own(told: Sequence[Told], figure: str) -> str:
    """A share of the whole time that only our engine tells of itself."""
    shares = [run[figure] / run["seconds"] for run in told if run.get(figure) is not None]
    return spread(shares, ".3f")


def target_table(told: Sequence[Told]) -> str:
    """T1 to T11 beside what was measured; ratios are the peer's figure over ours."""
    small, large = _pick(told, large=False), _pick(told, large=True)
    warm, staged = (_speed(small, OURS, f"Splink {name}") for name in ("warm", "staged"))
    rows = [
        ("T1", "against warm / staged Splink: ≥ 10x / ≥ 8x, worst ≥ 7x / 5x", f"{warm} / {staged}"),
        ("T2", "both sides train: ≥ 20x", _speed(small, "ours train", "Splink train")),
        ("T3", "1M × 1M hukou / bank, warm: ≥ 15x / ≥ 25x", _by_register(large, "Splink warm")),
        ("T4", "1M × 1M hukou / bank, staged: ≥ 3.5x / ≥ 7x", _by_register(large, "Splink staged")),
        ("T5", "1M × 1M peak memory: ≤ .25x and ≤ 1.2 GB", _memory(large)),
        (
            "T6",
            "hard error (1 – F1) over that of the better training: mean ≤ .5, none above .9",
            _errors(told, lambda run: 1 - run["accuracy"]["hard_best"]["f1"]),
        ),
        (
            "T7",
            "missed at precision ≥ .9995, likewise: mean ≤ .33",
            _errors(told, lambda run: run["accuracy"]["sure"]["missed"]),
        ),
        (
            "T8",
            "hard pairs at p ≥ .95: precision .95–.995, ≥ .97 of best recall",
            _calibration(told),
        ),
        ("T9", "recall gap Han – interpunct, hard pairs, same fields: ≤ .02", _gap(told)),
        ("T10", "explanations: ≤ 10 % of link time", _own(told, "explain_seconds")),
        ("T11", "1 % of the roster changed: ≤ 3 % of full time", _own(told, "incremental_seconds")),
    ]
    return markdown(["", "target", "measured"], rows)
