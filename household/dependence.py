"""What the assessment of each application hangs on, as digests by part, and which applications differ from a former run.

Two applications whose digests are equal part by part get the same answers and the same published rows: whatever is asked of a case file
is asked of one application at a time (`batches`). Numbers of one run (application, person, line, file) are left out or replaced by what
they mean. What is the same for everybody stands in `Basis`; the parameters do not, so that a pack is news to its own regions only.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from household.batches import batches
from household.delivery import FRESH
from household.linkage.incremental import program_digest
from household.receipts import BANKING
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from household.case import CaseFile
    from household.extracts import Extracts

NEW, ORDER = "new", "order"
_OF = ("app", "part", "digest")
_AUTHORISED = ("granted", "newborn", "full")
_FILE_NUMBER = "_file"

_WORDS = {
    NEW: "新申请",
    "application": "申请变化",
    "roster": "名册或身份登记变化",
    "authorisation": "授权变化",
    "counting": "计入人口变化",
    "deliveries": "数据送达情况变化",
    "receipts": "银行回执变化",
    "asked": "证券、保险查询回执变化",
    "terms": "政策参数变化",
    "objections": "异议变化",
    ORDER: "证据行次序变化",
}
_LINES = "证据行变化（{}）"


@dataclass(frozen=True)
class Basis:
    """What the answers of all applications hang on alike: the day, the program, and the key of the person references (as a digest)."""

    as_of: str
    program: str
    key: str

    def differs(self, former: Basis) -> str | None:
        """Why everything has to be assessed again; None where nothing of this differs."""
        if self.program != former.program:
            return "全部重新核算：程序变化"
        if self.as_of != former.as_of:
            return "全部重新核算：基准日变化"
        return "全部重新核算：人员代号密钥变化" if self.key != former.key else None


def basis_of(as_of: date, person_key: bytes) -> Basis:
    """The basis of a run of this program."""
    key = hmac.new(person_key, b"hedui/assessed", hashlib.sha256).hexdigest()
    return Basis(as_of.isoformat(), program_digest(), key)


def digested(case: CaseFile) -> CaseFile:
    """The case file as far as it is digested: what is assessed again is assessed from this, so that nothing can hang on anything else.

    Gone are the place of an application and the extract of a receipt, which move whenever others are sent again, and the day of an extract
    that is fresh: only an extract that is too old is told by its day. Coverage, which has these, is not kept.
    """
    day = pl.when(pl.col("state") != FRESH).then("extract_as_of").alias("extract_as_of")
    return replace(
        case,
        applications=_without_place(case.applications),
        receipts=_without_place(case.receipts),
        states=case.states.with_columns(day),
    )


def _without_place(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.drop([name for name in rows.columns if name.startswith("_")])


def parts_of(case: CaseFile, extracts: Extracts, persons: pl.DataFrame) -> pl.DataFrame:
    """application_id, part, digest: everything in a case file that bears on an application, in parts that can be named to people.

    Args:
        case: see `digested`. extracts: objections and the names of files are taken from it. persons: person, person_ref.
    """
    objections = _objections(extracts, case.applications)
    refs = persons.select("person", "person_ref")
    parts = [
        part.join(one.applications.select("app", "application_id"), on="app")
        for one in batches(case)
        for part in _parts(one, refs, extracts.files)
    ]
    parts.append(objections.join(case.applications.select("app", "application_id"), on="app"))
    return pl.concat(parts).select("application_id", "part", "digest")


def changed(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """application_id, parts: the applications of now of which any part differs, and which parts, sorted.

    Args:
        now, before: see `parts_of`.
    """
    on = ["application_id", "part", "digest"]
    differing = pl.concat(
        [now.join(before, on=on, how="anti"), before.join(now, on=on, how="anti")]
    )
    mine = now.select("application_id").unique()
    known = before.select("application_id").unique()
    new = mine.join(known, on="application_id", how="anti").with_columns(
        pl.lit([NEW]).alias("parts")
    )
    old = (
        differing.join(mine, on="application_id", how="semi")
        .join(new, on="application_id", how="anti")
        .group_by("application_id")
        .agg(pl.col("part").unique().sort().alias("parts"))
    )
    return pl.concat([new, old]).sort("application_id")


def why(parts: Iterable[str]) -> str:
    """The names of parts in words, one after another. That lines changed places is told only where nothing else did."""
    named = list(dict.fromkeys(_named(part) for part in parts))
    others = [name for name in named if name != _WORDS[ORDER]]
    return "；".join(others or named)


def _named(part: str) -> str:
    return _WORDS.get(part) or _LINES.format(DATASETS[part.partition("/")[2]].title_zh)


def _parts(case: CaseFile, refs: pl.DataFrame, files: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """app, part, digest of a batch."""
    seats = case.seats.join(refs, on="person", maintain_order="left").drop("person")
    yield _part("application", case.applications)
    yield _part("roster", seats.drop(_AUTHORISED))
    yield _part("authorisation", seats.select("app", "member_no", *_AUTHORISED))
    yield _part("counting", case.unread_absences.join(refs, on="person").drop("person"))
    yield _part("deliveries", case.states)
    receipts = case.receipts.join(refs, on="person").drop("person")
    of_bank = pl.col("source") == BANKING
    yield _part("receipts", receipts.filter(of_bank))
    yield _part("asked", receipts.filter(of_bank.not_()))
    yield _part("terms", _terms(case))
    sent = files.select("dataset", _FILE_NUMBER, pl.format("{} {}", "sha256", "file").alias("sent"))
    sent = sent.with_columns(_digests(sent["sent"]))
    for group, lines in case.lines.groups.items():
        yield from _lines(group, lines, refs, files=sent)


def _terms(case: CaseFile) -> pl.DataFrame:
    """Parameters, and the citations and classes of their spell, whose number is the run's own."""
    told = [
        frame.with_columns(_text(frame, "term").alias("text"))
        .group_by("term")
        .agg(pl.col("text").sort().str.join("\n").alias(name))
        for name, frame in (("cited", case.terms.cited), ("classes", case.terms.classes))
    ]
    values = case.terms.values
    for frame in told:
        short = frame.with_columns(_digests(frame.to_series(1)))
        values = values.join(short, on="term", how="left", maintain_order="left")
    return values.drop("term")


