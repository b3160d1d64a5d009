"""Settings at the edge: what the environment says, and the order that a run is given. Nothing else reads the environment."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic reads the annotation
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import rulepacks
from household.errors import InputError

PREFIX = "HEDUI_"
DEMONSTRATION_KEY = b"hedui: for demonstration only"
"""Key of the person references where none is set. Anybody can recompute references made with it, so every run says so."""

REGION = re.compile(r"[0-9]{2,12}")


class Settings(BaseSettings):
    """The variables `HEDUI_INBOX`, `_WAREHOUSE`, `_AS_OF`, `_PACKS`, `_REGION`, `_PERSON_KEY`, `_SOURCES`, `_SECRETS` and `_CASEWORK`.

    `sources`: the folder of configured sources. `secrets`: where the secret store mounts its files.
    `casework`: URL of the casework store, which may hold a password; else it is a file beside the warehouse.
    `casework_key` (`HEDUI_CASEWORK_KEY`): file of the key that secrets in the casework store are sealed with; else one beside the warehouse.
    `audit_anchor` (`HEDUI_AUDIT_ANCHOR`): folder outside, best on another disk, where the head of the audit log is written down.
    `audit_digest` (`HEDUI_AUDIT_DIGEST`): sha256 or sm3, for the lines of the audit log to come.
    `seal_key` (`HEDUI_SEAL_KEY`): PEM file of the private key that seals reports; else one beside the warehouse.
    `seal_trust` (`HEDUI_SEAL_TRUST`): folder of public keys whose seals are trusted. `fonts` (`HEDUI_FONTS`): folder of fonts for reports.
    `oidc_issuer`, `oidc_client_id`, `oidc_secret`, `oidc_callback`, `oidc_ca` (`HEDUI_OIDC_ISSUER` …): the identity provider; the secret
    is a reference: `env:NAME`, `file:/path` or `mount:name`.
    `webhook_hosts` (`HEDUI_WEBHOOK_HOSTS`): origins that webhooks may go to, with commas between them.
    `postgres` (`HEDUI_POSTGRES`): where `hedui publish` writes; may hold a password.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    inbox: Path | None = None
    warehouse: Path | None = None
    as_of: date | None = None
    packs: Path | None = None
    region: str | None = None
    person_key: SecretStr | None = None
    sources: Path | None = None
    secrets: Path | None = None
    casework: SecretStr | None = None
    casework_key: Path | None = None
    audit_anchor: Path | None = None
    audit_digest: Literal["sha256", "sm3"] = "sha256"
    postgres: SecretStr | None = None
    seal_key: Path | None = None
    seal_trust: Path | None = None
    fonts: Path | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_secret: str | None = None
    oidc_callback: str | None = None
    oidc_ca: Path | None = None
    webhook_hosts: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do. `person_key` is kept out of the representation.

    Attributes:
        inbox: the inbox folder. warehouse: the DuckDB file. as_of: today, everywhere.
        packs: folder of rule packs beside our own. region: only applications below this code; None takes all.
        person_key: secret of the published person references; None is the demonstration key.

    """

    inbox: Path
    warehouse: Path
    as_of: date
    packs: Path | None = None
    region: str | None = None
    person_key: SecretStr | None = None

    @property
    def key(self) -> bytes:
        """The secret of the person references."""
        if self.person_key is None:
            return DEMONSTRATION_KEY
        return self.person_key.get_secret_value().encode()

    @property
    def key_digest(self) -> str:
        """A digest of the secret, to tell runs with another secret apart."""
        return hashlib.sha256(b"hedui person key\0" + self.key).hexdigest()

    @property
    def pack_folders(self) -> tuple[Path, ...]:
        """Our own packs, then those of the order."""
        own = Path(rulepacks.__file__).parent
        return (own,) if self.packs is None else (own, self.packs)


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        InputError: a variable of our prefix that we do not know, or a value that cannot be read. Values are not quoted.

    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    strange = sorted(n for n in os.environ if n.startswith(PREFIX) and n not in known)
    if strange:
        raise InputError(
            f"环境变量 {'、'.join(strange)} 不认识", f"可用的有 {'、'.join(sorted(known))}"
        )
    try:
        return Settings()
    except ValidationError as error:
        wrong = "、".join(PREFIX + str(e["loc"][0]).upper() for e in error.errors())
        raise InputError(f"环境变量 {wrong} 的值无法读取", "请更正后重新运行") from None


def order_of(settings: Settings, *, as_of: date) -> Order:
    """The order that the environment gives, for a day.

    Raises:
        InputError: no inbox or no warehouse is set.

    """
    if settings.inbox is None or settings.warehouse is None:
        raise InputError(
            "没有指定收件目录或结果库", f"请设置环境变量 {PREFIX}INBOX 与 {PREFIX}WAREHOUSE"
        )
    return Order(
        settings.inbox,
        settings.warehouse,
        as_of,
        settings.packs,
        settings.region,
        settings.person_key,
    )


def check_order(order: Order) -> None:
    """Refuse before anything is written what could only fail later.

    Raises:
        InputError: a folder that is not there, a file where a folder is meant or the reverse, no region code, an empty key.

    """
    if not order.inbox.is_dir():
        raise InputError(
            f"收件目录 {order.inbox} 不存在或不是目录", "请检查 --inbox（HEDUI_INBOX）"
        )
    if not order.warehouse.parent.is_dir():
        raise InputError(f"结果库所在目录 {order.warehouse.parent} 不存在", "请先建立该目录")
    if order.warehouse.is_dir():
        raise InputError(
            f"结果库 {order.warehouse} 是目录", "请给出文件名，例如 --warehouse county.duckdb"
        )
    if order.packs is not None and not order.packs.exists():
        raise InputError(f"规则包目录 {order.packs} 不存在", "请检查 --packs（HEDUI_PACKS）")
    if order.region is not None and not REGION.fullmatch(order.region):
        raise InputError(
            "行政区划代码应为 2 至 12 位数字", "请检查 --region（HEDUI_REGION），例如 990101"
        )
    if not order.key:
        raise InputError("人员代号密钥为空", "请设置 HEDUI_PERSON_KEY，或取消该变量")
