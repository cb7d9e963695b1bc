"""What probes saw, as rules ask for it and as readers are shown it."""

from __future__ import annotations

from datetime import datetime

from audit_rules.articles import VIET_NAM
from audit_rules.facts import known
from audit_rules.probed import Handshake, NameFacts, Probes, SecurityTxt, SiteMap
from audit_rules.site import SiteFacts
from audit_rules.verdict import EXCERPT_LENGTH, Evidence

UNASKED = "not_probed"
"""The reason where nobody asked server or name system apart from the pages."""


def probes(site: SiteFacts) -> Probes:
    """Raises Unseen where nobody asked."""
    return known(site.net.probes, "probes", UNASKED)


def handshake(site: SiteFacts) -> Handshake:
    """Raises Unseen where nobody asked."""
    return known(probes(site).tls, "TLS", UNASKED)


def names(site: SiteFacts) -> NameFacts:
    """Raises Unseen where nobody asked."""
    return known(probes(site).names, "DNS", UNASKED)


def speaks_no_tls(site: SiteFacts) -> bool:
    """Whether the portal answers over http, and whoever asked for https, twice and by two ways, was turned away at
    the port or met no TLS there."""
    secure, plain = site.net.https, site.net.http
    apart = site.net.probes.tls if site.net.probes is not None else None
    if secure is None or plain is None or plain.status is None:
        return False
    if apart is None or apart.error == "not_recorded":
        return secure.error == "refused"
    return secure.error in ("refused", "tls") and apart.error == secure.error and not apart.unstable


def day(moment: datetime | None) -> str:
    """A moment as a day in Viet Nam; empty where it is not known."""
    return "" if moment is None else moment.astimezone(VIET_NAM).date().isoformat()


def shown_handshake(seen: Handshake) -> Evidence:
    dates = f"{day(seen.valid_from)} – {day(seen.valid_to)}" if seen.valid_to else ""
    said = (seen.protocol, seen.error or "", seen.issuer, ", ".join(seen.names[:6]), dates, seen.roots)
    return _shown(f"https://{seen.host}/", "chứng thư số / certificate", said, seen.seen_at)


def shown_names(seen: NameFacts) -> Evidence:
    said = (", ".join(seen.asked), ", ".join(seen.ipv6 or ()), seen.zone, seen.dnssec or "", seen.server)
    return _shown(f"https://{seen.host}/", "hệ thống tên miền / DNS", said, seen.seen_at)


def shown_file(seen: SiteMap | SecurityTxt) -> Evidence:
    said = (seen.url, str(seen.status or seen.error or ""))
    return _shown(seen.url, "tệp / file", said, seen.seen_at, seen.sha256)


def _shown(url: str, where: str, said: tuple[str, ...], seen_at: datetime, sha256: str = "") -> Evidence:
    return Evidence(url, where, "; ".join(filter(None, said))[:EXCERPT_LENGTH], sha256, seen_at, "probe")
