"""Whether an answer is the portal speaking, or something in front of it: a challenge, a firewall, a closed door.

Pure functions over status, headers and body. The marks count only on answers that hold next to nothing else: a
real page with a captcha in one of its forms is a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

from audit_rules.facts import State
from crawler.scope import is_web

THIN_BODY = 24 * 1024
THIN_TEXT = 600
"""A body and a text (bytes, characters) up to which an answer may be nothing but a notice or a challenge."""

_SNIFFED = 1024


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an answer is no page of the portal: the state it would put the portal in, and the contract's reason."""

    state: State
    reason: str


_CHALLENGE = re.compile(
    rb"(?i)slowaes|tonumbers\s*\(|__test=|cf-chl|cf_chl_|challenge-platform|<title>\s*just a moment"
    rb"|_incapsula_resource|sucuri_cloudproxy|ddos-guard|__ddg\d|d1n=[0-9a-f]{16}|kramericaindustries|bkav_?waf"
    rb"|checking your browser|aws-?waf-?token|/_guard/|acw_sc__v2"
)
_RELOADS = re.compile(rb"(?is)document\.cookie\s*=.{0,500}location\s*\.\s*(?:reload|replace|assign|href)")
_PROOF = re.compile(
    rb"(?i)cf-chl|cf_chl_|challenge-platform|_incapsula_resource|ddos-guard|__ddg\d|aws-?waf|acw_sc__v2"
)
"""Of those that look at the browser and its user, by scripts from elsewhere."""
_CAPTCHA = re.compile(rb"(?i)g-recaptcha|hcaptcha|cf-turnstile|recaptcha/api\.js|captcha")
_WAF = re.compile(
    r"(?i)request (?:was )?rejected|requested url was rejected|support id|web application firewall|mod_?security"
    r"|not acceptable|access denied|you have been blocked|blocked by|attack detected|incident id|fortiweb|fortigate"
    r"|imperva|barracuda|nemesida|cloudrity|tường lửa|truy cập (?:của bạn |này )?(?:đã )?bị (?:từ chối|chặn|khóa)"
)
_MAINTENANCE = re.compile(
    r"(?i)bảo trì|đang (?:được )?(?:nâng cấp|bảo dưỡng|xây dựng)|tạm (?:dừng|ngừng|ngưng) (?:hoạt động|phục vụ)"
    r"|under (?:maintenance|construction)|maintenance mode|scheduled maintenance"
)
_WAF_SERVERS = re.compile(
    r"(?i)cloudflare|imperva|incapsula|sucuri|fortiweb|barracuda|ddos-guard|akamaighost|big-?ip"
)

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"%PDF", b"PK\x03\x04", b"\x00\x00\x01\x00")
_HTML_TYPES = ("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
_MARKUP = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body|frameset|script|meta|title|div|table|p|a)\b")
_MARKUP_WIDE = re.compile("(?i)<(?:!doctype html|html|head|body)")

_UNSEEN = re.compile(rb"(?i)<!--|<(script|style|noscript|template)\b")
_NOT_RUN = re.compile(rb"(?i)<!--|<(noscript)\b")
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(rb"(?i)<(?:a|area|option|frame|iframe)\b")

_REFRESH = re.compile(r"(?is)<meta\b[^<>]{0,200}http-equiv\s*=\s*[\"']?refresh\b[^<>]{0,500}>")
_REFRESH_TO = re.compile(r"(?is)content\s*=\s*[\"']?\s*(\d{1,4})?[\d.]*\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'<>]+)")
_SENDS = re.compile(
    r"(?is)\blocation(?:\s*\.\s*href)?\s*=\s*[\"']([^\"'<>]{1,2000})[\"']"
    r"|\blocation\s*\.\s*(?:replace|assign)\s*\(\s*[\"']([^\"'<>]{1,2000})[\"']"
)
_SCRIPT_FROM = re.compile(rb"(?i)<script[^<>]{1,500}\bsrc\s*=")


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a body is to be read as HTML: what it begins with counts for more than what the header claims."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    start = body[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start or start.startswith(_PICTURES):
        return False
    if kind in _HTML_TYPES:
        return True
    if kind and not kind.startswith("text/plain") and kind != "application/octet-stream":
        return False
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    return bool(_MARKUP_WIDE.search(start.decode("utf-16", "ignore")) if wide else _MARKUP.search(start))


