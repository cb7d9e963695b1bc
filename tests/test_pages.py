"""The pages of the dashboard as a server gives them out: all there, nothing of a portal in them but text."""

from __future__ import annotations

import csv
import gzip
import io
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from audit.registry.registry import Registry
from audit.web.api.app import api_routes
from audit.web.api.operation import Asked
from audit.web.api.operations import OPERATIONS
from audit.web.app import make_app
from audit.web.beforehand import COMPARING
from audit.web.kept import Kept, KeptPage, keep_page
from audit.web.links import PATHS, Links
from audit.web.pages import PAGES, Reader, html
from audit.web.paper import is_web_address
from audit.web.serving import audience_at, listen, names_of
from audit.web.views import Views
from storage.archive import Archive
from storage.database import DatabaseUnusable
from tests.served import Answer, Served, served
from tests.shown_compared import take_figures, two_rounds
from tests.shown_land import SCRIPT, SPAM, fill, small_country

ADDRESSES = (
    *(
        "/",
        "/portals",
        "/portals?sort=-score&kind=department",
        "/portals/lao-cai",
        "/portals/so-1",
        "/portals/bo-a",
    ),
    *("/portals/lao-cai/identity.spokesperson", "/portals/lao-cai/navigation.search_box"),
    *("/portals/lao-cai/publishing.budget", "/portals/lao-cai/integrity.no_injected_spam", "/agencies"),
    *("/agencies/lao-cai", "/agencies/so-1", "/rules", "/rules/identity.spokesperson"),
    *("/rules/integrity.no_injected_spam", "/runs", "/runs/n2", "/runs/n2?state=unreachable", "/runs/n0/lao-cai"),
    *("/runs/n0/lao-cai/transport.https", "/findings", "/findings?severity=high&state=fixed", "/search"),
    *("/search?q=lao+cai", "/search?q=%3Cscript%3E", "/about"),
    *("/rankings", "/rankings/province", "/rankings/department?q=phong&size=5", "/rates", "/figures"),
    "/figures?agency=lao-cai",
)

INSIDE = ("/comparison",)
"""Pages that the public does not have."""


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory, made_once: Path) -> Iterator[tuple[Archive, Registry]]:
    folder = tmp_path_factory.mktemp("pages")
    path = folder / "audit.db"
    path.write_bytes(made_once.read_bytes())
    registry = small_country(folder / "registry")
    with Archive.open(path) as archive:
        fill(archive, registry)
        two_rounds(archive, registry)
        take_figures(archive)
        yield archive, registry


@pytest.fixture(scope="module")
def inside(land: tuple[Archive, Registry]) -> Iterator[Served]:
    with served(make_app(Views(*land), hosts=names_of("127.0.0.1", ()))) as server:
        yield server


@pytest.fixture(scope="module")
def outside(land: tuple[Archive, Registry]) -> Iterator[Served]:
    with served(make_app(Views(*land, audience="public"))) as server:
        yield server


@pytest.fixture(params=["inside", "outside"])
def server(request: pytest.FixtureRequest) -> Served:
    found: Served = request.getfixturevalue(request.param)
    return found


def _text(answer: Answer) -> str:
    return answer.body.decode()


def test_every_kind_of_page_is_among_the_addresses_tried() -> None:
    patterns = [re.compile(re.sub(r"\\{\\}", "[^/?]+", re.escape(path)) + r"(\?|$)") for path in PATHS.values()]
    tried = (*ADDRESSES, *INSIDE)
    assert all(any(pattern.match(each) for each in tried) for pattern in patterns)
    assert set(PAGES) == set(PATHS)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_pages_hold_nothing_of_a_portal_but_text(server: Served, lang: str) -> None:
    hostile = 0
    inside = b"noindex" in server.ask("/").body
    for path in (*ADDRESSES, *(INSIDE if inside else ())):
        before = "" if lang == "vi" else "/en"
        answer = server.ask(before + path)
        assert answer.status == 200, path
        text = _text(answer)
        page = LexborHTMLParser(text)
        assert page.root is not None
        assert page.css_first("html").attributes["lang"] == lang
        assert not page.css("script, style, iframe, object, embed, base, [style], foreignObject")
        for node in page.css("*"):
            assert not [name for name in node.attributes if name.startswith("on")], node.html
            for name in ("href", "src", "action"):
                target = node.attributes.get(name) or ""
                assert re.match(r"(/|#|https?://|$)", target), (path, node.html)
                if target.startswith("http"):
                    assert "noopener" in (node.attributes["rel"] or "")
                    assert "noreferrer" in (node.attributes["rel"] or "")
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", text), path
        assert SPAM not in text, path
        hostile += SCRIPT in page.root.text()
    assert hostile > (0 if server.ask("/portals/lao-cai/identity.spokesperson").body.count(b"hacked") == 0 else 3)


