"""What a clerk may enter about an alert: one decision checked against the alert as it is now, before it is kept for ever.

Only the checks live here. The system never decides; it refuses what is incomplete, what the state does not allow, a decision about facts
that have changed meanwhile, fraud in the name of one person alone, and a reason that holds a number of a person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from household.alerts.life.states import FROM, MAKES
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTCOMES: dict[str, str] = {
    "person_error": "本人差错",
    "fraud": "骗取",
    "source_error": "数据来源错误",
    "system_error": "系统差错",
    "no_issue": "无问题",
    "under_payment": "少发",
}
"""Outcome code -> its Chinese name."""

ACTIONS: dict[str, str] = {
    "explain": "说明",
    "confirm": "属实",
    "dismiss": "排除",
    "close": "办结",
    "reopen": "重新打开",
}
LIFE_WORDS: dict[str, str] = {
    "open": "待处理",
    "explained": "已说明",
    "confirmed": "已确认",
    "dismissed": "已排除",
    "closed": "已办结",
}
DIRECTION_WORDS = {"over": "多发", "under": "少发"}

OUTCOMES_OF: dict[str, tuple[str, ...]] = {
    "explain": ("no_issue",),
    "confirm": ("person_error", "fraud", "system_error", "under_payment"),
    "dismiss": ("no_issue", "source_error", "system_error"),
}
"""Action -> the outcomes that fit it. An explanation needs none; closing keeps the outcome of what it closes; opening again has none."""

FRAUD = "fraud"
_DIRECTION_OF = {"fraud": "over", "under_payment": "under"}
"""Outcomes whose direction is in their name."""

_YUAN = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?")
_DATES = re.compile(r"(?<!\d)\d{4}[-/.年]\d{1,2}(?:[-/.月](?:\d{1,2}日?)?)?(?!\d)")
_LONG = re.compile(r"\d{11}|(?:\d[\s\-_.·,/]{0,3}){14}[\dXx]")
"""Eleven digits on end (telephone, account, identity number), or fifteen with signs between them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One decision as it is said. `amount` is a text in yuan; `facts_digest` the digest that the clerk saw, or how it begins; None: as it is now."""

    alert_id: str
    action: str
    clerk: str
    reason: str
    decided_at: str
    outcome: str | None = None
    amount: str | None = None
    direction: str | None = None
    second: str | None = None
    facts_digest: str | None = None


def check_event(said: Said, now: Mapping[str, object]) -> dict[str, object]:
    """The decision as a row of the log.

    Args:
        said: the decision.
        now: the alert at this moment, one row of `states.lives_now`. What `close` takes over is the outcome and the money of
            its newest decision.

    Returns:
        The columns of EVENT_SCHEMA but the number that the store gives.

    Raises:
        InputError: not allowed in this state, facts changed meanwhile, or not complete. One line; no value is quoted.

    """
    action = _checked_state(said, now)
    _check_facts(said, now)
    clerk, second = _clerks(said)
    outcome = _outcome(said, now)
    if outcome == FRAUD and action == "confirm" and second is None:
        raise InputError("认定骗取须由两人作出", "请用 --second 写明另一名复核人员")
    amount, direction = _money(said, now, outcome=outcome)
    return {
        "alert_id": now["alert_id"],
        "code": now["code"],
        "subject_kind": now["subject_kind"],
        "subject_id": now["subject_id"],
        "region_code": now["region_code"],
        "facts_digest": now["facts_digest"],
        "action": action,
        "outcome": outcome,
        "amount_fen": amount,
        "direction": direction,
        "clerk": clerk,
        "second_clerk": second,
        "reason": plain_text(said.reason, "处理理由"),
        "decided_at": time_text(said.decided_at),
    }


def _checked_state(said: Said, now: Mapping[str, object]) -> str:
    if said.action not in MAKES:
        raise InputError("处理方式无法识别", f"请用 {'、'.join(MAKES)} 之一")
    life = str(now["life"])
    if life == "closed" and now.get("raised") is False:
        raise InputError(
            "该预警已不再提示，没有可处理的内容", "同样的事实再次出现时会自动列出，无需处理"
        )
    if life not in FROM[said.action]:
        may = [name for name, states in FROM.items() if life in states]
        raise InputError(
            f"该预警{LIFE_WORDS[life]}，不能再{ACTIONS[said.action]}",
            f"此时可用 {'、'.join(may)}",
        )
    return said.action


def _check_facts(said: Said, now: Mapping[str, object]) -> None:
    seen = (said.facts_digest or "").strip().lower()
    if said.facts_digest is None:
        return
    if len(seen) < 8:
        raise InputError("事实摘要太短，无法核对", "请至少给出前 8 位，见 hedui alerts show")
    if not str(now["facts_digest"]).startswith(seen):
        raise InputError(
            "该预警的事实在您查看之后有了变化", "请用 hedui alerts show 重新查看后再处理"
        )


def _clerks(said: Said) -> tuple[str, str | None]:
    clerk = plain_text(said.clerk, "处理人")
    second = None if said.second is None else plain_text(said.second, "复核人")
    if second is not None and _same_name(clerk, second):
        raise InputError("复核人与处理人是同一人", "请由另一名工作人员复核")
    return clerk, second


def _same_name(one: str, other: str) -> bool:
    """Whether two names are one person's, however they were typed: width, case, spaces and invisible signs."""
    first, second = (
        "".join(ch for ch in unicodedata.normalize("NFKC", name).casefold() if ch.isalnum())
        for name in (one, other)
    )
    return first == second