def stop(status: int, headers: Mapping[str, str], body: bytes) -> Stop | None:
    """What stands in the way of reading an answer (redirects aside) as a page; None where nothing does.

    ``headers`` have lower-case names. 401, 403, 406, 429 and 451 are closed doors (``blocked``); another 4xx, a
    bare 5xx, a maintenance notice, an empty body and anything but HTML are ``unreachable``.
    """
    text = thin_text(body)
    seen = text if text is not None else ""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return Stop("blocked", "challenge")
    if status == 200:
        return _behind_200(headers, body, text)
    marked = status in (403, 406, 429, 503)
    if marked and _CHALLENGE.search(body[:THIN_BODY]):
        return Stop("blocked", "challenge")
    if marked and text is not None and _CAPTCHA.search(body):
        return Stop("blocked", "captcha")
    if marked and (_WAF.search(seen) or (status != 503 and _WAF_SERVERS.search(headers.get("server", "")))):
        return Stop("blocked", "waf")
    if status in (401, 403, 406, 429, 451):
        return Stop("blocked", "http_4xx")
    if 400 <= status < 500:
        return Stop("unreachable", "http_4xx")
    if status >= 500:
        return Stop("unreachable", "maintenance" if _MAINTENANCE.search(seen) else "http_5xx")
    return None if 200 <= status < 300 and is_html(headers, body) else Stop("unreachable", "not_html")


def lets_in(status: int, body: bytes) -> bool:
    """Whether a challenge is of the plain kind that lets every browser in: a script sets a cookie and asks again.

    One that wants to know whether a person sits before it is none: nobody gets past it here."""
    return (
        status == 200
        and _RELOADS.search(body) is not None
        and not _PROOF.search(body)
        and not _CAPTCHA.search(body)
    )


def _behind_200(headers: Mapping[str, str], body: bytes, text: str | None) -> Stop | None:
    if not is_html(headers, body):
        return Stop("unreachable", "not_html")
    if text is None or len(_LINK.findall(body)) > 3:
        return None
    if _CHALLENGE.search(body) or (len(text) < 100 and _RELOADS.search(body)):
        return Stop("blocked", "challenge")
    if _CAPTCHA.search(body):
        return Stop("blocked", "captcha")
    if _WAF.search(text):
        return Stop("blocked", "waf")
    if _MAINTENANCE.search(text):
        return Stop("unreachable", "maintenance")
    return None


def thin_text(body: bytes) -> str | None:
    """The text a reader sees of an answer that holds little; None for one that holds enough to be a page."""
    if len(body) > THIN_BODY:
        return None
    markup = _without(_UNSEEN, body).decode("utf-8", "replace")
    text = " ".join(unescape(_TAG.sub(" ", markup)).split())
    return text if len(text) <= THIN_TEXT else None


def sends_on(body: bytes, url: str) -> str | None:
    """Where a page that holds nothing of its own sends its reader: by meta refresh or a plain ``location=``.

    A page with text, links or scripts from elsewhere is a page, whatever its scripts may do later.
    """
    text = thin_text(body)
    if text is None or len(text) > 200 or len(_LINK.findall(body)) > 2:
        return None
    markup = _without(_NOT_RUN, body).decode("utf-8", "replace")
    target: str | None = None
    if refresh := _REFRESH.search(markup):
        found = _REFRESH_TO.search(refresh.group())
        if found and int(found.group(1) or 0) <= 10:
            target = unescape(found.group(2)).strip()
    elif not _SCRIPT_FROM.search(body) and (sent := _SENDS.search(markup)):
        target = sent.group(1) or sent.group(2)
    if not target:
        return None
    try:
        absolute = urljoin(url, target)
    except ValueError:
        return None
    return absolute if is_web(absolute) else None


def _without(openers: re.Pattern[bytes], body: bytes) -> bytes:
    """The markup without what stands between those openers and their ends; one that is never closed hides the
    rest, as in a browser. Each byte is looked at once: a pattern of pairs would look at some again and again."""
    low, kept, at = body.lower(), [], 0
    while opener := openers.search(body, at):
        kept.append(body[at : opener.start()])
        end = b"-->" if opener.group(1) is None else b"</" + opener.group(1).lower()
        found = low.find(end, opener.end())
        if found < 0:
            return b" ".join(kept)
        at = found + len(end)
    return b" ".join([*kept, body[at:]])
