"""The replica's own certificate authority and key, made anew at each start.

It writes no file, so no setting can trust it for good.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Identity:
    """What the server shows, and what a browser needs to accept exactly that."""

    context: ssl.SSLContext
    spki: str
    """Base64 of the SHA-256 of the leaf's public key, for
    `--ignore-certificate-errors-spki-list`.
    """
    ca_pem: bytes

    @property
    def chromium_args(self) -> tuple[str, ...]:
        """Makes Chromium accept exactly this key."""
        return (f"--ignore-certificate-errors-spki-list={self.spki}",)


def identity(hosts: Iterable[str]) -> Identity:
    """A fresh CA and a leaf for these hosts.

    Valid by the host's clock, which is the browser's. Both say all that RFC 5280 asks for: Python
    checks it from 3.13 on (`ssl.VERIFY_X509_STRICT`).
    """
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mediawatch replica CA")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mediawatch replica")])
    ca = (
        _certificate(issuer, issuer, authority.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    leaf = (
        _certificate(subject, issuer, key.public_key())
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in sorted(hosts)]),
            critical=False,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority, hashes.SHA256())
    )
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    chain = leaf.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(
        context=_context(chain, private),
        spki=base64.b64encode(hashlib.sha256(spki).digest()).decode(),
        ca_pem=ca.public_bytes(Encoding.PEM),
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    """A CA signs certificates and their revocations, a server its handshakes."""
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _context(chain: bytes, private: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    # The ssl module reads keys from files only; the folder is ours alone and gone at once.
    with tempfile.TemporaryDirectory(prefix="mediawatch-replica-") as folder:
        path = Path(folder) / "key.pem"
        path.touch(0o600)
        path.write_bytes(chain + private)
        context.load_cert_chain(path)
    return context
