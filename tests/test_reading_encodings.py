"""Pages are read in the charset they are really in, whatever header and meta element say."""

from __future__ import annotations

import codecs
import unicodedata

import pytest

from audit_rules.facts import PageFacts
from audit_rules.reading.decoding import _TCVN3
from tests.reading import read

TEXT = "Cổng thông tin điện tử tỉnh Mẫu: tiếp cận thông tin, phản ánh kiến nghị của người dân"


def page(meta: str = "", text: str = TEXT) -> str:
    return f"<html><head>{meta}<title>{text}</title></head><body><p>{text}</p></body></html>"


def told(body: bytes, charset: str | None = None) -> tuple[str, str]:
    facts: PageFacts = read(body, charset=charset)
    return facts.lines[0].text, facts.charset


@pytest.mark.parametrize(
    "label", [None, "utf-8", "UTF8", "iso-8859-1", "windows-1252", "windows-1258", "nonsense", "", "a\0b", "\ud800"]
)
@pytest.mark.parametrize("meta", ["", '<meta charset="iso-8859-1">', "<meta charset=utf-8>", '<meta charset="x">'])
def test_valid_utf8_is_utf8_whatever_the_labels_say(label: str | None, meta: str) -> None:
    assert told(page(meta).encode(), label) == (TEXT, "utf-8")


def test_rubbish_behind_a_page_in_utf8_does_not_make_it_one_of_abc_fonts() -> None:
    line = "Chịu trách nhiệm nội dung: Ủy ban nhân dân xã Bình An, thôn Trung Tâm; điện thoại, thư điện tử."
    text = " ".join([line] * 4)
    assert told(page(text=text).encode() + b"\xff\xfe\xfd" * 1000, "base64") == (text, "utf-8")


@pytest.mark.parametrize(
    ("bom", "charset"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_wins(bom: bytes, charset: str) -> None:
    assert told(bom + page("<meta charset=windows-1252>").encode(charset), "iso-8859-1") == (TEXT, charset)


def windows_1258(text: str) -> bytes:
    """The code page writes the tone as a mark of its own behind the letter."""
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    out = ""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in tones)
        out += unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tone
    return out.encode("windows-1258")


@pytest.mark.parametrize(
    ("label", "meta"),
    [("windows-1258", ""), (None, '<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">')],
)
def test_windows_1258_is_read_by_its_label(label: str | None, meta: str) -> None:
    assert told(windows_1258(page(meta)), label) == (TEXT, "cp1258")


def test_the_header_outranks_the_meta_element() -> None:
    assert told(windows_1258(page("<meta charset=windows-1252>")), "windows-1258")[1] == "cp1258"


def test_one_bad_byte_does_not_change_the_charset() -> None:
    body = page("<meta charset=windows-1252>").encode().replace(b"<p>", b"<p>\xff")
    text, charset = told(body, "iso-8859-1")
    assert (text, charset) == ("\ufffd" + TEXT, "utf-8")


def test_a_page_cut_in_the_middle_of_a_letter_is_still_utf8() -> None:
    assert told(page().encode().rpartition("dân".encode())[0] + b"d\xc3", "iso-8859-1")[1] == "utf-8"


def test_bytes_without_any_usable_label_are_read_somehow() -> None:
    facts = read(b"<p>caf\xe9 cr\xe8me \xe0 la carte, d\xe9j\xe0 vu</p>", charset="base64")
    assert facts.lines[0].text.startswith("caf")
    assert facts.charset


def tcvn3(text: str) -> str:
    """A text as it is typed for an ABC font: Vietnamese letters in the places of Latin-1's."""
    places = {ord(letter): place for place, letter in _TCVN3.items()}
    return text.translate(places)


@pytest.mark.parametrize("carrier", ["windows-1252", "utf-8"])
def test_text_for_abc_fonts_is_seen_and_turned_into_unicode(carrier: str) -> None:
    text = f"{TEXT.lower()}, {TEXT.lower()}"
    body = page(text=tcvn3(text)).encode("latin-1" if carrier == "windows-1252" else carrier)
    assert told(body, carrier) == (text, "tcvn3")


def test_tcvn3_is_spelled_as_the_standard_has_it() -> None:
    typed = "céng hoµ x· héi chñ nghÜa viÖt nam, ®éc lËp - tù do - h¹nh phóc, th«ng b¸o. "
    text, charset = told(page(text=typed * 3).encode("latin-1"), None)
    assert charset == "tcvn3"
    assert text.startswith("cộng hoà xã hội chủ nghĩa việt nam, độc lập - tự do - hạnh phúc, thông báo.")


def test_a_foreign_text_with_odd_signs_is_no_tcvn3() -> None:
    french = "Évidemment « déjà vu » © société ® marque déposée µm " * 10
    assert told(page(text=french.strip()).encode(), None)[1] == "utf-8"


@pytest.mark.parametrize("body", [b"", b"\0\0\0", b"   ", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_an_empty_page_is_an_empty_frame(body: bytes) -> None:
    facts = read(body)
    assert (facts.lines, facts.links, facts.shell) == ((), (), True)


@pytest.mark.parametrize("label", ["a\0b", "\ud800", "hex", "undefined", "unicode_escape", "UTF-7", "punycode"])
def test_a_label_that_names_nothing_is_passed_over(label: str) -> None:
    assert told(page("<meta charset=windows-1258>").encode("cp1258", "replace"), label)[1] == "cp1258"
