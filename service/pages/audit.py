"""The auditor's pages: who looked at what and why, one person's ledger, alarms, and whether the log itself is whole."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from casework.audit.entry import DONE, FAILED, OUTCOMES
from casework.audit.harvest import ALARM
from casework.audit.reading import Where, newest
from casework.audit.verify import VERIFIED, Proof, verify
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import not_found
from service.deployment import Deployment
from service.outside import SHANGHAI
from service.pages.rendering import deployment_of, language_of, pages_of
from service.reading.access_ledger import belonging_of, ledger_of

if TYPE_CHECKING:
    from casework.audit.entry import Line

READ = Permission.AUDIT_READ
PAGE = 50
LEDGER = 500
ALARMS = timedelta(days=30)

router = APIRouter(prefix="/audit")
Running = Annotated[Deployment, Depends(deployment_of)]
Short = Annotated[str, Query(max_length=128)]


@router.get("")
@permits(READ, "audit.list")
def list_entries(
    request: Request,
    deployment: Running,
    *,
    actor: Short = "",
    action: Short = "",
    outcome: Short = "",
    subject: Short = "",
    since: Short = "",
    until: Short = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The newest entries that answer the filters, and the state of the chain."""
    asked = {
        "actor": actor.strip(),
        "action": action.strip(),
        "outcome": outcome if outcome in OUTCOMES else "",
        "subject": subject.strip(),
        "since": since,
        "until": until,
    }
    folder = deployment.audit.folder
    where = Where(
        asked["actor"],
        asked["action"],
        asked["outcome"],
        asked["subject"],
        _instant(since, days=0),
        _instant(until, days=1),
        before=before,
    )
    found = newest(folder, where, limit=PAGE)
    given = {name: value for name, value in asked.items() if value}
    older = None
    if found.more:
        older = "/audit?" + urlencode({**given, "before": found.lines[-1].seq})
    recent = (deployment.outside.now() - ALARMS).isoformat(timespec="seconds")
    return pages_of(request).draw(
        request,
        "audit/list.html.j2",
        found=found,
        names=_names(request, found.lines),
        asked=asked,
        outcomes=OUTCOMES,
        older=older,
        first=before is not None,
        alarms=newest(folder, Where(action=ALARM, since=recent), limit=20).lines,
        **_state(deployment),
    )


@router.post("/verify")
@permits(READ, "audit.verify")
def verify_now(request: Request, deployment: Running) -> Response:
    """Read the whole log through, hold it against its anchors, and note what came of it."""
    proof = _proof(deployment)
    write_entry(
        deployment,
        request,
        VERIFIED,
        outcome=DONE if proof.holds else FAILED,
        subject=("audit_log", ""),
        details={"head": proof.head.seq, "findings": len(proof.findings)},
    )
    return pages_of(request).draw(request, "audit/proof.html.j2", proof=proof)


@router.get("/person")
@permits(READ)
def find_person(person_ref: Short = "") -> Response:
    """To the ledger of a person, from the form."""
    found = person_ref.strip()
    if not found.isalnum() or not found.isascii():
        raise not_found()
    return RedirectResponse(f"/audit/persons/{found}", status_code=303)


@router.get("/persons/{person_ref}")
@permits(READ, "audit.ledger", subject=("person", "person_ref"))
def person_ledger(request: Request, deployment: Running, person_ref: str) -> Response:
    """Who looked at one person, when and why. Raises Problem 404 where the newest run does not know the person."""
    with deployment.warehouse.borrowed() as tables:
        belonging = belonging_of(tables, person_ref)
    if belonging is None:
        raise not_found()
    found = ledger_of(deployment.audit.folder, belonging, limit=LEDGER)
    return pages_of(request).draw(
        request,
        "audit/ledger.html.j2",
        person_ref=person_ref,
        ledger=found,
        names=_names(request, [*found.direct.lines, *found.wide.lines]),
    )


def _proof(deployment: Deployment) -> Proof:
    places = deployment.audit.anchors.places if deployment.audit.anchors else ()
    anchors = [anchor for place in places for anchor in place.anchors()]
    return verify(deployment.audit.folder, anchors=anchors)


def _state(deployment: Deployment) -> dict[str, Any]:
    """The chain as it stands: its head, when it was last verified, where it is anchored."""
    log = deployment.audit
    verified = newest(log.folder, Where(action=VERIFIED), limit=1).lines
    anchors = log.anchors
    return {
        "head": log.head,
        "verified": verified[0] if verified else None,
        "anchored": anchors.last if anchors else None,
        "places": [place.name for place in anchors.places] if anchors else [],
        "failing": anchors.failing if anchors else {},
    }


def _names(request: Request, lines: list[Line]) -> dict[str, str]:
    """How actions, roles and kinds of these lines are called in words; what has no words is shown as it is."""
    pages, language = pages_of(request), language_of(request)

    def say(code: str, key: str) -> str:
        return pages.say(language, key) if key in pages.words else code

    names: dict[str, str] = {}
    for entry in (line.entry for line in lines):
        action, role, kind = entry.action, entry.role, entry.subject_kind
        names[f"of:{action}"] = say(action, f"audit.of_{action.replace('.', '_')}")
        names[f"role:{role}"] = say(role, f"audit.role_{role}")
        names[f"kind:{kind}"] = say(kind, f"audit.kind_{kind}")
    return names


def _instant(day: str, *, days: int) -> str:
    """The beginning of a day in Asia/Shanghai (or of one so many days later) in UTC; nothing where it is no day."""
    try:
        found = datetime.combine(datetime.fromisoformat(day).date(), time(), SHANGHAI)
    except ValueError:
        return ""
    return (found + timedelta(days=days)).astimezone(UTC).isoformat(timespec="seconds")
