"""Rows that are handed in, checked: the row rules of intake first, then what hangs on other rows, on what is known, and on who sends.

One bad row refuses itself. It takes its application with it only where people would be counted wrongly: a bad application row, or a bad
member row.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from casework.audit.withholding import kept_id
from casework.submissions import ACCEPTED, REFUSED, UNCHANGED, BatchRow, Fault
from connectors.intake.titles import DATED, LINE
from household.schema.datasets import DATASETS
from quality.reasons import DUPLICATE_KEY
from quality.rows import examine, typed_schema
from quality.rows_columns import read_column
from service.submissions.content import (
    APPLICATION,
    AUTHORISATION,
    HANDED,
    MEMBER,
    NUMBERED,
    OBJECTION,
    Area,
    Known,
    Sheet,
)
from service.submissions.faults import refuses
from service.submissions.noticing import notice
from service.submissions.papers import ending_soon, unasked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service.access.actor import Scope

LONGEST_ID = 64
LONGEST_CELL = 2000
_FORBIDDEN = frozenset("/\\?#%&<>\"'|;,")
NO_AREA = Area("", "")


@dataclass(frozen=True)
class Checked:
    """What became of every row.

    Attributes:
        rows: the state of each, in the order of datasets and lines. faults: everything found, in the same order.
        landing: dataset to the texts that are to be put into the inbox (catalogue columns), with `_region` (six digits).

    """

    rows: list[BatchRow]
    faults: list[Fault]
    landing: dict[str, pl.DataFrame]

    def count(self, state: str) -> int:
        """How many rows have a state."""
        return sum(row.state == state for row in self.rows)


def check(
    sheets: Mapping[str, Sheet],
    known: Known,
    scope: Scope,
    *,
    on: date,
    key: bytes,
    earlier: pl.DataFrame | None = None,
) -> Checked:
    """Check everything that one batch holds.

    Args:
        sheets: by dataset. known: of the applications they name. scope: the sender's. on: today. key: of the digests of rows.
        earlier: typed papers that stood before for the same applications; None: there are none.

    """
    found = _Checking(sheets, known, scope)
    kept = hashlib.sha256(b"hedui submitted row\0" + key).digest()
    found.ask_applications()
    found.ask_what_belongs()
    found.ask_numbers(kept)
    found.hold_households()
    found.note(on, earlier)
    return found.told(kept)


class _Checking:
    """One check under way: faults by (dataset, line)."""

    def __init__(self, sheets: Mapping[str, Sheet], known: Known, scope: Scope) -> None:
        self._sheets = {name: sheets[name] for name in HANDED if name in sheets}
        self._known = known
        self._scope = scope
        self._faults: dict[tuple[str, int], list[Fault]] = defaultdict(list)
        self._typed: dict[str, pl.DataFrame] = {}
        self._areas: dict[str, Area] = {}
        self._named: dict[str, set[str]] = {APPLICATION: set()}
        for name, sheet in self._sheets.items():
            self._read(name, sheet)

    def _read(self, name: str, sheet: Sheet) -> None:
        for fault in sheet.faults:
            self._faults[name, fault.line].append(fault)
        examined = examine(sheet.dataset, sheet.frame)
        self._typed[name] = examined.accepted
        held = examined.quarantined
        repeated = held.filter(pl.col("reason_code") == DUPLICATE_KEY)["line"].to_list()
        for line in repeated:
            self._add(name, line, "", DUPLICATE_KEY)
        wrong = held.filter(pl.col("reason_code") != DUPLICATE_KEY)["line"]
        self._tell_cells(sheet, sheet.frame.filter(pl.col(LINE).is_in(wrong.implode())))
        for column in sheet.dataset.columns:
            long = sheet.frame.filter(pl.col(column.name).str.len_chars() > LONGEST_CELL)[LINE]
            for line in long:
                self._add(name, line, column.name, "too_long")

    def _tell_cells(self, sheet: Sheet, rows: pl.DataFrame) -> None:
        """Every bad cell of rows that intake would hold back, and not the first one only."""
        if not rows.height:
            return
        name = sheet.dataset.name
        told = {(f.line, f.column) for f in sheet.faults if refuses(f.code)}
        for column in sheet.dataset.columns:
            flag = DATED + column.name
            dated = rows[flag] if flag in rows.columns else None
            reasons = read_column(column, rows[column.name], dated=dated).reasons
            if reasons is None:
                continue
            for line, code in zip(rows[LINE], reasons, strict=True):
                if code is not None and (line, column.name) not in told:
                    self._add(name, line, column.name, code)

    def ask_applications(self) -> None:
        """Ids that may stand in a link and a log; areas that the sender may send for; ids that are somebody else's."""
        sheet = self._sheets.get(APPLICATION)
        if sheet is None:
            return
        ids = sheet.frame["application_id"].drop_nulls().str.strip_chars()
        self._named[APPLICATION].update(one for one in ids if one)
        rows = self._typed[APPLICATION].select(LINE, "application_id", "region_code", "programme")
        for line, application_id, region, programme in rows.iter_rows():
            if not _suits(application_id):
                self._add(APPLICATION, line, "application_id", "unsuitable_id")
            elif not self._scope.covers(region, programme):
                self._add(APPLICATION, line, "region_code", "out_of_scope")
            elif not self._covers_known(application_id):
                self._add(APPLICATION, line, "application_id", "unavailable_id")
            self._areas.setdefault(application_id, Area(region, programme))

    def ask_what_belongs(self) -> None:
        """Rows of an application that is neither sent along nor known to the sender are refused."""
        refused = self._refused_ids(APPLICATION)
        for name, sheet in self._sheets.items():
            if name == APPLICATION:
                continue
            for line, text in sheet.frame.select(LINE, "application_id").iter_rows():
                application_id = (text or "").strip()
                if not application_id:
                    continue
                if application_id in self._named[APPLICATION]:
                    if application_id in refused:
                        self._add(name, line, "", "application_refused")
                elif self._known.areas.get(application_id) and self._covers_known(application_id):
                    self._areas.setdefault(application_id, self._known.areas[application_id][-1])
                else:
                    self._add(name, line, "application_id", "application_unknown")
            if name == OBJECTION:
                self._ask_evidence(sheet)

    def _ask_evidence(self, sheet: Sheet) -> None:
        rows = sheet.frame.select(LINE, "application_id", "evidence_id", "objection_id")
        for line, application_id, evidence_id, objection_id in rows.iter_rows():
            there = self._known.evidence.get((application_id or "").strip(), frozenset())
            if evidence_id and evidence_id.strip() and evidence_id.strip() not in there:
                self._add(OBJECTION, line, "evidence_id", "evidence_unknown")
            if objection_id and objection_id.strip() and not _suits(objection_id.strip()):
                self._add(OBJECTION, line, "objection_id", "unsuitable_id")

    def ask_numbers(self, key: bytes) -> None:
        """A row with the key of one that stands takes its place: not of a paper or an objection of somebody else's application."""
        for name in (AUTHORISATION, OBJECTION):
            if name not in self._sheets:
                continue
            holders: dict[int, set[str]] = defaultdict(set)
            if name in self._known.stand:
                keys = [c.name for c in DATASETS[name].keys]
                ours = self._typed[name].select(LINE, *keys)
                for line, owner in (
                    ours.join(self._known.stand[name], on=keys)
                    .select(LINE, "application_id")
                    .rows()
                ):
                    holders[line].add(owner)
            sheet = self._sheets[name]
            at = [sheet.dataset.columns.index(c) for c in sheet.dataset.keys]
            for line, cells in zip(
                sheet.frame[LINE], sheet.landing_texts().drop(LINE).rows(), strict=True
            ):
                which = _digest(name, cells, at, key).partition(".")[0]
                holders[line] |= self._known.landed.get(which, set())
            for line, owners in holders.items():
                if not all(self._covers_known(one) for one in owners):
                    self._add(name, line, NUMBERED[name], "unavailable_number")

    def hold_households(self) -> None:
        """A household is not assessed with fewer people than were sent: one refused member row holds back all rows of it."""
        broken = self._refused_ids(MEMBER)
        if not broken:
            return
        for name, sheet in self._sheets.items():
            for line, text in sheet.frame.select(LINE, "application_id").iter_rows():
                if (text or "").strip() in broken and not self._is_refused(name, line):
                    self._add(name, line, "", "household_held")

    def note(self, on: date, earlier: pl.DataFrame | None) -> None:
        """What is noticed in rows that stand, and who may not be asked about."""
        for name, sheet in self._sheets.items():
            for fault in notice(sheet, self._standing(name)):
                self._faults[name, fault.line].append(fault)
        if MEMBER in self._sheets:
            self._note_papers(on, earlier)
        if AUTHORISATION in self._sheets:
            for fault in ending_soon(self._standing(AUTHORISATION), on=on):
                self._faults[AUTHORISATION, fault.line].append(fault)
        self._note_empty()

    def _note_papers(self, on: date, earlier: pl.DataFrame | None) -> None:
        papers = [self._standing(AUTHORISATION)] if AUTHORISATION in self._sheets else []
        if earlier is not None:
            papers.append(earlier)
        if not papers:
            papers = [examine_nothing(AUTHORISATION)]
        asked = {one: area.programme for one, area in self._areas.items()}
        all_papers = pl.concat(papers, how="diagonal")
        for fault in unasked(self._standing(MEMBER), asked, all_papers, on=on):
            self._faults[MEMBER, fault.line].append(fault)

    def _note_empty(self) -> None:
        """An application that comes without people and was never known."""
        if APPLICATION not in self._sheets:
            return
        peopled = set()
        if MEMBER in self._sheets:
            peopled = set(self._standing(MEMBER)["application_id"])
        for line, one in self._standing(APPLICATION).select(LINE, "application_id").iter_rows():
            if one not in peopled and one not in self._known.areas:
                self._add(APPLICATION, line, "", "no_members")

    def told(self, key: bytes) -> Checked:
        """The outcome."""
        rows: list[BatchRow] = []
        faults: list[Fault] = []
        landing = {}
        for name, sheet in self._sheets.items():
            told = self._rows(name, sheet, key)
            rows += told
            faults += [f for row in told for f in self._faults.get((name, row.line), ())]
            regions = {r.line: r.region_code[:6] for r in told if r.state == ACCEPTED}
            texts = sheet.landing_texts().with_columns(
                pl.col(LINE)
                .replace_strict(regions, default=None, return_dtype=pl.String)
                .alias("_region")
            )
            texts = texts.filter(pl.col("_region").is_not_null()).drop(LINE)
            if texts.height:
                landing[name] = texts
        return Checked(rows, faults, landing)

    def _rows(self, name: str, sheet: Sheet, key: bytes) -> list[BatchRow]:
        texts = sheet.landing_texts().drop(LINE).rows()
        lines = sheet.frame[LINE].to_list()
        ids = sheet.frame["application_id"].to_list()
        numbers = sheet.frame[NUMBERED[name]].to_list() if name in NUMBERED else [""] * len(ids)
        keys = [sheet.dataset.columns.index(c) for c in sheet.dataset.keys]
        told = []
        for line, place, sent, number, cells in zip(
            lines, sheet.places, ids, numbers, texts, strict=True
        ):
            refused = self._is_refused(name, line)
            application_id = (sent or "").strip()
            area = self._areas.get(application_id, NO_AREA)
            digest = _digest(name, cells, keys, key)
            state = REFUSED if refused else ACCEPTED
            if not refused and self._came_before(name, digest):
                state = UNCHANGED
            told.append(
                BatchRow(
                    name,
                    line,
                    place,
                    application_id if _suits(application_id) else "",
                    (number or "").strip() if _suits((number or "").strip()) else "",
                    "" if refused else area.region_code,
                    "" if refused else area.programme,
                    state,
                    "" if refused else digest,
                )
            )
        return told

    def _came_before(self, name: str, digest: str) -> bool:
        which, _, what = digest.partition(".")
        before = self._known.digests.get(which)
        return (
            before is not None
            and before[0] == what
            and before[1] >= self._known.foreign.get(name, "")
        )

    def _standing(self, name: str) -> pl.DataFrame:
        typed = self._typed[name]
        kept = [not self._is_refused(name, line) for line in typed[LINE]]
        return typed.filter(pl.Series(kept, dtype=pl.Boolean))

    def _refused_ids(self, name: str) -> set[str]:
        """Applications of which a row of a dataset is refused. A row that only repeats one before it takes nothing away."""
        sheet = self._sheets.get(name)
        if sheet is None:
            return set()
        return {
            (text or "").strip()
            for line, text in sheet.frame.select(LINE, "application_id").iter_rows()
            if self._is_refused(name, line, but=DUPLICATE_KEY)
        }

    def _covers_known(self, application_id: str) -> bool:
        areas = self._known.areas.get(application_id, ())
        return all(self._scope.covers(a.region_code, a.programme) for a in areas)

    def _is_refused(self, name: str, line: int, *, but: str = "") -> bool:
        found = self._faults.get((name, line), ())
        return any(refuses(f.code) and f.code != but for f in found)

    def _add(self, name: str, line: int, column: str, code: str) -> None:
        self._faults[name, line].append(Fault(name, line, column, code))


def examine_nothing(name: str) -> pl.DataFrame:
    """Typed rows of a dataset, none of them."""
    return pl.DataFrame(schema=typed_schema(DATASETS[name]))


def _suits(text: str) -> bool:
    """Whether an id may stand in a link, a file and a log: short, plain, and not like a person's number."""
    return (
        0 < len(text) <= LONGEST_ID
        and text.isprintable()
        and not any(c.isspace() or c in _FORBIDDEN for c in text)
        and text[0] not in "=+-@."
        and kept_id(text, kind="application") == text
    )


def _digest(name: str, cells: tuple[str | None, ...], keys: list[int], key: bytes) -> str:
    """Keyed digests of the row's key and of all of it, joined by a dot."""

    def of(parts: list[str | None]) -> str:
        taken = hashlib.blake2b(name.encode(), key=key, digest_size=16)
        for part in parts:
            text = "" if part is None else part.strip()
            taken.update(b"\0%d\0" % len(text.encode()) + text.encode())
        return taken.hexdigest()

    return f"{of([cells[i] for i in keys])}.{of(list(cells))}"
