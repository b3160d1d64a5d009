"""What a source.yaml may say, declared once. Reading it with file and line is `sources.reading`; nothing is connected here.

One folder a source below the folder of a deployment, named as the catalogue names the source (`housing`), or so and a dash and a word
where two systems deliver for one source (`housing-fund`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from connectors.sources import values
from connectors.sources.values import (
    Absolute,
    Address,
    Below,
    Count,
    Cron,
    Day,
    Environment,
    Flag,
    HostKey,
    HostName,
    Mounted,
    Port,
    Seconds,
    ServerName,
    Whole,
    is_here,
)

Text = values.Text
Region = values.Region


class Strict(BaseModel):
    """Unknown entries are refused, values are not bent, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, populate_by_name=True)


class SecretRef(Strict):
    """Where a secret is, never the secret: an environment variable, a file, or a name in the secret store's mount."""

    env: Environment | None = None
    file: Absolute | None = None
    mount: Mounted | None = None

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
    valid_from: Day
    valid_to: Day | None = None
    calls_per_minute: Count | None = None
    calls_per_day: Count | None = None
    reasks: Annotated[Whole, Field(le=9)] = 1

    @model_validator(mode="after")
    def _ordered(self) -> Agreement:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("协议的 valid_to 早于 valid_from")
        return self


class Cadence(Strict):
    """When the source is pulled (`cron`, five fields, Asia/Shanghai), and after how many hours without news it is overdue."""

    cron: Cron
    overdue_hours: Count


class Limits(Strict):
    """How long to wait, how often to try, how much to take. Seconds unless named otherwise."""

    timeout_seconds: Annotated[Seconds, Field(gt=0)] = 30.0
    attempts: Annotated[Count, Field(le=20)] = 4
    backoff_seconds: Annotated[Seconds, Field(ge=0)] = 1.0
    backoff_most_seconds: Annotated[Seconds, Field(ge=0)] = 60.0
    breaker_failures: Count = 5
    breaker_rest_minutes: Count = 30
    rows_most: Count = 5_000_000
    bytes_most: Count = 8_000_000_000
    pages_most: Count = 100_000
    rows_per_page: Count = 50_000
    clock_skew_seconds: Count = 300


class Tls(Strict):
    """Certificates in PEM. `ca`: who the server must be signed by (the system's when absent). The other two: mutual TLS."""

    ca: Absolute | None = None
    certificate: Absolute | None = None
    key: SecretRef | None = None

    @model_validator(mode="after")
    def _paired(self) -> Tls:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("双向认证须同时写明 certificate 与 key")
        return self


# --- transports -----------------------------------------------------------------------------------


class Folder(Strict):
    """A folder of this machine that somebody else fills."""

    kind: Literal["folder"]
    path: Absolute


class Sftp(Strict):
    """An SFTP server. `host_key`: its public key as in known_hosts (`ssh-ed25519 AAAA...`); any other is refused."""

    kind: Literal["sftp"]
    host: HostName
    port: Port = 22
    user: Text
    password: SecretRef | None = None
    key: SecretRef | None = None
    host_key: HostKey

    @model_validator(mode="after")
    def _lets_us_in(self) -> Sftp:
        if self.password is None and self.key is None:
            raise ValueError("须写明 password 或 key")
        return self


class ObjectStore(Strict):
    """A store that speaks S3. `endpoint`: its address, https unless it is on this machine."""

    kind: Literal["s3"]
    endpoint: Address
    bucket: Text
    area: Text = "us-east-1"
    access_key: SecretRef
    secret_key: SecretRef
    path_style: Flag = True
    tls: Tls = Tls()


class Database(Strict):
    """A database, read only. `tls` None: no encryption, for a socket or this machine only."""

    host: ServerName
    database: Text
    user: Text
    password: SecretRef | None = None
    tls: Tls | None = None

    @model_validator(mode="after")
    def _guarded(self) -> Database:
        if self.tls is None and not is_here(self.host):
            raise ValueError("不是本机的数据库须写 tls（至少 tls: {}）")
        return self


class Postgresql(Database):
    """A PostgreSQL database. `host` may be the folder of its socket."""

    kind: Literal["postgresql"]
    port: Port = 5432


