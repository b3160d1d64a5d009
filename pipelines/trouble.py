"""What is shown and kept of an error that nobody foresaw.

An error of ours is one clear line without personal values and is shown as it is. Of any other error only its kind and place
are: its text, and the values of its variables, may be a person's.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TROUBLE = "trouble.log"


def describe_error(error: BaseException) -> str:
    """Kind and place of an error, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"，{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"程序内部错误（{type(error).__name__}{where}）"


def write_trouble(error: BaseException, target: Path) -> bool:
    """Write the call stack of an error, with neither its text nor any variable. Whether that could be written."""
    lines = [describe_error(error) + "\n"]
    seen: BaseException | None = error
    while seen is not None:
        lines += [f"{type(seen).__module__}.{type(seen).__qualname__}\n"]
        lines += traceback.format_list(traceback.extract_tb(seen.__traceback__))
        seen = seen.__cause__ or seen.__context__
    with suppress(OSError):
        target.write_text("".join(lines), encoding="utf-8")
        return True
    return False
