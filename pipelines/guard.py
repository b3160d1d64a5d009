"""Errors at the edge of a step: which Dagster tries again, and which end the run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from household.errors import HouseholdError, OutsideError
from pipelines.trouble import TROUBLE, describe_error, write_trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.workplace import Workplace

WAIT_SECONDS = 20


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
    except (GeneratorExit, SystemExit):
        raise
    except BaseException as error:  # a panic of Polars is no Exception
        work.trouble = error
        write_trouble(error, work.store.root / TROUBLE)
        raise dg.Failure(describe_error(error), allow_retries=False) from None
