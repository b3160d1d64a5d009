"""What the cases must show of every pack: each answer of each rule, each limit from below, at and above, each date from both sides.

What is asked for follows from the packs and rules (`reach`, `limits`, `dates`); what is shown, from cases that say what they expect
and get it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from household.rules.parameters import PARAMETERS, Meaning, Reader
from household.rules.programmes import all_rules
from household.rules.rulebook_words import STANDARDS
from synthetic.cases.comparing import holds
from synthetic.cases.dates import notice, turns_of
from synthetic.cases.limits import CONSTANTS, distances, in_force, position
from synthetic.cases.reach import laws_of, reachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from household.rules.packs import Packs
    from household.rules.rule import Rule
    from synthetic.cases.running import Answer

FICTIONAL = "990101"
"""The county with every parameter: all rules are asked for there, whether or not they read one of its own."""
SHOWN, WANTING, IMPOSSIBLE = "shown", "wanting", "impossible"
_UNKNOWNS = ("unknown", "data_incomplete", "needs_review", "parameter_missing")
_ALL = ("below", "at", "above")
_FROM_BELOW = ("below", "at")

NO_LIMIT: dict[str, str] = {
    "income.work_cost_rate": "比例，用于计算，不是界限",
    "income.farm_yuan_per_mu": "单价，用于计算，不是界限",
    "support.rate": "比例，用于计算，不是界限",
    "extra.rate": "比例，用于计算，不是界限",
    "temp.emergency_amount_multiple": "倍数，用于计算；界限是封顶倍数",
    "temp.paperwork_days": "只用于预警与期限，由预警和期限的测试逐日检验",
    "source.reply_days": "只用于预警，由预警的测试检验",
    "signal.wage_share": "只用于预警，由预警的测试检验",
    "signal.outflow": "只用于预警，由预警的测试检验",
    "signal.lookback_months": "只用于预警，由预警的测试检验",
    "review.months_stable": "只用于预警与期限，由预警和期限的测试检验",
    "review.months_unstable": "只用于预警与期限，由预警和期限的测试检验",
}
"""Amounts, rates and counts that are no limit of a rule or an amount, each with the reason."""

AMOUNT_LIMITS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "temp.low_income_multiple": (("temp_expenditure.threshold", _ALL),),
    "temp.ceiling_multiple.temp_emergency": (("temp_emergency", _ALL),),
    "temp.ceiling_multiple.temp_expenditure": (("temp_expenditure", _ALL),),
    "extra.elder_age": (("dibao", _FROM_BELOW),),
    "tekun.minor_age": (("tekun.person", _FROM_BELOW),),
    "support.line_multiple": (("dibao", _ALL),),
    "income.window_months": (("dibao", _FROM_BELOW),),
    "source.max_age_days": (("asset.plain.vehicle", _ALL),),
    "temp.repeat_months": (
        ("temp_expenditure.same_cause", _FROM_BELOW),
        ("temp_emergency.same_cause", _FROM_BELOW),
    ),
}
"""Limits that no rule shows as its limit: where each is seen, and from which sides."""
_OTHER_ENDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "temp.repeat_months": (
        ("temp_expenditure.same_cause", _FROM_BELOW),
        ("temp_emergency.same_cause", _FROM_BELOW),
    ),
    "income.window_months": (("dibao", ("at", "above")),),
}
"""Periods have an end as well: the day of application is no longer in, the last month is."""


@dataclass(frozen=True)
class Need:
    """One thing to show. `by` names a case, or gives the reason why there is nothing to show."""

    pack_id: str
    kind: str  # rule | limit | date
    subject: str
    what: str
    state: str
    by: str

    @property
    def wanting(self) -> bool:
        """Whether no case shows it."""
        return self.state == WANTING


KINDS = ("rule", "limit", "date")


def coverage(answers: Sequence[Answer], packs: Packs, kinds: Sequence[str] = KINDS) -> list[Need]:
    """Everything that is asked for, and what shows it. Answers whose case does not hold show nothing."""
    good = [answer for answer in answers if holds(answer)]
    reach = reachable(packs, answers[0].facts_schema)
    needs: list[Need] = []
    if "rule" in kinds:
        needs += _rules(good, packs, reach)
    if "limit" in kinds:
        needs += [*_limits(good, packs, reach), *_constants(good, packs)]
    if "date" in kinds:
        needs += _dates(good, packs)
    return needs


def read_by(rule: Rule) -> frozenset[str]:
    """The parameters of a rule as packs name them."""
    keys = set(rule.parameters)
    return frozenset(keys | set(STANDARDS) if "standard" in keys else keys)


def nearest(answer: Answer, packs: Packs) -> str | None:
    """The pack of ours that speaks first for an answer; None where the case assumes other values for it.

    What a county is assumed to add below it is passed over.
    """
    for pack in answer.trial.law.packs:
        ours = packs.packs.get(pack.pack_id)
        if ours is not None:
            return pack.pack_id if pack.values == ours.values else None
    return None


def _rules(
    answers: Sequence[Answer], packs: Packs, reach: dict[str, dict[str, frozenset[str]]]
) -> Iterator[Need]:
    seen: dict[tuple[str | None, str, str], str] = {}
    for answer in answers:
        case = answer.trial.case
        for expected in case.expect:
            word = expected.columns.get("outcome")
            if word is None:
                continue
            words = {word, "unknown"} if word in _UNKNOWNS else {word}
            for one in words:
                seen.setdefault((nearest(answer, packs), expected.subject, one), case.name)
    for pack_id, pack in packs.packs.items():
        for rule in all_rules():
            if pack_id != FICTIONAL and not read_by(rule) & set(pack.values):
                continue
            yield from _of_rule(pack_id, rule.rule_id, reach[pack_id][rule.rule_id], seen)


def _of_rule(
    pack_id: str,
    rule_id: str,
    answers: frozenset[str],
    seen: dict[tuple[str | None, str, str], str],
) -> Iterator[Need]:
    wanted = ["pass", "fail", "unknown"]
    if not {"pass", "fail"} <= answers and "parameter_missing" in answers:
        wanted.append("parameter_missing")
    for word in wanted:
        by = seen.get((pack_id, rule_id, word))
        if by is not None:
            yield Need(pack_id, "rule", rule_id, word, SHOWN, by)
        elif word in answers:
            yield Need(pack_id, "rule", rule_id, word, WANTING, "")
        else:
            why = "依本规则包不会出现该结论"
            if answers <= {"not_asked"}:
                why = "依本规则包不适用该规则"
            yield Need(pack_id, "rule", rule_id, word, IMPOSSIBLE, why)


def _limits(
    answers: Sequence[Answer], packs: Packs, reach: dict[str, dict[str, frozenset[str]]]
) -> Iterator[Need]:
    seen = _positions(answers, packs)
    for pack_id in packs.packs:
        for key, subject, sides in _limits_of(pack_id, packs, reach[pack_id]):
            for side in sides:
                by = seen.get((pack_id, key, subject, side))
                yield Need(
                    pack_id,
                    "limit",
                    f"{key} → {subject}",
                    side,
                    WANTING if by is None else SHOWN,
                    by or "",
                )


def _positions(answers: Sequence[Answer], packs: Packs) -> dict[tuple[str, str, str, str], str]:
    """(pack that gives the value, parameter, subject, side) -> case. A value that the case itself assumes is no pack's."""
    seen: dict[tuple[str, str, str, str], str] = {}
    for answer in answers:
        for key, subject, over, step in distances(answer):
            side = position(over, step)
            giver = "" if key in CONSTANTS else _giver(answer, key.partition(":")[0], packs)
            if side is not None and giver is not None:
                seen.setdefault((giver, key, subject, side), answer.trial.case.name)
    return seen


