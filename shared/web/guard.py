"""Connections that never reach a forbidden address and never outlive their deadline."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from shared.web.errors import AddressRefused

_FORBIDDEN = tuple(
    ipaddress.ip_network(network)
    # Link-local, where clouds keep instance metadata; the same behind NAT64; AWS's own in IPv6.
    for network in ("169.254.0.0/16", "64:ff9b::a9fe:0/112", "fe80::/10", "fd00:ec2::/32")
)
_opened: ContextVar[list[socket.socket]] = ContextVar("opened sockets")


def guarded_pool_manager() -> urllib3.PoolManager:
    """A pool manager whose connections raise AddressRefused instead of reaching forbidden hosts.

    Its requests must be made inside `cut_off_after`.
    """
    manager = urllib3.PoolManager(retries=False)
    manager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}
    return manager


@contextmanager
def cut_off_after(seconds: float) -> Iterator[None]:
    """Shut down, after so many seconds, every connection opened inside the block.

    A socket's own timeout starts anew with each byte received, so a slow drip never meets it.
    """
    sockets: list[socket.socket] = []
    token = _opened.set(sockets)
    timer = threading.Timer(seconds, _shut_down, [sockets])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _opened.reset(token)
        for opened in sockets:
            opened.close()


def refuse_forbidden(host: str, address: str) -> None:
    """Raise AddressRefused when the address is link-local or serves instance metadata."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if any(ip in network for network in _FORBIDDEN):
        raise AddressRefused(
            f"{host} is {address}, a link-local or instance-metadata address, which no show needs."
        )


def _shut_down(sockets: list[socket.socket]) -> None:
    for opened in sockets:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        """Check every address of the host before connecting, and the one really reached after."""
        with suppress(socket.gaierror, UnicodeError):  # urllib3 reports these in its own way
            for found in socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM):
                refuse_forbidden(self.host, str(found[4][0]))
        connection = super()._new_conn()
        try:
            refuse_forbidden(self.host, connection.getpeername()[0])
            # A duplicate, because TLS takes the original over and leaves it without a descriptor.
            _opened.get().append(connection.dup())
        except BaseException:
            connection.close()
            raise
        return connection


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls
