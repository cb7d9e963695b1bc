"""What the name system says of a portal's host: its IPv6 addresses, and whether its zone is signed.

An ordinary resolver is asked, the one of ``--dns`` or the system's, and only about the portal's own names and zone.
Whether the zone is signed is worked out here: the resolver's own opinion (the AD bit) is worth what the way to it
is worth, and many have none. A signed zone has a DS record at its parent, a key that fits it, and a signature of
the zone's beginning by those keys; what lies above the parent is not followed.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Literal

import dns.asyncresolver
import dns.dnssec
import dns.exception
import dns.flags
import dns.name
import dns.rdataset
import dns.rdatatype
import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from dns.exception import ValidationFailure
from dns.rdataclass import IN
from dns.rdatatype import DNSKEY

LIFETIME = 6.0
"""Seconds for one question, retries and the way by TCP included."""
_PAYLOAD = 1232
_MAX_ADDRESSES = 8
_MOST = 12
"""Keys, and signatures, that are tried: a zone with hundreds that collide is a trap (CVE-2023-50387)."""
_ALGORITHMS = frozenset({8, 10, 13, 14, 15, 16})
"""RSA with SHA-2, ECDSA, EdDSA: zones signed by others are unsigned for most who check (RFC 4035, 5.2)."""
_MAX_PARENTS = 4
_NAT64 = IPv6Network("64:ff9b::/96")

Dnssec = Literal["signed", "unsigned", "broken"]

_UNREADABLE = (dns.exception.DNSException, OSError, EOFError, ValueError, UnsupportedAlgorithm)


class NoTelling(Exception):
    """The resolver gave no answer that says yes or no."""


async def addresses(resolver: dns.asyncresolver.Resolver, host: str, *, known: bool) -> tuple[str, ...]:
    """The AAAA addresses of a host, through its aliases; empty where there is none. Raises NoTelling.

    ``known`` hosts were met a moment ago: that they should not exist is no answer. Addresses that a resolver makes
    up of IPv4 ones (DNS64) are none."""
    try:
        answer = await resolver.resolve(f"{host}.", "AAAA", lifetime=LIFETIME)
    except dns.resolver.NoAnswer:
        return ()
    except dns.resolver.NXDOMAIN:
        if known:
            raise NoTelling from None
        return ()
    except _UNREADABLE as error:
        raise NoTelling from error
    found = [IPv6Address(record.address) for record in answer]
    return tuple(str(each) for each in found if each not in _NAT64)[:_MAX_ADDRESSES]


async def signed(resolver: dns.asyncresolver.Resolver, host: str) -> tuple[str, Dnssec]:
    """The zone of a host ("songmay.gov.vn") and whether it is signed. Raises NoTelling.

    The resolver is told not to check (CD), or a broken zone would be no answer at all."""
    resolver.use_edns(0, dns.flags.DO, _PAYLOAD)
    resolver.flags = dns.flags.RD | dns.flags.CD
    try:
        zone = await _zone(resolver, dns.name.from_text(host))
        return zone.to_text(omit_final_dot=True), await _state(resolver, zone)
    except _UNREADABLE as error:
        raise NoTelling from error


async def _asked(resolver: dns.asyncresolver.Resolver, name: dns.name.Name, kind: str) -> Any:
    return await resolver.resolve(name, kind, lifetime=LIFETIME, raise_on_no_answer=False)


async def _zone(resolver: dns.asyncresolver.Resolver, name: dns.name.Name) -> dns.name.Name:
    """The zone a name lies in. A name that is an alias speaks of another zone: its parents are asked."""
    for _ in range(_MAX_PARENTS):
        if len(name) <= 2:  # a top-level domain and the root
            break
        answer = await _asked(resolver, name, "SOA")
        if answer.rrset is not None and answer.rrset.name == name:
            return name
        for rrset in answer.response.authority:
            if rrset.rdtype == dns.rdatatype.SOA and name.is_subdomain(rrset.name):
                zone: dns.name.Name = rrset.name
                return zone
        name = name.parent()
    raise NoTelling


async def _state(resolver: dns.asyncresolver.Resolver, zone: dns.name.Name) -> Dnssec:
    answer = await _asked(resolver, zone, "DS")
    if answer.rrset is None:
        if answer.response.ednsflags & dns.flags.DO:
            return "unsigned"
        raise NoTelling  # a resolver that does not know of DNSSEC has no DS records to show either
    parent_signs = _signatures(answer) is not None
    keys, begins = await asyncio.gather(_asked(resolver, zone, "DNSKEY"), _asked(resolver, zone, "SOA"))
    if keys.rrset is None or begins.rrset is None or not (_signatures(keys) and _signatures(begins)):
        if parent_signs:
            return "broken"
        raise NoTelling  # signatures may have been lost on the way
    return "signed" if _holds(answer.rrset, keys, begins, zone) else "broken"


def _holds(records: Any, keys: Any, begins: Any, zone: dns.name.Name) -> bool:
    """Whether the zone's keys fit its DS records, and its signatures the keys. Raises NoTelling where that cannot
    be worked out here."""
    told = [record for record in records if record.algorithm in _ALGORITHMS and record.digest_type in (2, 4)]
    if not told or max(map(len, (records, keys.rrset, _signatures(keys), _signatures(begins)))) > _MOST:
        raise NoTelling
    own = [key for key in keys.rrset if any(_fits(zone, key, record) for record in told)]
    try:
        dns.dnssec.validate(keys.rrset, _signatures(keys), {zone: _rdataset(own)})
        dns.dnssec.validate(begins.rrset, _signatures(begins), {zone: _rdataset(keys.rrset)})
    except ValidationFailure:
        return False
    return True


def _rdataset(records: Iterable[Any]) -> dns.rdataset.Rdataset:
    return dns.rdataset.from_rdata_list(0, [*records]) if records else dns.rdataset.Rdataset(IN, DNSKEY)


def _fits(zone: dns.name.Name, key: Any, record: Any) -> bool:
    return bool(
        dns.dnssec.key_id(key) == record.key_tag
        and dns.dnssec.make_ds(zone, key, record.digest_type, validating=True).digest == record.digest
    )


def _signatures(answer: Any) -> Any:
    """The signatures that came with an answer; None where there are none."""
    for rrset in answer.response.answer:
        if rrset.rdtype == dns.rdatatype.RRSIG and rrset.covers == answer.rdtype and rrset.name == answer.qname:
            return rrset
    return None


def has_route(addresses: Sequence[str]) -> str | None:
    """The first of these IPv6 addresses to which a way leads from here. Nothing is sent. A machine whose own
    address is a private one has no way to a public one, whatever its table of routes says."""
    for address in addresses:
        try:
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 443))
                own = ip_address(probe.getsockname()[0])
        except OSError:
            continue
        if own.is_global or not ip_address(address).is_global:
            return address
    return None
