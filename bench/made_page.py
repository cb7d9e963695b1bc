"""Pages of made-up portals, to measure with: about 80 KiB, 298 links, three tables, forms, scripts and JSON-LD.

As in life header, menus and footer repeat while titles, teasers and articles differ, and about a third of the bytes
is script and style. Nothing is random: every run reads the same bytes.
"""

from __future__ import annotations

import json

PAGES = 30
"""Pages of one portal."""


def _listed(names: str) -> list[str]:
    return names.split("|")


_BODIES = _listed(
    "Sở Nội vụ|Sở Tài chính|Sở Xây dựng|Sở Y tế|Sở Tư pháp|Sở Công Thương|Sở Giáo dục và Đào tạo"
    "|Sở Dân tộc và Tôn giáo|Sở Khoa học và Công nghệ|Sở Văn hóa, Thể thao và Du lịch"
    "|Sở Nông nghiệp và Môi trường|Thanh tra tỉnh|Văn phòng UBND tỉnh|Ban Quản lý Khu kinh tế|Công an tỉnh"
    "|Bộ Chỉ huy quân sự tỉnh|UBND phường Sa Pa|UBND phường Cam Đường|UBND xã Bắc Hà|UBND xã Bát Xát"
    "|UBND xã Mường Khương|UBND xã Si Ma Cai|UBND xã Văn Bàn|UBND xã Bảo Thắng"
)
_MENUS = {
    "Giới thiệu": "Điều kiện tự nhiên|Lịch sử văn hóa|Đơn vị hành chính|Bộ máy tổ chức|Lãnh đạo tỉnh"
    "|Chức năng nhiệm vụ|Danh bạ",
    "Tin tức": "Tin trong tỉnh|Tin trong nước|Kinh tế - Đầu tư|Văn hóa - Xã hội|An ninh - Quốc phòng"
    "|Cải cách hành chính|Video",
    "Chỉ đạo điều hành": "Lịch công tác|Kết luận cuộc họp|Ý kiến chỉ đạo|Thông báo|Lịch tiếp công dân"
    "|Phát ngôn báo chí",
    "Văn bản": "Văn bản quy phạm pháp luật|Văn bản chỉ đạo|Lấy ý kiến dự thảo|Công báo điện tử|Tra cứu văn bản",
    "Công khai": "Công khai ngân sách|Quy hoạch - Kế hoạch|Dự án, hạng mục đầu tư|Đấu thầu, mua sắm công"
    "|Thống kê|Đề tài khoa học",
    "Dịch vụ công": "Cổng dịch vụ công quốc gia|Thủ tục hành chính|Tra cứu hồ sơ|Kết quả giải quyết"
    "|Đánh giá mức độ hài lòng",
    "Công dân": "Hỏi đáp|Góp ý|Phản ánh kiến nghị|Đường dây nóng|Tiếp cận thông tin|Liên hệ",
}
_SUBJECTS = _listed(
    "Chủ tịch UBND tỉnh|Ban Thường vụ Tỉnh ủy|Đoàn đại biểu Quốc hội tỉnh|Lãnh đạo Sở Xây dựng"
    "|Hội Nông dân các xã vùng cao|Ủy ban Mặt trận Tổ quốc tỉnh|Các hộ kinh doanh tại chợ trung tâm"
    "|Đoàn công tác của tỉnh"
)
_DEEDS = _listed(
    "kiểm tra tiến độ dự án đường nối cao tốc|họp phiên thường kỳ tháng 11"
    "|triển khai nhiệm vụ phát triển kinh tế - xã hội"
    "|hướng dẫn thủ tục đăng ký đất đai trên môi trường điện tử|tiếp xúc cử tri sau kỳ họp"
    "|đôn đốc giải ngân vốn đầu tư công|gặp gỡ doanh nghiệp và nhà đầu tư"
    "|khắc phục hậu quả mưa lũ, ổn định đời sống nhân dân|đẩy mạnh chuyển đổi số ở cơ sở"
)
_SENTENCES = _listed(
    "Tại buổi làm việc, các đại biểu đã thảo luận về tiến độ thực hiện các chỉ tiêu chủ yếu và những khó khăn cần"
    " tháo gỡ.|Báo cáo cho thấy tổng thu ngân sách trên địa bàn đạt 8.450 tỷ đồng, bằng 92,3% dự toán tỉnh giao và"
    " tăng so với cùng kỳ.|Các sở, ngành và địa phương được yêu cầu rà soát danh mục thủ tục hành chính, cắt giảm"
    " thời gian giải quyết cho người dân.|Đến hết quý III, toàn tỉnh có 127/146 thôn bản đạt tiêu chí về giao thông"
    " và 38.200 hộ được sử dụng nước hợp vệ sinh.|Phát biểu kết luận, đồng chí Chủ tịch nhấn mạnh vai trò của người"
    " đứng đầu và đề nghị báo cáo kết quả trước ngày 15/12/2026."
)


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()) or "muc"


