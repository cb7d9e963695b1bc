"""The reader against hand-made labels of real pages, where they are at hand; they are no part of the project."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from audit_rules.facts import PageFacts
from bench.corpus import CORPUS
from tests.reading import read

PAGES = sorted((CORPUS / "html").glob("*.html"))
ABSENT = "the real pages are not beside the checkout (AUDIT_REAL_PAGES names them)"


def labels() -> list[dict[str, str]]:
    path = CORPUS / "labels.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts_of(name: str) -> PageFacts:
    host = name.removesuffix(".html").partition("_")[2]
    return read((CORPUS / "html" / name).read_bytes(), f"https://{host}/")


def test_the_real_pages_are_at_hand() -> None:
    if not PAGES:
        pytest.skip(ABSENT)
    assert labels()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_real_page_is_read_whole(path: Path) -> None:
    facts = facts_of(path.name)
    assert not facts.cut
    assert facts.charset == "utf-8"
    if path.stat().st_size > 1000:
        assert facts.lines
        assert facts.links
        assert {"header", "menu", "footer"} & set(facts.landmarks)


@pytest.mark.parametrize("label", labels(), ids=lambda label: label["file"])
def test_facts_agree_with_the_labels(label: dict[str, str]) -> None:
    facts = facts_of(label["file"])
    footer = {at for at, line in enumerate(facts.lines) if line.region == "footer"}
    held = {contact.kind for contact in facts.contacts if contact.line in footer}
    seen = {
        "emc_tracking_code": any(embed.state == "live" for embed in facts.emc),
        "footer_phone": "phone" in held,
        "footer_email": "email" in held,
        "footer_address": "address" in held,
        "footer_responsible_person": any(person.role == "responsible" for person in facts.people),
        "links_to_chinhphu_vn": any("chinhphu.vn" in link.url for link in facts.links),
        "tinnhiem_mang_badge": any("tinnhiemmang.vn" in link.url for link in facts.links),
        "search_box": any(field.kind in ("text", "search") for form in facts.forms for field in form.fields),
    }
    said = {name: label[name].startswith(("yes", "hidden")) for name in seen}
    wrong = _KNOWN_WRONG.get(label["file"], set())
    assert {name: seen[name] for name in seen if name not in wrong} == {
        name: said[name] for name in said if name not in wrong
    }
    if "html_lang" not in wrong:
        declared = facts.language.declared
        assert (declared or "(none)") == label["html_lang"]


_KNOWN_WRONG = {
    # The saved file has an html element of the save tool around the page's own, which declares en-US.
    "053_danang.gov.vn.html": {"html_lang"},
}
