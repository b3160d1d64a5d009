"""The departments of the prefecture example: real servers, each with its part of a synthetic county. No test stands here."""

from __future__ import annotations

import ssl
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

import polars as pl
import servers.s3
from county_sides import Registry, fill_folder, guide_block, sent, theirs
from patching import EXAMPLES, copy_example, patch
from prefecture_banks import Bank, Bucket, Disk, Ledger, read_ledger
from prefecture_http import Interface
from servers.http_pages import Papers, papers, serving
from servers.mariadb import mariadb_server
from servers.postgresql import postgresql_server
from servers.s3 import ACCESS, S3Server, s3_server
from servers.sshd import PASSWORD, asyncssh_server, openssh

from connectors.asking.layouts.institutions import read_institutions
from connectors.sources.declaration import Http, PageDataset, Source
from connectors.sources.reading import read_sources
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    from servers.mariadb import MariadbServer
    from servers.postgresql import PostgresqlServer
    from servers.sshd import SftpServer

GUIDE = EXAMPLES.parent / "deploy-a-prefecture.md"
DATABASE = "a secret that no line may show"
SECRETS = {
    "approval-client-secret": "secret of the approval system",
    "market-client-secret": "secret of the market regulator",
    "tax-hmac": "secret of the tax office",
    "b009-hmac": "secret of the ninth bank",
    "registry-password": DATABASE,
    "benefits-password": DATABASE,
    "store-access-key": ACCESS,
    "store-secret-key": servers.s3.SECRET,
    "hr-sftp-password": PASSWORD,
    "b007-password": PASSWORD,
}
BUCKETS = ("civil-share", "bank-b005", "bank-b006")


@dataclass
class Clock:
    """One day for every server and for us, at nine in the morning."""

    day: date

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 1, tzinfo=UTC)

    def told(self) -> str:
        """As HTTP writes it."""
        return format_datetime(self.now(), usegmt=True)


@dataclass
class Prefecture:
    """Every server of the example, running. `interfaces` by source (the ninth bank under B009); `banks` by code."""

    root: Path
    county: Path
    clock: Clock
    front: SftpServer
    other: SftpServer
    database: PostgresqlServer
    registry: Registry
    benefits: MariadbServer
    store: S3Server
    papers: Papers
    ledger: Ledger
    interfaces: dict[str, Interface] = field(default_factory=dict)
    banks: dict[str, Bank] = field(default_factory=dict)

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def mounts(self) -> Path:
        return self.root / "mounts"

    @property
    def carried(self) -> Path:
        """The folder of this machine that the disk of the fourth bank is copied to."""
        return self.root / "srv" / "exchange" / "b004"

    def begin(self, day: date) -> None:
        """It is this day everywhere."""
        self.clock.day = day
        self.registry.set_clock(f"{day} 09:00:00+08")
        with self.benefits.connect() as owner, owner.cursor() as cursor:
            cursor.execute(f"SET GLOBAL init_connect = 'SET timestamp = {self.clock.now():%s}'")


@contextmanager
def prefecture(
    root: Path, county: Path, day: date, patched: pytest.MonkeyPatch
) -> Iterator[Prefecture]:
    """The example deployment on this machine: servers filled from a county, configuration and secrets beside them."""
    with ExitStack() as running:
        folders = {name: root / name for name in ("ca", "pg", "maria", "sshd", "files", "mounts")}
        for folder in folders.values():
            folder.mkdir(parents=True)
        clock = Clock(day)
        signed = papers(folders["ca"])
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(signed.server("store")["ssl_certfile"])
        # the store tells the time of the test's day with every answer
        patched.setattr(servers.s3._Quiet, "date_time_string", lambda *_: clock.told())
        database = running.enter_context(postgresql_server(folders["pg"]))
        made = Prefecture(
            root,
            county,
            clock,
            running.enter_context(openssh(folders["sshd"])),
            running.enter_context(asyncssh_server(folders["files"])),
            database,
            Registry(database, DATABASE),
            running.enter_context(mariadb_server(folders["maria"])),
            running.enter_context(s3_server(tls, signed.ca)),
            signed,
            read_ledger(county),
        )
        copy_example("prefecture", made.sources)
        _keep_secrets(made)
        _fill(made)
        _open_banks(made)
        _move(made, _serve(made, running))
        made.begin(day)
        yield made


