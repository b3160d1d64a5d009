"""What a source.yaml may say, declared once. Reading it with file and line is `sources.reading`; nothing is connected here.

One folder a source below the folder of a deployment, named as the catalogue names the source (`housing`), or so and a dash and a word
where two systems deliver for one source (`housing-fund`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Region = Annotated[str, Field(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]


class Strict(BaseModel):
    """Unknown entries are refused, values are not bent, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, populate_by_name=True)


class SecretRef(Strict):
    """Where a secret is, never the secret: an environment variable, a file, or a name in the secret store's mount."""

    env: Text | None = None
    file: Path | None = None
    mount: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> SecretRef:
        if sum(x is not None for x in (self.env, self.file, self.mount)) != 1:
            raise ValueError("须且只须写明 env、file、mount 之一")
        return self


class Agreement(Strict):
    """The data-sharing agreement that every call stands under. Outside its dates nothing is called.

    `calls_per_minute`, `calls_per_day`: at most so many; None where it sets none. `reasks`: how often one person may be asked of one
    institution again after an identity mismatch.
    """

    no: Text
    purpose: Text
    valid_from: date
    valid_to: date | None = None
    calls_per_minute: Annotated[int, Field(ge=1)] | None = None
    calls_per_day: Annotated[int, Field(ge=1)] | None = None
    reasks: Annotated[int, Field(ge=0, le=9)] = 1


class Cadence(Strict):
    """When the source is pulled (`cron`, five fields, Asia/Shanghai), and after how many hours without news it is overdue."""

    cron: Text
    overdue_hours: Annotated[int, Field(ge=1)]


class Limits(Strict):
    """How long to wait, how often to try, how much to take. Seconds unless named otherwise."""

    timeout_seconds: Annotated[float, Field(gt=0)] = 30.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 4
    backoff_seconds: Annotated[float, Field(ge=0)] = 1.0
    backoff_most_seconds: Annotated[float, Field(ge=0)] = 60.0
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    breaker_rest_minutes: Annotated[int, Field(ge=1)] = 30
    rows_most: Annotated[int, Field(ge=1)] = 5_000_000
    bytes_most: Annotated[int, Field(ge=1)] = 8_000_000_000
    pages_most: Annotated[int, Field(ge=1)] = 100_000
    rows_per_page: Annotated[int, Field(ge=1)] = 50_000
    clock_skew_seconds: Annotated[int, Field(ge=1)] = 300


class Tls(Strict):
    """Certificates in PEM. `ca`: who the server must be signed by (the system's when absent). The other two: mutual TLS."""

    ca: Path | None = None
    certificate: Path | None = None
    key: SecretRef | None = None


# --- transports -----------------------------------------------------------------------------------


class Folder(Strict):
    """A folder of this machine that somebody else fills."""

    kind: Literal["folder"]
    path: Path


class Sftp(Strict):
    """An SFTP server. `host_key`: its public key as in known_hosts (`ssh-ed25519 AAAA...`); any other is refused."""

    kind: Literal["sftp"]
    host: Text
    port: int = 22
    user: Text
    password: SecretRef | None = None
    key: SecretRef | None = None
    host_key: Text


class ObjectStore(Strict):
    """A store that speaks S3. `endpoint`: its address, https unless it is on this machine."""

    kind: Literal["s3"]
    endpoint: Text
    bucket: Text
    area: Text = "us-east-1"
    access_key: SecretRef
    secret_key: SecretRef
    path_style: bool = True
    tls: Tls = Tls()


class Postgresql(Strict):
    """A PostgreSQL database, read only. `tls` None: no encryption, for a socket or this machine only."""

    kind: Literal["postgresql"]
    host: Text
    port: int = 5432
    database: Text
    user: Text
    password: SecretRef | None = None
    tls: Tls | None = None


class Mysql(Strict):
    """A MySQL or MariaDB database, read only."""

    kind: Literal["mysql"]
    host: Text
    port: int = 3306
    database: Text
    user: Text
    password: SecretRef | None = None
    tls: Tls | None = None


class OAuth2(Strict):
    """OAuth 2 client credentials (RFC 6749, 4.4)."""

    kind: Literal["oauth2"]
    token_url: Text
    client_id: Text
    client_secret: SecretRef
    scope: str = ""


class Hmac(Strict):
    """Requests signed with a shared key (HMAC-SHA-256 over method, path, query, time, nonce and body digest)."""

    kind: Literal["hmac"]
    key_id: Text
    secret: SecretRef


