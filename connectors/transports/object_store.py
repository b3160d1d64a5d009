"""Files of an S3-compatible store: listed, brought whole, and handed over. The client is `transports.s3_client`.

An object is one state under one ETag: a beginning is only gone on with while the ETag is the same, and the whole is held to its digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.intake.naming import MANIFEST_SUFFIX
from connectors.sources.declaration import FileDataset, ObjectStore
from connectors.store import digest_of
from connectors.transports.growing import Growing, discard
from connectors.transports.remote_files import (
    MANIFEST_MOST,
    Listed,
    fetched_of,
    offers_of,
    remote_path,
)
from connectors.transports.s3_client import TROUBLES, clock_of, etag_of, named, open_client
from connectors.transports.transport import Probe
from household.errors import HouseholdError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef, ListObjectsV2OutputTypeDef

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Source
    from connectors.transports.transport import Caller, Fetched, Mark, Offer

T = TypeVar("T")

_BLOCK = 1 << 20
_MD5 = re.compile(r"[0-9a-f]{32}")


class ObjectStoreTransport:
    """A source in a bucket; Transport and Carrier."""

    def __init__(self, source: Source, outside: Outside, caller: Caller) -> None:
        spec = source.transport
        if not isinstance(spec, ObjectStore):
            raise TypeError(spec.kind)
        self._source = source
        self._spec = spec
        self._outside = outside
        self._caller = caller
        self._kept = ExitStack()
        self._client: S3Client | None = None

    def __enter__(self) -> ObjectStoreTransport:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()
        self._client = None

    def probe(self) -> Probe:
        """List one name of the bucket: endpoint, certificate, keys and bucket are all right then."""
        answer = self._call(lambda s3: s3.list_objects_v2(Bucket=self._spec.bucket, MaxKeys=1))
        said = answer["ResponseMetadata"]["HTTPHeaders"].get("server", "")
        found = re.match(r"[A-Za-z0-9._-]{1,40}", said)
        return Probe(found[0] if found else "s3", clock_of(answer))

    def offers(self, subject: str, spec: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        """Whole files below the dataset's prefix that are new. A put is whole or not there, so none needs to lie quiet first."""
        assert isinstance(spec, FileDataset)
        listing = self._listing(spec.folder)
        yield from offers_of(listing, spec, subject, region=self._source.region, taken=taken)

    def fetch(self, offer: Offer, spec: DatasetSpec, target: Path) -> Fetched:  # noqa: ARG002 - of every transport
        """Bring an object and the manifest beside it; an interrupted one is gone on with."""
        head = self._call(lambda s3: self._download(s3, offer, target))
        manifest = None
        if offer.mark.get("manifest") is not None:
            stamp = str(offer.mark["manifest"])
            manifest = self._call(
                lambda s3: self._bytes(
                    s3, offer.origin + MANIFEST_SUFFIX, MANIFEST_MOST, etag=stamp
                )
            )
        fetched = fetched_of(offer, manifest, clock=clock_of(head))
        _hold(target, head, told=fetched.said_sha256 is not None)
        return fetched

    def put(self, content: bytes, path: str) -> None:
        """Write an object; a store shows the old one or the new one, never half."""
        digest = hashlib.md5(content, usedforsecurity=False).digest()

        def write(s3: S3Client) -> None:
            etag_of(
                s3.put_object(
                    Bucket=self._spec.bucket,
                    Key=path,
                    Body=content,
                    ContentMD5=base64.b64encode(digest).decode(),
                )
            )

        self._call(write)

    def names(self, folder: str) -> Sequence[str]:
        """Names of the objects directly below a prefix."""
        return sorted(file.path.rpartition("/")[2] for file in self._listing(folder))

    def get(self, path: str, *, at_most: int) -> bytes:
        """An object's bytes. Raises SourceLied when there are more than `at_most`."""
        return self._call(lambda s3: self._bytes(s3, path, at_most))

    def _call(self, work: Callable[[S3Client], T]) -> T:
        return self._caller.call(lambda: self._tried(work))

    def _tried(self, work: Callable[[S3Client], T]) -> T:
        if self._client is None:
            self._client = open_client(
                self._spec,
                self._outside,
                seconds=self._source.limits.timeout_seconds,
                kept=self._kept,
            )
        try:
            return work(self._client)
        except HouseholdError:
            raise
        except TROUBLES as error:
            raise named(error) from None

    def _listing(self, folder: str) -> list[Listed]:
        """Every object directly below a prefix, page by page."""
        found: list[Listed] = []
        tokens: set[str] = set()
        token = ""
        prefix = remote_path(folder, "")
        while True:
            page = self._call(lambda s3, token=token: self._page(s3, prefix, token))  # type: ignore[misc]
            found += [
                Listed(entry["Key"], entry["Size"], etag_of(entry), entry["LastModified"])
                for entry in page.get("Contents", [])
                if not entry["Key"].endswith("/")
            ]
            if not page.get("IsTruncated"):
                return found
            token = str(page.get("NextContinuationToken", ""))
            if not token or token in tokens or len(tokens) >= self._source.limits.pages_most:
                raise SourceLied("对象存储的文件清单翻页不止或重复同一页", "请来源单位检查存储服务")
            tokens.add(token)

    def _page(self, s3: S3Client, prefix: str, token: str) -> ListObjectsV2OutputTypeDef:
        more: Any = {"ContinuationToken": token} if token else {}
        return s3.list_objects_v2(Bucket=self._spec.bucket, Prefix=prefix, Delimiter="/", **more)

    def _download(self, s3: S3Client, offer: Offer, target: Path) -> HeadObjectOutputTypeDef:
        """Download an offer into the target; gives what the store says of it."""
        head = s3.head_object(Bucket=self._spec.bucket, Key=offer.origin, ChecksumMode="ENABLED")
        etag, size = etag_of(head), head["ContentLength"]
        most = self._source.limits.bytes_most
        if size > most:
            raise SourceRefused(
                f"来源文件有 {size} 字节，超过上限 {most}",
                "请核实该文件；确需收取时调大 source.yaml 的 limits.bytes_most",
            )
        if (size, etag) != (offer.mark.get("size"), offer.mark.get("stamp")):
            raise _changed()
        with Growing(target, {"size": size, "etag": etag}) as growing:
            if growing.size < size:
                self._pour(s3, offer.origin, growing, etag=etag)
            if growing.size != size:
                got = growing.size
                growing.begin_anew()
                raise SourceLied(
                    f"来源文件应有 {size} 字节，收到 {got} 字节", "请来源单位检查该文件后重新放置"
                )
        return head

    def _pour(self, s3: S3Client, key: str, growing: Growing, *, etag: str) -> None:
        """Read the rest of an object; from the front where the store gives the whole instead of the rest."""
        start = growing.size
        ranged: Any = {"Range": f"bytes={start}-"} if start else {}
        answer = s3.get_object(Bucket=self._spec.bucket, Key=key, IfMatch=f'"{etag}"', **ranged)
        with closing(answer["Body"]) as body:
            if etag_of(answer) != etag:  # a store that does not know If-Match
                raise _changed()
            if start and not answer.get("ContentRange", "").startswith(f"bytes {start}-"):
                growing.begin_anew()
            for block in body.iter_chunks(_BLOCK):
                growing.write(block)

    def _bytes(self, s3: S3Client, key: str, at_most: int, *, etag: str | None = None) -> bytes:
        held: Any = {"IfMatch": f'"{etag}"'} if etag else {}
        answer = s3.get_object(Bucket=self._spec.bucket, Key=key, **held)
        with closing(answer["Body"]) as body:
            if answer["ContentLength"] > at_most:
                raise SourceLied(
                    f"来源文件有 {answer['ContentLength']} 字节，超过上限 {at_most}",
                    "请来源单位核实该文件",
                )
            read = body.read()
        if etag is not None and etag_of(answer) != etag:
            raise _changed()
        return read


