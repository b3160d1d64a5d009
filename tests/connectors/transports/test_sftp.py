"""SFTP against Debian's sshd, and against a server that misbehaves on purpose."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest
from file_sources import DATASET, LONG_AGO, NOW, PlainCaller, outside, sftp_spec, source_of
from servers.sshd import PASSWORD, asyncssh_server, openssh
from servers.waiting import PATIENCE

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.sources.declaration import FileDataset, SecretRef
from connectors.transports.growing import RESUME_SUFFIX
from connectors.transports.sftp import QUIET_SECONDS, SftpTransport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.sshd import SftpServer

NAME = "real_estate_990101_20260430.csv"
BIG = os.urandom(1 << 20) * 3 + b"end"


def connect(
    server: SftpServer, caller: PlainCaller | None = None, *, limits: Any = None, **spec: Any
) -> SftpTransport:
    source = source_of(sftp_spec(server, **spec), **(limits or {}))
    return SftpTransport(source, outside(PW=PASSWORD), caller or PlainCaller())


def place(path: Path, content: bytes, *, at: float = LONG_AGO) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with openssh(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def folder(real: SftpServer, request: pytest.FixtureRequest) -> Path:
    """A folder of the real server that is this test's alone."""
    made = real.root / request.node.name.partition("[")[0]
    made.mkdir()
    return made


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[SftpServer]:
    root = tmp_path / "theirs"
    root.mkdir()
    with asyncssh_server(root) as server:
        yield server


# --- the real server ------------------------------------------------------------------------------


def test_real_server_offers_and_gives_whole_files(
    real: SftpServer, folder: Path, tmp_path: Path
) -> None:
    content = "权利人,权利人证件号码\n张三,990101199001011234\n".encode()
    said = {"rows": 1, "sha256": hashlib.sha256(content).hexdigest()}
    place(folder / "交换" / NAME, content)
    place(folder / "交换" / (NAME + ".manifest.json"), json.dumps(said).encode())
    place(folder / "交换" / "real_estate_990101_20260331_上半.csv", b"old")
    place(folder / "交换" / "vehicle_990101_20260430.csv", b"another dataset")
    (folder / "交换" / "real_estate_990101_20260501.csv").symlink_to("/etc/passwd")
    (folder / "交换" / "real_estate_990101_20260502.csv").mkdir()
    spec = FileDataset(folder=f"{folder.name}/交换")
    with connect(real) as transport:
        assert transport.probe().server.startswith("OpenSSH")
        offers = list(transport.offers("real_estate", spec, {}))
        assert [(o.as_of, o.part) for o in offers] == [
            (date(2026, 3, 31), "上半"),
            (date(2026, 4, 30), ""),
        ]
        fetched = transport.fetch(offers[1], spec, tmp_path / "target")
        assert (tmp_path / "target").read_bytes() == content
        assert not (tmp_path / ("target" + RESUME_SUFFIX)).exists()
        assert (fetched.said_rows, fetched.said_sha256) == (1, said["sha256"])
        assert fetched.mark == offers[1].mark
        transport.fetch(offers[0], spec, tmp_path / "other")
        assert (tmp_path / "other").read_bytes() == b"old"


def test_real_server_offers_again_what_was_issued_anew(real: SftpServer, folder: Path) -> None:
    place(folder / NAME, b"one")
    spec = FileDataset(folder=folder.name)
    with connect(real) as transport:
        (first,) = transport.offers("real_estate", spec, {})
        taken = {first.origin: first.mark}
        assert list(transport.offers("real_estate", spec, taken)) == []
        place(folder / NAME, b"two", at=LONG_AGO + 1)
        (again,) = transport.offers("real_estate", spec, taken)
        assert again.mark != first.mark
        place(folder / NAME, b"three")
        assert len(list(transport.offers("real_estate", spec, taken))) == 1
        place(folder / (NAME + ".manifest.json"), b"{}")
        assert len(list(transport.offers("real_estate", spec, {again.origin: again.mark}))) == 1


def test_real_server_waits_for_the_ready_sign_or_for_quiet(real: SftpServer, folder: Path) -> None:
    place(folder / NAME, b"one", at=NOW.timestamp() - QUIET_SECONDS + 1)
    ready = FileDataset(folder=folder.name, ready=".ok")
    with connect(real) as transport:
        assert list(transport.offers("real_estate", FileDataset(folder=folder.name), {})) == []
        assert list(transport.offers("real_estate", ready, {})) == []
        place(folder / (NAME + ".ok"), b"")
        assert [o.size for o in transport.offers("real_estate", ready, {})] == [3]
        place(folder / NAME, b"four", at=NOW.timestamp() - QUIET_SECONDS)
        quiet = FileDataset(folder=folder.name)
        assert [o.size for o in transport.offers("real_estate", quiet, {})] == [4]