def _outcome(said: Said, now: Mapping[str, object]) -> str | None:
    fitting = OUTCOMES_OF.get(said.action, ())
    if said.outcome is None:
        if said.action in ("confirm", "dismiss"):
            raise InputError("没有写明处理结论", f"请用 --outcome 写明：{_named(fitting)}")
        kept = now.get("last_outcome") if said.action == "close" else None
        return None if kept is None else str(kept)
    if not fitting:
        raise InputError(f"{ACTIONS[said.action]}时不另写结论", "请去掉 --outcome")
    if said.outcome not in fitting:
        raise InputError(f"该结论不适用于{ACTIONS[said.action]}", f"可用：{_named(fitting)}")
    return said.outcome


def _named(outcomes: tuple[str, ...]) -> str:
    return "、".join(f"{code}（{OUTCOMES[code]}）" for code in outcomes)


def _money(
    said: Said, now: Mapping[str, object], *, outcome: str | None
) -> tuple[int | None, str | None]:
    """Amount in fen and direction; both empty where nothing was settled."""
    if said.action not in ("confirm", "close"):
        if said.amount is not None or said.direction is not None:
            raise InputError(
                f"{ACTIONS[said.action]}时没有金额可核定", "请去掉 --amount 与 --direction"
            )
        return None, None
    if said.action == "close" and said.amount is None and said.direction is None:
        fen, kept = now.get("last_amount_fen"), now.get("last_direction")
        return (int(str(fen)) if fen is not None else None), (str(kept) if kept else None)
    fen = None if said.amount is None else _fen(said.amount)
    if fen is None and now.get("amount") is not None:
        raise InputError(
            "该预警涉及金额，没有写明核定的金额", "请用 --amount 写明，没有多发或少发的写 0"
        )
    direction = _direction(said, outcome)
    if fen and direction is None:
        raise InputError("没有写明是多发还是少发", "请用 --direction over（多发）或 under（少发）")
    return fen, direction if fen else None


def _direction(said: Said, outcome: str | None) -> str | None:
    implied = _DIRECTION_OF.get(outcome or "")
    if said.direction is not None and said.direction not in DIRECTION_WORDS:
        raise InputError("金额方向无法识别", "请用 over（多发）或 under（少发）")
    if said.direction is not None and implied is not None and said.direction != implied:
        raise InputError("金额方向与处理结论不符", "骗取为多发（over），少发为 under")
    return said.direction or implied


def _fen(text: str) -> int:
    found = _YUAN.fullmatch(text.strip())
    if found is None:
        raise InputError("金额无法读取", "请写成元，至多两位小数，例如 1250.00")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def plain_text(text: str, what: str) -> str:
    """The text as it is kept; never empty, and without anything that looks like a person's number.

    Raises:
        InputError: either; `what` names the text, its value is not quoted.

    """
    kept = text.strip()
    if not kept:
        raise InputError(f"没有写明{what}", "处理须由具名工作人员作出，并用一句话写明依据")
    plain = unicodedata.normalize("NFKC", kept)  # full-width digits are digits
    if _LONG.search(_DATES.sub(" 日 ", plain)):
        raise InputError(f"{what}中有像证件号码、电话或账号的长数字", "请去掉号码：写入后无法抹去")
    return kept


def time_text(text: str) -> str:
    """A time in ISO 8601 to the second. Raises InputError where it cannot be read."""
    try:
        return datetime.fromisoformat(text.strip()).isoformat(timespec="seconds")
    except ValueError:
        raise InputError("处理时间无法读取", "请写成 2026-05-20T09:30:00 的形式") from None
