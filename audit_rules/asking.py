"""What forms ask for: who somebody is, how to reach them, what they have to say."""

from __future__ import annotations

from audit_rules.facts import Form, Line, PageFacts
from audit_rules.reading.vietnamese import words

_WHO = (
    *(
        " ho ten ",
        " ho va ten ",
        " ten day du ",
        " ten cua ban ",
        " nguoi gui ",
        " full name ",
        " your name ",
        " name ",
    ),
    *("hoten", "fullname", "nguoigui", "username"),
)
_REACH = (
    *(" thu dien tu ", " dien thoai ", " sdt ", " so dt ", " dia chi ", " cccd ", " cmnd "),
    *("email", "dienthoai", "phone"),
)
_MESSAGE = (
    *(" noi dung ", " y kien ", " cau hoi ", " gop y ", " loi nhan ", " message "),
    *("noidung", "ykien", "cauhoi", "message", "askcontent"),
)
_OTHERWISE = (
    " tim kiem ",
    " tra cuu ",
    " search ",
    " dang nhap ",
    " login ",
    " binh chon ",
    " tham do ",
    " ngon ngu ",
    " tim ",
    " loc ",
    " xem ket qua ",
    " tra diem ",
    " tra ket qua ",
    " danh ba ",
    " ma ho so ",
)
"""Words of forms that look something up, let somebody in or count votes."""
_DATA = (
    *(
        " du lieu ca nhan ",
        " thong tin ca nhan ",
        " thong tin cua ban ",
        " thong tin cua quy vi ",
        " personal data ",
    ),
    *(" thong tin nguoi gui ", " thong tin cua cong dan ", " personal information "),
)
_BECOMES = (
    *(
        " bao ve ",
        " bao mat ",
        " giu kin ",
        " thu thap ",
        " su dung ",
        " xu ly ",
        " dong y ",
        " chi dung ",
        " muc dich ",
    ),
    *(" khong cong khai ", " khong tiet lo ", " khong chia se ", " protect", " privacy ", " collect"),
)
_OF_OTHERS = (" vi pham ", " xu phat ", " lua dao ", " ro ri ", " lo lot ", " mua ban ", " canh bao ")
"""Words of news about personal data."""
_LONGEST_NOTICE = 2000


def said_of(form: Form) -> str:
    """The folded words of a form, its fields, labels, buttons and address, between blanks."""
    fields = (f"{field.label} {field.name}" for field in form.fields)
    return f" {' '.join(words(' '.join((*fields, form.text))))} "


def is_otherwise(form: Form) -> bool:
    """Whether a form says that it looks something up, lets somebody in or counts votes."""
    told = f" {' '.join(words(f'{form.text} {form.action}'))} "
    return any(mark in told for mark in _OTHERWISE)


def takes_message(form: Form) -> bool:
    """Whether a form takes what somebody has to say, with a way to answer them."""
    told = said_of(form)
    return len(form.fields) > 1 and _holds(told, _MESSAGE) and _holds(told, (*_WHO, *_REACH))


def collects_personal_data(form: Form) -> bool:
    """Whether a form asks who somebody is and how to reach them; not one that lets somebody in, and a look-up only
    where it takes a message too, as forms around whole pages do."""
    if len(form.fields) < 2 or any(field.kind == "password" for field in form.fields):
        return False
    told = said_of(form)
    asks = _holds(told, _WHO) and _holds(told, _REACH)
    return asks and (not is_otherwise(form) or _holds(told, _MESSAGE))


def says_what_becomes(view: PageFacts) -> Line | None:
    """The line of a page that says what becomes of personal data: a sentence by the form, or one to agree to."""
    for line in view.lines:
        if len(line.text) <= _LONGEST_NOTICE:
            told = f" {' '.join(words(line.text))} "
            if _holds(told, _DATA) and _holds(told, _BECOMES) and not _holds(told, _OF_OTHERS):
                return line
    return None


def _holds(told: str, marks: tuple[str, ...]) -> bool:
    return any(mark in told for mark in marks)
