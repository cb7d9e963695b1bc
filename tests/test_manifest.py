"""Manifests of evidence: what was changed, lost or taken out of the chain is told; what was pruned is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from audit.evidence import seal_round
from storage.manifest import FOLDER, Problem, prune, seal, sign_round, verify
from storage.recorded import EvidenceError
from storage.rounds import EvaluationRound


def evidence(folder: Path, run_id: str, *portals: str) -> dict[str, str]:
    """Evidence files of a run, by name."""
    (folder / run_id).mkdir(parents=True, exist_ok=True)
    for portal in portals:
        (folder / run_id / f"{portal}.warc.gz").write_bytes(f"{run_id} {portal}".encode() * 100)
    return {f"{run_id}/{portal}.warc.gz": portal for portal in portals}


def sealed(folder: Path) -> Path:
    for run_id in ("dem-1", "dem-2", "dem-3"):
        assert seal(folder, run_id, evidence(folder, run_id, "a", "b")) == 2
    return folder


def key_of(folder: Path) -> tuple[Path, Path]:
    """A private and a public key."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    private, public = folder / "key.pem", folder / "key.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_what_was_sealed_is_whole(tmp_path: Path) -> None:
    found = verify(sealed(tmp_path), ended=["dem-1", "dem-3"])
    assert (found.manifests, found.whole, found.pruned, found.problems) == (3, 6, 0, ())
    assert verify(tmp_path, "dem-2").whole == 2
    names = sorted(path.name for path in (tmp_path / FOLDER).glob("*.json"))
    assert names == ["00000001.json", "00000002.json", "00000003.json"]


def test_a_run_is_sealed_once_and_what_came_later_besides(tmp_path: Path) -> None:
    sealed(tmp_path)
    assert seal(tmp_path, "dem-2", evidence(tmp_path, "dem-2", "a", "b")) == 0
    assert seal(tmp_path, "dem-2", evidence(tmp_path, "dem-2", "a", "c")) == 1
    assert verify(tmp_path).whole == 7
    assert seal(tmp_path, "dem-4", {"dem-4/none.warc.gz": "none"}) == 0, "nothing is there to be sealed"


def test_files_changed_lost_or_never_sealed_are_told(tmp_path: Path) -> None:
    sealed(tmp_path)
    (tmp_path / "dem-1" / "a.warc.gz").write_bytes(b"other")
    (tmp_path / "dem-2" / "b.warc.gz").unlink()
    found = verify(tmp_path, ended=["dem-1", "dem-9"])
    assert set(found.problems) == {
        Problem("changed", "dem-1/a.warc.gz"),
        Problem("missing", "dem-2/b.warc.gz"),
        Problem("unsealed", "dem-9"),
    }
    assert verify(tmp_path, "dem-3").problems == ()


def test_a_manifest_that_was_changed_breaks_the_chain(tmp_path: Path) -> None:
    second = sealed(tmp_path) / FOLDER / "00000002.json"
    told = json.loads(second.read_bytes())
    (tmp_path / "dem-2" / "a.warc.gz").unlink()
    told["files"] = told["files"][1:]
    second.write_text(json.dumps(told))
    assert verify(tmp_path).problems == (Problem("manifest_changed", "00000002.json"),)
    second.write_bytes(b"{")
    assert Problem("manifest_changed", "00000002.json") in verify(tmp_path).problems
    second.unlink()
    assert Problem("manifest_missing", "00000002.json") in verify(tmp_path).problems


def test_the_newest_manifest_cannot_be_lost_unseen(tmp_path: Path) -> None:
    (sealed(tmp_path) / FOLDER / "00000003.json").unlink()
    assert verify(tmp_path, ended=["dem-1", "dem-2", "dem-3"]).problems == (Problem("unsealed", "dem-3"),)


def test_the_chain_holds_after_pruning(tmp_path: Path) -> None:
    sealed(tmp_path)
    removed = prune(tmp_path, ["dem-1", "dem-2"], "Nguyễn Văn A")
    assert (removed.files, removed.bytes) == (4, 4 * 700)
    assert [path.name for path in sorted(tmp_path.glob("dem-*/*"))] == ["a.warc.gz", "b.warc.gz"]
    found = verify(tmp_path, ended=["dem-1", "dem-2", "dem-3"])
    assert (found.whole, found.pruned, found.problems) == (2, 4, ())
    told = json.loads((tmp_path / FOLDER / "00000004.json").read_bytes())
    assert (told["kind"], told["by"], told["files"][0]["run"]) == ("prune", "Nguyễn Văn A", "dem-1")
    assert len(told["files"][0]["sha256"]) == 64
    assert prune(tmp_path, ["dem-1"], "B").files == 0
    assert found.manifests == verify(tmp_path).manifests, "nothing to prune is nothing to write down"


def test_a_pruning_that_was_broken_off_is_finished_by_the_next(tmp_path: Path) -> None:
    sealed(tmp_path)
    prune(tmp_path, ["dem-1"], "A")
    evidence(tmp_path, "dem-1", "a")  # as if the process had died before this one
    assert verify(tmp_path).problems == ()
    assert prune(tmp_path, ["dem-1"], "A").files == 1
    assert verify(tmp_path).manifests == 4


def test_signatures_are_checked_and_a_strange_key_is_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    private, public = key_of(tmp_path / "ours")
    _, strange = key_of(tmp_path / "theirs")
    seal(folder, "dem-1", evidence(folder, "dem-1", "a"), private)
    head = sign_round(folder, {"round": "dot-1", "runs": ["dem-1"], "digest": "0" * 64}, private)
    found = verify(folder, public=public)
    assert (found.signed, found.problems, found.head) == (2, (), head)
    assert {each.fault for each in verify(folder, public=strange).problems} == {"bad_signature"}
    sign_round(folder, {"round": "dot-2"}, None)
    assert verify(folder, public=public).problems == (Problem("unsigned", "00000003.json"),)
    assert verify(folder).problems == ()
    first = folder / FOLDER / "00000001.json"
    first.write_bytes(first.read_bytes().replace(b'"a"', b'"b"'))
    assert {each.fault for each in verify(folder).problems} == {"bad_signature", "manifest_changed"}


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(content)
    with pytest.raises(EvidenceError, match="Ed25519") as told:
        seal(tmp_path, "dem-1", evidence(tmp_path, "dem-1", "a"), key)
    assert " / " in str(told.value)
    assert verify(tmp_path).manifests == 0


def test_an_approved_round_stands_in_the_chain_with_who_approved_it(tmp_path: Path) -> None:
    private, public = key_of(tmp_path / "keys")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    one = EvaluationRound(
        *("dot-1", "approved", at.date(), "0.1.0", "0" * 64, at.date(), at, "A"),
        nights=("dem-1", "dem-2"),
        digest="d" * 64,
        approved_by="Lê Văn C",
        document_no="9/QĐ",
    )
    folder = tmp_path / "data" / "evidence"
    seal(folder, "dem-1", evidence(folder, "dem-1", "a"))
    head = seal_round(one, tmp_path / "data", private)
    told = json.loads((folder / FOLDER / "00000002.json").read_bytes())
    assert (told["kind"], told["round"], told["runs"]) == ("round", "dot-1", ["dem-1", "dem-2"])
    assert (told["digest"], told["approved_by"], told["document"]) == ("d" * 64, "Lê Văn C", "9/QĐ")
    found = verify(folder, public=public)
    assert (found.head, found.signed, found.problems) == (head, 1, ())
