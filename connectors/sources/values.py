"""Single values of a source.yaml: what a day, a count, an address, a host key may be. Taken as text or as what it is; never bent.

A wrong value is never repeated in the message: it may be a secret that somebody put into the wrong place.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import string
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from connectors.sources.cron import cron_mistake

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,15}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
_KEY_FIELDS = {"ssh-ed25519": 2, "ssh-rsa": 3}


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("不是日期，应写成 2026-01-31")


def _count(value: object) -> object:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("不是整数")


def _number(value: object) -> object:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError("不是数字")


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("只能写 true 或 false")


def _absolute(path: Path) -> Path:
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError("须为绝对路径（以 / 开头，不含 ..）")
    return path


def _below(path: str) -> str:
    bare = path.rstrip("/") or path[:1]
    if "\\" in bare or not bare.isprintable() or "//" in bare or ".." in bare.split("/"):
        raise ValueError("目录不能含 ..、//、反斜杠或控制字符")
    return bare


def is_here(host: str) -> bool:
    """Whether a host is this machine: a loopback address, its name, or the folder of a socket."""
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    """Whether this may name a machine; with a colon it must be an IPv6 address."""
    try:
        if ":" in host:
            return "%" not in host and ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
    return _HOST.fullmatch(host) is not None


def _host(host: str) -> str:
    if not _is_host(host):
        raise ValueError("不是主机名或 IP 地址；不带 https://、端口、用户名")
    return host


def _server(host: str) -> str:
    if host.startswith("/"):
        return str(_absolute(Path(host)))
    return _host(host)


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise ValueError("不是网址") from None
    if parts.scheme not in ("https", "http") or not _is_host(host) or port == 0:
        raise ValueError("不是 https:// 开头的网址")
    if "@" in parts.netloc:
        raise ValueError("网址中不能写用户名和密码")
    if parts.query or parts.fragment or not set(url) <= set(string.printable[:94]):
        raise ValueError("网址中不能有 ?、#、空格或中文")
    if parts.scheme == "http" and not is_here(host):
        raise ValueError("须用 https；只有本机可以用 http")
    return url.rstrip("/")


def _host_key(said: str) -> str:
    """A public key as OpenSSH writes it; the comment behind it may stay."""
    words = said.split()
    if len(words) < 2 or not _whole_key(words[0], words[1]):
        raise ValueError(
            "不是完整的主机公钥，应写成 ssh-ed25519 AAAA…（向来源索取，不要从网上抓取）"
        )
    return " ".join(words)


def _whole_key(kind: str, text: str) -> bool:
    """Whether the text is a key of that kind, cut nowhere."""
    wanted = 3 if re.fullmatch(r"ecdsa-sha2-nistp(256|384|521)", kind) else _KEY_FIELDS.get(kind)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    fields = []
    while data:
        size = int.from_bytes(data[:4], "big")
        if len(data) < 4 + size or not size:
            return False
        fields.append(data[4 : 4 + size])
        data = data[4 + size :]
    return len(fields) == wanted and fields[0] == kind.encode()


def _cron(said: str) -> str:
    wrong = cron_mistake(said)
    if wrong:
        raise ValueError(wrong)
    return " ".join(said.split())


def _environment(name: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) or name.startswith("HEDUI_"):
        raise ValueError("env 须为大写的环境变量名，且不以 HEDUI_ 开头")
    return name


def _mounted(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name):
        raise ValueError("mount 须为密钥库挂载目录中的文件名，不含 / 与 ..")
    return name


Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f]*$")]
Region = Annotated[str, Field(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(_count), Field(ge=0)]
Count = Annotated[int, BeforeValidator(_count), Field(ge=1)]
Seconds = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Port = Annotated[Count, Field(le=65535)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Cron = Annotated[str, AfterValidator(_cron)]
HostName = Annotated[str, AfterValidator(_host)]
ServerName = Annotated[str, AfterValidator(_server)]
"""A host, or the folder of a socket of this machine."""
HostKey = Annotated[str, AfterValidator(_host_key)]
Address = Annotated[str, AfterValidator(_address)]
Absolute = Annotated[Path, AfterValidator(_absolute)]
Below = Annotated[str, AfterValidator(_below)]
"""A folder or prefix below what the transport names, without a slash at its end; empty for that itself."""
Environment = Annotated[str, AfterValidator(_environment)]
Mounted = Annotated[str, AfterValidator(_mounted)]
