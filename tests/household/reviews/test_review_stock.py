"""Who draws today, and with what they could be screened: what was not delivered is said, and is no nought."""

from __future__ import annotations

from datetime import date as D  # noqa: N812

from review_town import Watched

from household.reviews.stock import screening


def test_running_benefits_stand_once_and_say_who_cannot_be_screened() -> None:
    made = Watched()
    made.draw("B1")
    made.draw("ended", to_month=D(2026, 4, 1))
    made.draw("bad number", id_no="12345")
    rows = {row["benefit_id"]: row for row in made.stock().iter_rows(named=True)}
    assert set(rows) == {"B1", "bad number"}
    assert rows["B1"]["screened"]
    assert rows["B1"]["why_not"] is None
    assert not rows["bad number"]["screened"]
    assert "无法与其他来源比对" in rows["bad number"]["why_not"]


def test_silent_and_stale_sources_are_said_and_banks_by_receipt() -> None:
    made = Watched()
    made.silent = {"tax.income"}
    made.values["source.max_age_days"] = 9
    asked, refused, unasked = made.draw("B1"), made.draw("B2"), made.draw("B3")
    made.add("banking.receipt", asked)
    made.add("banking.receipt", refused)
    made.add("banking.receipt", refused, institution_code="B02", state="no_answer")
    made.draw("B4", unasked, programme="disability_living")
    found = made.screened()
    assert found["tax.income", "not_delivered"] == 3
    assert found["justice.custody", "stale"] == 3
    assert found["banking.account", "answered"] == 1
    assert found["banking.account", "no_answer"] == 2
    assert not any(dataset.startswith("civil_affairs.pay") for dataset, _ in found)
    made.values["source.max_age_days"] = 10
    assert made.screened()["justice.custody", "answered"] == 3


def test_who_has_no_usable_number_is_not_counted_as_screened() -> None:
    made = Watched()
    made.draw("B1", id_no="12345")
    assert made.screened() == {}


def test_a_source_that_answers_by_receipt_has_screened_only_whom_it_was_asked_about() -> None:
    made = Watched()
    made.values["source.max_age_days"] = 62
    asked, refused, _unasked = made.draw("B1"), made.draw("B2"), made.draw("B3")
    receipt = {"institution_code": "S1", "asked_on": D(2026, 5, 2), "state": "none"}
    made.add("securities.receipt", asked, **receipt)
    made.add("securities.receipt", refused, **receipt | {"state": "identity_mismatch"})
    assert made.screened()["securities.holding", "answered"] == 3
    made.asked = ("securities.receipt",)
    found = made.screened()
    assert found["securities.holding", "answered"] == 1
    assert found["securities.holding", "no_answer"] == 2
    assert found["insurance.policy", "answered"] == 3
    texts = {
        row["text_zh"]
        for row in screening(made.look(), made.stock()).iter_rows(named=True)
        if row["dataset"] == "securities.holding" and row["state"] == "no_answer"
    }
    assert texts == {"机构未查询或未全部答复，未能比对"}
