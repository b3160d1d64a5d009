"""What may be entered about an alert, and what is refused in one line that quotes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from household.alerts.life.decisions import OUTCOMES, OUTCOMES_OF, Said, check_event
from household.alerts.life.states import FROM, LIVES, MAKES
from household.casework import EVENT_SCHEMA
from household.errors import InputError
from household.schema.published.alert_life import DIRECTIONS, LIFE_STATES
from household.schema.published.alert_life import OUTCOMES as PUBLISHED_OUTCOMES

DIGEST = "0a" * 32


def now(**values: Any) -> dict[str, object]:
    row: dict[str, object] = {
        "alert_id": "AL1",
        "code": "D02",
        "subject_kind": "benefit",
        "subject_id": "B1",
        "region_code": "990101",
        "facts_digest": DIGEST,
        "amount": None,
        "life": "open",
        "raised": True,
        "last_outcome": None,
        "last_amount_fen": None,
        "last_direction": None,
    }
    return row | values


def entered(alert: dict[str, object] | None = None, /, **said: Any) -> dict[str, object]:
    told = {
        "action": "explain",
        "clerk": " 王某 ",
        "reason": "已看过书面托管协议",
        "decided_at": "2026-05-20 09:30",
    }
    return check_event(Said("AL1", **(told | said)), alert or now())


def refused(alert: dict[str, object] | None = None, /, **said: Any) -> str:
    with pytest.raises(InputError) as refusal:
        entered(alert, **said)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_row_holds_the_alert_as_it_was_decided_on() -> None:
    row = entered()
    assert list(row) == [name for name in EVENT_SCHEMA if name != "event_id"]
    assert (row["clerk"], row["decided_at"]) == ("王某", "2026-05-20T09:30:00")
    assert (row["facts_digest"], row["code"], row["region_code"]) == (DIGEST, "D02", "990101")
    assert (row["outcome"], row["amount_fen"], row["direction"]) == (None, None, None)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("action", MAKES)
def test_an_action_is_taken_only_from_its_states(action: str, life: str) -> None:
    outcome = OUTCOMES_OF.get(action, (None,))[0]
    if life in FROM[action]:
        assert entered(now(life=life), action=action, outcome=outcome)["action"] == action
    else:
        assert "此时可用" in refused(now(life=life), action=action, outcome=outcome)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("action", ["explain", "confirm", "dismiss"])
def test_an_outcome_fits_its_action(action: str, outcome: str) -> None:
    said = {"action": action, "outcome": outcome, "second": "李某"}
    if outcome in OUTCOMES_OF[action]:
        assert entered(**said)["outcome"] == outcome
    else:
        assert "不适用" in refused(**said)


@pytest.mark.parametrize("action", ["confirm", "dismiss"])
def test_a_finding_needs_an_outcome(action: str) -> None:
    assert "没有写明处理结论" in refused(action=action)


def test_fraud_needs_two_people() -> None:
    fraud = {"action": "confirm", "outcome": "fraud"}
    assert "两人" in refused(**fraud)
    for same in ("王某", " 王 某", "王某　"):
        assert "同一人" in refused(**fraud, second=same)
    assert "同一人" in refused(**fraud, clerk="Wang 01", second="ＷＡＮＧ01")
    assert entered(**fraud, second="李某")["second_clerk"] == "李某"


def test_where_money_is_at_stake_the_amount_is_said() -> None:
    stake, error = now(amount="2700.00"), {"action": "confirm", "outcome": "person_error"}
    assert "没有写明核定的金额" in refused(stake, **error)
    assert "多发还是少发" in refused(stake, **error, amount="12.3")
    row = entered(stake, **error, amount="12.3", direction="over")
    assert (row["amount_fen"], row["direction"]) == (1230, "over")
    assert entered(stake, **error, amount="0")["amount_fen"] == 0
    under = {"action": "confirm", "outcome": "under_payment", "amount": "0.01"}
    assert entered(stake, **under)["direction"] == "under"
    assert "不符" in refused(stake, **under, direction="over")


@pytest.mark.parametrize("amount", ["", "-1", "1.234", "1e3", "NaN", "一百", "1,000", "９" * 12])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    said = {"action": "confirm", "outcome": "person_error", "direction": "over"}
    assert "金额无法读取" in refused(**said, amount=amount)


def test_closing_takes_over_what_was_found() -> None:
    found = {"last_outcome": "fraud", "last_amount_fen": 500, "last_direction": "over"}
    row = entered(now(life="confirmed", amount="5.00", **found), action="close")
    assert (row["outcome"], row["amount_fen"], row["direction"]) == ("fraud", 500, "over")
    assert "不另写结论" in refused(now(life="confirmed"), action="close", outcome="no_issue")
    assert "没有金额" in refused(now(life="closed"), action="reopen", amount="1")


@pytest.mark.parametrize(
    "reason",
    [
        "身份证990101197002010015已核",
        "证件 990101 19700201 0015",
        "９９０１０１１９７００２０１００１５",
        "旧号990101700201001",
        "号码990101-19700201-001X",
        "电话19900000001",
        "账号 6666 7777 8888 9999",
    ],
)
def test_no_number_of_a_person_is_kept(reason: str) -> None:
    said = refused(reason=reason)
    assert "长数字" in said
    assert not any(ch.isdigit() for ch in said)
    assert "处理人" in refused(clerk=reason)


@pytest.mark.parametrize(
    "reason",
    [
        "2026-05-20 与 2026-05-21 两次入户",
        "2026年5月20日、2026年5月21日两次入户，2026.05.22 复核",
        "见民发〔2026〕12号与申请 SQ2026000001",
        "2026/5/20-2026/6/20 停发 2 个月 1250.00 元",
    ],
)
def test_dates_and_papers_may_be_named(reason: str) -> None:
    assert entered(reason=reason)["reason"] == reason


def test_facts_that_changed_meanwhile_are_not_decided_on() -> None:
    assert entered(facts_digest=DIGEST[:8].upper())["facts_digest"] == DIGEST
    assert "有了变化" in refused(facts_digest="0b" * 32)
    assert "太短" in refused(facts_digest="0a0")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"action": "forget"}, "处理方式"),
        ({"clerk": "  "}, "处理人"),
        ({"reason": ""}, "理由"),
        ({"decided_at": "昨天"}, "时间"),
        ({"second": " "}, "复核人"),
        ({"amount": "5"}, "没有金额"),
    ],
)
def test_an_incomplete_decision_is_refused(wrong: dict[str, str], said: str) -> None:
    assert said in refused(**wrong)


def test_the_words_of_the_declared_table_are_those_of_the_log() -> None:
    assert tuple(OUTCOMES) == PUBLISHED_OUTCOMES
    assert LIFE_STATES == LIVES
    assert DIRECTIONS == ("over", "under")
