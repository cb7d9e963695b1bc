"""Manifests: which evidence files there are, with their hashes, each manifest chained to the one before.

They are JSON files below ``evidence/manifests``, numbered, never changed: the files of a run (``seal``), files that
were removed with the hash they had (``prune``), the runs of a round (``round``). Each holds the SHA-256 of the one
before it, so that whoever has the newest has them all; with an Ed25519 key a signature stands beside it. Anybody
can check them with ``sha256sum`` and ``openssl``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy import select

from storage.database import Database
from storage.files import why
from storage.recorded import EvidenceError
from storage.tables import portal_runs

FOLDER = "manifests"
_FORMAT = "portal-auditor manifest 1"
_SIGNATURE = ".sig"
_PUBLIC = ".pub"
_BLOCK = 1 << 20
_HEAD = 1024  # bytes of a manifest in which its run is named

Kind = Literal["seal", "prune", "round"]
Fault = Literal[
    "changed", "missing", "unsealed", "manifest_changed", "manifest_missing", "bad_signature", "unsigned"
]


@dataclass(frozen=True, slots=True)
class Sealed:
    """An evidence file as it was when its run ended: ``name`` below the evidence folder, size in bytes."""

    name: str
    portal: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Problem:
    """``name`` is an evidence file, a manifest or a run (``unsealed``)."""

    fault: Fault
    name: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What ``verify`` found: numbers of manifests, of files that are as they were, of files that were removed by
    ``prune``, of manifests with a good signature; ``head`` is the SHA-256 of the newest manifest."""

    manifests: int
    whole: int
    pruned: int
    signed: int
    head: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """That a file was removed: when, by whom, and the hash it had."""

    at: datetime
    by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Removed:
    files: int
    bytes: int


def seal(folder: Path, run_id: str, files: Mapping[str, str], key: Path | None = None) -> int:
    """Writes down the evidence of a run that ended: ``files`` gives the portal of each file name below ``folder``.

    What is sealed already is not sealed again. Gives the number of files sealed. Raises EvidenceError."""
    with _chain(folder) as chain:
        done = chain.sealed_of(run_id)
        fresh = [
            asdict(Sealed(name, portal, *_size_and_hash(folder / name)))
            for name, portal in sorted(files.items())
            if name not in done and (folder / name).is_file()
        ]
        if fresh:
            chain.add("seal", {"run": run_id, "files": fresh}, key)
    return len(fresh)


def sign_round(folder: Path, about: Mapping[str, Any], key: Path | None) -> str:
    """Writes down what a round is: its runs, its digest, who approved it; signed where there is a key. Gives the
    SHA-256 of the manifest, by which everything before it can be told. Raises EvidenceError."""
    with _chain(folder) as chain:
        return chain.add("round", about, key)


def check_key(path: Path) -> None:
    """Raises EvidenceError for a file that no manifest can be signed with."""
    _private(path)


def prune(folder: Path, run_ids: Sequence[str], by: str, key: Path | None = None) -> Removed:
    """Removes the evidence files of these runs, written down first with the hashes they were sealed with, the day
    and by whom. Later runs may refer to bodies in files up to ``audit_rules.known.KEPT_DAYS`` old: whoever keeps
    them keeps those too. Files that were never sealed stay. Raises EvidenceError."""
    wanted, count, size = set(run_ids), 0, 0
    with _chain(folder) as chain:
        gone = chain.pruned()
        files = [
            {"run": entry["run"], **each}
            for entry in chain.entries
            if entry["kind"] == "seal" and entry["run"] in wanted
            for each in entry["files"]
        ]
        fresh = [each for each in files if each["name"] not in gone]
        if fresh:
            chain.add("prune", {"by": by, "files": fresh}, key)
        for each in files:
            with _told(folder / each["name"]), suppress(FileNotFoundError):
                (folder / each["name"]).unlink()
                count, size = count + 1, size + int(each["size"])
    return Removed(count, size)


def verify(
    folder: Path, run_id: str | None = None, *, ended: Sequence[str] = (), public: Path | None = None
) -> Checked:
    """Checks evidence files (of one run, or all) against their manifests, and the chain of manifests; ``ended`` are
    runs that must be sealed. With a ``public`` key every signature has to be its. Raises EvidenceError."""
    with _chain(folder) as chain:
        sealed = [entry for entry in chain.entries if entry["kind"] == "seal"]
        signed, bad = _signatures(chain, public)
        problems = [*chain.problems, *bad]
        gone, whole = chain.pruned(), 0
        for entry in sealed:
            for each in entry["files"] if run_id in (None, entry["run"]) else ():
                path = folder / each["name"]
                if not path.is_file():
                    problems += [] if each["name"] in gone else [Problem("missing", each["name"])]
                elif _size_and_hash(path) != (each["size"], each["sha256"]):
                    problems.append(Problem("changed", each["name"]))
                else:
                    whole += 1
        known = {entry["run"] for entry in sealed}
        problems += [Problem("unsealed", run) for run in ended if run not in known]
        told = [each for entry in sealed if run_id in (None, entry["run"]) for each in entry["files"]]
        pruned = sum(each["name"] in gone and not (folder / each["name"]).is_file() for each in told)
        return Checked(len(chain.entries), whole, pruned, signed, chain.head, tuple(problems))


def pruned(folder: Path, name: str) -> Pruned | None:
    """When an evidence file was removed and by whom; None for one that was not."""
    with _chain(folder) as chain:
        for entry in chain.entries:
            for each in entry["files"] if entry["kind"] == "prune" else ():
                if each["name"] == name:
                    return Pruned(datetime.fromisoformat(entry["at"]), entry["by"], each["sha256"])
    return None


