"""What the server and the name system say when they are asked apart from the pages: TLS, addresses, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Defect = Literal["expired", "not_yet_valid", "self_signed", "incomplete_chain", "untrusted", "wrong_name", "weak"]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What TLS said under the portal's name. ``protocol`` as OpenSSL writes it ("TLSv1.2"), "" where no handshake
    was done; then ``error`` is a reason of the contract. ``defect`` is None for one that browsers take."""

    host: str
    seen_at: datetime
    protocol: str = ""
    defect: Defect | None = None
    error: str | None = None
    issuer: str = ""
    names: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What the name system says of the portal's host. ``ipv6`` are its AAAA addresses, None where nobody answered;
    ``ipv6_answered`` whether the portal answered there: None where no way leads there from here, or there is no
    such address. ``signed`` tells of DNSSEC: None where the resolver could not tell."""

    host: str
    seen_at: datetime
    ipv6: tuple[str, ...] | None = None
    ipv6_answered: bool | None = None
    ipv6_error: str | None = None
    signed: bool | None = None
    signed_error: str | None = None


@dataclass(frozen=True, slots=True)
class SiteMap:
    """The portal's XML site map: where it was found, how many addresses it lists, how many of them are the
    portal's own; ``fault`` says why it is none ("" where it is one)."""

    url: str
    seen_at: datetime
    status: int | None
    listed: int = 0
    own: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Probes:
    """Each is None where it was not asked. ``hsts`` is the header of home over https, "" where there is none;
    ``security_txt`` the fields of that file (RFC 9116), empty where there is none, None where nobody could tell;
    ``site_map`` see SiteMap."""

    tls: Handshake | None = None
    names: NameFacts | None = None
    hsts: str | None = None
    security_txt: tuple[tuple[str, str], ...] | None = None
    site_map: SiteMap | None = None
