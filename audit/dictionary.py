"""The data dictionary, from the columns of the CSV: ``python -m audit.dictionary > docs/data-dictionary.md``."""

from __future__ import annotations

import sys

from audit.reports.csv import columns

_HEAD = """\
# Từ điển dữ liệu / Data dictionary

Tệp CSV gửi cơ quan (`audit export --format csv`): UTF-8 có BOM, dấu phẩy, CRLF, mọi ô trong dấu nháy kép.
Ô bắt đầu bằng = + - @, tab hoặc CR có thêm dấu nháy đơn ở đầu. Nhiều giá trị trong một ô cách nhau bằng ` | `.
Ô có mã giữ nguyên mã tiếng Anh. Bốn cột cuối để cơ quan điền.

The CSV for agencies (`audit export --format csv`): UTF-8 with BOM, comma, CRLF, every cell quoted.
A cell that begins with = + - @, tab or CR has a leading apostrophe. Several values in a cell are joined by ` | `.
Coded cells keep their English codes. The last four columns are for the agency to fill.

Tệp này được sinh tự động từ `audit/reports/columns.toml`. / Generated from `audit/reports/columns.toml`.

| # | Tiêu đề | Heading | Ý nghĩa | Meaning | Ví dụ / Example |
|---|---|---|---|---|---|
"""


def data_dictionary() -> str:
    """The document as Markdown."""
    lines = [
        f"| {number} | {one.vi} | `{one.name}` | {one.meaning_vi} | {one.meaning_en} | {one.example} |\n"
        for number, one in enumerate(columns(), start=1)
    ]
    return _HEAD + "".join(lines)


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
