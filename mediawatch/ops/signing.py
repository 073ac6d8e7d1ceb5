"""Hand-offs are signed by the office that makes them, so that the one above knows whose they are.

Ed25519 by `cryptography`; the signature is a small file of its own, so that the document stays the
same byte for byte. The private key never leaves the home: it is in no backup, log or message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from mediawatch.domain import UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import write_whole
from mediawatch.inputs import InputFault, read_bytes

KEY_FILE = "handoff.key"
"""The private key, in the home's root; readable by its owner alone."""
SCHEMA = "mediawatch.signature/1"
_PREFIX = "ed25519:"


class HandoffSignature(BaseModel):
    """The detached signature of one hand-off."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    form: Literal["mediawatch.signature/1"] = Field(alias="schema")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Of the signed document."""
    signed_at: AwareDatetime
    key: str = Field(pattern=r"^ed25519:[A-Za-z0-9+/]{43}=$")
    """The public key that proves it."""
    signature: str = Field(pattern=r"^[A-Za-z0-9+/]{86}==$")

    @property
    def is_sound(self) -> bool:
        """Whether the key signed this hash at this time. Whose the key is, it does not say."""
        try:
            _public(self.key).verify(
                base64.b64decode(self.signature, validate=True), _said(self.sha256, self.signed_at)
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def public_key(home: Path, *, make: bool = False) -> str:
    """The public key of a home, for the office above to list. `make` one where it has none.

    UserError where the file is no key, or is missing.
    """
    return _text_of(_private(home, make=make).public_key())


def sign(home: Path, document: bytes, at: datetime) -> bytes:
    """The signature file of a document. UserError where the home has no key."""
    key = _private(home, make=False)
    digest, signed_at = hashlib.sha256(document).hexdigest(), beijing(at)
    found = {
        "schema": SCHEMA,
        "sha256": digest,
        "signed_at": signed_at.isoformat(),
        "key": _text_of(key.public_key()),
        "signature": base64.b64encode(key.sign(_said(digest, signed_at))).decode(),
    }
    return (json.dumps(found, indent=1, sort_keys=True) + "\n").encode()


def read_signature(body: bytes) -> HandoffSignature | None:
    """The signature that a file holds; None where it is none of this form."""
    try:
        return HandoffSignature.model_validate_json(body)
    except ValidationError:
        return None


def is_public_key(text: str) -> bool:
    """Whether a text is a public key as `public_key` prints it."""
    try:
        _public(text)
    except ValueError:
        return False
    return True


def _said(sha256: str, signed_at: datetime) -> bytes:
    """What is signed: the form too, so that no signature made for something else fits."""
    return f"{SCHEMA}\n{sha256}\n{beijing(signed_at).isoformat()}\n".encode()


def _public(text: str) -> Ed25519PublicKey:
    """ValueError for any text that is not a key."""
    if not text.startswith(_PREFIX):
        raise ValueError("no key of ours")
    try:
        raw = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no key of ours") from error
    return Ed25519PublicKey.from_public_bytes(raw)


def _text_of(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"{_PREFIX}{base64.b64encode(raw).decode()}"


def _private(home: Path, *, make: bool) -> Ed25519PrivateKey:
    path = home / KEY_FILE
    try:
        pem = read_bytes(path)
    except InputFault as fault:
        if fault.kind != "missing":
            raise UserError(str(fault)) from None
        if not make:
            raise UserError(
                f"{path} is missing: `mediawatch collect key` makes a key, and prints the part of "
                "it that the office above must list"
            ) from None
        return _new(path)
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(
            f"{path} is no Ed25519 key: put it back, or remove it, make a new one with `mediawatch "
            "collect key`, and have the office above list that"
        )
    return key


def _new(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_whole(path, pem, replace=False)
    return key
