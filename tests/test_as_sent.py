"""Evidence says "rendered" only of what the page as sent did not hold."""

from __future__ import annotations

from typing import Any

import pytest

from audit_rules.rulebook import open_rulebook
from tests import cases

LINK = '<h3>Liên kết</h3><a href="https://songmay.gov.vn">Cổng TTĐT tỉnh</a>'
OTHER = '<h3>Liên kết</h3><a href="https://songmay.gov.vn/khac">Cổng TTĐT tỉnh</a>'


@pytest.mark.parametrize(
    ("html", "drawn", "how"),
    [
        (LINK, LINK, "raw"),
        ("<p>Đang tải…</p>", LINK, "rendered"),
        (OTHER.replace("songmay", "khac"), LINK, "rendered"),
        (f"<div hidden>{LINK}</div>", LINK, "raw"),  # a hidden link counts as one, and is seen first as it was sent
    ],
)
def test_what_only_scripts_add_is_told_as_such(html: str, drawn: str, how: str) -> None:
    told: dict[str, Any] = {"kind": "department", "html": html, "drawn": drawn, "expect": "passed"}
    case = cases.Case("structure.links_to_main_portal", "it", told)
    verdict = cases.judged(case, open_rulebook()).verdict
    assert verdict.outcome == "passed"
    assert [seen.how for seen in verdict.evidence] == [how]


def test_a_footer_that_is_sent_is_told_of_the_page_as_sent() -> None:
    frame = "<html lang=vi><body><main><p>Tin mới</p></main><footer>{}</footer></body></html>"
    for drawn, how in (("Cơ quan khác", {"raw"}), ("Cơ quan khác vẽ thêm", {"raw", "rendered"})):
        told: dict[str, Any] = {"frame": frame, "html": "<p>Cơ quan khác</p>", "drawn": f"<p>{drawn}</p>"}
        verdict = cases.judged(cases.Case("identity.footer_phone", "it", told), open_rulebook()).verdict
        assert {seen.how for seen in verdict.evidence} == how
