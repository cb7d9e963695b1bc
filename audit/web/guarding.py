"""What every answer carries so that a browser trusts it with nothing, and whom the server answers to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing runs, nothing is framed, nothing comes from elsewhere: what a portal planted could do nothing even if it
# were markup.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_READING: Final = ("GET", "HEAD")


class Guarded:
    """An application behind these headers. It answers GET and HEAD alone, and to its own names alone, where such
    are given: a page of a stranger whose name leads to this machine is not to read from it."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None) -> None:
        self.app = app
        self._hosts = None if hosts is None else frozenset(each.lower() for each in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(each for each in _HEADERS if each[0] not in there),
                ]
            await send(message)

        if self._hosts is not None and _host(scope) not in self._hosts:
            await _refuse(sending, 421, "Misdirected Request")
        elif scope["method"] not in _READING:
            await _refuse(sending, 405, "Method Not Allowed", (b"allow", b"GET, HEAD"))
        else:
            await self.app(scope, receive, sending)


def _host(scope: Scope) -> str:
    """The name that was asked for, without its port."""
    told = next((value for name, value in scope["headers"] if name == b"host"), b"")
    text: str = told.decode("latin-1").lower()
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    return text.partition(":")[0]


async def _refuse(send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    body = f"{status} {text}\n".encode()
    headers: list[Any] = [(b"content-type", b"text/plain; charset=utf-8"), *more]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