def test_real_server_reads_names_in_gb18030(real: SftpServer, folder: Path, tmp_path: Path) -> None:
    raw = os.fsencode(folder) + b"/" + "不动产_20260430.csv".encode("gb18030")
    with open(raw, "wb") as file:  # noqa: PTH123 - a name that is not UTF-8
        file.write(b"x")
    os.utime(raw, (LONG_AGO, LONG_AGO))
    spec = FileDataset(folder=folder.name, pattern="不动产_{as_of}.csv")
    with connect(real) as transport:
        (offer,) = transport.offers("real_estate", spec, {})
        assert offer.origin.endswith("/不动产_20260430.csv")
        transport.fetch(offer, spec, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"x"


def test_real_server_carries_both_ways(real: SftpServer, folder: Path) -> None:
    base = folder.name
    with connect(real) as carrier:
        carrier.put(b"first", f"{base}/请求_0001.csv")
        before = (folder / "请求_0001.csv").stat()
        carrier.put(b"first", f"{base}/请求_0001.csv")
        assert (folder / "请求_0001.csv").stat().st_ino == before.st_ino  # untouched
        carrier.put(BIG, f"{base}/请求_0001.csv")
        carrier.put(b"", f"{base}/空.txt")
        (folder / "under_way.csv.part").write_bytes(b"half")
        assert carrier.names(base) == ["空.txt", "请求_0001.csv"]
        assert carrier.get(f"{base}/请求_0001.csv", at_most=len(BIG)) == BIG
        assert carrier.get(f"{base}/空.txt", at_most=1) == b""
        with pytest.raises(SourceLied, match="超过上限"):
            carrier.get(f"{base}/请求_0001.csv", at_most=len(BIG) - 1)
        with pytest.raises(SourceRefused, match="没有该文件或文件夹"):
            carrier.put(b"x", f"{base}/missing/x.csv")
        with pytest.raises(SourceRefused, match="没有该文件或文件夹"):
            carrier.names("no such folder")
        assert carrier.get(f"{base}/空.txt", at_most=1) == b""  # a new connection after a refusal
    assert not (folder / "请求_0001.csv.part").exists()


def test_real_server_is_refused_with_another_host_key(real: SftpServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with connect(real, host_key=other) as transport, pytest.raises(SourceRefused, match="host_key"):
        transport.probe()
    kind = asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_public_key().decode()
    with connect(real, host_key=kind) as transport, pytest.raises(SourceRefused, match="主机公钥"):
        transport.probe()


def test_real_server_refuses_another_key(real: SftpServer, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    cases = {
        "不接受登录": key.export_private_key(),
        "不是有效的私钥": b"nonsense",
        "设有口令": key.export_private_key("pkcs8-pem", passphrase="x"),
    }
    for number, (words, content) in enumerate(cases.items()):
        path = tmp_path / f"key{number}"
        path.write_bytes(content)
        path.chmod(0o600)
        with connect(real, key=SecretRef(file=path)) as transport:
            with pytest.raises(SourceRefused, match=words) as refused:
                transport.probe()
            assert "nonsense" not in str(refused.value)


def test_nothing_of_the_machine_is_used(
    real: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Host *\n  ProxyCommand /bin/false\n  Port 1\n")
    (tmp_path / ".ssh" / "id_ed25519").write_bytes(real.key.read_bytes() if real.key else b"")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    with connect(real) as transport:
        transport.probe()
    other = tmp_path / "other"
    other.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    other.chmod(0o600)
    with (
        connect(real, key=SecretRef(file=other)) as transport,
        pytest.raises(SourceRefused, match="不接受登录"),
    ):
        transport.probe()  # not even the good key in ~/.ssh is tried


# --- a server that misbehaves ---------------------------------------------------------------------


def test_password_is_right_or_refused_and_never_told(
    faulty: SftpServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        with connect(faulty) as transport:
            assert transport.probe().server.startswith("AsyncSSH")
        source = source_of(sftp_spec(faulty))
        with SftpTransport(source, outside(PW="wrong-secret"), PlainCaller()) as transport:
            with pytest.raises(SourceRefused, match="不接受登录") as refused:
                transport.probe()
            assert "wrong-secret" not in repr(refused.value)
            assert refused.value.__cause__ is None
    assert PASSWORD not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_dropped_connection_is_gone_on_with(faulty: SftpServer, tmp_path: Path) -> None:
    assert faulty.faults is not None
    place(faulty.root / NAME, BIG)
    target = tmp_path / "target"
    caller = PlainCaller(attempts=2)
    with connect(faulty, caller) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        faulty.faults.drop_after = len(BIG) // 2
        transport.fetch(offer, DATASET, target)
    assert target.read_bytes() == BIG
    assert [t.what for t in caller.troubles] == ["与 SFTP 服务器的连接中断"]
    assert faulty.faults.first_offsets[0] == 0
    assert faulty.faults.first_offsets[1] > 0


def test_beginning_serves_a_later_process_only_while_the_file_is_the_same(
    faulty: SftpServer, tmp_path: Path
) -> None:
    assert faulty.faults is not None
    target = tmp_path / "target"
    for again, content in (("same", BIG), ("other", BIG[::-1])):
        place(faulty.root / NAME, BIG)
        faulty.faults.first_offsets.clear()
        with connect(faulty) as transport:
            (offer,) = transport.offers("real_estate", DATASET, {})
            faulty.faults.drop_after = faulty.faults.read + len(BIG) // 2
            with pytest.raises(SourceUnreachable, match="中断"):
                transport.fetch(offer, DATASET, target)
        assert 0 < target.stat().st_size < len(BIG)
        place(faulty.root / NAME, content, at=LONG_AGO + (again == "other"))
        with target.open("ab") as file:
            file.write(b"not brought to the disk before the power went")
        with connect(faulty) as transport:
            (offer,) = transport.offers("real_estate", DATASET, {})
            transport.fetch(offer, DATASET, target)
        assert target.read_bytes() == content
        assert (faulty.faults.first_offsets[-1] > 0) == (again == "same")


def test_file_that_changes_while_it_is_read_is_not_taken(
    faulty: SftpServer, tmp_path: Path
) -> None:
    assert faulty.faults is not None
    path = faulty.root / NAME
    place(path, b"a" * 100)
    target = tmp_path / "target"

    def grow() -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with connect(faulty) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        faulty.faults.on_read = grow
        with pytest.raises(SourceUnreachable, match="仍在写入"):
            transport.fetch(offer, DATASET, target)
        assert not target.exists()
        with pytest.raises(SourceUnreachable, match="仍在写入"):  # no longer what was offered
            transport.fetch(offer, DATASET, target)
        path.unlink()
        with pytest.raises(SourceUnreachable, match="移走"):
            transport.fetch(offer, DATASET, target)


def test_file_shorter_than_it_says_is_a_lie(faulty: SftpServer, tmp_path: Path) -> None:
    assert faulty.faults is not None
    place(faulty.root / NAME, BIG)
    faulty.faults.short_by = 7
    with connect(faulty) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        with pytest.raises(SourceLied, match="断尾"):
            transport.fetch(offer, DATASET, tmp_path / "target")
        faulty.faults.short_by = 0
        transport.fetch(offer, DATASET, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == BIG


def test_silent_server_is_left_after_the_limit(faulty: SftpServer, tmp_path: Path) -> None:
    assert faulty.faults is not None
    place(faulty.root / NAME, BIG)
    with connect(faulty, limits={"timeout_seconds": PATIENCE}) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        faulty.faults.stall_after = 1 << 20
        # Only what is never answered is to meet the short limit: on a busy machine a greeting takes as long.
        transport._session._seconds = 0.5
        with pytest.raises(SourceUnreachable, match=r"0\.5 秒没有应答"):
            transport.fetch(offer, DATASET, tmp_path / "target")
        transport._session._seconds = PATIENCE
        faulty.faults.stall_after = None
        transport.fetch(offer, DATASET, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == BIG


def test_links_rights_and_size_have_their_own_words(faulty: SftpServer, tmp_path: Path) -> None:
    assert faulty.faults is not None
    place(faulty.root / NAME, b"abc")
    (faulty.root / "link.csv").symlink_to(NAME)
    target = tmp_path / "target"
    with connect(faulty, limits={"bytes_most": 2}) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        with pytest.raises(SourceRefused, match="超过上限 2"):
            transport.fetch(offer, DATASET, target)
        with pytest.raises(SourceRefused, match="不是普通文件"):
            transport.get("link.csv", at_most=10)
    with connect(faulty, limits={"bytes_most": 3}) as transport:
        faulty.faults.denied = NAME.encode()
        with pytest.raises(SourceRefused, match="权限") as refused:
            transport.fetch(offer, DATASET, target)
        assert "quoted secret" not in repr(refused.value)
        faulty.faults.denied = None
        transport.fetch(offer, DATASET, target)


def test_what_is_handed_over_is_never_seen_half(faulty: SftpServer) -> None:
    assert faulty.faults is not None
    with connect(faulty) as carrier:
        carrier.put(BIG, "a.csv")
        assert set(faulty.faults.names_seen) == {"a.csv.part"}
        faulty.faults.no_posix_rename = True
        carrier.put(b"new", "b.csv")
        with pytest.raises(SourceRefused, match="原子改名"):
            carrier.put(b"other", "a.csv")
        assert carrier.get("a.csv", at_most=len(BIG)) == BIG
    assert (faulty.root / "b.csv").read_bytes() == b"new"


def test_nobody_there_or_no_ssh_there(faulty: SftpServer) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with (
            connect(faulty, port=closed.getsockname()[1]) as transport,
            pytest.raises(SourceUnreachable, match="拒绝连接"),
        ):
            transport.probe()
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            peer, _ = web.accept()
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>")
            peer.close()

        threading.Thread(target=answer, daemon=True).start()
        with (
            connect(faulty, port=web.getsockname()[1]) as transport,
            pytest.raises(SourceUnreachable, match="中断"),
        ):
            transport.probe()
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        connect(faulty, port=mute.getsockname()[1], limits={"timeout_seconds": 0.3}) as waiting,
        pytest.raises(SourceUnreachable, match="没有应答"),
    ):
        waiting.probe()


def test_changed_host_key_is_refused_before_the_password_is_sent(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path) as first:
        pass
    with asyncssh_server(tmp_path) as second:
        second.host_key = first.host_key
        with connect(second) as transport, pytest.raises(SourceRefused, match="不一致"):
            transport.probe()
