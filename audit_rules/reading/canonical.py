"""The content of a page without what every answer has anew and nobody reads: tokens, view states, nonces.

Two answers of one canonical content give the same facts. So whatever a fact could hold stays, however often it
changes: visit counters, dates, clocks, session ids in links, what a form sends. What is masked anew with each
answer (Cloudflare's e-mail addresses) is unmasked and stays too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from audit_rules.facts import PageFacts
from audit_rules.reading.contacts import decode_cloudflare

_NAMES = (
    r"__viewstate\w*|__eventvalidation|__previouspage|__requestverificationtoken|__requestdigest|_token|_?csrf[\w.-]*"
    r"|authenticity_token|csrfmiddlewaretoken|form_(?:build_id|token)|javax\.faces\.viewstate|_formkey|antiforgery\w*"
)
_TOKEN_FIELD = re.compile(rf"(?i)(?:{_NAMES})\Z")
_FIELD = re.compile(
    rf"""(?i)<(?:input|meta)\b[^<>]*?\b(?:name|id)\s*=\s*["']?(?:{_NAMES})["'\s/>][^<>]*""".encode()
)
_VALUE = re.compile(rb"""(?i)\b(value|content)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)""")
_NONCE = re.compile(rb"""\snonce=(?:"[^"<>]*"|'[^'<>]*'|[\w+/=-]+)""")
_AUTH = re.compile(rb"""authToken\s*[=:]\s*(?:"[^"<>]{1,200}"|'[^'<>]{1,200}')""")
_MASKED = re.compile(rb"""data-cfemail=["']?([0-9a-f]{4,400})""")
_LINKED = re.compile(rb"/cdn-cgi/l/email-protection#([0-9a-f]{4,400})")
_CLOUDFLARE = re.compile(rb"__CF\$cv\$params\s*=\s*\{[^{}<>]{1,400}")
_NOTE = re.compile(rb"<!--[^<>]{0,300}-->")
_MEASURES = re.compile(rb"(?i)govaq|siteid|track|\bif\b|endif")
_DIGITS = re.compile(rb"\d+")


def canonical_digest(body: bytes) -> str:
    """A digest (32 hex digits) of what a page says; ``body`` is decompressed."""
    for mark, pattern, put in _STRIPPED:
        if mark in body:
            body = pattern.sub(put, body)
    return hashlib.sha256(body).hexdigest()[:32]


def holds_no_token(facts: PageFacts) -> bool:
    """Whether no fact of a page is a token itself: a form that is asked for, and not sent, sends its own."""
    if any(_TOKEN_FIELD.match(name) for form in facts.forms for name, _ in form.hidden):
        return False
    if any("email-protection#" in link.url for link in facts.links):
        return False
    return not any("nonce" in embed.excerpt for embed in facts.emc)


def _emptied(field: re.Match[bytes]) -> bytes:
    return _VALUE.sub(rb"\1=", field.group())


def _unmasked(masked: re.Match[bytes]) -> bytes:
    address = decode_cloudflare(masked.group(1).decode())
    return masked.group() if address is None else b"@" + address.encode()


def _timeless(note: re.Match[bytes]) -> bytes:
    """A comment such as "served from cache at 10:12:45": of words alone, and about nothing that is measured."""
    said = note.group()
    return said if _MEASURES.search(said) else _DIGITS.sub(b"0", said)


_STRIPPED: tuple[tuple[bytes, re.Pattern[bytes], bytes | Callable[[re.Match[bytes]], bytes]], ...] = (
    (b"<", _FIELD, _emptied),
    (b" nonce=", _NONCE, b""),
    (b"authToken", _AUTH, b""),
    (b"data-cfemail=", _MASKED, _unmasked),
    (b"email-protection#", _LINKED, _unmasked),
    (b"__CF$cv$params", _CLOUDFLARE, b""),
    (b"<!--", _NOTE, _timeless),
)
