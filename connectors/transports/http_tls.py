"""How a connection to an HTTP interface is encrypted, and with which certificate of ours. Nothing is sent here."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from connectors.errors import SourceRefused
from connectors.sources.secrets import reveal

if TYPE_CHECKING:
    from connectors.outside import Outside
    from connectors.sources.declaration import Http


def tls_context(spec: Http, outside: Outside) -> ssl.SSLContext:
    """TLS 1.2 or later, server certificates always verified, our own certificate where source.yaml names one.

    Raises:
        SourceRefused: a certificate or key cannot be read.

    """
    try:
        # not create_default_context: it would write session keys where SSLKEYLOGFILE says
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if spec.tls.ca is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(spec.tls.ca)
    except (OSError, ssl.SSLError):
        raise SourceRefused(
            "tls.ca 所指的证书文件不能读取", "请核对路径、权限与 PEM 格式"
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if spec.tls.certificate is None:
        return context
    key = None if spec.tls.key is None else reveal(spec.tls.key, outside).get_secret_value()
    # OpenSSL reads keys from files only; one in memory never comes to a disk
    held = os.memfd_create("tls-key") if key is not None else None
    try:
        if held is not None and key is not None:
            os.write(held, key.encode())
        context.load_cert_chain(
            spec.tls.certificate,
            keyfile=None if held is None else f"/proc/self/fd/{held}",
            password=lambda: "",  # else OpenSSL would ask on the terminal
        )
    except (OSError, ssl.SSLError, ValueError):
        raise SourceRefused(
            "tls.certificate 或 tls.key 不能读取，或二者不是一对",
            "请核对路径、权限与 PEM 格式；私钥不得另设口令",
        ) from None
    finally:
        if held is not None:
            os.close(held)
    return context
