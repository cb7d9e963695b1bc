"""Whether the page at a portal's address is somebody else's, or nobody's: a name up for sale, a server that nobody
has set up, a trade that took over a name which ran out, nothing at all.

A portal into which strangers planted links is still a portal (``integrity.no_injected_spam``): whatever shows a
sign of a public body is taken for one.
"""

from __future__ import annotations

import re
from typing import Literal

from audit_rules.address import split_url
from audit_rules.facts import Page, PageFacts, Portal
from audit_rules.reading.vietnamese import fold
from audit_rules.spam import names_trade

Stranger = Literal["parked", "default_page", "taken_over", "empty"]

_SHORT = 4_000
"""Characters of text up to which a page may be nothing but a notice about its name."""
_READ = 40_000
_MOST_LINES = 600
_ADVERTISING = 5
"""Lines about the trade, beside the title, that make the page the trade's own."""

_PUBLIC = re.compile(
    r"\b(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|thong tin dien tu|co quan chu quan|thu tuc hanh chinh"
    r"|van ban (?:quy pham|chi dao)|dich vu cong|chinh phu|(?:so|bo|ban|cuc|tong cuc|phong|van phong) (?:noi vu"
    r"|tai chinh|xay dung|y te|tu phap|giao duc|khoa hoc|cong thuong|nong nghiep|van hoa|ngoai vu|thanh tra))\b"
)
_PARKED = re.compile(
    r"\bdomain(?: name)? (?:\S+ ){0,4}(?:for sale|parked|expired|has been registered|available)\b"
    r"|\b(?:buy|purchase) this domain\b|\bdomain parking\b|\bparked (?:free|domain|page)\b"
    r"|\bten mien (?:\S+ ){0,5}(?:rao ban|duoc ban|het han|duoc dang ky|chuyen nhuong|bi (?:tam )?(?:ngung|khoa))\b"
    r"|\baccount (?:has been )?suspended\b|\b(?:hosting|website|trang web) (?:\S+ ){0,3}bi (?:tam )?khoa\b"
)
_PARKING_HOSTS = frozenset(
    {"sedo.com", "sedoparking.com", "parkingcrew.net", "bodis.com", "afternic.com", "dan.com", "hugedomains.com",
     "undeveloped.com", "above.com", "parklogic.com"}
)  # fmt: skip
_DEFAULT = re.compile(
    r"welcome to (?:nginx|centos|openresty|caddy|liferay)\b|\bapache2? (?:\S+ )?default page|it works!?\Z"
    r"|iis (?:windows server|\d)|test page for the (?:apache|nginx|http)|index of /|default (?:web site|plesk)"
    r"|apache tomcat(?:/[\d.]+)?\Z|congratulations,? your (?:site|website) is (?:ready|live)"
)


def stranger(page: Page, portal: Portal) -> Stranger | None:
    """Who speaks at the address of a portal's home in its place; None where nobody else does, as far as is seen."""
    view = page.rendered or page.raw
    if view is None or view.missing or view.emc or _is_public(view, portal):
        return None
    if view.render is not None and _is_empty(view):
        return "empty"
    title, text = fold(view.title), _text(view)
    if _DEFAULT.match(title) or (len(text) < _SHORT and _DEFAULT.match(text)):
        return "default_page"
    if len(text) < _SHORT and (_PARKED.search(f"{title} {text}") or _parking(view)):
        return "parked"
    if names_trade(view.title):
        trade = sum(names_trade(line.text) for line in view.lines[:_MOST_LINES] if len(line.text) < 200)
        return "taken_over" if trade >= _ADVERTISING else None
    return None


def _is_empty(view: PageFacts) -> bool:
    """Whether a drawn page shows nothing at all, and had not wanted to send something first."""
    kept_back = view.render is not None and view.render.refused > 0
    return not (kept_back or view.lines or view.links or view.forms or view.pictures or view.images)


def _text(view: PageFacts) -> str:
    return fold(" ".join(line.text for line in view.lines)[:_READ])


def _is_public(view: PageFacts, portal: Portal) -> bool:
    """Whether the page names a public body, or leads to another one's portal."""
    own = portal.address.host
    said = f"{fold(view.title)} {_text(view)}"
    agency = fold(portal.agency.name_vi) if portal.agency else ""
    if _PUBLIC.search(said) or (agency and agency in said):
        return True
    hosts = {split_url(link.url)[0] for link in view.links}
    return any(host.endswith(".gov.vn") and not host.endswith(own) for host in hosts)


def _parking(view: PageFacts) -> bool:
    hosts = {split_url(link.url)[0].removeprefix("www.") for link in view.links}
    return bool(hosts & _PARKING_HOSTS)
