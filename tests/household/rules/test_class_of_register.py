"""`temp.class_of_jdlk` (渝北民〔2020〕41号 第二条): households of the poverty register are class C to 2020-02-08, class B from the next day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from register_county import CASES, register_county

if TYPE_CHECKING:
    from core_told import Told


@pytest.fixture(scope="module")
def told() -> Told:
    return register_county().run()


@pytest.mark.parametrize("name", CASES)
def test_threshold_of_the_class(told: Told, name: str) -> None:
    reason = told.reasons(name, "temp_expenditure")["temp_expenditure.threshold"]
    wanted = CASES[name].threshold
    assert reason["limit_value"] == (None if wanted is None else Decimal(wanted))
    assert reason["outcome"] == ("unknown" if wanted is None else "pass")


def test_a_class_that_the_table_lacks_is_a_missing_parameter(told: Told) -> None:
    verdict = told.verdict("a_class_that_the_table_lacks", "temp_expenditure")
    assert verdict["suggestion"] == "parameter_missing"
