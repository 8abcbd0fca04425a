"""The door to `cryptography` and to ssh-keygen: who signed a list of files.

A signature is in the form of OpenSSH (PROTOCOL.sshsig), whatever made it, so `ssh-keygen -Y verify` checks it without
us. Ed25519 (RFC 8032) is signed and verified here; keys of other kinds, and those that an agent or a token holds, are
ssh-keygen's affair. A private key is read, used and forgotten: it is in no message and in no file.
"""

import base64
import hashlib
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nkru_brief.diagnostics import UsageError
from nkru_brief.values import Value

NAMESPACE = "nkru-brief"
_MAGIC = b"SSHSIG"
_ED25519 = b"ssh-ed25519"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_ARMOUR = re.compile(
    rb"-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----\s*", re.DOTALL
)
_KEY_TYPE = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+")
_NAMESPACES = re.compile(r'namespaces="([^"]*)"')
_EXTRA = 'it needs cryptography: pip install "nkru-brief[sign]"'
_MAX = 100_000
_SECONDS = 60


class Signature(Value):
    """A signature as it is read: of which key, by the fingerprint that OpenSSH prints, in which namespace."""

    key: bytes
    fingerprint: str
    namespace: str
    hash: bytes
    data: bytes
    armoured: bytes


# ---- signing ----


