"""Batches by workbook: the template, upload and preview, handing in, and what became of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.accounts import all_accounts
from casework.uploads import upload_of_batch
from household.schema.codes import PROGRAMME
from household.schema.published.verdicts import SUGGESTION_TITLES
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.reading.index import Indexes, indexes_of
from service.submissions import keeping, previewing
from service.submissions.expiring import expiring
from service.submissions.previewing import Preview
from service.submissions.telling import tell_batch, tell_batches, verdicts_of
from service.submissions.workbook.errors_back import errors_back
from service.submissions.workbook.opening import BookRefusedError
from service.submissions.workbook.reading import TITLES
from service.submissions.workbook.template import template

if TYPE_CHECKING:
    from casework.uploads import Upload

SHOWN_ROWS = 200
_MOST = 2**63 - 1
"""The largest number that the store can hold."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter()
Acting = Annotated[Actor, Depends(acting)]
Deployed = Annotated[Deployment, Depends(deployment_of)]
Indexed = Annotated[Indexes, Depends(indexes_of)]


async def _titles_said(request: Request) -> dict[str, str]:
    """The fields of the form of titles: `<dataset>/<letters>` to a column."""
    async with request.form() as form:
        return {key: str(value) for key, value in form.items() if "/" in key}


@router.get("/batches")
@permits(Permission.BATCH_SUBMIT, "batch.list")
def list_batches(
    request: Request,
    actor: Acting,
    deployment: Deployed,
    before: Annotated[int | None, Query(ge=1, le=_MOST)] = None,
) -> HTMLResponse:
    """The batches of the actor and its area, the place to upload, and papers that end soon."""
    return _list(request, actor, deployment, before=before)


@router.get("/batches/template.xlsx")
@permits(Permission.BATCH_SUBMIT)
def download_template() -> Response:
    """The template; the same for everybody."""
    return _workbook(template(), "weituo-hedui-moban.xlsx")


@router.post("/batches/uploads")
@permits(Permission.BATCH_SUBMIT, "batch.upload")
def upload(
    request: Request, file: UploadFile, actor: Acting, deployment: Deployed, indexes: Indexed
) -> Response:
    """Keep a workbook until its sender decides, if it can be read at all."""
    data = file.file.read()
    upload_id = keeping.keep(deployment, actor, data)
    kept = _mine(deployment, actor, upload_id)
    try:
        previewing.preview(deployment, indexes, actor, kept)
    except BookRefusedError as error:
        previewing.discard(deployment, kept)
        return _list(request, actor, deployment, refused=error)
    return RedirectResponse(f"/batches/uploads/{upload_id}", status_code=303)


@router.get("/batches/uploads/{upload_id}")
@permits(Permission.BATCH_SUBMIT, "batch.preview", subject=("upload", "upload_id"))
def show_upload(
    request: Request, upload_id: str, actor: Acting, deployment: Deployed, indexes: Indexed
) -> HTMLResponse:
    """What would become of an upload."""
    found = _preview(deployment, indexes, actor, upload_id)
    return pages_of(request).draw(
        request,
        "batches/preview.html.j2",
        found=found,
        titles=TITLES,
        shown=SHOWN_ROWS,
    )


@router.post("/batches/uploads/{upload_id}/mapping")
@permits(Permission.BATCH_SUBMIT, "batch.map", subject=("upload", "upload_id"))
def map_titles(
    upload_id: str,
    said: Annotated[dict[str, str], Depends(_titles_said)],
    actor: Acting,
    deployment: Deployed,
    indexes: Indexed,
) -> RedirectResponse:
    """Take titles that nobody knows for columns, as the sender says."""
    found = _preview(deployment, indexes, actor, upload_id)
    previewing.map_titles(deployment, found.upload, found.book, said)
    return RedirectResponse(f"/batches/uploads/{upload_id}", status_code=303)


@router.get("/batches/uploads/{upload_id}/refused.xlsx")
@permits(Permission.BATCH_SUBMIT, "batch.refused_rows", subject=("upload", "upload_id"))
def download_refused(
    upload_id: str, actor: Acting, deployment: Deployed, indexes: Indexed
) -> Response:
    """The rows that would be refused, with their reasons, before anything is handed in."""
    found = _preview(deployment, indexes, actor, upload_id)
    return _workbook(errors_back(found.book, found.rows), "tuihui.xlsx")


