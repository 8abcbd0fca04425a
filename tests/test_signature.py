"""Signatures: made by Ed25519 and SSH keys, checked by us and by ssh-keygen, and every wrong one told apart."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from conftest import do_without
from nkru_brief import signature
from nkru_brief.diagnostics import UsageError

DATA = b"0" * 64 + b"  index.html\n"


@pytest.fixture
def ssh_keygen() -> str:
    path = shutil.which("ssh-keygen")
    if path is None:
        do_without("there is no ssh-keygen on the PATH")
    return path


def pem(path: Path, passphrase: bytes = b"") -> Ed25519PrivateKey:
    """Write a new Ed25519 key as PEM, its public half beside it, and return it."""
    key = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(encoding, form, lock))
    public = key.public_key()
    path.with_suffix(".pub").write_bytes(
        public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH) + b" desk\n"
    )
    path.with_suffix(".pem").write_bytes(public.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo))
    return key


def ssh(ssh_keygen: str, path: Path, kind: str, passphrase: str = "") -> None:
    command = [ssh_keygen, "-q", "-t", kind, "-N", passphrase, "-C", "desk", "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)


def sign(path: Path, data: bytes = DATA) -> bytes:
    return signature.sign(data, path, path.read_bytes())


def test_an_ed25519_key_signs_the_same_each_time_and_ssh_keygen_agrees(tmp_path: Path, ssh_keygen: str) -> None:
    key = tmp_path / "key"
    pem(key)
    made = sign(key)
    assert made == sign(key)
    read = signature.read(made)
    assert signature.fits(DATA, read) is True
    assert signature.fits(DATA + b"x", read) is False
    (tmp_path / "sums.sig").write_bytes(made)
    (tmp_path / "allowed").write_text(f"desk@harbour {key.with_suffix('.pub').read_text()}", encoding="utf-8")
    command = [ssh_keygen, "-Y", "verify", "-f", "allowed", "-I", "desk@harbour", "-n", "nkru-brief", "-s", "sums.sig"]
    for data, code in ((DATA, 0), (DATA + b"x", 255)):
        run = subprocess.run(command, cwd=tmp_path, input=data, capture_output=True, check=False)
        assert run.returncode == code, run.stderr


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_key_of_ssh_signs(tmp_path: Path, ssh_keygen: str, kind: str) -> None:
    key = tmp_path / "key"
    ssh(ssh_keygen, key, kind)
    read = signature.read(sign(key))
    assert signature.fits(DATA, read) is True
    assert signature.fits(DATA + b"x", read) is False
    assert signature.allowed(key.with_suffix(".pub").read_bytes(), key) == {read.key}
    listed = subprocess.run([ssh_keygen, "-lf", str(key)], capture_output=True, text=True, check=True).stdout
    assert read.fingerprint in listed


def test_without_the_library_ssh_keygen_signs_and_checks(
    tmp_path: Path, ssh_keygen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, other = tmp_path / "key", tmp_path / "other"
    ssh(ssh_keygen, key, "ed25519")
    pem(other)
    for name in ("cryptography.exceptions", "cryptography.hazmat.primitives"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    read = signature.read(sign(key))
    assert (signature.fits(DATA, read), signature.fits(b"x", read)) == (True, False)
    with pytest.raises(UsageError, match="pip install"):
        sign(other)
    monkeypatch.setenv("PATH", "")
    assert signature.fits(DATA, read) is None


def test_a_key_with_a_passphrase_is_not_asked_for_it(tmp_path: Path, ssh_keygen: str) -> None:
    pem(tmp_path / "one", b"secret")
    ssh(ssh_keygen, tmp_path / "two", "ed25519", "secret")
    for name in ("one", "two"):
        with pytest.raises(UsageError, match="passphrase"):
            sign(tmp_path / name)


def garbled(path: Path) -> None:
    pem(path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1][::-1], *lines[2:]]))


def of_x25519(path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(X25519PrivateKey.generate().private_bytes(encoding, form, serialization.NoEncryption()))


WRONG = {
    "no key": lambda path: path.write_bytes(b"a poem"),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "empty": lambda path: path.write_bytes(b""),
    "garbled": garbled,
    "of another kind": of_x25519,
    "public, and no agent": lambda path: (pem(path), shutil.copy(path.with_suffix(".pub"), path)),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.usefixtures("ssh_keygen")
def test_a_key_that_cannot_sign_is_a_fault_that_does_not_show_it(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    path = tmp_path / "key"
    WRONG[kind](path)  # type: ignore[no-untyped-call]
    with pytest.raises(UsageError) as caught:
        sign(path)
    assert str(path) in str(caught.value)
    secret = re.sub(rb"-----.*?-----|\s", b"", path.read_bytes()).decode("latin-1")
    assert not secret or secret[:20] not in str(caught.value)


def test_public_keys_are_read_from_every_form(tmp_path: Path) -> None:
    key = tmp_path / "key"
    pem(key)
    line = key.with_suffix(".pub").read_text()
    (wanted,) = signature.allowed(line.encode(), key)
    assert signature.allowed(key.with_suffix(".pem").read_bytes(), key) == {wanted}
    signers = f'# the desk\n\ndesk@harbour namespaces="nkru-brief,file" {line}'
    assert signature.allowed(signers.encode(), key) == {wanted}
    with pytest.raises(UsageError, match="no public key"):
        signature.allowed(f'desk namespaces="git" {line}'.encode(), key)
    with pytest.raises(UsageError, match="not looked at"):
        signature.allowed(f'desk valid-before="20200101" {line}'.encode(), key)
    with pytest.raises(UsageError, match="no public key"):
        signature.allowed(b"a poem", key)


def test_a_signature_for_another_purpose_does_not_fit(tmp_path: Path, ssh_keygen: str) -> None:
    key = tmp_path / "key"
    ssh(ssh_keygen, key, "ed25519")
    command = [ssh_keygen, "-Y", "sign", "-n", "file", "-f", str(key)]
    made = subprocess.run(command, input=DATA, capture_output=True, check=True).stdout
    assert signature.fits(DATA, signature.read(made)) is False


@given(st.binary(max_size=200))
def test_no_bytes_of_a_signature_are_a_traceback(data: bytes) -> None:
    armoured = (
        b"-----BEGIN SSH SIGNATURE-----\n"
        + base64.b64encode(b"SSHSIG\0\0\0\1" + data)
        + b"\n-----END SSH SIGNATURE-----\n"
    )
    for each in (data, armoured):
        with pytest.raises(ValueError, match=r"."):
            signature.read(each)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_a_changed_signature_never_fits(at: int, piece: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    made = signature.sign(DATA, Path("key"), private)
    body = bytearray(base64.b64decode(b"".join(made.splitlines()[1:-1])))
    at %= len(body)
    before = bytes(body)
    body[at : at + len(piece)] = piece
    if bytes(body) == before:
        return
    armoured = b"-----BEGIN SSH SIGNATURE-----\n" + base64.b64encode(body) + b"\n-----END SSH SIGNATURE-----\n"
    try:
        read = signature.read(armoured)
    except ValueError:
        return
    # What is signed does not name its key's form; another key is another signer, told by its fingerprint.
    assert signature.fits(DATA, read) is not True
