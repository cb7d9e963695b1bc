"""How the portal is reached: over a safe connection, under a domain of the form that the decree gives."""

from __future__ import annotations

from audit_rules.address import Address, plain_host, split_url
from audit_rules.domains import FAULTS, Fit, expected, fit, is_special_zone
from audit_rules.evidence import evidence
from audit_rules.facts import COMPONENT_KINDS, MAIN_KINDS, Answer, Surroundings, known
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, as_sign, cant_tell, failed, inapplicable, passed, untested

_NO_HTTPS = frozenset({"refused", "tls", "connection_closed"})
"""Ways in which a host that answers over http says that it has no https."""


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
    if answer.error in _NO_HTTPS and site.net.http is not None and site.net.http.status is not None:
        return failed(_shown(answer), _shown(site.net.http), state=str(answer.error))
    return cant_tell("not_recorded" if answer.error == "not_recorded" else "unreachable", _shown(answer))


@rule
def certificate_valid(_site: SiteFacts) -> Verdict:
    """The certificate is valid: its chain, its name and its dates."""
    return untested("needs_probe")


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
    if loaded:
        shown = [evidence(view, "địa chỉ http:// / http:// addresses", view.insecure[0]) for view in loaded[:3]]
        addresses = list(dict.fromkeys(url for view in loaded for url in view.insecure))
        return failed(*shown, count=len({view.url for view in loaded}), addresses=addresses[:12])
    reason = site.unsettled(home)
    if reason is not None:
        return cant_tell(reason, wanted=site.wanted(home))
    return passed(count=len(secure))


@rule
def tls_version(_site: SiteFacts) -> Verdict:
    """The connection uses TLS 1.2 or newer."""
    return untested("needs_probe")


@rule
def hsts(_site: SiteFacts) -> Verdict:
    """The portal tells browsers to come over https only (value)."""
    return untested("needs_probe")


@rule
def dnssec(_site: SiteFacts) -> Verdict:
    """The domain is signed (value)."""
    return untested("needs_probe")


@rule
def security_txt(_site: SiteFacts) -> Verdict:
    """The portal says where faults of its security are to be told (RFC 9116, value)."""
    return untested("needs_probe")


@rule
def ipv6(_site: SiteFacts) -> Verdict:
    """The portal's name has an IPv6 address, and it answers there."""
    return untested("needs_probe")


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
