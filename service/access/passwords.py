"""Passwords: what may be one, how it is kept (argon2id), how it is compared without telling whether there is such an account."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from household.errors import InputError

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 6
_AT_ONCE = threading.BoundedSemaphore(4)
"""Each takes 64 MiB while it runs; who floods the sign-in page must not take all memory."""
_NOT_LETTERS = re.compile(r"[^a-z]+")
_STANDS_FOR = str.maketrans("@4031$57", "aaoeisst")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789")
_HASHER = PasswordHasher()
"""The library's own measure, RFC 9106's second: argon2id, 64 MiB, three passes. A password kept by an older measure is hashed anew."""


def check_password(password: str, *, login: str) -> None:
    """Refuse what is easily guessed. Raises InputError that quotes nothing of it."""
    plain = unicodedata.normalize("NFKC", password)
    low = plain.lower()
    if not SHORTEST <= len(plain) <= LONGEST:
        raise _refused(f"口令须为 {SHORTEST} 至 {LONGEST} 位")
    if len(set(low)) < FEWEST_DIFFERENT or low.isdigit():
        raise _refused("口令过于简单")
    name = login.partition("@")[0]
    if len(name) > 2 and name in low:
        raise _refused("口令中不能含登录名")
    if any(core in common_words() or _runs(core) for core in _cores(low)):
        raise _refused("口令太常见")


def hash_password(password: str) -> str:
    """The hash to keep, with its salt and measure in it."""
    with _AT_ONCE:
        return _HASHER.hash(unicodedata.normalize("NFKC", password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one of the hash. Takes as long for an account without one as for a wrong one."""
    plain = unicodedata.normalize("NFKC", password)[: LONGEST * 4]
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _nobody(), plain) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether a hash was made by another measure than today's."""
    return _HASHER.check_needs_rehash(kept)


@cache
def common_words() -> frozenset[str]:
    """Words that people choose; with digits and signs around them they are no better."""
    text = (files("service.access") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(word for word in text.split() if word)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody's password")


def _cores(low: str) -> set[str]:
    """What is left without digits and signs: all of them, or those at the ends with the others read as the letters they stand for."""
    ends = low.strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    return {low, _NOT_LETTERS.sub("", low), _NOT_LETTERS.sub("", ends.translate(_STANDS_FOR))}


def _runs(core: str) -> bool:
    return len(core) > 3 and any(core in run for run in _RUNS)


def _refused(why: str) -> InputError:
    return InputError(why, "请换一个不易猜到的口令，例如几个不相干的词连在一起")