class Mysql(Database):
    """A MySQL or MariaDB database. `host` may be the path of its socket."""

    kind: Literal["mysql"]
    port: Port = 3306


class OAuth2(Strict):
    """OAuth 2 client credentials (RFC 6749, 4.4)."""

    kind: Literal["oauth2"]
    token_url: Address
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
    url: Address
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
    start: Whole
    width: Count


class FileDataset(Mapped):
    """Files in a folder or below a prefix.

    `pattern`: the file's name, with {region}, {as_of} (yyyymmdd), {part}, {ext} and {any} where they stand; as in the catalogue when
    absent. `ready`: a file is taken only when a file of its name and this suffix lies beside it (`.ok`).
    """

    folder: Below = ""
    pattern: Text | None = None
    ready: Text | None = None
    encoding: Text | None = None
    layout: Annotated[tuple[Slot, ...], Field(min_length=1)] | None = None


class TableDataset(Mapped):
    """A table or view. `key`: their columns by which rows are paged, together unique.

    `changed`: their column that grows whenever a row changes; then only later rows are read (datasets that keep history only).
    `as_of`: their column with the day for which the extract is true, the same in every row; the day of the pull when absent.
    `only`: their column and the value that it must equal, as their database compares; for a view that holds the rows of others too.
    """

    view: Text
    key: Annotated[tuple[Text, ...], Field(min_length=1)]
    changed: Text | None = None
    as_of: Text | None = None
    only: dict[Text, Text] = {}


class Paging(Strict):
    """How pages follow each other: `cursor` (where the next cursor stands in the answer) or `page` (their page numbers begin at `first`)."""

    parameter: Text
    cursor: Text | None = None
    first: Whole = 1
    size_parameter: Text | None = None


class PageDataset(Mapped):
    """Paged JSON. Places in the answer are names with dots (`data.items`).

    `changed`: the parameter that asks only for rows changed since, and where the answer says until when it holds.
    `as_of`: where the answer says for which day it is true; the day of the pull when absent. `total`: where it says how many rows there are.
    """

    path: Text
    rows: Text
    paging: Paging | None = None
    total: Text | None = None
    as_of: Text | None = None
    changed_parameter: Text | None = None
    changed_until: Text | None = None
    parameters: dict[str, str] = {}

    @model_validator(mode="after")
    def _paired(self) -> PageDataset:
        if (self.changed_parameter is None) != (self.changed_until is None):
            raise ValueError("增量读取须同时写明 changed_parameter 与 changed_until")
        return self


DatasetSpec = FileDataset | TableDataset | PageDataset

DATASET_OF_KIND: dict[str, type[FileDataset] | type[TableDataset] | type[PageDataset]] = {
    "folder": FileDataset,
    "sftp": FileDataset,
    "s3": FileDataset,
    "postgresql": TableDataset,
    "mysql": TableDataset,
    "http": PageDataset,
}
"""Which words the datasets of a transport may use."""


class Inquiries(Strict):
    """How a source is asked person by person; its institutions stand one a file in the folder `institutions`.

    Days are working days. `answer_days`: the agreement's time for an answer. `remind_days`: after the due day. `give_up_days`: after the
    due day; then the request counts as not answered and is nobody's turn but the supervisor's. `fresh_days` (calendar): an answer not
    older than this is not asked for again.
    """

    answer_days: Count = 7
    remind_days: Whole = 1
    give_up_days: Count = 15
    fresh_days: Count = 30


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

    @field_validator("datasets", mode="before")
    @classmethod
    def _of_the_transport(cls, value: Any, info: ValidationInfo) -> Any:
        """Each dataset in its transport's own words. The reader names the kind where the transport itself is in error."""
        transport = info.data.get("transport")
        kind = transport.kind if transport is not None else (info.context or {}).get("kind")
        spec = DATASET_OF_KIND.get(str(kind))
        return {} if spec is None else TypeAdapter(dict[str, spec]).validate_python(value)  # type: ignore[valid-type]

    @property
    def department(self) -> str:
        """The catalogue's source: the folder's name up to a dash."""
        return self.name.split("-", 1)[0]
