"""What a case is: the words that a file may use, read strictly into values. How a file becomes cases (`vary`, `common`) stands in `reading`."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from household.rules.programmes import PROGRAMMES, all_rules
from household.schema.datasets import CATALOGUED
from household.schema.published import PUBLISHED
from synthetic.cases.fields import ValueRefusedError, column_of, day_of, months_between, value_of
from synthetic.cases.lined import GUIDE, CaseError, Lined
from synthetic.cases.shorthand import SHORTHANDS, window_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AS_OF = date(2026, 5, 20)
"""The day of the run where a case names none."""
LEAD = timedelta(days=10)
"""How long before the run the application was made, where a case does not say."""

SUGGESTIONS = (
    "eligible",
    "ineligible",
    "needs_review",
    "data_incomplete",
    "parameter_missing",
    "not_authorised",
)
OUTCOMES = (
    "pass",
    "fail",
    "unknown",
    "data_incomplete",
    "needs_review",
    "parameter_missing",
    "not_asked",
)
"""What may be expected of a rule. The three in the middle are `unknown` with its cause."""

_PERSON_WORDS = {"rel": "relation", "birth": "birth_date", "id": "id_no"}
_PERSON_OWN = ("auth", "receipts", "pop")


@dataclass(frozen=True)
class Person:
    """Somebody of the roster: `fields` are columns of approval.member; `auth`, `receipts`, `population` what differs from the usual.

    None for one of the three says that there is none at all.
    """

    label: str
    line: int
    fields: Mapping[str, Any]
    auth: Mapping[str, Any] | None
    receipts: Mapping[str, str] | None
    population: Mapping[str, Any] | None


@dataclass(frozen=True)
class Row:
    """A row of a dataset about a person of the case (None: about nobody)."""

    dataset: str
    person: str | None
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Expected:
    """What is expected of a programme or a rule: columns of `household_verdict`, or `outcome` and columns of `verdict_reason`."""

    subject: str
    line: int
    columns: Mapping[str, Any]

    @property
    def is_rule(self) -> bool:
        """Whether a rule is meant, not a programme."""
        return self.subject not in PROGRAMMES


@dataclass(frozen=True)
class Case:
    """One household, one day, and what must come out."""

    topic: str
    name: str
    why: str
    file: Path
    line: int
    family: str
    region: str
    as_of: date
    applied_on: date
    application: Mapping[str, Any]
    people: tuple[Person, ...]
    rows: tuple[Row, ...]
    silent: frozenset[str]
    stale: Mapping[str, date]
    packs: Lined | None
    expect: tuple[Expected, ...]

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


WORDS = (
    "case",
    "why",
    "region",
    "as_of",
    "applied_on",
    "app",
    "people",
    "rows",
    "silent",
    "stale",
    "packs",
    "expect",
    *SHORTHANDS,
)
"""Every word of a case."""


class CaseReader:
    """Reads one raw case of a file."""

    def __init__(self, file: Path, raw: Lined, *, family: str, topic: str) -> None:
        self.file = file
        self.raw = raw
        self.family = family
        self.topic = topic

    def wrong(self, line: int, what: str, todo: str = GUIDE) -> CaseError:
        """A refusal of a line."""
        return CaseError(f"{self.file}:{line}：{what}", todo)

    def read(self) -> Case:
        """The case."""
        raw = self.raw
        self._only(raw, WORDS, "案例")
        for word in ("case", "why", "region", "expect"):
            if not raw.get(word):
                raise self.wrong(raw.line, f"案例缺少 {word}")
        as_of, applied_on = self._days()
        people, rows = self._people(applied_on)
        silent = frozenset(self._datasets(raw, "silent"))
        stale = self._mapping(raw, "stale")
        for dataset in stale:
            self._dataset(dataset, stale.lines[dataset])
        case = Case(
            topic=self.topic,
            name=str(raw["case"]),
            why=" ".join(str(raw["why"]).split()),
            file=self.file,
            line=raw.lines["case"],
            family=self.family,
            region=str(raw["region"]),
            as_of=as_of,
            applied_on=applied_on,
            application=self._fields("approval.application", self._mapping(raw, "app")),
            people=people,
            rows=(*rows, *self._rows(applied_on, {p.label for p in people})),
            silent=silent,
            stale={name: self._day(stale, name) for name in stale},
            packs=self._mapping(raw, "packs") if raw.get("packs") else None,
            expect=tuple(self._expected()),
        )
        for row in case.rows:
            if row.dataset in silent:
                raise self.wrong(case.line, f"{row.dataset} 写在 silent 中，却又给了数据行")
        return case

    def _only(self, raw: Lined, words: tuple[str, ...], what: str) -> None:
        for word in raw:
            if word not in words:
                raise self.wrong(raw.lines[word], f"{what}中没有“{word}”这一项")

    def _mapping(self, raw: Lined, word: str) -> Lined:
        found = raw.get(word)
        if found is None:
            return Lined({}, raw.line, {})
        if not isinstance(found, Lined):
            raise self.wrong(raw.lines[word], f"{word} 应写作“项: 值”的形式")
        return found

    def _day(self, raw: Lined, word: str) -> date:
        try:
            return day_of(raw[word])
        except ValueRefusedError as error:
            raise self.wrong(raw.lines[word], str(error)) from error

    def _days(self) -> tuple[date, date]:
        raw = self.raw
        as_of = self._day(raw, "as_of") if raw.get("as_of") else AS_OF
        applied = self._day(raw, "applied_on") if raw.get("applied_on") else as_of - LEAD
        if applied > as_of:
            raise self.wrong(raw.line, "申请日期在核对日之后")
        return as_of, applied

    def _dataset(self, name: str, line: int) -> str:
        if name not in CATALOGUED:
            raise self.wrong(line, f"没有“{name}”这个数据集", "名称见 docs/dictionary.md")
        return name

    def _datasets(self, raw: Lined, word: str) -> list[str]:
        return [self._dataset(str(name), raw.lines[word]) for name in raw.get(word) or ()]

    def _fields(self, dataset: str, raw: Lined, line: int | None = None) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for word, told in raw.items():
            try:
                column = column_of(dataset, word)
                fields[column.name] = value_of(column, told)
            except ValueRefusedError as error:
                raise self.wrong(line or raw.lines[word], str(error)) from error
        return fields

    def _people(self, applied_on: date) -> tuple[tuple[Person, ...], list[Row]]:
        raw = self.raw
        told = self._mapping(raw, "people") if "people" in raw else Lined({"本人": None}, 0, {})
        short = {word: raw[word] for word in SHORTHANDS if word in raw}
        people: list[Person] = []
        rows: list[Row] = []
        for place, label in enumerate(told):
            line = told.lines.get(label, raw.line)
            body = told[label] if isinstance(told[label], Lined) else Lined({}, line, {})
            people.append(self._person(label, line, body, first=place == 0))
            mine = (short if place == 0 else {}) | {w: body[w] for w in SHORTHANDS if w in body}
            for word, value in mine.items():
                where = body.lines.get(word, raw.lines.get(word, line))
                rows += self._short(word, value, label=label, applied_on=applied_on, line=where)
        if short and not people:
            raise self.wrong(raw.line, "案例中没有人，不能用简写")
        return tuple(people), rows

    def _person(self, label: str, line: int, body: Lined, *, first: bool) -> Person:
        own = {word: body.get(word, {}) for word in _PERSON_OWN}
        told = Lined(
            {
                _PERSON_WORDS.get(w, w): v
                for w, v in body.items()
                if w not in (*_PERSON_OWN, *SHORTHANDS)
            },
            line,
            {_PERSON_WORDS.get(w, w): at for w, at in body.lines.items()},
        )
        fields = self._fields("approval.member", told)
        fields.setdefault("relation", "self" if first else "other")
        fields.setdefault("role", "member")

        def part(word: str, dataset: str) -> Mapping[str, Any] | None:
            return None if own[word] == "none" else self._fields(dataset, _lined(own[word], line))

        receipts = None if own["receipts"] == "none" else dict(own["receipts"] or {})
        for bank, state in (receipts or {}).items():
            one = Lined({"state": state}, line, {"state": line})
            receipts = {**(receipts or {}), bank: self._fields("banking.receipt", one)["state"]}
        return Person(
            label,
            line,
            fields,
            part("auth", "approval.authorisation"),
            receipts,
            part("pop", "public_security.population"),
        )

    def _short(
        self, word: str, value: Any, *, label: str, applied_on: date, line: int
    ) -> list[Row]:
        try:
            made = SHORTHANDS[word](value, applied_on)
        except (ValueRefusedError, TypeError, ArithmeticError) as error:
            raise self.wrong(line, f"{word} 的值无法读取") from error
        return [
            Row(
                dataset,
                label,
                self._fields(dataset, Lined(fields, line, dict.fromkeys(fields, line))),
            )
            for dataset, fields in made
        ]

    def _rows(self, applied_on: date, labels: set[str]) -> list[Row]:
        told = self._mapping(self.raw, "rows")
        rows: list[Row] = []
        for dataset, bodies in told.items():
            self._dataset(dataset, told.lines[dataset])
            for body in bodies if isinstance(bodies, list) else [bodies]:
                if not isinstance(body, Lined):
                    raise self.wrong(told.lines[dataset], f"{dataset} 的行应写作 {{项: 值}}")
                rows += self._row(dataset, body, applied_on, labels)
        return rows

    def _row(self, dataset: str, body: Lined, applied_on: date, labels: set[str]) -> list[Row]:
        label = body.get("p")
        if label is not None and label not in labels:
            raise self.wrong(body.lines["p"], f"people 中没有“{label}”")
        rest = {word: value for word, value in body.items() if word != "p"}
        month = rest.get("month")
        if month == "window":
            months = list(window_of(applied_on))
        elif isinstance(month, str) and ".." in month:
            try:
                months = list(months_between(month))
            except ValueRefusedError as error:
                raise self.wrong(body.lines["month"], str(error)) from error
        else:
            return [Row(dataset, label, self._fields(dataset, Lined(rest, body.line, body.lines)))]
        fields = self._fields(dataset, Lined(rest | {"month": months[0]}, body.line, body.lines))
        return [Row(dataset, label, fields | {"month": one}) for one in months]

    def _expected(self) -> list[Expected]:
        told = self._mapping(self.raw, "expect")
        rules = {rule.rule_id for rule in all_rules()}
        found = []
        for subject, body in told.items():
            line = told.lines[subject]
            meant = sorted(fnmatch.filter(rules, subject))
            if subject in PROGRAMMES:
                found.append(Expected(subject, line, self._of_programme(body, line)))
            elif meant:
                columns = self._of_rule(body, line)
                found += [Expected(rule_id, line, columns) for rule_id in meant]
            else:
                raise self.wrong(
                    line, f"没有“{subject}”这项救助或规则", "名称见 docs/rules/index.md"
                )
        return found

    def _of_programme(self, body: Any, line: int) -> dict[str, Any]:
        if isinstance(body, list) and len(body) == 2:
            body = {"suggestion": body[0], "amount": body[1]}
        columns = dict(body) if isinstance(body, Lined | dict) else {"suggestion": body}
        self._columns("household_verdict", columns, line)
        if columns.get("suggestion", SUGGESTIONS[0]) not in SUGGESTIONS:
            raise self.wrong(line, f"建议只能是 {' / '.join(SUGGESTIONS)}")
        return columns

    def _of_rule(self, body: Any, line: int) -> dict[str, Any]:
        columns = dict(body) if isinstance(body, Lined) else {"outcome": body}
        self._columns("verdict_reason", columns, line)
        if columns.get("outcome", OUTCOMES[0]) not in OUTCOMES:
            raise self.wrong(line, f"规则的结论只能是 {' / '.join(OUTCOMES)}")
        return columns

    def _columns(self, table: str, columns: dict[str, Any], line: int) -> None:
        known = {column.name for column in PUBLISHED[table].columns}
        for name in columns:
            if name not in known:
                raise self.wrong(line, f"{table} 没有“{name}”这一列", "列名见 docs/dictionary.md")


def _lined(told: Any, line: int) -> Lined:
    return told if isinstance(told, Lined) else Lined(dict(told or {}), line, {})
