"""The operator is told: by a web hook and by mail, and a notice that cannot be sent breaks nothing."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import threading
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from audit.nights import notice
from audit.nights.notice import Notice, Post, read_post, read_target, send, shown
from tests.loopback import Answer, Asked, self_signed, web

TOLD = Notice(
    "[kiểm tra cổng] Đêm 2026-11-22: tạm giữ", "Mất mạng từ 21:00.", {"event": "quarantined", "run": "r1"}
)


class MailServer:
    """Takes one mail by SMTP; ``tls`` is offered where a certificate is given, ``heard`` is what was said."""

    def __init__(self, certificate: Path | None = None) -> None:
        self._certificate = certificate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard: list[str] = []
        self.mail = b""
        self.secret = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # a client may hang up on our certificate
            self._talk(self._listener.accept()[0])

    def _talk(self, talk: socket.socket) -> None:
        talk.settimeout(10)
        lines = talk.makefile("rb")
        self._say(talk, "220 thu")
        while line := lines.readline():
            word = line.decode().strip().upper()
            self.heard.append(word)
            if word.startswith("EHLO"):
                offers = ["AUTH PLAIN"] if self.secret else ["STARTTLS"] if self._certificate else ["AUTH PLAIN"]
                self._say(talk, "250-thu\r\n250 " + offers[0])
            elif word == "STARTTLS" and self._certificate:
                self._say(talk, "220 go")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self._certificate)
                talk = context.wrap_socket(talk, server_side=True)
                lines = talk.makefile("rb")
                self.secret = True
            elif word.startswith("AUTH"):
                self._say(talk, "235 ok")
            elif word == "DATA":
                self._say(talk, "354 go")
                while (part := lines.readline()) != b".\r\n":
                    self.mail += part
                self._say(talk, "250 ok")
            elif word == "QUIT":
                self._say(talk, "221 bye")
                break
            else:
                self._say(talk, "250 ok")
        talk.close()

    def _say(self, talk: socket.socket, text: str) -> None:
        talk.sendall(text.encode() + b"\r\n")


def sent(target: str, post: Post | None = None) -> list[tuple[str, str]]:
    """What failed."""
    failed: list[tuple[str, str]] = []
    send(TOLD, [target], post or Post(), lambda *each: failed.append(each))
    return failed


def test_a_web_hook_gets_the_facts_and_the_text(tmp_path: Path) -> None:
    with web(lambda _: Answer("ok")) as hook:
        assert sent(f"http://127.0.0.1:{hook.port}/hook/secret") == []
    (asked,) = hook.asked
    assert (asked.method, asked.path) == ("POST", "/hook/secret")
    assert json.loads(asked.body) == {**TOLD.facts, "subject": TOLD.subject, "text": TOLD.text}


def test_a_mail_is_sent_encrypted_where_the_server_offers_it(tmp_path: Path) -> None:
    with MailServer(self_signed(tmp_path)) as server:
        assert (
            sent("mailto:truc@songmay.gov.vn", Post("127.0.0.1", server.port, sender="kiem-tra@songmay.gov.vn"))
            == []
        )
    assert "STARTTLS" in server.heard
    assert server.secret
    mail = message_from_bytes(server.mail, policy=default)
    assert (mail["Subject"], mail["To"]) == (TOLD.subject, "truc@songmay.gov.vn")
    assert mail["From"] == "kiem-tra@songmay.gov.vn"
    assert mail.get_content().strip() == TOLD.text


def test_a_mail_is_sent_where_no_encryption_is_offered_but_never_a_password() -> None:
    with MailServer() as server:
        assert sent("mailto:truc@songmay.gov.vn", Post("127.0.0.1", server.port)) == []
    assert server.mail
    with MailServer() as server:
        post = read_post(f"smtp://truc:bi%20mat@127.0.0.1:{server.port}")
        ((target, cause),) = sent("mailto:truc@songmay.gov.vn", post)
    assert (target, "the password was not sent" in cause) == ("mailto:truc@songmay.gov.vn", True)
    assert not any(word.startswith("AUTH") for word in server.heard)


def test_a_password_goes_only_to_a_server_that_is_who_it_says(tmp_path: Path) -> None:
    with MailServer(self_signed(tmp_path)) as server:
        ((_, cause),) = sent("mailto:truc@songmay.gov.vn", read_post(f"smtp://a:b@127.0.0.1:{server.port}"))
    assert "CERTIFICATE_VERIFY_FAILED" in cause
    assert not any(word.startswith("AUTH") for word in server.heard)


def test_a_notice_that_cannot_be_sent_is_told_without_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_: Asked) -> Answer:
        return Answer("no", status=500)

    with web(refuses) as hook:
        ((target, cause),) = sent(f"http://127.0.0.1:{hook.port}/hook/secret")
    assert (target, cause) == ("http://127.0.0.1/…", "HTTP Error 500: Internal Server Error")
    monkeypatch.setattr(notice, "SECONDS", 0.2)
    held = threading.Event()
    with web(lambda _: Answer("ok") if held.wait(20) else Answer("")) as slow:
        ((_, cause),) = sent(f"http://127.0.0.1:{slow.port}/")
        held.set()
    assert "timed out" in cause


def test_targets_and_mail_servers_are_read() -> None:
    assert read_target("https://hooks.example/T1/B2?x=1") == "https://hooks.example/T1/B2?x=1"
    assert read_target("mailto:a@b.vn") == "mailto:a@b.vn"
    assert shown("https://hooks.example/T1/B2?x=1") == "https://hooks.example/…"
    for text in ("a@b.vn", "ftp://x/", "mailto:", "mailto:a", "http://", "file:///etc/passwd"):
        with pytest.raises(ValueError, match=re.escape(text)):
            read_target(text)
    assert read_post("smtps://a%40b:c@thu.vn?from=x@y.vn") == Post("thu.vn", 465, True, "a@b", "c", "x@y.vn")
    assert read_post("smtp://localhost") == Post()
    for text in ("thu.vn", "http://thu.vn", "smtp://"):
        with pytest.raises(ValueError, match="mail server"):
            read_post(text)
