"""An S3-compatible store (moto's server): what is offered, taken whole, handed over; and everything that may go wrong on the way."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from file_sources import DATASET, PlainCaller, outside, s3_spec, source_of
from servers.s3 import ACCESS, SECRET, s3_server
from servers.waiting import PATIENCE

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.sources.declaration import FileDataset
from connectors.transports.object_store import ObjectStoreTransport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.s3 import S3Server

NAME = "real_estate_990101_20260430.csv"
BIG = os.urandom(1 << 20) * 3 + b"end"


def connect(
    server: S3Server, caller: PlainCaller | None = None, *, limits: Any = None, **spec: Any
) -> ObjectStoreTransport:
    source = source_of(s3_spec(server, **spec), **(limits or {}))
    return ObjectStoreTransport(
        source, outside(ACCESS=ACCESS, SECRET=SECRET), caller or PlainCaller()
    )


@pytest.fixture(scope="module")
def running() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def store(running: S3Server) -> S3Server:
    """The running store, emptied and well-behaved."""
    running.behave()
    for entry in running.client.list_objects_v2(Bucket=running.bucket).get("Contents", []):
        running.client.delete_object(Bucket=running.bucket, Key=entry["Key"])
    running.requests.clear()
    return running


def test_offers_and_gives_whole_files(store: S3Server, tmp_path: Path) -> None:
    content = "权利人\n张三\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    store.put(f"交换/{NAME}", content)
    store.put(f"交换/{NAME}.manifest.json", f'{{"rows": 1, "sha256": "{digest}"}}'.encode())
    store.put("交换/real_estate_990101_20260331_上半.csv", b"old")
    store.put("交换/", b"")
    store.put("交换/deeper/real_estate_990101_20260501.csv", b"below")
    store.put("交换/vehicle_990101_20260430.csv", b"another dataset")
    spec = FileDataset(folder="交换")
    with connect(store) as transport:
        assert transport.probe().clock is not None
        offers = list(transport.offers("real_estate", spec, {}))
        assert [o.origin for o in offers] == [
            "交换/real_estate_990101_20260331_上半.csv",
            f"交换/{NAME}",
        ]
        fetched = transport.fetch(offers[1], spec, tmp_path / "target")
        assert (tmp_path / "target").read_bytes() == content
        assert (fetched.said_rows, fetched.said_sha256) == (1, digest)
        assert fetched.clock is not None
        assert [p.name for p in tmp_path.iterdir()] == ["target"]
        taken = {o.origin: o.mark for o in offers}
        assert list(transport.offers("real_estate", spec, taken)) == []
        store.put(f"交换/{NAME}", b"corrected")
        (again,) = transport.offers("real_estate", spec, taken)
        assert again.size == 9


def test_ready_sign_is_waited_for(store: S3Server) -> None:
    store.put(NAME, b"one")
    ready = FileDataset(folder="", ready=".ok")
    with connect(store) as transport:
        assert list(transport.offers("real_estate", ready, {})) == []
        store.put(NAME + ".ok", b"")
        assert len(list(transport.offers("real_estate", ready, {}))) == 1


def test_listing_goes_on_over_pages_but_not_for_ever(
    store: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    for day in range(1, 6):
        store.put(f"real_estate_990101_2026040{day}.csv", b"x")
    with connect(store) as transport:
        assert len(list(transport.offers("real_estate", DATASET, {}))) == 5
        assert sum("list" in r[2] for r in store.requests) == 3
        monkeypatch.delenv("MOTO_S3_DEFAULT_MAX_KEYS")
        store.repeat_token = True
        with pytest.raises(SourceLied, match="翻页"):
            list(transport.offers("real_estate", DATASET, {}))


def test_carries_both_ways(store: S3Server) -> None:
    with connect(store) as carrier:
        carrier.put(b"first", "bank/请求.csv")
        carrier.put(BIG, "bank/请求.csv")
        carrier.put(b"", "bank/空.txt")
        assert carrier.names("bank") == ["空.txt", "请求.csv"]
        assert carrier.names("nowhere") == []
        assert carrier.get("bank/请求.csv", at_most=len(BIG)) == BIG
        with pytest.raises(SourceLied, match="超过上限"):
            carrier.get("bank/请求.csv", at_most=len(BIG) - 1)
        with pytest.raises(SourceUnreachable, match="移走"):
            carrier.get("bank/missing", at_most=1)


def test_dropped_connection_is_gone_on_with(store: S3Server, tmp_path: Path) -> None:
    store.put(NAME, BIG)
    caller = PlainCaller(attempts=2)
    with connect(store, caller) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        store.cut_at = len(BIG) // 2
        transport.fetch(offer, DATASET, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == BIG
    assert [t.what for t in caller.troubles] == ["与对象存储的连接中断"]
    gets = [r[2] for r in store.requests if r[0] == "GET" and r[1].endswith(NAME)]
    assert gets[0] == ""
    assert gets[1].startswith("bytes=")
    assert int(gets[1][6:-1]) > 0


def test_changed_object_is_never_glued_to_an_old_beginning(store: S3Server, tmp_path: Path) -> None:
    store.put(NAME, BIG)
    target = tmp_path / "target"
    with connect(store) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        store.cut_at = len(BIG) // 2
        with pytest.raises(SourceUnreachable, match="中断"):
            transport.fetch(offer, DATASET, target)
        assert target.stat().st_size > 0
        store.before_get = lambda: store.put(NAME, BIG[::-1])  # between the look and the reading
        with pytest.raises(SourceUnreachable, match="改动"):
            transport.fetch(offer, DATASET, target)
        with pytest.raises(SourceUnreachable, match="改动"):
            transport.fetch(offer, DATASET, target)
        (offer,) = transport.offers("real_estate", DATASET, {})
        transport.fetch(offer, DATASET, target)
    assert target.read_bytes() == BIG[::-1]


def test_store_without_ranges_gives_the_whole_again(store: S3Server, tmp_path: Path) -> None:
    store.put(NAME, BIG)
    with connect(store, PlainCaller(attempts=2)) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        store.cut_at = len(BIG) // 2
        store.no_ranges = True
        transport.fetch(offer, DATASET, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == BIG


def test_content_is_held_to_the_digest(store: S3Server, tmp_path: Path) -> None:
    target = tmp_path / "target"
    store.put(NAME, b"abc")
    with connect(store) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        store.corrupt = True
        with pytest.raises(SourceLied, match="校验值"):
            transport.fetch(offer, DATASET, target)
        assert list(tmp_path.iterdir()) == []
        sha256 = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
        store.put(NAME, b"abc", ChecksumSHA256=sha256)
        with pytest.raises(SourceLied, match="校验值"):
            transport.fetch(offer, DATASET, target)
        store.corrupt = False
        transport.fetch(offer, DATASET, target)
        assert target.read_bytes() == b"abc"


def test_object_of_several_parts_has_an_etag_that_is_no_digest(
    store: S3Server, tmp_path: Path
) -> None:
    where = {"Bucket": store.bucket, "Key": NAME}
    upload = store.client.create_multipart_upload(**where)["UploadId"]
    part = store.client.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"abc")
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    store.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)
    with connect(store) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        assert str(offer.mark["stamp"]).endswith("-1")
        transport.fetch(offer, DATASET, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"abc"


def test_too_large_is_refused_before_it_is_read(store: S3Server, tmp_path: Path) -> None:
    store.put(NAME, b"abc")
    with connect(store, limits={"bytes_most": 2}) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        with pytest.raises(SourceRefused, match="超过上限 2"):
            transport.fetch(offer, DATASET, tmp_path / "target")
    assert not any(r[0] == "GET" and r[1].endswith(NAME) for r in store.requests)


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        ("403 Forbidden", "SignatureDoesNotMatch", SourceRefused, "不接受签名"),
        ("403 Forbidden", "InvalidAccessKeyId", SourceRefused, "不认识"),
        ("403 Forbidden", "AccessDenied", SourceRefused, "权限"),
        ("403 Forbidden", "RequestTimeTooSkewed", SourceRefused, "时钟"),
        ("404 Not Found", "NoSuchBucket", SourceRefused, "没有登记的存储桶"),
        ("418 Teapot", "Other", SourceRefused, "HTTP 418"),
        ("500 Internal", "InternalError", SourceUnreachable, "HTTP 500"),
        ("503 Slow Down", "SlowDown", SourceUnreachable, "HTTP 503"),
    ],
)
def test_every_answer_that_says_no_has_its_words(
    store: S3Server, status: str, code: str, kind: type[Exception], words: str
) -> None:
    store.answers.append((status, code, [("Retry-After", "7")]))
    with connect(store) as transport:
        with pytest.raises(kind, match=words) as raised:
            transport.probe()
        assert "quoted secret" not in repr(raised.value)
        assert len(store.requests) == 1  # botocore does not try again by itself
        if isinstance(raised.value, SourceUnreachable):
            assert raised.value.wait == 7
        transport.probe()


def test_wrong_bucket_and_wrong_key_of_a_real_store(
    store: S3Server, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        connect(store, bucket="no-such-bucket") as transport,
        pytest.raises(SourceRefused, match="存储桶"),
    ):
        transport.probe()
    source = source_of(s3_spec(store))
    wrong = outside(ACCESS="AKIDWRONG", SECRET="secret-not-to-be-told")
    with (
        caplog.at_level(logging.DEBUG),
        ObjectStoreTransport(source, wrong, PlainCaller()) as transport,
        pytest.raises(SourceRefused, match="不认识") as refused,
    ):
        transport.probe()
    assert "AKIDWRONG" not in caplog.text + repr(refused.value)
    assert "secret-not-to-be-told" not in caplog.text + repr(refused.value)


def test_redirect_leads_nowhere_else(store: S3Server) -> None:
    elsewhere = [("Location", "http://127.0.0.1:9/"), ("x-amz-bucket-region", "elsewhere")]
    store.answers.extend([("307 Temporary Redirect", "TemporaryRedirect", elsewhere)] * 9)
    with connect(store) as transport, pytest.raises(SourceRefused, match="别的地址"):
        transport.probe()
    assert store.requests


@pytest.mark.parametrize("page", [b"<html><body>log in<br></body>", b"<html>log in</html>", b""])
def test_page_instead_of_s3_is_no_empty_folder(
    store: S3Server, page: bytes, tmp_path: Path
) -> None:
    store.put(NAME, b"abc")
    with connect(store) as transport:
        (offer,) = transport.offers("real_estate", DATASET, {})
        store.page = page
        for ask in (
            transport.probe,
            lambda: list(transport.offers("real_estate", DATASET, {})),
            lambda: transport.names(""),
            lambda: transport.fetch(offer, DATASET, tmp_path / "target"),
            lambda: transport.put(b"x", "x"),
        ):
            with pytest.raises(SourceRefused, match="不是 S3"):
                ask()
    assert not (tmp_path / "target").exists()


def test_nobody_there_or_silent(store: S3Server) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        where = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with (
            connect(store, endpoint=where) as transport,
            pytest.raises(SourceUnreachable, match="无法连到"),
        ):
            transport.probe()
    given_up = threading.Event()
    store.before_get = lambda: given_up.wait(PATIENCE)
    with (
        connect(store, limits={"timeout_seconds": 0.2}) as transport,
        pytest.raises(SourceUnreachable, match="限时"),
    ):
        transport.probe()
    given_up.set()


def test_nothing_of_the_machine_is_used(
    store: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://127.0.0.1:9\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "no such profile",
        "AWS_CA_BUNDLE": "/nowhere",
        "AWS_SESSION_TOKEN": "token",
        "AWS_MAX_ATTEMPTS": "9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    with connect(store) as transport:
        transport.probe()
    assert store.tokens == [""]
