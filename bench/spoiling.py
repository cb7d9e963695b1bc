"""Ways to spoil an item on a page, and things that only look like one.

A spoilt item must be noticed: the rule says ``failed``, or, where a person would have to look, an honest
``cantTell``. A near miss must fool nobody: a decoy on a page without the item is no item, and noise beside a good
item does not spoil it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bs4 import BeautifulSoup
from bs4.element import NavigableString

from bench.grafts import Graft

Change = Callable[[Graft], Graft]
Sort = Literal["spoilt", "decoy", "noise"]


@dataclass(frozen=True)
class Mutation:
    """One change of one rule's item. ``kind`` is a key of ``KINDS``; several rules share a kind."""

    kind: str
    rule: str
    sort: Sort
    change: Change


KINDS: dict[str, tuple[str, str]] = {
    # spoilt
    "removed": ("bỏ hẳn mục", "the item is taken out"),
    "commented_out": ("đưa vào chú thích HTML", "put into an HTML comment"),
    "in_template": ("đưa vào thẻ `<template>`", "put into a template element"),
    "in_noscript": ("đưa vào thẻ `<noscript>`", "put into a noscript element"),
    "inert_script": ("đổi loại của thẻ `<script>` để mã không chạy", "the script's type keeps it from running"),
    "script_comment": ("mã nằm trong chú thích JavaScript", "the code is commented out inside the script"),
    "shown_as_text": ("mã chỉ hiện ra như chữ trên trang", "the code is mere text on the page"),
    "broken_id": ("mã số trang rỗng, sai, hoặc bị bỏ", "the site id is empty, wrong or gone"),
    "other_queue": ("mã của hệ thống đo lường khác", "the code of another measuring system"),
    "emptied": ("bỏ trống nội dung hoặc đích liên kết", "its content or its target is empty"),
    "dead_target": ("đích liên kết không tồn tại (404)", "its target answers 404"),
    "hidden": ("ẩn bằng thuộc tính hidden hoặc CSS", "hidden by an attribute or a style"),
    "in_picture": ("đưa vào hình ảnh không có chữ thay thế", "put into a picture without a text alternative"),
    "in_teaser": ("chỉ là tiêu đề tin", "a news teaser only"),
    "in_article": ("đưa từ chân trang vào bài viết", "moved from the footer into an article"),
    "other_host": ("trỏ sang cơ quan, tên miền khác", "points to another body's host"),
    "lookalike_host": ("trỏ sang tên miền nhái", "points to a look-alike host"),
    "over_http": ("gọi qua http:// trên cổng https", "called over http on an https portal"),
    "one_missing": ("thiếu ở một trong các nơi phải có", "missing at one of the places that must have it"),
    "cut_short": ("cắt cụt số máy, địa chỉ thư", "the number or address is cut short"),
    "fax_only": ("đổi điện thoại thành fax", "the phone becomes a fax"),
    "suppliers": ("thay bằng của đơn vị thiết kế trang", "the supplier's instead"),
    "other_body": ("thay bằng của cơ quan khác", "another body's instead"),
    "no_name": ("thay người bằng đơn vị, chức danh", "a unit or an office instead of a person"),
    "part_missing": ("thiếu một phần bắt buộc", "a required part is missing"),
    "under_construction": ("trang mở ra chỉ ghi “đang cập nhật”", "its page says it is under construction"),
    "other_purpose": ("đổi sang việc khác (tra cứu, đăng nhập, quảng cáo)", "serves another purpose"),
    "wrong_lang": ("khai báo sai ngôn ngữ", "declares another language"),
    "bad_lang": ("mã ngôn ngữ không hợp lệ", "declares no valid language"),
    "no_lang": ("bỏ khai báo ngôn ngữ", "declares no language"),
    # decoys
    "news_title": ("tin có chứa các từ cần tìm", "news that holds the words"),
    "lookup_form": ("biểu mẫu tra cứu, đăng nhập, nhận tin", "a form for look-ups, log-in, newsletters"),
    "other_number": ("số fax, mã số thuế, giấy phép, lượt truy cập", "fax, tax, licence and counter figures"),
    "supplier_line": ("dòng giới thiệu đơn vị thiết kế", "the supplier's line in the footer"),
    "emc_words": ("chữ “EMC” ở menu, bài viết; mã đo lường khác", "the word EMC in menu and news; other code"),
    "article_contact": ("liên hệ của cơ quan khác trong bài viết", "another body's contact in an article"),
    "same_words": ("từ giống, việc khác (đầu mối giao thông…)", "the same words for another thing"),
    "mere_text": ("địa chỉ chỉ viết bằng chữ, không liên kết", "an address in text that is no link"),
    # noise
    "dead_beside_live": ("mã, mục đã bỏ nằm cạnh mục đang dùng", "a dead copy beside the live one"),
    "others_beside": ("của đơn vị khác nằm cạnh của mình", "somebody else's beside one's own"),
    "other_letters": ("cách gõ khác: tổ hợp dấu, chữ hoa, thực thể", "other spellings: NFD, capitals, entities"),
    "other_markup": ("cách viết HTML khác", "other markup for the same thing"),
}
"""Each kind in Vietnamese and English."""