def _objections(extracts: Extracts, applications: pl.DataFrame) -> pl.DataFrame:
    raised = (
        extracts.rows("approval.objection")
        .filter(pl.col("raised_on") <= pl.lit(extracts.as_of))
        .select("application_id", "evidence_id")
        .collect()
        .join(applications.select("app", "application_id"), on="application_id")
    )
    return _part("objections", raised.drop("application_id"))


def _part(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """app, part, digest of rows in no order."""
    said = (
        rows.select("app", _text(rows, "app").alias("text"))
        .group_by("app")
        .agg(pl.col("text").sort().str.join("\n").alias("digest"))
    )
    return said.select("app", pl.lit(name).alias("part"), _digests(said["digest"]))


def _lines(
    group: str, lines: pl.DataFrame, refs: pl.DataFrame, *, files: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Lines by dataset in their order, and the order of the datasets among them: what comes first may count and the next may not."""
    named = (
        lines.join(refs, on="person", how="left", maintain_order="left")
        .join(files, on=["dataset", _FILE_NUMBER], how="left", maintain_order="left")
        .drop("line", "person", _FILE_NUMBER)
    )
    said = (
        named.select("app", "dataset", _text(named, "app").alias("text"))
        .group_by("app", "dataset")
        .agg(pl.col("text").str.join("\n").alias("digest"))
    )
    part = pl.format(f"{group}/{{}}", "dataset").alias("part")
    yield said.select("app", part, _digests(said["digest"]))
    mixed = (
        named.select("app", "dataset")
        .group_by("app")
        .agg(pl.col("dataset").n_unique().alias("kinds"), pl.col("dataset").str.join("\n"))
        .filter(pl.col("kinds") > 1)
    )
    place = mixed.select(pl.format(f"{group}\n{{}}", "dataset")).to_series()
    yield mixed.select("app", pl.lit(ORDER).alias("part"), _digests(place.alias("digest")))


def _text(rows: pl.DataFrame, without: str) -> pl.Expr:
    """Every row as one text that is equal only for equal rows."""
    return pl.struct(pl.exclude(without)).struct.json_encode() if len(rows) else pl.lit("")


def _digests(texts: pl.Series) -> pl.Series:
    """BLAKE2b of each text, 16 bytes in hexadecimal, under the texts' name; null stays null."""
    found = [
        None if text is None else hashlib.blake2b(text, digest_size=16).hexdigest()
        for text in texts.cast(pl.Binary)
    ]
    return pl.Series(texts.name, found, dtype=pl.String)
