"""Pages with the words of private persons, whose bytes are not kept: questions, complaints, logins."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, urlsplit

from audit_rules.reading.vietnamese import fold

_SUBJECTS = (
    r"hoi[ -]?dap|hoi va dap|cau[ -]hoi|dat[ -]cau[ -]hoi|gui[ -]cau[ -]hoi|q&a|faqs?|phan[ -]?anh|kien[ -]?nghi"
    r"|khieu[ -]?nai|to[ -]?cao|gop[ -]?y(?![ -](?:cho[ -])?(?:du[ -]thao|van[ -]ban))|thu ban doc|hom thu"
    r"|y kien cong dan|y kien nguoi dan|dang[ -]?nhap|dang[ -]?ky tai khoan|tai khoan|log[ -]?in|sign[ -]?in"
)
_STEP = re.compile(rf"(?:{_SUBJECTS})(?:-[a-z0-9]+){{0,5}}\Z|(?:[a-z0-9]+-){{1,3}}(?:{_SUBJECTS})\Z")
"""A step of an address that names such a section; the heading of an article that speaks of one is longer."""
_NAMED = re.compile(rf"(?:trang |chuyen muc |muc |he thong |tra loi |danh sach |gui )*(?:{_SUBJECTS})\b")
_MOST_WORDS = 9
_TITLE = re.compile(rb"(?is)<title[^>]{0,100}>([^<]{1,400})<")
_LOOKED_AT = 65_536
_ENDING = re.compile(r"\.(?:html?|aspx?|jsp|php|do|action)\Z")


def has_private_words(url: str, body: bytes) -> bool:
    """Whether a page is one of questions, complaints or logins, by the steps of its address or by its title.

    Home never is: what a portal shows everybody first is its own. ``body`` is decompressed."""
    found = _TITLE.search(body[:_LOOKED_AT])
    return is_private(url, unescape(found.group(1).decode("utf-8", "replace")) if found else "")


def is_private(url: str, title: str) -> bool:
    """The same of a page that was read."""
    path = unquote(urlsplit(url).path).lower().strip("/")
    if not path:
        return False
    steps = [_ENDING.sub("", step).replace("_", "-") for step in path.split("/")]
    if any(_STEP.match(fold(step)) for step in steps):
        return True
    name = re.split(r"\s[-–|:»]\s|[|»]", title.strip(), maxsplit=1)[0]
    folded = fold(name).strip()
    return len(folded.split()) <= _MOST_WORDS and _NAMED.match(folded) is not None