def _title(number: int) -> str:
    return f"{_SUBJECTS[number % len(_SUBJECTS)]} {_DEEDS[(number // 3) % len(_DEEDS)]} (đợt {number % 997 + 1})"


def _menu(kind: str) -> str:
    entries = []
    for at, (name, inner) in enumerate(_MENUS.items()):
        folder = f"/{kind}/{_slug(name)}"
        links = "\n".join(
            f'            <li class="menu-item level-2"><a class="dropdown-link" '
            f'href="{folder}/{_slug(label)}-{at}{i}" title="{label}">{label}</a></li>'
            for i, label in enumerate(inner.split("|"))
        )
        entries.append(
            f"""        <li class="menu-item has-child" role="presentation">
          <a href="{folder}-{at}" aria-haspopup="true"><span>{name}</span></a>
          <ul class="child-menu" role="menu">
{links}
          </ul>
        </li>"""
        )
    return "\n".join(entries)


def _teaser(number: int) -> str:
    title = _title(number)
    page = f"/tin-tuc/{_slug(title)}-{number}.html"
    return f"""          <div class="col-md-4 news-item" data-id="{number}">
            <a class="thumb" href="{page}"><img class="lazy img-responsive" src="/o/theme/images/blank.png"
              data-src="/documents/20181/{number}/anh-{number}.jpg" alt="{title}"></a>
            <h3 class="title"><a href="{page}" title="{title}">{title}</a></h3>
            <p class="date"><i class="fa fa-clock-o"></i> {number % 28 + 1:02d}/11/2026 08:{number % 60:02d}</p>
          </div>"""


def _table(page: int, kind: int) -> str:
    rows = "\n".join(
        f'            <tr class="{"even" if row % 2 else "odd"}"><td>{row + 1}</td>'
        f'<td><a href="/van-ban/{page}-{kind}-{row}">{row + page}/2026/QĐ-UBND</a></td>'
        f"<td>{(row + page) % 28 + 1:02d}/10/2026</td>"
        f"<td>Quyết định về việc {_DEEDS[(row + page + kind) % len(_DEEDS)]}</td></tr>"
        for row in range(8)
    )
    return f"""        <table class="table table-bordered">
          <thead><tr><th>STT</th><th>Số ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th></tr></thead>
          <tbody>
{rows}
          </tbody>
        </table>"""


def _script(number: int) -> str:
    calls = "\n".join(
        f"    Liferay.Portlet.onLoad({{canEditTitle: false, columnPos: {i}, isStatic: 'end', "
        f"namespacedId: 'p_p_id_{number}_{i}_', portletId: '{number}_INSTANCE_{i * 7919 % 9973}', "
        f"refreshURL: '/c/portal/render_portlet?p_l_id={number}&p_p_id={i}'}});"
        for i in range(8)
    )
    return f"""<script type="text/javascript">
// <![CDATA[
  AUI().use("aui-base", function (A) {{
{calls}
  }});
// ]]>
</script>"""


_HEADER = f"""  <header id="banner" role="banner">
    <div class="topbar"><span class="today">Chủ nhật, 22/11/2026</span>
      <a href="/en" lang="en">English</a> <a href="/rss">RSS</a>
      <a href="/so-do-cong">Sơ đồ cổng</a> <a href="mailto:congttdt@tinhmau.gov.vn">Thư điện tử</a></div>
    <a class="logo" href="/"><img src="/o/theme/images/banner.png" alt="Cổng thông tin điện tử tỉnh Mẫu"></a>
    <form class="search" action="/tim-kiem" method="get">
      <input type="text" name="q" placeholder="Tìm kiếm..."><button type="submit">Tìm</button></form>
    <nav class="navbar" id="navigation">
      <ul class="nav navbar-nav">
{_menu("c")}
      </ul>
    </nav>
  </header>"""

_SELECTS = "\n".join(
    f'      <select class="weblink" onchange="window.open(this.value)"><option value="">-- {label} --</option>\n'
    + "\n".join(
        f'        <option value="https://{_slug(body)}{i}.tinhmau.gov.vn/">{body}</option>'
        for i, body in enumerate(_BODIES[start::2])
    )
    + "\n      </select>"
    for start, label in enumerate(("Sở, ban, ngành", "Xã, phường"))
)

