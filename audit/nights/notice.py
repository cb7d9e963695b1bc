"""Telling the operator: a web hook or a mail when a night is partial, held back, broken off or too long ago.

These go to the operator's own addresses, not to a portal's. A notice that cannot be sent is told and logged; it
never makes a night fail.
"""

from __future__ import annotations

import json
import logging
import platform
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

log = logging.getLogger(__name__)

SECONDS = 20.0
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Notice:
    """``subject`` is one line, ``text`` what a person reads, ``facts`` the same for a program."""

    subject: str
    text: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Post:
    """The mail server of ``--smtp``: ``smtp[s]://[USER:PASSWORD@]HOST[:PORT][?from=ADDRESS]``. With ``smtp`` the
    talk is encrypted where the server offers it (STARTTLS); a password is never sent in the open."""

    host: str = "localhost"
    port: int = 25
    wrapped: bool = False
    user: str = ""
    password: str = ""
    sender: str = ""


def read_post(text: str) -> Post:
    """Raises ValueError."""
    parts = urlsplit(text.strip())
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("no address of a mail server")
    sender = parse_qs(parts.query).get("from", [""])[0]
    return Post(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        sender,
    )


def read_target(text: str) -> str:
    """``http(s)://…`` or ``mailto:NAME@HOST``. Raises ValueError."""
    text = text.strip()
    parts = urlsplit(text)
    mail = parts.scheme == "mailto" and parts.path.count("@") == 1 and not any(c.isspace() for c in parts.path)
    if not mail and not (parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError(text)
    return text


def send(notice: Notice, targets: Sequence[str], post: Post, failed: Callable[[str, str], None]) -> None:
    """Sends a notice everywhere; ``failed`` is told of each target that could not be reached, and why."""
    for target in targets:
        try:
            if target.startswith("mailto:"):
                _mail(notice, unquote(urlsplit(target).path), post)
            else:
                _call(notice, target)
        except (OSError, smtplib.SMTPException, urllib.error.URLError, ValueError) as error:
            log.warning("no notice could be sent to %s: %s", shown(target), error)
            failed(shown(target), " ".join(str(error).split())[:200])
        else:
            log.info("a notice was sent to %s", shown(target))


def shown(target: str) -> str:
    """A target as screens and logs may show it: the path of a web hook is often its password."""
    parts = urlsplit(target)
    return target if parts.scheme == "mailto" else f"{parts.scheme}://{parts.hostname}/…"


def _call(notice: Notice, url: str) -> None:
    body = json.dumps({**notice.facts, "subject": notice.subject, "text": notice.text}, ensure_ascii=False)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "portal-auditor"}
    asked = urllib.request.Request(url, body.encode(), headers, method="POST")  # noqa: S310 - http(s), read_target
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
        answer.read(1000)


def _mail(notice: Notice, to: str, post: Post) -> None:
    message = EmailMessage(SMTP)
    message["Subject"] = notice.subject
    message["From"] = post.sender or f"portal-auditor@{platform.node() or 'localhost'}"
    message["To"] = to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text)
    secure = ssl.create_default_context()
    if post.wrapped:
        with smtplib.SMTP_SSL(post.host, post.port, timeout=SECONDS, context=secure) as server:
            _hand_over(server, message, post)
        return
    with smtplib.SMTP(post.host, post.port, timeout=SECONDS) as server:
        server.ehlo()
        if server.has_extn("starttls"):
            if not post.user:
                # Without a password the talk is hidden from passers-by, whoever the server is.
                secure.check_hostname, secure.verify_mode = False, ssl.CERT_NONE
            server.starttls(context=secure)
            server.ehlo()
        elif post.user:
            raise ValueError("the mail server offers no encryption: the password was not sent")
        _hand_over(server, message, post)


def _hand_over(server: smtplib.SMTP, message: EmailMessage, post: Post) -> None:
    if post.user:
        server.login(post.user, post.password)
    server.send_message(message)
