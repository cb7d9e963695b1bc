"""The pages every portal of the province has, whatever its family: contact, spokesperson, access to information.

They are written once, with paths under the portal's own prefix, and framed by each family in its own way.
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.bodies import Body, Official
from sandbox.portals.pieces import Answer, Faults, document

CONTACT = "/lien-he"
SPOKESPERSON = "/nguoi-phat-ngon"
INFORMATION = "/tiep-can-thong-tin"
CONTACT_POINT = "/tiep-can-thong-tin/dau-moi"
LIST = "/tiep-can-thong-tin/danh-muc"
REQUEST_FORM = "/tiep-can-thong-tin/phieu-yeu-cau"
REGULATION = "/van-ban/quy-che-cung-cap-thong-tin"
REGULATION_FILE = "/documents/2025/quy-che-cung-cap-thong-tin.pdf"
_DEAD_REGULATION = "/documents/2021/quy-che-cung-cap-thong-tin-cu.pdf"


class Section(NamedTuple):
    title: str
    html: str


class Entry(NamedTuple):
    """An entry of the menu; ``path`` is under the portal's prefix."""

    label: str
    path: str
    below: tuple[Entry, ...] = ()


def sections(body: Body, faults: Faults) -> dict[str, Section]:
    """The common pages that the faults have left, by path."""
    found = {CONTACT: _contact(body, faults)}
    if "no_spokesperson" not in faults:
        found[SPOKESPERSON] = _spokesperson(body, faults)
    if regulation_path(faults) == REGULATION:
        found[REGULATION] = _regulation(body)
    if "no_information_section" not in faults:
        entries = "".join(
            f'<li><a href="{body.path}{entry.path}">{entry.label}</a></li>' for entry in information_menu(faults)
        )
        found[INFORMATION] = Section(
            "Tiếp cận thông tin",
            f"<p>{body.name} công khai thông tin và cung cấp thông tin theo yêu cầu của công dân theo quy định "
            f"của pháp luật về tiếp cận thông tin.</p><ul class='muc-luc'>{entries}</ul>",
        )
        found[LIST] = _list(body)
        found[REQUEST_FORM] = _request_form()
        if "no_contact_point" not in faults:
            found[CONTACT_POINT] = Section("Đầu mối cung cấp thông tin", _contact_point(body, faults))
    return found


def files(faults: Faults) -> dict[str, Answer]:
    """The documents that open, by path."""
    if regulation_path(faults) != REGULATION:
        return {}
    return {REGULATION_FILE: document("QUY CHE CUNG CAP THONG TIN")}


def regulation_path(faults: Faults) -> str:
    """Where the link to the rules for providing information leads; empty where there is no such link."""
    if "no_regulation" in faults:
        return ""
    return _DEAD_REGULATION if "regulation_dead" in faults else REGULATION


def information_menu(faults: Faults) -> tuple[Entry, ...]:
    """What stands under "Tiếp cận thông tin"."""
    entries = (
        Entry("Đầu mối cung cấp thông tin", CONTACT_POINT if "no_contact_point" not in faults else ""),
        Entry("Quy chế cung cấp thông tin", regulation_path(faults)),
        Entry("Danh mục thông tin phải được công khai", LIST),
        Entry("Phiếu yêu cầu cung cấp thông tin", REQUEST_FORM),
    )
    return tuple(entry for entry in entries if entry.path)


def about_menu(faults: Faults) -> tuple[Entry, ...]:
    """The entry for the spokesperson, while there is one."""
    return () if "no_spokesperson" in faults else (Entry("Người phát ngôn", SPOKESPERSON),)


def section_menu(faults: Faults) -> tuple[Entry, ...]:
    """The entry for access to information with what stands below it, while there is such a section."""
    if "no_information_section" in faults:
        return ()
    return (Entry("Tiếp cận thông tin", INFORMATION, information_menu(faults)),)


def regulation_row(body: Body, faults: Faults) -> str:
    """A row of the list of documents: the decision on the rules for providing information."""
    path = regulation_path(faults)
    if not path:
        return ""
    return (
        f"<tr><td>45/2025/QĐ-UBND</td><td>15/8/2025</td>"
        f'<td><a href="{body.path}{path}">Quyết định ban hành Quy chế cung cấp thông tin</a></td></tr>'
    )


