"""What lies in the inbox: every file by name, with its manifest, or with the reason for which it is refused unopened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.errors import FileRefused
from connectors.intake.manifest import Manifest, read_manifest
from connectors.intake.naming import (
    EXTENSIONS,
    LANDING_SUFFIX,
    MANIFEST_SUFFIX,
    FileName,
    parse_name,
)
from household.errors import InputError
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the inbox.

    `file` is the path below the inbox, with forward slashes. `refusal` is the Chinese line that says why the entry cannot be
    taken and what to do; it is None when the entry may be read.
    """

    file: str
    path: Path
    dataset: str | None = None
    region: str | None = None
    as_of: date | None = None
    part: str = ""
    ext: str = ""
    manifest: Manifest | None = None
    refusal: str | None = None


def survey(inbox: Path) -> list[Found]:
    """Everything below the inbox but the manifests that stand beside a file, sorted by path.

    What is called `.<name>.part` is ours, being landed, and no entry.

    Raises:
        InputError: the inbox is not a directory that can be read.

    """
    if not inbox.is_dir():
        raise InputError("收件目录不存在或不是目录", "请检查 --inbox 指向的目录")
    found = []
    for path in sorted(inbox.rglob("*")):
        if path.name.startswith(".") and path.name.endswith(LANDING_SUFFIX):
            continue
        file = _shown(path.relative_to(inbox).as_posix())
        if path.is_dir():
            # a folder of a source is no entry; a folder that is called like a file is somebody's mistake
            if path.suffix.lstrip(".") in EXTENSIONS:
                found.append(
                    Found(file, path, refusal="这里应是文件却是目录；请将文件本身放入收件目录")
                )
        elif path.name.endswith(MANIFEST_SUFFIX):
            if not path.with_name(path.name.removesuffix(MANIFEST_SUFFIX)).exists():
                found.append(
                    Found(
                        file, path, refusal="清单所述的数据文件没有送到；请将数据文件与清单一并报送"
                    )
                )
        else:
            found.append(_identify(file, path))
    return found


def _shown(file: str) -> str:
    """A path that can be written to a log: bytes that are no UTF-8 (names packed as GBK) and control characters escaped."""
    text = file.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() or c == "\u3000" else f"\\x{ord(c):02x}" for c in text)


def _identify(file: str, path: Path) -> Found:
    """One file by its name and manifest."""
    if not path.is_file():
        return Found(file, path, refusal="不是普通文件或链接已失效；请报送文件本身")
    try:
        name = parse_name(path.name)
    except FileRefused as error:
        return Found(file, path, refusal=str(error))
    source = path.parent.name
    dataset = f"{source}.{name.subject}"
    if dataset not in DATASETS:
        todo = "请核对所在目录（来源）与文件名（数据集），按交换目录重新报送"
        return Found(file, path, ext=name.ext, refusal=f"交换目录中没有数据集 {dataset}；{todo}")
    known = Found(file, path, dataset, name.region, name.as_of, name.part, name.ext)
    beside = path.with_name(path.name + MANIFEST_SUFFIX)
    manifest = None
    try:
        if beside.exists():
            manifest = read_manifest(beside)
        _require_readable(known, manifest, name)
    except FileRefused as error:
        return _with(known, manifest, str(error))
    return _with(known, manifest, None)


def _require_readable(known: Found, manifest: Manifest | None, name: FileName) -> None:
    """Raise FileRefused where name, manifest or size already say that the file cannot be read."""
    if manifest is not None:
        _hold_name_against(manifest, f"{known.dataset}", name)
    if known.path.stat().st_size == 0:
        raise FileRefused("文件为空（0 字节）", "请重新导出；确无数据时应保留列名一行")
    if name.ext == "txt" and (manifest is None or manifest.layout is None):
        raise FileRefused("定长文本缺少带 layout 的清单", "请随文件报送清单并写明各列 start、width")


def _with(known: Found, manifest: Manifest | None, refusal: str | None) -> Found:
    return Found(
        known.file,
        known.path,
        known.dataset,
        known.region,
        known.as_of,
        known.part,
        known.ext,
        manifest,
        refusal,
    )


def _hold_name_against(manifest: Manifest, dataset: str, name: FileName) -> None:
    """Raise FileRefused where the manifest contradicts the name of its file."""
    said = (
        ("dataset", manifest.dataset, dataset),
        ("region", manifest.region, name.region),
        ("as_of", manifest.as_of, name.as_of),
    )
    for key, declared, named in said:
        if declared is not None and declared != named:
            raise FileRefused(
                f"清单 {key} 与文件名不一致（文件名为 {named}）", "请更正清单或文件名后重新报送"
            )
