"""Reports in the console: printing one, looking one up by its number or check code, and many at once when two people agree."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from casework.accounts import all_accounts
from casework.proposals import AGREED, find_proposal, proposals, propose, use
from casework.reports import Printing, find_printings, printings_of
from household.errors import InputError
from household.schema.codes import PROGRAMME
from household.schema.published.verdicts import SUGGESTIONS
from service.access.actor import EVERYTHING, Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.reading.household.whole import visible_verdicts
from service.reports.batch import file_name, write_zip
from service.reports.press import Maker, Press, chosen, press_for

if TYPE_CHECKING:
    from casework.proposals import Proposal
    from warehouse.current import CurrentTables

KIND = "export.reports"
PROPOSAL_DAYS = 14
MOST = 200
"""Reports that a page gives at once; more are made on the command line."""
SUBJECT = ("application", "application_id")

router = APIRouter()
Acting = Annotated[Actor, Depends(acting)]
Deployed = Annotated[Deployment, Depends(deployment_of)]


@router.get("/reports")
@permits(Permission.REPORT_CHECK)
def start(request: Request, actor: Acting, deployment: Deployed) -> HTMLResponse:
    """The form to look a report up; for whoever may propose a batch, that form and what became of the own ones."""
    own: tuple[Proposal, ...] = ()
    if actor.may(Permission.BULK_EXPORT):
        stamp = deployment.outside.stamp
        own = tuple(
            one
            for one in proposals(deployment.casework, kinds=(KIND,))
            if one.proposed_by == actor.account_id and not one.used_at and one.expires_at > stamp
        )
    return pages_of(request).draw(
        request,
        "reports/start.html.j2",
        may_batch=actor.may(Permission.BULK_EXPORT),
        own=own,
        agreed=AGREED,
        programmes=tuple(PROGRAMME.titles),
        suggestions=SUGGESTIONS,
        most=MOST,
    )


class LookUp(BaseModel):
    """What stands on a report. Sent in the body: a check code belongs in no log of addresses."""

    number: str = ""
    code: str = ""


@router.post("/reports/look-up")
@permits(Permission.REPORT_CHECK, "report.look_up")
def look_up(
    request: Request, asked: Annotated[LookUp, Form()], actor: Acting, deployment: Deployed
) -> HTMLResponse:
    """The printings of a report with the digest of each file; nothing of what is out of the visitor's area."""
    found = find_printings(
        deployment.casework, number=asked.number.strip(), code=asked.code.strip().upper()
    )
    with deployment.warehouse.borrowed() as tables:
        seen = tuple(one for one in found if _may_see(tables, actor, one.application_id))
        run_id = tables.run.run_id
    write_entry(
        deployment,
        request,
        "report.found",
        details={"applications": sorted({one.application_id for one in seen}), "count": len(seen)},
    )
    return pages_of(request).draw(
        request,
        "reports/found.html.j2",
        printings=seen,
        names=_names(deployment, seen),
        run_id=run_id,
    )


class Choice(BaseModel):
    """Which reports a batch is to hold, and why."""

    region: str = ""
    programme: str = ""
    suggestion: str = ""
    reason: str = ""

    @property
    def payload(self) -> dict[str, object]:
        """What a second person agrees to."""
        return {
            "region": self.region.strip(),
            "programme": self.programme,
            "suggestion": self.suggestion,
        }


@router.post("/reports/batch/propose")
@permits(Permission.BULK_EXPORT, "report.batch_propose")
def ask_second(
    request: Request, choice: Annotated[Choice, Form()], actor: Acting, deployment: Deployed
) -> HTMLResponse:
    """Propose a batch; a second person agrees. Raises InputError: nothing or too much chosen, no reason or a number in it."""
    with deployment.warehouse.borrowed() as tables:
        count = len(_chosen(tables, actor, choice.payload))
    now = deployment.outside.now()
    proposal_id = propose(
        deployment.casework,
        kind=KIND,
        subject=("list", "reports"),
        payload=choice.payload,
        reason=choice.reason,
        by=actor.account_id,
        at=now.isoformat(timespec="microseconds"),
        expires_at=(now + timedelta(days=PROPOSAL_DAYS)).isoformat(timespec="microseconds"),
        region_code=choice.region.strip() or None,
        programme=choice.programme or None,
    )
    return pages_of(request).draw(
        request, "reports/proposed.html.j2", proposal_id=proposal_id, count=count
    )


