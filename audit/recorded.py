"""Which portals WARC files hold, and which file holds which, for ``--from-warc``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from audit.registry.registry import Registry
from audit_rules.address import Address, BadAddress, plain_host
from audit_rules.facts import Portal
from storage.recorded import Recorded, RecordedResponse


def recorded_portals(sources: Sequence[Recorded], registry: Registry, day: date) -> list[Portal]:
    """The registered portals whose entry was asked for while it was recorded; beside them, other hosts of the
    state (gov.vn) that show a home page, for a visit to one portal also touches others. A file that holds neither
    is taken to hold the portal of its first host. Raises EvidenceError."""
    hosts = list(dict.fromkeys(host for source in sources for host in source.hosts()))
    plain = {plain_host(host) for host in hosts}
    registered = [
        portal
        for portal in registry.portals.values()
        if any(plain_host(address.host) in plain and _asked(sources, address) for address in portal.addresses)
    ]
    taken = {plain_host(address.host) for portal in registered for address in portal.addresses}
    others = [host for host in hosts if plain_host(host) not in taken and _is_address(host)]
    wanted = [host for host in others if host.endswith(".gov.vn") and _shows_home(sources, host)]
    if not registered and not wanted:
        wanted = others[:1]
    found = {portal.id: portal for portal in (registry.find(host, day) for host in wanted)}
    return [*registered, *found.values()]


def _is_address(host: str) -> bool:
    """Files of others also hold what no portal can be at: localhost, and hosts that are none."""
    try:
        Address.parse(host)
    except BadAddress:
        return False
    return True


def source_of(portal: Portal, sources: Sequence[Recorded]) -> Recorded | None:
    """The archive that holds a portal's entry; the first one where none does, so that nothing else is asked."""
    holders = (source for source in sources if any(_asked([source], address) for address in portal.addresses))
    return next(holders, sources[0] if sources else None)


def seen_at(portals: Sequence[Portal], sources: Sequence[Recorded]) -> datetime | None:
    """When the first of these portals' entries that answered was recorded."""
    entries = (url for portal in portals for address in portal.addresses for url in _entries(address))
    answers = (source.response(url) for url in entries for source in sources)
    return next((answer.seen_at for answer in answers if answer is not None), None)


def _asked(sources: Sequence[Recorded], address: Address) -> bool:
    urls = _entries(address)
    return any(source.response(url) or source.failure(url) for source in sources for url in urls)


def _shows_home(sources: Sequence[Recorded], host: str) -> bool:
    """Whether the host answered with a page, or led to another page of its own."""
    answers = (source.response(url) for source in sources for url in _entries(Address(host)))
    return any(_is_home(answer, host) for answer in answers if answer is not None)


def _is_home(answer: RecordedResponse, host: str) -> bool:
    headers = {name.lower(): value for name, value in answer.headers}
    if 300 <= answer.status < 400:
        end = urlsplit(urljoin(answer.url, headers.get("location", "")))
        return plain_host(end.hostname or "") == plain_host(host) and end.path.rstrip("/") != ""
    return answer.status == 200 and bool(answer.body.strip()) and "html" in headers.get("content-type", "html")


def _entries(address: Address) -> list[str]:
    """Where a portal begins: with and without www, secure or not."""
    names = sorted({address.host, "www." + plain_host(address.host), plain_host(address.host)})
    urls = [f"{scheme}://{name}{address.path}" for scheme in ("https", "http") for name in names]
    return [end for url in urls for end in (url, url + "/")]
