"""A client of an S3-compatible store that knows nothing but what source.yaml says, and what its troubles are called. No files here.

botocore would look into the environment, ~/.aws, proxies and the cloud's metadata service; none of these is asked. It does not retry:
the Caller does.
"""

from __future__ import annotations

import logging
import ssl
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import urllib3.exceptions
from botocore import exceptions as boto
from botocore.config import Config
from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,  # their spelling
    ConfigValueStore,
    ConstantProvider,
)
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError
from botocore.session import Session
from urllib3.util.ssl_match_hostname import CertificateError

from connectors.errors import SourceRefused, SourceUnreachable
from connectors.sources.secrets import reveal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack
    from datetime import datetime

    from botocore.model import OperationModel
    from mypy_boto3_s3 import S3Client

    from connectors.outside import Outside
    from connectors.sources.declaration import ObjectStore, Tls

_NO_S3 = (
    "对象存储的应答不是 S3 接口的格式（可能是网页）",
    "请核对 source.yaml 中的 endpoint",
)
_CHECK = "请检查网络与 source.yaml 中的 endpoint，或稍后再取"
_DEBIAN = Path("/etc/ssl/certs/ca-certificates.crt")


def open_client(
    spec: ObjectStore, outside: Outside, *, seconds: float, kept: ExitStack
) -> S3Client:
    """Make a client; nothing is called yet.

    Args:
        spec: the store. outside: for the keys. seconds: to wait for a connection, and for every piece of an answer.
        kept: closes what the client needs while it lives.

    Raises:
        SourceRefused: a secret or a certificate cannot be read.

    """
    for name in ("botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)  # they would name addresses
    config = Config(
        signature_version="s3v4",
        connect_timeout=seconds,
        read_timeout=seconds,
        retries={"total_max_attempts": 1, "mode": "standard"},
        s3={"addressing_style": "path" if spec.path_style else "virtual"},
        proxies={},
        user_agent="hedui",
        client_cert=_certificate(spec.tls, outside, kept),
        request_checksum_calculation="when_required",  # many compatible stores know no newer ones
        response_checksum_validation="when_required",
    )
    made = _bare_session().create_client(
        "s3",
        region_name=spec.area,
        endpoint_url=spec.endpoint,
        verify=_authorities(spec.tls),
        aws_access_key_id=reveal(spec.access_key, outside).get_secret_value(),
        aws_secret_access_key=reveal(spec.secret_key, outside).get_secret_value(),
        config=config,
    )
    client = cast("S3Client", made)
    client.meta.events.register_first("before-parse.s3", _hold_page)
    kept.callback(client.close)
    return client


def named(error: Exception) -> SourceUnreachable | SourceRefused:
    """What went wrong, in our words alone."""
    if isinstance(error, boto.ClientError):
        return _answered(error)
    if isinstance(error, boto.SSLError):
        return _tls(error)
    refused = next((r for kind, *r in _WRONG if isinstance(error, kind)), None)
    if refused is not None:
        return SourceRefused(*refused)
    lost = next((w for kind, w in _LOSSES if isinstance(error, kind)), "与对象存储的连接中断")
    return SourceUnreachable(lost, _CHECK)


def clock_of(answer: Mapping[str, Any]) -> datetime | None:
    """The store's time, from the Date of an answer."""
    try:
        clock = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return clock if clock.tzinfo else None


def etag_of(answer: Mapping[str, Any]) -> str:
    """The ETag without its quotes. Raises SourceRefused where there is none: no S3 store spoke, but a portal or a proxy."""
    said = answer.get("ETag")
    bare = said.removeprefix("W/").strip('"') if isinstance(said, str) else ""
    if not bare:
        raise SourceRefused(*_NO_S3)
    return bare


def _hold_page(
    response_dict: Mapping[str, Any], operation_model: OperationModel, **_: object
) -> None:
    """A page that says 200 would be read as an empty folder (or, where it is no XML, was made a 500 of). Raises SourceRefused."""
    status, body = response_dict["status_code"], response_dict["body"]
    if not isinstance(body, bytes):
        return  # an object's own content
    page = status == 500 and b"<html" in body[:1000].lower()
    listing = operation_model.name == "ListObjectsV2"
    if page or (listing and status == 200 and b"<ListBucketResult" not in body):
        raise SourceRefused(*_NO_S3)


TROUBLES = (
    boto.BotoCoreError,
    boto.ClientError,
    ResponseParserError,
    urllib3.exceptions.HTTPError,
    OSError,
)
"""What the client may raise."""


def _bare_session() -> Session:
    """A botocore that has its own defaults and no more: no environment, no files."""
    defaults = {name: said[2] for name, said in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
    defaults |= {"config_file": None, "credentials_file": None}
    session = Session()
    store = ConfigValueStore(mapping={k: ConstantProvider(v) for k, v in defaults.items()})
    session.register_component("config_store", store)
    session.register_component("data_loader", _described())
    return session


@cache
def _described() -> Loader:
    """What botocore brings of descriptions of S3, read once; ~/.aws/models is not looked at."""
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def _answered(error: boto.ClientError) -> SourceUnreachable | SourceRefused:
    """An answer that says no. The store's code decides, then the HTTP status."""
    said = error.response.get("Error", {}).get("Code", "")
    meta = error.response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    if said not in _REFUSALS and status in _PASSING:
        what = _PASSING[status].format(status=status)
        return SourceUnreachable(
            what, "通常无需处理，下次会再取；若反复出现，请联系来源单位", wait=_wait(meta)
        )
    refused = _REFUSALS.get(said) or _BY_STATUS.get(status) or _OTHER
    return SourceRefused(refused[0].format(status=status), refused[1])


_BUSY = "对象存储暂时不能应答（HTTP {status}）"
_PASSING = {
    404: "来源文件列出之后已被移走",
    412: "来源文件在取数期间被改动",
    416: "来源文件在取数期间被改动",
    429: _BUSY,
    500: _BUSY,
    502: _BUSY,
    503: _BUSY,
    504: _BUSY,
}
"""What trying again may help against, by HTTP status."""

_REFUSALS: dict[str, tuple[str, str]] = {
    "NoSuchBucket": (
        "对象存储中没有登记的存储桶",
        "请核对 source.yaml 中的 bucket，或联系来源单位",
    ),
    "InvalidBucketName": ("登记的存储桶名称无效", "请核对 source.yaml 中的 bucket"),
    "InvalidAccessKeyId": (
        "对象存储不认识该访问密钥",
        "请核对 access_key 的引用，或请来源单位确认密钥仍然有效",
    ),
    "SignatureDoesNotMatch": (
        "对象存储不接受签名：访问密钥的密码不对",
        "请核对 secret_key 的引用，或请来源单位重新发放",
    ),
    "RequestTimeTooSkewed": (
        "对象存储的时钟与本机相差过大，请求被拒",
        "请校准本机时钟，或请来源单位校准服务器时钟",
    ),
    "AccessDenied": (
        "对象存储的账户没有读写该存储桶或文件的权限",
        "请来源单位按协议授权后再取",
    ),
}


_MOVED = ("对象存储要求转到别的地址，未跟随", "请核对 source.yaml 中的 endpoint、area、path_style")
_BY_STATUS = {
    301: _MOVED,
    302: _MOVED,
    307: _MOVED,
    308: _MOVED,
    401: _REFUSALS["AccessDenied"],
    403: _REFUSALS["AccessDenied"],
}
_OTHER = (
    "对象存储不接受请求（HTTP {status}）",
    "请核对 source.yaml 中的 endpoint、bucket、area",
)
_WRONG: tuple[tuple[type[Exception], str, str], ...] = (
    (ResponseParserError, *_NO_S3),
    (
        boto.ParamValidationError,
        "source.yaml 中的 bucket 或文件夹不能用作对象存储的名称",
        "请核对 bucket、folder",
    ),
)
_LOSSES: tuple[tuple[type[Exception], str], ...] = (
    (boto.ConnectTimeoutError, "对象存储在限时内没有应答"),
    (boto.ReadTimeoutError, "对象存储在限时内没有应答"),
    (TimeoutError, "对象存储在限时内没有应答"),
    (boto.EndpointConnectionError, "无法连到对象存储"),
)


def _tls(error: BaseException) -> SourceUnreachable | SourceRefused:
    """A handshake that failed. The certificate's own fault is found below the wrapping errors."""
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            break
        if isinstance(seen, ssl.SSLCertVerificationError):
            what = _CERTIFICATES.get(seen.verify_code, "对象存储的证书不可信")
            return SourceRefused(f"{what}，已中止连接", _CERTIFICATE_TODO)
        if isinstance(seen, CertificateError):
            return SourceRefused(f"{_CERTIFICATES[64]}，已中止连接", _CERTIFICATE_TODO)
        inner = seen.__dict__.get("kwargs", {}).get("error") if seen is error else None
        reason = getattr(seen, "reason", None)
        below = reason if isinstance(reason, BaseException) else None
        seen = inner or below or seen.__cause__ or seen.__context__
    return SourceUnreachable("与对象存储的 TLS 握手失败", "请核对 endpoint 与 tls，或稍后再取")


_CERTIFICATE_TODO = "请来源单位更换证书，或核对 source.yaml 中的 endpoint、tls.ca"
_CERTIFICATES = {
    9: "对象存储的证书尚未生效",
    10: "对象存储的证书已过期",
    62: "对象存储的证书不是发给该地址的",
    64: "对象存储的证书不是发给该地址的",
}
"""By OpenSSL's X509_V_ERR codes."""


def _wait(meta: Mapping[str, Any]) -> float | None:
    said = str(meta.get("HTTPHeaders", {}).get("retry-after", ""))
    return float(said) if said.isascii() and said.isdigit() and len(said) < 7 else None


def _authorities(tls: Tls) -> str | bool:
    """Whom to trust: the given CA alone, else the system's."""
    if tls.ca is not None:
        if not tls.ca.is_file():
            raise SourceRefused("tls.ca 指向的证书文件不存在", "请核对 source.yaml 中的 tls.ca")
        return str(tls.ca)
    system = ssl.get_default_verify_paths().cafile or (str(_DEBIAN) if _DEBIAN.exists() else None)
    return system or True


def _certificate(tls: Tls, outside: Outside, kept: ExitStack) -> Any:
    """Our own certificate for mutual TLS, as paths: botocore takes no other form. A key's copy lives as long as the client."""
    if tls.certificate is None:
        return None
    if tls.key is None:
        return str(tls.certificate)
    folder = Path(kept.enter_context(TemporaryDirectory(prefix="hedui-")))  # mode 0700
    key = folder / "key.pem"
    key.touch(mode=0o600)
    key.write_text(reveal(tls.key, outside).get_secret_value(), encoding="utf-8")
    return (str(tls.certificate), str(key))
