"""One gate to the network: every connection is mapped, resolved, checked and pinned here before it is made.

Scrapy passes it through a resolver put on the reactor, Chromium through the forward proxy, the probes by calling
``Guard.where``. What ``where`` answers is the very address that is connected to: no second lookup can change it.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import dns.asyncresolver
import dns.exception
from twisted.internet.address import IPv4Address as TwistedIPv4
from twisted.internet.address import IPv6Address as TwistedIPv6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.addresses import (
    Address,
    Mapping,
    Proxy,
    Refusal,
    allowed,
    literal,
    plain,
    read_mapping,
    read_proxy,
    read_server,
)

__all__ = ["Guard", "Proxy", "Refusal", "Where"]

LOOKUP_SECONDS = 5.0
SYSTEM_SECONDS = 15.0
KEPT_SECONDS = 60.0
KEPT_NAMES = 10_000
_SYSTEM_LOOKUPS = 32  # at once: a dead name holds a thread for as long as the system's resolver likes


@dataclass(frozen=True, slots=True)
class Where:
    """The address (an IP literal) and port to connect to. ``group`` is what politeness counts together: the
    address itself, or ``name:<host>`` where ``--connect-to`` or a proxy decides about the address."""

    address: str
    port: int
    group: str


class Guard:
    """The gate. ``connect_to`` as curl has it, ``dns`` and ``proxy`` as in the contract; ``seconds`` bounds the
    look-up of a name, None is the usual.

    Raises ValueError with a clear sentence for an option that cannot be read.
    """

    def __init__(
        self,
        *,
        connect_to: Sequence[str] = (),
        dns: str | None = None,
        allow_private: bool = False,
        proxy: str | None = None,
        seconds: float | None = None,
    ) -> None:
        self._seconds = seconds
        self.proxy = read_proxy(proxy) if proxy else None
        self._mappings = tuple(read_mapping(text) for text in connect_to)
        self._server = read_server(dns) if dns else None
        self._allow_private = allow_private
        self._known: dict[str, tuple[float, tuple[Address, ...]]] = {}
        self._asked: dict[str, asyncio.Task[tuple[Address, ...]]] = {}
        self._threads = ThreadPoolExecutor(_SYSTEM_LOOKUPS, thread_name_prefix="dns")
        self._free = asyncio.Semaphore(_SYSTEM_LOOKUPS)

    async def where(self, host: str, port: int) -> Where:
        """The address to connect to for a host (a name or an IP literal in any form) and port.

        With a proxy the target is checked first, then the answer is the proxy's own address, which may be
        private: the operator named it. Raises Refusal.
        """
        host = plain(host)
        if self.proxy and host == self.proxy.host and port in (self.proxy.port, 0):
            return await self._way_to_proxy(self.proxy, host)
        target, target_port = self.mapped(host, port)
        address = await self._checked(target)
        if self.proxy:
            return await self._way_to_proxy(self.proxy, host)
        group = f"name:{host}" if self._match(host, port) else str(address)
        return Where(str(address), target_port, group)

    def mapped(self, host: str, port: int) -> tuple[str, int]:
        """Host and port after ``--connect-to``: what a proxy is asked for. Raises Refusal for no host name."""
        host = plain(host)
        match = self._match(host, port)
        if match is None:
            return host, port
        return match.to_host or host, match.to_port or port

    def leads_elsewhere(self, host: str) -> bool:
        """Whether ``--connect-to`` sends a host to another server, of which no name server (``--dns``) is said to
        know: then the name system would tell of a portal that is not the one visited."""
        return self._server is None and any(self.mapped(host, port)[0] != plain(host) for port in (443, 80))

    def resolver(self) -> dns.asyncresolver.Resolver:
        """A way to ask the server of ``--dns``, else the system's. Raises dnspython's NoResolverConfiguration."""
        resolver = dns.asyncresolver.Resolver(configure=self._server is None)
        if self._server is not None:
            resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
        return resolver

    def install(self, reactor: Any) -> None:
        """Puts the gate on an asyncio reactor: every connection by name or IP literal is answered by ``where``.

        Call it after Scrapy set the reactor up: a CrawlerProcess installs a resolver of its own when it starts.
        A refusal reaches Twisted as a host without addresses (DNSLookupError); ask ``where`` for the reason.
        """
        reactor.installNameResolver(_Resolver(self))

    def _match(self, host: str, port: int) -> Mapping | None:
        for mapping in self._mappings:
            if mapping.host in (None, host) and mapping.port in (None, port):
                return mapping
        return None

    async def _way_to_proxy(self, proxy: Proxy, host: str) -> Where:
        addresses = await self._addresses(proxy.host)
        if not addresses:
            raise Refusal("dns", f"The proxy's name {proxy.host} could not be resolved.")
        return Where(str(addresses[0]), proxy.port, f"name:{host}")

    async def _checked(self, host: str) -> Address:
        addresses = await self._addresses(host)
        if not addresses:
            raise Refusal("dns", f"The name {host} could not be resolved.")
        for address in addresses:
            if allowed(address, allow_private=self._allow_private):
                return address
        raise Refusal("refused_address", f"{host} leads to {addresses[0]}, a special address that is not visited.")

    async def _addresses(self, host: str) -> tuple[Address, ...]:
        """All addresses of a host, IPv4 first: a portal is visited the way most readers reach it, and a half-built
        IPv6 route on our side must not make it unreachable. Empty where the name has none."""
        meant = literal(host)
        if meant is not None:
            return (meant,)
        kept_until, addresses = self._known.get(host, (0.0, ()))
        if time.monotonic() < kept_until:
            return addresses
        task = self._asked.get(host)
        if task is None:
            task = self._asked[host] = asyncio.ensure_future(self._lookup(host))
            task.add_done_callback(lambda _: self._asked.pop(host, None))
        return await asyncio.shield(task)  # one asker giving up must not fail the others

    async def _lookup(self, host: str) -> tuple[Address, ...]:
        try:
            found = await (self._ask_server(host) if self._server else self._ask_system(host))
        except (OSError, TimeoutError, UnicodeError):
            return ()
        addresses = tuple(sorted(dict.fromkeys(found), key=lambda address: address.version))
        if addresses:
            self._known.pop(host, None)
            while len(self._known) >= KEPT_NAMES:
                del self._known[next(iter(self._known))]
            self._known[host] = (time.monotonic() + KEPT_SECONDS, addresses)
        return addresses

    async def _ask_system(self, host: str) -> list[Address]:
        """The time begins when a thread is free: dead names that hold them all must make no other name unknown."""

        def done(asked: asyncio.Future[list[Any]]) -> None:
            self._free.release()
            if not asked.cancelled():
                asked.exception()  # heard, also where nobody waits any more

        await self._free.acquire()
        asked = asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        )
        asked.add_done_callback(done)
        answers = await asyncio.wait_for(asyncio.shield(asked), self._seconds or SYSTEM_SECONDS)
        return [ip_address(answer[4][0]) for answer in answers]

    async def _ask_server(self, host: str) -> list[Address]:
        resolver = self.resolver()

        async def ask(kind: str) -> list[Address]:
            try:
                answer = await resolver.resolve(f"{host}.", kind, lifetime=self._seconds or LOOKUP_SECONDS)
            except dns.exception.DNSException:
                return []
            return [ip_address(record.address) for record in answer]

        ipv4, ipv6 = await asyncio.gather(ask("A"), ask("AAAA"))
        return ipv4 + ipv6


@implementer(IHostResolution)
class _Resolution:
    """A question under way, as Twisted knows it."""

    def __init__(self, name: str, task: asyncio.Task[Where]) -> None:
        self.name = name
        self._task = task

    def cancel(self) -> None:
        self._task.cancel()


@implementer(IHostnameResolver)
class _Resolver:
    """Twisted asks it for names and IP literals alike, with the port, before it connects (HostnameEndpoint)."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type] | None = None,  # noqa: N803
        transportSemantics: Any = "TCP",  # noqa: N803
    ) -> Any:
        task = asyncio.ensure_future(self._guard.where(hostName, portNumber))
        resolution = _Resolution(hostName, task)
        resolutionReceiver.resolutionBegan(resolution)

        def answered(task: asyncio.Task[Where]) -> None:
            if task.cancelled():
                return
            if task.exception() is None:
                where = task.result()
                kind = TwistedIPv6 if ":" in where.address else TwistedIPv4
                if not addressTypes or kind in addressTypes:
                    resolutionReceiver.addressResolved(kind(transportSemantics, where.address, where.port))
            resolutionReceiver.resolutionComplete()

        task.add_done_callback(answered)
        return resolution
