"""The pages every portal of the province has, whatever its family: contact, spokesperson, access to information.

They are written once, with paths of the plan of the site, and framed by each family in its own way.
"""

from __future__ import annotations

from html import escape

from sandbox.bodies import Body
from sandbox.portals.pieces import Answer, Faults, document, plain
from sandbox.portals.portal import Entry, Page, Portal

CONTACT = "/lien-he"
SPOKESPERSON = "/nguoi-phat-ngon"
INFORMATION = "/tiep-can-thong-tin"
CONTACT_POINT = "/dau-moi-cung-cap-thong-tin"
LIST = "/tiep-can-thong-tin/danh-muc"
REQUEST_FORM = "/tiep-can-thong-tin/phieu-yeu-cau"
REQUEST_ADDRESS = "/tiep-can-thong-tin/gui-yeu-cau"
REGULATION = "/van-ban/quy-che-cung-cap-thong-tin"
REGULATION_FILE = "/documents/2025/quy-che-cung-cap-thong-tin.pdf"
_DEAD_REGULATION = "/documents/2021/quy-che-cung-cap-thong-tin-cu.pdf"
_LOST_REGULATION = "/van-ban/quy-che-cung-cap-thong-tin-cu"


def sections(portal: Portal) -> tuple[Page, ...]:
    """The common pages that the faults have left."""
    body, faults = portal.body, portal.faults
    pages = [_contact(portal)] if "no_contact_page" not in faults else []
    if "no_spokesperson" not in faults:
        pages.append(_spokesperson(portal))
    if regulation_path(portal) == REGULATION:
        pages.append(_regulation(portal))
    # A portal without the section still says whom to ask: the two faults stay apart.
    if "no_contact_point" not in faults:
        pages.append(Page(CONTACT_POINT, "Đầu mối cung cấp thông tin", _contact_point(portal)))
    if "no_information_section" in faults:
        return tuple(pages)
    entries = "".join(
        f'<li><a href="{portal.at(entry.path)}">{entry.label}</a></li>' for entry in information_menu(portal)
    )
    text = (
        f"<p>{body.name} công khai thông tin và cung cấp thông tin theo yêu cầu của công dân theo quy định "
        f"của pháp luật về tiếp cận thông tin.</p><ul class='muc-luc'>{entries}</ul>"
    )
    pages.append(Page(INFORMATION, "Tiếp cận thông tin", text))
    if "no_publication_list" not in faults:
        pages.append(_list(body))
    if "no_request_form" not in faults:
        pages.append(_request_form())
    if "no_request_address" not in faults:
        pages.append(_request_address(portal))
    return tuple(pages)


def files(portal: Portal) -> dict[str, Answer]:
    """The documents that open, by address, and the site map for machines."""
    maps = _site_map(portal)
    if regulation_path(portal) != REGULATION:
        return maps
    return maps | {portal.at(REGULATION_FILE): document("QUY CHE CUNG CAP THONG TIN")}


def _site_map(portal: Portal) -> dict[str, Answer]:
    faults, host = portal.faults, portal.body.host
    if "no_sitemap_xml" in faults:
        return {}
    host = "example.vn" if "sitemap_xml_of_another" in faults else host
    listed = "".join(
        f"<url><loc>{escape(f'https://{host}{portal.at(path)}')}</loc></url>"
        for path in portal.pages
        if "://" not in path
    )
    end = "" if "sitemap_xml_broken" in faults else "</urlset>"
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{namespace}">{listed}{end}\n'
    return {f"{portal.body.path}/sitemap.xml": plain(text, "application/xml")}


def regulation_path(portal: Portal) -> str:
    """Where the link to the rules for providing information leads; empty where there is no such link.

    A dead one leads to a file or, where lost pages answer as if nothing were wrong, to a page of that sort."""
    if "no_regulation" in portal.faults:
        return ""
    if "regulation_dead" in portal.faults:
        return _LOST_REGULATION if portal.family.soft_404 else _DEAD_REGULATION
    return REGULATION


def information_menu(portal: Portal) -> tuple[Entry, ...]:
    """What stands under "Tiếp cận thông tin"."""
    faults = portal.faults
    entries = (
        Entry("Đầu mối cung cấp thông tin", CONTACT_POINT if "no_contact_point" not in faults else ""),
        Entry("Quy chế cung cấp thông tin", regulation_path(portal)),
        Entry("Danh mục thông tin phải được công khai", LIST if "no_publication_list" not in faults else ""),
        Entry("Phiếu yêu cầu cung cấp thông tin", REQUEST_FORM if "no_request_form" not in faults else ""),
        Entry("Gửi yêu cầu cung cấp thông tin", REQUEST_ADDRESS if "no_request_address" not in faults else ""),
    )
    return tuple(entry for entry in entries if entry.path)


def about_menu(faults: Faults) -> tuple[Entry, ...]:
    """The entry for the spokesperson, while there is one."""
    return () if "no_spokesperson" in faults else (Entry("Người phát ngôn", SPOKESPERSON),)


def section_menu(portal: Portal) -> tuple[Entry, ...]:
    """The entry for access to information with what stands below it; without the section, for the contact point."""
    if "no_information_section" in portal.faults:
        return () if "no_contact_point" in portal.faults else (Entry("Đầu mối cung cấp thông tin", CONTACT_POINT),)
    return (Entry("Tiếp cận thông tin", INFORMATION, information_menu(portal)),)


