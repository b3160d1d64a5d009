"""The seal: whatever is changed, added or taken away is found, and openssl finds the same."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdf
import pytest
from gmssl.sm2 import CryptSM2, default_ecc_table  # type: ignore[import-untyped]

from service.reports.checking import check_seal
from service.reports.seal import BEGIN, END, SealError, read_seal, seal
from service.reports.seal_keys import public_pem, read_signer
from service.reports.sm2 import Sm2Signer, read_sm2, verify_sm2

if TYPE_CHECKING:
    from pathlib import Path

    from service.reports.making import Report
    from service.reports.seal_keys import Ed25519Signer

EVERY = 997
"""A prime: every so many bytes of the body one is changed; of the seal, every one."""


def _openssl(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed")
    return subprocess.run(
        [found, *map(str, arguments)], input=stdin, capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def sm2_signer() -> Sm2Signer:
    """A key whose public half begins with 04, which gmssl mistakes for the mark of a point."""
    return _sm2_of(11)


def _sm2_of(secret: int) -> Sm2Signer:
    point = bytes.fromhex(CryptSM2("", "")._kg(secret, default_ecc_table["g"]))
    return Sm2Signer(secret.to_bytes(32, "big"), point)


@pytest.fixture(params=["ed25519", "sm2"])
def sealed(request: pytest.FixtureRequest, report: Report) -> bytes:
    if request.param == "ed25519":
        return report.data
    kept = read_seal(report.data)
    signer: Sm2Signer = request.getfixturevalue("sm2_signer")
    return seal(report.data[: kept.length], kept.claims, signer=signer)


def test_an_untouched_file_passes_and_says_what_it_is(sealed: bytes, report: Report) -> None:
    checked = check_seal(sealed)
    claims = checked.seal.claims
    assert checked.trusted is None
    assert claims.report == report.report_no
    assert claims.application == report.contents.header.application_id
    assert claims.run == report.contents.header.run_id
    assert set(claims.verdicts.split()) == {v.verdict_id for v in report.contents.verdicts}
    assert check_seal(sealed, [checked.seal.key]).trusted


def test_any_changed_byte_is_found(sealed: bytes) -> None:
    start = sealed.index(BEGIN)
    # gmssl takes milliseconds to find a signature wrong: of an SM2 seal every third byte.
    step = 3 if read_seal(sealed).algorithm == "sm2" else 1
    places = [*range(0, start, EVERY), *range(start - 3, len(sealed), step)]
    for number, at in enumerate(places):
        broken = bytearray(sealed)
        broken[at] ^= (0x01, 0x80, 0x20)[number % 3]
        with pytest.raises(SealError):
            check_seal(bytes(broken))
    assert len(places) > 600


def test_any_byte_taken_away_or_put_in_is_found(sealed: bytes) -> None:
    start = sealed.index(BEGIN)
    for at in [0, 1, 100, start // 2, *range(start - 3, len(sealed), 17), len(sealed) - 1]:
        with pytest.raises(SealError):
            check_seal(sealed[:at] + sealed[at + 1 :])
        with pytest.raises(SealError):
            check_seal(sealed[:at] + b"\n" + sealed[at:])
    for more in (b"\n", b"x", b"%\n", b"\0", sealed[start:]):
        with pytest.raises(SealError):
            check_seal(sealed + more)
    for short in (sealed[:start], sealed[:-1], sealed[: start + 20], b"", b"%PDF-1.7"):
        with pytest.raises(SealError):
            check_seal(short)


def test_a_seal_is_not_moved_to_another_file(sealed: bytes) -> None:
    start = sealed.index(BEGIN)
    other = sealed[:start].replace(b"/Catalog", b"/Catalug") + sealed[start:]
    with pytest.raises(SealError):
        check_seal(other)
    with pytest.raises(SealError, match="已有核对章"):
        seal(sealed, read_seal(sealed).claims, signer=_sm2_of(12))


def test_a_forger_with_a_key_of_his_own_is_told_by_the_trusted_ones(
    report: Report, signer: Ed25519Signer
) -> None:
    kept = read_seal(report.data)
    forged = seal(report.data[: kept.length], kept.claims, signer=_sm2_of(13))
    assert check_seal(forged).trusted is None
    with pytest.raises(SealError, match="不在信任的公钥之中"):
        check_seal(forged, [signer.public_key])


def test_number_and_code_that_are_not_of_the_contents_are_refused(
    report: Report, signer: Ed25519Signer
) -> None:
    kept = read_seal(report.data)
    for claims in (
        replace(kept.claims, report="HD20260520-000000000000"),
        replace(kept.claims, check_code="AAAA-AAAA-AAAA-AAAA"),
        replace(kept.claims, contents="zz"),
    ):
        with pytest.raises(SealError, match="不符"):
            check_seal(seal(report.data[: kept.length], claims, signer=signer))


def test_any_application_number_fits_on_its_line(report: Report, signer: Ed25519Signer) -> None:
    kept = read_seal(report.data)
    strange = "申请 1\n%key: x\u202e" + "长" * 200
    claims = replace(kept.claims, application=strange)
    assert (
        read_seal(seal(report.data[: kept.length], claims, signer=signer)).claims.application
        == strange
    )


def test_the_sealed_file_is_still_the_pdf_that_it_was(sealed: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(sealed)
    reader = pypdf.PdfReader(tmp_path / "r.pdf", strict=True)
    assert len(reader.pages) > 1
    assert sealed.endswith(b"%%EOF\n")
    kept = read_seal(sealed)
    assert sealed[kept.length :].startswith(BEGIN)
    assert sealed[: kept.length].endswith(sealed[sealed.index(END) + len(END) :])


def test_openssl_checks_the_seal_by_hand(sealed: bytes, tmp_path: Path) -> None:
    """The steps of docs/howto/verify-a-report.md, which know nothing of our code."""
    length = int(re.search(rb"^%length: (\d+)$", sealed, re.M)[1])  # type: ignore[index]
    lines = dict(re.findall(rb"^%([a-z-]+): (.*)$", sealed[length:], re.M))
    digest = _openssl("dgst", f"-{lines[b'digest-algorithm'].decode()}", stdin=sealed[:length])
    assert digest.stdout.split()[-1] == lines[b"digest"]
    signed = sealed[length : sealed.index(b"%signature: ")]
    for name, data in (
        ("signed", signed),
        ("signature", base64.b64decode(lines[b"signature"])),
        ("key.der", base64.b64decode(lines[b"key"])),
    ):
        (tmp_path / name).write_bytes(data)
    sm2 = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    said = _openssl(
        "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "key.der",
        "-in", tmp_path / "signed", "-sigfile", tmp_path / "signature",
        *(sm2 if lines[b"algorithm"] == b"sm2" else ()),
    )  # fmt: skip
    assert b"Verified Successfully" in said.stdout
    told = _openssl("dgst", "-sha256", tmp_path / "key.der").stdout.split()[-1]
    assert told == lines[b"fingerprint"]


@pytest.mark.parametrize("secret", [11, 327, 5, 2**200 + 7])
def test_sm2_agrees_with_openssl_both_ways(secret: int, tmp_path: Path) -> None:
    """11: the public key begins with 04; 327: with 00."""
    ours = _sm2_of(secret)
    (tmp_path / "public.pem").write_bytes(public_pem(ours.public_key))
    (tmp_path / "message").write_bytes(b"hedui %d" % secret)
    (tmp_path / "ours").write_bytes(ours.sign(b"hedui %d" % secret))
    options = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
    said = _openssl(
        "pkeyutl", "-verify", *options, "-pubin", "-inkey", tmp_path / "public.pem",
        "-in", tmp_path / "message", "-sigfile", tmp_path / "ours",
    )  # fmt: skip
    assert b"Verified Successfully" in said.stdout
    made = _openssl("genpkey", "-algorithm", "SM2")
    if made.returncode:
        pytest.skip("this openssl does not know SM2")
    (tmp_path / "theirs.pem").write_bytes(made.stdout)
    _openssl(
        "pkeyutl", "-sign", *options, "-inkey", tmp_path / "theirs.pem",
        "-in", tmp_path / "message", "-out", tmp_path / "theirs",
    )  # fmt: skip
    theirs = read_sm2(made.stdout)
    assert theirs is not None
    assert verify_sm2(theirs.public_key, (tmp_path / "theirs").read_bytes(), b"hedui %d" % secret)
    assert not verify_sm2(theirs.public_key, (tmp_path / "theirs").read_bytes(), b"hedui")
    assert read_signer(tmp_path / "theirs.pem").public_key == theirs.public_key


def test_sm2_refuses_what_is_no_point_or_no_signature(sm2_signer: Sm2Signer) -> None:
    good = sm2_signer.sign(b"m")
    assert verify_sm2(sm2_signer.public_key, good, b"m")
    off_curve = sm2_signer.public_key[:-1] + bytes([sm2_signer.public_key[-1] ^ 1])
    assert not verify_sm2(off_curve, good, b"m")
    for bad in (b"", good[:-1], good + b"\0", b"\x30\x06\x02\x01\x00\x02\x01\x00"):
        assert not verify_sm2(sm2_signer.public_key, bad, b"m")