def test_the_public_is_shown_no_rule_in_trial(inside: Served, outside: Served) -> None:
    path = "/portals/lao-cai/identity.spokesperson"
    assert "hacked" in _text(inside.ask(path))
    assert "hacked" not in _text(outside.ask(path))
    assert "Kết quả chưa được công bố" in _text(outside.ask(path))
    faults = [LexborHTMLParser(_text(each.ask("/portals/lao-cai"))).css(".fault") for each in (inside, outside)]
    assert [len(each) for each in faults] == [3, 1]
    assert "noindex" in _text(inside.ask("/"))
    assert "noindex" not in _text(outside.ask("/"))


def test_every_link_of_ours_leads_somewhere(inside: Served) -> None:
    seen, waiting = set[str](), ["/", "/en/"]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 400:
            continue
        seen.add(path)
        answer = inside.ask(path)
        assert answer.status == 200, path
        if "html" not in answer.headers["content-type"]:
            continue
        page = LexborHTMLParser(_text(answer))
        ids = {node.attributes["id"] for node in page.css("[id]")}
        assert len(ids) == len(page.css("[id]")), f"an id twice on {path}"
        for node in page.css("a[href], link[href], img[src], form[action]"):
            to = node.attributes.get("href") or node.attributes.get("src") or node.attributes.get("action") or ""
            if to.startswith("#"):
                assert to[1:] in ids, (path, to)
            elif to.startswith("/"):
                waiting.append(to.partition("#")[0])
    assert len(seen) > 100