def regulation_row(portal: Portal) -> str:
    """A row of the list of documents: the decision on the rules for providing information."""
    path = regulation_path(portal)
    if not path:
        return ""
    return (
        f"<tr><td>45/2025/QĐ-UBND</td><td>15/8/2025</td>"
        f'<td><a href="{portal.at(path)}">Quyết định ban hành Quy chế cung cấp thông tin</a></td></tr>'
    )


def _contact(portal: Portal) -> Page:
    body = portal.body
    text = (
        f"<h2>{body.name}</h2><p>Địa chỉ: {body.postal}</p><p>Điện thoại: {body.phone}</p>"
        f"<p>Thư điện tử: {portal.mail(body.email)}</p><p>Thời gian làm việc: từ thứ Hai đến thứ Sáu, sáng từ "
        "7 giờ 30 phút đến 11 giờ 30 phút, chiều từ 13 giờ 30 phút đến 17 giờ.</p>"
    )
    return Page(CONTACT, "Liên hệ", text)


def _contact_point(portal: Portal) -> str:
    officer = portal.body.information_officer
    reach = (
        f"<p>Điện thoại: {officer.phone}</p><p>Thư điện tử: {portal.mail(officer.email)}</p>"
        if "contact_point_unreachable" not in portal.faults
        else ""
    )
    return (
        f'<div class="dau-moi"><p>Đầu mối cung cấp thông tin: {portal.body.information_unit}</p>'
        f"<p>Người phụ trách: {officer.name}, {officer.position}</p>{reach}<p>Công dân đến trụ sở trong giờ hành "
        "chính được hướng dẫn lập phiếu và nhận kết quả theo quy định của pháp luật.</p></div>"
    )


def _spokesperson(portal: Portal) -> Page:
    body, official = portal.body, portal.body.spokesperson
    cells = [("Họ và tên", official.name), ("Chức vụ", official.position), ("Số điện thoại", official.phone)]
    if "spokesperson_without_email" not in portal.faults:
        cells.append(("Thư điện tử công vụ", portal.mail(official.email)))
    heads = "".join(f"<th>{head}</th>" for head, _ in cells)
    values = "".join(f"<td>{value}</td>" for _, value in cells)
    return Page(
        SPOKESPERSON,
        f"Người phát ngôn của {body.short}",
        f"<p>Người phát ngôn thường xuyên và cung cấp thông tin cho báo chí của {body.name}:</p>"
        f'<table class="table" border="1"><tr>{heads}</tr><tr>{values}</tr></table>',
    )


def _regulation(portal: Portal) -> Page:
    body = portal.body
    return Page(
        REGULATION,
        f"Quy chế cung cấp thông tin của {body.short}",
        f"<p>Quy chế này quy định việc công khai thông tin, cung cấp thông tin theo yêu cầu và trách nhiệm của các "
        f"đơn vị, cá nhân thuộc {body.name} trong việc bảo đảm quyền tiếp cận thông tin của công dân.</p>"
        "<p><strong>Điều 1.</strong> Phạm vi điều chỉnh và đối tượng áp dụng.</p>"
        "<p><strong>Điều 2.</strong> Nguyên tắc cung cấp thông tin: kịp thời, chính xác, đầy đủ, đúng trình tự.</p>"
        "<p><strong>Điều 3.</strong> Trình tự, thủ tục tiếp nhận và giải quyết yêu cầu cung cấp thông tin.</p>"
        f'<p>Toàn văn: <a href="{portal.at(REGULATION_FILE)}">Quy chế cung cấp thông tin (tệp PDF)</a></p>',
    )


def _list(body: Body) -> Page:
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
    return Page(
        LIST,
        "Danh mục thông tin phải được công khai",
        f"<p>Danh mục thông tin do {body.name} tạo ra và phải được công khai:</p>"
        f"<table border='1'><tr><th>STT</th><th>Nội dung</th><th>Thời điểm</th></tr>{rows}</table>",
    )


def _request_form() -> Page:
    return Page(
        REQUEST_FORM,
        "Phiếu yêu cầu cung cấp thông tin",
        "<p>Mẫu phiếu gồm: họ và tên, nơi cư trú, số căn cước, thông tin được yêu cầu, hình thức cung cấp, lý do, "
        "mục đích yêu cầu.</p><p>Phiếu được lập thành văn bản và có chữ ký của người yêu cầu.</p>",
    )


def _request_address(portal: Portal) -> Page:
    officer = portal.body.information_officer
    return Page(
        REQUEST_ADDRESS,
        "Gửi yêu cầu cung cấp thông tin",
        f"<p>Thư điện tử nhận yêu cầu cung cấp thông tin: {portal.mail(officer.email)}</p>"
        "<p>Công dân cũng có thể nhập yêu cầu vào ô dưới đây.</p>"
        '<form action="#gui-yeu-cau" method="post"><label>Nội dung yêu cầu cung cấp thông tin '
        '<textarea name="noi-dung"></textarea></label><button>Gửi yêu cầu</button></form>',
    )
