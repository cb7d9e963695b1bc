"""Addresses of online public services: the national portal and the local systems in front of it."""

from __future__ import annotations

import re

from audit_rules.address import split_url
from audit_rules.reading.vietnamese import words
from audit_rules.reading.vocabulary import match

NATIONAL_HOSTS = frozenset({"dichvucong.gov.vn"})
_BELOW_NATIONAL = tuple(f".{host}" for host in NATIONAL_HOSTS)
_LOCAL_LABELS = ("dichvucong", "dvc", "motcua", "dichvucongtructuyen", "dvctt", "hcc", "motcuadientu")
_OTHER_LABELS = frozenset({"vneid", "pvhcc", "hanhchinhcong", "ttpvhcc", "tthcc", "congdvc", "egov", "tthc"})
_OTHER_WORDS = ("mot cua", "nop ho so", "hanh chinh cong", "pvhcc", "dich vu cong", "dvc", "vneid")
_LONGEST_NAME = 80
_MAY_BE_LOCAL = re.compile(rf"//(?:www\.)?(?:{'|'.join(_LOCAL_LABELS)})\.", re.IGNORECASE)
"""Rules and the crawler ask this of every link of a portal: most are told by a look at the start."""


def is_national_service(url: str) -> bool:
    """Whether an address lies on the National Public Service Portal."""
    if not any(host in url.lower() for host in NATIONAL_HOSTS):
        return False
    host, _ = split_url(url)
    return host in NATIONAL_HOSTS or host.endswith(_BELOW_NATIONAL)


def is_local_service(url: str, text: str) -> bool:
    """Whether an address is a local service system by its host or by the words of its link; a host outside of
    ``.vn`` is somebody who sells help with forms."""
    called = _is_called_service(text)
    if not called and not _MAY_BE_LOCAL.search(url):
        return False
    host, _ = split_url(url)
    label = host.partition(".")[0]
    return (
        host.endswith(".vn")
        and not is_national_service(url)
        and (label in _LOCAL_LABELS or (called and label != "www"))
    )


def _is_called_service(text: str) -> bool:
    found = match(text, "national_services")
    return found is not None and found.why_not is None and found.wording.startswith("cổng dịch vụ")


def names_services(text: str) -> bool:
    """Whether a text does nothing but name the national portal or the way to services."""
    found = match(text, "national_services") if len(text) <= _LONGEST_NAME else None
    return (
        found is not None and found.why_not is None and found.wording != "thủ tục hành chính" and found.extra <= 2
    )


def may_be_service(url: str, text: str) -> bool:
    """Whether a link to a host of the state may lead to services under another name ("Một cửa", "Nộp hồ sơ")."""
    host, _ = split_url(url)
    told = " ".join(words(text)) if len(text) <= _LONGEST_NAME else ""
    named = any(word in told for word in _OTHER_WORDS) or host.partition(".")[0] in _OTHER_LABELS
    return named and host.endswith(".gov.vn")
