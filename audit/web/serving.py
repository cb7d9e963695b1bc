"""The server of the dashboard: one process, until somebody stops it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn

from audit.refusals import BadInput
from audit.web.api.app import api_routes
from audit.web.app import make_app
from audit.web.shapes import Audience
from audit.web.views import Views

_HERE = ("localhost", "127.0.0.1", "[::1]")
_BACKLOG = 512
_ENDING_SECONDS = 5


def is_here(host: str) -> bool:
    """Whether an address is this machine's alone."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def audience_at(host: str) -> Audience:
    """Whom an address is for, where nobody says: what others can reach shows published results alone."""
    return "internal" if is_here(host) else "public"


def names_of(host: str, named: Sequence[str]) -> Collection[str] | None:
    """The names that the server answers to: its own, and those it is known by; any where it serves the network and
    nobody named one."""
    if named:
        return (*_HERE, *named)
    return (*_HERE, f"[{host}]" if ":" in host else host) if is_here(host) else None


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A socket to serve at. Raises BadInput where there is none to be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        made = socket.create_server((host, port), family=family, backlog=_BACKLOG, reuse_port=False)
    except OSError as error:
        raise BadInput("error.cannot_listen", host=host, port=port, cause=error) from error
    # Every connection inherits it. Else the second half of an answer waits 40 ms for word of the first.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    with made:
        yield made


def serve_until_stopped(views: Views, at: socket.socket, names: Collection[str] | None) -> None:
    """Serves pages and the API until the process is told to end."""
    app = make_app(views, api_routes(views), hosts=names, beforehand=True)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_ENDING_SECONDS,
    )
    with suppress(KeyboardInterrupt):  # the way to stop it, and no fault
        uvicorn.Server(config).run(sockets=[at])
