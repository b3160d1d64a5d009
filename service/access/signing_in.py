"""Signing in and out: the count of attempts first, then the password, the second factor, the audit entry, and a session that is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts import (
    claim_step,
    find_account,
    login_of,
    renew_hash,
    second_factor_secret,
)
from casework.audit.entry import FAILED
from casework.devices import KNOWN_FOR, is_known, know_device
from casework.sessions import end_session, find_session, start_session
from casework.sign_ins import (
    claim_attempt,
    forgive,
    of_address,
    of_device,
    of_login,
    of_pair,
    of_session,
)
from household.errors import InputError
from service.access.admission import SIGN_IN
from service.access.client import client_address
from service.access.identity import (
    DEVICE_COOKIE,
    SESSION_COOKIE,
    TOKEN_BYTES,
    actor_of,
    cookie_header,
    idle_and_longest,
)
from service.access.pace import too_many
from service.access.passwords import hash_password, matches, outdated
from service.access.roles import Role
from service.access.second_factor import step_of
from service.access.trail import write_entry

if TYPE_CHECKING:
    from starlette.requests import Request

    from casework.accounts import Account
    from casework.sign_ins import Attempted
    from service.deployment import Deployment

ACTION = "session.login"


def sign_in(
    deployment: Deployment, request: Request, *, login: str, password: str, code: str = ""
) -> tuple[Account, str]:
    """The account and the token of its new session.

    Raises:
        InputError: they do not fit; the same line whatever did not. Problem: 429, tried too often.
        AuditUnavailable: it could not be written down. CaseworkError: the store does not answer.

    """
    now = deployment.outside.now()
    plain = login_of(login)
    own, shared = _counts(deployment, request, plain)
    wait = claim_attempt(deployment.casework, (own, *shared.values()), now)
    if wait:
        _failed(deployment, request, None, "throttled")
        raise too_many(wait)
    account = find_account(deployment.casework, login=plain)
    right = matches(account.password_hash if account else None, password)
    if account is None or not right or not _open(account):
        _failed(deployment, request, account, "credentials")
        raise _refused()
    if not _second(deployment, account, code):
        _failed(deployment, request, account, "second_factor")
        raise _refused()
    forgive(deployment.casework, own, now, **shared)
    if account.password_hash and outdated(account.password_hash):
        renew_hash(
            deployment.casework,
            account.account_id,
            old=account.password_hash,
            new=hash_password(password),
        )
    return account, begin_session(deployment, request, account, how="password")


def begin_session(deployment: Deployment, request: Request, account: Account, *, how: str) -> str:
    """A new session of an account that has shown who it is, and its token. The one that the browser held before ends.

    Raises AuditUnavailable, and then there is no session.
    """
    write_entry(deployment, request, ACTION, details={"how": how}, actor=actor_of(account))
    now = deployment.outside.now()
    idle, longest = idle_and_longest(deployment.settings)
    former = request.cookies.get(SESSION_COOKIE, "")
    known = (
        find_session(deployment.casework, former, now, idle=idle, longest=longest)
        if former
        else None
    )
    if known is not None:
        session, owner = known
        end_session(
            deployment.casework,
            session.session_id,
            now,
            account_id=owner.account_id,
            why="replaced",
        )
    token = deployment.outside.token_bytes(TOKEN_BYTES).hex()
    start_session(
        deployment.casework, account.account_id, token, now, address=_address(deployment, request)
    )
    return token


def right_now(deployment: Deployment, account: Account, password: str) -> None:
    """Ask a person who is signed in for the password again. Raises InputError: it is not; Problem: 429, tried too often."""
    now = deployment.outside.now()
    own = of_session(account.account_id)
    wait = claim_attempt(deployment.casework, (own,), now)
    if wait:
        raise too_many(wait)
    if not matches(account.password_hash, password):
        raise InputError("原口令不正确", "请重新输入")
    forgive(deployment.casework, own, now)


def remember_device(deployment: Deployment, request: Request, account: Account) -> bytes:
    """The cookie, as a header says it, by which this browser is known when the account comes in again. New each time."""
    token = deployment.outside.token_bytes(TOKEN_BYTES).hex()
    know_device(
        deployment.casework,
        account.account_id,
        token,
        former=request.cookies.get(DEVICE_COOKIE, ""),
        now=deployment.outside.now(),
    )
    return cookie_header(
        DEVICE_COOKIE,
        token,
        secure=deployment.settings.behind_tls,
        path=SIGN_IN,
        days=KNOWN_FOR.days,
    )


def _counts(
    deployment: Deployment, request: Request, login: str
) -> tuple[Attempted, dict[str, Attempted]]:
    """The count that is the client's own, and those that it shares with others: none, where the account came in from this browser before."""
    token = request.cookies.get(DEVICE_COOKIE, "")
    now = deployment.outside.now()
    if token and is_known(deployment.casework, token, login=login, now=now):
        return of_device(token, login), {}
    address = _address(deployment, request)
    return of_pair(login, address), {"login": of_login(login), "address": of_address(address)}


def _open(account: Account) -> bool:
    return account.disabled_at is None and account.role != Role.SERVICE


def _second(deployment: Deployment, account: Account, code: str) -> bool:
    secret = second_factor_secret(deployment.casework, account.account_id)
    if secret is None:
        return True
    step = step_of(secret, code, deployment.outside.now())
    return step is not None and claim_step(deployment.casework, account.account_id, step)


def _failed(deployment: Deployment, request: Request, account: Account | None, why: str) -> None:
    subject = ("account", account.account_id) if account else ("", "")
    write_entry(deployment, request, ACTION, outcome=FAILED, subject=subject, details={"why": why})


def _address(deployment: Deployment, request: Request) -> str:
    return client_address(request.scope, deployment.settings.trusted_proxies)


def _refused() -> InputError:
    return InputError(
        "登录名、口令或动态码不正确", "请核对后重试；多次失败后须等待，忘记口令请联系系统管理员"
    )
