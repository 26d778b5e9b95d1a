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
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_opened: ContextVar[list[socket.socket]] = ContextVar("opened sockets")
_reach_private: ContextVar[bool] = ContextVar("private addresses may be reached", default=False)


def guarded_pool_manager() -> urllib3.PoolManager:
    """Return a pool manager whose connections raise AddressRefused instead of reaching forbidden hosts.

    Its requests must be made inside `connecting`.
    """
    manager = urllib3.PoolManager(retries=False)
    manager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}
    return manager


@contextmanager
def connecting(seconds: float, *, reach_private: bool) -> Iterator[None]:
    """Shut down, after so many seconds, every connection opened inside the block.

    A socket's own timeout starts anew with each byte received, so a slow drip never meets it.
    Where `reach_private` is not set, only addresses of the public internet are reached.
    """
    sockets: list[socket.socket] = []
    token, private = _opened.set(sockets), _reach_private.set(reach_private)
    timer = threading.Timer(seconds, _shut_down, [sockets])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _opened.reset(token)
        _reach_private.reset(private)
        for opened in sockets:
            opened.close()


def refuse_forbidden(host: str, address: str) -> None:
    """Raise AddressRefused when the address is link-local, serves instance metadata, or is not global."""
    ip = _meant(address)
    if any(ip in network for network in _FORBIDDEN):
        raise AddressRefused(
            f"{host} is {address}, a link-local or instance-metadata address, which no show needs."
        )
    if not _reach_private.get() and (not ip.is_global or ip.is_multicast):
        raise AddressRefused(
            f"{host} is {address}, which is no address of the public internet. In the cloud only such "
            "are asked; use files of your own (`transcripts`)."
        )


def _meant(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address that is reached in the end, behind the ways in which IPv6 wraps IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


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
