"""The country that bench/fleet.py audits: the sandbox's portals, each on a host of its own, hosts on loopback
addresses, and what each host answers.

Pages are those of the sandbox's families with their planted faults, brought to a real page's size (about 50 KiB and
200 links) by the news, tables, lists and scripts of bench/made_page.py, whose links lead to the portal's own pages.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain, cycle, islice
from pathlib import Path

from bench.fleet_sums import registered_domain
from bench.made_page import PAGES, bench_page
from sandbox.bodies import Body
from sandbox.country import Country, draw
from sandbox.families import drawing
from sandbox.fault_list import TLS_FAULTS
from sandbox.faults import draw_faults, plant
from sandbox.portals import elsewhere
from sandbox.portals.pieces import NOT_FOUND, Answer, Faults, Site, redirect
from sandbox.registry import write_registry

_SHARED = 4
"""Of so many domains one has all its hosts on one address, as a province has that keeps them in its own house; it
falls on a third of the provinces."""
_SEED = 6
_OF_THE_SERVER = frozenset({*TLS_FAULTS, "no_https", "no_redirect_to_https"})
"""Faults that are of the connection, not of pages: they are not planted."""
_SHELL = 2000
"""Bytes; shorter pages are drawn by a script and stay as they are."""


def country_of(portals: int) -> Country:
    """So many portals, each on a host of its own, as the registry's are."""
    drawn = draw(_SEED, portals * 2 + 20)  # about a third lie under a path
    own = ((name, body) for name, body in drawn.audited.items() if not body.path)
    return Country(dict(islice(own, portals)), ())


@dataclass(frozen=True)
class Play:
    """What the hosts answer and where they are, the same for the same country in every process; ``net`` is the
    second number of their addresses, so that two measurements at a time do not meet. Where hosts are ``alone`` none
    shares an address."""

    country: Country
    net: int
    alone: bool = False
    _made: dict[str, tuple[Site, tuple[bytes, ...]]] = field(default_factory=dict)

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """The loopback address of each host."""
        found: dict[str, str] = {}
        shared: dict[str, str] = {}
        domains: dict[str, int] = {}
        for number, host in enumerate(chain(self._bodies, self._elsewhere), 256):
            address = f"127.{self.net}.{number >> 8 & 255}.{number & 255}"
            domain = registered_domain(host)
            number_of_domain = domains.setdefault(domain, len(domains))
            if not self.alone and number_of_domain % _SHARED == 2 and host in self._bodies:
                address = shared.setdefault(domain, address)
            found[host] = address
        return found

    @cached_property
    def _bodies(self) -> Mapping[str, Body]:
        return {body.host: body for body in self.country.bodies}

    @cached_property
    def _elsewhere(self) -> Mapping[str, Site]:
        return elsewhere.sites()

    @cached_property
    def _faults(self) -> Mapping[str, Faults]:
        names = [name for name in draw_faults(self.country, _SEED) if name.partition(".")[2] not in _OF_THE_SERVER]
        planted = plant(names, self.country)
        return {
            self.country.audited[portal].host: frozenset(fault.id for fault in faults)
            for portal, faults in planted.items()
        }

    def write_registry(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        write_registry(folder, self.country)

    def prepare(self) -> None:
        """Draws all portals, so that none has to be drawn while the clock runs."""
        for host in self._bodies:
            self._site(host)

    def answer(self, scheme: str, host: str, path: str, query: Mapping[str, str]) -> Answer:
        name = host.removeprefix("www.")
        if name in self._elsewhere:
            return self._elsewhere[name].answer(path, query)
        if name not in self._bodies:
            return NOT_FOUND
        if scheme == "http" or name != host:
            return redirect(f"https://{name}{path}")
        site, links = self._site(name)
        answer = site.answer(path, query)
        if answer.status != 200 or not answer.content_type.startswith("text/html") or len(answer.body) < _SHELL:
            return answer
        blocks = _bulk(zlib.crc32(path.encode()) % PAGES)
        more = b"".join(chain.from_iterable(zip(blocks, cycle(links), strict=False)))
        body = answer.body.replace(b"</body>", more + b"</body>", 1)
        return Answer(body, answer.content_type, packed=answer.packed)

    def _site(self, host: str) -> tuple[Site, tuple[bytes, ...]]:
        made = self._made.get(host)
        if made is None:
            site = drawing.site_of(self._bodies[host], self._faults[host], self.country)
            paths = (path for path, each in site.pages.items() if each.content_type.startswith("text/html"))
            made = self._made[host] = site, tuple(f'href="{path}"'.encode() for path in paths)
        return made


@cache
def _bulk(number: int) -> tuple[bytes, ...]:
    """The middle of a page of bench/made_page.py, its scripts too, cut at its links."""
    page = bench_page(number)
    news = page[page.index(b'<section class="portlet"><h2') : page.index(b'<form class="rating"')]
    start = page.index(b'<ul class="list">')
    listed = page[start : page.index(b"</ul>", start)] + b"</ul>"
    scripts = page[page.index(b'<script type="text/javascript">\n// <![CDATA[') : page.index(b"<!-- Begin EMC")]
    return tuple(re.split(rb'href="[^"]*"', news + listed + scripts))
