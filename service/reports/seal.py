"""The seal: a block of PDF comments behind a report, its bytes and how they are read back. What it means is told in docs/adr/0020.

    PDF as it was made, its last line ended by one line feed     <- digested: `length` bytes
    %HEDUI-SEAL 1 … %key: …                                      <- signed
    %signature: … / %HEDUI-SEAL-END
    startxref … %%EOF                                            <- the same three lines as the PDF ends with

The last lines are repeated so that `%%EOF` is the last of the file, as PDF/A wants it. Every byte is accounted for: there is
one way only to write a block, and whatever differs from it is no seal.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives import hashes

from household.errors import InputError

if TYPE_CHECKING:
    from service.reports.seal_keys import Signer

BEGIN = b"%HEDUI-SEAL 1\n"
END = b"%HEDUI-SEAL-END\n"
LONGEST = 16 * 1024
"""Bytes that a block may have."""

_TRAILER = re.compile(rb"startxref\n[0-9]+\n%%EOF\n\Z")
_LINE = re.compile(r"%([a-z-]+): ([ -~]*)\Z")
_DIGESTS = {"ed25519": ("sha256", hashes.SHA256), "sm2": ("sm3", hashes.SM3)}
_DO = "请向出具机构索取原件，不要使用这一份"


class SealError(InputError):
    """A file whose seal is missing or broken."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a seal says of its report. Texts; `verdicts` and `digest` tie it to the run."""

    report: str
    check_code: str
    application: str
    run: str
    as_of: str
    contents: str
    verdicts: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as it was read. `key`: the signer's public key, DER. `signed`: the bytes that `signature` is over."""

    claims: Claims
    algorithm: str
    length: int
    digest: str
    key: bytes
    signed: bytes
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key's DER, hexadecimal."""
        return fingerprint_of(self.key)


def fingerprint_of(key: bytes) -> str:
    """SHA-256 of a public key's DER, hexadecimal."""
    return hashlib.sha256(key).hexdigest()


def seal(pdf: bytes, claims: Claims, *, signer: Signer) -> bytes:
    """A PDF with its seal.

    Raises:
        SealError: the bytes do not end as a PDF ends, or hold a seal already.

    """
    body = pdf.rstrip(b"\r\n") + b"\n"
    trailer = _trailer(body)
    if BEGIN in body:
        raise SealError("这份 PDF 已有核对章", "请用未加章的文件重新出具")
    signed = _signed_lines(claims, signer.algorithm, body, signer.public_key)
    signature = base64.b64encode(signer.sign(signed))
    return b"".join((body, signed, b"%signature: ", signature, b"\n", END, trailer))


def read_seal(data: bytes) -> Seal:
    """The seal of a file, if every byte outside the signature's own proof is in its place. The signature is not checked here.

    Raises:
        SealError: no seal, more than one, a byte that does not belong there, or a digest that is not the file's.

    """
    places = data.count(BEGIN)
    if places == 0:
        raise SealError("文件没有核对章", "只有 hedui report 出具的报告才能核验")
    if places > 1:
        raise SealError("文件有一个以上的核对章", _DO)
    start = data.index(BEGIN)
    body, rest = data[:start], data[start:]
    end = rest.find(END)
    if end < 0 or end > LONGEST:
        raise _broken("章不完整")
    block, tail = rest[:end], rest[end + len(END) :]
    if tail != _trailer(body):
        raise _broken("章后的内容不是出具时的内容")
    found = _read_block(block, len(body))
    if found.digest != _digest(found.algorithm, body):
        raise _broken("正文的摘要与章上的不同")
    return found


def _read_block(block: bytes, start: int) -> Seal:
    signed, mark, last = block.rpartition(b"%signature: ")
    try:
        lines = dict(_pair(line) for line in signed[len(BEGIN) :].decode("ascii").splitlines())
        key = base64.b64decode(lines["key"], validate=True)
        signature = base64.b64decode(last.removesuffix(b"\n"), validate=True)
        claims = Claims(*(unquote(lines[_title(f.name)]) for f in fields(Claims)))
        algorithm, length, digest = lines["algorithm"], int(lines["length"]), lines["digest"]
    except (KeyError, ValueError):
        raise _broken("章的内容无法读取") from None
    if algorithm not in _DIGESTS or length != start or not mark:
        raise _broken("章的内容无法读取")
    # Written anew it must be the same, to the byte: nothing can hide in another way of writing it.
    again = _lines(claims, algorithm, length=length, digest=digest, key=key)
    if again != signed or base64.b64encode(signature) + b"\n" != last:
        raise _broken("章的写法不是出具时的写法")
    return Seal(claims, algorithm, length, digest, key, signed, signature)


def _pair(line: str) -> tuple[str, str]:
    found = _LINE.match(line)
    if found is None:
        raise ValueError
    return found[1], found[2]


def _signed_lines(claims: Claims, algorithm: str, body: bytes, key: bytes) -> bytes:
    digest = _digest(algorithm, body)
    return _lines(claims, algorithm, length=len(body), digest=digest, key=key)


def _lines(claims: Claims, algorithm: str, *, length: int, digest: str, key: bytes) -> bytes:
    said = {
        "algorithm": algorithm,
        "digest-algorithm": _DIGESTS[algorithm][0],
        **{_title(f.name): _plain(getattr(claims, f.name)) for f in fields(Claims)},
        "length": str(length),
        "digest": digest,
        "fingerprint": fingerprint_of(key),
        "key": base64.b64encode(key).decode(),
    }
    return BEGIN + "".join(f"%{name}: {value}\n" for name, value in said.items()).encode("ascii")


def _title(name: str) -> str:
    return name.replace("_", "-")


def _plain(text: str) -> str:
    """A value on one line of ASCII, whatever an approval system numbers its applications with."""
    return quote(text, safe=" ", errors="replace")


def _digest(algorithm: str, body: bytes) -> str:
    digest = hashes.Hash(_DIGESTS[algorithm][1]())
    digest.update(body)
    return digest.finalize().hex()


def _trailer(body: bytes) -> bytes:
    found = _TRAILER.search(body[-64:])
    if found is None:
        raise _broken("正文的结尾不是 PDF 的结尾")
    return found.group()


def _broken(why: str) -> SealError:
    return SealError(f"核对章无效，文件被改动过：{why}", _DO)
