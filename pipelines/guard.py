"""Errors at the edge of a step: which Dagster tries again, which end the run, and what of them is written down.

An error of ours is one clear line without personal values and is shown as it is. Of any other error only its kind and place
are shown: its text, and the values of its variables, may be a person's.
"""

from __future__ import annotations

import traceback
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import dagster as dg

from household.errors import HouseholdError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.workplace import Workplace

WAIT_SECONDS = 20
TROUBLE = "trouble.log"


@contextmanager
def guarded(work: Workplace) -> Iterator[None]:
    """Run a step's body.

    Raises:
        dagster.RetryRequested: an outside reason, which may heal, while the run has retries.
        dagster.Failure: anything else, in one line, never tried again.

    An interruption is noted and goes on its way.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        work.trouble = KeyboardInterrupt()
        raise
    except HouseholdError as error:
        work.trouble = error
        if isinstance(error, OutsideError) and work.retries:
            raise dg.RetryRequested(work.retries, WAIT_SECONDS) from error
        raise dg.Failure(str(error), allow_retries=False) from None
    except Exception as error:
        work.trouble = error
        write_trouble(error, work.store.root / TROUBLE)
        raise dg.Failure(describe_error(error), allow_retries=False) from None


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
