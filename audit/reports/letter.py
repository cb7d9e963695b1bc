"""An official letter (công văn) as a .docx file, in the form of Decree 30/2020/NĐ-CP, Annex I.

A4; margins 20 mm above and below, 30 mm left, 20 mm right; Times New Roman; national name and motto, issuing body,
number, place and date, subject, addressee, text, recipients, signature, each in its place and size. Place, number,
date and signature are dots for the clerk to fill in. Such a letter is always in Vietnamese.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Literal

from audit.reports.ooxml import RELATION, XML, as_text, relationships, write_frame

_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f'xmlns:w="{_NS}" xmlns:r="{RELATION}"'
_MM = 56.693
"""Twentieths of a point in a millimetre."""
_LEFT, _RIGHT = 62, 98
"""Widths of the two columns of the head, in millimetres."""
_MOTTO = 56
_SHORT = 22
"""Lengths of the lines below the motto and below the issuing body, in millimetres."""

Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the text: headings, lines, widths in millimetres."""

    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """``above`` is the body above the issuing one, empty where there is none. ``text`` are paragraphs, headings
    (begun with ``# ``) and tables; ``recipients`` the lines under “Nơi nhận”."""

    above: str
    issuer: str
    subject: str
    addressee: str
    text: Sequence[str | Table]
    recipients: Sequence[str]


def as_docx(letter: Letter, made_at: datetime) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        kinds = {"document": "document.main", "styles": "styles", "header": "header"}
        parts = {f"word/{name}.xml": f"officedocument.wordprocessingml.{kind}" for name, kind in kinds.items()}
        write_frame(into, "word/document.xml", parts, title=letter.subject, made_at=made_at)
        links = (
            f'<Relationship Id="rId1" Type="{RELATION}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId2" Type="{RELATION}/header" Target="header.xml"/>'
        )
        into.writestr("word/_rels/document.xml.rels", XML + relationships(links))
        into.writestr("word/styles.xml", XML + _styles())
        into.writestr("word/header.xml", XML + _page_number())
        into.writestr("word/document.xml", f"{XML}<w:document {_W}><w:body>{_body(letter)}</w:body></w:document>")
    return file.getvalue()


