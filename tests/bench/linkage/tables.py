"""The tables of the benchmark, in Markdown, from what the runs told."""

from __future__ import annotations

from statistics import mean, median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Told = dict[str, Any]
"""One engine on one register: size, seed, errors, source, engine, seconds, rss_mib, stages, accuracy, and what else the engine told."""


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """One table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def number(value: float | None, form: str = ".3f") -> str:
    """A figure as it stands in a table; a dash where there is none."""
    return "–" if value is None else format(value, form)


def accuracy_table(told: Sequence[Told]) -> str:
    """One row an engine and register whose links were judged."""
    heads = [
        "corpus",
        "register",
        "engine",
        "pairs / hard",
        "best F1",
        "hard F1",
        "recall at P ≥ .9995",
        "missed there",
    ]
    heads += ["hard P at p ≥ .95", "hard R at p ≥ .95", "recall gap Han – interpunct"]
    rows = []
    for run in told:
        if (judged := run.get("accuracy")) is None:
            continue
        figures = [
            number(judged["best"]["f1"], ".5f"),
            number(judged["hard_best"]["f1"], ".4f"),
            number(judged["sure"]["recall"], ".4f"),
            str(judged["sure"]["missed"]),
            number(judged["hard_stated"]["precision"], ".4f"),
            number(judged["hard_stated"]["recall"], ".4f"),
            number(judged["family_gap"], "+.4f"),
        ]
        pairs = f"{judged['pairs']} / {judged['hard_pairs']}"
        rows.append([run["corpus"], run["source"], run["engine"], pairs, *figures])
    return markdown(heads, rows)


def speed_table(told: Sequence[Told]) -> str:
    """One row a register: median seconds and peak MiB of every engine."""
    names = list(dict.fromkeys(run["engine"] for run in told))
    heads = ["corpus", "register", *(f"{name}, s / MiB" for name in names)]
    rows = []
    for corpus, source in dict.fromkeys((run["corpus"], run["source"]) for run in told):
        cells = [corpus, source]
        for name in names:
            run = find(told, corpus, source, name)
            cells.append(
                f"{number(run['seconds'], '.2f')} / {number(run['rss_mib'], '.0f')}" if run else "–"
            )
        rows.append(cells)
    return markdown(heads, rows)


def group_table(told: Sequence[Told], grouping: str) -> str:
    """Recall on hard pairs by one grouping, all registers and corpora together, each engine at its own best threshold."""
    pairs: dict[str, int] = {}
    found: dict[tuple[str, str], int] = {}
    names = list(dict.fromkeys(run["engine"] for run in told if run.get("accuracy")))
    for run in told:
        for group in (run.get("accuracy") or {}).get("groups", ()):
            if group["grouping"] != grouping or not group["hard_pairs"]:
                continue
            key = (group["group"], run["engine"])
            found[key] = found.get(key, 0) + group["hard_found"]
            if run["engine"] == names[0]:
                pairs[group["group"]] = pairs.get(group["group"], 0) + group["hard_pairs"]
    rows = [
        [
            group or "none",
            str(count),
            *(number(found.get((group, n), 0) / count, ".4f") for n in names),
        ]
        for group, count in sorted(pairs.items())
    ]
    return markdown([grouping, "hard pairs", *names], rows)


def find(told: Sequence[Told], corpus: str, source: str, engine: str) -> Told | None:
    """The run of one engine, if there was one."""
    wanted = (corpus, source, engine)
    same = (run for run in told if (run["corpus"], run["source"], run["engine"]) == wanted)
    return next(same, None)


def ratios(
    told: Sequence[Told], ours: str, theirs: str, figure: str
) -> dict[tuple[str, str], float]:
    """theirs / ours of a figure, by corpus and register."""
    found = {}
    for corpus, source in dict.fromkeys((run["corpus"], run["source"]) for run in told):
        a, b = find(told, corpus, source, ours), find(told, corpus, source, theirs)
        if a and b and a.get(figure) and b.get(figure) is not None:
            found[corpus, source] = b[figure] / a[figure]
    return found


def spread(values: Sequence[float], form: str = ".1f") -> str:
    """Median and range."""
    if not values:
        return "not measured"
    return f"median {median(values):{form}}, {min(values):{form}} to {max(values):{form}}"


def average(values: Sequence[float], form: str = ".2f") -> str:
    """Mean and the greatest."""
    return f"mean {mean(values):{form}}, at most {max(values):{form}}" if values else "not measured"
