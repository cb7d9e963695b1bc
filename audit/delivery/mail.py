"""Mail as the second way to a body: the message, and one talk with a mail server for all of them.

A talk with a server elsewhere is always encrypted (STARTTLS, or TLS from the first byte) and its certificate is
checked: the letters tell of weak places. Only a relay on this very machine may be spoken to in the open.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType

from audit.nights.notice import Post
from storage.files import why
from storage.outbox import Outcome

log = logging.getLogger(__name__)

SECONDS = 30.0
_AT_HOME = frozenset({"localhost", "127.0.0.1", "::1"})
_KINDS: Mapping[str, tuple[str, str]] = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".csv": ("text", "csv"),
}


class MailDown(Exception):
    """The server cannot be used at all: not reached, not trusted, or it will not have us."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one letter, and the server's words; ``taken`` False where somebody else had it already."""

    outcome: Outcome
    detail: str
    taken: bool = True


def message_of(
    letter_id: str, *, sender: str, to: str, subject: str, text: str, files: Mapping[str, bytes], now: datetime
) -> bytes:
    """A mail with its files. Its id is that of the letter: a server, or a reader, knows a second copy for one."""
    message = EmailMessage(SMTP)
    message["Subject"] = subject
    message["From"] = sender
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter_id}@{sender.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    for name, body in files.items():
        main, sub = _KINDS[Path(name).suffix]
        message.add_attachment(body, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def with_secret(post: Post, path: Path | None) -> Post:
    """The server's address with the password that a file holds in its first line. Raises OSError, ValueError."""
    if path is None:
        return post
    secret = path.read_text("utf-8").partition("\n")[0].strip()
    if not secret:
        raise ValueError(str(path))
    return replace(post, password=secret)


class Server:
    """A talk with the mail server. ``with`` begins and ends it; a talk that broke off is begun again for the next
    letter. Raises MailDown."""

    def __init__(self, post: Post, ca_file: str | None = None) -> None:
        self._post, self._ca_file = post, ca_file
        self._talk: smtplib.SMTP | None = None

    def __enter__(self) -> Server:
        self._talk = self._begun()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._end()

    def hand_over(self, to: str, message: bytes, claim: Callable[[], bool]) -> Answer:
        """Hands a letter over. ``claim`` is asked once the server will take it, just before its first byte; where
        it says no, nothing is sent."""
        talk = self._talk = self._talk or self._begun()
        try:
            code, said = talk.mail(self._post.sender)
            if code >= 500:  # it would say so of every letter
                raise MailDown(_words(code, said))
            if code < 400:
                code, said = talk.rcpt(to)
            if code >= 400:
                talk.rset()
                return Answer("refused" if code >= 500 else "waiting", _words(code, said))
            if not claim():
                talk.rset()
                return Answer("waiting", "", taken=False)
        except (smtplib.SMTPException, OSError) as error:
            self._end()
            return Answer("waiting", _cause(error))
        try:
            code, said = talk.data(message)
        except smtplib.SMTPDataError as error:  # refused before the first byte
            self._reset()
            code, said = error.smtp_code, _bytes(error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._end()
            return Answer("unclear", _cause(error))
        return Answer("sent" if code == 250 else "refused" if code >= 500 else "waiting", _words(code, said))

    def _begun(self) -> smtplib.SMTP:
        post = self._post
        trust = ssl.create_default_context()
        if self._ca_file is not None:
            trust.load_verify_locations(self._ca_file)
        try:
            if post.wrapped:
                talk: smtplib.SMTP = smtplib.SMTP_SSL(post.host, post.port, timeout=SECONDS, context=trust)
            else:
                talk = smtplib.SMTP(post.host, post.port, timeout=SECONDS)
        except (smtplib.SMTPException, OSError) as error:
            raise _down(error) from error
        try:
            talk.ehlo()
            if not post.wrapped and talk.has_extn("starttls"):
                talk.starttls(context=trust)
                talk.ehlo()
            elif not post.wrapped and (post.user or post.host not in _AT_HOME):
                raise MailDown(
                    "máy chủ thư không có mã hoá STARTTLS nên không gửi gì"
                    " / the mail server offers no STARTTLS, so nothing is sent"
                )
            if post.user:
                talk.login(post.user, post.password)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # a password has to be ASCII
            talk.close()
            raise _down(error) from error
        except MailDown:
            talk.close()
            raise
        return talk

    def _reset(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            if self._talk is not None:
                self._talk.rset()

    def _end(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            with suppress(smtplib.SMTPException, OSError):
                talk.quit()
            talk.close()


def _down(error: Exception) -> MailDown:
    plain = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    return MailDown(" / ".join(why(error)) if plain else _cause(error))  # type: ignore[arg-type]


def _words(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"[:300]


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _cause(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, _bytes(error.smtp_error))
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return why(error)[1]
    return " ".join(str(error).split())[:300] or type(error).__name__