class Http(Strict):
    """An HTTP interface that gives JSON in pages. `url`: what every path is below."""

    kind: Literal["http"]
    url: Text
    auth: Annotated[OAuth2 | Hmac, Field(discriminator="kind")] | None = None
    tls: Tls = Tls()


TransportSpec = Annotated[
    Folder | Sftp | ObjectStore | Postgresql | Mysql | Http, Field(discriminator="kind")
]

# --- datasets -------------------------------------------------------------------------------------


class Mapped(Strict):
    """What every dataset of a source may say of itself.

    `fields`: their column to ours, for columns that are not named as in the catalogue. `codes`: by our column, their value to ours.
    `absent`: catalogue columns that this source does not have. `region`: of these extracts, where it is not the source's.
    """

    fields: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    absent: tuple[str, ...] = ()
    region: Region | None = None


class Slot(Strict):
    """One column of a fixed-width file: `width` bytes from byte `start`, counted from 0."""

    name: Text
    start: Annotated[int, Field(ge=0)]
    width: Annotated[int, Field(ge=1)]


class FileDataset(Mapped):
    """Files in a folder or below a prefix.

    `pattern`: the file's name, with {region}, {as_of} (yyyymmdd), {part}, {ext} and {any} where they stand; as in the catalogue when
    absent. `ready`: a file is taken only when a file of its name and this suffix lies beside it (`.ok`).
    """

    folder: str = ""
    pattern: str | None = None
    ready: str | None = None
    encoding: str | None = None
    layout: tuple[Slot, ...] | None = None


class TableDataset(Mapped):
    """A table or view. `key`: their columns by which rows are paged, together unique.

    `changed`: their column that grows whenever a row changes; then only later rows are read (datasets that keep history only).
    `as_of`: their column with the day for which the extract is true, the same in every row; the day of the pull when absent.
    """

    view: Text
    key: Annotated[tuple[Text, ...], Field(min_length=1)]
    changed: str | None = None
    as_of: str | None = None


class Paging(Strict):
    """How pages follow each other: `cursor` (where the next cursor stands in the answer) or `page` (their page numbers begin at `first`)."""

    parameter: Text
    cursor: str | None = None
    first: int = 1
    size_parameter: str | None = None


class PageDataset(Mapped):
    """Paged JSON. Places in the answer are names with dots (`data.items`).

    `changed`: the parameter that asks only for rows changed since, and where the answer says until when it holds.
    `as_of`: where the answer says for which day it is true; the day of the pull when absent. `total`: where it says how many rows there are.
    """

    path: Text
    rows: Text
    paging: Paging | None = None
    total: str | None = None
    as_of: str | None = None
    changed_parameter: str | None = None
    changed_until: str | None = None
    parameters: dict[str, str] = {}


DatasetSpec = FileDataset | TableDataset | PageDataset


class Inquiries(Strict):
    """How a source is asked person by person; its institutions stand one a file in the folder `institutions`.

    Days are working days. `answer_days`: the agreement's time for an answer. `remind_days`: after the due day. `give_up_days`: after the
    due day; then the request counts as not answered and is nobody's turn but the supervisor's. `fresh_days` (calendar): an answer not
    older than this is not asked for again.
    """

    answer_days: Annotated[int, Field(ge=1)] = 7
    remind_days: Annotated[int, Field(ge=0)] = 1
    give_up_days: Annotated[int, Field(ge=1)] = 15
    fresh_days: Annotated[int, Field(ge=1)] = 30


class Source(Strict):
    """A source as agreed. `name` is its folder; `datasets` by the catalogue's subject (`real_estate`), typed by the transport."""

    name: Text
    title: Text
    region: Region
    agreement: Agreement
    cadence: Cadence
    limits: Limits = Limits()
    transport: TransportSpec
    datasets: dict[str, DatasetSpec] = {}
    inquiries: Inquiries | None = None

    @property
    def department(self) -> str:
        """The catalogue's source: the folder's name up to a dash."""
        return self.name.split("-", 1)[0]


DATASET_OF_KIND: dict[str, type[FileDataset] | type[TableDataset] | type[PageDataset]] = {
    "folder": FileDataset,
    "sftp": FileDataset,
    "s3": FileDataset,
    "postgresql": TableDataset,
    "mysql": TableDataset,
    "http": PageDataset,
}
"""Which words the datasets of a transport may use."""
