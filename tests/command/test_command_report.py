"""`hedui report`, `verify` and `seal` as they are typed: files, exit codes, one line for what is wrong, and the audit log."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from casework.reports import find_printings, printings_of
from command.main import main
from pipelines.rerun import open_newest
from pipelines.workplace import casework_of, store_root
from service.reports.checking import check_seal
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty


@pytest.fixture
def warehouse(noisy: RunCounty, tmp_path: Path) -> Path:
    """A copy of the county that a test may change."""
    own = tmp_path / "w.duckdb"
    shutil.copyfile(noisy.warehouse, own)
    shutil.copytree(store_root(noisy.warehouse), store_root(own))
    return own


def typed(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def ids(warehouse: Path) -> list[str]:
    return sorted(set(read_current(warehouse, "household_verdict")["application_id"]))


def test_a_report_is_written_verified_and_recorded(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    application, out = ids(warehouse)[0], tmp_path / "r.pdf"
    code, said, err = typed(
        capsys, "report", "--warehouse", warehouse, "--application", application, "--out", out
    )
    assert (code, said) == (0, "")
    assert err.count("\n") == 1
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    code, said, _ = typed(capsys, "verify", "--report", out, "--warehouse", warehouse)
    assert code == 0
    assert f"申请编号：{application}" in said
    assert "复算得到的内容摘要与报告相同" in said
    (entered,) = printings_of(casework_of(warehouse), application)
    assert entered.report_no in said
    log = store_root(warehouse) / "audit"
    entries = [json.loads(line) for file in sorted(log.glob("*.jsonl")) for line in file.open()]
    (printed,) = [e for e in entries if e["action"] == "report.print"]
    assert printed["subject_id"] == application
    assert printed["details"]["applications"] == [application]


def test_verify_needs_the_file_only_and_finds_a_changed_byte(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.pdf"
    typed(
        capsys, "report", "--warehouse", warehouse, "--application", ids(warehouse)[1], "--out", out
    )
    data = out.read_bytes()
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    for at in (0, len(data) // 2, len(data) - 400, len(data) - 1):
        broken = bytearray(data)
        broken[at] ^= 1
        (alone / "r.pdf").write_bytes(broken)
        code, said, err = typed(capsys, "verify", "--report", alone / "r.pdf")
        assert code == 1
        assert said == ""
        assert err.count("\n") == 1
        assert err.startswith("hedui: ")
    for data_of, told in ((b"%PDF-1.7\nno seal", "没有核对章"), (b"", "没有核对章")):
        (alone / "r.pdf").write_bytes(data_of)
        code, _, err = typed(capsys, "verify", "--report", alone / "r.pdf")
        assert (code, told in err) == (1, True)
    code, _, err = typed(capsys, "verify", "--report", alone / "none.pdf")
    assert (code, err.count("\n")) == (1, 1)


def test_the_key_is_shown_and_trusted(
    warehouse: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, public, other = tmp_path / "r.pdf", tmp_path / "centre.pem", tmp_path / "other.pem"
    typed(
        capsys, "report", "--warehouse", warehouse, "--application", ids(warehouse)[0], "--out", out
    )
    code, said, _ = typed(capsys, "seal", "show", "--warehouse", warehouse)
    assert code == 0
    assert "PRIVATE" not in said
    public.write_text(said)
    code, said, _ = typed(capsys, "verify", "--report", out)
    assert "密钥归属未核对" in said
    code, said, _ = typed(capsys, "verify", "--report", out, "--key", public)
    assert (code, "在所信任的公钥之中" in said) == (0, True)
    made = subprocess.run(
        "openssl genpkey -algorithm SM2 | tee sm2.pem | openssl pkey -pubout -out other.pem",
        shell=True, cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl does not know SM2")
    code, _, err = typed(capsys, "verify", "--report", out, "--key", other)
    assert (code, "不在信任的公钥之中" in err) == (1, True)
    monkeypatch.setenv("HEDUI_SEAL_KEY", str(tmp_path / "sm2.pem"))
    sealed = tmp_path / "sm2.pdf"
    typed(
        capsys,
        "report",
        "--warehouse",
        warehouse,
        "--application",
        ids(warehouse)[0],
        "--out",
        sealed,
    )
    assert check_seal(sealed.read_bytes()).seal.algorithm == "sm2"
    trust = tmp_path / "trust"
    trust.mkdir()
    shutil.copy(other, trust)
    monkeypatch.setenv("HEDUI_SEAL_TRUST", str(trust))
    code, said, _ = typed(capsys, "verify", "--report", sealed)
    assert (code, "sm2" in said) == (0, True)
    code, _, _ = typed(capsys, "verify", "--report", out)
    assert code == 1


def test_many_reports_make_a_zip_or_a_folder(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ids(warehouse)[:3]
    (tmp_path / "ids.txt").write_text("\ufeff" + "\r\n".join([*wanted, "", wanted[0]]))
    archive, folder = tmp_path / "r.zip", tmp_path / "reports"
    for out in (archive, folder):
        code, _, err = typed(
            capsys, "report", "--warehouse", warehouse, "--list", tmp_path / "ids.txt", "--out", out
        )
        assert (code, "3 份" in err) == (0, True)
    with zipfile.ZipFile(archive) as packed:
        names = set(packed.namelist())
        first = packed.read(next(n for n in names if n.startswith(wanted[0])))
    assert {p.name for p in folder.iterdir()} == names
    assert len(names) == 5
    summed = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert summed.returncode == 0
    number = check_seal(first).seal.claims.report
    assert [p.ordinal for p in find_printings(casework_of(warehouse), number=number)] == [0, 1]


def test_what_cannot_be_made_is_told_in_one_line_and_leaves_nothing(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.pdf"
    for words, wanted in (
        (("--application", "SQ0000000000"), 1),
        (("--region", "11"), 1),
        ((), 2),
        (("--application", ids(warehouse)[0], "--region", "99"), 2),
    ):
        code, _, err = typed(capsys, "report", "--warehouse", warehouse, "--out", out, *words)
        assert code == wanted
        assert "Traceback" not in err
    assert not out.exists()
    code, _, err = typed(
        capsys, "report", "--warehouse", warehouse, "--application", ids(warehouse)[0],
        "--out", tmp_path / "no" / "such" / "r.pdf",
    )  # fmt: skip
    assert (code, err.count("\n")) == (1, 1)


def test_where_the_audit_log_cannot_be_written_no_report_is_made(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = store_root(warehouse) / "audit"
    if log.exists():
        shutil.rmtree(log)
    log.write_bytes(b"no folder")
    out = tmp_path / "r.pdf"
    code, _, err = typed(
        capsys, "report", "--warehouse", warehouse, "--application", ids(warehouse)[0], "--out", out
    )
    assert (code, err.count("\n")) == (1, 1)
    assert not out.exists()
    assert printings_of(casework_of(warehouse), ids(warehouse)[0]) == ()


def test_nothing_personal_is_in_what_the_commands_say(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.pdf"
    said = ""
    for words in (
        ("report", "--warehouse", warehouse, "--application", ids(warehouse)[0], "--out", out),
        ("verify", "--report", out, "--warehouse", warehouse),
    ):
        _, told, err = typed(capsys, *words)
        said += told + err
    seal = out.read_bytes()[-4096:].decode("latin-1")
    people = open_newest(warehouse).rows("approval.member").select("name", "id_no").collect()
    for name, number in people.iter_rows():
        assert name not in said
        assert not number or (number not in said and number not in seal)