def soup_of(piece: str) -> BeautifulSoup:
    return BeautifulSoup(piece, "html.parser")


def commented_out(piece: str) -> str:
    return f"<!-- {piece.replace('<!--', '').replace('-->', '')} -->"


def in_element(name: str) -> Callable[[str], str]:
    return lambda piece: f"<{name}>{piece}</{name}>"


def hidden(piece: str) -> str:
    return f'<div hidden style="display:none">{piece}</div>'


def in_picture(_piece: str) -> str:
    return '<p><img src="/anh/chan-trang.png" width="600" height="80"></p>'


def led_to(address: str) -> Callable[[str], str]:
    """Every link of a piece leads to an address instead."""

    def change(piece: str) -> str:
        soup = soup_of(piece)
        for link in soup.find_all("a"):
            link["href"] = address
        return str(soup)

    return change


def as_teaser(piece: str) -> str:
    """A link as the title of a piece of news that speaks of the thing."""
    soup = soup_of(piece)
    for link in soup.find_all("a"):
        link.string = f"Hội nghị tập huấn về {link.get_text().lower()} năm 2026 tại tỉnh Sông Mây"
        link["href"] = "/tin-tuc/hoi-nghi-tap-huan"
    return f'<div class="tin-tuc"><ul><li>{soup}</li></ul></div>'


def as_article(piece: str) -> str:
    return f"<article><h3>Một ngày ở vùng cao</h3><p>Bà con phấn khởi vào vụ mới.</p>{piece}</article>"


def saying(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """Other text in a piece: (old, new) for every text and script of it. Raises ValueError where old is missing."""

    def change(piece: str) -> str:
        for old, new in pairs:
            if old not in piece:
                raise ValueError(f"the piece does not hold {old!r}")
            soup = soup_of(piece)
            for text in soup.find_all(string=True):
                if old in text:
                    text.replace_with(type(text)(text.replace(old, new)))
            piece = str(soup)
        return piece

    return change


def without_text(piece: str) -> str:
    """A piece whose elements are there and say nothing."""
    soup = soup_of(piece)
    for text in soup.find_all(string=True):
        text.replace_with(NavigableString(""))
    return str(soup)


# --- where a change strikes ----------------------------------------


def at(place: str, change: Callable[[str], str]) -> Change:
    return lambda graft: graft.with_piece(place, change(graft.pieces[place]))


def on(path: str, change: Callable[[str], str]) -> Change:
    return lambda graft: graft.with_page(path, change(graft.pages[path]))


def moved(place: str, to: str, change: Callable[[str], str]) -> Change:
    def move(graft: Graft) -> Graft:
        pieces = {each: piece for each, piece in graft.pieces.items() if each != place}
        return replace(graft, pieces={**pieces, to: pieces.get(to, "") + change(graft.pieces[place])})

    return move


def bare(_graft: Graft) -> Graft:
    return Graft()


def decoy(place: str, piece: str) -> Change:
    return lambda _graft: Graft({place: piece})


def beside(place: str, piece: str) -> Change:
    return lambda graft: graft.adding(place, piece)


def declared(lang: str | None) -> Change:
    return lambda graft: replace(graft, lang=lang)


Changes = Sequence[tuple[str, Change]]


def mutations(rule: str, spoilt: Changes = (), decoy: Changes = (), noise: Changes = ()) -> Iterator[Mutation]:
    """The mutations of one rule, from pairs of a kind and a change."""
    yield from (Mutation(kind, rule, "spoilt", change) for kind, change in spoilt)
    yield from (Mutation(kind, rule, "decoy", change) for kind, change in decoy)
    yield from (Mutation(kind, rule, "noise", change) for kind, change in noise)


# --- letters and markup that do not matter ----------------------------------------


def decomposed(piece: str) -> str:
    return unicodedata.normalize("NFD", piece)


def capitals(piece: str) -> str:
    soup = soup_of(piece)
    for text in soup.find_all(string=True):
        text.replace_with(text.upper())
    return str(soup)


def entities(piece: str) -> str:
    return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in piece)


def in_table(piece: str) -> str:
    return f"<table><tbody><tr><td>{piece}</td></tr></tbody></table>"
