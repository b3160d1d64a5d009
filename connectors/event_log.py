"""An append-only log of one JSON line an event: whole lines or none, on the disk before it returns. What the events mean is not known here."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.errors import ConnectorError
from connectors.store import failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

E = TypeVar("E")


def read_events(path: Path, make: Callable[[dict[str, Any]], E], *, called: str) -> list[E]:
    """Every event of a log in order; none where there is no log yet. A torn last line (killed while appending) never happened.

    Args:
        path: the log. make: an event from its JSON; raises ValueError, TypeError or KeyError. called: its Chinese name in errors.

    Raises:
        ConnectorError: a line before the last is not an event; the log was tampered with or the disk is failing.

    """
    if not path.exists():
        return []
    try:
        text = path.read_bytes()
    except OSError as error:
        raise failure(called, error) from error
    events = []
    for number, line in enumerate(text[: text.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            events.append(make(json.loads(line)))
        except (ValueError, TypeError, KeyError):
            raise ConnectorError(
                f"{called} {path.name} 第 {number} 行损坏", "请从备份恢复工作库后重新运行"
            ) from None
    return events


def append_events(
    path: Path,
    events: Iterable[Mapping[str, object]],
    *,
    called: str,
    written: Callable[[Any], str] = str,
) -> None:
    """Append events; half a line that a killed process left is cut off first.

    Args:
        path: the log. events: JSON-able but for what `written` makes text of. called: its Chinese name in errors.
        written: text of a value that JSON does not know.

    Raises:
        ConnectorError: the log cannot be written; it then ends where it ended before.

    """
    lines = "".join(
        json.dumps(event, ensure_ascii=False, default=written) + "\n" for event in events
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a+b") as log:
            end = _whole_length(path, log.seek(0, os.SEEK_END))
            log.truncate(end)
            try:
                log.write(lines.encode())
                log.flush()
                os.fsync(log.fileno())
            except OSError:
                log.truncate(end)
                raise
    except OSError as error:
        raise failure(called, error) from error


def _whole_length(path: Path, size: int) -> int:
    """Bytes of the log up to its last whole line."""
    return path.read_bytes().rfind(b"\n") + 1 if size else 0
