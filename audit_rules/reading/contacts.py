"""Phones, e-mail addresses and postal addresses in lines of text.

Phones as they are dialled in Viet Nam: 0 and nine or ten digits, 1900/1800, 080 (Government), 069 (army and
police), the short numbers 1022 and 11x where a word says that it is a phone. Fax, tax and account numbers are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import unquote

from audit_rules.facts import Contact, Line, Link
from audit_rules.reading.vietnamese import fold

Found = tuple[Literal["phone", "email", "address"], str, str]
"""Kind, value and the text it was read from: a contact without its place."""

_DIGITS = re.compile(
    r"[0-9](?:(?:[\s.()–-]{0,4}[0-9]){6}|(?<=1)[89]00(?:[\s.-]{0,2}\d){2}|(?<=1)(?<![0-9]1)(?:022|1[0-9])(?![0-9]))"
)
"""Digits without which a line holds no phone."""
_NUMBER = re.compile(
    r"(?:(?<![\w/@%#.,])|(?<=[^\d]\.)|(?<=\d\d\d/))"
    r"(?:\(?\+\s?\(?84\)?[\s.()-]{0,3}|\(?(?:00)?84\)?[\s.()-]{0,3}|\(?0)\d?(?:[\s.()–-]{0,4}\d){6,60}(?![\w@])(?!/\s?[A-ZĐ])"
)
_CALL_CENTRE = re.compile(r"(?<![\w/@.])1[89]00(?:[\s.-]{0,2}\d){2,6}(?![\w@])")
_SHORT = re.compile(r"(?<![\w/@.,-])(?:1022|11[0-9])(?![\w@/.,]?\d)(?!\w)")
_DATE = re.compile(r"\(?\d{1,2}[.-]\d{1,2}[.-](?:19|20)\d\d(?!\d)")
_CALL_WORDS = re.compile(r"duong day nong|hotline|tong dai|dien thoai|\bs?dt\b|\btel\b|phone|goi|lien he|zalo")
_NOT_A_PHONE = re.compile(
    r"(?:fax|ma so thue|\bmst\b|ma so(?: [a-z]+){0,3}|tai khoan|\bstk\b"
    r"|(?:giay phep|ho so|quyet dinh|cong van)(?: so)?|so\s?:?\s?gp|cccd|cmnd|luot"
    r"|(?:truy cap|tong(?: so)?|visitors?|online|hom nay)(?: [a-z]+)?)"
    r"(?:\s?\d)?[^a-z0-9]{0,12}$"
)
_PHONE_AND_FAX = re.compile(r"(?:dt|tel|dien thoai|phone)\s*[/&,-]\s*fax[^a-z0-9]{0,12}$")
_BETWEEN_NUMBERS = re.compile(r"[\s,;/–-]*(?:và|hoặc)?[\s,;/–-]*")
_BEGINS = re.compile(r"\(?(?:0[\s.()–-]*[1-9]|\+?\s?\(?84|0084)")
_PARTS = re.compile(r"[\s.)]*[–-][\s(]*|\s{1,3}(?=[(0])|\s+")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_SPELLED = re.compile(
    r"(?<![\w.+-])([\w.+-]{2,64})\s?(?:\[at\]|\(at\)|\{at\}|\(a\)|\[a\]|\(@\)|\[@\]|\s@\s)\s?"
    r"((?:[\w-]{1,63}\s?(?:\.|\[dot\]|\(dot\))\s?){1,4}(?:vn|com|net|org|edu|info|gov|asia))\b",
    re.ASCII | re.IGNORECASE,
)
_ADDRESS_SIGN = re.compile(r"[@\[]|[({][aA]")
_MASKED = re.compile(r"\[email\s*protected\]", re.IGNORECASE)
_PLACE_LABEL = r"(?:địa chỉ|trụ sở|address|add)(?:\s(?:chính|làm việc|tại|cơ quan|liên hệ|trụ sở))*"
_POSTAL = re.compile(
    rf"(?<!\w)(?:{_PLACE_LABEL}|đ/?c(?=\s*[::]\s*(?:số|\d)))\s*[::]\s*(\S.{{5,250}})", re.IGNORECASE
)
_ONLY_LABEL = re.compile(rf"{_PLACE_LABEL}\s*[::]?", re.IGNORECASE)
_NO_PLACE = re.compile(r"https?:|www\.|\S+@", re.IGNORECASE)
_AFTER_PLACE = re.compile(
    r"[\s\-–|;,.*]*(?<!\w)(?:(?:số\s)?(?:điện thoại|đt|sđt)|tel|phone|fax|e-?mail|thư điện tử|hotline"
    r"|đường dây nóng|website|mã số thuế|giấy phép)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_POSTAL_SHAPE = re.compile(
    r"(?i:số\s|so\s|no\.?\s)?\d{1,4}[A-Za-z]?(?:[/-]\d{1,4}[A-Za-z]?)*\s?,?\s(?![a-z]{0,3}[0-9])"
    r"(?:[A-ZĐÀ-Ỹ]|(?i:đường|phố|ngõ|ngách|tổ|thôn|quốc lộ|đại lộ)\s).{2,110}?(?:,|\s[–-])\s?"
    r"(?i:phường|xã|quận|huyện|thị trấn|thị xã|thành phố|tỉnh|tp\.?|p\.|q\.|hà nội|việt nam)"
)
_PLACE_WORD = re.compile(r"\d.*[ ,]|phường|quận|huyện|thị trấn|thành phố|tỉnh|đường|street|district", re.IGNORECASE)
_MAX_PER_PAGE: Final = 400
_MOST_PARTS: Final = 11
"""Parts in which a number is written: one for each digit."""
_MAX_REMEMBERED: Final = 400
_LONGEST_PLACE: Final = 400
_LONGEST_LABEL: Final = 30
_Promise = Literal["contact", "label"] | None


def dialled(text: str) -> str | None:
    """The digits one dials from inside the country, or None where the text is no number anyone can dial."""
    digits = re.sub(r"\D", "", text)
    if (text.lstrip(" (").startswith("+") and digits.startswith("84")) or digits.startswith("0084"):
        digits = "0" + digits.removeprefix("00").removeprefix("84").removeprefix("0")
    elif digits.startswith("84") and 10 <= len(digits) <= 12:
        digits = "0" + digits[2:].removeprefix("0")
    if digits.startswith(("1900", "1800")):
        return digits if 6 <= len(digits) <= 10 else None
    if digits.startswith(("080", "069")):
        return digits if 8 <= len(digits) <= 11 else None
    if digits.startswith("0") and len(digits) in (10, 11) and digits[1] != "0":
        return digits
    return None


def decode_cloudflare(code: str) -> str | None:
    """The e-mail address that Cloudflare hid in a ``data-cfemail`` text (hex, first byte is the key)."""
    try:
        raw = bytes.fromhex(code[:400])
    except ValueError:
        return None
    text = bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", "replace") if raw else ""
    return text if _EMAIL.fullmatch(text) else None


def _numbers(text: str, start: int) -> Iterator[tuple[str, str, int]]:
    """The numbers in a run of digits and separators: dialled, as written, and where it begins.

    A run that is too long holds several numbers ("0212.3751.595 - 0212.3751.091") or one with an extension.
    """
    value = dialled(text)
    if value is not None:
        yield value, text.strip(), start
        return
    places = [0, *(found.end() for found in _PARTS.finditer(text)), len(text)]
    first = 0
    while first < len(places) - 1:
        for last in range(min(len(places) - 1, first + _MOST_PARTS), first, -1):
            part = text[places[first] : places[last]].strip(" -–")
            if not _BEGINS.match(part):
                break
            value = dialled(part)
            if value is not None:
                yield value, part, start + places[first]
                first = last - 1
                break
        first += 1


def _phones(text: str, before: str) -> Iterator[Found]:
    """The phones in a text; ``before`` is the label in front of it, as of a table cell."""
    passed_over = -1
    for found in _NUMBER.finditer(text):
        run, start = found.group(), found.start()
        called = fold(f"{before} {text[max(0, start - 40) : start]}")
        refused = _NOT_A_PHONE.search(called) and not _PHONE_AND_FAX.search(called)
        follows = passed_over >= 0 and _BETWEEN_NUMBERS.fullmatch(text, passed_over, start)
        bare = run.lstrip("(")[:2] == "84" and not run.startswith("(") and not _CALL_WORDS.search(called[-40:])
        if refused or follows or bare or _DATE.match(run):
            passed_over = found.end() if refused or follows else -1
            continue
        for value, written, _ in _numbers(run, start):
            yield "phone", value, written
    for found in _CALL_CENTRE.finditer(text):
        called_free = dialled(found.group())
        if called_free is not None:
            yield "phone", called_free, found.group().strip()
    if _SHORT.search(text) and _CALL_WORDS.search(fold(f"{before} {text}")):
        for found in _SHORT.finditer(text):
            yield "phone", found.group(), found.group()


def _emails(text: str) -> Iterator[Found]:
    for found in _EMAIL.finditer(text):
        yield "email", found.group().lower(), found.group()
    for found in _SPELLED.finditer(text):
        domain = re.sub(r"\[dot\]|\(dot\)", ".", found.group(2).lower())
        yield "email", f"{found.group(1).lower()}@{''.join(domain.split())}", found.group()
    if _MASKED.search(text):
        yield "email", "", "[email protected]"


def _names_a_place(lowered: str) -> bool:
    return (
        "địa chỉ" in lowered
        or "trụ sở" in lowered
        or "add" in lowered
        or "đ/c" in lowered[:6]
        or "đc" in lowered[:4]
    )


def _begins_with_number(lowered: str) -> bool:
    return lowered[0].isdecimal() or lowered.startswith(("số ", "so ", "no"))


def _postal(text: str, before: str) -> Iterator[Found]:
    lowered = text.lower()
    if _names_a_place(lowered):
        found = _POSTAL.search(text)
        if found is not None and not _NO_PLACE.match(found.group(1)):
            place = _AFTER_PLACE.sub("", found.group(1)).strip(" .;,-–|")
            if len(place) > 5:
                yield "address", place, found.group()
            return
    labelled = before and 8 <= len(text) <= 200 and _ONLY_LABEL.fullmatch(before) and _PLACE_WORD.search(text)
    if labelled or (_begins_with_number(lowered) and _POSTAL_SHAPE.match(text)):
        yield "address", _AFTER_PLACE.sub("", text).strip(" .;,-–|"), text


def _in_line(text: str, before: str) -> tuple[Found, ...]:
    found: list[Found] = []
    if _DIGITS.search(text):
        found += _phones(text, before)
    if len(text) <= _LONGEST_PLACE:
        found += _postal(text, before)
    if _ADDRESS_SIGN.search(text):
        found += _emails(text)
    return tuple(found)


_remembered = lru_cache(maxsize=2048)(_in_line)
"""Footers repeat on every page of a portal, so that what a line holds is remembered."""


def contacts_in(text: str) -> tuple[Found, ...]:
    """The contacts in a text that stands alone."""
    if not text:
        return ()
    return _remembered(text, "") if len(text) <= _MAX_REMEMBERED else _in_line(text, "")


def _promise(text: str) -> _Promise:
    """Whether a line may hold a contact, or is the label of an address on the next line: most are neither."""
    lowered = text.lower()
    if _names_a_place(lowered):
        return "label" if len(text) <= _LONGEST_LABEL and _ONLY_LABEL.fullmatch(text) else "contact"
    if _DIGITS.search(text) or _ADDRESS_SIGN.search(text):
        return "contact"
    return "contact" if _begins_with_number(lowered) and _POSTAL_SHAPE.match(text) else None


_promised = lru_cache(maxsize=8192)(_promise)


def _from_links(links: Sequence[Link]) -> Iterator[Contact]:
    for link in links:
        url = link[0]
        if url[0] == "h":
            continue
        lowered = url[:7].lower()
        if lowered == "mailto:":
            for found in _EMAIL.finditer(unquote(url[7:].partition("?")[0])):
                yield Contact("email", found.group().lower(), url, link.line)
        elif lowered.startswith("tel:"):
            value = dialled(unquote(url[4:]))
            if value is not None:
                yield Contact("phone", value, url, link.line)


def read_contacts(
    lines: Sequence[Line], links: Sequence[Link], decoded: Iterable[tuple[str, int]] = ()
) -> tuple[Contact, ...]:
    """Every contact of a page, in order of lines; ``decoded`` are unmasked addresses with their lines.

    A masked address that was decoded is not also reported as hidden.
    """
    contacts: dict[tuple[str, str, int], Contact] = {}
    unmasked = set()
    for address, index in decoded:
        unmasked.add(index)
        contacts[("email", address.lower(), index)] = Contact("email", address.lower(), address, index)
    labelled = False
    for index, line in enumerate(lines):
        text = line[0]
        promise = _promised(text) if len(text) <= _MAX_REMEMBERED else "contact"
        if promise is not None or labelled:
            before = lines[index - 1].text if index else ""
            read = _remembered if len(text) <= _MAX_REMEMBERED else _in_line
            for kind, value, written in read(text, before if len(before) <= _LONGEST_LABEL else ""):
                hidden = kind == "email" and not value
                if not (hidden and index in unmasked):
                    contacts.setdefault((kind, value, index), Contact(kind, value, written, index, hidden))
            if len(contacts) >= _MAX_PER_PAGE:
                break
        labelled = promise == "label"
    for contact in _from_links(links):
        contacts.setdefault((contact.kind, contact.value, contact.line), contact)
    return tuple(sorted(contacts.values(), key=lambda contact: (contact.line, contact.kind, contact.value)))
