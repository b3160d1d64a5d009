"""Roles and what each may do. A permission that no role holds is nobody's; a route without a permission is closed.

No role holds both the keeping of accounts and the reading of people's data, nor either of them and the log of who read what
(three administrators, GB/T 22239; none can grant itself another's rights).
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that may be done."""

    OWN_ACCOUNT = "own_account"  # whoever is signed in: own password, language, sign out
    QUEUE_READ = "queue.read"
    HOUSEHOLD_READ = "household.read"
    EVIDENCE_READ = "evidence.read"
    PERSON_UNMASK = "person.unmask"
    ALERT_READ = "alert.read"
    ALERT_DECIDE = "alert.decide"
    LINK_REVIEW = "link.review"
    OBJECTION_READ = "objection.read"
    OBJECTION_WORK = "objection.work"
    BATCH_SUBMIT = "batch.submit"
    RUN_READ = "run.read"
    RUN_START = "run.start"
    REPORT_MAKE = "report.make"
    REPORT_CHECK = "report.check"
    BULK_EXPORT = "bulk.export"  # to propose it; a second person agrees
    PROPOSAL_DECIDE = (
        "proposal.decide"  # to be that second person, for what the role has a right to itself
    )
    ACCOUNT_AGREE = "account.agree"  # to be the second person for what an administrator does to another's account
    QUALITY_READ = "quality.read"
    QUARANTINE_WORK = "quarantine.work"
    AUDIT_READ = "audit.read"
    ACCOUNT_MANAGE = "account.manage"
    KEY_MANAGE = "key.manage"  # service accounts and webhooks
    SERVICE_READ = "service.read"  # API: verdicts, alerts, coverage, changes
    SERVICE_SUBMIT = "service.submit"  # API: applications, objections
    SERVICE_ACKNOWLEDGE = "service.acknowledge"


class Role(StrEnum):
    """What a person or a system is here."""

    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    DATA_STEWARD = "data_steward"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SERVICE = "service"


ROLE_TITLES = {
    Role.ANALYST: "核对员",
    Role.SUPERVISOR: "核对主管",
    Role.AUDITOR: "审计员",
    Role.DATA_STEWARD: "数据管理员",
    Role.SYSTEM_ADMINISTRATOR: "系统管理员",
    Role.SERVICE: "业务系统",
}

_P = Permission
_WORK = frozenset(
    {
        _P.OWN_ACCOUNT,
        _P.QUEUE_READ,
        _P.HOUSEHOLD_READ,
        _P.EVIDENCE_READ,
        _P.PERSON_UNMASK,
        _P.ALERT_READ,
        _P.ALERT_DECIDE,
        _P.LINK_REVIEW,
        _P.OBJECTION_READ,
        _P.OBJECTION_WORK,
        _P.BATCH_SUBMIT,
        _P.RUN_READ,
        _P.RUN_START,
        _P.REPORT_MAKE,
        _P.REPORT_CHECK,
        _P.BULK_EXPORT,
        _P.QUALITY_READ,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ANALYST: _WORK,
    Role.SUPERVISOR: _WORK | {_P.PROPOSAL_DECIDE, _P.ACCOUNT_AGREE, _P.QUARANTINE_WORK},
    Role.AUDITOR: frozenset({_P.OWN_ACCOUNT, _P.AUDIT_READ, _P.REPORT_CHECK, _P.RUN_READ}),
    Role.DATA_STEWARD: frozenset(
        {_P.OWN_ACCOUNT, _P.QUALITY_READ, _P.QUARANTINE_WORK, _P.RUN_READ}
    ),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {_P.OWN_ACCOUNT, _P.ACCOUNT_MANAGE, _P.KEY_MANAGE, _P.PROPOSAL_DECIDE, _P.ACCOUNT_AGREE}
    ),
    Role.SERVICE: frozenset({_P.SERVICE_READ, _P.SERVICE_SUBMIT, _P.SERVICE_ACKNOWLEDGE}),
}
