"""Every fault that can be planted: what goes wrong, in words, and the verdicts it must change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.portals.publications import ABOUT, PUBLICATIONS

Outcome = Literal["passed", "failed", "cantTell", "inapplicable"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing gone wrong. ``aspect`` is the part of the portal it changes, ``effects`` the verdicts that changes.

    It fits every kind of portal that one of those verdicts is given for; ``only_main`` leaves out components, of
    which nobody can tell whether their main portal's list has what they lack.
    ``with_main`` is what a component without the thing gets where its main portal has it: it may have left it to
    that one ("passed"), or nobody can tell ("cantTell"). ``whole_host``: every portal on the host is struck;
    ``provincial``: it fits no ministry and none of its units."""

    id: str
    aspect: str
    vi: str
    en: str
    effects: Mapping[str, Outcome]
    only_main: bool = False
    with_main: Outcome | None = None
    whole_host: bool = False
    provincial: bool = False


TLS_FAULTS = ("certificate_expired", "certificate_of_another", "old_tls")
"""What is wrong with a host's connection, not with its pages."""

_DEAD_EMC: Mapping[str, Outcome] = {
    "measurement.emc_code_present": "failed",
    "measurement.emc_code_on_inner_pages": "inapplicable",
    "measurement.emc_code_loads_securely": "inapplicable",
    "measurement.emc_beacon_sent": "inapplicable",
}

