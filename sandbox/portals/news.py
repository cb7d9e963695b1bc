"""News of the province. Some titles come close to what rules look for, and are not it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sandbox.bodies import Kind

_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Article(NamedTuple):
    """``slug`` ends the path of its page; ``age`` is in days, so that the news of a portal never grow old."""

    slug: str
    age: int
    title: str
    lead: str
    text: tuple[str, ...]


def day(article: Article, *, years_ago: int = 0) -> str:
    """When it was published, as Vietnamese portals write it."""
    return f"{datetime.now(_HANOI) - timedelta(days=article.age + 365 * years_ago):%d/%m/%Y}"


PROVINCE = (
    Article(
        "4301-tinh-song-may-day-manh-giai-ngan-von-dau-tu-cong",
        4,
        "Tỉnh Sông Mây đẩy mạnh giải ngân vốn đầu tư công những tháng cuối năm",
        "Đến giữa tháng, toàn tỉnh đã giải ngân đạt 78,4% kế hoạch vốn được giao.",
        (
            "Chủ tịch UBND tỉnh yêu cầu các chủ đầu tư bám sát công trường, tháo gỡ vướng mắc về mặt bằng.",
            "Các dự án giao thông trọng điểm được yêu cầu hoàn thành đúng tiến độ.",
        ),
    ),
    Article(
        "4302-tap-huan-quy-che-cung-cap-thong-tin",
        6,
        "Tập huấn quy chế cung cấp thông tin cho cán bộ, công chức cấp xã",
        "Gần 200 cán bộ, công chức của các xã, phường đã tham dự lớp tập huấn do Sở Nội vụ tổ chức.",
        (
            "Học viên được giới thiệu các quy định mới về quyền tiếp cận thông tin của công dân.",
            "Lớp tập huấn diễn ra trong hai ngày tại Hội trường lớn của tỉnh.",
        ),
    ),
    Article(
        "4303-nguoi-phat-ngon-tra-loi-hop-bao-thuong-ky",
        10,
        "Người phát ngôn UBND tỉnh trả lời họp báo thường kỳ tháng 11",
        "Nhiều câu hỏi của báo chí về công tác phòng, chống thiên tai đã được trả lời tại cuộc họp báo.",
        (
            "Tại cuộc họp báo, đại diện các sở đã thông tin về tiến độ sắp xếp dân cư vùng có nguy cơ sạt lở.",
            "Kết luận cuộc họp, lãnh đạo Văn phòng đề nghị các cơ quan báo chí tiếp tục đồng hành cùng tỉnh.",
        ),
    ),
    Article(
        "4304-ben-song-tro-thanh-dau-moi-giao-thong",
        12,
        "Phường Bến Sông sẽ trở thành đầu mối giao thông của khu vực",
        "Cầu Sông Mây 2 và bến xe khách mới dự kiến được đưa vào khai thác trong quý I năm sau.",
        (
            "Công trình có tổng mức đầu tư hơn 1.200 tỷ đồng, dài 3,2 km.",
            "Khi hoàn thành, thời gian đi từ trung tâm tỉnh đến cửa khẩu rút ngắn còn 45 phút.",
        ),
    ),
    Article(
        "4305-khai-mac-tuan-le-van-hoa-du-lich",
        15,
        "Khai mạc Tuần lễ Văn hóa, Du lịch tỉnh Sông Mây năm 2026",
        "Tuần lễ gồm 12 hoạt động, diễn ra trong bảy ngày liên tiếp.",
        (
            "Điểm nhấn của Tuần lễ là lễ hội đua thuyền truyền thống trên sông.",
            "Ban Tổ chức dự kiến đón khoảng 40.000 lượt khách.",
        ),
    ),
    Article(
        "4306-cong-bo-quyet-dinh-bo-nhiem-can-bo",
        17,
        "Công bố quyết định bổ nhiệm cán bộ lãnh đạo các sở",
        "Chiều cùng ngày, UBND tỉnh tổ chức hội nghị công bố các quyết định về công tác cán bộ.",
        (
            "Các quyết định có hiệu lực từ ngày ký.",
            "Đại diện cán bộ được bổ nhiệm đã phát biểu nhận nhiệm vụ.",
        ),
    ),
    Article(
        "4307-tiem-vac-xin-phong-dai-cho-dan-vat-nuoi",
        19,
        "Hoàn thành tiêm vắc-xin phòng dại cho đàn vật nuôi đợt 2",
        "Tỷ lệ tiêm phòng toàn tỉnh đạt 91,5%, vượt kế hoạch đề ra.",
        (
            "Cơ quan chuyên môn khuyến cáo người dân chủ động khai báo khi vật nuôi có biểu hiện bất thường.",
            "Đợt tiêm bổ sung sẽ được thực hiện trong tháng 12.",
        ),
    ),
    Article(
        "4308-cong-thong-tin-dien-tu-tinh-co-giao-dien-moi",
        21,
        # Written with combining marks, as some editors paste it.
        unicodedata.normalize("NFD", "Ra mắt giao diện mới phục vụ người dân và doanh nghiệp"),
        "Giao diện mới dễ đọc hơn trên điện thoại và có công cụ tra cứu văn bản.",
        (
            "Người d&acirc;n c&oacute; thể g&oacute;p &yacute; về giao diện trong th&aacute;ng 11.",
            "Việc chuyển đổi dữ liệu đã hoàn thành.",
        ),
    ),
)

DEPARTMENT = (
    Article(
        "cap-phep-xay-dung-tren-moi-truong-mang",
        5,
        "Cấp giấy phép xây dựng hoàn toàn trên môi trường mạng",
        "Từ tháng này, hồ sơ cấp giấy phép xây dựng được tiếp nhận và trả kết quả trực tuyến.",
        ("Thời gian giải quyết giảm từ 15 ngày còn 10 ngày làm việc.", "Người dân không phải nộp bản giấy."),
    ),
    Article(
        "kiem-tra-chat-luong-cong-trinh",
        11,
        "Kiểm tra chất lượng công trình trường học trước mùa mưa bão",
        "Đoàn kiểm tra đã làm việc tại 14 công trình trên địa bàn tỉnh.",
        (
            "Các nhà thầu được yêu cầu khắc phục tồn tại trong tháng này.",
            "Kết quả sẽ được công bố trong tháng 12.",
        ),
    ),
    Article(
        "nguoi-phat-ngon-cung-cap-thong-tin-ve-nha-o-xa-hoi",
        18,
        "Người phát ngôn cung cấp thông tin về nhà ở xã hội",
        "Toàn tỉnh có 5 dự án nhà ở xã hội đang được triển khai với hơn 2.100 căn.",
        ("Hai dự án sẽ bàn giao trong năm 2027.", "Danh sách người được mua nhà được xét công khai."),
    ),
)

COMMUNE = (
    Article(
        "ra-quan-ve-sinh-moi-truong",
        7,
        "Ra quân vệ sinh môi trường, chỉnh trang đường làng, ngõ xóm",
        "Hơn 300 hội viên, đoàn viên đã tham gia buổi lao động.",
        ("Nhân dân các thôn đã thu gom gần 4 tấn rác thải.", "Hoạt động được duy trì vào sáng thứ Bảy hằng tuần."),
    ),
    Article(
        "thong-bao-lich-tiep-cong-dan",
        20,
        "Thông báo lịch tiếp công dân tháng 11 năm 2026",
        "Lãnh đạo UBND xã tiếp công dân định kỳ vào ngày 10 và ngày 25.",
        ("Địa điểm: Phòng Tiếp công dân, trụ sở UBND xã.", "Buổi sáng từ 8 giờ đến 11 giờ."),
    ),
    Article(
        "dien-tap-tim-kiem-cuu-nan",
        25,
        "Diễn tập tìm kiếm cứu nạn mùa mưa lũ",
        "Lực lượng dân quân và nhân dân các thôn tham gia diễn tập; đường dây nóng 112 trực 24/24 giờ.",
        ("Phương án di dời dân được thực hành tại ba điểm có nguy cơ sạt lở.", "Diễn tập kết thúc an toàn."),
    ),
)

_EVERYWHERE = (
    Article(
        "khai-giang-lop-boi-duong",
        6,
        "Khai giảng lớp bồi dưỡng kỹ năng số cho công chức mới tuyển dụng",
        "Lớp học kéo dài ba ngày, gồm phần lý thuyết và thực hành trên hệ thống dùng chung.",
        ("Bốn mươi học viên dự lớp.", "Cuối khóa, mỗi học viên làm một bài thực hành về xử lý hồ sơ."),
    ),
    Article(
        "ngay-chuyen-doi-so",
        9,
        "Hưởng ứng Ngày Chuyển đổi số quốc gia bằng những việc làm cụ thể",
        "Các tổ công nghệ số cộng đồng đã đến từng thôn hướng dẫn người dân dùng dịch vụ trực tuyến.",
        ("Gần 1.200 lượt người được hỗ trợ trong một tuần.", "Các buổi hướng dẫn tiếp tục đến hết năm."),
    ),
    Article(
        "trong-cay-dau-xuan",
        12,
        "Phát động trồng mới hai nghìn cây xanh dọc các tuyến đường",
        "Cây giống do vườn ươm của tỉnh cấp, đoàn viên thanh niên nhận chăm sóc trong ba năm đầu.",
        ("Tỷ lệ cây sống năm trước đạt 93%.", "Năm nay ưu tiên giống cây bản địa, tán rộng, ít gãy đổ."),
    ),
)

BY_KIND: Mapping[Kind, tuple[Article, ...]] = {
    "ministry": (*PROVINCE[2:6], *_EVERYWHERE),
    "province": PROVINCE[:6],
    "unit": (*DEPARTMENT, *_EVERYWHERE),
    "department": (*DEPARTMENT, *_EVERYWHERE),
    "commune": (*COMMUNE, *_EVERYWHERE),
    "service": DEPARTMENT[:1],
    "archive": PROVINCE[4:7],
}
