"""Who an object store must be, and who we are to it: certificates, ours and theirs."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
from file_sources import PlainCaller, outside, s3_spec, source_of
from servers.certificates import EXPIRED, Authority
from servers.s3 import ACCESS, SECRET, s3_server

from connectors.errors import SourceRefused, SourceUnreachable
from connectors.sources.declaration import SecretRef, Tls
from connectors.transports.object_store import ObjectStoreTransport

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from servers.s3 import S3Server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


def server_side(
    authority: Authority, name: str = "127.0.0.1", not_after: datetime | None = None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("server", name, not_after=not_after))
    return context


def connect(server: S3Server, tls: Tls, **environ: str) -> ObjectStoreTransport:
    around = outside(ACCESS=ACCESS, SECRET=SECRET, **environ)
    return ObjectStoreTransport(source_of(s3_spec(server, tls=tls)), around, PlainCaller())


def test_certificate_of_our_authority_is_trusted_and_no_other(
    authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path)
    with s3_server(server_side(authority), authority.pem) as server:
        with connect(server, Tls(ca=authority.pem)) as transport:
            assert transport.probe().server
        for tls in (Tls(ca=stranger.pem), Tls()):
            with (
                connect(server, tls) as transport,
                pytest.raises(SourceRefused, match="证书不可信"),
            ):
                transport.probe()
        with (
            connect(server, Tls(ca=tmp_path / "missing.pem")) as transport,
            pytest.raises(SourceRefused, match=r"tls\.ca"),
        ):
            transport.probe()


@pytest.mark.parametrize(
    ("name", "not_after", "words"),
    [("127.0.0.1", EXPIRED, "已过期"), ("127.0.0.2", None, "不是发给该地址的")],
)
def test_certificate_that_does_not_hold(
    authority: Authority, name: str, not_after: datetime | None, words: str
) -> None:
    with (
        s3_server(server_side(authority, name, not_after)) as server,
        connect(server, Tls(ca=authority.pem)) as transport,
        pytest.raises(SourceRefused, match=words),
    ):
        transport.probe()


def test_mutual_tls(authority: Authority, tmp_path: Path) -> None:
    context = server_side(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.pem)
    certificate, key = authority.issue("ours", "hedui.invalid")
    ours = Tls(ca=authority.pem, certificate=certificate, key=SecretRef(env="KEY"))
    with s3_server(context) as server:
        with (
            connect(server, ours, KEY=key.read_text()) as transport,
            # the bucket is not there: nobody without a certificate could make it
            pytest.raises(SourceRefused, match="存储桶"),
        ):
            transport.probe()
        with (
            connect(server, Tls(ca=authority.pem)) as transport,
            pytest.raises(SourceUnreachable, match=r"TLS|中断"),
        ):
            transport.probe()