def sign(data: bytes, path: Path, key: bytes) -> bytes:
    """Return a signature over `data`.

    Args:
        data: what is signed.
        path: of the key: a private one, or the public one of a key that an SSH agent holds.
        key: what that file holds.

    Raises:
        UsageError: the key cannot be read, has a passphrase, or cannot sign.
    """
    private = private_key(path, key)
    if private is None:
        return _by_ssh_keygen(data, path)
    public = private.public_key().public_bytes_raw()
    blob = _string(_ED25519) + _string(public)
    signature = _string(_ED25519) + _string(private.sign(_signed(data, NAMESPACE.encode(), b"sha512")))
    body = _MAGIC + struct.pack(">I", 1) + _string(blob) + _string(NAMESPACE.encode()) + _string(b"")
    body += _string(b"sha512") + _string(signature)
    text = base64.b64encode(body).decode("ascii")
    lines = "\n".join(text[start : start + 70] for start in range(0, len(text), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n".encode("ascii")


def private_key(path: Path, key: bytes) -> Any:  # noqa: ANN401 - the library is imported where it is used
    """Return an Ed25519 private key; None for a key that ssh-keygen signs with.

    Raises:
        UsageError: it is no key, has a passphrase, or only `cryptography` reads it, and that is not installed.
    """
    if b"ENCRYPTED" in key or _openssh_cipher(key) not in ("", "none"):
        raise UsageError(
            f"{path}: the key has a passphrase, and none is asked for here; load it into an SSH agent "
            "(ssh-add) and name its public file"
        )
    ssh = b"BEGIN OPENSSH PRIVATE KEY" in key
    if key.startswith((b"ssh-", b"ecdsa-", b"sk-")):
        return None
    if not ssh and b"PRIVATE KEY-----" not in key:
        raise UsageError(f"{path}: this is no private key; name one of Ed25519 (PEM) or of SSH")
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        if ssh:
            return None
        raise UsageError(f"{path}: {_EXTRA}") from None
    try:
        load = serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
        private = load(key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What the library says of a key is not handed on.
        raise UsageError(f"{path}: the key cannot be read") from None
    if isinstance(private, Ed25519PrivateKey):
        return private
    if ssh:
        return None
    raise UsageError(f"{path}: this is a key of another kind; name one of Ed25519 (PEM) or of SSH")


def _openssh_cipher(key: bytes) -> str:
    """Return the cipher that an OpenSSH private key is locked with; "" where it is no such key."""
    match = re.search(rb"BEGIN OPENSSH PRIVATE KEY-----(.*?)-----END", key, re.DOTALL)
    if match is None:
        return ""
    try:
        raw = base64.b64decode(b"".join(match[1].split()), validate=True)
        magic = b"openssh-key-v1\0"
        return next(_strings(raw[len(magic) :], 1)).decode("ascii") if raw.startswith(magic) else ""
    except ValueError:
        return ""


def _by_ssh_keygen(data: bytes, path: Path) -> bytes:
    run = _ssh_keygen("-Y", "sign", "-n", NAMESPACE, "-f", str(path), given=data)
    if run is None:
        raise UsageError(f"{path}: an SSH key of this kind is signed with by ssh-keygen, which is not on the PATH")
    if run.returncode or not _ARMOUR.fullmatch(run.stdout):
        lines = run.stderr.decode("utf-8", errors="replace").strip().splitlines()
        raise UsageError(f"{path}: ssh-keygen does not sign with it: {lines[-1] if lines else 'it does not say why'}")
    return run.stdout


def _ssh_keygen(*arguments: str, given: bytes) -> "subprocess.CompletedProcess[bytes] | None":
    try:
        # In a session of its own it has no terminal to ask on.
        return subprocess.run(  # noqa: S603 - the arguments are our own
            ["ssh-keygen", *arguments],  # noqa: S607 - wherever the system has it
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


# ---- reading ----


def read(armoured: bytes) -> Signature:
    """Return a signature as it is read from its file.

    Raises:
        ValueError: it is none; the message says why.
    """
    match = _ARMOUR.fullmatch(armoured) if len(armoured) < _MAX else None
    if match is None:
        raise ValueError("it is no SSH signature")
    body = base64.b64decode(b"".join(match[1].split()), validate=True)
    if body[:10] != _MAGIC + struct.pack(">I", 1):
        raise ValueError("it is no SSH signature of the first version")
    key, namespace, reserved, hashed, data = _all_strings(body[10:], 5)
    if hashed not in _HASHES or reserved:
        raise ValueError("it is signed in a way that is not known")
    next(_strings(key, 1))
    return Signature(
        key=key,
        fingerprint=fingerprint(key),
        namespace=namespace.decode("utf-8", errors="replace"),
        hash=hashed,
        data=data,
        armoured=armoured,
    )


def fingerprint(key: bytes) -> str:
    """Return a public key's fingerprint as OpenSSH prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode("ascii").rstrip("=")


def allowed(data: bytes, path: Path) -> frozenset[bytes]:
    """Return the public keys in a file: one in PEM, or lines of SSH (a public key, or `allowed_signers`).

    Raises:
        UsageError: it holds no key, or a line limits its key in a way that is not looked at here.
    """
    if b"-----BEGIN PUBLIC KEY-----" in data:
        return frozenset({_from_pem(data, path)})
    keys = {key for line in data.decode("utf-8", errors="replace").splitlines() for key in _keys(line.strip(), path)}
    if not keys:
        raise UsageError(f"{path}: there is no public key in it")
    return frozenset(keys)


def _keys(line: str, path: Path) -> Iterator[bytes]:
    if not line or line.startswith("#"):
        return
    match = re.search(rf"(?:^|\s)({_KEY_TYPE.pattern})\s+([A-Za-z0-9+/=]+)", line)
    if match is None:
        return
    # After the principals of allowed_signers (ssh-keygen(1)) options may stand.
    options = line[: match.start()].partition(" ")[2].strip()
    names = _NAMESPACES.fullmatch(options)
    if options and names is None:
        raise UsageError(f"{path}: the option {options!r} is not looked at here; check with ssh-keygen -Y verify")
    if names is not None and NAMESPACE not in names[1].split(","):
        return
    try:
        yield base64.b64decode(match[2], validate=True)
    except ValueError:
        raise UsageError(f"{path}: a key in it is broken off") from None


def _from_pem(data: bytes, path: Path) -> bytes:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise UsageError(f"{path}: {_EXTRA}") from None
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path}: this is no public key of Ed25519")
    return _string(_ED25519) + _string(key.public_bytes_raw())


# ---- verifying ----


def fits(data: bytes, signature: Signature) -> bool | None:
    """Return whether a signature is that of its key over `data`; None where this machine cannot tell."""
    if signature.namespace != NAMESPACE:
        return False
    if next(_strings(signature.key, 1)) == _ED25519:
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            return _fits_by_ssh_keygen(data, signature)
        try:
            (_, public), (kind, made) = _all_strings(signature.key, 2), _all_strings(signature.data, 2)
            signed = _signed(data, signature.namespace.encode(), signature.hash)
            Ed25519PublicKey.from_public_bytes(public).verify(made, signed)
        except (InvalidSignature, ValueError):
            return False
        return kind == _ED25519
    return _fits_by_ssh_keygen(data, signature)


def _fits_by_ssh_keygen(data: bytes, signature: Signature) -> bool | None:
    with tempfile.TemporaryDirectory(prefix="nkru-brief-") as folder:
        path = Path(folder) / "signature"
        path.write_bytes(signature.armoured)
        run = _ssh_keygen("-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(path), given=data)
    return None if run is None else run.returncode == 0


def _signed(data: bytes, namespace: bytes, hashed: bytes) -> bytes:
    """Return what a signature is made over (PROTOCOL.sshsig, 3)."""
    digest = _HASHES[hashed](data).digest()
    return _MAGIC + _string(namespace) + _string(b"") + _string(hashed) + _string(digest)


def _string(data: bytes) -> bytes:
    """Return bytes behind their length (RFC 4251, 5)."""
    return struct.pack(">I", len(data)) + data


def _all_strings(data: bytes, count: int) -> tuple[bytes, ...]:
    """Return the strings that data is made of, and nothing else.

    Raises:
        ValueError: it breaks off, or goes on.
    """
    found = tuple(_strings(data, count))
    if sum(map(len, found)) + 4 * count != len(data):
        raise ValueError("it goes on")
    return found


def _strings(data: bytes, count: int) -> Iterator[bytes]:
    """Yield strings that stand one after another (RFC 4251, 5).

    Raises:
        ValueError: it breaks off.
    """
    for _ in range(count):
        if len(data) < 4:
            raise ValueError("it breaks off")
        (length,) = struct.unpack(">I", data[:4])
        if len(data) < 4 + length:
            raise ValueError("it breaks off")
        yield data[4 : 4 + length]
        data = data[4 + length :]
