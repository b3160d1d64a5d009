"""A download that is gone on with: only what is on the disk, and only of the same remote file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connectors.errors import ConnectorError
from connectors.transports import growing as module
from connectors.transports.growing import RESUME_SUFFIX, Growing

if TYPE_CHECKING:
    from pathlib import Path

STATE = {"size": 10, "stamp": "1"}


def begin(target: Path, content: bytes) -> None:
    """Fill the front of a target, until the line is cut."""

    def fill() -> None:
        with Growing(target, STATE) as growing:
            growing.write(content)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fill()


def test_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    target = tmp_path / "target"
    begin(target, b"01234")
    with Growing(target, STATE) as growing:
        assert growing.size == 5
        growing.write(b"56789")
    assert target.read_bytes() == b"0123456789"
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize(
    "note",
    [
        None,
        "not json",
        json.dumps({"state": {**STATE, "stamp": "2"}, "bytes": 5}),
        json.dumps({"state": STATE, "bytes": 6}),  # more than there is
        json.dumps({"state": STATE, "bytes": -1}),
        json.dumps({"state": STATE}),
        json.dumps([]),
    ],
)
def test_begins_anew_when_the_beginning_cannot_be_trusted(tmp_path: Path, note: str | None) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"01234")
    if note is not None:
        (tmp_path / ("target" + RESUME_SUFFIX)).write_text(note)
    with Growing(target, STATE) as growing:
        assert growing.size == 0
        growing.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


def test_killed_process_leaves_its_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHECKPOINT", 4)
    target = tmp_path / "target"
    killed = Growing(target, STATE).__enter__()
    for block in (b"0123", b"45"):
        killed.write(block)
    assert killed.size == 6  # and no more word from it
    with Growing(target, STATE) as growing:
        assert growing.size == 4
        growing.write(b"456789")
    assert target.read_bytes() == b"0123456789"


def test_disk_that_does_not_take_it_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="取数暂存文件"), Growing(tmp_path / "no" / "t", STATE):
        pass
