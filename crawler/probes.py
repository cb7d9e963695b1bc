"""Questions asked of a portal apart from its pages: the server's TLS, the name system, two files.

Files are asked for like pages, through the visit's own way to ask (evidence, turns, robots.txt). Handshakes and
answers of the name system are no pages: they are kept as notes in the evidence and come back from there when a
visit is replayed. A bad answer is seen twice before it is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from dns.resolver import NoResolverConfiguration

from audit_rules.address import plain_host
from audit_rules.facts import Portal
from audit_rules.probed import Handshake, NameFacts, Probes
from crawler import certificate, names
from crawler.door import Arrival
from crawler.guard import Guard
from crawler.machine_files import MachineFiles
from crawler.plan import Plan
from crawler.tls import Shaken, reach, shake
from crawler.ways import Evidence, Network, Turns

_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
_NO_HANDSHAKE = frozenset({"tls", "connection_closed"})
_LONGEST = 300


class Prober:
    """The questions of one visit; ``requests`` counts connections made beside the visit's own requests."""

    def __init__(
        self, portal: Portal, plan: Plan, net: Network, evidence: Evidence | None, files: MachineFiles
    ) -> None:
        self._portal, self._plan, self._net, self._evidence, self._files = portal, plan, net, evidence, files
        self.requests = 0

    async def probe(self, home: Arrival, *, turned_away: bool) -> Probes:
        """Asks everything about a portal whose home was reached; no more files where it has ``turned_away`` us."""
        host = urlsplit(home.url).hostname or self._portal.address.host
        secure = home.url.startswith("https:")
        headers = home.fetched.headers
        policy = headers.get("content-security-policy", "").lower()
        return replace(
            await self._apart(host, secure),
            hsts=_printable(headers.get("strict-transport-security", "")) if secure else None,
            upgrades="upgrade-insecure-requests" in policy,
            security_txt=None if turned_away else await self._files.security_txt(home.url),
            site_map=None if turned_away else await self._files.site_map(home.url),
        )

    async def _apart(self, host: str, secure: bool) -> Probes:
        """TLS and names: from the network, or from the archive that stands in for it."""
        url = f"https://{host}/"
        if self._net.recorded is not None:
            probes = self._net.recorded.probes(url)
            if probes is None:
                now = datetime.now(UTC)
                error = "not_recorded"
                return Probes(Handshake(host, now, error=error), NameFacts(host, now, error=error))
        elif self._net.guard is None or self._net.politeness is None:
            raise RuntimeError("a visit needs a guard and politeness, or an archive")
        else:
            probes = Probes(
                await self._tls(host, self._net.guard, self._net.politeness),
                await self._names(host, secure, self._net.guard, self._net.politeness),
            )
        if self._evidence is not None:
            self._evidence.probes(url, probes)
        return probes

    # --- TLS --------------------------------------------------------------------------------------------

    async def _tls(self, host: str, guard: Guard, turns: Turns) -> Handshake:
        first = await self._shaken(host, guard, turns, newest=True)
        if not (first.defects or first.protocol in _OLD or first.error in _NO_HANDSHAKE | {"refused"}):
            return first
        again = await self._shaken(host, guard, turns, newest=first.protocol not in _OLD and not first.error)
        same = (first.defects, first.error, first.protocol in _OLD) == (
            again.defects,
            again.error,
            again.protocol in _OLD,
        )
        if first.error in _NO_HANDSHAKE and again.protocol:
            return again  # 1.2 and older is what it speaks, and stumbles over the rest
        if first.error in _NO_HANDSHAKE and again.error in _NO_HANDSHAKE:
            return first
        return replace(first, unstable=not same)

    async def _shaken(self, host: str, guard: Guard, turns: Turns, *, newest: bool) -> Handshake:
        self.requests += 1
        shaken = await shake(host, 443, guard, turns, self._plan.timeouts, newest=newest)
        return _handshake(host, shaken, certificate.roots(self._plan.ca_file), proxied=guard.proxy is not None)

    # --- names ------------------------------------------------------------------------------------------

    async def _names(self, host: str, secure: bool, guard: Guard, turns: Turns) -> NameFacts:
        facts = NameFacts(host, datetime.now(UTC))
        try:
            ip_address(host)
        except ValueError:
            pass
        else:
            return replace(facts, error="no_name")
        if guard.leads_elsewhere(host):
            return replace(facts, error="mapped")  # the name system tells of another server than the one visited
        try:
            resolver = guard.resolver()
        except (NoResolverConfiguration, OSError):
            return replace(facts, error="dns")
        facts = replace(facts, server=", ".join(map(str, resolver.nameservers[:3]))[:100])
        facts = await self._addresses(facts, guard)
        if facts.ipv6:
            facts = await self._over_ipv6(facts, 443 if secure else 80, guard, turns)
        try:
            zone, state = await names.signed(guard.resolver(), host)
        except names.NoTelling:
            return replace(facts, dnssec_error="dns")
        return replace(facts, zone=zone, dnssec=state)

    async def _addresses(self, facts: NameFacts, guard: Guard) -> NameFacts:
        """The IPv6 addresses of the home's host, else those of the portal's other name: readers come by either."""
        asked: list[str] = []
        twin = plain_host(facts.host) if facts.host.startswith("www.") else f"www.{facts.host}"
        for name in dict.fromkeys((facts.host, self._portal.address.host, twin)):
            asked.append(name)
            try:
                found = await names.addresses(guard.resolver(), name, known=name == facts.host)
            except names.NoTelling:
                return replace(facts, asked=tuple(asked), error="dns")
            if found:
                return replace(facts, asked=tuple(asked), named=name, ipv6=found)
        return replace(facts, asked=tuple(asked), ipv6=())

    async def _over_ipv6(self, facts: NameFacts, port: int, guard: Guard, turns: Turns) -> NameFacts:
        """Whether the portal takes connections at its IPv6 address, tried twice."""
        target, port = guard.mapped(facts.named, port)
        if target != facts.named:
            return replace(facts, ipv6_error="mapped")
        address = names.has_route(facts.ipv6 or ())
        if address is None or guard.proxy is not None:
            return replace(facts, ipv6_error="no_ipv6_here")
        for _ in range(2):
            self.requests += 1
            error = await reach(facts.named, address, port, guard, turns, self._plan.timeouts)
            if error is None:
                return replace(facts, ipv6_answered=True)
            if error != "refused":
                return replace(facts, ipv6_error=error)
        return replace(facts, ipv6_answered=False, ipv6_error="refused")


def _handshake(host: str, shaken: Shaken, trusted: certificate.Roots, *, proxied: bool) -> Handshake:
    said = Handshake(host, shaken.seen_at, shaken.protocol, error=shaken.error, proxied=proxied)
    if shaken.error is not None:
        return said
    return certificate.told(said, shaken.chain, trusted)


def _printable(text: str) -> str:
    return "".join(letter for letter in text[:_LONGEST] if letter.isprintable())
