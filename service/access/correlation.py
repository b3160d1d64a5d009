"""The number that binds an answer, its log lines and its audit entries. Given by us: a caller's own might carry anything."""

from __future__ import annotations

import logging
from contextvars import ContextVar

CORRELATION: ContextVar[str] = ContextVar("hedui_correlation", default="-")
HEADER = "X-Correlation-Id"
_FORM = "%(asctime)s %(levelname)s %(correlation)s %(name)s %(message)s"


class WithCorrelation(logging.Filter):
    """Gives every log record a `correlation`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add it and let the record pass."""
        record.correlation = CORRELATION.get()
        return True


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write the service's log lines to the standard error, each with its correlation id. Called once, at the edge."""
    handler = logging.StreamHandler()
    handler.addFilter(WithCorrelation())
    handler.setFormatter(logging.Formatter(_FORM))
    logger = logging.getLogger("hedui")
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
