"""Settings at the edge: what is refused, and that nothing secret is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from household.errors import InputError
from pipelines.settings import DEMONSTRATION_KEY, Order, check_order, order_of, read_settings

DAY = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INBOX", "WAREHOUSE", "AS_OF", "PACKS", "REGION", "PERSON_KEY"):
        monkeypatch.delenv(f"HEDUI_{name}", raising=False)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDUI_INBOX", "in")
    monkeypatch.setenv("HEDUI_WAREHOUSE", "w.duckdb")
    monkeypatch.setenv("HEDUI_AS_OF", "2026-05-20")
    monkeypatch.setenv("HEDUI_PERSON_KEY", "sesame")
    settings = read_settings()
    assert settings.as_of == DAY
    order = order_of(settings, as_of=DAY)
    assert (order.inbox, order.key) == (Path("in"), b"sesame")
    assert "sesame" not in repr(order) + repr(settings) + str(settings)


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDUI_ASOF", "2026-05-20")
    with pytest.raises(InputError, match="HEDUI_ASOF"):
        read_settings()


def test_a_bad_value_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDUI_AS_OF", "soon")
    with pytest.raises(InputError, match="HEDUI_AS_OF") as refused:
        read_settings()
    assert "soon" not in str(refused.value)


def test_an_order_needs_an_inbox_and_a_warehouse() -> None:
    with pytest.raises(InputError, match="HEDUI_INBOX"):
        order_of(read_settings(), as_of=DAY)


def test_the_demonstration_key_stands_in(tmp_path: Path) -> None:
    order = Order(tmp_path, tmp_path / "w.duckdb", DAY)
    assert order.key == DEMONSTRATION_KEY
    own = Order(tmp_path, tmp_path / "w.duckdb", DAY, person_key=SecretStr("own"))
    assert own.key_digest != order.key_digest


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inbox": "absent"}, "收件目录"),
        ({"warehouse": "absent/w.duckdb"}, "所在目录"),
        ({"warehouse": "."}, "是目录"),
        ({"packs": "absent"}, "规则包"),
        ({"region": "北京"}, "区划"),
        ({"region": "9"}, "区划"),
        ({"person_key": SecretStr("")}, "密钥"),
    ],
)
def test_what_could_only_fail_later_is_refused_now(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    given: dict[str, object] = {"inbox": tmp_path, "warehouse": tmp_path / "w.duckdb"}
    check_order(Order(**given, as_of=DAY))  # type: ignore[arg-type]
    paths = {n: tmp_path / v for n, v in change.items() if isinstance(v, str) and n != "region"}
    with pytest.raises(InputError, match=said):
        check_order(Order(**(given | change | paths), as_of=DAY))  # type: ignore[arg-type]
