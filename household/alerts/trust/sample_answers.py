"""What a reviewer may enter about people without an alert: a line of a filled sheet checked before it is kept for ever.

Only the checks live here. A missed finding must say what: a code, or a reason. Nothing that looks like a person's number is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from household.alerts.codes import CODES
from household.alerts.life.decisions import plain_text, time_text
from household.alerts.trust.misses import CLEAN, MISSED, UNSURE
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import polars as pl

WORDS = {"有遗漏": MISSED, "无遗漏": CLEAN, "不确定": UNSURE}
"""What a reviewer writes, and which answer it is."""

DEFAULT_REASON = "抽样复核"
_SHOWN = 5
_TODO = "请使用 hedui alerts sample 写出的复核表，只填写“结论”“预警代码”与“理由”"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet, as texts; `number` is where it stands. An empty `word`: nothing was found out yet."""

    number: int
    batch: str
    person_ref: str
    word: str
    code: str
    reason: str


def check_answers(
    lines: Iterable[Line], drawn: Collection[tuple[str, str]], *, clerk: str, at: str
) -> list[dict[str, object]]:
    """The lines as rows of the log, without those that say nothing.

    Args:
        lines: of one sheet. drawn: batch and person_ref of every sample.
        clerk, at: who answers, and when.

    Returns:
        The columns of `casework.SAMPLE_ANSWER_SCHEMA` but the number that the store gives, in the order of the lines.

    Raises:
        InputError: no clerk, no time, or lines that cannot be taken; then none is, and the first of them are named.

    """
    who, when = plain_text(clerk, "复核人"), time_text(at)
    rows: list[dict[str, object]] = []
    wrong: list[tuple[int, str]] = []
    seen: set[tuple[str, str]] = set()
    for line in lines:
        key = (line.batch, line.person_ref)
        try:
            _check_place(line, drawn, seen)
            answer = _answer(line)
        except InputError as refusal:
            wrong.append((line.number, refusal.what))
            continue
        finally:
            seen.add(key)
        if answer is not None:
            rows.append(answer | {"clerk": who, "decided_at": when})
    if wrong:
        raise _refused(wrong)
    return rows


def without_repeats(rows: list[dict[str, object]], log: pl.DataFrame) -> list[dict[str, object]]:
    """The rows that say something new: the same sheet twice enters nothing twice.

    Args:
        rows: see `check_answers`. log: `casework.SAMPLE_ANSWER_SCHEMA`.

    """
    newest = log.sort("answer_id").unique(
        ["batch", "person_ref", "clerk"], keep="last", maintain_order=True
    )
    names = ("batch", "person_ref", "clerk", "answer", "code", "reason")
    said = set(newest.select(names).iter_rows())
    return [row for row in rows if tuple(row[name] for name in names) not in said]


def _check_place(
    line: Line, drawn: Collection[tuple[str, str]], seen: set[tuple[str, str]]
) -> None:
    if (line.batch, line.person_ref) not in drawn:
        raise InputError("批次或人员代号不是从这个结果库抽取的", _TODO)
    if (line.batch, line.person_ref) in seen:
        raise InputError("人员代号重复", _TODO)


def _answer(line: Line) -> dict[str, object] | None:
    if not line.word:
        if line.code or line.reason:
            raise InputError("没有填写结论", _TODO)
        return None
    if line.word not in WORDS:
        raise InputError(f"结论无法识别，请填 {'、'.join(WORDS)} 之一", _TODO)
    answer = WORDS[line.word]
    code = line.code.upper() or None
    if code is not None and code not in CODES:
        raise InputError("没有这个预警代码", _TODO)
    if code is not None and answer != MISSED:
        raise InputError("结论不是有遗漏，不应填写预警代码", _TODO)
    if answer == MISSED and code is None and not line.reason:
        raise InputError("有遗漏的，须写明预警代码或理由", _TODO)
    return {
        "batch": line.batch,
        "person_ref": line.person_ref,
        "answer": answer,
        "code": code,
        "reason": plain_text(line.reason or DEFAULT_REASON, "理由"),
    }


def _refused(wrong: list[tuple[int, str]]) -> InputError:
    told = "；".join(f"第 {number} 行：{what}" for number, what in wrong[:_SHOWN])
    more = f"；另有 {len(wrong) - _SHOWN} 行" if len(wrong) > _SHOWN else ""
    return InputError(f"复核表中 {len(wrong)} 行不能采用，全部未记录：{told}{more}", _TODO)
