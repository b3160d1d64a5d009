"""Linkage models in the working store: files that never change, named by their digest, and which of them each dataset is pinned to.

`models/<dataset>/<digest>.yaml` is the text of a model; `models/current.yaml` names the pinned ones, and a dataset that it does not
name has the shipped model. None of them holds a value that fewer than `engine.model.COMMON_FROM` people share.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from connectors.errors import ConnectorError
from connectors.store import Store, write_whole
from household.errors import InputError
from household.linkage.engine.model import model_text, read_model
from household.linkage.models import check_fits
from household.linkage.subjects import DATASETS_LINKED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from household.linkage.engine.model import Model

SHIPPED = "shipped"
"""What stands for no pin where a digest is asked for."""

_DIGEST = re.compile(r"[0-9a-f]{12}")
_RESTORE = "请从备份恢复该文件，或重新估计，或用 hedui links pin 换回随附的模型（shipped）"
_CURRENT = "请从备份恢复该文件；若无备份，删除它即全部换回随附的模型"


@dataclass(frozen=True, slots=True)
class Pin:
    """One dataset's pinned model. `since`: the newest run when it was pinned; later runs use it."""

    digest: str
    since: str


def models_folder(store: Store) -> Path:
    """Where models are kept."""
    return store.root / "models"


def keep_model(model: Model, dataset: str, store: Store) -> str:
    """Keep a model and return its digest. One that is kept already stays as it is; a damaged one is made whole. Raises ConnectorError."""
    text = model_text(model).encode()
    digest = _digest_of(text)
    target = _file(store, dataset, digest)
    if not target.exists() or _bytes(target) != text:
        write_whole(target, lambda path: _write(path, text))
    return digest


def kept_digests(dataset: str, store: Store) -> list[str]:
    """Digests of the models of a dataset that are kept, in their own order."""
    files = (models_folder(store) / dataset).glob("*.yaml")
    return sorted(f.stem for f in files if _DIGEST.fullmatch(f.stem))


def load_model(dataset: str, digest: str, store: Store) -> Model:
    """A kept model.

    Raises:
        InputError: there is none of that digest, its bytes are not those that the digest names, or it is of another version.
    """
    path = _file(store, dataset, digest)
    if not _DIGEST.fullmatch(digest) or not path.is_file():
        raise InputError(
            f"工作库中没有数据集 {dataset} 的模型 {digest[:12]}",
            "请用 hedui links models 查看有哪些",
        )
    if _digest_of(_bytes(path)) != digest:
        raise InputError(f"数据集 {dataset} 的模型文件 {path.name} 已被改动或损坏", _RESTORE)
    return check_fits(read_model(path), dataset)


def read_pins(store: Store) -> dict[str, Pin]:
    """Dataset -> its pinned model; a dataset without one is left out.

    Raises:
        InputError: `current.yaml` cannot be understood. ConnectorError: it cannot be read.
    """
    path = models_folder(store) / "current.yaml"
    if not path.exists():
        return {}
    try:
        told = yaml.safe_load(_bytes(path).decode("utf-8"))
        pins = {str(name): Pin(said["model"], said["since"]) for name, said in told.items()}
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        raise InputError("模型清单 models/current.yaml 无法读取", _CURRENT) from None
    wrong = [n for n, p in pins.items() if n not in DATASETS_LINKED or not _fits(p)]
    if wrong:
        raise InputError("模型清单 models/current.yaml 中有不认识的数据集或摘要", _CURRENT)
    return pins


def write_pins(pins: Mapping[str, Pin], store: Store) -> None:
    """Pin these models and no others. Raises ConnectorError."""
    told = {name: {"model": pin.digest, "since": pin.since} for name, pin in sorted(pins.items())}
    text = yaml.safe_dump(told, allow_unicode=True).encode()
    write_whole(models_folder(store) / "current.yaml", lambda path: _write(path, text))


def pins_digest(pins: Mapping[str, Pin]) -> str:
    """Digest of which models are pinned; empty where none is."""
    said = json.dumps({name: pin.digest for name, pin in pins.items()}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest() if pins else ""


def _fits(pin: Pin) -> bool:
    texts = isinstance(pin.digest, str) and isinstance(pin.since, str)
    return texts and _DIGEST.fullmatch(pin.digest) is not None


def _file(store: Store, dataset: str, digest: str) -> Path:
    return models_folder(store) / dataset / f"{digest}.yaml"


def _digest_of(text: bytes) -> str:
    """As `Model.digest`: of the very bytes that are kept."""
    return hashlib.sha256(text).hexdigest()[:12]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise ConnectorError(
            f"模型文件 {path.name} 无法读取（{said}）", "请检查目录权限后重新运行"
        ) from error


def _write(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    path.chmod(0o600)
