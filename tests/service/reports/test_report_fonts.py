"""A folder of fonts that is set and is none is told when the service starts and when a report is made, not silently passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from served_counties import outside

from casework.store import file_address
from command.main import hedui
from household.errors import InputError
from service.opening import opened
from service.reports.fonts import check_fonts
from service.reports.typeset import Typesetter
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_that_is_missing_empty_or_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.ttf").touch()
    (tmp_path / "empty").mkdir()
    wrong = {"nowhere": "不存在", "file.ttf": "不是目录", "empty": "没有字体文件"}
    for name, told in wrong.items():
        settings = ServiceSettings(fonts=tmp_path / name)
        place = file_address(tmp_path / "casework.sqlite")
        for call in (
            lambda folder=tmp_path / name: check_fonts(folder),
            lambda folder=tmp_path / name: Typesetter(folder),
            lambda used=settings, at=place: opened(
                tmp_path / "w.duckdb", at, outside=outside(), settings=used
            ).__enter__(),
        ):
            with pytest.raises(InputError, match=f"HEDUI_FONTS .*{told}") as refused:
                call()
            assert "\n" not in str(refused.value)
    check_fonts(tmp_path)
    check_fonts(None)


def test_the_service_does_not_start_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDUI_FONTS", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="HEDUI_FONTS"):
        CliRunner().invoke(
            hedui, ["serve", "--warehouse", str(tmp_path / "w.duckdb")], catch_exceptions=False
        )
