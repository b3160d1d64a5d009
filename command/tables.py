"""Tables on a terminal, and how a missing value looks in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def table(title: str, *columns: str) -> Table:
    """An empty table; a column whose title begins with # is a number."""
    from rich.box import Box
    from rich.table import Table

    # Only ASCII: a terminal that shows Chinese may draw other lines and signs two columns wide.
    ruled = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)

    page = Table(title=title, title_justify="left", title_style="bold", box=ruled, pad_edge=False)
    for column in columns:
        numeric = column.startswith("#")
        page.add_column(column.lstrip("#"), justify="right" if numeric else "left", overflow="fold")
    return page


def words(value: object) -> str:
    """A value in a cell; what is not known is a dash, never a nought."""
    return "-" if value is None else str(value)
