"""One entry of the audit log: what it says, and its one form in bytes. Ids and counts only; no personal value gets in here.

A line is one JSON object in ASCII with its fields in the order of `_fields`, `prev` (the hash of the line before) among them and `hash`
last. The hash is taken over the line's bytes without the hash, so that any program can check it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes

from casework.audit.withholding import kept_id
from household.alerts.life.decisions import plain_text
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

DONE, DENIED, FAILED = "done", "denied", "failed"
OUTCOMES = (DONE, DENIED, FAILED)
DIGESTS = ("sha256", "sm3")
GENESIS = "0" * 64
"""What the first line of all names as the hash before it."""

MOST_REASON = 500
MOST_LISTED = 2000
"""A longer list of ids is kept as its length: it is then a look at many people who are not named."""
_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_HASH_KEY = b',"hash":"'
_TAIL = len(_HASH_KEY) + 64 + 2


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, as it goes into the log.

    Attributes:
        action: what was done, dotted: `household.read`, `export.tables`, `session.login`.
        actor_id: the account; empty where nobody was identified. actor_name, role: of the account, as they were then.
        outcome: done, denied or failed. subject_kind, subject_id: about what: `application`, `person` (a person_ref), `run` …
        reason: why, in the actor's words; refused where it holds a long number.
        correlation_id: what binds the entries of one request. address: the client's.
        details: ids and counts by name; lists hold ids. `applications` and `persons` are what a person's ledger looks into.
        at: ISO 8601 in UTC; the log stamps it where it is empty.

    """

    action: str
    actor_id: str = ""
    actor_name: str = ""
    role: str = ""
    outcome: str = DONE
    subject_kind: str = ""
    subject_id: str = ""
    reason: str = ""
    correlation_id: str = ""
    address: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log as it was read. `hash` is what the line claims; `entry` what it says."""

    seq: int
    prev: str
    digest: str
    hash: str
    entry: Entry


def check_entry(entry: Entry) -> Entry:
    """The entry as it may be kept: ids that look like a person's number withheld, the reason checked.

    Raises:
        InputError: the reason is too long or holds a number; no value is quoted.
        ValueError: an action, outcome or detail that no code of ours should give.

    """
    if not _ACTION.fullmatch(entry.action) or entry.outcome not in OUTCOMES:
        raise ValueError(f"no such action or outcome: {entry.action!r} {entry.outcome!r}")
    return Entry(
        entry.action,
        kept_id(entry.actor_id),
        kept_id(entry.actor_name),
        kept_id(entry.role),
        entry.outcome,
        kept_id(entry.subject_kind),
        kept_id(entry.subject_id, kind=entry.subject_kind),
        _reason(entry.reason),
        kept_id(entry.correlation_id),
        kept_id(entry.address),
        {kept_id(name): _detail(entry.details[name], name) for name in sorted(entry.details)},
        kept_id(entry.at),
    )


def write_line(entry: Entry, seq: int, *, prev: str, digest: str = "sha256") -> tuple[bytes, str]:
    """The bytes of a checked entry's line, its newline with them, and its hash."""
    body = json.dumps(_fields(entry, seq, prev, digest), separators=(",", ":")).encode("ascii")
    found = hash_of(body, digest)
    return b"%b%b%b%b" % (body[:-1], _HASH_KEY, found.encode("ascii"), b'"}\n'), found


def read_line(line: bytes) -> Line | None:
    """A line (without its newline) whose hash is right; None for any other bytes."""
    if line[-_TAIL:-66] != _HASH_KEY or line[-2:] != b'"}':
        return None
    try:
        claimed = line[-66:-2].decode("ascii")
        told: dict[str, Any] = json.loads(line)
        found = hash_of(line[:-_TAIL] + b"}", told["alg"])
        if claimed != found:
            return None
        return Line(
            told.pop("seq"),
            told.pop("prev"),
            told.pop("alg"),
            told.pop("hash"),
            Entry(**told),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def hash_of(body: bytes, digest: str) -> str:
    """The hash in lower-case hexadecimal digits. Raises ValueError for an unknown digest."""
    if digest == "sha256":
        return hashlib.sha256(body).hexdigest()
    if digest == "sm3":
        taken = hashes.Hash(hashes.SM3())  # hashlib knows it only where the system's library does
        taken.update(body)
        return taken.finalize().hex()
    raise ValueError("unknown digest")


def _fields(entry: Entry, seq: int, prev: str, digest: str) -> dict[str, object]:
    return {
        "seq": seq,
        "prev": prev,
        "alg": digest,
        "at": entry.at,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "role": entry.role,
        "action": entry.action,
        "outcome": entry.outcome,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "reason": entry.reason,
        "correlation_id": entry.correlation_id,
        "address": entry.address,
        "details": dict(entry.details),
    }


def _reason(text: str) -> str:
    if not any(ch.isprintable() and not ch.isspace() for ch in text):
        return ""
    if len(text) > MOST_REASON:
        raise InputError("理由过长", f"请写在 {MOST_REASON} 字以内")
    # Characters that a page cannot show, or that turn what is around them, become spaces.
    return plain_text("".join(ch if ch.isprintable() else " " for ch in text), "理由")


def _detail(value: object, name: str) -> object:
    """A detail as it may be kept."""
    kind = name.removesuffix("s").removesuffix("_id")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return kept_id(value, kind=kind)
    if isinstance(value, list | tuple | frozenset | set):
        ids = sorted(value) if isinstance(value, frozenset | set) else list(value)
        if len(ids) > MOST_LISTED:
            return len(ids)
        return [kept_id(str(one), kind=kind) for one in ids]
    raise ValueError(f"details hold ids and counts, not {type(value).__name__}")
