"""Being sure of a database server: who signed its certificate, and our own key. No SQL here. That it is encrypted at all is held by the declaration."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectors.errors import SourceRefused
from connectors.sources.secrets import reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.outside import Outside
    from connectors.sources.declaration import SecretRef, Tls

_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
"""PostgreSQL's request for encryption (length 8, code 80877103), answered by `S`."""

_WHY = {
    9: "尚未生效",
    10: "已过期",
    62: "与 host 不符",
    64: "与 host 不符",
}
"""OpenSSL's verify codes that an operator can act on; every other one is a matter of who signed."""


def untrusted(code: int | None) -> SourceRefused:
    """The error of a certificate that does not hold. `code`: OpenSSL's verify code; None where it is not known."""
    why = "已过期、签发者不受信任或与 host 不符"
    if code is not None:
        why = _WHY.get(code, "不是受信任的机构签发")
    return SourceRefused(
        f"数据库服务器的证书{why}",
        "请与来源核实后更换证书，或更正 tls.ca 与 host；核实前不连接",
    )


def trusting(tls: Tls, key: str | None) -> ssl.SSLContext:
    """What a server must prove, and what we show it. Raises SourceRefused when a file of ours cannot be used."""
    try:
        context = ssl.create_default_context(cafile=str(tls.ca) if tls.ca else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if tls.certificate is not None:
            context.load_cert_chain(str(tls.certificate), key)
    except (OSError, ssl.SSLError):
        raise SourceRefused(
            "tls 的证书或密钥文件不能使用", "请核对 ca、certificate、key 是否为 PEM 且彼此配对"
        ) from None
    return context


@contextmanager
def key_file(ref: SecretRef | None, outside: Outside) -> Iterator[str | None]:
    """Our private key as a file that only this process can open and that never is on a disk; None where there is none."""
    if ref is None:
        yield None
        return
    handle = os.memfd_create("key")
    try:
        os.fchmod(handle, 0o600)
        os.write(handle, reveal(ref, outside).get_secret_value().encode())
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


def why_untrusted(host: str, port: int, context: ssl.SSLContext, *, seconds: float) -> int | None:
    """Why a PostgreSQL server's certificate does not hold: OpenSSL's verify code. libpq does not tell it."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                return None
            with context.wrap_socket(plain, server_hostname=host):
                return None
    except ssl.SSLCertVerificationError as error:
        return error.verify_code
    except OSError:
        return None