def _contact(body: Body, faults: Faults) -> Section:
    text = (
        f"<h2>{body.name}</h2><p>Địa chỉ: {body.postal}</p><p>Điện thoại: {body.phone}</p>"
        f"<p>Thư điện tử: {body.email}</p><p>Thời gian làm việc: từ thứ Hai đến thứ Sáu, sáng từ 7 giờ 30 phút "
        "đến 11 giờ 30 phút, chiều từ 13 giờ 30 phút đến 17 giờ.</p>"
    )
    # A portal without the section still says here whom to ask: the two faults stay apart.
    if "no_information_section" in faults and "no_contact_point" not in faults:
        text += f"<h2>Đầu mối cung cấp thông tin</h2>{_contact_point(body, faults)}"
    return Section("Liên hệ", text)


def _contact_point(body: Body, faults: Faults) -> str:
    officer = body.information_officer
    reach = (
        f"<p>Điện thoại: {officer.phone}</p><p>Thư điện tử: {officer.email}</p>"
        if "contact_point_unreachable" not in faults
        else ""
    )
    return (
        f'<div class="dau-moi"><p>Đầu mối cung cấp thông tin: {body.information_unit}</p>'
        f"<p>Người phụ trách: {officer.name}, {officer.position}</p>{reach}</div>"
    )


def _spokesperson(body: Body, faults: Faults) -> Section:
    official = body.spokesperson
    with_email = "spokesperson_without_email" not in faults
    parts: list[tuple[str, str]] = _said_of(official)
    cells = [part for part in parts if with_email or part[1] != official.email]
    heads = "".join(f"<th>{head}</th>" for head, _ in cells)
    values = "".join(f"<td>{value}</td>" for _, value in cells)
    return Section(
        f"Người phát ngôn của {body.short}",
        f"<p>Người phát ngôn thường xuyên và cung cấp thông tin cho báo chí của {body.name}:</p>"
        f'<table class="table" border="1"><tr>{heads}</tr><tr>{values}</tr></table>',
    )


def _said_of(official: Official) -> list[tuple[str, str]]:
    return [
        ("Họ và tên", official.name),
        ("Chức vụ", official.position),
        ("Số điện thoại", official.phone),
        ("Thư điện tử công vụ", official.email),
    ]


def _regulation(body: Body) -> Section:
    return Section(
        f"Quy chế cung cấp thông tin của {body.short}",
        f"<p>Quy chế này quy định việc công khai thông tin, cung cấp thông tin theo yêu cầu và trách nhiệm của các "
        f"đơn vị, cá nhân thuộc {body.name} trong việc bảo đảm quyền tiếp cận thông tin của công dân.</p>"
        "<p><strong>Điều 1.</strong> Phạm vi điều chỉnh và đối tượng áp dụng.</p>"
        "<p><strong>Điều 2.</strong> Nguyên tắc cung cấp thông tin: kịp thời, chính xác, đầy đủ, đúng trình tự.</p>"
        "<p><strong>Điều 3.</strong> Trình tự, thủ tục tiếp nhận và giải quyết yêu cầu cung cấp thông tin.</p>"
        f'<p>Toàn văn: <a href="{body.path}{REGULATION_FILE}">Quy chế cung cấp thông tin (tệp PDF)</a></p>',
    )


def _list(body: Body) -> Section:
    rows = "".join(
        f"<tr><td>{number}</td><td>{what}</td><td>{when}</td></tr>"
        for number, (what, when) in enumerate(
            (
                ("Văn bản quy phạm pháp luật, văn bản hành chính có giá trị áp dụng chung", "Khi ban hành"),
                ("Dự toán, quyết toán ngân sách nhà nước", "Hằng quý, hằng năm"),
                ("Quy hoạch, kế hoạch phát triển kinh tế - xã hội", "Khi được phê duyệt"),
                ("Danh mục dự án, chương trình đầu tư công", "Hằng năm"),
                ("Báo cáo tài chính năm, thông tin thống kê", "Hằng năm"),
            ),
            1,
        )
    )
    return Section(
        "Danh mục thông tin phải được công khai",
        f"<p>Danh mục thông tin do {body.name} tạo ra và phải được công khai:</p>"
        f"<table border='1'><tr><th>STT</th><th>Nội dung</th><th>Thời điểm</th></tr>{rows}</table>",
    )


def _request_form() -> Section:
    return Section(
        "Phiếu yêu cầu cung cấp thông tin",
        "<p>Mẫu phiếu gồm: họ và tên, nơi cư trú, số căn cước, thông tin được yêu cầu, hình thức cung cấp, lý do, "
        "mục đích yêu cầu.</p><p>Phiếu được lập thành văn bản và có chữ ký của người yêu cầu.</p>",
    )