def _giver(answer: Answer, key: str, packs: Packs) -> str | None:
    """The pack of ours that gives an answer's value of a parameter."""
    found = in_force(answer, key)
    if found is None or found[1] not in packs.packs:
        return None
    (law,) = [pack for pack in answer.trial.law.packs if pack.pack_id == found[1]]
    return found[1] if law.values.get(key) == packs.packs[found[1]].values.get(key) else None


def _limits_of(
    pack_id: str, packs: Packs, reach: dict[str, frozenset[str]]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The limits that a pack gives: parameter, where it is seen, and from which sides."""
    for key in packs.packs[pack_id].values:
        known = PARAMETERS.get(key)
        if known is None or unread(key) or key in NO_LIMIT:
            continue
        for subject, sides in AMOUNT_LIMITS.get(key, ()):
            yield key, subject, sides
        for subject, sides in _OTHER_ENDS.get(key, ()):
            yield f"{key}:end", subject, sides
        if key == "temp.class_table":
            yield from _class_limits(pack_id, packs)
        if known.meaning in (Meaning.MONEY, Meaning.RATE, Meaning.COUNT):
            if key in AMOUNT_LIMITS:
                continue
            for rule in all_rules():
                if _takes(rule, key, pack_id, packs) and "pass" in reach[rule.rule_id]:
                    yield key, rule.rule_id, _ALL


def _takes(rule: Rule, key: str, pack_id: str, packs: Packs) -> bool:
    """Whether a rule reads a parameter of a pack; the plain one only where edge and rigid have none of their own."""
    if "asset." not in key:
        return key in read_by(rule)
    name = key.rpartition(".")[2]
    given = {k for pack in laws_of(packs)[pack_id].packs for k in pack.values}
    same = [k for k in rule.parameters if k.endswith(f".{name}") and k in given]
    return same[:1] == [key]


def _class_limits(pack_id: str, packs: Packs) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Thresholds and caps; a cap above the ceiling of the place is the ceiling's to show, and a mere range of rates pays nothing."""
    law = laws_of(packs)[pack_id]
    entry = law.packs[0].values["temp.class_table"][-1]
    values = {k: e[-1].value for p in reversed(law.packs) for k, e in p.values.items()}
    times, urban = values.get("temp.ceiling_multiple.temp_expenditure"), values.get(STANDARDS[0])
    for name, row in entry.value.items():
        yield f"temp.class_table:{name}", "temp_expenditure.threshold", _ALL
        capped = times is None or urban is None or row["cap"] <= times * urban
        if row.get("rate") is not None and capped:
            yield f"temp.class_table:{name}.cap", "temp_expenditure", _ALL


def _constants(answers: Sequence[Answer], packs: Packs) -> Iterator[Need]:
    """Ages that the law fixes for everybody."""
    seen = {key[1:]: name for key, name in _positions(answers, packs).items()}
    subjects = {
        "age.tekun": "tekun.person",
        "age.extra_minor": "dibao",
        "age.obligor_old": "tekun.obligors",
        "age.obligor_dibao": "tekun.obligors",
    }
    for key in CONSTANTS:
        for side in _FROM_BELOW:
            by = seen.get((key, subjects[key], side))
            state = WANTING if by is None else SHOWN
            yield Need("—", "limit", f"{key} → {subjects[key]}", side, state, by or "")


_UNREAD = {
    Reader.PEOPLE: "供查阅，程序不据以计算",
    Reader.EVENT: "按事件发生之日读取，由期限的测试检验",
}


def unread(key: str) -> str | None:
    """Why no case can show a parameter's limits and dates; None where cases can."""
    known = PARAMETERS.get(key)
    return _UNREAD[Reader.PEOPLE] if known is None else _UNREAD.get(known.reads)


def _dates(answers: Sequence[Answer], packs: Packs) -> Iterator[Need]:
    turns = turns_of(packs)
    for turn in turns:
        why = unread(turn.key)
        if why is not None:
            subject = f"{turn.key} {turn.day}"
            yield Need(turn.pack_id, "date", subject, "both", IMPOSSIBLE, why)
    computed = [turn for turn in turns if unread(turn.key) is None]
    for one in notice(answers, packs, computed):
        subject = f"{one.turn.key} {one.turn.day}"
        state, by = (SHOWN, one.by[0]) if one.by else (WANTING, "")
        if not one.matters:
            state, by = IMPOSSIBLE, "移动后各地取值不变（上级规则包相同）"
        yield Need(one.turn.pack_id, "date", subject, one.way, state, by)


def summed(needs: Sequence[Need]) -> dict[tuple[str, str], dict[str, int]]:
    """(pack, kind) -> how many are shown, wanting and impossible."""
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys((SHOWN, WANTING, IMPOSSIBLE), 0)
    )
    for need in needs:
        sums[need.pack_id, need.kind][need.state] += 1
    return dict(sums)
