"""A few portals on loopback, their registry, and nights of real processes over them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storage.archive import Archive
from storage.records import Run
from tests.loopback import Answer, Asked, Web, web

MARK = "AUDIT_TEST_MARK"
HOME = "<!doctype html><html lang=vi><title>{host}</title><body><p>Cổng thông tin {host}</p></body></html>"
NAMES = ("songmay", "thanhlam", "bensong")

_AGENCIES = "id,name_vi,name_en,kind,parent_id,other_names,valid_from,valid_to,successor_id,contact_email,source"
_PORTALS = (
    "id,agency_id,kind,address,aliases,main_portal_id,status,"
    "confirmed_by,confirmed_on,confirmed_how,valid_from,valid_to,source"
)


def down(name: str) -> Callable[[Asked], Answer | None]:
    """A portal that answers nothing but its robots.txt."""
    return lambda request: (
        Answer("", status=503) if request.host == f"{name}.gov.vn" and request.path != "/robots.txt" else None
    )


def home(request: Asked) -> Answer:
    """A portal of one page."""
    if request.path == "/":
        return Answer(HOME.format(host=request.host))
    return Answer("", status=404)


@dataclass
class Land:
    """``url`` is the address of a database, a SQLite file in the data folder without it. ``hook`` is asked before
    ``home`` answers: None lets it answer."""

    folder: Path
    url: str = ""
    port: int = 0
    web: Web | None = None
    hook: Callable[[Asked], Answer | None] | None = None
    mark: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def db(self) -> str | Path:
        return self.url or self.data / "audit.db"

    @property
    def registry(self) -> Path:
        return self.folder / "registry"

    def write_registry(self, names: tuple[str, ...] = NAMES, *, waiting: str = "", nowhere: str = "") -> None:
        """Active portals ``<name>.gov.vn``; ``waiting`` is to be confirmed, ``nowhere`` a body without one."""
        self.registry.mkdir(exist_ok=True)
        bodies = [f"{name},Tỉnh {name},,province,,,,,,,thử" for name in (*names, *filter(None, (nowhere,)))]
        rows = [f"cong-{name},{name},province,{name}.gov.vn,,,active,A,2026-01-01,văn bản,,,thử" for name in names]
        if waiting:
            rows.append(f"cong-{waiting},,department,{waiting}.gov.vn,,,to_confirm,,,,,,thử")
        (self.registry / "agencies.csv").write_text("\n".join([_AGENCIES, *bodies, ""]), "utf-8")
        (self.registry / "portals.csv").write_text("\n".join([_PORTALS, *rows, ""]), "utf-8")

    def audit(self, command: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "audit", command, "--data", str(self.data), "--db", str(self.db))

    def command(self, *more: str) -> list[str]:
        ways = ("--connect-to", f":80:127.0.0.1:{self.port}", "--connect-to", ":443:127.0.0.1:1", "--allow-private")
        night = (*self.audit("nightly"), "--registry", str(self.registry))
        # A second process takes seconds to start, and most tests see nothing more with it.
        quick = ("--render", "never", "--delay", "0", "--processes", "1", "--quiet")
        return [*night, *ways, *quick, "--control", f"127.0.0.1:{self.port}", *more]

    @contextmanager
    def begun(self, *more: str) -> Iterator[subprocess.Popen[str]]:
        """A night that goes on; it and whatever it started is ended with the block."""
        env = {**os.environ, MARK: self.mark}
        done = subprocess.Popen(  # noqa: S603
            self.command(*more), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield done
        finally:
            done.kill()
            done.communicate()
            for process in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def night(self, *more: str) -> subprocess.CompletedProcess[str]:
        """A night from its beginning to its end."""
        with self.begun(*more) as begun:
            out, err = begun.communicate(timeout=300)
        return subprocess.CompletedProcess(begun.args, begun.returncode, out, err)

    def processes(self, having: str = "") -> set[int]:
        """What lives of all that was started here, with these words in its command line."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                mine = f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes()
                if mine and having.encode() in (folder / "cmdline").read_bytes():
                    found.add(int(folder.name))
        return found

    def visits(self, name: str) -> int:
        """How often a portal's home page was asked for."""
        assert self.web is not None
        return sum(asked.host == f"{name}.gov.vn" and asked.path == "/" for asked in self.web.asked)

    def runs(self) -> list[Run]:
        """Every run with its portals, newest first."""
        with Archive.open(self.db, create=False) as archive:
            return [archive.run(run.header.id) for run in archive.runs()]


@contextmanager
def land(folder: Path, url: str = "") -> Iterator[Land]:
    here = Land(folder, url)

    def answer(request: Asked) -> Answer:
        told = here.hook(request) if here.hook is not None else None
        return told or home(request)

    with web(answer) as server:
        here.port, here.web = server.port, server
        here.write_registry()
        yield here
