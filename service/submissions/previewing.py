"""An upload as its sender sees it before he decides: what each sheet was taken for, what is damaged, what would be refused and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.submissions import REFUSED, same_content
from casework.uploads import end_upload, set_mapping
from connectors.intake.titles import fold_title
from service.submissions.handing_in import Sent, check_sent, hand_in
from service.submissions.keeping import BACK, BOOK, drop, fetch, write
from service.submissions.telling import TellRow, tell_rows
from service.submissions.workbook.errors_back import errors_back
from service.submissions.workbook.reading import read_book

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.submissions import Batch
    from casework.uploads import Upload
    from service.access.actor import Actor
    from service.deployment import Deployment
    from service.reading.index import Indexes
    from service.submissions.workbook.reading import Book, ReadSheet


@dataclass(frozen=True)
class Preview:
    """What would become of an upload.

    Attributes:
        book: as it was read. rows: each with its findings; none while the book is blocked. before: a batch of these very bytes.

    """

    upload: Upload
    book: Book
    rows: tuple[TellRow, ...]
    before: Batch | None

    @property
    def refused(self) -> tuple[TellRow, ...]:
        """Rows that would be refused."""
        return tuple(r for r in self.rows if not r.accepted)

    @property
    def accepted(self) -> int:
        """Rows that would be put into the inbox."""
        return sum(r.accepted and not r.unchanged for r in self.rows)

    @property
    def unchanged(self) -> int:
        """Rows that stand already."""
        return sum(r.unchanged for r in self.rows)

    @property
    def unasked(self) -> tuple[TellRow, ...]:
        """People nobody may be asked about."""
        return tuple(r for r in self.rows if r.accepted and r.unasked)

    @property
    def noticed(self) -> tuple[TellRow, ...]:
        """Rows that stand with something to look at."""
        return tuple(r for r in self.rows if r.accepted and r.faults and not r.unasked)

    def counts(self, dataset: str) -> tuple[int, int]:
        """Rows of a sheet, and how many of them would be refused."""
        mine = [r for r in self.rows if r.row.dataset == dataset]
        return len(mine), sum(r.row.state == REFUSED for r in mine)

    def cell(self, row: TellRow, column: str) -> str:
        """Where a cell stands in the sender's book, like B7; the row alone where the column does not stand there."""
        sheet = self.book.sheets[row.row.dataset]
        return f"{sheet.positions.get(column, '')}{row.row.line}"

    def sheet(self, row: TellRow) -> ReadSheet:
        """The sheet of a row."""
        return self.book.sheets[row.row.dataset]


def preview(
    deployment: Deployment, indexes: Indexes, actor: Actor, upload: Upload
) -> Preview | None:
    """Read and check an upload; nothing is kept of what was found. None where its bytes are gone.

    Raises:
        BookRefusedError: it cannot be read.

    """
    data = fetch(deployment, upload.upload_id, BOOK)
    if data is None:
        return None
    book = read_book(data, json.loads(upload.mapping))
    before = same_content(deployment.casework, upload.content_digest)
    if book.blocked:
        return Preview(upload, book, (), before)
    checked = check_sent(deployment, indexes, actor, book.content())
    return Preview(upload, book, tell_rows(checked.rows, checked.faults), before)


def map_titles(deployment: Deployment, upload: Upload, book: Book, said: Mapping[str, str]) -> None:
    """Take titles for columns. `said`: `<dataset>/<letters>` to a column; an empty one is not read. Columns that nobody declares are passed over."""
    mapping: dict[str, str] = json.loads(upload.mapping)
    for name, one in book.sheets.items():
        declared = {c.name for c in one.sheet.dataset.columns}
        for title in one.titles:
            column = said.get(f"{name}/{title.letters}")
            key = f"{name}/{fold_title(title.title)}"
            if column is None or "***" in key:
                continue
            if column in declared:
                mapping[key] = column
            else:
                mapping.pop(key, None)
    set_mapping(deployment.casework, upload.upload_id, json.dumps(mapping, sort_keys=True))


def confirm(deployment: Deployment, indexes: Indexes, actor: Actor, found: Preview) -> Batch | None:
    """Hand in the good rows of an upload, once. What was refused is kept as a workbook; the upload itself is gone.

    Returns:
        The batch; the one before where these very bytes were handed in. None where nothing can be handed in.

    """
    upload = found.upload
    if found.book.blocked or upload.ended_at is not None:
        return None
    batch: Batch | None = found.before
    if batch is None:
        sent = Sent(found.book.content(), "applications", "workbook", upload.content_digest)
        handed = hand_in(deployment, indexes, actor, sent)
        batch = handed  # type: ignore[assignment]  # without a key nothing is a repetition
        if found.refused:
            back = errors_back(found.book, found.rows)
            write(deployment, upload.upload_id, BACK, back)
    assert batch is not None
    end_upload(
        deployment.casework, upload.upload_id, deployment.outside.stamp, batch_id=batch.batch_id
    )
    drop(deployment, upload.upload_id, BOOK)
    return batch


def discard(deployment: Deployment, upload: Upload) -> None:
    """Give an upload up; nothing of it stays."""
    end_upload(deployment.casework, upload.upload_id, deployment.outside.stamp, batch_id=None)
    drop(deployment, upload.upload_id, BOOK)
    drop(deployment, upload.upload_id, BACK)
