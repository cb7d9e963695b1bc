"""Whether a text is a postal address, or may be one that the reading did not know for such."""

from __future__ import annotations

import re

from audit_rules.reading.data import load
from audit_rules.reading.vietnamese import fold

_PLACEHOLDER = re.compile("|".join(load("bodies.toml")["placeholders"]))
_PLACE = re.compile(
    r"\d|\b(?:duong|pho|phuong|xa|thi tran|thi xa|thon|khu|quan|huyen|tp|thanh pho|tinh|toa nha|street|ward)\b"
)
_LABEL = re.compile(r"\b(?:dia chi|tru so|address)\b[^:]{0,20}:?\s*(?P<told>.*)")
_STREET = re.compile(
    r"\b(?:so nha|duong (?!day)|pho (?!bien|thong|giam|chu|cap)|quoc lo|dai lo|ngo|khu trung tam|street)\b.*[\d,]"
)
_BEGINS = re.compile(
    r"\W*(?:thon|to (?:\d|dan pho)|to dan pho|ap|buon|ban|khom|xom|khu (?:pho|do thi|hanh chinh|\d)|km ?\d"
    r"|ql ?\d|lo [a-z]?\d|tang \d|toa nha|so \d+|duong (?!day)|pho (?!bien|thong|giam|chu|cap)|ngo|hem)\b"
    r".*[,–-].*[a-z]"
)
"""The beginning of an address that has no label: a hamlet, a quarter, a floor."""
_IN_COMMUNE = re.compile(r"[^,:]{2,60},\s?(?:phuong|xa|thi tran|dac khu|p\.|x\.)\s?\w")
_SHORT_LABEL = re.compile(r"\W*(?:d/?c|dia diem|van phong)\s?:\s*(?P<told>.{6,})")
_BODY = re.compile(r"\b(?:ubnd|uy ban|hdnd|hoi dong|dang uy|so|ban quyen|cong|trang|giay phep)\b")
_SHORTEST = 6
_LONGEST = 400
"""Characters of a line that are looked at."""


def is_postal(value: str) -> bool:
    """Whether what stands as an address is one: a number or a kind of place, and no template's place-holder."""
    told = fold(value)
    return _PLACE.search(told) is not None and _PLACEHOLDER.search(told) is None


def may_be_postal(line: str) -> bool:
    """Whether a line may hold an address that was not read as one: a label with something behind it, a street."""
    told = fold(line[:_LONGEST])
    if _PLACEHOLDER.search(told):
        return False
    label = _LABEL.search(told)
    if label is not None and "email" not in label.group() and "mail" not in label.group():
        return len(label.group("told")) >= _SHORTEST
    if _STREET.search(told) is not None or _BEGINS.match(told) is not None:
        return True
    labelled = _SHORT_LABEL.match(told)
    if labelled is not None:
        return "," in labelled.group("told") or _PLACE.search(labelled.group("told")) is not None
    return _IN_COMMUNE.match(told) is not None and _BODY.search(told) is None
