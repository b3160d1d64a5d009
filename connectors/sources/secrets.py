"""The one place where a reference becomes a secret. It comes wrapped, is never kept, and stands in no error: those name the reference only.

- `env`: a variable of the environment that the caller hands in.
- `file`: a regular file that only its owner may read; a link is refused, for it may be pointed elsewhere by whoever owns its folder.
- `mount`: a file of the secret store's mount. Links are followed while they stay in the mount (stores swap versions by links), and its rights
  are the store's affair.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from pydantic import SecretStr

from connectors.errors import SourceRefused

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.sources.declaration import SecretRef

BYTES_MOST = 64 * 1024


def reveal(ref: SecretRef, outside: Outside) -> SecretStr:
    """The secret that a reference names, without one line break at its end.

    Raises:
        SourceRefused: it is not there, may be read by others, is empty, too large or no text. The reference is named, never what it holds.

    """
    if ref.env is not None:
        return _from_environment(ref.env, outside)
    if ref.mount is not None:
        return _from_mount(ref.mount, outside)
    if ref.file is None:
        raise SourceRefused("密钥引用没有写明 env、file 或 mount", "请更正 source.yaml")
    return _text(_private_bytes(ref.file), f"密钥文件 {ref.file}")


def _from_environment(name: str, outside: Outside) -> SecretStr:
    called = f"环境变量 {name}"
    if name.startswith("HEDUI_"):
        raise SourceRefused(f"密钥不能放在 {called}（本系统的设置）", "请换一个变量名")
    value = outside.environ.get(name)
    if value is None:
        raise SourceRefused(f"{called} 没有设置", "请在运行环境中设置后重试")
    if len(value) > BYTES_MOST:
        raise SourceRefused(f"{called} 过长", "请核对其内容")
    return _trimmed(value, called)


def _from_mount(name: str, outside: Outside) -> SecretStr:
    called = f"挂载的密钥 {name}"
    if outside.mounts is None:
        raise SourceRefused(f"{called} 无处可寻：没有配置密钥库的挂载目录", "请配置后重试")
    folder = outside.mounts.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or "/" in name:
        raise SourceRefused(f"{called} 指向挂载目录之外", "请更正 mount 或密钥库的挂载")
    return _text(_bytes(path, called), called)


def _private_bytes(path: Path) -> bytes:
    """The bytes of a file that only its owner may read; looked at and read through one handle."""
    called = f"密钥文件 {path}"
    if path.is_symlink():
        raise SourceRefused(f"{called} 是链接", "请写明密钥文件本身的路径")
    return _bytes(path, called, private=True)


def _bytes(path: Path, called: str, *, private: bool = False) -> bytes:
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (os.O_NOFOLLOW if private else 0)
    try:
        handle = os.open(path, flags)
        try:
            _require_safe(os.fstat(handle).st_mode, called, private=private)
            with os.fdopen(handle, "rb", closefd=False) as opened:
                data = opened.read(BYTES_MOST + 1)
        finally:
            os.close(handle)
    except FileNotFoundError:
        why = "不存在"
    except OSError as error:
        why = f"无法读取（{error.strerror}）"
    else:
        if len(data) <= BYTES_MOST:
            return data
        why = f"过大（超过 {BYTES_MOST // 1024} KiB）"
    raise SourceRefused(f"{called} {why}", "请核对引用、文件与权限")


def _require_safe(mode: int, called: str, *, private: bool) -> None:
    if not stat.S_ISREG(mode):
        raise SourceRefused(f"{called} 不是普通文件", "请更正引用")
    if private and mode & 0o077:
        todo = "请改为仅属主可读（chmod 600），并更换已可能泄露的密钥"
        raise SourceRefused(f"{called} 可被其他用户读写", todo)


def _text(data: bytes, called: str) -> SecretStr:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    # raised out here: the decoder's error holds the bytes, and would hang on as its context
    if text is None or "\0" in text:
        raise SourceRefused(f"{called} 不是 UTF-8 文本", "请核对其内容")
    return _trimmed(text, called)


def _trimmed(text: str, called: str) -> SecretStr:
    bare = text.removesuffix("\n").removesuffix("\r")
    if not bare.strip():
        raise SourceRefused(f"{called} 是空的", "请核对其内容")
    return SecretStr(bare)
