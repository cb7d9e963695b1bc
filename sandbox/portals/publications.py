"""What a public body has to publish, section by section; written once and framed by each family in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zlib import crc32

from sandbox.bodies import COMPONENTS, MAINS, Kind
from sandbox.portals.portal import Entry, Page, Portal

_BODIES = MAINS | COMPONENTS
_PLACES: frozenset[Kind] = frozenset({"province", "commune"})


class Publication(NamedTuple):
    """One section: ``id`` as faults and rules call it, ``labels`` the names it goes by on different portals,
    ``text`` its content, ``kinds`` whose duty it is."""

    id: str
    path: str
    labels: tuple[str, ...]
    text: str
    kinds: frozenset[Kind] = _BODIES


def _table(head: str, *rows: str) -> str:
    """A table of rows whose cells are parted by bars."""
    drawn = "".join("<tr><td>" + row.replace("|", "</td><td>") + "</td></tr>" for row in rows)
    return f"<table border='1'><tr><th>{head.replace('|', '</th><th>')}</th></tr>{drawn}</table>"


ABOUT = (
    Publication(
        "functions_and_duties", "/gioi-thieu/chuc-nang-nhiem-vu",
        ("Chức năng, nhiệm vụ", "Chức năng nhiệm vụ và quyền hạn"),
        "<p>{name} thực hiện chức năng quản lý nhà nước theo phân công, phân cấp và quy định của pháp luật.</p>"
        "<p>Ban hành văn bản theo thẩm quyền; tổ chức thực hiện, kiểm tra, tổng kết việc thi hành pháp luật; giải "
        "quyết khiếu nại, tố cáo; thực hiện cải cách hành chính và chuyển đổi số.</p>",
    ),
    Publication(
        "organisation_chart", "/gioi-thieu/co-cau-to-chuc", ("Cơ cấu tổ chức", "Sơ đồ tổ chức bộ máy"),
        "<p>{name} gồm người đứng đầu, các cấp phó và các đơn vị trực thuộc sau đây:</p><ul><li>Văn phòng</li>"
        "<li>Phòng Tổ chức - Hành chính</li><li>Phòng Kế hoạch - Tài chính</li><li>Trung tâm Dữ liệu</li></ul>",
    ),
    Publication(
        "leadership", "/gioi-thieu/lanh-dao", ("Lãnh đạo", "Ban lãnh đạo", "Thông tin lãnh đạo"),
        "<h3>Ông Đinh Công Thành</h3><p>Chức vụ: Người đứng đầu. Sinh năm 1972, quê quán phường Bến Sông; trình độ "
        "Thạc sĩ Luật. Nhiệm vụ: lãnh đạo, điều hành toàn diện công việc của cơ quan.</p><h3>Bà Nông Thị Bích</h3>"
        "<p>Chức vụ: Cấp phó. Sinh năm 1976; trình độ Kỹ sư. Nhiệm vụ: phụ trách tài chính và chuyển đổi số.</p>",
    ),
    Publication(
        "history", "/gioi-thieu/lich-su",
        ("Lịch sử hình thành và phát triển", "Quá trình hình thành và phát triển"),
        "<p>{name} được thành lập năm 1991, trải qua bốn lần sắp xếp tổ chức bộ máy, và được tặng Huân chương Lao "
        "động hạng Nhì năm 2016.</p>",
        frozenset({"ministry", "unit", "department"}),
    ),
    Publication(
        "history_and_culture", "/gioi-thieu/lich-su-van-hoa",
        ("Lịch sử - Văn hóa", "Truyền thống lịch sử, văn hóa"),
        "<p>Vùng đất này có người ở từ thời kỳ đồ đá mới. Lễ hội đua thuyền mùa xuân và nghề dệt thổ cẩm được ghi "
        "vào danh mục di sản văn hóa phi vật thể quốc gia; toàn địa bàn có ba di tích được xếp hạng.</p>",
        _PLACES,
    ),
    Publication(
        "geography", "/gioi-thieu/dieu-kien-tu-nhien", ("Vị trí địa lý, điều kiện tự nhiên", "Điều kiện tự nhiên"),
        "<p>Phía bắc giáp dãy núi Mây, phía nam giáp sông Mây; diện tích tự nhiên 4.820 km², khí hậu nhiệt đới gió "
        "mùa, lượng mưa trung bình 1.700 mm mỗi năm. Bản đồ hành chính tỷ lệ 1:50.000 được phát hành năm 2025.</p>",
        _PLACES,
    ),
)  # fmt: skip
OPEN_INFORMATION = (
    Publication(
        "plans", "/quy-hoach-ke-hoach", ("Quy hoạch - Kế hoạch", "Chiến lược, quy hoạch, kế hoạch"),
        "<p>Quy hoạch thời kỳ 2021 - 2030, tầm nhìn đến năm 2050 đã được phê duyệt điều chỉnh.</p><p>Kế hoạch phát "
        "triển kinh tế - xã hội năm 2026 đề ra 18 chỉ tiêu chủ yếu.</p>",
    ),
    Publication(
        "projects_and_procurement", "/du-an-dau-thau",
        ("Dự án, đấu thầu, mua sắm công", "Dự án đầu tư và đấu thầu"),
        "<p>Danh mục dự án đầu tư công và kết quả lựa chọn nhà thầu.</p>"
        + _table(
            "Tên dự án|Mục tiêu|Tổng mức đầu tư|Tiến độ",
            "Nâng cấp đường Hùng Vương|Giao thông|48 tỷ đồng|Đang thi công",
            "Trường học phường Bến Sông|Giáo dục|32 tỷ đồng|Đã nghiệm thu",
        ),
    ),
    Publication(
        "budget", "/cong-khai-ngan-sach", ("Công khai ngân sách", "Ngân sách nhà nước"),
        "<p>Dự toán thu ngân sách nhà nước năm 2026 là 9.850 tỷ đồng, bằng 104,2% so với năm trước.</p>"
        + _table("Số biểu|Nội dung|Kỳ", "Biểu 46|Cân đối ngân sách|Quý III/2026", "Biểu 62|Quyết toán|Năm 2025"),
    ),
    Publication(
        "statistics", "/thong-ke", ("Thông tin thống kê", "Số liệu thống kê"),
        "<p>Tốc độ tăng tổng sản phẩm 9 tháng năm 2026 ước đạt 8,1%.</p>"
        + _table("Chỉ tiêu|Đơn vị|9 tháng", "Sản xuất công nghiệp|tỷ đồng|12.400", "Khách du lịch|lượt|910.000"),
    ),
)  # fmt: skip
LAW = (
    Publication(
        "law_dissemination", "/pho-bien-phap-luat",
        ("Phổ biến, giáo dục pháp luật", "Tuyên truyền, phổ biến pháp luật"),
        "<p>Tài liệu hỏi đáp về Luật Đất đai, Luật Căn cước và Luật Giao dịch điện tử được biên soạn cho hòa giải "
        "viên ở cơ sở; đề cương giới thiệu văn bản mới được cập nhật hằng tháng.</p>",
    ),
    Publication(
        "draft_consultation", "/van-ban/du-thao", ("Lấy ý kiến văn bản dự thảo", "Góp ý dự thảo văn bản"),
        "<p>Dự thảo Quyết định quy định mức hỗ trợ sản xuất nông nghiệp; nơi nhận góp ý: Văn phòng; thời gian lấy "
        "ý kiến: 60 ngày, đến hết ngày 15/12/2026.</p><p>Dự thảo tờ trình và bản thuyết minh kèm theo.</p>",
    ),
    Publication(
        "procedures", "/thu-tuc-hanh-chinh", ("Thủ tục hành chính", "Danh mục thủ tục hành chính"),
        "<p>Danh mục thủ tục hành chính được công bố theo Quyết định số 1520/QĐ-UBND ngày 12/10/2026.</p>"
        + _table(
            "Tên thủ tục|Lĩnh vực|Thời hạn",
            "Cấp giấy phép xây dựng|Xây dựng|10 ngày làm việc",
            "Đăng ký khai sinh|Hộ tịch|Trong ngày",
        ),
        _BODIES - {"unit"},
    ),
)  # fmt: skip
PUBLICATIONS: Mapping[str, Publication] = {each.id: each for each in (*ABOUT, *OPEN_INFORMATION, *LAW)}


def left(portal: Portal, group: tuple[Publication, ...]) -> tuple[Publication, ...]:
    """Those of a group that the portal's kind publishes and that the faults have left."""
    return tuple(each for each in group if portal.body.kind in each.kinds and f"no_{each.id}" not in portal.faults)


def label(portal: Portal, publication: Publication) -> str:
    """What this portal calls a section: portals differ, each says the same at every place."""
    return publication.labels[crc32(portal.body.portal_id.encode()) % len(publication.labels)]


def entries(portal: Portal, group: tuple[Publication, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(label(portal, each), each.path) for each in left(portal, group))


def pages(portal: Portal) -> tuple[Page, ...]:
    """The page of every section that is left."""
    return tuple(
        Page(each.path, label(portal, each), each.text.format(name=portal.body.name))
        for each in left(portal, tuple(PUBLICATIONS.values()))
    )
