"""What is wrong with a server's certificate, as a browser would see it.

OpenSSL builds the chain, without its strict mode: ``cryptography``'s own verification, and that mode, refuse
certificates that browsers take (no authority key identifier, odd fields of a root), and a wrong accusation is worse
than a missed fault. It is asked about the very certificates of one handshake, so that the fault told is that of the
server that was met, and at a moment at which the certificate itself is in date, so that one fault does not hide
another. Names and weakness are looked at here, by the rules of browsers: subjectAltName only, no SHA-1, RSA from
1024 bits.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from OpenSSL import crypto

from audit_rules.probed import Defect, Handshake

MAX_NAMES = 40
_LONGEST = 200
_WEAKEST_RSA = 1024
_WEAK_HASHES = frozenset({"md2", "md4", "md5", "sha1"})
# OpenSSL's numbers (x509_vfy.h): not yet valid, expired; the leaf signs itself, the chain ends with a stranger that
# does; no issuer was found for the last one, for the leaf.
_DATES, _SELF_SIGNED, _STRANGE_ROOT, _NO_ISSUER = (9, 10), 18, 19, (2, 20, 21)


class Roots:
    """The authorities that are trusted: the system's (certifi's where the machine has none) and those of a file.

    Raises OSError where the file cannot be read as certificates."""

    def __init__(self, ca_file: str | None = None) -> None:
        self.store = crypto.X509Store()
        self.store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)  # the operator's file may hold an intermediate
        paths = ssl.get_default_verify_paths()
        file, folder = paths.cafile, paths.capath
        self.said = "system"
        if file is None and folder is None:
            import certifi

            file, self.said = certifi.where(), "certifi"
        self.store.load_locations(file, folder if folder and Path(folder).is_dir() else None)
        if ca_file is not None:
            try:
                self.store.load_locations(ca_file)
            except crypto.Error as error:
                raise OSError(f"no certificates in {ca_file}") from error
            self.said += " + --ca-file"


@lru_cache(maxsize=4)
def roots(ca_file: str | None = None) -> Roots:
    """The roots, kept: reading them takes longer than a handshake."""
    return Roots(ca_file)


def told(handshake: Handshake, chain: Sequence[x509.Certificate], trusted: Roots) -> Handshake:
    """The handshake with what its certificates say, the server's own first."""
    if not chain:
        return replace(handshake, unread=True)
    leaf = chain[0]
    handshake = replace(
        handshake, sha256=hashlib.sha256(leaf.public_bytes(Encoding.DER)).hexdigest(), roots=trusted.said
    )
    try:
        names, issuer = names_of(leaf), _issuer(leaf)
        defects = (
            *_of_dates(leaf, handshake.seen_at),
            *_of_chain(chain, trusted, handshake.seen_at),
            *(() if any(_matches(name, handshake.host) for name in names) else ("wrong_name",)),
            *(("weak",) if any(map(_is_weak, chain)) else ()),
        )
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.ExtensionNotFound, crypto.Error):
        return replace(handshake, unread=True)  # browsers may still take what this library cannot read
    return replace(
        handshake,
        defects=defects,
        issuer=issuer,
        names=tuple(_clean(name) for name in names[:MAX_NAMES]),
        valid_from=leaf.not_valid_before_utc,
        valid_to=leaf.not_valid_after_utc,
    )


def names_of(certificate: x509.Certificate) -> list[str]:
    """The names a certificate is for, hosts and IP addresses, as written."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    hosts = extension.value.get_values_for_type(x509.DNSName)
    return [*hosts, *(str(each) for each in extension.value.get_values_for_type(x509.IPAddress))]


def _matches(name: str, host: str) -> bool:
    name, host = name.lower().removesuffix("."), host.lower().removesuffix(".")
    if name == host:
        return True
    first, _, rest = host.partition(".")
    return name.startswith("*.") and bool(first) and name[2:] == rest and not _is_ip(host)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _of_dates(leaf: x509.Certificate, moment: datetime) -> tuple[Defect, ...]:
    if moment < leaf.not_valid_before_utc:
        return ("not_yet_valid",)
    return ("expired",) if moment > leaf.not_valid_after_utc else ()


def _of_chain(chain: Sequence[x509.Certificate], trusted: Roots, moment: datetime) -> tuple[Defect, ...]:
    """OpenSSL follows one path only; browsers try others. So a stale root that the server sends along is left out
    in a second try. A certificate out of date is judged as of when it was not; what was out of date then is not."""
    leaf = chain[0]
    in_date = min(max(moment, leaf.not_valid_before_utc), leaf.not_valid_after_utc - timedelta(seconds=1))
    trusted.store.set_time(in_date.astimezone(UTC))
    code, depth, last = _verified(chain, trusted)
    if code:
        own = [leaf, *(each for each in chain[1:] if each.issuer != each.subject)]
        code, depth, last = _verified(own, trusted) if len(own) < len(chain) else (code, depth, last)
    if not code:
        return ()
    if code == _SELF_SIGNED or (code == _STRANGE_ROOT and depth == 0):
        return ("self_signed",)
    if code in _NO_ISSUER and last is not None and _names_issuers_file(last):
        return ("incomplete_chain",)
    if code in _DATES:
        return ("chain_expired",) if in_date == moment else ()
    return ("untrusted",)


def _verified(chain: Sequence[x509.Certificate], trusted: Roots) -> tuple[int, int, x509.Certificate | None]:
    """OpenSSL's number of what is wrong (0: nothing), where in the chain, and the certificate it stopped at."""
    leaf, *others = (crypto.X509.from_cryptography(each) for each in chain)
    try:
        crypto.X509StoreContext(trusted.store, leaf, others).verify_certificate()
    except crypto.X509StoreContextError as error:
        code, depth, _ = error.errors
        return int(code), int(depth), error.certificate.to_cryptography()
    return 0, 0, None


def _names_issuers_file(certificate: x509.Certificate) -> bool:
    """Whether a certificate says where its issuer's own is to be had, as those of public authorities do."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return False
    return any(each.access_method == AuthorityInformationAccessOID.CA_ISSUERS for each in access)


def _is_weak(certificate: x509.Certificate) -> bool:
    if certificate.issuer == certificate.subject:
        return False  # a root is trusted for itself, whatever it signs itself with
    hashed = certificate.signature_hash_algorithm
    key = certificate.public_key()
    return (
        (hashed is not None and hashed.name in _WEAK_HASHES)
        or isinstance(key, dsa.DSAPublicKey)
        or (isinstance(key, rsa.RSAPublicKey) and key.key_size < _WEAKEST_RSA)
    )


def _issuer(certificate: x509.Certificate) -> str:
    """Whoever issued it, as a reader knows them: organisation and common name."""
    said = [
        str(each.value)
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for each in certificate.issuer.get_attributes_for_oid(kind)
    ]
    return _clean(", ".join(dict.fromkeys(said)))


def _clean(text: str) -> str:
    """Text of a stranger: printable characters only, cut."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_LONGEST])
