"""MB and rows a second of files through the SFTP and S3 transports, against the same clients' bare reads in the same run.

    python tests/bench/transports_files.py [--rows 1000000] [--times 3] [--only sftp|s3]

Servers in processes of their own: Debian's sshd, and moto's store. Bare: asyncssh's `get`, and boto3's `get_object` read in blocks, both into
a file. Ours: `fetch` into a file, every check made (for S3 the digest too). Best of so many times.
Nothing is asserted: a figure is for people to read, and rough on a machine that others use.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh
import boto3
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "connectors" / "transports"))

from file_sources import DATASET, PlainCaller, s3_spec, sftp_spec, source_of
from servers.s3 import ACCESS, SECRET, S3Server, s3_server
from servers.sshd import openssh

from connectors.outside import SHANGHAI, Outside
from connectors.transports.object_store import ObjectStoreTransport
from connectors.transports.sftp import SftpTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

NAME = "real_estate_990101_20260430.csv"
OUTSIDE = Outside(
    now=lambda: datetime.now(SHANGHAI),
    sleep=time.sleep,
    chance=lambda: 0.5,
    by="bench",
    environ={"ACCESS": ACCESS, "SECRET": SECRET},
)


def lay_down(path: Path, rows: int) -> None:
    """A file of houses that belong to nobody, as old as a file must be to be taken."""
    with path.open("w", encoding="utf-8") as file:
        file.write("不动产单元号,不动产权证号,权利人,权利人证件号码,坐落,登记日期\n")
        for start in range(0, rows, 10_000):
            file.writelines(
                f"990101{n:022d},990101{n:08d},户主{n % 997},99010119900101{n % 10000:04d},某路{n % 311}号,2020-01-02\n"
                for n in range(start, min(start + 10_000, rows))
            )
    os.utime(path, (path.stat().st_mtime - 3600,) * 2)


@contextmanager
def sftp_works(folder: Path, data: Path) -> Iterator[dict[str, Callable[[Path], None]]]:
    """Reads over SFTP from the real sshd."""
    (folder / "sshd").mkdir()
    with openssh(folder / "sshd") as server:
        (server.root / NAME).hardlink_to(data)

        def bare(target: Path) -> None:
            async def get() -> None:
                async with asyncssh.connect(
                    "127.0.0.1",
                    server.port,
                    config=None,
                    username=server.user,
                    client_keys=[str(server.key)],
                    known_hosts=None,
                ) as connection:
                    sftp = await connection.start_sftp_client()
                    await sftp.get(NAME, str(target))

            asyncio.run(get())

        def ours(target: Path) -> None:
            with SftpTransport(source_of(sftp_spec(server)), OUTSIDE, PlainCaller()) as transport:
                [offer] = transport.offers("real_estate", DATASET, {})
                transport.fetch(offer, DATASET, target)

        yield {"sftp, bare get": bare, "sftp, ours": ours}


def _serve(data: str, told: Connection) -> None:
    with s3_server() as server:
        server.put(NAME, Path(data).read_bytes())
        told.send((server.endpoint, server.bucket))
        time.sleep(10**6)


@contextmanager
def s3_works(folder: Path, data: Path) -> Iterator[dict[str, Callable[[Path], None]]]:
    """Reads from moto's store. It makes an object's bytes anew for every answer: its own pace is part of both figures."""
    hear, tell = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(str(data), tell), daemon=True
    )
    process.start()
    try:
        endpoint, bucket = hear.recv()

        def bare(target: Path) -> None:
            client = boto3.client(
                "s3",
                endpoint_url=endpoint,
                aws_access_key_id=ACCESS,
                aws_secret_access_key=SECRET,
                region_name="us-east-1",
                config=Config(s3={"addressing_style": "path"}, proxies={}),
            )
            with target.open("wb") as file:
                for block in client.get_object(Bucket=bucket, Key=NAME)["Body"].iter_chunks(
                    1 << 20
                ):
                    file.write(block)

        def ours(target: Path) -> None:
            source = source_of(s3_spec(S3Server(endpoint, bucket, None)), timeout_seconds=60.0)
            with ObjectStoreTransport(source, OUTSIDE, PlainCaller()) as transport:
                [offer] = transport.offers("real_estate", DATASET, {})
                transport.fetch(offer, DATASET, target)

        yield {"s3, bare read": bare, "s3, ours": ours}
    finally:
        process.terminate()
        process.join()


def best(times: int, work: Callable[[Path], None], *, target: Path, size: int) -> float:
    """Seconds of the fastest of so many times."""
    seconds = []
    for _ in range(times):
        target.unlink(missing_ok=True)
        start = time.perf_counter()
        work(target)
        seconds.append(time.perf_counter() - start)
        if target.stat().st_size != size:
            raise SystemExit("bytes were lost")
    return min(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", choices=("sftp", "s3"))
    asked = parser.parse_args()
    kinds: dict[str, Any] = {"sftp": sftp_works, "s3": s3_works}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        data = folder / "data.csv"
        lay_down(data, asked.rows)
        size = data.stat().st_size
        print(f"{asked.rows:,} rows, {size / 1e6:.0f} MB")
        for kind in [asked.only] if asked.only else kinds:
            with kinds[kind](folder, data) as works:
                for name, work in works.items():
                    seconds = best(asked.times, work, target=folder / "target", size=size)
                    print(
                        f"{name:18}{seconds:8.2f} s{size / 1e6 / seconds:9.0f} MB/s"
                        f"{asked.rows / seconds:12,.0f} rows/s"
                    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