def _keep_secrets(made: Prefecture) -> None:
    """The secret store's mount: names and what they hold."""
    _, key = made.papers.client()
    held = SECRETS | {"client-key": key.read_text()}
    assert made.front.key is not None
    for name in ("sftp-key", "banks-sftp-key"):
        held[name] = made.front.key.read_text()
    for name, secret in held.items():
        (made.mounts / name).touch(mode=0o600)
        (made.mounts / name).write_text(secret)


def _fill(made: Prefecture) -> None:
    """Every department has its part of the county."""
    declared = read_sources(made.sources)
    for name, server in (("public_security", made.front), ("human_resources", made.other)):
        for subject, spec in declared[name].datasets.items():
            one = declared[name].model_copy(update={"datasets": {subject: spec}})
            fill_folder(server.root / spec.folder, made.county, one)  # type: ignore[union-attr]  # of files
    for bucket in BUCKETS:
        made.store.client.create_bucket(Bucket=bucket)
    source = declared["medical_insurance"]
    for subject, spec in source.datasets.items():
        for file in (made.county / source.department).glob(f"{subject}_*"):
            path = f"{spec.folder}/{file.name}"  # type: ignore[union-attr]  # of files
            Bucket(made.store.client, BUCKETS[0]).write(path, file.read_bytes())
    for subject, table in (("real_estate", "rights"), ("provident_fund", "fund_accounts")):
        rows = sent(made.county, f"housing.{subject}")
        made.registry.fill(table, theirs(rows, declared["housing"].datasets[subject]))
    _fill_benefits(made, declared["civil_affairs"])


def _fill_benefits(made: Prefecture, source: Source) -> None:
    """The bureau's own database, and what the guide tells its administrator to make: views, and an account that reads them."""
    with made.benefits.connect() as owner, owner.cursor() as cursor:
        cursor.execute("CREATE DATABASE benefits CHARACTER SET utf8mb4")
        for subject in source.datasets:
            rows = every_row(made.county, f"civil_affairs.{subject}")
            typed = ", ".join(f"{name} VARCHAR(190)" for name in rows.columns)
            cursor.execute(
                f"CREATE TABLE benefits.{subject} ({typed}, updated_at DATETIME(6) NOT NULL DEFAULT '2026-05-08 18:00:00')"
            )
            places = ", ".join(["%s"] * rows.width)
            cursor.executemany(
                f"INSERT INTO benefits.{subject} ({', '.join(rows.columns)}) VALUES ({places})",
                rows.rows(),
            )
        for statement in guide_block("mysql", GUIDE).rstrip("; \n").split(";"):
            cursor.execute(statement)
        cursor.execute(f"ALTER USER hedui_reader IDENTIFIED BY '{DATABASE}'")


def every_row(inbox: Path, dataset: str) -> pl.DataFrame:
    """Every row that holds of a dataset: of one that is told whole the newest extract, of one that adds up the last of each key."""
    said = DATASETS[dataset]
    if said.keep == "snapshot":
        return sent(inbox, dataset)
    keys = [column.name for column in said.columns if column.key]
    return sent(inbox, dataset, every=True).unique(keys, keep="last", maintain_order=True)


def answers_to(made: Prefecture) -> dict[str, pl.DataFrame]:
    """The county's own banking files, as far as the banks were asked: somebody whom nobody may ask about has no answer."""
    asked = {(code, number) for code, bank in made.banks.items() for number in bank.asked}
    receipts = sent(made.county, "banking.receipt")
    of_asked = [key in asked for key in receipts.select("institution_code", "id_no").iter_rows()]
    held = [
        {"institution_code": code, "institution": made.banks[code].page.name, **account}
        for (code, number), accounts in made.ledger.accounts.items()
        if (code, number) in asked
        for account in accounts
    ]
    return {
        "receipt": receipts.filter(of_asked),
        "account": pl.DataFrame(held).select(sent(made.county, "banking.account").columns),
    }


def _open_banks(made: Prefecture) -> None:
    """Every bank's side of the exchange, with its folders."""
    source = read_sources(made.sources)["banking"]
    for code, page in read_institutions(made.sources / "banking", source).items():
        spec = page.transport or source.transport
        place: Disk | Bucket | None = None
        match spec.kind:
            case "sftp":
                place = Disk((made.front if page.transport is None else made.other).root)
            case "folder":
                place = Disk(made.carried)
            case "s3":
                place = Bucket(made.store.client, spec.bucket)
        made.banks[code] = Bank(page, made.ledger, place)
        for form in (page.request, page.answer):
            if isinstance(place, Disk) and form is not None:
                (place.root / form.folder).mkdir(parents=True, exist_ok=True)


