"""A make-believe country on loopback: its portals, their neighbours, its registry, and the truth about them."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from sandbox.bodies import Body
from sandbox.certificates import Authority, spoilt
from sandbox.country import COUNTRY, Country, draw
from sandbox.families import drawing
from sandbox.fault_list import TLS_FAULTS, Outcome
from sandbox.faults import draw_faults, plant, truth
from sandbox.portals import elsewhere
from sandbox.portals.pieces import NOT_FOUND, Answer, redirect
from sandbox.registry import write_registry
from sandbox.server import LoopbackServer

DEMO_FAULTS = (
    "main.one_component_unlisted",
    "main.regulation_dead",
    "main.footer_without_person",
    "department.no_link_to_main",
    "department.emc_only_on_home",
    "department.spokesperson_without_email",
    "commune.contact_point_unreachable",
    "commune.no_emc",
    "commune.lang_english",
)
"""A telling handful, for the demonstration."""

DEMO = ("main", "department", "commune", "home_affairs")
"""The portals of the demonstration."""

_MEASURED = (
    "measurement.emc_code_present",
    "measurement.emc_code_on_inner_pages",
    "measurement.emc_code_loads_securely",
)
RENDERED_ONLY = frozenset(
    (body.site, rule)
    for body in COUNTRY.audited.values()
    if drawing.FAMILIES[body.family].in_script
    for rule in _MEASURED
)
"""What the unspoilt pages as sent do not tell: without a browser the honest answer there is ``cantTell``, as it is
wherever a fault takes the measuring code away."""


class World:
    """A country with the given faults, served on 127.0.0.1 between ``start`` and ``close``.

    ``connect_to`` are curl-style ``--connect-to`` texts that lead every host here, so that nothing asked through
    them leaves the machine. ``ca_file`` (PEM) and ``registry`` (a folder with ``agencies.csv`` and ``portals.csv``)
    live in a temporary folder until ``close``. ``truth`` maps (address of the site, rule) to what an auditor with a
    browser must find at the ``sites``, if it visits all of them in one run; ``shown`` are the demonstration's.
    ``http_only`` are the hosts where https is refused. With ``tags`` the servers know ETags.

    Raises ValueError for a fault that does not exist, does not fit its portal or contradicts another.
    """

    shown = tuple(COUNTRY.audited[portal].site for portal in DEMO)

    def __init__(self, faults: Iterable[str] = (), country: Country = COUNTRY, *, tags: bool = False) -> None:
        planted = plant(faults, country)
        self.country = country
        self._tags = tags
        self.sites = tuple(body.site for body in country.audited.values())
        self.truth: Mapping[tuple[str, str], Outcome] = MappingProxyType(truth(planted, country))
        self._faults = {
            country.audited[portal].portal_id: frozenset(fault.id for fault in faults)
            for portal, faults in planted.items()
        }
        self._bodies: dict[str, list[Body]] = {}
        for body in sorted(country.bodies, key=lambda body: len(body.path), reverse=True):
            self._bodies.setdefault(body.host, []).append(body)
        self.http_only = self._hosts_with("no_https")
        self._plain_too = self.http_only | self._hosts_with("no_redirect_to_https")
        self._tls = {fault: hosts for fault in TLS_FAULTS if (hosts := self._hosts_with(fault))}
        self._elsewhere = elsewhere.sites()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server: LoopbackServer | None = None

    @classmethod
    def of(cls, seed: int, portals: int, share: float = 0.1, *, tags: bool = False) -> World:
        """A country of so many portals for measurements, each fault planted with a chance of ``share``."""
        country = draw(seed, portals)
        return cls(draw_faults(country, seed, share), country, tags=tags)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that the country knows by name."""
        return (*self._bodies, *self._elsewhere)

    def start(self) -> World:
        """Opens the ports. Raises OSError where loopback has none to give."""
        self._folder = tempfile.TemporaryDirectory(prefix="songmay-")
        self.registry.mkdir()
        write_registry(self.registry, self.country)
        domains = dict.fromkeys([*(body.place.domain for body in self.country.bodies), *self._elsewhere])
        names = [name for domain in domains for name in (domain, f"*.{domain}")]
        authority, folder = Authority(), Path(self._folder.name)
        self.ca_file.write_bytes(authority.pem)
        contexts = {fault: spoilt(fault, authority, folder, names) for fault in (*self._tls, "")}
        self._server = LoopbackServer(
            self.answer, contexts[""], [contexts[fault] for fault in self._tls], tags=self._tags
        )
        self._server.start()
        return self

    def close(self) -> None:
        """Closes ports, connections and thread, and removes the temporary folder; a second call does nothing."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> World:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def ca_file(self) -> Path:
        return self._place() / "ca.pem"

    @property
    def registry(self) -> Path:
        return self._place() / "registry"

    @property
    def connect_to(self) -> tuple[str, ...]:
        server = self._running()
        closed = [
            f"{name}:443:127.0.0.1:{server.closed_port}"
            for host in sorted(self.http_only)
            for name in (host, f"www.{host}")
        ]
        odd = [
            f"{name}:443:127.0.0.1:{port}"
            for hosts, port in zip(self._tls.values(), server.other_ports, strict=True)
            for host in sorted(hosts)
            for name in (host, f"www.{host}")
        ]
        return (*closed, *odd, f":443:127.0.0.1:{server.https_port}", f":80:127.0.0.1:{server.http_port}")

    @property
    def hits(self) -> Counter[tuple[str, str, str]]:
        """How often each (host, method, path) was asked until now; a copy."""
        return self._running().hits

    def answer(self, scheme: str, host: str, path: str, query: Mapping[str, str]) -> Answer:
        """What a host answers, network or not."""
        name = host.removeprefix("www.")
        if name in self._elsewhere:
            return self._elsewhere[name].answer(path, query)
        bodies = self._bodies.get(name)
        if bodies is None:
            return NOT_FOUND
        if (scheme == "http" and name not in self._plain_too) or (name != host and name not in self.http_only):
            return redirect(f"https://{name}{path}")
        # The longest path first: a commune under its province's host comes before the province.
        body = next((body for body in bodies if (path + "/").startswith(body.path + "/")), None)
        return (
            NOT_FOUND if body is None else drawing.site_of(body, self._of(body), self.country).answer(path, query)
        )

    def _hosts_with(self, fault: str) -> frozenset[str]:
        return frozenset(
            host for host, bodies in self._bodies.items() if any(fault in self._of(body) for body in bodies)
        )

    def _of(self, body: Body) -> frozenset[str]:
        return self._faults.get(body.portal_id, frozenset())

    def _place(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the world is not started")
        return Path(self._folder.name)

    def _running(self) -> LoopbackServer:
        if self._server is None:
            raise RuntimeError("the world is not started")
        return self._server
