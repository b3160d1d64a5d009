"""What a case expects against what came out: one failure a difference, with the line of the file and the engine's own reason."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from household.rules.programmes import PROGRAMMES, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from synthetic.cases.form import Case, Expected
    from synthetic.cases.running import Answer

NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Failure:
    """One difference."""

    case: Case
    line: int
    subject: str
    column: str
    expected: str
    got: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.case.file}:{self.line}"
        told = f"{self.subject}.{self.column} 应为 {self.expected}，得到 {self.got}"
        return f"{where} {self.case.name}：{told}" + (f"（{self.reason}）" if self.reason else "")


def failures(answers: Iterable[Answer]) -> list[Failure]:
    """Every difference of every answer."""
    return [f for answer in answers for e in answer.trial.case.expect for f in _of(answer, e)]


def holds(answer: Answer) -> bool:
    """Whether everything that a case expects came out."""
    return not any(True for e in answer.trial.case.expect for _ in _of(answer, e))


def outcome_shown(answer: Answer, rule_id: str) -> str:
    """A rule's outcome, `not_asked` where there is none."""
    row = answer.rules.get(rule_id)
    return NOT_ASKED if row is None else str(row["outcome"])


def _of(answer: Answer, expected: Expected) -> Iterator[Failure]:
    row = answer.rules if expected.is_rule else answer.verdicts
    got = row.get(expected.subject, {})
    for column, wanted in expected.columns.items():
        if expected.is_rule and column == "outcome":
            shown: Any = _as_wanted(answer, expected.subject, str(wanted))
        else:
            shown = got.get(column)
        if not _same(wanted, shown):
            yield Failure(
                answer.trial.case,
                expected.line,
                expected.subject,
                column,
                _text(wanted),
                _text(shown),
                _reason(answer, expected),
            )


def _as_wanted(answer: Answer, rule_id: str, wanted: str) -> str:
    """The outcome, named by its cause where a cause is asked for."""
    outcome = outcome_shown(answer, rule_id)
    causes = answer.causes.get(rule_id, frozenset())
    if outcome != "unknown" or wanted == "unknown" or not causes:
        return outcome
    return wanted if wanted in causes else "unknown:" + ",".join(sorted(causes))


def _same(wanted: Any, got: Any) -> bool:
    if wanted is None or got is None or isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, int | Decimal) and isinstance(got, int | Decimal):
        return Decimal(wanted) == Decimal(got)
    if isinstance(wanted, list):
        return [str(w) for w in wanted] == [str(g) for g in got]
    return str(wanted) == str(got)


def _text(value: Any) -> str:
    return "空" if value is None else str(value)


def _reason(answer: Answer, expected: Expected) -> str:
    """What the engine said itself: of a rule its sentence, of a programme those of the rules that did not pass."""
    if expected.is_rule:
        row = answer.rules.get(expected.subject)
        return "" if row is None else str(row["text_zh"])
    verdict = answer.verdicts.get(expected.subject)
    if verdict is None:
        return ""
    told = [
        str(row["text_zh"])
        for row in answer.rules.values()
        if row["outcome"] != "pass" and row["rule_id"] in _rules_of(expected.subject)
    ]
    return f"{TITLES[expected.subject]}：{'；'.join(told[:3]) or '各条规则均通过'}"


def _rules_of(programme: str) -> set[str]:
    return {rule.rule_id for rule in PROGRAMMES[programme]} | {"household.empty"}
