"""Whether a domain has the form that Nghị định 224/2026 Điều 11(4)(a)-(c) gives the kind of body it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from audit_rules.address import Address, plain_host
from audit_rules.facts import Agency, Portal
from audit_rules.naming import said, split_name
from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import words

Fit = Literal["fits", "other_name", "elsewhere", "level", "merged", "path", "abbreviation", "review", "no_name"]
"""``fits``; ``other_name``: another one than the place's full name; ``elsewhere``: not below the domain where it
belongs; ``level``: more labels than there may be; ``merged``: below the domain of a merged province. Of the others
nobody can say: ``path``, a folder of the main portal; ``abbreviation``, one that the registry does not know;
``review``, a form that a person has to weigh; ``no_name``, a body whose name is not known."""

FAULTS: frozenset[Fit] = frozenset({"other_name", "elsewhere", "level", "merged"})
_ROOT = ".gov.vn"
_STATE = tuple(f".{each['domain']}" for each in load("state_domains.toml")["state"])
_LARGEST_CITY, _ITS_LABEL = "hcm", "hochiminhcity"
"""The one domain that the decree names itself, and how ``naming`` writes the city."""
_PATTERNS: dict[str, str] = {
    "ministry": "tenbonganh",
    "unit": "tendonvi",
    "province": "tentinhthanh",
    "department": "tencoquan",
    "commune": "tenphuongxa",
}
_SMALL = frozenset({"of", "and", "the"})
_LEVELS = ("xa", "phuong")
_OF_A_FIELD = frozenset({"bo", "so", "cuc", "vu"})


def is_special_zone(agency: Agency | None) -> bool:
    """Whether a body is that of a đặc khu, for which the decree gives no form."""
    parts = split_name(agency.name_vi) if agency else None
    return parts is not None and parts[1].startswith(" dac khu ")


def fit(portal: Portal, main: Portal | None, address: Address) -> Fit:
    """How one address of a portal agrees with the form for its kind; ``main`` is a component's main portal."""
    host = plain_host(address.host)
    if portal.is_main:
        return _main_fit(portal, host, address)
    return _component_fit(portal, main, host, address) if main is not None else "no_name"


def expected(portal: Portal, main: Portal | None) -> str:
    """The domain by the decree: the place's name where that makes it, else the decree's own pattern."""
    below = f".{domain_of(main)}" if main is not None else _ROOT
    named = place_of(portal.agency) if portal.kind in ("province", "commune") else ""
    return f"{named or _PATTERNS.get(portal.kind, '')}{below}"


# --- ministries and provinces ------------------------------------------------------------------------------


def _main_fit(portal: Portal, host: str, address: Address) -> Fit:
    if host in _hosts(portal.inherited):
        return "merged"
    if not host.endswith(_ROOT):
        return "review" if f".{host}".endswith(_STATE) else "elsewhere"
    label = host.removesuffix(_ROOT)
    if address.path:
        return "path"
    if "." in label:
        return "level"
    if portal.agency is None:
        return "no_name"
    bare = label.replace("-", "")
    if portal.kind == "province":
        own = place_of(portal.agency)
        return "no_name" if not own else "fits" if bare == own else "other_name"
    return "fits" if bare in _spellings(portal.agency) else "abbreviation"


# --- components --------------------------------------------------------------------------------------------


def _component_fit(portal: Portal, main: Portal, host: str, address: Address) -> Fit:
    former = _hosts(main.inherited)
    parent = domain_of(main)
    others = (plain_host(main.address.host), *_hosts(main.aliases))
    if host in (parent, *others) or (address.path and host.endswith(f".{parent}")):
        return "path"
    if host.endswith(f".{parent}") or (main.kind == "ministry" and _below(host, others)):
        return _label_fit(portal, main, host)
    if host in former or _below(host, former):
        return "merged" if main.kind == "province" else "review"
    return "review" if _below(host, others) or f".{host}".endswith(_STATE[1:]) else "elsewhere"


def _label_fit(portal: Portal, main: Portal, host: str) -> Fit:
    parents = (domain_of(main), *_hosts(main.aliases))
    label = next(host.removesuffix(f".{parent}") for parent in parents if host.endswith(f".{parent}"))
    if "." in label:
        return "review"
    if portal.agency is None:
        return "no_name"
    bare = label.replace("-", "")
    if portal.kind != "commune":
        return "fits" if bare in _spellings(portal.agency) else "abbreviation"
    own = place_of(portal.agency)
    if not own:
        return "no_name"
    suffixes = ("", place_of(main.agency))
    if bare in {f"{level}{own}{suffix}" for level in ("", *_LEVELS) for suffix in suffixes}:
        return "fits"
    return "review" if own in bare else "other_name"


def domain_of(main: Portal) -> str:
    """The domain of a main portal's body: that of "cong.tinh.gov.vn" is "tinh.gov.vn", where its sites lie too."""
    host = plain_host(main.address.host)
    return ".".join(host.split(".")[-3:]) if host.endswith(_ROOT) else host


def _hosts(addresses: Iterable[Address]) -> tuple[str, ...]:
    return tuple(plain_host(address.host) for address in addresses if not address.path)


def _below(host: str, parents: Iterable[str]) -> bool:
    return any(host.endswith(f".{parent}") for parent in parents)


# --- names -------------------------------------------------------------------------------------------------


def place_of(agency: Agency | None) -> str:
    """The place that a body governs as a domain has it, or an empty text."""
    parts = split_name(agency.name_vi) if agency else None
    if parts is None:
        return ""
    bare = "".join(parts[2].split())
    return _ITS_LABEL if bare == _LARGEST_CITY else bare


@lru_cache(maxsize=4096)
def _spellings(agency: Agency) -> frozenset[str]:
    """The labels that name a body: in full or by its initials, Vietnamese or English."""
    found: set[str] = set()
    for name in (agency.name_vi, *agency.other_names):
        parts = split_name(name)
        found.update(_labels((parts[0] if parts else said(name)).split()))
    for small in (frozenset({"and"}), _SMALL):
        english = [word for word in words(agency.name_en) if word not in small]
        found.update(("".join(english), _initials(english)))
    return frozenset(label for label in found if len(label) >= 2)


def _labels(told: list[str]) -> Iterator[str]:
    """Labels of "so xay dung": soxaydung and sxd, and as a body known by its field xaydung, soxd and xd."""
    yield from ("".join(told), _initials(told))
    if told[:1] and told[0] in _OF_A_FIELD:
        field = told[1:]
        yield from ("".join(field), told[0] + _initials(field), _initials(field))


def _initials(told: list[str]) -> str:
    return "".join(word if word == "ubnd" else word[0] for word in told)
