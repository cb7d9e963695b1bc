"""Addresses of online public services: the national portal and the local systems in front of it."""

from __future__ import annotations

from audit_rules.address import split_url
from audit_rules.reading.vocabulary import match

NATIONAL_HOSTS = frozenset({"dichvucong.gov.vn"})
_BELOW_NATIONAL = tuple(f".{host}" for host in NATIONAL_HOSTS)
_LOCAL_LABELS = ("dichvucong", "dvc", "motcua", "dichvucongtructuyen", "dvctt", "hcc", "motcuadientu")


def is_national_service(url: str) -> bool:
    """Whether an address lies on the National Public Service Portal."""
    host, _ = split_url(url)
    return host in NATIONAL_HOSTS or host.endswith(_BELOW_NATIONAL)


def is_local_service(url: str, text: str) -> bool:
    """Whether an address is a local service system by its host or by the words of its link; a host outside of
    ``.vn`` is somebody who sells help with forms."""
    host, _ = split_url(url)
    if not host.endswith(".vn") or is_national_service(url):
        return False
    label = host.partition(".")[0]
    if label in _LOCAL_LABELS:
        return True
    found = match(text, "national_services")
    return (
        found is not None and found.why_not is None and found.wording.startswith("cổng dịch vụ") and label != "www"
    )
