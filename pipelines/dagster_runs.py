"""Runs by Dagster's own server: launched and asked about by GraphQL. Its client comes with the extra `web` and is loaded when it is needed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from household.errors import InputError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

JOB = "whole_run"
LAUNCH_SECONDS, ASK_SECONDS = 120, 10
"""How long its server may take: it loads every asset before it launches."""
GOES_ON, SUCCEEDED, FAILED, CANCELLED = "goes_on", "succeeded", "failed", "cancelled"
_ENDED = {"SUCCESS": SUCCEEDED, "FAILURE": FAILED, "CANCELED": CANCELLED}


def launch(url: str, day: date) -> str:
    """Launch a whole run for a day. Returns Dagster's id of it.

    Raises:
        InputError: the address is none, the client is not installed, or the server refuses (it is read-only, has no such job).
        OutsideError: the server does not answer.

    """
    from pipelines.resources import on_day  # noqa: PLC0415 - Dagster itself, only where it is used

    with _client(url, LAUNCH_SECONDS) as client:
        found: str = client.submit_job_execution(JOB, run_config=on_day(day))
    return found


def state_of(url: str, dagster_id: str) -> str:
    """GOES_ON, SUCCEEDED, FAILED or CANCELLED. Raises as `launch`."""
    with _client(url, ASK_SECONDS) as client:
        return _ENDED.get(client.get_run_status(dagster_id).value, GOES_ON)


@contextmanager
def _client(url: str, seconds: int) -> Iterator[Any]:
    place = urlsplit(url)
    try:
        port = place.port
    except ValueError:
        port = None
    if place.scheme not in ("http", "https") or not place.hostname:
        raise InputError("Dagster 的地址不可用", "请写成 http://主机:3000")
    try:
        from dagster_graphql import (  # noqa: PLC0415
            DagsterGraphQLClient,
            DagsterGraphQLClientError,
        )
    except ImportError:
        raise InputError(
            "没有安装 Dagster 的 GraphQL 客户端", "请安装附加项 web，或改用本机进程"
        ) from None
    try:
        yield DagsterGraphQLClient(
            place.hostname,
            port_number=port,
            use_https=place.scheme == "https",
            timeout=seconds,
            path_prefix=place.path.rstrip("/"),
        )
    except DagsterGraphQLClientError as error:
        # The kind only: a message may quote what it was asked.
        kind = str(error.args[0]) if error.args else ""
        if kind.isidentifier():
            raise InputError(
                f"Dagster 没有接受（{kind}）", "请检查它是否只读、是否载入了 whole_run"
            ) from None
        raise OutsideError("连接不上 Dagster", "请检查其服务与地址后再试") from None
