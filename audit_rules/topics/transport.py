"""How the portal is reached: over a safe connection, under a domain of the form that the decree gives."""

from __future__ import annotations

from audit_rules.address import Address, plain_host, split_url
from audit_rules.domains import FAULTS, Fit, expected, fit, is_special_zone
from audit_rules.evidence import evidence
from audit_rules.facts import COMPONENT_KINDS, MAIN_KINDS, Answer, Surroundings, known
from audit_rules.probed import Handshake
from audit_rules.probing import (
    day,
    handshake,
    names,
    probes,
    shown_file,
    shown_handshake,
    shown_names,
    speaks_no_tls,
)
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, as_sign, cant_tell, failed, inapplicable, passed

_BY_PROXY = frozenset({"self_signed", "incomplete_chain", "untrusted"})
"""Defects of a certificate that the operator's proxy may show in place of the portal's; then its name and dates are
not the portal's either."""
_TLS = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}


def _shown(answer: Answer) -> Evidence:
    said = f"{answer.status} {answer.final_url}" if answer.status is not None else str(answer.error)
    return Evidence(answer.url, "kết nối / connection", said, answer.sha256, answer.seen_at, "probe")


@rule
def https(site: SiteFacts) -> Verdict:
    """The portal answers over https."""
    answer = known(site.net.https, "https", "unreachable")
    if answer.status is not None:
        if answer.final_url.startswith("http://"):
            return failed(_shown(answer), state="sent_back")
        return passed(_shown(answer))
    apart = site.net.probes.tls if site.net.probes is not None else None
    if apart is not None and apart.protocol:
        return cant_tell("unstable", _shown(answer), shown_handshake(apart))
    if speaks_no_tls(site) and site.net.http is not None:
        return failed(_shown(answer), _shown(site.net.http), state=str(answer.error))
    return cant_tell("not_recorded" if answer.error == "not_recorded" else "unreachable", _shown(answer))


def _no_handshake(site: SiteFacts, seen: Handshake) -> Verdict:
    """What is said of TLS where there was none to see."""
    if speaks_no_tls(site):
        return inapplicable("http_only")
    return cant_tell("not_recorded" if seen.error == "not_recorded" else "unreachable", shown_handshake(seen))


@rule
def certificate_valid(site: SiteFacts) -> Verdict:
    """The certificate is one that browsers take: its chain, its name and its dates. A defect is seen twice."""
    seen = handshake(site)
    if not seen.protocol:
        return _no_handshake(site, seen)
    shown, state = shown_handshake(seen), [str(each) for each in seen.defects]
    if seen.unread or seen.valid_to is None:
        return cant_tell("certificate_unread", shown)
    if state and seen.unstable:
        return cant_tell("unstable", shown, state=state)
    if seen.proxied and _BY_PROXY.intersection(state):
        return cant_tell("by_proxy", shown, state=state)
    days = (seen.valid_to - seen.seen_at).days
    if not state:
        return passed(shown, host=seen.host, issuer=seen.issuer, until=day(seen.valid_to), days=days)
    return failed(
        shown,
        state=state,
        host=seen.host,
        names=list(seen.names),
        issuer=seen.issuer,
        since=day(seen.valid_from),
        until=day(seen.valid_to),
        days=days,
        seen=day(seen.seen_at),
    )


@rule
def http_redirects_to_https(site: SiteFacts) -> Verdict:
    """Whoever comes over http is sent on to https."""
    secure, plain = site.net.https, site.net.http
    if plain is None:
        return cant_tell("http_not_asked")
    if plain.error == "refused" and secure is not None and secure.status is not None:
        return inapplicable("http_closed")
    if plain.status is None:
        return cant_tell("not_recorded" if plain.error == "not_recorded" else "unreachable", _shown(plain))
    if plain.final_url.startswith("https://"):
        return passed(_shown(plain))
    if secure is None or secure.status is None or secure.final_url.startswith("http://"):
        return inapplicable("http_only")
    if plain.status >= 400 or secure.status >= 400 or site.home is None:
        return cant_tell("unreachable", _shown(plain), _shown(secure))  # an error page sends nobody anywhere
    return failed(_shown(plain), _shown(secure))


@rule
def no_mixed_content(site: SiteFacts) -> Verdict:
    """Pages that come over https load nothing by themselves over http."""
    home = site.known_home
    secure = {view.url for view in site.views if view.url.startswith("https://") and not view.missing}
    if not secure:
        return inapplicable("http_only")
    loaded = [view for view in site.views if view.insecure and view.url in secure]
    apart = site.net.probes
    if loaded and apart is not None and apart.upgrades:
        return cant_tell("needs_review")  # home's headers have browsers ask for https instead: likely everywhere
    if loaded:
        shown = [evidence(view, "địa chỉ http:// / http:// addresses", view.insecure[0]) for view in loaded[:3]]
        addresses = list(dict.fromkeys(url for view in loaded for url in view.insecure))
        return failed(*shown, count=len({view.url for view in loaded}), addresses=addresses[:12])
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, wanted=site.wanted(home))
    return passed(count=len(secure))


