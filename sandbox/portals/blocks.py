"""What stands beside the texts: dialogue with citizens, the version in English, and what faults put onto a page."""

from __future__ import annotations

from sandbox.portals.portal import Entry, Page, Portal

_FEEDBACK = Entry("Góp ý - Hỏi đáp", "/gop-y")
ENGLISH = Entry("English", "/en")
_SPAM = ("nha-cai-uy-tin", "tai-xiu-online", "xoso-lode", "casino-doi-thuong")


def dialogue_menu(portal: Portal) -> tuple[Entry, ...]:
    return () if "no_feedback" in portal.faults else (_FEEDBACK,)


def dialogue(portal: Portal) -> tuple[Page, ...]:
    """The page on which people ask and comment, by a form that says what becomes of their data."""
    if "no_feedback" in portal.faults:
        return ()
    notice = (
        "<p>Thông tin cá nhân của quý vị được bảo vệ theo quy định của pháp luật về bảo vệ dữ liệu cá nhân, chỉ "
        "dùng để trả lời câu hỏi.</p>"
    )
    form = (
        '<form action="#gui" method="post"><label>Họ và tên <input type="text" name="ho-ten"></label>'
        '<label>Thư điện tử <input type="email" name="thu"></label>'
        '<label>Điện thoại <input type="tel" name="dien-thoai"></label>'
        '<label>Nội dung <textarea name="noi-dung"></textarea></label><button>Gửi câu hỏi</button></form>'
    )
    text = "<p>Mời quý vị gửi câu hỏi và ý kiến góp ý về hoạt động của các cơ quan nhà nước.</p>"
    said = text + form + ("" if "no_privacy_notice" in portal.faults else notice)
    return (Page(_FEEDBACK.path, _FEEDBACK.label, said),)


def rating(portal: Portal) -> str:
    """How content readers are, under every piece of news."""
    if "no_rating" in portal.faults:
        return ""
    choices = "".join(
        f"<label><input type=radio name=muc> {each}</label>" for each in ("Hài lòng", "Chưa hài lòng")
    )
    return f'<div class="danh-gia"><strong>Đánh giá mức độ hài lòng về thông tin này</strong>{choices}</div>'


def foreign_menu(portal: Portal) -> tuple[Entry, ...]:
    return () if "no_english" in portal.faults else (ENGLISH,)


def foreign(portal: Portal) -> tuple[Page, ...]:
    """The version in English; a fault has it in Vietnamese under an English name."""
    if "no_english" in portal.faults:
        return ()
    if "english_in_vietnamese" in portal.faults:
        text = (
            "<p>Chào mừng quý vị đến với phiên bản tiếng Anh; nội dung đang được biên dịch từ bản tiếng Việt.</p>"
        )
        return (Page(ENGLISH.path, "English", text),)
    name, lang = portal.body.name_en, "" if "lang_missing" in portal.faults else ' lang="en"'
    return (
        Page(
            ENGLISH.path,
            name,
            f"""<!DOCTYPE html>
<html{lang}>
<head><meta charset="utf-8"><title>{name}</title>
{portal.head(Page(ENGLISH.path, name, ""))}{portal.emc_inside()}</head>
<body><header><h1>{name}</h1></header><nav><ul><li><a href="{portal.at("/")}">Tiếng Việt</a></li>
<li><a href="#news">News and events</a></li><li><a href="#about">About the province</a></li></ul></nav>
<main id="news"><h2>News and events</h2><p>The province has invested in roads, schools and hospitals, and the
people of the mountain communes have been connected to the national grid. The government invites investors to visit
the region and to take part in the programme for clean energy and tourism.</p></main>
<footer id="about"><p>{name}</p><p>Phone: {portal.body.phone}</p></footer></body></html>
""",
        ),
    )


def on_home(portal: Portal) -> str:
    """What faults put onto the home page."""
    faults = portal.faults
    pieces = {
        "moving_text": "<marquee>Nhiệt liệt chào mừng Ngày Chuyển đổi số quốc gia</marquee>",
        "images_without_alt": "".join(
            f'<img src="/anh/hoat-dong-{number}.jpg" width="320">' for number in range(6)
        ),
        "low_contrast": '<p style="color: #bbb; background: #fff">Trang đang được cập nhật thường xuyên</p>',
        "wide_table": '<table style="width: 700px"><tr><td>Lịch tiếp công dân</td><td>Thứ Năm</td></tr></table>',
        "mixed_content": f'<img src="http://{portal.body.host}/anh/bieu-trung.png" alt="Biểu trưng" width="320">',
        "spam": '<div style="display:none">'
        + "".join(f'<a href="https://{each}.example/">{each.replace("-", " ")} nổ hũ</a>' for each in _SPAM)
        + "</div>",
    }
    return "".join(piece for fault, piece in pieces.items() if fault in faults)