@router.post("/batches/uploads/{upload_id}/confirm")
@permits(Permission.BATCH_SUBMIT, "batch.confirm", subject=("upload", "upload_id"))
def confirm(
    request: Request, upload_id: str, actor: Acting, deployment: Deployed, indexes: Indexed
) -> RedirectResponse:
    """Hand in the good rows."""
    found = _preview(deployment, indexes, actor, upload_id)
    named = sorted({r.row.application_id for r in found.rows if r.accepted})
    write_entry(
        deployment,
        request,
        "batch.submit",
        subject=("upload", upload_id),
        details={"applications": named, "route": "workbook"},
    )
    batch = previewing.confirm(deployment, indexes, actor, found)
    if batch is None:
        return RedirectResponse(f"/batches/uploads/{upload_id}", status_code=303)
    return RedirectResponse(f"/batches/{batch.batch_id}", status_code=303)


@router.post("/batches/uploads/{upload_id}/discard")
@permits(Permission.BATCH_SUBMIT, "batch.discard", subject=("upload", "upload_id"))
def discard(upload_id: str, actor: Acting, deployment: Deployed) -> RedirectResponse:
    """Give an upload up."""
    previewing.discard(deployment, _mine(deployment, actor, upload_id))
    return RedirectResponse("/batches", status_code=303)


@router.get("/batches/{batch_id}")
@permits(Permission.BATCH_SUBMIT, "batch.read", subject=("batch", "batch_id"))
def show_batch(
    request: Request, batch_id: str, actor: Acting, deployment: Deployed, indexes: Indexed
) -> HTMLResponse:
    """One batch: its rows, how far it is, and what the newest run suggests."""
    told = tell_batch(deployment, actor, batch_id)
    if told is None:
        raise not_found()
    kept = upload_of_batch(deployment.casework, batch_id)
    has_back = (
        kept is not None
        and kept.account_id == actor.account_id
        and keeping.fetch(deployment, kept.upload_id, keeping.BACK) is not None
    )
    return pages_of(request).draw(
        request,
        "batches/show.html.j2",
        told=told,
        verdicts=verdicts_of(indexes, actor, told),
        suggestions=SUGGESTION_TITLES,
        titles=TITLES,
        names=_names(deployment),
        has_back=has_back,
        shown=SHOWN_ROWS,
    )


@router.get("/batches/{batch_id}/refused.xlsx")
@permits(Permission.BATCH_SUBMIT, "batch.refused_rows", subject=("batch", "batch_id"))
def download_back(batch_id: str, actor: Acting, deployment: Deployed) -> Response:
    """The rows that were refused, for whoever sent them, as long as they are kept."""
    kept = upload_of_batch(deployment.casework, batch_id)
    if kept is None or kept.account_id != actor.account_id:
        raise not_found()
    data = keeping.fetch(deployment, kept.upload_id, keeping.BACK)
    if data is None:
        raise not_found()
    return _workbook(data, f"tuihui-{batch_id}.xlsx")


def _list(
    request: Request,
    actor: Actor,
    deployment: Deployment,
    *,
    before: int | None = None,
    refused: BookRefusedError | None = None,
) -> HTMLResponse:
    found, more = tell_batches(deployment, actor, before=before)
    return pages_of(request).draw(
        request,
        "batches/list.html.j2",
        status=200 if refused is None else 422,
        batches=found,
        more=more,
        names=_names(deployment),
        refused=refused,
        has_inbox=deployment.settings.inbox is not None,
        expiring=expiring(deployment, actor.scope),
        programmes=PROGRAMME.titles,
        today=deployment.outside.today,
    )


def _mine(deployment: Deployment, actor: Actor, upload_id: str) -> Upload:
    found = keeping.mine(deployment, actor, upload_id)
    if found is None or found.ended_at is not None:
        raise not_found()
    return found


def _preview(deployment: Deployment, indexes: Indexes, actor: Actor, upload_id: str) -> Preview:
    found = previewing.preview(deployment, indexes, actor, _mine(deployment, actor, upload_id))
    if found is None:
        raise not_found()
    return found


def _names(deployment: Deployment) -> dict[str, str]:
    return {one.account_id: one.name for one in all_accounts(deployment.casework)}


def _workbook(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=XLSX, headers=headers)
