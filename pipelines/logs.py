"""Where Dagster's lines go when the command line drives it: into a file beside the hand-offs of the run, not on the screen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from pathlib import Path

LOG = "log"


def log_to(folder: Path) -> dg.LoggerDefinition:
    """A Dagster logger that appends to `folder`/log."""

    def open_log(_: dg.InitLoggerContext) -> logging.Logger:
        handler = logging.FileHandler(folder / LOG, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger = logging.Logger("hedui.run", level=logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return dg.LoggerDefinition(open_log, description="file beside the hand-offs of the run")
