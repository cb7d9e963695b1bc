"""The data dictionary, from the columns of the CSV: ``python -m audit.dictionary > docs/data-dictionary.md``."""

from __future__ import annotations

import sys

from audit.reports.csv import columns

_HEAD = """\
# Từ điển dữ liệu / Data dictionary

Tệp CSV gửi cơ quan (`audit export --format csv`): UTF-8 có BOM, dấu phẩy, CRLF, mọi ô trong dấu nháy kép.
Ô bắt đầu bằng = + - @, tab hoặc CR có thêm dấu nháy đơn ở đầu. Nhiều giá trị trong một ô cách nhau bằng ` | `.
Ô có mã giữ nguyên mã tiếng Anh. Các cột 30 đến 33 để cơ quan điền, rồi gửi lại tệp này (xem `docs/dispute.md`).

The CSV for agencies (`audit export --format csv`): UTF-8 with BOM, comma, CRLF, every cell quoted.
A cell that begins with = + - @, tab or CR has a leading apostrophe. Several values in a cell are joined by ` | `.
Coded cells keep their English codes. Columns 30 to 33 are for the agency to fill; then send the file back.

Tệp này được sinh tự động từ `audit/reports/columns.toml`. / Generated from `audit/reports/columns.toml`.

| # | Tiêu đề | Heading | Ý nghĩa | Meaning | Ví dụ / Example |
|---|---|---|---|---|---|
"""


_LINKS = """
## Liên kết giữa cổng chính và trang thành phần / Links between main portals and components

`audit export --what links`: mỗi dòng là một cổng chính và một trang thành phần. `yes`: thấy liên kết; `no`: không
thấy; `unknown`: chưa xem được, hoặc trang thành phần chưa được xác nhận trong danh bạ.

`audit export --what links`: a main portal and a component on each line. `yes`: a link was seen; `no`: none was
seen; `unknown`: that could not be seen, or nobody confirmed the component in the registry.

| Tiêu đề | Heading | Ý nghĩa | Meaning |
|---|---|---|---|
| Cổng chính | `main_portal` | Địa chỉ của cổng chính trong danh bạ. | The main portal's address in the registry. |
| Trang thành phần | `component` | Địa chỉ của trang thành phần. | The component's address. |
| Mã cơ quan | `agency_id` | Mã của cơ quan chủ quản trang thành phần. | The id of the component's agency. |
| Cổng chính có liên kết đến trang thành phần | `to_component` | Quy tắc lists_component_sites. | By that rule. |
| Trang thành phần có liên kết về cổng chính | `to_main` | Quy tắc links_to_main_portal. | By that rule. |
"""


def data_dictionary() -> str:
    """The document as Markdown."""
    lines = [
        f"| {number} | {one.vi} | `{one.name}` | {one.meaning_vi} | {one.meaning_en} | {one.example} |\n"
        for number, one in enumerate(columns(), start=1)
    ]
    return _HEAD + "".join(lines) + _LINKS


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
