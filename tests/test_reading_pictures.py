"""Pictures without words, moving text, addresses loaded without encryption, metadata of the head."""

from __future__ import annotations

import pytest

from tests.reading import read


def counted(html: str, **told: str) -> tuple[int, int, tuple[str, ...]]:
    facts = read(html, **told)
    return facts.images, facts.images_unnamed, facts.unnamed


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a.png" alt="Trụ sở">',
        '<img src="a.png" alt="">',
        '<img src="a.png" alt>',
        '<img src="a.png" aria-label="Trụ sở">',
        '<img src="a.png" aria-labelledby="t">',
        '<img src="a.png" title="Trụ sở">',
        '<img data-src="a.png" alt="Trụ sở">',
        '<input type="image" src="a.png" alt="Tìm">',
        '<map><area href="/x" alt="Xã Bắc Hà"></map>',
        '<a href="/"><picture><source srcset="a.webp"><img src="a.png" alt="Trang chủ"></picture></a>',
    ],
)
def test_a_picture_with_a_text_alternative_is_named(html: str) -> None:
    assert counted(html) == (1, 0, ())


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ('<img src=" a.png ">', "a.png"),
        ('<img src="a.png" title=" ">', "a.png"),
        ('<img src="a.png" aria-hidden="false">', "a.png"),
        ('<img src="a.png" width="1" height="400">', "a.png"),
        ('<img src="a.png" style="max-width:1px;width:100px;height:1px">', "a.png"),
        ('<img data-src="a.png">', "a.png"),
        ('<img src="data:image/gif;base64,R0lGODlhAQABAIAAAP" data-original="a.png">', "a.png"),
        ('<img srcset="a.png 2x">', "a.png 2x"),
        ('<input type="IMAGE" src="a.png">', "a.png"),
        ('<input type="image" src="a.png" alt="">', "a.png"),
        ('<map><area href="/xa"></map>', "/xa"),
    ],
)
def test_a_picture_without_words_is_told_by_its_source(html: str, source: str) -> None:
    assert counted(html) == (1, 1, (source,))


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a.png" role="presentation">',
        '<img src="a.png" role="none">',
        '<img src="a.png" aria-hidden="true">',
        '<span aria-hidden="true"><i><img src="a.png"></i></span>',
        '<img src="https://dem.vn/x.gif" width="1" height="1">',
        '<img src="https://dem.vn/x.gif" width="0" height="0px">',
        '<img src="https://dem.vn/x.gif" style="WIDTH:1px; height: 0">',
        '<img src="data:image/gif;base64,R0lGODlhAQABAIAAAP">',
        '<img src="a.png" style="display:none">',
        '<img src="a.png" hidden>',
        '<div style="display:none"><img src="a.png"></div>',
        '<noscript><img src="a.png"></noscript>',
        '<template><img src="a.png"></template>',
        "<img>",
        '<img src=" ">',
        '<img src="">',
        "<map><area></map>",
        '<map hidden><area href="/x"></map>',
        '<input type="image" src="a.png" hidden>',
    ],
)
def test_decoration_and_what_nobody_sees_is_not_counted(html: str) -> None:
    assert counted(html) == (0, 0, ())


def test_sources_are_told_once_and_cut() -> None:
    images, unnamed, sources = counted('<img src="a.png">' * 3 + f'<img src="/{"x" * 900}">')
    assert (images, unnamed, sources[0], len(sources[1])) == (4, 4, "a.png", 300)
    (data,) = counted(f'<img src="data:image/png;base64,{"A" * 9000}">')[2]
    assert data.startswith("data:image/png")
    assert len(data) < 100


def test_at_most_a_hundred_sources_are_told() -> None:
    images, unnamed, sources = counted("".join(f'<img src="{number}.png">' for number in range(300)))
    assert (images, unnamed, len(sources)) == (300, 300, 100)


def test_hidden_pictures_are_none_of_the_footers() -> None:
    facts = read('<footer><img src="a.png" alt="Sở A" hidden><img src="b.png" alt="Sở B"></footer>')
    assert [picture.alt for picture in facts.pictures] == ["Sở B"]


# --- moving text ----------------------------------------


@pytest.mark.parametrize(
    ("html", "moving"),
    [
        ("<marquee>Chào <b>mừng</b></marquee>", ("Chào mừng",)),
        ("<p>Tin <blink>nóng</blink></p>", ("nóng",)),
        ('<marquee><img src="a.png" alt="Cờ"></marquee>', ("Cờ",)),
        ('<marquee><img src="a.png"></marquee>', ("a.png",)),
        ("<marquee><p>Một</p><p>Hai</p></marquee>", ("Một Hai",)),
        ("<marquee></marquee>", ()),
        ("<marquee><script>document.write('x')</script> </marquee>", ()),
        ("<marquee hidden>Chào</marquee>", ()),
        ("<marquee><p hidden>Chào</p></marquee>", ()),
        ('<marquee scrollamount=" 0">Chào</marquee>', ()),
        ('<div style="display:none"><marquee>Chào</marquee></div>', ()),
        ("<p>marquee</p>", ()),
    ],
)
def test_text_that_moves_by_its_markup_is_told(html: str, moving: tuple[str, ...]) -> None:
    assert read(html).moving == moving


def test_moving_text_is_still_text() -> None:
    assert [line.text for line in read("<p>A<marquee>Chào</marquee>B</p>").lines] == ["A", "Chào", "B"]


def test_moving_text_is_bounded() -> None:
    moving = read(f"<marquee>{'chữ ' * 100}</marquee>" * 50).moving
    assert (len(moving), len(moving[0])) == (20, 120)


