"""What the portals of all families are made of: answers, measuring code, footer lines, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Template

from sandbox.bodies import EMC_HOST, Body

Faults = frozenset[str]
"""Ids of the faults planted in one portal."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answers. ``packed``: sent gzip-encoded to clients that take it."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""
    packed: bool = False


NOT_FOUND = Answer("<!DOCTYPE html><title>404</title><h1>Không tìm thấy</h1>".encode(), status=404)


@dataclass(frozen=True, slots=True)
class Site:
    """All pages of one portal by path, or by path and query; ``search`` answers ``search_path`` for what is asked
    in ``search_field``, ``missing`` what does not exist, save files: those are plainly not found."""

    pages: Mapping[str, Answer]
    missing: Answer
    search_path: str = ""
    search_field: str = ""
    search: Callable[[str], Answer] = field(default=lambda words: Answer(words.encode()))

    def answer(self, path: str, query: Mapping[str, str]) -> Answer:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        if path == self.search_path and (self.search_field in query or path not in self.pages):
            return self.search(query.get(self.search_field, "")[:100])
        lost = NOT_FOUND if path.endswith(".pdf") else self.missing
        return self.pages.get(f"{path}?{asked}") or self.pages.get(path) or self.pages.get(path.rstrip("/")) or lost


def html(text: str, *, status: int = 200, packed: bool = False, charset: str = "; charset=utf-8") -> Answer:
    return Answer(text.encode(), "text/html" + charset, status, packed=packed)


def plain(text: str, kind: str = "text/plain") -> Answer:
    return Answer(text.encode(), f"{kind}; charset=utf-8")


def redirect(url: str) -> Answer:
    return Answer(b"", status=301, location=url)


PICTURE = Answer(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c49444154789c6360606000000004000149a5b3a50000000049454e44ae426082"
    ),
    "image/png",
)
"""A picture of one pixel."""


def document(title: str) -> Answer:
    """A PDF of one page with a line of text, written in plain letters: the standard fonts have no Vietnamese."""
    text = f"BT /F1 16 Tf 72 760 Td ({title}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    pdf, starts = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(pdf))
        pdf += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    size = len(objects) + 1
    pdf += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
        f"startxref\n{len(pdf)}\n%%EOF\n"
    )
    return Answer(pdf.encode("ascii"), "application/pdf")


_EMC = Template(
    """  var _govaq = window._govaq || [];
$counts  _govaq.push(['enableLinkTracking']);
  (function () {
    _govaq.push(['setTrackerUrl', '$scheme://$host/tracking']);
    _govaq.push(['setSiteId', '$site_id']);
    var d = document,
        g = d.createElement('script'),
        s = d.getElementsByTagName('script')[0];
    g.type = 'text/javascript';
    g.async = true;
    g.defer = true;
    g.src = '$scheme://$host/embed/gov-tracking.min.js';
    s.parentNode.insertBefore(g, s);
  })();
"""
)


def emc_script(body: Body, faults: Faults) -> str:
    """The text of the measuring script, as agencies paste it."""
    return _EMC.substitute(
        scheme="http" if "emc_over_http" in faults else "https",
        host=EMC_HOST,
        site_id="" if "emc_empty_id" in faults else body.emc_id,
        counts="" if "emc_never_calls" in faults else "  _govaq.push(['trackPageView']);\n",
    )


def emc_code(body: Body, faults: Faults, *, home: bool) -> str:
    """The measuring code in the source of a page, or what the faults have left of it."""
    if "no_emc" in faults or ("emc_only_on_home" in faults and not home):
        return ""
    script = f'<script type="text/javascript">\n{emc_script(body, faults)}</script>'
    if "emc_commented_out" in faults:
        return f"<!--\n{script}\n-->"
    return f"<!-- Begin EMC Tracking Code -->\n{script}\n<!-- End EMC Tracking Code -->"


def masked(address: str) -> str:
    """An e-mail address as Cloudflare hides it: each byte combined with the first one."""
    key = len(address) % 200 + 17
    code = bytes([key, *(letter ^ key for letter in address.encode())]).hex()
    return (
        f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{code}">'
        "[email&#160;protected]</a>"
    )
