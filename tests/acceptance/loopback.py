"""A guard that keeps a test on this machine: no connection and no name look-up leaves it."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


class LeftTheMachineError(ConnectionRefusedError):
    pass


@contextmanager
def only_loopback() -> Iterator[list[str]]:
    """Refuses every other address, and fails at the end if one was tried, even if nobody noticed then."""
    tried: list[str] = []
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: Any) -> None:
        if not _is_here(host):
            tried.append(str(host))
            raise LeftTheMachineError(f"a test may only talk to loopback, not to {host}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address[0] if isinstance(address, tuple) else "localhost")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address[0] if isinstance(address, tuple) else "localhost")
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return getaddrinfo(host, *args, **kwargs)

    with (
        patch.object(socket.socket, "connect", guarded_connect),
        patch.object(socket.socket, "connect_ex", guarded_connect_ex),
        patch.object(socket, "getaddrinfo", guarded_getaddrinfo),
    ):
        yield tried
    if tried:
        raise AssertionError(f"the test left the machine: {', '.join(tried)}")


def _is_here(host: Any) -> bool:
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False