# --- loaded without encryption ----------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        '<script src="http://b.vn/x.js"></script>',
        '<script type="module" src=" HTTP://b.vn/x.js "></script>',
        '<link rel="stylesheet" href="http://b.vn/x.css">',
        '<link rel="Shortcut ICON" href="http://b.vn/x.ico">',
        '<link rel="preload" href="http://b.vn/x.woff">',
        '<img src="http://b.vn/x.png">',
        '<img src="http://b.vn/x.png" style="display:none">',
        '<video src="http://b.vn/x.mp4"></video>',
        '<video poster="http://b.vn/x.png"></video>',
        '<audio><source src="http://b.vn/x.mp3"></audio>',
        '<iframe src="http://b.vn/"></iframe>',
        '<frameset><frame src="http://b.vn/"></frameset>',
        '<embed src="http://b.vn/x.swf">',
        '<object data="http://b.vn/x.swf">Không xem được</object>',
        '<input type="image" src="http://b.vn/x.png" alt="x">',
        '<base href="http://b.vn/"><img src="x.png">',
        '<base href="http://b.vn/"><img src="/x.png">',
    ],
)
def test_what_an_https_page_loads_over_http_is_told(html: str) -> None:
    (address,) = read(html).insecure
    assert address.lower().startswith("http://b.vn/")
    assert read(html, "http://tinhmau.gov.vn/").insecure == ()


@pytest.mark.parametrize(
    "html",
    [
        '<a href="http://b.vn/x">x</a>',
        '<form action="http://b.vn/x"></form>',
        '<link rel="canonical" href="http://b.vn/x">',
        '<link rel="alternate" type="application/rss+xml" href="http://b.vn/x">',
        '<link href="http://b.vn/x.css">',
        '<script type="text/plain" src="http://b.vn/x.js"></script>',
        '<script>load("http://b.vn/x.js")</script>',
        '<img src="//b.vn/x.png"><img src="/x.png"><img src="x.png"><img src="https://b.vn/x.png"><img src>',
        '<img src="https://b.vn/thu?url=http://c.vn/x.png">',
        '<img data-src="http://b.vn/x.png">',
        '<base href="http://b.vn/"><img src="https://c.vn/x.png">',
        '<base href="http://b.vn/"><img src="//[x">',
        '<img src="http://localhost:8080/x.png"><img src="http://127.0.0.1/x.png">',
        '<noscript><img src="http://b.vn/x.png"></noscript><!-- <img src="http://b.vn/x.png"> -->',
        '<meta http-equiv="Content-Security-Policy" content="upgrade-insecure-requests">'
        '<img src="http://b.vn/x.png">',
    ],
)
def test_what_is_not_loaded_or_not_over_http_is_not(html: str) -> None:
    assert read(html).insecure == ()


def test_a_host_that_only_begins_like_ones_own_machine_is_another() -> None:
    assert read('<img src="http://localhost.b.vn/x.png">').insecure == ("http://localhost.b.vn/x.png",)


def test_insecure_addresses_are_told_once_bounded_and_cut() -> None:
    page = '<img src="http://b.vn/a.png">' * 2 + "".join(f'<img src="http://b.vn/{n}">' for n in range(90))
    insecure = read(page + f'<img src="http://b.vn/{"x" * 900}">').insecure
    assert (len(insecure), len(set(insecure))) == (50, 50)
    (cut,) = read(f'<img src="http://b.vn/{"x" * 900}">').insecure
    assert len(cut) == 300


def test_what_a_film_says_where_it_cannot_be_played_is_read() -> None:
    assert [line.text for line in read("<p>A</p><video>Không xem được</video>").lines] == ["A", "Không xem được"]


# --- the head ----------------------------------------


@pytest.mark.parametrize(
    ("html", "viewport"),
    [
        (
            '<meta name="viewport" content="width=device-width,  initial-scale=1">',
            "width=device-width, initial-scale=1",
        ),
        ('<META NAME="Viewport" content="width=1024">', "width=1024"),
        ('<meta name="viewport">', ""),
        ('<meta name="viewport" content="width=1024"><meta name="viewport" content="width=1">', "width=1"),
        ("<p>viewport</p>", None),
        ('<meta property="viewport" content="width=1">', None),
    ],
)
def test_the_viewport_is_what_the_last_element_says(html: str, viewport: str | None) -> None:
    assert read(html).viewport == viewport


def test_dublin_core_names_elements_with_a_value_once() -> None:
    facts = read(
        '<meta name="DC.Title" content="Cổng"><meta name="dc.title" content="Cổng tỉnh">'
        '<meta name="DC.Date.Created" content="2026-01-02"><meta name="dcterms.creator" content="UBND">'
        '<meta property="dc:publisher" content="UBND"><meta name="DC.Subject" content=" ">'
        '<meta name="DC.Language"><meta name="dcx.type" content="x"><meta name="DC." content="x">'
        '<meta property="og:title" content="x"><link rel="schema.DC" href="http://purl.org/dc/elements/1.1/">'
    )
    assert facts.dublin_core == ("creator", "date", "publisher", "title")


def test_dublin_core_is_bounded() -> None:
    names = (f"{chr(97 + first)}{chr(97 + second)}" for first in range(20) for second in range(20))
    facts = read("".join(f'<meta name="dc.{name}" content="x">' for name in names))
    assert len(facts.dublin_core) == 50
    assert read(f'<meta name="dc.{"x" * 500}" content="x">').dublin_core == ()