def test_a_browser_may_do_nothing_but_show(server: Served) -> None:
    for path in ("/", "/static/style.css", "/findings.csv", "/nothing-here"):
        headers = server.ask(path).headers
        policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert "script-src" not in policy
        assert "unsafe" not in headers["content-security-policy"]
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_nothing_can_be_written(server: Served) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = server.ask("/", method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    head = server.ask("/", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 1000


def test_a_strangers_name_that_leads_here_reads_nothing(inside: Served, outside: Served) -> None:
    assert inside.ask("/", headers={"Host": "evil.example"}).status == 421
    assert inside.ask("/", headers={"Host": "localhost:8022"}).status == 200
    assert outside.ask("/", headers={"Host": "bang.example.gov.vn"}).status == 200
    assert audience_at("127.0.0.1") == audience_at("::1") == audience_at("localhost") == "internal"
    assert audience_at("0.0.0.0") == audience_at("10.0.0.7") == "public"  # noqa: S104 - it is not bound
    assert names_of("0.0.0.0", ()) is None  # noqa: S104
    assert "kq.gov.vn" in (names_of("0.0.0.0", ("kq.gov.vn",)) or ())  # noqa: S104


def test_a_page_is_sent_once_and_packed(inside: Served) -> None:
    plain = inside.ask("/portals")
    packed = inside.ask("/portals", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert inside.ask("/portals", headers={"Accept-Encoding": "gzip;q=0"}).body == plain.body
    assert packed.headers["vary"] == "Accept-Encoding"
    tag = plain.headers["etag"]
    again = inside.ask("/portals", headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert inside.ask("/en/portals").headers["etag"] != tag
    assert inside.ask("/portals?utm_source=x").headers["etag"] == tag
    assert plain.headers["cache-control"] == "no-cache"
    assert "immutable" in inside.ask("/static/style.css").headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/portals/none", 404, "Không có trang này"),
        ("/en/portals/lao-cai/no.rule", 404, "There is no such page"),
        ("/runs/%00", 404, "Không có trang này"),
        ("/agencies/..%2f..%2fetc", 404, "Không có trang này"),
        ("/findings?severity=worst", 400, "severity"),
        ("/en/findings?page=0", 400, "page"),
        ("/portals?sort=%3Cscript%3E", 400, "sort"),
        ("/pictures/n2/lao-cai.img", 404, "Không có trang này"),
    ],
)
def test_what_is_wrong_is_said_on_a_page(inside: Served, path: str, status: int, words: str) -> None:
    answer = inside.ask(path)
    assert answer.status == status
    assert words in _text(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert "<h1>" in _text(answer)


def test_a_database_that_is_away_is_told_and_nothing_else(land: tuple[Archive, Registry]) -> None:
    class Away(Views):
        def shown(self) -> Any:
            raise DatabaseUnusable("máy chủ bí mật / a secret host")

    with served(make_app(Away(*land))) as server:
        answer = server.ask("/portals")
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert "bí mật" not in _text(answer)


def test_what_is_told_of_portals_is_there_before_somebody_asks(
    land: tuple[Archive, Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Queue[tuple[str, ...]] = Queue()

    def noted(reader: Reader, kind: str, ids: Sequence[str] = (), asked: Any = None) -> str:
        made.put((kind, *ids))
        if ids == ("so-1",):
            raise RuntimeError("one that fails keeps nobody waiting")
        return html(reader, kind, ids, asked)

    def told(asked: Asked) -> Any:
        made.put(("api", *asked.ids.values()))
        return portal(asked)

    monkeypatch.setattr("audit.web.app.html", noted)
    answers = next(each for each in OPERATIONS if each.path == "/portals/{portal}")
    portal = answers.tell
    monkeypatch.setattr("audit.web.api.app.OPERATIONS", (replace(answers, tell=told),))
    views = Views(*land)
    with served(make_app(views, api_routes(views), beforehand=True)) as server:
        server.ask("/health")
        wanted = [*((each,) for each in COMPARING), *(("portal", each) for each in views.shown().portals)]
        wanted += [("api", each) for each in views.shown().portals]
        wanted += [("finding", each.portal_id, each.rule) for each in views.shown().findings]
        assert [made.get(timeout=60) for _ in wanted] == wanted
        assert server.ask("/portals/lao-cai").status == 200
        assert server.ask("/api/v1/portals/lao-cai").status == 200
    assert made.empty()


def test_nothing_is_made_beforehand_where_there_is_no_room(
    land: tuple[Archive, Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Queue[str] = Queue()
    monkeypatch.setattr("audit.web.beforehand.log.warning", told.put)
    monkeypatch.setattr("audit.web.app.html", lambda *_: told.put("a page is made"))
    monkeypatch.setattr(Kept, "has_room", lambda _: False)
    with served(make_app(Views(*land), beforehand=True)) as server:
        server.ask("/health")
        said = [told.get(timeout=60) for _ in ("portals", "portals in the API", "findings")]
    assert said == ["there is no more room to make pages beforehand"] * 3


def test_there_is_room_until_nine_tenths_are_taken() -> None:
    kept = Kept(room=100)
    for number, has_room in enumerate((True, True, False)):
        kept.put("v", str(number), KeptPage(b"x" * 30, False, "", ""))
        assert kept.has_room() is has_room


def test_a_fault_of_ours_is_a_page_and_a_line_in_the_log(
    land: tuple[Archive, Registry], caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Views):
        def portals(self, _: Any) -> Any:
            raise RuntimeError("hỏng ở đây")

    with served(make_app(Broken(*land))) as server:
        answer = server.ask("/portals")
    assert answer.status == 500
    assert "hỏng" not in _text(answer)
    assert "hỏng ở đây" in caplog.text


def test_the_list_is_handed_out_as_a_file_a_spreadsheet_opens(server: Served) -> None:
    answer = server.ask("/findings.csv?rule=transport.https")
    assert answer.headers["content-disposition"] == 'attachment; filename="findings.csv"'
    assert answer.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert {row["Quy tắc"] for row in rows} == {"transport.https"}
    english = list(csv.DictReader(io.StringIO(server.ask("/en/findings.csv").body.decode("utf-8-sig"), newline="")))
    assert {"finding", "portal", "outcome", "first_seen"} <= set(english[0])
    assert len({row["finding"] for row in english}) == len(english)


def test_pages_can_be_made_without_a_server(land: tuple[Archive, Registry]) -> None:
    class Files(Links):
        def to(self, kind: str, *ids: str, query: str = "", lang: Any = None) -> str:  # noqa: ARG002
            return "/" + "_".join((kind, *ids)) + ".html"

    text = html(Reader(Views(*land), Files("vi"), searchable=False), "portals")
    page = LexborHTMLParser(text)
    assert page.css_first('a[href="/portal_lao-cai.html"]') is not None
    assert not page.css("form, select, button"), "nobody answers questions there"
    assert "?" not in "".join(node.attributes["href"] or "" for node in page.css("main a[href^='/']"))


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://a.gov.vn/b?c=d", True),
        ("http://a.gov.vn", True),
        ("HTTPS://A.GOV.VN", True),
        ("javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.gov.vn", False),
        ("https://", False),
        ("https://a\u202e.vn", False),
        ("https://[::1", False),
        ("ftp://a.gov.vn", False),
    ],
)
def test_only_web_addresses_become_links(text: str, is_link: bool) -> None:
    assert is_web_address(text) is is_link


def test_what_is_kept_has_an_end() -> None:
    kept = Kept(room=1000)
    for number in range(10):
        kept.put("v1", str(number), KeptPage(b"x" * 300, False, "t", "k"))
    assert kept.get("v1", "9") is not None
    assert kept.get("v1", "0") is None
    assert kept.get("v2", "9") is None
    kept.put("v2", "0", keep_page(b"new", "k"))
    assert kept.get("v1", "9") is None
    found = kept.get("v2", "0")
    assert found is not None
    assert found.plain() == b"new"


def test_an_answer_does_not_wait_for_the_readers_word_on_its_first_half() -> None:
    with listen("127.0.0.1", 0) as at, socket.create_connection(at.getsockname()):
        taken, _ = at.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
