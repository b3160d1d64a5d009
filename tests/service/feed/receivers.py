"""A receiver of webhooks on loopback that answers as it is told: accepts, fails, hangs, drops, redirects. No test stands here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Receiver:
    """What arrived, and what to answer: the next of `plan`, 204 when it is used up."""

    url: str
    plan: list[int | str] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """Bodies, each message id once."""
        return list({h["webhook-id"]: json.loads(body) for h, body in self.got}.values())

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Every change of the messages that arrived, in their order."""
        return [one for body in self.accepted for one in body["data"].get("changes", [])]


def is_signed(secret: str, headers: dict[str, str], body: str) -> bool:
    """The check as a receiver makes it, from the specification."""
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    key = base64.b64decode(secret.split("_", 1)[1])
    expected = base64.b64encode(hmac.digest(key, told, hashlib.sha256)).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length).decode()
            answer = receiver.plan.pop(0) if receiver.plan else 204
            if answer == "hang":
                receiver.released.wait(600)
            elif answer == "drop":
                self.connection.close()
            else:
                if isinstance(answer, int) and answer < 300:
                    told = {name.lower(): value for name, value in self.headers.items()}
                    receiver.got.append((told, body))
                self.send_response(int(answer))
                if answer == 302:
                    self.send_header("Location", receiver.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
