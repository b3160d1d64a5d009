"""`hedui serve` where it cannot: one clear line, exit 1."""

from __future__ import annotations

import socket

import pytest

from command.serve import _bound
from household.errors import InputError


def test_a_port_that_is_taken_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"端口 {port} 上提供（EADDRINUSE）") as told:
            _bound("127.0.0.1", port)
    assert "--port" in told.value.todo


def test_an_address_of_another_machine_is_one_clear_line():
    with pytest.raises(InputError, match=r"不能在 192\.0\.2\.7 端口 8000 上提供"):
        _bound("192.0.2.7", 8000)
