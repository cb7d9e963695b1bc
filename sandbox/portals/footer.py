"""What the footers of all families say, line by line."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.bodies import BADGE_HOST, Body
from sandbox.portals.pieces import Faults


def footer_lines(body: Body, faults: Faults, mail: Callable[[str], str]) -> tuple[str, ...]:
    """The lines that the faults have left."""
    named, phones = "footer_without_owner" not in faults, "footer_without_phone" not in faults
    fax = body.phone[:-1] + "9"
    address = body.email if "private_email" not in faults else f"{body.portal_id.replace('-', '')}@gmail.com"
    lines = (
        f"<strong>{body.portal_name.upper()}</strong>" if named else "",
        f"Cơ quan chủ quản: {body.name}" if named else "",
        f"Chịu trách nhiệm nội dung: Ông {body.editor} - Trưởng Ban biên tập"
        if "footer_without_person" not in faults
        else "",
        f"Địa chỉ: {body.postal}" if "footer_without_address" not in faults else "",
        f"Điện thoại: {body.phone} - Fax: {fax}" if phones else "",
        f"Thư điện tử: {mail(address)}" if "footer_without_email" not in faults else "",
        f"© 2026 Bản quyền thuộc {body.name}. Ghi rõ nguồn “{body.portal_name}” khi phát hành lại thông tin."
        if named
        else "",
        "Nội dung trên trang được biên tập theo quy định; xin dẫn đường liên kết đầy đủ khi sử dụng lại.",
        _badge("doigio.gov.vn" if "badge_of_another" in faults else body.host),
    )
    return tuple(line for line in lines if line)


def _badge(host: str) -> str:
    """The badge of the network of trust, as its office hands it out."""
    return (
        f'<a href="https://{BADGE_HOST}/danh-ba-tin-nhiem/{host.replace(".", "")}-1623988215" title="Chung nhan '
        f'Tin Nhiem Mang"><img src="https://{BADGE_HOST}/handle_cert?id={host}" alt="Tín nhiệm mạng"></a>'
    )