@rule
def tls_version(site: SiteFacts) -> Verdict:
    """The server speaks TLS 1.2 or newer with whoever offers 1.0 to 1.3. An older answer is seen twice."""
    seen = handshake(site)
    if not seen.protocol:
        return _no_handshake(site, seen)
    shown, version = shown_handshake(seen), _TLS.get(seen.protocol, seen.protocol)
    if seen.protocol in ("TLSv1.2", "TLSv1.3"):
        return passed(shown, version=version)
    if seen.unstable or seen.proxied:
        return cant_tell("unstable" if seen.unstable else "by_proxy", shown, version=version)
    return failed(shown, version=version)


@rule
def hsts(site: SiteFacts) -> Verdict:
    """The portal tells browsers to come over https only (value)."""
    policy = probes(site).hsts
    if policy is None or site.net.https is None:
        return inapplicable("http_only") if (site.visit.home or "").startswith("http:") else cant_tell("coverage")
    return passed(_shown(site.net.https), policy=policy) if policy else inapplicable("no_hsts")


@rule
def dnssec(site: SiteFacts) -> Verdict:
    """The domain is signed (value): it has a DS record at its parent, and its signatures fit its keys."""
    seen = names(site)
    if seen.dnssec is None:
        return cant_tell(seen.error or seen.dnssec_error or "dns", shown_names(seen))
    return passed(shown_names(seen), state=seen.dnssec, zone=seen.zone)


@rule
def security_txt(site: SiteFacts) -> Verdict:
    """The portal says where faults of its security are to be told (RFC 9116, value)."""
    seen = known(probes(site).security_txt, "security.txt", "blocked")
    if seen.error is not None:
        return cant_tell(seen.error, shown_file(seen))
    if not seen.fields:
        return inapplicable("no_security_txt")
    fields = {name: [text for field, text in seen.fields if field == name] for name in ("contact", "expires")}
    return passed(shown_file(seen), contact=fields["contact"], expires=fields["expires"])


@rule
def ipv6(site: SiteFacts) -> Verdict:
    """The portal's name has an IPv6 address (an AAAA record, also by way of an alias), and it answers there."""
    seen = names(site)
    shown = shown_names(seen)
    if seen.ipv6 is None:
        return cant_tell(seen.error or "dns", shown)
    if not seen.ipv6:
        return failed(shown, state="no_aaaa", domain=list(seen.asked))
    domain, address = seen.named, list(seen.ipv6)
    if seen.ipv6_answered:
        return passed(shown, domain=domain, address=address)
    if seen.ipv6_answered is None:
        here = seen.ipv6_error in (None, "no_ipv6_here")
        return cant_tell("no_ipv6_here" if here else "ipv6_silent", shown, domain=domain, address=address)
    fault = failed(shown, state="aaaa_refused", domain=domain, address=address)
    return as_sign(fault)  # somebody between us and them may have said no


# --- the domain ----------------------------------------------------------------------------------------------


def _current(site: SiteFacts, around: Surroundings) -> list[Address]:
    """The addresses under which the portal is reached on the day, the canonical one first."""
    others = [alias for alias in site.portal.aliases if alias.holds(around.day)]
    return [site.portal.address, *others]


def _named(site: SiteFacts, domain: str) -> Evidence:
    """The domain, as the visit met it."""
    answer = site.net.https or site.net.http
    seen_at = answer.seen_at if answer else site.known_home.views[0].seen_at
    return Evidence(site.visit.home or f"https://{domain}/", "tên miền / domain", domain, "", seen_at, "probe")


@rule
def vn_domain(site: SiteFacts, around: Surroundings) -> Verdict:
    """The portal is reached under the national domain .vn."""
    for address in _current(site, around):
        if plain_host(address.host).endswith(".vn"):
            return passed(_named(site, str(address)), domain=str(address))
    domain = str(site.portal.address)
    return failed(_named(site, domain), domain=domain)


@rule
def domain_form(site: SiteFacts, around: Surroundings) -> Verdict:
    """The domain has the form that Nghị định 224/2026 Điều 11(4)(a)-(c) gives this kind of body."""
    portal, main = site.portal, around.main_portal
    if portal.kind not in MAIN_KINDS | COMPONENT_KINDS:
        return inapplicable("kind")
    if portal.kind == "commune" and is_special_zone(portal.agency):
        return inapplicable("special_zone")
    if portal.kind_guessed or not portal.registered:
        return cant_tell("unregistered")
    if portal.is_component and main is None:
        return cant_tell("no_known_parent")
    end, _ = split_url(site.visit.home or "")
    if any(end == plain_host(old.host) for old in portal.inherited if not old.path):
        return as_sign(failed(_named(site, end), domain=end, state="merged", expected=expected(portal, main)))
    fits = {str(address): fit(portal, main, address) for address in _current(site, around)}
    domain = next((domain for domain, how in fits.items() if how == "fits"), str(portal.address))
    return _of_form(site, domain, fits, expected(portal, main))


_UNTOLD: dict[Fit, str] = {"abbreviation": "abbreviation_unknown", "no_name": "unregistered"}


def _of_form(site: SiteFacts, domain: str, fits: dict[str, Fit], form: str) -> Verdict:
    how = fits[domain]
    if how == "fits":
        return passed(_named(site, domain), domain=domain)
    doubtful = next((other for other, its in fits.items() if its not in FAULTS), None)
    if doubtful is not None:
        return cant_tell(_UNTOLD.get(fits[doubtful], "needs_review"), _named(site, doubtful), domain=doubtful)
    fault = failed(_named(site, domain), domain=domain, state=how, expected=form)
    return as_sign(fault) if how == "merged" else fault
