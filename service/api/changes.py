"""The change feed as the API gives it: what was published, superseded, recalled, in order, from where the caller left off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from casework.feed import newest_walk, read_entries
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.answers import answer, problems
from service.api.cursors import read_cursor, write_cursor
from service.api.problems import Problem
from service.api.shapes import Model
from service.deployment import Deployment
from service.feed.areas import area_word
from service.feed.differences import REASONS
from service.pages.rendering import deployment_of

if TYPE_CHECKING:
    from service.access.actor import Scope

router = APIRouter(tags=["changes"])

KIND = "changes"
CHANGES = ("published", "superseded", "withdrawn", "alert_raised", "alert_changed", "alert_gone")


class Change(Model):
    """One change. Verdicts have application_id, programme and verdict ids; alerts have alert_id."""

    seq: int = Field(
        title="序号", description="grows; may leave out numbers of other areas", examples=[4711]
    )
    change: Literal[CHANGES] = Field(  # type: ignore[valid-type]
        title="变更",
        description="withdrawn: previous_verdict_id is recalled and must no longer be used",
    )
    reason: str | None = Field(title="收回原因", description=f"one of {', '.join(REASONS)}")
    reason_zh: str | None = Field(title="原因说明")
    application_id: str | None = Field(title="申请编号")
    programme: str | None = Field(title="救助类型")
    requested: bool | None = Field(
        title="是否所申请", description="false: evaluated for information"
    )
    verdict_id: str | None = Field(title="建议编号", description="what stands now; null: nothing")
    previous_verdict_id: str | None = Field(title="被替代或收回的建议编号")
    alert_id: str | None = Field(title="预警编号")
    run_id: str = Field(title="运行编号", description="the run that made the change")
    at: str = Field(title="记录时间", examples=["2026-05-20T01:30:00.000000+00:00"])
    bridged: bool = Field(
        title="跨越缺失的运行", description="net difference: runs between are not kept"
    )


class ChangePage(Model):
    """Changes in order. `more`: call again at once with `next`; an empty page may have more behind it."""

    run_id: str | None = Field(title="已记录到的运行", description="null: nothing was recorded yet")
    items: list[Change]
    next: str = Field(title="下一页游标", description="keep it, and ask again with it later")
    more: bool = Field(title="是否还有")


class ChangeQuery(Model):
    """From where."""

    after: str = Field(
        "",
        max_length=200,
        pattern="^[A-Za-z0-9_-]*$",
        description="`next` of the page before",
    )
    start: Literal["beginning", "now"] = Field(
        "beginning", description="without `after`: from the first change, or from now on"
    )
    limit: int = Field(200, ge=1, le=1000)


@router.get("/changes", summary="变更", response_model=ChangePage, responses=problems(400, 409))
@permits(Permission.SERVICE_READ, "change.list")
def changes(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    query: Annotated[ChangeQuery, Query()],
) -> Response:
    """Every change once and in order: whoever applies them all holds exactly the current verdicts and alerts of the key's area.

    When the key's area was changed, the cursor answers 409 `resync-required`: take a cursor with `start=now`, then read the lists
    anew, then go on with that cursor.
    """
    store = deployment.casework
    walk = newest_walk(store)
    head = walk.last_seq if walk else 0
    if query.after:
        after = _place(query.after, actor.scope, head)
    else:
        after = head if query.start == "now" else 0
    page = read_entries(
        store,
        after,
        regions=actor.scope.regions,
        programmes=actor.scope.programmes,
        most=query.limit,
    )
    items = [entry_told(row) for row in page.rows]
    applications = sorted({row["application_id"] for row in page.rows if row["application_id"]})
    write_entry(
        deployment,
        request,
        "change.page",
        details={"applications": applications, "changes": len(items)},
    )
    body = {
        "run_id": walk.run_id if walk else None,
        "items": items,
        "next": place_word(page.upto, actor.scope),
        "more": page.upto < page.head,
    }
    return answer(request, body, run_id=walk.run_id if walk else "")


def entry_told(row: dict[str, Any]) -> dict[str, Any]:
    """An entry as Change has it."""
    flag = row["requested"]
    same = ("seq", "change", "reason", "application_id", "programme", "verdict_id")
    return {name: row[name] for name in same} | {
        "reason_zh": None if row["reason"] is None else REASONS[row["reason"]],
        "requested": None if flag is None else bool(flag),
        "previous_verdict_id": row["previous_verdict_id"],
        "alert_id": row["alert_id"],
        "run_id": row["run_id"],
        "at": row["recorded_at"],
        "bridged": bool(row["bridged"]),
    }


def place_word(seq: int, scope: Scope) -> str:
    """The cursor behind an entry, for this area only."""
    return write_cursor(KIND, [seq, area_word(scope)])


def _place(word: str, scope: Scope, head: int) -> int:
    seq, area = read_cursor(KIND, word, length=2)
    if area != area_word(scope) or not isinstance(seq, int) or seq > head:
        raise Problem(
            409,
            "resync-required",
            "需要重新同步",
            detail="密钥的权限范围已改变，或记录已恢复到较早的状态：先以 start=now 取得新游标，再重新读取列表，然后从新游标继续",
        )
    return seq
