"""From bytes to text: the charset a page is really in, whatever it says of itself."""

from __future__ import annotations

import codecs
import re
from typing import Final

from bs4.dammit import UnicodeDammit

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_WITHIN = 4096
_DETECTED_WITHIN = 200_000
"""Bytes from which a charset is guessed."""
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_MOSTLY = 0.05
"""Broken bytes per letter beyond ASCII up to which a page still counts as UTF-8: a bad paste changes no charset."""

_TCVN3: Final = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcdddedf"
            "e1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""TCVN 5712:1993 (VN3), the code of the ABC fonts (.VnTime): letters in the places of Latin-1's."""
_TCVN3_MARKS = re.compile("(?<=[a-z])[®µ¸¶·¹¨©ª«¬\u00ad¾»¼½]|[®µ¸¶·¹¨©ª«¬¾»¼½](?=[a-z])")
"""Signs within words: letters to an ABC font, in no language to any other."""
_FEWEST_MARKS, _FEWEST_KINDS = 20, 5


_THREE_BYTES = re.compile("[\u1ea0-\u1ef9]")
"""Letters that take three bytes in UTF-8: whatever rubbish stands beside them, no other charset makes a score."""
_UNICODE_LETTERS = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


def decode(body: bytes, header_charset: str | None) -> tuple[str, str]:
    """The text of a page and the charset it was read with.

    A byte order mark wins. Bytes that are UTF-8 with letters beyond ASCII, but for a few, are UTF-8 whatever the
    labels say, for no other charset looks like it by chance. Then the header's label, the meta element's, and for
    pages without a usable label detection from the bytes (bs4.UnicodeDammit). Text that shows as Vietnamese only
    in an ABC font is turned into Unicode; its charset is then ``tcvn3``, whatever carried it.
    """
    text, charset = _decoded(body, header_charset)
    if _is_tcvn3(text):
        return text.translate(_TCVN3), "tcvn3"
    return text, charset


def as_utf8(body: bytes, header_charset: str | None) -> tuple[bytes, str]:
    """A page in UTF-8 without NULs, for the parser, and the charset it was read with (see ``decode``)."""
    text, charset = decode(body, header_charset)
    plain = body.removeprefix(codecs.BOM_UTF8)
    if charset != "utf-8" or "\ufffd" in text:
        plain = text.encode("utf-8", "replace")
    return plain.replace(b"\0", b""), charset


def declared_charset(body: bytes) -> str | None:
    """The charset that a page's own meta element names within its first 4 KB."""
    found = _META.search(body, 0, _META_WITHIN)
    return found.group(1).decode("ascii").lower() if found else None


_NO_CHARSETS = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "utf-7", "undefined"})
"""Ways of writing text that Python has among its charsets, and browsers have not."""


def _known(charset: str | None) -> str | None:
    """The name Python gives a charset, as browsers read it: Latin-1 is windows-1252 to them."""
    try:
        name = codecs.lookup(charset or "").name
    except (LookupError, ValueError):  # no charset, or nothing that could be a name
        return None
    if name in _NO_CHARSETS:
        return None
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)


def _decoded(body: bytes, header_charset: str | None) -> tuple[str, str]:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, "replace"), charset
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    letters = len(text) - broken - len(body.translate(None, _BEYOND_ASCII))
    if broken <= letters * _MOSTLY or len(_THREE_BYTES.findall(text)) >= _FEWEST_MARKS:
        return text, "utf-8"
    for label in (_known(header_charset), _known(declared_charset(body))):
        if label is not None and label != "utf-8":
            try:
                return body.decode(label), label
            except (UnicodeError, LookupError):  # wrong, or no charset of text at all
                continue
    latin = body.decode("latin-1")
    if _is_tcvn3(latin):
        return latin, "latin-1"
    guess = UnicodeDammit(body[:_DETECTED_WITHIN], is_html=True)
    if guess.original_encoding is not None:
        return body.decode(guess.original_encoding, "replace"), guess.original_encoding
    return text, "utf-8"


def _is_tcvn3(text: str) -> bool:
    if _UNICODE_LETTERS.search(text):
        return False
    marks = [] if text.isascii() else _TCVN3_MARKS.findall(text)
    return len(marks) >= _FEWEST_MARKS and len(set(marks)) >= _FEWEST_KINDS
