"""The lock of one source: whoever pulls it, asks it or appends to its log holds this, and never the store while it talks to the outside."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError
from connectors.pulling.pull_log import exchange_folder
from connectors.store import failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.store import Store


@contextmanager
def source_held(store: Store, source: str) -> Iterator[None]:
    """Hold one source for one process or thread; another is refused at once. Other sources are not touched.

    Raises:
        ConnectorError: it is held, or the disk cannot be written.

    """
    folder = exchange_folder(store, source)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise failure("取数锁", error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConnectorError(
                f"来源 {source} 正由另一个进程取数", "请等它结束后再运行"
            ) from None
        yield