_FOOTER = f"""  <footer id="footer" role="contentinfo">
    <div class="row">
      <ul class="footer-menu">
{_menu("f")}
      </ul>
      <div class="info">
        <p><strong>CỔNG THÔNG TIN ĐIỆN TỬ TỈNH MẪU</strong></p>
        <p>Cơ quan chủ quản: Ủy ban nhân dân tỉnh Mẫu</p>
        <p>Chịu trách nhiệm chính: Ông Nguyễn Văn Mẫu, Chánh Văn phòng UBND tỉnh, Trưởng ban Biên tập</p>
        <p>Địa chỉ: Đại lộ Trần Hưng Đạo, phường Cam Đường, tỉnh Mẫu
          - Điện thoại: (0214) 3840.034 - Fax: (0214) 3840.006</p>
        <p>Email: <a href="mailto:banbientap@tinhmau.gov.vn">banbientap@tinhmau.gov.vn</a>
          - Giấy phép số 15/GP-TTĐT ngày 05/8/2025</p>
      </div>
      <div class="counter">Đang truy cập: 127 - Hôm nay: 4.512 - Tổng lượt truy cập: 98.765.432</div>
      <a href="https://tinnhiemmang.vn/danh-ba-tin-nhiem/tinhmau-1">
        <img src="https://tinnhiemmang.vn/handle_cert?id=tinhmau.gov.vn" alt="Tín nhiệm mạng"></a>
    </div>
  </footer>"""

_EMC = """<!-- Begin EMC Tracking Code -->
<script type="text/javascript">
  var _govaq = window._govaq || [];
  _govaq.push(['trackPageView']);
  _govaq.push(['enableLinkTracking']);
  (function () {
    _govaq.push(['setTrackerUrl', 'https://f-emc.ngsp.gov.vn/tracking']);
    _govaq.push(['setSiteId', '9999']);
    var d = document, g = d.createElement('script'), s = d.getElementsByTagName('script')[0];
    g.type = 'text/javascript'; g.async = true; g.defer = true;
    g.src = 'https://f-emc.ngsp.gov.vn/embed/gov-tracking.min.js'; s.parentNode.insertBefore(g, s);
  })();
</script>
<!-- End EMC Tracking Code -->"""

_STYLE = "\n".join(
    f"    .portlet-{i} .portlet-body > .news-item {{ margin: {i}px auto; padding: 0 {i % 9}px; "
    f"color: #0{i % 10}3a6{i % 7}; }}"
    for i in range(10)
)


def bench_page(number: int, portal: int = 0) -> bytes:
    """One page of a made-up portal, UTF-8; ``portal`` tells its host and its news from those of others."""
    number += portal * 10_007
    title = _title(number)
    teasers = "\n".join(_teaser(number * 40 + i) for i in range(30))
    listed = "\n".join(
        f'          <li><a href="/tin-tuc/{_slug(_title(i))}-{i}.html">{_title(i)}</a></li>'
        for i in range(number, number + 84)
    )
    paragraphs = "\n".join(
        f'          <p style="text-align: justify;">{_SENTENCES[(number + i) % 5]} '
        f"{_SENTENCES[(number * 3 + i + 2) % 5]} {_title(number * 11 + i)}.</p>"
        for i in range(3)
    )
    json_ld = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentOrganization",
            "name": "Cổng thông tin điện tử tỉnh Mẫu",
            "url": "https://tinhmau.gov.vn",
            "subOrganization": [{"@type": "GovernmentOffice", "name": body} for body in _BODIES],
        },
        ensure_ascii=False,
    )
    scripts = "\n".join(_script(number * 10 + i) for i in range(3))
    return f"""<!DOCTYPE html>
<html lang="vi-VN" dir="ltr" class="ltr">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title} - Cổng thông tin điện tử tỉnh Mẫu</title>
  <meta name="description" content="{_SENTENCES[number % 5]}">
  <link rel="stylesheet" href="/o/theme/css/aui.css"><link rel="stylesheet" href="/o/theme/css/main.css">
  <style type="text/css">
{_STYLE}
  </style>
  <script type="application/ld+json">{json_ld}</script>
</head>
<body class="controls-visible yui3-skin-sam signed-out public-page site">
<div class="wrapper" id="wrapper">
{_HEADER}
  <div id="content" class="container">
    <div class="row">
      <div class="col-md-9 portlet-layout">
        <h1 class="page-title">{title}</h1>
        <div class="portlet-body">
{paragraphs}
        </div>
        <section class="portlet"><h2 class="portlet-title">Tin mới nhất</h2>
{teasers}
        </section>
{_table(number, 0)}
{_table(number, 1)}
{_table(number, 2)}
        <form class="rating" action="/danh-gia" method="post">
          <label><input type="radio" name="r" value="1"> Rất hài lòng</label>
          <label><input type="radio" name="r" value="2"> Hài lòng</label>
          <textarea name="note" placeholder="Góp ý"></textarea><button>Gửi</button></form>
      </div>
      <div class="col-md-3 portlet-layout">
        <div class="portlet-topper">Liên kết website</div>
{_SELECTS}
        <ul class="list">
{listed}
        </ul>
      </div>
    </div>
  </div>
{_FOOTER}
</div>
{scripts}
{_EMC}
</body>
</html>
""".replace("tinhmau", f"tinhmau{portal}").encode()
