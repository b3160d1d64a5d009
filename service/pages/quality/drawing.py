"""How a page of the dashboard answers: as a page, or one of its listings as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi.responses import HTMLResponse, Response
from starlette.requests import Request

from household.rules.programmes import PROGRAMMES
from service.access.trail import write_entry
from service.api.problems import not_found
from service.pages.listings import Listing, csv_of
from service.pages.quality.narrowing import View
from service.pages.rendering import deployment_of, language_of, pages_of


def answer(
    request: Request,
    template: str,
    listings: Sequence[Listing],
    *,
    csv: str | None,
    view: View | None = None,
    **values: Any,
) -> Response:
    """The page, or the listing that `csv` names. Listings are known to the template by their names.

    `view`: what a page is narrowed to, where it can be.
    """
    pages = pages_of(request)
    if csv is not None:
        found = csv_of(listings, csv, partial(pages.say, language_of(request)))
        if found is None:
            raise not_found()
        rows = sum(len(one.rows) for one in listings if one.name == csv)
        told = {"page": template, "list": csv, "rows": rows}
        write_entry(deployment_of(request), request, "export.quality", details=told)
        return found
    drawn: HTMLResponse = pages.draw(
        request,
        f"quality/{template}.html.j2",
        listings={one.name: one for one in listings},
        view=view,
        view_query="" if view is None else view.query,
        programmes=tuple(PROGRAMMES),
        **values,
    )
    return drawn


def words_of(request: Request, prefix: str) -> Any:
    """A function from a code to its word in the visitor's language: the key is `quality.<prefix>_<code>`; without a prefix, the code."""
    pages, language = pages_of(request), language_of(request)
    return lambda code: pages.say(language, f"quality.{prefix}_{code}") if prefix else str(code)