@router.post("/reports/batch/{proposal_id}")
@permits(Permission.BULK_EXPORT, "report.batch_ask", subject=("proposal", "proposal_id"))
def batch(request: Request, proposal_id: str, actor: Acting, deployment: Deployed) -> Response:
    """The ZIP of an agreed batch, given once to whoever proposed it. Raises InputError: it is not agreed to, or used."""
    found = find_proposal(deployment.casework, proposal_id)
    if found is None or found.kind != KIND or found.proposed_by != actor.account_id:
        raise not_found()
    press = _press(request, deployment)
    with deployment.warehouse.borrowed() as tables:
        wanted = _chosen(tables, actor, found.payload)
        use(
            deployment.casework,
            proposal_id,
            kind=KIND,
            by=actor.account_id,
            at=deployment.outside.stamp,
            rows=len(wanted),
        )
        details: dict[str, object] = {"applications": wanted, "reports": len(wanted)}
        write_entry(
            deployment,
            request,
            "report.print",
            subject=("proposal", proposal_id),
            details=details,
        )
        target = io.BytesIO()
        made = press.print_many(
            tables,
            wanted,
            maker=_maker(actor, deployment),
            programmes=_programmes(actor),
        )
        write_zip(target, made, as_of=tables.run.as_of)
    return _file(target.getvalue(), "application/zip", f"reports_{proposal_id}.zip")


@router.get("/reports/{application_id}")
@permits(Permission.REPORT_MAKE, "report.printings", subject=SUBJECT)
def printings(
    request: Request, application_id: str, actor: Acting, deployment: Deployed
) -> HTMLResponse:
    """How often the reports of an application were printed, and the button to print the present one."""
    entered = printings_of(deployment.casework, application_id)
    with deployment.warehouse.borrowed() as tables:
        run_id = tables.run.run_id
        if visible_verdicts(tables, actor.scope, application_id) is None and not (
            entered and _may_see(tables, actor, application_id)
        ):
            raise not_found()
    return pages_of(request).draw(
        request,
        "reports/application.html.j2",
        application_id=application_id,
        printings=entered,
        names=_names(deployment, entered),
        run_id=run_id,
    )


@router.post("/reports/{application_id}/print")
@permits(Permission.REPORT_MAKE, "report.print", subject=SUBJECT)
def print_report(
    request: Request, application_id: str, actor: Acting, deployment: Deployed
) -> Response:
    """The sealed report as a PDF; each printing is entered in the register."""
    with deployment.warehouse.borrowed() as tables:
        if visible_verdicts(tables, actor.scope, application_id) is None:
            raise not_found()
        made = _press(request, deployment).print_one(
            tables,
            application_id,
            maker=_maker(actor, deployment),
            programmes=_programmes(actor),
        )
    return _file(made.data, "application/pdf", file_name(made))


def _press(request: Request, deployment: Deployment) -> Press:
    """The press of the running application, made when the first report is asked for: without a font only reports are missing."""
    state = request.app.state
    if getattr(state, "press", None) is None:
        state.press = press_for(
            deployment.warehouse.path,
            deployment.casework,
            fonts=deployment.settings.fonts,
            seal_key=deployment.settings.seal_key,
            token_bytes=deployment.outside.token_bytes,
        )
    press: Press = state.press
    return press


def _maker(actor: Actor, deployment: Deployment) -> Maker:
    outside = deployment.outside
    return Maker(actor.account_id, actor.name, outside.today, outside.stamp)


def _programmes(actor: Actor) -> tuple[str, ...] | None:
    """Programmes that the report may tell of; None: all."""
    return None if EVERYTHING in actor.scope.programmes else actor.scope.programmes


def _may_see(tables: CurrentTables, actor: Actor, application_id: str) -> bool:
    """An application that the newest run does not know lies nowhere: only whoever sees everything may see its reports."""
    if visible_verdicts(tables, actor.scope, application_id) is not None:
        return True
    known = tables.frame("household_verdict", application_id=application_id).height > 0
    everything = EVERYTHING in actor.scope.regions and EVERYTHING in actor.scope.programmes
    return not known and everything


def _chosen(tables: CurrentTables, actor: Actor, payload: dict[str, object]) -> list[str]:
    asked = {
        name: str(payload.get(name) or "") or None for name in ("region", "programme", "suggestion")
    }
    rows = chosen(tables, **asked).filter(actor.scope.rows(programme="programme"))
    wanted: list[str] = rows["application_id"].unique(maintain_order=True).to_list()
    if not wanted:
        raise InputError("没有符合条件的申请", "请放宽条件")
    if len(wanted) > MOST:
        raise InputError(
            f"符合条件的申请有{len(wanted)}份，超过{MOST}份",
            "请缩小范围，或由系统管理员用 hedui report 批量出具",
        )
    return wanted


def _names(deployment: Deployment, entered: tuple[Printing, ...]) -> dict[str, str]:
    wanted = {one.made_by for one in entered}
    return {
        a.account_id: a.name for a in all_accounts(deployment.casework) if a.account_id in wanted
    }


def _file(data: bytes, media_type: str, name: str) -> Response:
    return Response(
        data,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
