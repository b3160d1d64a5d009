"""A batch of thousands of rows is read beside the thread that serves everybody; what it says and how it is refused stays the same."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi.exceptions import RequestValidationError
from households_sent import household
from pydantic import BaseModel, ValidationError

from service.api import large_bodies
from service.api.large_bodies import read_rows
from service.submissions.bodies import body_digest
from service.submissions.models import MOST_APPLICATIONS, MOST_PARTS, Applications, Objections

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Served
    from starlette.testclient import TestClient

URL = "/api/v1/applications"
PATIENCE = 60


def test_others_are_answered_while_a_body_is_read(
    served: Served, key_client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
):
    """The reading ends only when somebody else was answered: on the serving thread neither ever would."""
    begun, answered = threading.Event(), threading.Event()

    def slow(raw: bytes, model: type[BaseModel]) -> BaseModel:
        begun.set()
        assert answered.wait(PATIENCE)
        return read_rows(raw, model)

    monkeypatch.setattr(large_bodies, "read_rows", slow)
    sent: list[int] = []
    headers = dict(key_client().headers) | {"Idempotency-Key": "key-00000001"}

    def send() -> None:
        body = {"applications": [household("T-0001")]}
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            sent.append(client.post(served.url + URL, json=body, headers=headers).status_code)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert begun.wait(PATIENCE)
        with httpx.Client(trust_env=False, timeout=PATIENCE / 2) as client:
            assert client.get(served.url + "/api/v1/health").status_code == 200
    finally:
        answered.set()
        sender.join()
    assert sent == [200]


BODIES: list[object] = [
    {"applications": [household("T-0001"), household("T-0002", 2)]},
    {"applications": []},
    {"applications": [{}] * MOST_APPLICATIONS},
    {"applications": [{}] * (MOST_APPLICATIONS + 1)},
    {"applications": [{}], "more": 1},
    {"objections": [{}]},
    {"applications": {"0": {}}},
    {"applications": None},
    {"applications": [1, None, {"members": 7}, {"members": [{"name": []}, 3]}, {"unknown": {"x": 1}}]},
    {"applications": [{"members": [{}] * (MOST_PARTS + 1)}]},
    [], {}, None, 7, "text",
]  # fmt: skip


@pytest.mark.parametrize("model", [Applications, Objections])
@pytest.mark.parametrize("told", BODIES)
def test_row_by_row_is_found_what_is_found_at_once(told: object, model: type[BaseModel]):
    raw = json.dumps(told).encode()
    try:
        whole = model.model_validate(told)
    except ValidationError as error:
        wanted = [(("body", *one["loc"]), one["type"]) for one in error.errors()]
        with pytest.raises(RequestValidationError) as refused:
            read_rows(raw, model)
        assert [(one["loc"], one["type"]) for one in refused.value.errors()] == wanted
    else:
        found = read_rows(raw, model)
        assert found == whole
        said = json.dumps(whole.model_dump(), sort_keys=True, separators=(",", ":"))
        assert body_digest(found) == hashlib.sha256(said.encode()).hexdigest(), "kept for 30 days"


@pytest.mark.parametrize(
    "raw",
    [
        '\n{ "applications" :\t[ {"a": [1, {"b": "]}"}]} ,\r\n {} ] } \n',
        '{"applications":[{"a":1}],"applications":[{"a":2}]}',
        '{"applications":[{"a":1},{"a":2}],"more":[]}',
        '{"applications":[{"a":NaN},7,"x",null]}',
        '{"applications":[{"a":"\\ud800"},{"a":"某"}]}',
        '{"applications":[{"a":1} {"a":2}]}', '{"applications":[{"a":1},]}', '{"applications":[{"a":1},{"a":]}',
        '{"applications":[{"a":1}]', '{"applications":[{"a":1}]}}', '{"applications":[{"a":1}]} x', '{"applications":[]}',
        '{"applications":[{},{}],}', '{"\\u0061pplications":[{}]}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_read_by_rows_is_what_is_read_at_once(raw: str, encoding: str):
    told = raw.encode(encoding)
    found = large_bodies._read_by_rows(told, "applications")
    try:
        whole = repr(json.loads(told))
    except json.JSONDecodeError:
        assert found is None
    else:
        assert found is None or repr(found) == whole
        plain = "more" not in raw and raw.count('"applications"') == 1 and "[]" not in raw
        assert (found is not None) == plain


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"\xff\xfe\xfd", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"applications": [{}]}', "text/plain", 422),
        (b'{"applications": [{"members": 5}]}', "application/json", 422),
    ],
)
def test_what_is_no_body_is_refused_as_before(
    key_client: Callable[..., TestClient], content: bytes, kind: str, status: int
):
    headers = {"Idempotency-Key": "key-00000001", "content-type": kind}
    answer = key_client().post(URL, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
