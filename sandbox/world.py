"""A make-believe province on loopback: its portals, its neighbours, its registry, and the truth about them."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from sandbox.bodies import AUDITED, COMMUNE, DEPARTMENT, MAIN, SMALL, UNLISTED, write_registry
from sandbox.certificates import issue
from sandbox.faults import Outcome, plant, truth
from sandbox.portals import communal, departmental, elsewhere, provincial
from sandbox.portals.pieces import NOT_FOUND, Answer, Site, redirect
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

RENDERED_ONLY = frozenset(
    (DEPARTMENT.site, rule)
    for rule in (
        "measurement.emc_code_present",
        "measurement.emc_code_on_inner_pages",
        "measurement.emc_code_loads_securely",
    )
)
"""What the unspoilt pages as sent do not tell: without a browser the honest answer there is ``cantTell``, as it is
wherever a fault takes the measuring code away."""


class World:
    """The province of Sông Mây with the given faults, served on 127.0.0.1 between ``start`` and ``close``.

    ``connect_to`` are curl-style ``--connect-to`` texts that lead every host here: the province's, its
    neighbours', and, last, any other, so that nothing asked through them leaves the machine. ``ca_file`` (PEM)
    and ``registry`` (a folder with ``agencies.csv`` and ``portals.csv``) live in a temporary folder until
    ``close``. ``truth`` maps (address of the site, rule) to what an auditor with a browser must find at the
    ``sites``; ``shown`` adds the one neighbour that has to be seen to answer for that.

    Raises ValueError for a fault that does not exist, does not fit its portal or contradicts another.
    """

    sites = tuple(body.site for body in AUDITED.values())
    shown = (*sites, UNLISTED.site)

    def __init__(self, faults: Iterable[str] = ()) -> None:
        planted = plant(faults)
        self.truth: Mapping[tuple[str, str], Outcome] = MappingProxyType(truth(planted))
        ids = {portal: frozenset(fault.id for fault in faults) for portal, faults in planted.items()}
        self._hosts: dict[str, Site] = {
            MAIN.host: provincial.build(MAIN, ids["main"]),
            DEPARTMENT.host: departmental.build(DEPARTMENT, ids["department"]),
            **{body.host: communal.build_small(body) for body in SMALL},
        }
        self._commune = communal.build(COMMUNE, ids["commune"])
        self._to_https = frozenset(self._hosts) - {
            body.host for portal, body in AUDITED.items() if "no_https" in ids[portal]
        }
        self._http_only = frozenset(self._hosts) - self._to_https
        self._hosts |= elsewhere.sites()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server: LoopbackServer | None = None

    def start(self) -> World:
        """Opens the ports. Raises OSError where loopback has none to give."""
        self._folder = tempfile.TemporaryDirectory(prefix="songmay-")
        self.registry.mkdir()
        write_registry(self.registry)
        names = [name for host in self._hosts for name in (host, f"www.{host}")]
        _, context = issue(Path(self._folder.name), names)
        self._server = LoopbackServer(self._answer, context)
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
        by_name = []
        for host in self._hosts:
            https = server.closed_port if host in self._http_only else server.https_port
            for name in (host, f"www.{host}"):
                by_name += [f"{name}:443:127.0.0.1:{https}", f"{name}:80:127.0.0.1:{server.http_port}"]
        return (*by_name, f":443:127.0.0.1:{server.https_port}", f":80:127.0.0.1:{server.http_port}")

    @property
    def hits(self) -> Counter[tuple[str, str, str]]:
        """How often each (host, method, path) was asked until now; a copy."""
        return self._running().hits

    def _answer(self, scheme: str, host: str, path: str, query: dict[str, str]) -> Answer:
        name = host.removeprefix("www.")
        site = self._hosts.get(name)
        if site is None:
            return NOT_FOUND
        if name in self._to_https and (scheme == "http" or name != host):
            return redirect(f"https://{name}{path}")
        if name == COMMUNE.host and (path + "/").startswith(COMMUNE.path + "/"):
            site = self._commune
        return site.answer(path, query)

    def _place(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the world is not started")
        return Path(self._folder.name)

    def _running(self) -> LoopbackServer:
        if self._server is None:
            raise RuntimeError("the world is not started")
        return self._server