def _hold(target: Path, head: HeadObjectOutputTypeDef, *, told: bool) -> None:
    """Hold what came to the store's own digest: SHA-256 where it keeps one of the whole, else the MD5 that a plain ETag is.

    `told`: the source's manifest gives a digest, which the pull holds it to; then an ETag of another make is no reason to refuse.

    Raises:
        SourceLied: it is something else. Nothing is left of it.

    """
    said = head.get("ChecksumSHA256", "")
    if said and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT" and "-" not in said:
        same = base64.b64encode(bytes.fromhex(digest_of(target))).decode() == said
    else:
        etag = etag_of(head).lower()
        ciphered = head.get("ServerSideEncryption", "AES256") != "AES256"
        if told or ciphered or head.get("SSECustomerAlgorithm") or not _MD5.fullmatch(etag):
            return  # several parts, or ciphered: the ETag is no digest of the content
        with target.open("rb") as file:
            same = hashlib.file_digest(file, _md5).hexdigest() == etag
    if not same:
        discard(target)
        raise SourceLied(
            "收到的文件与对象存储给出的校验值（sha256 或 ETag）不一致",
            "请来源单位核实该文件；若其 ETag 不是 MD5，请随文件附带写明 sha256 的清单文件",
        )


def _md5() -> Any:
    return hashlib.md5(usedforsecurity=False)


def _changed() -> SourceUnreachable:
    return SourceUnreachable("来源文件在取数期间被改动", "通常无需处理，下次取数会再取")