def evidence_files(database: Database, run_id: str) -> dict[str, str]:
    """The evidence files of a run, and the portal of each."""
    held = (portal_runs.c.run_id == run_id) & portal_runs.c.warc.is_not(None)
    with database.read() as connection:
        rows = connection.execute(select(portal_runs.c.warc, portal_runs.c.portal_id).where(held))
        return {row.warc: row.portal_id for row in rows}


# --- the chain ------------------------------------------------------------------------------------------------


class _Chain:
    """The manifests of an evidence folder; they are read when they are asked for, but for the newest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = sorted(folder.glob("[0-9]*.json"))
        self.problems: list[Problem] = []

    @property
    def head(self) -> str:
        return _digest(self.paths[-1]) if self.paths else ""

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """Every manifest, first to newest; what is wrong with the chain is then in ``problems``."""
        found: list[dict[str, Any]] = []
        before: Path | None = None
        for path in self.paths:
            number, last = int(path.stem), int(before.stem) if before is not None else 0
            self.problems += [Problem("manifest_missing", _name(gone)) for gone in range(last + 1, number)]
            try:
                entry = _read(path)
                if entry["number"] != number or entry["kind"] not in ("seal", "prune", "round"):
                    raise ValueError("another format")
                found.append(entry)
                if number == last + 1 and entry["previous"] != (_digest(before) if before is not None else ""):
                    self.problems.append(
                        Problem("manifest_changed", before.name if before is not None else path.name)
                    )
            except (ValueError, KeyError, TypeError):
                self.problems.append(Problem("manifest_changed", path.name))
            before = path
        return found

    def sealed_of(self, run_id: str) -> set[str]:
        """The names of the files of a run that are sealed."""
        mark = json.dumps({"run": run_id}, ensure_ascii=False)[1:-1].encode("utf-8", "replace")
        mine = [path for path in self.paths if mark in _beginning(path)]
        entries = [entry for entry in map(_read, mine) if entry["kind"] == "seal"]
        return {each["name"] for entry in entries for each in entry["files"]}

    def pruned(self) -> set[str]:
        return {each["name"] for entry in self.entries if entry["kind"] == "prune" for each in entry["files"]}

    def add(self, kind: Kind, what: Mapping[str, Any], key: Path | None) -> str:
        """Writes the next manifest, whole or not at all; gives its SHA-256."""
        number = int(self.paths[-1].stem) + 1 if self.paths else 1
        entry = {
            "format": _FORMAT,
            "number": number,
            "kind": kind,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "previous": self.head,
            **what,
        }
        data = (json.dumps(entry, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
        path = self.folder / _name(number)
        signing = _private(key) if key is not None else None
        if signing is not None:
            public = signing.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            _write(path.with_name(path.name + _PUBLIC), public)
            _write(path.with_name(path.name + _SIGNATURE), signing.sign(data))
        _write(path, data)
        self.paths.append(path)
        return self.head


def _name(number: int) -> str:
    return f"{number:08}.json"


def _read(path: Path) -> dict[str, Any]:
    """Raises ValueError for what is no manifest."""
    with _told(path):
        entry: dict[str, Any] = json.loads(path.read_bytes())
    if not isinstance(entry, dict) or entry.get("format") != _FORMAT:
        raise ValueError("another format")
    return entry


def _beginning(path: Path) -> bytes:
    with _told(path), path.open("rb") as file:
        return file.read(_HEAD)


def _digest(path: Path) -> str:
    return _size_and_hash(path)[1]


@contextmanager
def _chain(folder: Path) -> Iterator[_Chain]:
    """The chain, while nobody else adds to it."""
    manifests = folder / FOLDER
    with _told(manifests):
        manifests.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(manifests / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield _Chain(manifests)
    finally:
        os.close(descriptor)


def _signatures(chain: _Chain, public: Path | None) -> tuple[int, list[Problem]]:
    """How many manifests have a good signature, and those with a bad one; with a key, also rounds without any."""
    asked = _public(public) if public is not None else None
    good, problems = 0, []
    for path in chain.paths:
        signature, beside = path.with_name(path.name + _SIGNATURE), path.with_name(path.name + _PUBLIC)
        if not signature.is_file():
            if asked is not None and b'"kind": "round"' in _beginning(path):
                problems.append(Problem("unsigned", path.name))
            continue
        try:
            (asked or _public(beside)).verify(signature.read_bytes(), path.read_bytes())
            good += 1
        except (InvalidSignature, EvidenceError, OSError):
            problems.append(Problem("bad_signature", path.name))
    return good, problems


def _private(path: Path) -> Ed25519PrivateKey:
    with _told(path):
        data = path.read_bytes()
    with suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(data, None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise EvidenceError(
        f"Tệp {path} không phải khoá bí mật Ed25519 dạng PEM không có mật khẩu"
        f" / {path} is no Ed25519 private key in PEM without a password"
    )


def _public(path: Path) -> Ed25519PublicKey:
    with _told(path):
        data = path.read_bytes()
    with suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_public_key(data)
        if isinstance(key, Ed25519PublicKey):
            return key
    raise EvidenceError(
        f"Tệp {path} không phải khoá công khai Ed25519 dạng PEM / {path} is no Ed25519 public key in PEM"
    )


def _size_and_hash(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with _told(path), path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with _told(path):
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        vi, en = why(error)
        raise EvidenceError(
            f"Không dùng được tệp bằng chứng {path}: {vi} / The evidence file {path} cannot be used: {en}"
        ) from error
