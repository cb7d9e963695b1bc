"""Addresses as the gate reads them: what a host means, which addresses may be visited, what its options say."""

from __future__ import annotations

import base64
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal
from urllib.parse import unquote, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_HOST = re.compile(r"[a-z0-9_.-]{1,253}\Z")
_CONNECT_TO = re.compile(r"(\[[^]]*\]|[^:\[\]]*):(\d*):(\[[^]]*\]|[^:\[\]]*):(\d*)\Z", re.ASCII)
_SERVER = re.compile(r"(\[[^]]+\]|[^:\[\]]+):(\d+)\Z", re.ASCII)


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


# Loopback and private networks (RFC 1918, RFC 4193): what --allow-private opens.
_LOCAL = _networks("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
# Closed whatever the options say, though they look global or private: metadata services of clouds (Azure, AWS,
# Google), protocol assignments, the old 6to4 relay, and documentation that Python 3.11 does not know yet.
_NEVER = _networks(
    "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20"
)  # fmt: skip
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


class Refusal(Exception):
    """No connection is made. ``reason`` is a word of the contract; the message is a clear English sentence."""

    def __init__(self, reason: Literal["refused_address", "dns"], sentence: str) -> None:
        super().__init__(sentence)
        self.reason: Literal["refused_address", "dns"] = reason


@dataclass(frozen=True, slots=True)
class Proxy:
    """The operator's own proxy. ``authorization`` is the value of Proxy-Authorization, empty where none."""

    host: str
    port: int
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """One --connect-to; None matches any host or port, and keeps what was asked."""

    host: str | None
    port: int | None
    to_host: str | None
    to_port: int | None


def allowed(address: Address, *, allow_private: bool = False) -> bool:
    """Whether an address may be connected to; IPv4 inside IPv6 is judged as what it leads to."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return allowed(inner, allow_private=allow_private)
    if any(address in network for network in _NEVER):
        return False
    if any(address in network for network in _LOCAL):
        return allow_private
    if isinstance(address, IPv6Address) and address not in _GLOBAL_IPV6:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def plain(host: str) -> str:
    """A host as it is compared: lower case, IDNA, no brackets, no trailing dot. Raises Refusal for anything that is
    no host: blanks and control characters in a name are how checks are tricked."""
    plain = host.strip("[]").removesuffix(".").lower()
    if not plain.isascii():
        try:
            plain = plain.encode("idna").decode("ascii").removesuffix(".")
        except UnicodeError:
            plain = ""
    if ":" in plain:
        try:
            return str(IPv6Address(plain if "%" not in plain else ""))
        except ValueError:
            plain = ""
    if not _HOST.match(plain):
        raise Refusal("dns", f"{host[:80]!r} is no host name.")
    return plain


def literal(host: str) -> Address | None:
    """The address an IP literal means, also in the odd forms that C and browsers
    read (127.1, 0x7f.1, 2130706433); None for a name. Raises Refusal for what only looks like one."""
    try:
        return ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
    if not (last.isdigit() or last.startswith("0x")):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        raise Refusal("dns", f"{host} is neither a name nor an IP address.") from None


def _port(text: str, sentence: str) -> int | None:
    if not text:
        return None
    if not 0 < int(text) < 65536:
        raise ValueError(sentence)
    return int(text)


def _option_host(text: str, sentence: str) -> str:
    try:
        host = plain(text)
        literal(host)
    except Refusal:
        raise ValueError(sentence) from None
    return host


def read_mapping(text: str) -> Mapping:
    sentence = f"--connect-to “{text}”: write HOST1:PORT1:HOST2:PORT2, an IPv6 address in brackets"
    match = _CONNECT_TO.match(text.strip())
    if match is None:
        raise ValueError(sentence)
    host, port, to_host, to_port = match.groups()
    return Mapping(
        _option_host(host, sentence) if host else None,
        _port(port, sentence),
        _option_host(to_host, sentence) if to_host else None,
        _port(to_port, sentence),
    )


def read_server(text: str) -> tuple[str, int]:
    sentence = f"--dns “{text}”: write ADDRESS:PORT of a name server, its address as an IP address"
    match = _SERVER.match(text.strip())
    if match is None:
        raise ValueError(sentence)
    host = "127.0.0.1" if match[1] == "localhost" else _option_host(match[1], sentence)
    port = _port(match[2], sentence)
    if port is None or literal(host) is None:
        raise ValueError(sentence)
    return host, port


def read_proxy(text: str) -> Proxy:
    sentence = "--proxy: write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT"  # never repeats a password
    try:
        parts = urlsplit(text.strip() if "://" in text else f"http://{text.strip()}")
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        raise ValueError(sentence) from None
    if parts.scheme != "http" or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(sentence)
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(_option_host(host, sentence), port, authorization)
