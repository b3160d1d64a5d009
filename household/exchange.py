"""The exchange with departments and institutions as the core reads it, and the published tables made of it.

The logs are read elsewhere and handed over as frames; nothing here knows a transport or a clock. That a day has come is known from the
run's day and from what the logs say of later ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from household.inquiries.log import InquiryLog
from household.inquiries.published_rows import inquiry_rows, turnaround_rows
from household.inquiries.states import request_states
from household.schema.published import PUBLISHED
from household.schema.published.exchange import PULL_OUTCOMES

if TYPE_CHECKING:
    from datetime import date

PULLS_SCHEMA: dict[str, pl.DataType] = {
    "seq": pl.Int64(),
    "at": pl.String(),
    "by": pl.String(),
    "source": pl.String(),
    "dataset": pl.String(),
    "outcome": pl.String(),
    "message": pl.String(),
    "transport": pl.String(),
    "agreement": pl.String(),
    "calls": pl.Int64(),
    "origin": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "rows": pl.Int64(),
    "size": pl.Int64(),
    "as_of": pl.Date(),
    "region": pl.String(),
    "until": pl.String(),
}
"""Events of the logs of pulls, of all sources, each in the order of its `seq`. `at`: ISO 8601 to the second, at the offset of
Asia/Shanghai; `until`: so too, before which the source's breaker lets no call through, or empty. Outcomes: taken, unchanged, nothing,
failed, refused, lied, resting, spent."""

SOURCES_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "title": pl.String(),
    "region": pl.String(),
    "transport": pl.String(),
    "cron": pl.String(),
    "overdue_hours": pl.Int64(),
    "agreement_no": pl.String(),
    "agreement_from": pl.Date(),
    "agreement_to": pl.Date(),
    "breaker_failures": pl.Int64(),
    "datasets": pl.List(pl.String()),
}
"""The configured sources. `datasets`: full names (`housing.real_estate`) of what is pulled; empty for one that is only asked."""

CAME, ANSWERED = ("taken", "unchanged"), ("taken", "unchanged", "nothing")
TROUBLE = ("failed", "refused", "lied")
TABLES = ("pull", "source_status", "inquiry", "turnaround")
NO_NEWS = ("last_tried_on", "last_good_on")
"""What every pull moves, whether it brought anything or not; it is told with the next run that has news."""


def _empty(schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class Exchange:
    """Pulls, configured sources and the book of requests, each in its schema. Without arguments: nothing is configured."""

    pulls: pl.DataFrame = field(default_factory=lambda: _empty(PULLS_SCHEMA))
    sources: pl.DataFrame = field(default_factory=lambda: _empty(SOURCES_SCHEMA))
    inquiries: InquiryLog = field(default_factory=InquiryLog)
    _told: dict[date, tuple[pl.DataFrame, dict[str, pl.DataFrame]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )  # a run asks for the same day several times

    @property
    def is_empty(self) -> bool:
        """Whether nothing is configured and nothing was ever pulled or asked."""
        book = self.inquiries
        frames = (self.pulls, self.sources, book.requests, book.replies, book.events)
        return not any(frame.height for frame in (*frames, book.institutions))

    def waiting(self, on: date) -> pl.DataFrame:
        """department, institution_code, person_ref of the questions that are on their way and within the agreed time on a day."""
        department = pl.col("source").str.split("-").list.first().alias("department")
        return (
            self._known(on)[0]
            .filter(pl.col("state").is_in(("prepared", "asked")))
            .select(department, "institution_code", "person_ref")
            .unique(maintain_order=True)
        )

    def tables(self, on: date) -> dict[str, pl.DataFrame]:
        """The tables of TABLES as they are told on a day, in declared columns and order."""
        if self.is_empty:
            return {name: PUBLISHED[name].empty() for name in TABLES}
        return dict(self._known(on)[1])

    def _known(self, on: date) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
        """The states of all requests on a day, and the tables told of them."""
        if on not in self._told:
            states = request_states(self.inquiries, on)
            self._told[on] = states, self._tell(states, on)
        return self._told[on]

    def _tell(self, states: pl.DataFrame, on: date) -> dict[str, pl.DataFrame]:
        told = {
            "pull": pull_rows(self.pulls),
            "source_status": status_rows(self, on),
            "inquiry": inquiry_rows(states, on),
            "turnaround": turnaround_rows(states, on),
        }
        return {
            name: frame.select(
                pl.col(column).cast(dtype)
                for column, dtype in PUBLISHED[name].polars_schema().items()
            ).sort(PUBLISHED[name].sort_by)
            for name, frame in told.items()
        }

    def digest(self, on: date) -> str:
        """SHA-256 over what the tables tell on a day less NO_NEWS, so that a pull without news is none; empty where nothing is configured."""
        if self.is_empty:
            return ""
        seal = hashlib.sha256()
        for name, frame in self.tables(on).items():
            news = frame.drop(NO_NEWS, strict=False)
            seal.update(f"{name}\0{news.write_csv(null_value='∅')}\0".encode())
        return seal.hexdigest()


def pull_rows(pulls: pl.DataFrame) -> pl.DataFrame:
    """Table `pull`: every delivery, and of the same trouble with the same thing the first of each day."""
    told = pulls.filter(pl.col("outcome").is_in(PULL_OUTCOMES)).sort("source", "seq")
    again = ["source", "dataset", "origin", "outcome", "message", pulled_day()]
    repeated = (pl.col("seq") != pl.col("seq").min().over(again)) & (pl.col("outcome") != "taken")
    return told.filter(repeated.not_()).select(
        "source",
        "seq",
        *(
            pl.when(pl.col(name) != "").then(name).alias(name)
            for name in ("dataset", "file", "transport", "origin", "sha256", "message")
        ),
        pl.when(pl.col("region") != "").then("region").alias("region_code"),
        "as_of",
        "rows",
        "size",
        "outcome",
        pl.when(pl.col("agreement") != "").then("agreement").alias("agreement_no"),
        pl.col("by").alias("pulled_by"),
        pl.col("at").alias("pulled_at"),
    )


def status_rows(exchange: Exchange, on: date) -> pl.DataFrame:
    """Table `source_status`: one row a configured source.

    A source is overdue when one of its datasets did not come (taken or unchanged) for `overdue_hours`, counted from when it last came, else
    from the source's first event; and when that moment is known to have passed: it lies before the run's day, or the source's own log goes
    on after it. Failures are those in a row over the whole source, as its breaker counts them.
    """
    logs = _timed(exchange.pulls)
    return (
        exchange.sources.join(_last(logs), on="source", how="left")
        .join(_in_a_row(logs), on="source", how="left")
        .join(
            standing_trouble(exchange)
            .group_by("source")
            .agg(pl.col("message").sort_by("seq").last()),
            on="source",
            how="left",
        )
        .join(
            overdue(exchange, on).group_by("source").agg(pl.col("overdue_at").min()),
            on="source",
            how="left",
        )
        .with_columns(_breaker(), pl.col("failures").fill_null(0))
        .select(
            "source",
            "title",
            pl.col("region").alias("region_code"),
            "transport",
            "cron",
            "agreement_no",
            "agreement_to",
            _in_force(on).alias("agreement_in_force"),
            "last_tried_on",
            "last_good_on",
            "newest_as_of",
            pl.col("overdue_at").dt.date().alias("overdue_since"),
            "failures",
            "breaker",
            "message",
        )
    )


def overdue(exchange: Exchange, on: date) -> pl.DataFrame:
    """source, dataset, overdue_at (Asia/Shanghai): the datasets that did not come in time, see `status_rows`."""
    logs = _timed(exchange.pulls)
    came = logs.filter(pl.col("outcome").is_in(CAME)).group_by("source", "dataset")
    of_source = logs.group_by("source").agg(
        pl.col("moment").min().alias("first"), pl.col("moment").max().alias("newest")
    )
    midnight = pl.lit(on).cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai")
    return (
        exchange.sources.select("source", "overdue_hours", pl.col("datasets").alias("dataset"))
        .explode("dataset", empty_as_null=False)
        .join(came.agg(pl.col("moment").max().alias("came")), on=["source", "dataset"], how="left")
        .join(of_source, on="source", how="left")
        .with_columns(
            (pl.coalesce("came", "first") + pl.duration(hours=pl.col("overdue_hours"))).alias(
                "overdue_at"
            )
        )
        .filter(pl.col("overdue_at") < pl.max_horizontal(pl.col("newest"), midnight))
        .select("source", "dataset", "overdue_at")
        .sort("source", "dataset")
    )


def _timed(pulls: pl.DataFrame) -> pl.DataFrame:
    """With `moment` and `rests_until`, in order."""
    told = {"at": "moment", "until": "rests_until"}
    moments = (
        pl.col(name)
        .replace("", None)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_zone="Asia/Shanghai")
        .alias(moment)
        for name, moment in told.items()
    )
    return pulls.with_columns(moments).sort("source", "seq")


def pulled_day() -> pl.Expr:
    """The day of an event, as its text says it."""
    return pl.col("at").str.slice(0, 10)


def _last(logs: pl.DataFrame) -> pl.DataFrame:
    """source, last_tried_on, last_good_on, newest_as_of."""
    called = pl.col("outcome").is_in((*ANSWERED, *TROUBLE))
    good = pl.col("outcome").is_in(ANSWERED)
    day = pl.col("moment").dt.date()
    return logs.group_by("source").agg(
        day.filter(called).max().alias("last_tried_on"),
        day.filter(good).max().alias("last_good_on"),
        pl.col("as_of").filter(pl.col("outcome").is_in(CAME)).max().alias("newest_as_of"),
    )


def _in_a_row(logs: pl.DataFrame) -> pl.DataFrame:
    """source, failures (calls without an answer since the last one), rests_until (as the last event told), newest: the last moment."""
    seq, outcome = pl.col("seq"), pl.col("outcome")
    counts = outcome.is_in(("failed", "refused")) & (pl.col("calls") > 0)
    answered = seq.filter(outcome.is_in((*ANSWERED, "lied"))).max()
    since = answered.is_null() | (seq > answered)
    return logs.group_by("source").agg(
        (counts & since).sum().cast(pl.Int64).alias("failures"),
        pl.col("rests_until").last(),
        pl.col("moment").max().alias("newest"),
    )


def standing_trouble(exchange: Exchange) -> pl.DataFrame:
    """What went wrong on the last day on which a source's dataset was tried, and was not put right since.

    An event without origin speaks of the whole dataset, one without dataset of the whole source.

    Returns:
        source, dataset (empty: the whole source), origin, outcome (failed | refused | lied), message, seq: the newest of each.
    """
    tried = exchange.pulls.filter(pl.col("outcome").is_in((*ANSWERED, *TROUBLE))).with_columns(
        pl.col("dataset", "origin").fill_null(""), pulled_day().alias("day")
    )
    newest_day = pl.col("day").max().over("source", "dataset")
    thing = ["source", "dataset", "origin"]
    wrong = (
        tried.filter(pl.col("outcome").is_in(TROUBLE), pl.col("day") == newest_day)
        .sort("seq")
        .unique(thing, keep="last", maintain_order=True)
    )
    good = tried.filter(pl.col("outcome").is_in(ANSWERED)).group_by(thing).agg(pl.col("seq").max())
    of_all = [pl.col(name) == "" for name in ("dataset", "origin")]
    same = [pl.col(name) == pl.col(f"{name}_good") for name in ("dataset", "origin")]
    by_all = [pl.col(f"{name}_good") == "" for name in ("dataset", "origin")]
    healed = wrong.join(good, on="source", suffix="_good").filter(
        pl.col("seq_good") > pl.col("seq"),
        *(a | b | c for a, b, c in zip(of_all, same, by_all, strict=True)),
    )
    return (
        wrong.join(healed, on=["source", "seq"], how="anti")
        .select(*thing, "outcome", "message", "seq")
        .sort("source", "seq")
    )


def _breaker() -> pl.Expr:
    """As the last event told it: open while the log does not go on after the rest, then half open where failures had tripped it."""
    tripped = (pl.col("failures") >= pl.col("breaker_failures")).fill_null(value=False)
    return (
        pl.when(pl.col("newest") < pl.col("rests_until"))
        .then(pl.lit("open"))
        .when(tripped)
        .then(pl.lit("half_open"))
        .otherwise(pl.lit("closed"))
        .alias("breaker")
    )


def _in_force(on: date) -> pl.Expr:
    day = pl.lit(on)
    return (pl.col("agreement_from") <= day) & (
        pl.col("agreement_to").is_null() | (pl.col("agreement_to") >= day)
    )
