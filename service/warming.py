"""What the first visitor after a start would wait for in a large county, made ready beside the listening service."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from household.errors import HouseholdError

if TYPE_CHECKING:
    from fastapi import FastAPI

LOGGER = logging.getLogger("hedui.service")
NOBODY = ""


def warm(application: FastAPI) -> None:
    """Index the newest run, find out where its rows stand, and file the papers of its applications.

    What cannot be read now is told to whoever asks for it.
    """
    state = application.state
    try:
        state.indexes.warm()
        with state.deployment.warehouse.borrowed() as tables:
            for name in ("verdict_reason", "flip_fact"):
                tables.rows(name, application_id=NOBODY)
            tables.alert_rows_about([NOBODY])
            shelf = state.shelves.of(tables, state.deployment.warehouse.path)
        if shelf is not None:
            shelf.papers(NOBODY)
    except HouseholdError as error:
        LOGGER.warning("%s", error)