def _body(letter: Letter) -> str:
    parts = [_head(letter), _paragraph("", before=6)]
    parts.append(_paragraph(f"Kính gửi: {letter.addressee}.", align="center", before=12, after=12))
    for number, piece in enumerate(letter.text, 1):
        if isinstance(piece, Table):
            parts += [_table(piece), _paragraph("", size=6)]
        elif piece.startswith("# "):
            parts.append(_paragraph(piece[2:], bold=True, first=10, before=6, after=3, with_next=True))
        else:
            last = number >= len(letter.text) - 1  # a signature never stands on a page without text
            parts.append(_paragraph(piece, align="both", first=10, before=3, after=6, with_next=last))
    parts += [_paragraph("", size=6, with_next=True), _foot(letter)]
    page = (
        f'<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="{_mm(210)}" w:h="{_mm(297)}"/>'
        f'<w:pgMar w:top="{_mm(20)}" w:right="{_mm(20)}" w:bottom="{_mm(20)}" w:left="{_mm(30)}"'
        f' w:header="{_mm(10)}" w:footer="{_mm(10)}" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )
    return "".join(parts) + page


def _head(letter: Letter) -> str:
    left = [_paragraph(letter.above.upper(), align="center", size=12)] if letter.above else []
    left += [
        _paragraph(letter.issuer.upper(), align="center", size=12, bold=True, after=2),
        _rule(_LEFT, _SHORT),
        _paragraph("Số: ……/……", align="center", size=13, before=6),
        _paragraph(f"V/v {letter.subject}", align="center", size=12, before=3),
    ]
    right = [
        _paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", align="center", size=12, bold=True),
        _paragraph("Độc lập - Tự do - Hạnh phúc", align="center", size=13, bold=True, after=2),
        _rule(_RIGHT, _MOTTO),
        _paragraph("……………, ngày …… tháng …… năm ……", align="center", size=13, italic=True, before=6),
    ]
    return _two(left, right)


def _foot(letter: Letter) -> str:
    left = [_paragraph("Nơi nhận:", size=12, bold=True, italic=True)]
    left += [_paragraph(f"- {line}", size=11) for line in letter.recipients]
    right = [
        _paragraph("QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", align="center", size=13, bold=True),
        _paragraph("(Chữ ký số hoặc chữ ký của người có thẩm quyền)", align="center", size=12, italic=True),
        *(_paragraph("") for _ in range(3)),
        _paragraph("Họ và tên", align="center", size=14, bold=True),
    ]
    return _two(left, right, whole=True)


def _two(left: Iterable[str], right: Iterable[str], *, whole: bool = False) -> str:
    """Two columns side by side, without lines; ``whole`` where they must not be torn by the end of a page."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{_mm(width)}" w:type="dxa"/></w:tcPr>{"".join(several)}</w:tc>'
        for width, several in ((_LEFT, left), (_RIGHT, right))
    )
    row = "<w:trPr><w:cantSplit/></w:trPr>" if whole else ""
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_mm(_LEFT + _RIGHT)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="28" w:type="dxa"/><w:right w:w="28" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{_mm(_LEFT)}"/><w:gridCol w:w="{_mm(_RIGHT)}"/></w:tblGrid>'
        f"<w:tr>{row}{cells}</w:tr></w:tbl>"
    )


def _table(table: Table) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{_mm(width)}"/>' for width in table.widths)

    def row(texts: Sequence[str], *, head: bool) -> str:
        told = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{_mm(width)}" w:type="dxa"/></w:tcPr>'
            + _paragraph(text, size=12, bold=head, align="center" if head or text.isdecimal() else "left")
            + "</w:tc>"
            for text, width in zip(texts, table.widths, strict=True)
        )
        again = "<w:tblHeader/>" if head else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{told}</w:tr>"

    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_mm(sum(table.widths))}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        + row(table.headings, head=True)
        + "".join(row(line, head=False) for line in table.lines)
        + "</w:tbl>"
    )


def _paragraph(
    text: str,
    *,
    align: Align = "left",
    size: int = 14,
    bold: bool = False,
    italic: bool = False,
    first: int = 0,
    before: int = 0,
    after: int = 0,
    with_next: bool = False,
) -> str:
    """``size``, ``before`` and ``after`` in points, ``first`` (the indent of the first line) in millimetres."""
    indent = f'<w:ind w:firstLine="{_mm(first)}"/>' if first else ""
    looks = ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "")
    keep = "<w:keepNext/>" if with_next else ""
    marks = f'{looks}<w:sz w:val="{size * 2}"/><w:szCs w:val="{size * 2}"/>'
    told = f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{as_text(text)}</w:t></w:r>' if text else ""
    return (
        f'<w:p><w:pPr>{keep}<w:spacing w:before="{before * 20}" w:after="{after * 20}"/>{indent}'
        f'<w:jc w:val="{align}"/><w:rPr>{marks}</w:rPr></w:pPr>{told}</w:p>'
    )


def _rule(column: int, length: int) -> str:
    """A line of some length in the middle of a column, in millimetres."""
    aside = _mm((column - length) / 2)
    return (
        '<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        '<w:spacing w:before="0" w:after="0" w:line="80" w:lineRule="exact"/>'
        f'<w:ind w:left="{aside}" w:right="{aside}"/>'
        '<w:rPr><w:sz w:val="4"/></w:rPr></w:pPr></w:p>'
    )


def _page_number() -> str:
    """On every page but the first, in the middle above."""
    field = '<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="{0}"/></w:r>'
    told = '<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    number = field.format("begin") + told + field.format("end")
    return f'<w:hdr {_W}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{number}</w:p></w:hdr>'


def _styles() -> str:
    font = 'w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"'
    return (
        f'<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {font}/><w:sz w:val="28"/>'
        '<w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>'
    )


def _mm(length: float) -> int:
    return round(length * _MM)
