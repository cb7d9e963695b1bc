"""What stands in frames and shadow roots is read in its place, once."""

from __future__ import annotations

from html import escape

import pytest

from tests.reading import HOME, read, said


def lines(html: str) -> list[str]:
    return [line.text for line in read(f"<body>{html}</body>").lines]


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_a_shadow_root_is_shown_with_its_light_children_in_their_slots(mode: str) -> None:
    html = f"""<p>trước</p><x-a><template shadowrootmode={mode}><h2><slot name=ten>Chưa có tên</slot></h2>
        <p>Đầu <slot>không có gì</slot></p></template><b slot=ten>Cổng</b> thân &lt;bài&gt; <i slot=la>lạc</i></x-a>
        <p>sau</p>"""
    assert lines(html) == ["trước", "Cổng", "Đầu thân <bài>", "sau"]


def test_a_slot_without_children_shows_what_it_holds() -> None:
    assert lines("<x-a><template shadowrootmode=open><p><slot>Đang cập nhật</slot></p></template></x-a>") == [
        "Đang cập nhật"
    ]


def test_light_children_without_a_slot_are_not_seen_and_their_scripts_run() -> None:
    emc = "<script>_govaq.push(['setSiteId', '1']); _govaq.push(['setTrackerUrl', 'http://f-emc.ngsp.gov.vn/t'])</script>"
    facts = read(f"<x-a><template shadowrootmode=open><p>thấy</p></template><p>khuất</p>{emc}</x-a>")
    assert said(facts) == [("thấy", "main")]
    assert [embed.site_id for embed in facts.emc] == ["1"]


def test_shadow_roots_in_shadow_roots_and_in_slots() -> None:
    inner = "<x-b><template shadowrootmode=open><a href=/van-ban><slot></slot></a></template>Văn bản</x-b>"
    outer = f"<x-a><template shadowrootmode=open><nav>{inner}<slot></slot></nav></template>{inner}</x-a>"
    facts = read(f"<body>{outer}</body>")
    assert [(link.text, link.url, link.region) for link in facts.links] == [
        ("Văn bản", "https://tinhmau.gov.vn/van-ban", "menu")
    ] * 2


def test_a_plain_template_stays_unseen() -> None:
    assert lines("<template><p>mẫu</p></template><p>thật</p>") == ["thật"]


def frame(html: str, more: str = "") -> str:
    return f'<iframe srcdoc="{escape(html)}" {more}></iframe>'


def test_a_frame_without_an_address_is_read_in_its_place() -> None:
    facts = read(
        f"<main><p>trước</p>{frame('<title>khác</title><p>trong</p><a href=tin>Tin</a>')}<p>sau</p></main>"
    )
    assert [line.text for line in facts.lines] == ["trước", "trong", "Tin", "sau"]
    assert [(link.text, link.url) for link in facts.links] == [("Tin", HOME.rpartition("/")[0] + "/tin")]
    assert facts.title == ""


def test_links_of_a_frame_start_from_its_own_address_and_those_behind_it_from_the_page() -> None:
    facts = read(f"{frame('<base href=https://tinhmau.gov.vn/khung/a.html><a href=tin>Tin</a>')}<a href=/b>B</a>")
    assert [link.url for link in facts.links] == ["https://tinhmau.gov.vn/khung/tin", "https://tinhmau.gov.vn/b"]


@pytest.mark.parametrize("more", ["style='display:none'", "hidden", "width=0 height=0", "width=1px"])
def test_a_frame_that_nobody_sees_hides_what_it_holds(more: str) -> None:
    facts = read(f"<p>thấy</p>{frame('<p>khuất</p>', more)}")
    assert [(line.text, line.hidden) for line in facts.lines] == [("thấy", False), ("khuất", True)]


def test_frames_in_frames_are_read_to_a_small_depth() -> None:
    html = "<p>đáy</p>"
    for depth in (4, 3, 2, 1):
        html = f"<p>tầng {depth}</p>{frame(html)}"
    facts = read(html)
    assert [line.text for line in facts.lines] == ["tầng 1", "tầng 2", "tầng 3", "tầng 4"]
    assert facts.cut


def test_many_frames_and_many_roots_are_bounded() -> None:
    frames = "".join(frame(f"<p>khung {n}</p>") for n in range(50))
    facts = read(frames)
    assert (len(facts.lines), facts.cut) == (20, True)
    roots = "".join(f"<x-a><template shadowrootmode=open><p>{n}</p></template></x-a>" for n in range(2000))
    assert len(read(roots).lines) == 500


def test_roots_in_roots_are_read_to_a_bound_and_in_time() -> None:
    html = "đáy"
    for level in range(3000):
        html = f"<x-a><template shadowrootmode=open><p>{level}</p>{html}</template></x-a>"
    assert lines(html) == [str(level) for level in range(2999, 2991, -1)]


def test_a_form_around_a_frame_takes_nothing_of_it() -> None:
    facts = read(f"<form action=/tim><input name=q>{frame('<input name=khac>')}</form>")
    assert [field.kind for field in facts.forms[0].fields] == ["text"]
