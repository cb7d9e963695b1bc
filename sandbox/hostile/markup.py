"""Hosts whose pages are made to hold up, fill or fool whoever reads them."""

from __future__ import annotations

from sandbox.hostile.trap import EITHER, UNSEEN, Asked, Reply, good, grafted, trap


def _at_home(asked: Asked, *, first: str = "", last: str = "") -> Reply:
    """The good home page with something put before its content or behind it; every other page is as it was."""
    return grafted(asked, first=first, last=last) if asked.home else good(asked)


@trap()
def nested_tags(asked: Asked) -> Reply:
    """A hundred thousand open elements stand before the content."""
    return _at_home(asked, first="<div>" * 100_000)


@trap()
def formatting_tags(asked: Asked) -> Reply:
    """Each of ten thousand paragraphs opens a bold that is never closed."""
    return _at_home(asked, first="".join(f"<p><b id={number}>x" for number in range(10_000)))


@trap()
def many_attributes(asked: Asked) -> Reply:
    """One element has two hundred thousand attributes."""
    return _at_home(asked, first="<div " + " ".join(f"a{number}=1" for number in range(200_000)) + "></div>")


@trap()
def many_links(asked: Asked) -> Reply:
    """Two hundred thousand links stand before the content."""
    return _at_home(asked, first="".join(f"<a href=/x/{number}>muc {number}</a>" for number in range(200_000)))


@trap()
def large_attributes(asked: Asked) -> Reply:
    """A link, a title, a class and a picture of a megabyte each."""
    much = "x" * (1 << 20)
    things = f'<a href="/{much}" title="{much}">a</a><i class="{much}"></i><img alt="{much}" src="data:,{much}">'
    return _at_home(asked, last=things)


@trap()
def open_comments(asked: Asked) -> Reply:
    """Comments, scripts and styles that never end follow the content."""
    return _at_home(asked, last="<!--" * 50_000 + "<script>" + "_govaq/*" * 50_000 + "<style>" + "{" * 50_000)


@trap()
def frames_in_frames(asked: Asked) -> Reply:
    """Every page shows itself in ten frames."""
    return grafted(asked, last="".join(f'<iframe src="{asked.path}?k={number}"></iframe>' for number in range(10)))


@trap()
def nul_bytes(asked: Asked) -> Reply:
    """NUL bytes stand between the words, which browsers leave out."""
    if not asked.is_page:
        return good(asked)
    return Reply(asked.good.body.replace(b"</", b"\0\0</"), status=good(asked).status)


@trap()
def nonsense_charset(asked: Asked) -> Reply:
    """The head names a charset that does not exist."""
    if not asked.is_page:
        return good(asked)
    return Reply(asked.good.body, 'text/html; charset="\x01;;=không-có"', good(asked).status)


@trap(EITHER)
def charset_of_no_text(asked: Asked) -> Reply:
    """The charset named is one of Python's own that is none of text, and bytes that no charset has follow."""
    if not asked.is_page:
        return good(asked)
    return Reply(asked.good.body + b"\xff\xfe\xfd" * 1000, "text/html; charset=base64", good(asked).status)


@trap(UNSEEN)
def html_as_pdf(asked: Asked) -> Reply:
    """Pages are announced as PDF files."""
    return Reply(asked.good.body, "application/pdf") if asked.is_page else good(asked)


@trap(UNSEEN)
def pdf_as_html(asked: Asked) -> Reply:
    """The home page is a PDF file that is announced as HTML."""
    return Reply(b"%PDF-1.7\n" + bytes(range(256)) * 400) if asked.home else good(asked)


@trap(UNSEEN)
def picture_as_html(asked: Asked) -> Reply:
    """The home page is a picture with markup in it that is announced as HTML."""
    return Reply(b"\x89PNG\r\n\x1a\n" + asked.good.body) if asked.home else good(asked)


@trap()
def html_without_type(asked: Asked) -> Reply:
    """The home page carries no type at all."""
    return Reply(asked.good.body, "") if asked.home else good(asked)


SPELL = (
    "=cmd|'/c calc'!A1 \x1b]0;owned\x07\x1b[31m\x9b2J \u202edcba\u2066"
    " <script>alert(1)</script> [red]x[/red] {0} %s"
)
"""A text that commands terminals, spreadsheets, browsers and careless programs."""


@trap()
def spells(asked: Asked) -> Reply:
    """Titles, links, labels and text carry terminal escapes, directions, formulas, markup and place-holders."""
    told = SPELL.replace("<", "&lt;")
    link = f'<a href="/lien-he?{SPELL.replace(chr(34), "")}" title="{told}">{told}</a>'
    lines = f"<h2>{told}</h2><p>Người phát ngôn: {told}</p><p>Điện thoại: {told}</p>{link}"
    head = f'<meta name="generator" content="{told}"><meta name="description" content="{told}">'
    return grafted(asked, first=f"<main>{lines}</main>", head=head)


@trap(faulty=True)
def bare_spells(asked: Asked) -> Reply:
    """Nothing but such text: there is no portal here, and what is told of that quotes it."""
    if not asked.is_page:
        return good(asked)
    told = SPELL.replace("<", "&lt;")
    links = "".join(f'<li><a href="/{number}{SPELL[:9]}">Chuyên mục {told}</a></li>' for number in range(9))
    head = f'<!DOCTYPE html><html lang="{told}"><title>{told}</title>'
    lines = f"<h1>{told}</h1><p>Tin về người phát ngôn {told}</p>" + "<p>Tin tức trong ngày của địa phương</p>" * 20
    body = f"{head}<body><nav><ul>{links}</ul></nav><main>{lines}</main><footer><p>{told}</p></footer>"
    return Reply(body.encode(), status=good(asked).status)