ALL = (
    Fault("no_emc", "emc", "Không gắn mã đo lường EMC", "No EMC measuring code", _DEAD_EMC),
    Fault(
        "emc_only_on_home", "emc_pages", "Mã EMC chỉ có ở trang chủ", "The EMC code is on the home page only",
        {"measurement.emc_code_on_inner_pages": "failed"},
    ),
    Fault(
        "emc_over_http", "emc_scheme", "Mã EMC gọi địa chỉ http://", "The EMC code calls http:// addresses",
        {
            "measurement.emc_code_loads_securely": "failed",
            "measurement.emc_beacon_sent": "cantTell",  # browsers keep the library back
            "transport.no_mixed_content": "failed",
        },
    ),
    Fault(
        "emc_never_calls", "emc", "Mã EMC không gọi trackPageView", "The EMC code never calls trackPageView",
        {"measurement.emc_beacon_sent": "failed"},
    ),
    Fault(
        "emc_commented_out", "emc", "Mã EMC nằm trong chú thích HTML", "The EMC code is commented out", _DEAD_EMC
    ),
    Fault("emc_empty_id", "emc", "Mã EMC để trống mã định danh", "The EMC code has an empty site id", _DEAD_EMC),
    Fault(
        "no_link_to_main", "main_link", "Không liên kết về Cổng chính", "No link to the main portal",
        {"structure.links_to_main_portal": "failed", "structure.archive_says_so": "failed"},
    ),
    Fault(
        "one_component_unlisted", "component_links", "Thiếu liên kết đến một trang thành phần",
        "One component site is not linked",
        {"structure.lists_component_sites": "failed"},
    ),
    Fault(
        "no_link_to_services", "services_link", "Không liên kết đến Cổng Dịch vụ công",
        "No link to the national service portal", {"structure.links_to_national_services": "failed"},
    ),
    Fault(
        "footer_without_owner", "footer_owner", "Chân trang không nêu cơ quan chủ quản",
        "The footer does not name the owner", {"identity.footer_names_owner": "failed"},
    ),
    Fault(
        "footer_without_person", "footer_person", "Chân trang không nêu người chịu trách nhiệm",
        "The footer names no responsible person", {"identity.footer_responsible_person": "failed"},
    ),
    Fault(
        "footer_without_phone", "footer_phone", "Chân trang không có số điện thoại",
        "The footer gives no phone number", {"identity.footer_phone": "failed"},
    ),
    Fault(
        "footer_without_email", "footer_email", "Chân trang không có địa chỉ thư điện tử",
        "The footer gives no e-mail address", {"identity.footer_email": "failed"},
    ),
    Fault(
        "no_spokesperson", "spokesperson", "Không đăng thông tin người phát ngôn",
        "The spokesperson is not published", {"identity.spokesperson": "failed"}, only_main=True,
    ),
    Fault(
        "spokesperson_without_email", "spokesperson", "Người phát ngôn thiếu thư điện tử công vụ",
        "The spokesperson's entry lacks the e-mail address", {"identity.spokesperson": "failed"},
    ),
    Fault(
        "no_contact_point", "contact_point", "Không nêu đầu mối cung cấp thông tin",
        "No contact point for information requests", {"disclosure.contact_point": "failed"}, with_main="passed",
    ),
    Fault(
        "contact_point_unreachable", "contact_point",
        "Đầu mối cung cấp thông tin không có điện thoại, thư điện tử",
        "The contact point is named without phone or e-mail", {"disclosure.contact_point": "failed"},
    ),
    Fault(
        "no_regulation", "regulation", "Không đăng quy chế cung cấp thông tin",
        "The rules for providing information are not published",
        {"disclosure.regulation": "failed"}, with_main="passed",
    ),
    Fault(
        "regulation_dead", "regulation", "Liên kết đến quy chế cung cấp thông tin bị hỏng (404)",
        "The link to the rules for providing information is dead (404)",
        {"disclosure.regulation": "failed", "navigation.links_alive": "failed"},
    ),
    Fault(
        "no_information_section", "information_section", "Không có mục Tiếp cận thông tin",
        "No section for access to information", {"disclosure.information_section": "failed"}, with_main="passed",
    ),
    Fault(
        "no_search_box", "search_box", "Không có ô tìm kiếm", "No search box",
        {"navigation.search_box": "failed"},
    ),
    Fault(
        "lang_english", "lang", "Trang tiếng Việt khai báo lang=\"en-US\"",
        "Vietnamese pages declare lang=\"en-US\"", {"accessibility.language_declared": "failed"},
    ),
    Fault(
        "lang_missing", "lang", "Trang không khai báo ngôn ngữ", "Pages declare no language",
        {"accessibility.language_declared": "failed", "accessibility.axe_wcag20_a": "failed"},
    ),
    Fault(
        "lang_invalid", "lang", "Trang khai báo mã ngôn ngữ không có: lang=\"vn\"",
        "Pages declare a language that does not exist: lang=\"vn\"",
        {"accessibility.language_declared": "failed", "accessibility.axe_wcag20_a": "failed"},
    ),
    Fault(
        "no_https", "https", "Cổng HTTPS từ chối kết nối, chỉ có HTTP", "HTTPS is refused, there is only HTTP",
        {
            "transport.https": "failed",
            "transport.http_redirects_to_https": "inapplicable",
            "transport.no_mixed_content": "inapplicable",
            "transport.certificate_valid": "inapplicable",
            "transport.tls_version": "inapplicable",
            "measurement.emc_code_loads_securely": "inapplicable",
        },
        whole_host=True,
    ),
    Fault(
        "no_link_to_government", "government_link",
        "Không liên kết đến Cổng Thông tin điện tử Chính phủ",
        "No link to the Government's portal",
        {"structure.links_to_government_portal": "failed"},
    ),
    Fault(
        "other_header_inside", "inner_header",
        "Trang trong dùng tên, biểu trưng khác trang chủ",
        "Inner pages have another name and banner than home",
        {"structure.same_header": "failed"},
    ),
    Fault(
        "other_footer_inside", "inner_footer",
        "Trang trong có chân trang khác trang chủ",
        "Inner pages have another footer than home",
        {"structure.same_footer": "failed"},
    ),
    Fault(
        "header_of_another", "header",
        "Đầu trang nêu tên cơ quan khác",
        "The header names another body",
        {"identity.header_names_agency": "failed"},
    ),
    Fault(
        "footer_without_address", "footer_address",
        "Chân trang không có địa chỉ",
        "The footer gives no postal address",
        {"identity.footer_address": "failed"},
    ),
    Fault(
        "private_email", "footer_email",
        "Thư điện tử ở chân trang dùng hộp thư gmail",
        "The footer gives a gmail address",
        {"identity.official_email": "failed"},
    ),
    Fault(
        "no_contact_page", "footer_email",
        "Không có trang liên hệ",
        "There is no contact page",
        {"identity.contact_page": "failed"},
        with_main="cantTell",
    ),
    Fault(
        "abolished_in_title", "header",
        "Tên trang còn ghi cơ quan đã giải thể",
        "The site's name has that of an abolished body",
        {"identity.no_abolished_names": "failed"},
        provincial=True,
    ),
    Fault(
        "no_publication_list", "publication_list",
        "Không đăng danh mục thông tin phải được công khai",
        "The list of public information is missing",
        {"disclosure.publication_list": "failed"}, with_main="passed",
    ),
    Fault(
        "no_request_form", "request_form",
        "Không đăng phiếu yêu cầu cung cấp thông tin",
        "The request form is missing",
        {"disclosure.request_form": "failed"}, with_main="passed",
    ),
    Fault(
        "no_request_address", "request_address",
        "Không có nơi nhận yêu cầu trực tuyến",
        "Nothing takes requests online",
        {"disclosure.request_address": "failed"}, with_main="passed",
    ),
    Fault(
        "news_without_date", "news_dates",
        "Tin bài không ghi ngày",
        "News have no dates",
        {"publishing.articles_are_dated": "failed", "publishing.recent_news": "cantTell"},
    ),
    Fault(
        "stale_news", "news_dates",
        "Tin mới nhất đã hai năm",
        "The newest news are two years old",
        {"publishing.recent_news": "failed"},
    ),
    Fault(
        "news_without_source", "news_source",
        "Tin bài không ghi nguồn",
        "News name no source",
        {"publishing.sources_cited": "failed"},
    ),
    Fault(
        "no_site_map", "site_map",
        "Không có sơ đồ cổng",
        "There is no site map",
        {"navigation.sitemap_page": "failed"},
    ),
    Fault(
        "dead_menu_link", "regulation",
        "Một mục của menu dẫn đến trang không còn",
        "An entry of the menu leads to a page that is gone",
        {"navigation.links_alive": "failed"},
    ),
    Fault(
        "no_feedback", "feedback",
        "Không có nơi góp ý, hỏi đáp",
        "There is nowhere to ask or comment",
        {"navigation.feedback_channel": "failed", "integrity.privacy_notice": "inapplicable"},
    ),
    Fault(
        "no_rating", "rating",
        "Không có đánh giá mức độ hài lòng",
        "Readers cannot rate the information",
        {"navigation.satisfaction_rating": "failed"},
    ),
    Fault(
        "no_english", "english",
        "Không có phiên bản tiếng nước ngoài",
        "There is no version in a foreign language",
        {"navigation.english_version": "failed"},
    ),
    Fault(
        "english_in_vietnamese", "english",
        "Phiên bản tiếng Anh viết bằng tiếng Việt",
        "The English version is in Vietnamese",
        {"navigation.english_version": "failed"},
    ),
    Fault(
        "images_without_alt", "images",
        "Hình ảnh không có chữ thay thế",
        "Pictures have no text alternative",
        {"accessibility.images_have_alternatives": "failed", "accessibility.axe_wcag20_a": "failed"},
    ),
    Fault(
        "moving_text", "moving_text",
        "Có chữ chạy",
        "Text runs across the page",
        {"accessibility.no_moving_text": "failed", "accessibility.axe_wcag20_a": "failed"},
    ),
    Fault(
        "no_viewport", "viewport",
        "Trang không khai báo khung nhìn cho điện thoại",
        "Pages declare no viewport",
        {"accessibility.viewport_declared": "failed", "accessibility.fits_a_phone": "cantTell"},
    ),
    Fault(
        "wide_table", "viewport",
        "Bảng trên trang chủ rộng 700 điểm ảnh",
        "A table on the home page is 700 pixels wide",
        {"accessibility.fits_a_phone": "failed"},
    ),
    Fault(
        "low_contrast", "contrast",
        "Chữ xám nhạt trên nền trắng",
        "Pale grey text on white",
        {"accessibility.axe_wcag20_aa": "failed"},
    ),
    Fault(
        "no_description", "description",
        "Trang không có phần mô tả",
        "Pages have no description",
        {"metadata.title_and_description": "failed"},
    ),
    Fault(
        "no_redirect_to_https", "http",
        "Địa chỉ http không chuyển sang https",
        "http is not sent on to https",
        {"transport.http_redirects_to_https": "failed"}, whole_host=True,
    ),
    Fault(
        "certificate_expired", "tls",
        "Chứng thư số đã hết hạn",
        "The certificate is out of date",
        {"transport.certificate_valid": "failed"}, whole_host=True,
    ),
    Fault(
        "certificate_of_another", "tls",
        "Chứng thư số của tên miền khác",
        "The certificate names another host",
        {"transport.certificate_valid": "failed"}, whole_host=True,
    ),
    Fault(
        "old_tls", "tls",
        "Máy chủ chỉ có TLS 1.1 trở xuống",
        "The server has nothing newer than TLS 1.1",
        {"transport.tls_version": "failed"}, whole_host=True,
    ),
    Fault(
        "no_sitemap_xml", "sitemap_xml",
        "Không có sơ đồ XML",
        "There is no XML site map",
        {"navigation.sitemap_xml": "failed"},
    ),
    Fault(
        "sitemap_xml_broken", "sitemap_xml",
        "Sơ đồ XML sai cú pháp",
        "The XML site map is not well-formed",
        {"navigation.sitemap_xml": "failed"},
    ),
    Fault(
        "sitemap_xml_of_another", "sitemap_xml",
        "Sơ đồ XML chỉ liệt kê trang khác",
        "The XML site map lists another site only",
        {"navigation.sitemap_xml": "failed"},
    ),
    Fault(
        "mixed_content", "mixed_content",
        "Trang https nạp hình ảnh qua http",
        "An https page loads a picture over http",
        {"transport.no_mixed_content": "failed"},
    ),
    Fault(
        "spam", "spam",
        "Trang bị chèn khối liên kết cờ bạc ẩn",
        "A hidden block of gambling links was put in",
        {"integrity.no_injected_spam": "failed"},
    ),
    Fault(
        "badge_of_another", "badge",
        "Nhãn Tín nhiệm mạng trỏ đến trang khác",
        "The badge of trust is another site's",
        {"integrity.trust_badge_genuine": "failed"},
    ),
    Fault(
        "no_privacy_notice", "privacy",
        "Biểu mẫu thu thập dữ liệu cá nhân không có thông báo",
        "A form collects personal data without a notice",
        {"integrity.privacy_notice": "failed"},
    ),
    *(
        Fault(
            f"no_{each.id}", each.id, f"Không có mục “{each.labels[0]}”", f"No section “{each.labels[0]}”",
            {f"publishing.{each.id}": "failed"},
            with_main="cantTell" if each in ABOUT else "passed",
        )
        for each in PUBLICATIONS.values()
    ),
    Fault(
        "no_legal_documents", "legal_documents", "Không có mục “Văn bản”", "No section “Văn bản”",
        {"publishing.legal_documents": "failed"},
        with_main="passed",
    ),
)  # fmt: skip
