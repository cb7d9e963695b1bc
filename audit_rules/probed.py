"""What the server and the name system say when they are asked apart from the pages: TLS, addresses, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Defect = Literal[
    "expired",
    "not_yet_valid",
    "self_signed",
    "incomplete_chain",
    "chain_expired",
    "untrusted",
    "wrong_name",
    "weak",
]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What TLS said under the portal's name. ``protocol`` as OpenSSL writes it ("TLSv1.2"), "" where no handshake
    was done; then ``error`` is a reason of the contract. ``defects`` is empty for a certificate that browsers take,
    ``unread`` marks one that nobody could take apart; ``roots`` names those it was held against.

    ``unstable`` where a defect, an old protocol or no handshake was seen, and another try a moment later said
    otherwise; ``proxied`` where the operator's proxy stood between, which may show a certificate of its own."""

    host: str
    seen_at: datetime
    protocol: str = ""
    defects: tuple[Defect, ...] = ()
    error: str | None = None
    issuer: str = ""
    names: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    sha256: str = ""
    roots: str = ""
    unread: bool = False
    unstable: bool = False
    proxied: bool = False


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What the name system (``server``) says of the portal's host.

    ``ipv6`` are the AAAA addresses of the first of the names ``asked`` that has any, ``named`` that one; None where
    nobody could tell, for the reason ``error`` ("dns", "mapped": the names lead elsewhere here, "not_recorded").
    ``ipv6_answered`` tells whether the portal answered there: None where there is no address, no way there from
    here or no answer in time (``ipv6_error``). ``dnssec`` tells of the ``zone`` of the name: None where the
    resolver could not."""

    host: str
    seen_at: datetime
    asked: tuple[str, ...] = ()
    named: str = ""
    ipv6: tuple[str, ...] | None = None
    error: str | None = None
    ipv6_answered: bool | None = None
    ipv6_error: str | None = None
    zone: str = ""
    dnssec: Literal["signed", "unsigned", "broken"] | None = None
    dnssec_error: str | None = None
    server: str = ""


@dataclass(frozen=True, slots=True)
class SiteMap:
    """The portal's XML site map: where it was found, how many addresses it lists, how many of them are the
    portal's own. ``fault`` says why it is none ("" where it is one): ``absent``, ``unparsable``,
    ``lists_nothing``, ``lists_others``; ``error`` is the reason where nobody could tell."""

    url: str
    seen_at: datetime
    status: int | None = None
    listed: int = 0
    own: int = 0
    fault: str = ""
    error: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """The file of RFC 9116: its fields in their order, empty where there is none; ``error`` is the reason where
    nobody could tell."""

    url: str
    seen_at: datetime
    status: int | None = None
    fields: tuple[tuple[str, str], ...] = ()
    error: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Probes:
    """Each is None where it was not asked. ``hsts`` is the header of home over https, "" where there is none;
    ``upgrades`` whether home's headers tell browsers to ask for https in place of http."""

    tls: Handshake | None = None
    names: NameFacts | None = None
    hsts: str | None = None
    upgrades: bool = False
    security_txt: SecurityTxt | None = None
    site_map: SiteMap | None = None
