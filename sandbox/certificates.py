"""A throw-away certificate authority and the certificates of the make-believe province, good and bad ones."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Issuer = Literal["root", "intermediate", "lost_intermediate", "stranger", "itself"]
"""Who signs: the authority, one below it that the server sends along or forgets to, another authority that
nobody knows, or the certificate itself."""


class Authority:
    """A root, one intermediate below it and a stranger, made anew and kept in memory; all live for 30 days."""

    def __init__(self) -> None:
        self._keys = {
            name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "intermediate", "stranger")
        }
        self._certificates = {
            name: self._authority(name, "root" if name == "intermediate" else name) for name in self._keys
        }

    @property
    def pem(self) -> bytes:
        """The root's certificate."""
        return self._certificates["root"].public_bytes(serialization.Encoding.PEM)

    def issue(
        self,
        hosts: Iterable[str],
        *,
        by: Issuer = "root",
        days: tuple[float, float] = (-1, 30),
    ) -> bytes:
        """Key and certificates of a server in PEM, as servers load them. ``days`` from now say from when and until
        when it is valid."""
        key = ec.generate_private_key(ec.SECP256R1())
        hosts = list(hosts)
        signer = key if by == "itself" else self._keys[by.removeprefix("lost_")]
        issuer = None if by == "itself" else self._certificates[by.removeprefix("lost_")]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
        built = (
            _begun(subject, issuer.subject if issuer else subject, key, days)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        if issuer is not None:
            built = built.add_extension(_key_of(issuer), critical=False)
        if by.endswith("intermediate"):
            built = built.add_extension(_issuers_file(), critical=False)
        certificates = [built.sign(signer, hashes.SHA256())]
        if by == "intermediate":
            certificates.append(self._certificates["intermediate"])
        return _pem(key) + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)

    def _authority(self, name: str, by: str) -> x509.Certificate:
        key, signer = self._keys[name], self._keys[by]
        return (
            _begun(_name(name), _name(by), key, (-1, 30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=1 if name == by else 0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )


def context_of(folder: Path, pem: bytes) -> ssl.SSLContext:
    """The context of a server with this key and these certificates, kept in ``server.pem``; from TLS 1.2 up."""
    file = folder / "server.pem"
    file.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(file)
    return context


def spoilt(fault: str, authority: Authority, folder: Path, hosts: Iterable[str]) -> ssl.SSLContext:
    """The context of a server with one of TLS_FAULTS, or without any ("")."""
    if fault == "certificate_expired":
        return context_of(folder, authority.issue(hosts, days=(-90, -1)))
    if fault == "certificate_of_another":
        return context_of(folder, authority.issue(["may-chu.example.vn"]))
    context = context_of(folder, authority.issue(hosts))
    if fault == "old_tls":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python advises against just this
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def issue(folder: Path, hosts: Iterable[str]) -> tuple[Path, ssl.SSLContext]:
    """Writes ``ca.pem`` into the folder and gives it back with a server context whose certificate names every
    host. The authority's keys stay in memory and are gone when this returns; certificates live for 30 days."""
    authority = Authority()
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(authority.pem)
    return ca_file, context_of(folder, authority.issue(hosts))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[float, float]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
    )


def _name(authority: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Song May throw-away CA ({authority})")])


def _key_of(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _issuers_file() -> x509.AuthorityInformationAccess:
    """Where the intermediate would be had; nothing answers there."""
    where = x509.UniformResourceIdentifier("http://ca.invalid/intermediate.crt")
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)]
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
