"""What a hostile host is: a name, a sentence, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.portals.pieces import Answer

SEEN = frozenset({"audited", "partial"})
"""States of a portal whose pages could be read, in part at least."""
UNSEEN = frozenset({"unreachable", "blocked", "robots"})
"""States of a portal of which nothing could be read."""
EITHER = SEEN | UNSEEN
Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, with its cookies as sent. ``good`` is what the unspoilt portal would answer; ``forbidden`` a host
    and port that nobody may ever be led to, in a form that means this very machine."""

    scheme: str
    host: str
    path: str
    query: str
    cookies: str
    good: Answer
    forbidden: str

    @property
    def home(self) -> bool:
        return self.path == "/" and self.is_page

    @property
    def is_page(self) -> bool:
        """Whether the unspoilt portal has a page here, and no way on to another."""
        return self.good.content_type.startswith("text/html") and not self.good.location

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}{path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire. ``body`` is bytes or makes the pieces that are sent, ``pause`` seconds apart;
    ``length`` is what the head claims (None: nothing, the connection's end is the body's). ``raw`` is sent instead
    of any head; ``cut`` breaks the connection off at the end as a crash does."""

    body: bytes | Callable[[], Iterator[bytes]] = b""
    content_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    headers: Headers = ()
    length: int | None = -1
    raw: bool = False
    pause: float = 0.0
    cut: bool = False

    def head(self) -> bytes:
        """The head of the answer; every one of these closes its connection, unless its length is true."""
        if self.raw:
            return b""
        length = len(self.body) if self.length == -1 and isinstance(self.body, bytes) else self.length
        lines = [
            f"HTTP/1.1 {self.status}",
            *([f"Content-Type: {self.content_type}"] if self.content_type else []),
            *([f"Content-Length: {length}"] if length is not None and length >= 0 else []),
            *(f"{name}: {value}" for name, value in self.headers),
            *([] if self.stays else ["Connection: close"]),
        ]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")

    def pieces(self) -> Iterator[bytes]:
        return iter([self.body]) if isinstance(self.body, bytes) else self.body()

    @property
    def stays(self) -> bool:
        return isinstance(self.body, bytes) and self.length == -1 and not self.raw and not self.cut


@dataclass(frozen=True, slots=True)
class Trap:
    """A hostile host: ``tells`` says what it does, ``states`` what may honestly be said of it; ``scripted`` ones do
    no harm to whoever runs no scripts. On ``faulty`` ones there is nothing that a portal must have: faults told of
    them may be true."""

    name: str
    tells: str
    answer: Callable[[Asked], Reply]
    states: frozenset[str]
    scripted: bool
    faulty: bool


TRAPS: dict[str, Trap] = {}
"""All hostile hosts, by name."""

Answerer: TypeAlias = Callable[[Asked], Reply]


def trap(
    states: frozenset[str] = SEEN, *, scripted: bool = False, faulty: bool = False
) -> Callable[[Answerer], Answerer]:
    """Makes a hostile host of a function; its name and its docstring are the host's."""

    def enter(answer: Answerer) -> Answerer:
        tells = " ".join((answer.__doc__ or "").split())
        TRAPS[answer.__name__] = Trap(answer.__name__, tells, answer, states, scripted, faulty)
        return answer

    return enter


def good(asked: Asked) -> Reply:
    """What the unspoilt portal answers."""
    location = (("Location", asked.good.location),) if asked.good.location else ()
    status = f"{asked.good.status} {'OK' if asked.good.status == 200 else 'No'}"
    return Reply(asked.good.body, asked.good.content_type, status, location)


def grafted(asked: Asked, *, first: str = "", last: str = "", head: str = "") -> Reply:
    """The good page with something put before its content, behind it, or into its head; files stay as they are."""
    if not asked.is_page:
        return good(asked)
    page = asked.good.body.decode()
    at, _, rest = page.partition("<body")
    tag, _, inside = rest.partition(">")
    inside, _, end = inside.rpartition("</body>")
    body = f"{at.replace('</head>', head + '</head>')}<body{tag}>{first}{inside}{last}</body>{end}"
    return Reply(body.encode("utf-8", "surrogatepass"), status=good(asked).status)
