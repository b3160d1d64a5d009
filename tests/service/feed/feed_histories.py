"""Random histories of runs, a warehouse that keeps the last of them, and a consumer of the feed. No test stands here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

from casework.feed import read_entries
from service.access.actor import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.store import CaseworkStore

REGIONS = ("990101001", "990101002", "990102001")
PROGRAMMES = ("dibao", "tekun")
Told = tuple[str, str, bool, bool]
"""Content, region, whether everybody signed, whether it was asked for."""
Verdicts = dict[tuple[str, str], Told]

VERDICTS = st.dictionaries(
    st.tuples(st.sampled_from([f"SQ{n}" for n in range(5)]), st.sampled_from(PROGRAMMES)),
    st.tuples(st.sampled_from("abc"), st.sampled_from(REGIONS), st.booleans(), st.booleans()),
    max_size=8,
)
ALERTS = st.dictionaries(
    st.sampled_from(["A1", "A2", "A3"]),
    st.tuples(st.sampled_from("xy"), st.sampled_from((*REGIONS, None))),
    max_size=3,
)
HISTORY = st.lists(st.tuples(VERDICTS, ALERTS), min_size=1, max_size=5)
SCOPES = st.sampled_from(
    [
        Scope(("*",)),
        Scope(("990101",)),
        Scope(("990101001", "990102")),
        Scope(("990102",), ("dibao",)),
        Scope(("*",), ("tekun",)),
        Scope(()),
    ]
)


@dataclass
class KeptRuns:
    """Stands where a LiveWarehouse stands: the last `keep` runs of a history."""

    keep: int = 12
    runs: list[tuple[str, Verdicts, dict[str, Any]]] = field(default_factory=list)

    def publish(self, verdicts: Verdicts, alerts: dict[str, Any]) -> None:
        self.runs.append((f"R{len(self.runs) + 1:04d}", verdicts, alerts))

    @contextmanager
    def borrowed(self) -> Iterator[KeptRuns]:
        yield self

    def ask(self, name: str, *, run: str = "") -> pl.DataFrame:
        shown = self.runs[-self.keep :]
        if name == "runs_kept":
            return pl.DataFrame(
                [(one[0], int(one[0][1:]), None) for one in shown],
                schema={"run_id": pl.String, "sequence": pl.Int64, "region_code": pl.String},
                orient="row",
            )
        ((_, verdicts, alerts),) = [one for one in shown if one[0] == run]
        if name == "feed_alerts":
            return pl.DataFrame(
                [(a, v, r) for a, (v, r) in alerts.items()],
                schema=["alert_id", "alert_version", "region_code"],
                schema_overrides=dict.fromkeys(
                    ("alert_id", "alert_version", "region_code"), pl.String
                ),
                orient="row",
            )
        rows = [
            (app, programme, verdict_of(app, programme, told), told[1], int(told[3]), int(told[2]))
            for (app, programme), told in verdicts.items()
        ]
        texts = ("application_id", "programme", "verdict_id", "region_code")
        schema = dict.fromkeys(texts, pl.String) | {"requested": pl.Int64, "authorised": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")


def verdict_of(application: str, programme: str, told: Told) -> str:
    """The id is a digest of the content: equal content, equal id, whatever was asked for."""
    return f"V{application}{programme}{told[0]}{told[1]}{told[2]}"


@dataclass
class Consumer:
    """Holds what it was told, and where it left off; both survive a restart together."""

    scope: Scope
    place: int = 0
    verdicts: dict[tuple[str, str], str] = field(default_factory=dict)
    alerts: dict[str, str] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)

    def read_page(self, store: CaseworkStore, most: int) -> bool:
        """Apply one page; whether there may be more."""
        page = read_entries(
            store,
            self.place,
            regions=self.scope.regions,
            programmes=self.scope.programmes,
            most=most,
        )
        for row in page.rows:
            self.seen.append(row["seq"])
            self._apply(row)
        self.place = page.upto
        return page.upto < page.head

    def _apply(self, row: dict[str, Any]) -> None:
        key = (row["application_id"], row["programme"])
        change = row["change"]
        if change == "published":
            assert key not in self.verdicts, "published twice"
            self.verdicts[key] = row["verdict_id"]
        elif change == "superseded":
            assert self.verdicts[key] == row["previous_verdict_id"]
            self.verdicts[key] = row["verdict_id"]
        elif change == "withdrawn":
            assert self.verdicts.pop(key) == row["previous_verdict_id"]
        elif change == "alert_gone":
            self.alerts.pop(row["alert_id"])
        else:
            assert (row["alert_id"] in self.alerts) == (change == "alert_changed")
            self.alerts[row["alert_id"]] = row["alert_version"]

    def expected(self, kept: KeptRuns) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
        """What the newest run shows of the area: to who sees some programmes only, what was asked for in these, and no alerts."""
        _, verdicts, alerts = kept.runs[-1]
        every = "*" in self.scope.programmes
        return (
            {
                (app, programme): verdict_of(app, programme, told)
                for (app, programme), told in verdicts.items()
                if self.scope.covers(told[1], programme) and (every or told[3])
            },
            {a: v for a, (v, r) in alerts.items() if every and self.scope.covers(r)},
        )
