"""A mail server on loopback: SMTP over real sockets, STARTTLS, and every failure a test needs."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Mailbox:
    """What a server does and what it got. ``recipient`` gives the answer to a recipient, ``data`` that to DATA (354
    to go on) and ``after`` that to a whole message; an empty answer hangs up. ``secure``: STARTTLS was used."""

    certificate: Path | None = None
    secret: str = ""
    recipient: Callable[[str], str] = lambda _: "250 ok"
    sender: Callable[[str], str] = lambda _: "250 ok"
    data: Callable[[], str] = lambda: "354 go on"
    after: Callable[[bytes], str] = lambda _: "250 kept"
    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    secure: bool = False


class _HangUp(Exception):
    pass


@contextmanager
def mail_server(box: Mailbox) -> Iterator[Mailbox]:
    """The server, until the block ends; every talk in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        box.port = listener.getsockname()[1]
        talks: list[threading.Thread] = []

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    talk, _ = listener.accept()
                    thread = threading.Thread(target=_talk, args=(box, talk), daemon=True)
                    talks.append(thread)
                    thread.start()

        taking = threading.Thread(target=listen, daemon=True)
        taking.start()
        try:
            yield box
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            taking.join(10)
            for thread in talks:
                thread.join(10)


def _talk(box: Mailbox, talk: socket.socket) -> None:
    talk.settimeout(10)
    try:
        with contextlib.suppress(OSError, _HangUp), contextlib.ExitStack() as stack:
            _serve(box, talk, stack)
    finally:
        talk.close()


def _serve(box: Mailbox, talk: socket.socket, stack: contextlib.ExitStack) -> None:
    lines = stack.enter_context(talk.makefile("rb"))
    secure, to = False, ""

    def say(answer: str) -> None:
        if not answer:
            raise _HangUp
        talk.sendall(answer.encode() + b"\r\n")

    say("220 thu")
    while line := lines.readline():
        word = line.decode().strip()
        box.heard.append(word)
        upper = word.upper()
        if upper.startswith("EHLO"):
            offers = ["AUTH PLAIN", "SIZE 50000000"] if secure or box.certificate is None else ["STARTTLS"]
            say("\r\n".join(["250-thu", *(f"250-{each}" for each in offers[:-1]), f"250 {offers[-1]}"]))
        elif upper == "STARTTLS" and box.certificate is not None:
            say("220 go")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(box.certificate)
            hidden = stack.enter_context(context.wrap_socket(talk, server_side=True, do_handshake_on_connect=False))
            hidden.do_handshake()
            talk, lines = hidden, stack.enter_context(hidden.makefile("rb"))
            secure = box.secure = True
        elif upper.startswith("AUTH PLAIN"):
            given = base64.b64decode(word.split()[2]).split(b"\0")[-1].decode()
            say("235 ok" if given == box.secret else "535 5.7.8 no")
        elif upper.startswith("MAIL"):
            say(box.sender(word))
        elif upper.startswith("RCPT"):
            to = word.partition("<")[2].partition(">")[0]
            say(box.recipient(to))
        elif upper == "DATA":
            answer = box.data()
            say(answer)
            if answer.startswith("354"):
                body = b""
                while (part := lines.readline()) != b".\r\n":
                    if not part:
                        raise _HangUp
                    body += part[1:] if part.startswith(b".") else part
                told = box.after(body)
                if told.startswith("250") or not told:
                    box.mails.append((to, body))
                say(told)
        elif upper == "QUIT":
            say("221 bye")
            return
        else:
            say("250 ok")
