"""What a person saw on saved real pages, beside what the auditor says of them.

For a fact, positive means: the item is there. For a rule, positive means: ``failed``, an accusation; so a false
positive of a rule is a wrong accusation.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from audit_rules.address import plain_host
from audit_rules.facts import Contact, PageFacts
from audit_rules.owners import names_a_body
from audit_rules.reading.vocabulary import link_match
from bench.corpus import CORPUS
from bench.counting import Told, Truth
from bench.settled import read, rulebook, saved_home

Label = Mapping[str, str]


def labelled_pages(corpus: Path = CORPUS) -> list[dict[str, str]]:
    """The rows of a corpus's ``labels.csv``; an empty list where there is none."""
    path = corpus / "labels.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _footer_lines(facts: PageFacts) -> set[int]:
    return {at for at, line in enumerate(facts.lines) if line.region == "footer"}


def _footer_contact(kind: str) -> Callable[[PageFacts], bool]:
    def has(facts: PageFacts) -> bool:
        footer = _footer_lines(facts)
        held: list[Contact] = [each for each in facts.contacts if each.line in footer]
        return any(each.kind == kind for each in held)

    return has


def _leads_to(host: str) -> Callable[[PageFacts], bool]:
    return lambda facts: any(host in link.url for link in facts.links)


def _has_sitemap(facts: PageFacts) -> bool:
    return any(
        (found := link_match(link.text, link.hint, link.url, "sitemap_page")) is not None and found.why_not is None
        for link in facts.links
        if link.region not in ("teaser", "article")
    )


FACTS: dict[str, Callable[[PageFacts], bool]] = {
    "emc_tracking_code": lambda facts: any(embed.state == "live" for embed in facts.emc),
    "footer_managing_agency": lambda facts: (
        names_a_body(line for line in facts.lines if line.region == "footer") is not None
    ),
    "footer_responsible_person": lambda facts: any(person.role == "responsible" for person in facts.people),
    "footer_phone": _footer_contact("phone"),
    "footer_email": _footer_contact("email"),
    "footer_address": _footer_contact("address"),
    "search_box": lambda facts: any(
        field.kind in ("text", "search") for form in facts.forms for field in form.fields
    ),
    "sitemap_link": _has_sitemap,
    "tinnhiem_mang_badge": _leads_to("tinnhiemmang.vn"),
    "links_to_chinhphu_vn": _leads_to("chinhphu.vn"),
    "html_lang": lambda facts: facts.language.declared is not None,
    "html_lang_vi": lambda facts: (facts.language.declared or "").lower().partition("-")[0] == "vi",
}
"""The columns of ``labels.csv`` that the reader has a fact for, and how it says that the item is there."""

NOT_COMPARED = (
    "emc_badge",
    "footer_licence",
    "feedback_or_contact_link",
    "english_version",
    "rss",
    "access_count",
    "sibling_hosts_in_links",
    "sibling_hosts_in_select_options",
    "images_total",
    "images_without_alt",
    "images_empty_alt",
)
"""Columns for which the auditor has no fact yet: nothing to compare."""


def is_there(label: Label, column: str) -> bool:
    """Whether the reader of the page saw the item. A masked e-mail ("hidden") is there."""
    if column == "html_lang":
        return label[column] != "(none)"
    return label[column].startswith(("yes", "hidden"))


def _language_fault(label: Label) -> bool:
    return not label["html_lang_vi"].startswith("yes") or "English page" in label["note"]


RULES: dict[str, Callable[[Label], bool | None]] = {
    "accessibility.language_declared": _language_fault,
    "identity.footer_email": lambda label: not is_there(label, "footer_email"),
    "identity.footer_names_owner": lambda label: not is_there(label, "footer_managing_agency"),
    "identity.footer_phone": lambda label: not is_there(label, "footer_phone"),
    "identity.footer_responsible_person": lambda label: not is_there(label, "footer_responsible_person"),
    "measurement.emc_code_present": lambda label: not is_there(label, "emc_tracking_code"),
    "navigation.search_box": lambda label: not is_there(label, "search_box"),
    "structure.links_to_main_portal": lambda label: (
        None if label["link_to_main_portal"].startswith("n/a") else not is_there(label, "link_to_main_portal")
    ),
}
"""Rules that a label decides: whether the page is at fault, None where the label does not say."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """A label that is surely wrong; what it says counts neither for nor against the auditor."""

    file: str
    column: str
    vi: str
    en: str


DISPUTED = (
    Disputed(
        "053_danang.gov.vn.html",
        "html_lang",
        'nhãn ghi “không khai báo”; trong tệp lưu có thẻ `<html lang="en-US">` thứ hai (chương trình lưu trang bọc '
        "thêm một thẻ `<html>` bên ngoài), mọi trình duyệt gộp hai thẻ làm một, nên trang có khai báo en-US",
        'the label says none; the saved file holds a second `<html lang="en-US">` (the save tool wrapped the page '
        "in one more html element), which every browser merges into the first, so the page does declare en-US",
    ),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer of the auditor about one page whose truth a person knows. ``what`` is a fact or a rule."""

    what: str
    file: str
    site: str
    true: Truth
    told: Told
    label: str
    answer: str

    @property
    def is_wrong(self) -> bool:
        return {self.true, self.told} == {"positive", "negative"}


def _sign(positive: bool) -> Truth:
    return "positive" if positive else "negative"


def compare_facts(label: Label, html: bytes) -> list[Comparison]:
    """What the reader says of a labelled page, for every column it has a fact for."""
    facts = read(html, f"https://{label['host']}/")
    disputed = {(each.file, each.column) for each in DISPUTED}
    site = plain_host(label["host"])
    return [
        Comparison(
            column, label["file"], site, _sign(is_there(label, column)), _sign(seen), label[column], str(seen)
        )
        for column, fact in FACTS.items()
        if (label["file"], column) not in disputed
        for seen in (fact(facts),)
    ]


def compare_rules(label: Label, html: bytes) -> list[Comparison]:
    """What the rules say of a labelled page as the home of its portal, for every rule that a label decides."""
    told: dict[str, Told] = {"failed": "positive", "passed": "negative", "cantTell": "undecided"}
    compared = []
    for each in saved_home(label["host"], html).judged(rulebook()):
        fault = RULES[each.rule](label) if each.rule in RULES else None
        if fault is not None:
            verdict = each.verdict
            answer = f"{verdict.outcome} {verdict.reason or ''}".strip()
            compared.append(
                Comparison(
                    each.rule,
                    label["file"],
                    plain_host(label["host"]),
                    _sign(fault),
                    told.get(verdict.outcome, "unbound"),
                    "failed" if fault else "passed",
                    answer,
                )
            )
    return compared