def _serve(made: Prefecture, running: ExitStack) -> dict[str, str]:
    """Start the interfaces; their addresses."""
    urls: dict[str, str] = {}
    asks_papers = ("tax", "B009")
    secrets = {
        "approval": "approval-client-secret",
        "market_regulation": "market-client-secret",
        "tax": "tax-hmac",
        "B009": "b009-hmac",
    }
    declared = read_sources(made.sources)
    for name, secret in secrets.items():
        bank = made.banks.get(name)
        spec = bank.page.transport if bank else declared[name].transport
        assert isinstance(spec, Http)
        one = Interface(spec, SECRETS[secret], made.clock.now)
        if bank is not None:
            one.answer = bank.answer_call
        else:
            pages = declared[name].datasets.items()
            one.datasets = {s: p for s, p in pages if isinstance(p, PageDataset)}
            one.tables = {s: every_row(made.county, f"{name}.{s}") for s in one.datasets}
        made.interfaces[name] = one
        tls = made.papers.mutual() if name in asks_papers else made.papers.server(name)
        urls[name] = running.enter_context(serving(one.app(), date_header=False, **tls))
    return urls


def _move(made: Prefecture, urls: dict[str, str]) -> None:
    """The configuration, its outside moved to these servers."""
    ca = {"ca: /etc/hedui/prefecture-ca.pem": f"ca: {made.papers.ca}"}
    mine = {"certificate: /etc/hedui/client.pem": f"certificate: {made.papers.folder}/client.pem"}
    key = (
        "host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFm6Xr1r0y0m3g0N9i0mJmQy9c0kVQmJt9m0kY3b0V7u"
    )
    here = {"endpoint: https://objects.data.example": f"endpoint: {made.store.endpoint}", **ca}
    approval, market = (urls[name] for name in ("approval", "market_regulation"))
    changes = {
        "public_security": {**_sftp("front.police.example", "civil_affairs", made.front), key: f"host_key: {made.front.host_key}"},
        "human_resources": {**_sftp("front.police.example\n  port: 2222", "hr_share", made.other), key: f"host_key: {made.other.host_key}"},
        "housing": {"host: registry.natural.example": f"host: 127.0.0.1\n  port: {made.database.port}", "ca: /etc/hedui/prefecture-ca.pem": f"ca: {made.database.authority.pem}"},
        "civil_affairs": {"host: benefits.civil.example": f"host: 127.0.0.1\n  port: {made.benefits.port}", "ca: /etc/hedui/prefecture-ca.pem": f"ca: {made.benefits.authority.pem}"},
        "medical_insurance": here,
        "approval": {"  url: https://approval.civil.example": f"  url: {approval}", "token_url: https://approval.civil.example": f"token_url: {approval}", **ca},
        "market_regulation": {"  url: https://credit.market.example": f"  url: {market}", "token_url: https://credit.market.example": f"token_url: {market}", **ca},
        "tax": {"url: https://share.tax.example": f"url: {urls['tax']}", **ca, **mine},
        "banking": {**_sftp("front.banks.example", "civil_affairs", made.front), key: f"host_key: {made.front.host_key}"},
    }  # fmt: skip
    for name, texts in changes.items():
        patch(made.sources / name / "source.yaml", texts)
    banks = {
        "B004": {"path: /srv/exchange/b004": f"path: {made.carried}"},
        "B005": here,
        "B006": here,
        "B007": {**_sftp("files.b007.example", "civil_affairs", made.other), key: f"host_key: {made.other.host_key}"},
        "B009": {"url: https://api.b009.example": f"url: {urls['B009']}", **ca, **mine},
    }  # fmt: skip
    for code, texts in banks.items():
        patch(made.sources / "banking" / "institutions" / f"{code}.yaml", texts)


def _sftp(host: str, user: str, server: SftpServer) -> dict[str, str]:
    return {
        f"host: {host}": f"host: 127.0.0.1\n  port: {server.port}",
        f"user: {user}": f"user: {server.user}",
    }
