"""What an administrator does to another's account: alone where it takes something away, with a second person where it gives or opens.

Two people: a role or area that is more than before, a new password or a second factor taken away, a subject of the identity provider, a key.
Whoever could do one of these alone could come in as anybody. The second person is another administrator, or a supervisor of the area.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casework.accounts import (
    Account,
    all_accounts,
    check_account,
    check_grant,
    login_of,
    set_role,
    set_scope,
)
from casework.proposals import AGREED, Proposal, find_proposal, proposals, use
from household.alerts.life.decisions import plain_text
from household.errors import InputError
from service.access.actor import Scope
from service.access.areas import PLAIN, raises, widens, within
from service.access.identity import actor_of
from service.access.keeping import new_account
from service.access.roles import Permission, Role
from service.acts import ACCOUNT, ACCOUNT_GRANT, as_it_is
from service.proposing import put_forward

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.access.actor import Actor
    from service.deployment import Deployment

TAKEN_UP = ("account.reset", "account.key")
"""Kinds whose secret is shown once to whoever asked for it, when somebody else has agreed."""


def ask(
    deployment: Deployment,
    actor: Actor,
    account: Account,
    *,
    kind: str,
    payload: Mapping[str, object],
    reason: str,
) -> str:
    """Put something forward to a second person; returns the proposal's id.

    Raises:
        InputError: the own account, a closed one, no reason or a number in it, or nobody who could agree.

    """
    _refuse_own(account, actor)
    if account.disabled_at is not None:
        raise InputError("账号已停用", "请先重新启用")
    plain_text(reason, "理由")
    _somebody_else(deployment, actor, account, payload)
    return put_forward(
        deployment,
        actor,
        kind=kind,
        subject=("account", account.account_id),
        payload=payload,
        reason=reason,
    )


def change(
    deployment: Deployment,
    actor: Actor,
    account: Account,
    *,
    role: str,
    scope: Scope,
    reason: str,
) -> str | None:
    """Give an account this role and area: at once where neither is more than before, else put forward. Returns the proposal's id, or None.

    Raises:
        InputError: as `ask`, `set_role` and `set_scope`.

    """
    _refuse_own(account, actor)
    check_grant(account, role, scope.regions, scope.programmes)
    before = Scope(account.regions, account.programmes)
    if raises(account.role, role) or widens(before, scope):
        wanted = {"role": role, "regions": list(scope.regions)}
        payload = wanted | {"programmes": list(scope.programmes)} | as_it_is(account)
        return ask(deployment, actor, account, kind=ACCOUNT_GRANT, payload=payload, reason=reason)
    by = actor.account_id
    if role != account.role:
        set_role(deployment.casework, account.account_id, role, by=by)
    told = {"regions": scope.regions, "programmes": scope.programmes}
    set_scope(deployment.casework, account.account_id, **told, by=by)
    return None


def add(
    deployment: Deployment,
    actor: Actor,
    *,
    login: str,
    name: str,
    role: str,
    scope: Scope,
    reason: str,
) -> tuple[Account, str | None, str | None]:
    """A new account that may nothing yet, its first password where it has one, and the proposal that gives it role and area.

    Raises:
        InputError: a name, role or area that cannot be, or as `ask`; then nothing was added.

    """
    first = role if role in PLAIN else Role.ANALYST
    blank = Account("", login_of(login), name.strip(), first, (), ())
    check_account(replace(blank, role=role, regions=scope.regions, programmes=scope.programmes))
    more = raises(first, role) or bool(scope.regions)
    if more:
        plain_text(reason, "理由")
        told = {"regions": list(scope.regions), "programmes": list(scope.programmes)}
        _somebody_else(deployment, actor, blank, told)
    account, password = new_account(
        deployment.casework,
        deployment.outside,
        login=login,
        name=name,
        role=first,
        regions=(),
        programmes=(),
        by=actor.account_id,
    )
    proposed = None
    if more:
        proposed = change(deployment, actor, account, role=role, scope=scope, reason=reason)
    return account, password, proposed


def take_up(
    deployment: Deployment, actor: Actor, account: Account, *, kind: str, proposal_id: str
) -> Proposal:
    """What somebody else has agreed to, taken by whoever asked for it to be carried out now, once.

    Raises:
        InputError: it is another one's, about another account, not agreed to, carried out already, or expired.

    """
    found = find_proposal(deployment.casework, proposal_id)
    if (
        found is None
        or found.proposed_by != actor.account_id
        or found.subject_id != account.account_id
    ):
        raise InputError("没有这一项已同意的事项", "请刷新页面")
    if account.disabled_at is not None:
        raise InputError("账号已停用", "请先重新启用")
    at = deployment.outside.stamp
    return use(deployment.casework, proposal_id, kind=kind, by=actor.account_id, at=at)


def agreed_for(deployment: Deployment, actor: Actor, account_id: str) -> tuple[Proposal, ...]:
    """What the actor may take up now for an account."""
    now = deployment.outside.stamp
    return tuple(
        one
        for one in proposals(deployment.casework, kinds=TAKEN_UP)
        if (one.subject_id, one.proposed_by) == (account_id, actor.account_id)
        and one.decision == AGREED
        and one.used_at is None
        and now < one.expires_at
    )


def waiting_for(deployment: Deployment, account_id: str) -> tuple[Proposal, ...]:
    """What waits for a second person about an account."""
    now = deployment.outside.stamp
    return tuple(
        one
        for one in proposals(deployment.casework)
        if one.kind.startswith(ACCOUNT)
        and one.subject_id == account_id
        and one.decision is None
        and now < one.expires_at
    )


def _somebody_else(
    deployment: Deployment, actor: Actor, account: Account, payload: Mapping[str, object]
) -> None:
    """Refuse what nobody could agree to: with one administrator and no supervisor of the area the machine is where it is done."""
    for one in all_accounts(deployment.casework):
        other = actor_of(one)
        if (
            one.disabled_at is None
            and one.account_id not in (actor.account_id, account.account_id)
            and other.may(Permission.ACCOUNT_AGREE)
            and (other.may(Permission.ACCOUNT_MANAGE) or within(other.scope, account, payload))
        ):
            return
    raise InputError(
        "须由两人办理，而现在没有可以复核的第二人",
        "请在服务器上用 hedui accounts 办理，或先增加另一名系统管理员",
    )


def _refuse_own(account: Account, actor: Actor) -> None:
    if account.account_id == actor.account_id:
        raise InputError(
            "不能更改或重置自己的账号",
            "口令与动态码请在“我的账号”中修改，其余由另一名系统管理员办理",
        )
