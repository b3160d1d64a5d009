"""The API keeps what its own description says: schemathesis makes requests from it, fitting and unfitting, and checks each answer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI
    from starlette.testclient import TestClient


def test_the_api_keeps_its_description(application: FastAPI, key_client: Callable[..., TestClient]):
    key = {"Authorization": key_client().headers["Authorization"]}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", application)
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.method.upper() != "GET":
            continue
        tried.append(operation.path)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=5, deadline=None, derandomize=True, database=None,
                phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case) -> None:
                case.query.pop("after", None)  # a cursor is made by the server only
                case.call_and_validate(headers=key)

            with suppress(Unsatisfiable):  # nothing about it can be wrong: it takes no parameter
                ask()
    assert len(tried) >= 11
