"""What in a footer may be an item in a form that the reading does not know: enough to accuse nobody.

Each question gives the text that may be it, or None. Nothing passes by these: a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from audit_rules.facts import Line, PageFacts, Portal, Surroundings
from audit_rules.footer import Footer
from audit_rules.naming import calls, is_titled, names_of, said
from audit_rules.owners import begins_with_body, is_credit, names_owner
from audit_rules.postal import may_be_postal
from audit_rules.reading.people import find_name
from audit_rules.reading.vietnamese import fold

_ABOVE = 12
"""Lines right above a footer that may be one block with it."""
_LONGEST_NAME = 80
_IN_LETTERS = frozenset({"bo", "so", "cuc", "vu"})
"""Kinds of bodies that are written in letters."""
_LABEL_OF_OWNER = re.compile(
    r"(?:(?:co quan|don vi)\s(?:chu quan|quan ly|chu tri|thuong truc|van hanh)|thuong truc ban bien tap"
    r"|ban quyen\s(?:thuoc|cua)(?:\sve)?)\s*:?\s*(?P<told>.{5,})"
)
_HOST = re.compile(r"\S+\.\S+")
_COMPANY = re.compile(r"\b(?:cong ty|cty|tap doan|vnpt|viettel|fpt|chung toi)\b")
_BY_OWNER = re.compile(r"\b(?:boi|by)\s*:?\s*(?P<told>.{5,80})")
_NEXT = re.compile(r"\s[-–—|]\s|[|;•]|\.\s+")
_OF_PERSON = re.compile(
    r"\b(?:bbt|tbbt|ban bien tap|trach nhiem|chiu tn|phu trach|dai dien|chu bien|quan tri|quan ly|dieu hanh"
    r"|phat ngon|truong ban|thu truong|nguoi dung dau|giam doc|chu tich|cuc truong|vu truong"
    r"|chanh van phong|bi thu|editor)\b"
)
_ANSWERS_FOR = re.compile(r"\b(?:trach nhiem|chiu tn|bien tap|bbt|phu trach)\b[^:]*:?")
_OFFICE = re.compile(
    r"giam doc|chu tich|chanh van phong|chanh vp|truong phong|truong ban|cuc truong|vu truong|bi thu"
)
_AFTER_PLACE = re.compile(
    r"\b(?:tỉnh|thành phố|tp\.?|xã|phường|đặc khu|huyện|quận)\s(?P<told>[^\W\d_]\w*(?:\s[^\W\d_]\w*){2,})",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"\b(?:dien thoai|dt|sdt|tel|phone|hotline|duong day nong|tong dai|truc ban)\b[^a-z0-9]{0,12}"
    r"(?:(?:co quan|lien he|so|o)\b\W{0,4})?(?P<told>[\do][\doO\W]{2,})"
)
_ODD_NUMBER = re.compile(r"(?<![\w/])\(?0\d{2,3}\)?\W{1,3}\d{3}\W{0,3}\d{3}|^1022$|\b0\d{2,3}\.1022\b")
_NOT_A_PHONE = re.compile(r"\b(?:fax|ma so thue|mst|giay phep|tai khoan)\b")
_PHONE_LABEL = re.compile(r"(?:dien thoai|dt|sdt|tel|phone|hotline|duong day nong)\s*:?")
_MAIL_LABEL = re.compile(r"(?:dia chi )?(?:e-?mail|thu dien tu|hop thu|hom thu)(?: cong vu)?\s*:?")
_MAIL = re.compile(
    r"\b(?:e-?mail|thu dien tu|hop thu|hom thu|mail)\b.{0,30}?[a-z0-9]"
    r"(?:.{0,14}[@＠#].{0,3}[a-z0-9-]+\.|.{0,4}(?:a cong|\bat\b)|[\w-]*\.(?:[\w-]+\.)?(?:gov\.vn|vn|com)\b)"
)
_MAIL_ALONE = re.compile(
    r"[a-z0-9]\s?[@＠]{1,2}\s?[a-z0-9-]+\.(?:[a-z0-9-]+\.)*(?:vn|com)?|nv\.vog\.|[a-z0-9] ?[(\[]a cong[)\]]"
)


# --- whose ---------------------------------------------------------------------------------------------


def may_name_owner(footer: Footer, portal: Portal, around: Surroundings) -> str | None:
    """A name of the agency where it says something else as well (an address, a source note), in letters, by its
    place alone, in what is hidden; or a label of the owner with somebody behind it."""
    hidden = [footer.view.lines[at] for at in sorted(footer.indexes) if footer.view.lines[at].hidden]
    found = names_owner(hidden, portal, around)
    if found is not None:
        return found
    for line in footer.lines:
        if _may_call(line.text, portal) or _has_owner_behind_label(line.text):
            return line.text
    linked = (text for link in footer.view.links if link.region == "footer" for text in (link.text, link.hint))
    return next((text for text in linked if text and calls(text, portal.agency)), None)


def _may_call(text: str, portal: Portal) -> bool:
    agency = portal.agency
    if agency is None:
        return False
    if is_credit(text):
        by = _BY_OWNER.search(fold(text))
        told = [_NEXT.split(by.group("told"))[0], *filter(is_titled, _NEXT.split(text)[1:])] if by else []
        return any(calls(part, agency) for part in told)
    names, told_words = names_of(agency), said(_HOST.sub(" ", text))
    if calls(text, agency) or any(_in_letters(name, told_words) for name in (*names.short, *names.full)):
        return True
    places = (place for place in names.places if not any(char.isdigit() for char in text))
    return any(place in told_words for place in places)


def _in_letters(name: str, told: str) -> bool:
    """Whether a text has a name in letters: "SXD", "Sở XD", "S Ở X Â Y"."""
    kind, *field = name.split()
    letters = "".join(word[0] for word in field)
    if kind not in _IN_LETTERS or len(letters) < 2:
        return False
    spaced = f" {' '.join(name.replace(' ', ''))} "
    return f" {kind[0]}{letters} " in told or f" {kind} {letters} " in told or spaced in told


def _has_owner_behind_label(text: str) -> bool:
    label = _LABEL_OF_OWNER.search(fold(text))
    return label is not None and not _COMPANY.search(label.group("told")) and not is_credit(label.group("told"))


# --- who -----------------------------------------------------------------------------------------------


def may_name_person(footer: Footer) -> str | None:
    """A name beside words of an office or of editing, or behind the name of a place ("Chánh Văn phòng UBND tỉnh
    Nguyễn Văn A"), or in small letters."""
    lines = footer.lines
    for at, line in enumerate(lines):
        folded = fold(line.text)
        if not _OF_PERSON.search(folded) or is_credit(line.text):
            continue
        following = lines[at + 1].text if at + 1 < len(lines) and line.text.rstrip().endswith(":") else ""
        if find_name(line.text) is not None or (following and find_name(following) is not None):
            return line.text
        answers = _ANSWERS_FOR.search(folded)
        if answers is None:
            continue
        behind = _AFTER_PLACE.search(line.text) if _OFFICE.search(folded) else None
        told = line.text[answers.end() :] if len(folded) == len(line.text) else ""
        for text in (behind.group("told") if behind else "", told):
            if (
                text
                and find_name(text.title()) is not None
                and find_name(text) is None
                and not begins_with_body(text)
            ):
                return line.text
            if text and behind and find_name(text) is not None:
                return line.text
    return None


# --- where ---------------------------------------------------------------------------------------------


def may_give_address(footer: Footer) -> str | None:
    return next((line.text for line in footer.lines if may_be_postal(line.text)), None)


def may_give_phone(footer: Footer) -> str | None:
    """A label of a phone with figures that are no number as it is dialled, or with nothing but a picture."""
    for line in footer.lines:
        folded = fold(line.text)
        number = _PHONE.search(folded) or (_ODD_NUMBER.search(folded) if not _NOT_A_PHONE.search(folded) else None)
        if number is not None and not is_credit(line.text[: number.end()]):
            return line.text
    return _label_of_picture(footer, may_label_phone)


def may_give_mail(footer: Footer) -> str | None:
    """Something like an e-mail address, broken or masked, or the label of one beside a picture."""
    for line in footer.lines:
        folded = fold(line.text)
        found = _MAIL.search(folded) or _MAIL_ALONE.search(folded)
        if found is not None and not is_credit(line.text[: found.end()]):
            return line.text
    return _label_of_picture(footer, may_label_mail)


def may_label_phone(text: str) -> bool:
    """Whether a text is the label of a phone number and nothing else."""
    return _PHONE_LABEL.fullmatch(fold(text).strip()) is not None


def may_label_mail(text: str) -> bool:
    """Whether a text is the label of an e-mail address and nothing else."""
    return _MAIL_LABEL.fullmatch(fold(text).strip()) is not None


def _label_of_picture(footer: Footer, is_label: Callable[[str], bool]) -> str | None:
    """A label with nothing behind it, in a footer with a picture that says nothing: the answer may be its."""
    if not any(each.region == "footer" and not each.alt for each in footer.view.pictures):
        return None
    return next((line.text for line in footer.lines if is_label(line.text)), None)


# --- a block above ---------------------------------------------------------------------------------------


def block_above(footer: Footer, portal: Portal, around: Surroundings) -> Footer | None:
    """The block right above a footer that names the owner: portals put it there, and the rights alone below."""
    view, first = footer.view, min(footer.indexes, default=0)
    for at in range(max(0, first - _ABOVE), first):
        if _is_owners(view.lines[at], portal, around):
            return Footer(view, frozenset(_own(view, at, first)))
    return None


def _own(view: PageFacts, first: int, last: int) -> Iterator[int]:
    return (at for at in range(first, last) if view.lines[at].region not in ("teaser", "article", "menu"))


def _is_owners(line: Line, portal: Portal, around: Surroundings) -> bool:
    if (
        line.region not in ("main", "aside")
        or len(line.text) > _LONGEST_NAME
        or names_owner([line], portal, around) is None
    ):
        return False
    return is_titled(line.text) or line.text.isupper() or any(said(line.text) == name for name in _names(portal))


def _names(portal: Portal) -> tuple[str, ...]:
    names = names_of(portal.agency) if portal.agency else None
    return (*names.full, *names.short) if names else ()
