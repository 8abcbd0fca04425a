"""A bundle examined: its files against its lists, its lists against each other, its signature, and its PDFs' claims.

Nothing here trusts the bundle. A path that a list names is looked up among the files at hand and never opened.
"""

from collections.abc import Iterator, Mapping

from nkru_brief import crate, pdfclaims, signature, sums
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.digest import sha256
from nkru_brief.values import Value, field

# What a list cannot list.
_UNLISTED = frozenset({sums.FILE, sums.SIGNATURE})
_AGAIN = "get the bundle again from where it was published; do not rely on this file"


class Unpacked(Value):
    """What was found out about a bundle: its files, who signed it, what its PDFs claim, and all that is wrong.

    `signed` says that there is a signature; `signer` is the fingerprint of the key whose signature fits, "" for none.
    `known` says that this is one of the keys that were given, and `unchecked` that this machine cannot tell.
    """

    path: str
    files: int
    signed: bool = False
    signer: str = ""
    known: bool = False
    unchecked: bool = False
    claims: dict[str, tuple[str, ...]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def is_bundle(names: Mapping[str, bytes] | frozenset[str]) -> bool:
    """Return whether files with these paths are a bundle, or were one."""
    return sums.FILE in names or crate.FILE in names


def examine(
    path: str, files: Mapping[str, bytes], links: tuple[str, ...] = (), signers: frozenset[bytes] | None = None
) -> Unpacked:
    """Return what can be found out about a bundle.

    Args:
        path: what to call it.
        files: its files, by their paths below it.
        links: paths that are links or devices, and no files.
        signers: the public keys one of which must have signed it; None where none is asked for.
    """
    place = Place(file=path)
    found = [_fault("E705", f"{path}/{name}", "it is no plain file, and no bundle holds such") for name in links]
    listed, faults = _listed(path, files)
    found += faults
    found += _unlike(path, files, listed) if listed else ()
    found += _crate(path, files, listed)
    claims: dict[str, tuple[str, ...]] = {}
    for name, data in sorted(files.items()):
        if name.lower().endswith(".pdf"):
            claims[name], faults = _claims(f"{path}/{name}", data)
            found += faults
    signer, known, unchecked, faults = _signed(place, files, signers)
    return Unpacked(
        path=path,
        files=len(files),
        signed=sums.SIGNATURE in files,
        signer=signer,
        known=known,
        unchecked=unchecked,
        claims=claims,
        diagnostics=(*found, *faults),
    )


def _fault(code: str, file: str, message: str, hint: str = _AGAIN) -> Diagnostic:
    return Diagnostic(code=code, place=Place(file=file), message=message, hint=hint)


# ---- lists ----


def _listed(path: str, files: Mapping[str, bytes]) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    if sums.FILE not in files:
        fault = _fault("E706", path, f"the bundle has no {sums.FILE}, so nothing says what its files should be")
        return {}, (fault,)
    try:
        return sums.read(files[sums.FILE]), ()
    except ValueError as error:
        return {}, (_fault("E706", f"{path}/{sums.FILE}", f"the list cannot be read: {error}"),)


def _unlike(path: str, files: Mapping[str, bytes], listed: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield each file that is not as it is listed, with what became of it where that can be told."""
    digests = {name: sha256(data) for name, data in files.items() if name not in _UNLISTED}
    by_digest = {digest: name for name, digest in sorted(listed.items(), reverse=True)}
    there = {digest: name for name, digest in sorted(digests.items(), reverse=True)}
    for name, digest in sorted(listed.items()):
        now = digests.get(name)
        if now is None:
            moved = there.get(digest)
            gone = f"; what it should hold is in {moved}" if moved else ""
            yield _fault("E705", f"{path}/{name}", f"the file is missing{gone}")
        elif now != digest:
            other = by_digest.get(now)
            swapped = f": it holds what {sums.FILE} lists for {other}" if other else ""
            yield _fault("E705", f"{path}/{name}", f"the file was {'swapped' if other else 'changed'}{swapped}")
    for name in sorted(digests.keys() - listed.keys()):
        copied = by_digest.get(digests[name])
        yield _fault(
            "E705", f"{path}/{name}", f"the file was added{f': it holds what {copied} should' if copied else ''}"
        )


def _crate(path: str, files: Mapping[str, bytes], listed: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield where the description and the checksums do not agree: who forges one may forget the other."""
    file = f"{path}/{crate.FILE}"
    if crate.FILE not in files:
        # Where it is listed and missing, that was told.
        if crate.FILE not in listed:
            yield _fault("E706", path, f"the bundle has no {crate.FILE}, so nothing says what its files are")
        return
    try:
        described = crate.read(files[crate.FILE])
    except ValueError as error:
        yield _fault("E706", file, f"the description cannot be read: {error}")
        return
    if not listed:
        return
    names = described.keys() - _UNLISTED
    for name in sorted(names ^ (listed.keys() - {crate.FILE})):
        where = f"{crate.FILE} describes it, and {sums.FILE} does not list it"
        other = f"{sums.FILE} lists it, and {crate.FILE} does not describe it"
        yield _fault("E706", f"{path}/{name}", where if name in names else other)
    for name in sorted(names & listed.keys()):
        if described[name] != listed[name]:
            yield _fault("E706", f"{path}/{name}", f"{crate.FILE} and {sums.FILE} name different digests of it")


# ---- claims and signatures ----


def _claims(path: str, data: bytes) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    try:
        found = pdfclaims.claims_of(data)
    except ValueError as error:
        return (), (_fault("E708", path, str(error)),)
    message = f"the file claims to be {' and '.join(found.claims)}, and is not: {'; '.join(found.faults)}"
    hint = "a program that saved it anew may have lost this; get it again from where it was published"
    return found.claims, (_fault("E708", path, message, hint),) if found.faults else ()


def _signed(
    place: Place, files: Mapping[str, bytes], signers: frozenset[bytes] | None
) -> tuple[str, bool, bool, tuple[Diagnostic, ...]]:
    """Return whose signature fits, whether that is a key given, whether it cannot be told, and what is wrong."""
    if sums.SIGNATURE not in files:
        message = f"the bundle is not signed: it has no {sums.SIGNATURE}"
        hint = "ask the publisher for a signed bundle, or check without --signer"
        return "", False, False, () if signers is None else (_fault("E709", place.file, message, hint),)
    file = f"{place.file}/{sums.SIGNATURE}"
    try:
        read = signature.read(files[sums.SIGNATURE])
    except ValueError as error:
        return "", False, False, (_fault("E709", file, f"the signature cannot be read: {error}"),)
    if signers is not None and read.key not in signers:
        message = f"it is signed with another key, {read.fingerprint}"
        return "", False, False, (_fault("E709", file, message, "ask the publisher which key is theirs"),)
    fits = signature.fits(files.get(sums.FILE, b""), read)
    if fits is False:
        message = f"the signature by {read.fingerprint} does not fit {sums.FILE}: one of the two was changed"
        return "", False, False, (_fault("E709", file, message),)
    if fits is None:
        message = "this machine cannot check the signature: it needs cryptography or ssh-keygen"
        hint = 'install it: pip install "nkru-brief[sign]"'
        return "", False, True, () if signers is None else (_fault("E709", file, message, hint),)
    return read.fingerprint, signers is not None, False, ()
