"""The make-believe country serves what it says, and every planted fault really changes the pages."""

from __future__ import annotations

import csv
import gzip
import http.client
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.bodies import Body
from sandbox.country import COUNTRY, Country, draw
from sandbox.families.drawing import FAMILIES
from sandbox.fault_list import TLS_FAULTS
from sandbox.faults import FAULTS, NEVER_WRONG, PLANTABLE, RULES, applies, draw_faults, plant, truth
from sandbox.portals.pieces import Answer
from sandbox.world import DEMO_FAULTS, RENDERED_ONLY, World

AUDITED = COUNTRY.audited
BUNDLE = "/static/js/app.3f9c1e.js"


@contextmanager
def connected(world: World, scheme: str, host: str) -> Iterator[http.client.HTTPConnection]:
    """A connection as curl --connect-to makes it: the first match leads to a port, the host's name stays in SNI."""
    port = 443 if scheme == "https" else 80
    target = next(to for to in world.connect_to if to.startswith((f"{host}:{port}:", f":{port}:")))
    connection = http.client.HTTPConnection(host)
    with closing(connection), socket.create_connection(("127.0.0.1", int(target.rsplit(":", 1)[1])), 10) as raw:
        connection.sock = raw
        if scheme == "https":
            context = ssl.create_default_context(cafile=str(world.ca_file))
            connection.sock = context.wrap_socket(raw, server_hostname=host)
        yield connection


Reply = tuple[int, http.client.HTTPMessage, bytes]


def get(connection: http.client.HTTPConnection, path: str, **fields: str) -> Reply:
    connection.request("GET", path, headers=fields)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def ask(world: World, scheme: str, host: str, path: str, **fields: str) -> Reply:
    with connected(world, scheme, host) as connection:
        return get(connection, path, **fields)


def told(world: World, host: str, target: str, scheme: str = "https") -> Answer:
    """What a host answers, without the network, redirects followed."""
    parts = urlsplit(target)
    answer = world.answer(scheme, host, parts.path, dict(parse_qsl(parts.query)))
    return told(world, host, answer.location, scheme) if answer.location.startswith("/") else answer


def whole(world: World, portal: str, scheme: str = "https") -> dict[str, str]:
    """Every page of a portal that its home page leads to, the XML site map and the script bundle, by path."""
    body = AUDITED[portal]
    seen: dict[str, str] = {}
    waiting = [body.path + "/", body.path + "/sitemap.xml"] + ([BUNDLE] if FAMILIES[body.family].in_script else [])
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = told(world, body.host, path, scheme)
        text = "" if "pdf" in answer.content_type else answer.body.decode()
        seen[path] = f"{answer.status}\n" + (json_text(text) if path == BUNDLE else text)
        links = re.findall(r"""<a [^>]*href=["'](/[^"']*)["']""", seen[path])
        waiting += [link for link in links if link.startswith(body.path + "/") and "/cdn-cgi/" not in link]
    return seen


def json_text(script: str) -> str:
    """A bundle's text with its quotes as pages have them."""
    return script.replace('\\"', '"').replace("\\n", "\n")


def home(world: World, portal: str, scheme: str = "https") -> str:
    answer = told(world, AUDITED[portal].host, AUDITED[portal].path + "/", scheme)
    return answer.body.decode()


def drawn(world: World, portal: str) -> str:
    """Home as a reader sees it, or the bundle that draws it."""
    body = AUDITED[portal]
    if body.family != "script":
        return home(world, portal)
    return json_text(told(world, body.host, BUNDLE).body.decode())


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as unspoilt:
        yield unspoilt


@pytest.fixture(scope="module")
def unspoilt_pages(world: World) -> dict[str, dict[str, str]]:
    return {portal: whole(world, portal) for portal in AUDITED}


def test_every_host_answers_over_tls_with_a_certificate_of_the_throw_away_authority(world: World) -> None:
    assert {"songmay.gov.vn", "sxd.songmay.gov.vn", "f-emc.ngsp.gov.vn", "dichvucong.gov.vn"} <= set(world.hosts)
    for host in world.hosts:
        status, _, _ = ask(world, "https", host, "/")
        assert status in (200, 301, 404), host


def test_the_country_has_portals_of_every_sort() -> None:
    assert len(AUDITED) >= 12
    assert {body.family for body in AUDITED.values()} == set(FAMILIES)
    assert {body.kind for body in AUDITED.values()} == {
        "ministry", "province", "unit", "department", "commune", "service", "archive",
    }  # fmt: skip
    assert sum(body.is_main for body in AUDITED.values()) == 3
    assert {bool(body.path) for body in AUDITED.values() if body.kind == "commune"} == {True, False}
    for main in (body for body in AUDITED.values() if body.is_main):
        assert len(COUNTRY.components(main)) >= 5


def test_a_stranger_is_led_here_too_and_gets_nothing(world: World) -> None:
    assert ask(world, "http", "anywhere.example", "/")[0] == 404


def test_http_and_www_lead_to_the_portal_over_https(world: World) -> None:
    for scheme, host in (
        ("http", "songmay.gov.vn"),
        ("https", "www.songmay.gov.vn"),
        ("http", "www.songmay.gov.vn"),
    ):
        status, headers, _ = ask(world, scheme, host, "/tin-tuc")
        assert (status, headers["location"]) == (301, "https://songmay.gov.vn/tin-tuc")


def test_the_local_service_host_ends_at_the_national_one(world: World) -> None:
    _, headers, _ = ask(world, "https", "dichvucong.songmay.gov.vn", "/")
    assert headers["location"] == "https://dichvucong.gov.vn/"


def test_the_main_portal_is_of_a_real_portals_size_and_shape(
    unspoilt_pages: dict[str, dict[str, str]],
) -> None:
    pages = unspoilt_pages["main"]
    readable = [page for page in pages.values() if page.startswith("200") and 'id="footer"' in page]
    assert 20 <= len(readable) <= 40
    assert pages["/"].count("<option value=") >= 90


def test_no_link_of_an_unspoilt_portal_is_dead(unspoilt_pages: dict[str, dict[str, str]]) -> None:
    for portal, pages in unspoilt_pages.items():
        assert len(pages) >= 6, portal
        assert [path for path, page in pages.items() if not page.startswith("200")] == [], portal
        assert [path for path, page in pages.items() if "Không tìm thấy" in page and path != BUNDLE] == [], portal


def test_pages_are_encoded_as_real_servers_do(world: World) -> None:
    _, headers, body = ask(world, "https", "songmay.gov.vn", "/", **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert "TỈNH SÔNG MÂY" in gzip.decompress(body).decode()
    _, headers, body = ask(world, "https", "sgddt.songmay.gov.vn", "/")
    assert headers["content-type"] == "text/html"
    assert "Liên hệ" in body.decode()


def test_a_lost_page_has_the_whole_frame_and_a_lost_file_has_none(world: World) -> None:
    status, _, body = ask(world, "https", "songmay.gov.vn", "/khong-co-trang-nay")
    assert status == 200
    assert "Không tìm thấy" in body.decode()
    assert 'id="navigation"' in body.decode()
    assert 'id="footer"' in body.decode()
    assert ask(world, "https", "songmay.gov.vn", "/documents/khong-co.pdf")[0] == 404
    assert ask(world, "https", "sxd.songmay.gov.vn", "/khong-co")[0] == 404


@pytest.mark.parametrize("portal", AUDITED)
def test_search_finds_pages_by_their_title(portal: str, world: World) -> None:
    body = AUDITED[portal]
    path, field = FAMILIES[body.family].search
    if body.family != "script":
        page = told(world, body.host, f"{body.path}{path}?{field}=Li%C3%AAn%20h%E1%BB%87").body.decode()
        assert re.search(r'<li><a href="[^"]*lien-he[^"]*">Liên hệ</a></li>', page)


def test_the_welcome_page_of_sharepoint_lies_behind_a_redirect(world: World) -> None:
    for path in ("", "/xa-ho-ba", "/xa-ho-ba/"):
        status, headers, _ = ask(world, "https", "thanhlam.gov.vn", path or "/")
        assert (status, headers["location"]) == (301, f"{path.rstrip('/')}/Pages/default.aspx")


def test_communes_behind_cloudflare_mask_their_mail(unspoilt_pages: dict[str, dict[str, str]]) -> None:
    page = unspoilt_pages["ward"]["/"]
    assert AUDITED["ward"].email not in page
    code = bytes.fromhex(re.search(r'data-cfemail="([0-9a-f]+)"', page)[1])  # type: ignore[index]
    assert bytes(byte ^ code[0] for byte in code[1:]).decode() == AUDITED["ward"].email


def test_hits_are_counted_by_host_method_and_path(world: World) -> None:
    where = ("f-emc.ngsp.gov.vn", "GET", "/tracking")
    before = world.hits[where]
    ask(world, "https", "f-emc.ngsp.gov.vn", "/tracking?idsite=1&rec=1")
    assert world.hits[where] == before + 1


def test_an_unspoilt_province_passes_all_that_applies(world: World) -> None:
    assert set(world.truth) == {(site, rule) for site in world.sites for rule in RULES}
    for portal, body in AUDITED.items():
        for rule in RULES:
            wanted = "passed" if applies(rule, body.kind) else "inapplicable"
            if rule == "transport.domain_form" and (body.path or body.kind == "unit"):
                wanted = "cantTell"
            assert world.truth[body.site, rule] == wanted, (portal, rule)
    assert world.truth["songmay.gov.vn", "structure.links_to_main_portal"] == "inapplicable"
    assert world.truth["thuongmay.gov.vn", "identity.footer_phone"] == "inapplicable"
    assert world.truth["cdd.bktb.gov.vn", "structure.links_to_national_services"] == "inapplicable"


def test_every_rule_has_a_fault_that_fails_it() -> None:
    broken = {rule for fault in FAULTS.values() for rule, outcome in fault.effects.items() if outcome == "failed"}
    assert broken | set(NEVER_WRONG) == set(RULES)


# What must be gone from every page of the portal once the fault is planted.
GONE = {
    "no_emc": "_govaq",
    "no_link_to_services": r"dichvucong\.(?:songmay\.)?gov\.vn",
    "footer_without_person": "Chịu trách nhiệm nội dung",
    "no_spokesperson": "/nguoi-phat-ngon['\"]|Người phát ngôn thường xuyên",
    "spokesperson_without_email": "Thư điện tử công vụ",
    "no_contact_point": "Đầu mối cung cấp thông tin",
    "no_regulation": "Quy chế cung cấp thông tin",
    "no_information_section": "Tiếp cận thông tin",
    "no_search_box": "(?i)tu-khoa|name=.keyword[^s]|txtsearch|txttimkiem|search-field",
    "lang_missing": "<html[^>]* lang=",
    "lang_english": 'lang="vi(?:-VN)?"',
    "lang_invalid": ' lang="vi(?:-VN)?"',
    "emc_over_http": "https://f-emc",
}


def gone(fault: str, body: Body) -> str | None:
    main = COUNTRY.main_of(body)
    forgotten = COUNTRY.forgotten(body)
    if fault == "no_link_to_main" and main is not None:
        return rf"{re.escape(main.url)}[\"']"
    if fault == "one_component_unlisted" and forgotten is not None:
        return re.escape(forgotten.host)
    return GONE.get(fault)


def changes_pages(name: str) -> bool:
    return not name.endswith("_https") and name.partition(".")[2] not in TLS_FAULTS


@pytest.mark.parametrize("name", list(filter(changes_pages, PLANTABLE)))
def test_a_planted_fault_changes_its_portal_and_no_other(
    name: str, unspoilt_pages: dict[str, dict[str, str]]
) -> None:
    portal, _, fault = name.partition(".")
    spoilt = World([name])
    pages = whole(spoilt, portal)
    assert pages != unspoilt_pages[portal]
    for other in AUDITED.keys() - {portal}:
        assert home(spoilt, other) == unspoilt_pages[other][AUDITED[other].path + "/"].removeprefix("200\n"), other
    sign = gone(fault, AUDITED[portal])
    if sign is not None:
        assert any(re.search(sign, page) for page in unspoilt_pages[portal].values())
        assert [path for path, page in pages.items() if re.search(sign, page)] == []


@pytest.mark.parametrize("portal", ["main", "department", "unit"])
def test_without_https_the_port_is_refused_and_http_serves(portal: str) -> None:
    host = AUDITED[portal].host
    with World([f"{portal}.no_https"]) as spoilt:
        with pytest.raises(ConnectionRefusedError):
            ask(spoilt, "https", host, "/")
        assert AUDITED[portal].portal_name in ask(spoilt, "http", host, "/")[2].decode()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("certificate_expired", "certificate has expired"),
        ("certificate_of_another", "not valid for"),
        ("old_tls", "EOF|PROTOCOL|legacy sigalg"),
    ],
)
def test_a_fault_of_the_connection_strikes_its_host_and_no_other(fault: str, says: str) -> None:
    with World([f"department.{fault}", "education.old_tls"]) as spoilt:
        with pytest.raises(ssl.SSLError, match=says):
            ask(spoilt, "https", AUDITED["department"].host, "/")
        assert ask(spoilt, "https", AUDITED["main"].host, "/")[0] == 200


def test_without_the_redirect_http_serves_beside_https() -> None:
    with World(["main.no_redirect_to_https"]) as spoilt:
        for scheme in ("http", "https"):
            status, _, body = ask(spoilt, scheme, "songmay.gov.vn", "/")
            assert (status, AUDITED["main"].portal_name in body.decode()) == (200, True)


@pytest.mark.parametrize("portal", [name.partition(".")[0] for name in PLANTABLE if "regulation_dead" in name])
def test_a_dead_regulation_is_still_linked(portal: str) -> None:
    spoilt = World([f"{portal}.regulation_dead"])
    pages = whole(spoilt, portal)
    link = re.search(r'href="([^"]*quy-che-cung-cap-thong-tin-cu[^"]*)"', "".join(pages.values()))
    assert link is not None
    answer = told(spoilt, AUDITED[portal].host, link[1])
    body = AUDITED[portal]
    assert answer.status == (200 if FAMILIES[body.family].soft_404 else 404)
    assert "Không tìm thấy" in answer.body.decode() or body.family == "script"


@pytest.mark.parametrize("portal", [name.partition(".")[0] for name in PLANTABLE if "footer_without_owner" in name])
def test_footer_faults_take_exactly_their_part(portal: str) -> None:
    body = AUDITED[portal]
    spoilt = World([f"{portal}.footer_without_{part}" for part in ("owner", "phone", "email")])
    beginning = r'<div id="footer"|<footer|<div class="footer"|id="s4-footer"|Pane" class="dnn_footer"'
    footer = re.split(beginning, drawn(spoilt, portal))
    assert body.editor in footer[1]
    assert body.postal in footer[1]
    for missing in (body.name, body.name.upper(), body.portal_name, body.phone, body.email, "data-cfemail"):
        assert missing not in footer[1].partition("</footer>")[0]


def test_the_contact_point_without_a_way_to_reach_it_keeps_its_words() -> None:
    page = whole(World(["commune.contact_point_unreachable"]), "commune")["/xa-binh-an/dau-moi-cung-cap-thong-tin/"]
    block = re.search(r'<div class="dau-moi">.*?</div>', page)
    assert block is not None
    assert "Đầu mối cung cấp thông tin" in block.group()
    assert not re.search(r"\d{3}|@|cfemail", block.group())


def test_without_the_section_contact_point_and_regulation_are_found_elsewhere() -> None:
    pages = whole(World(["main.no_information_section"]), "main")
    assert AUDITED["main"].information_officer.phone in pages["/web/guest/dau-moi-cung-cap-thong-tin"]
    assert pages["/web/guest/van-ban/quy-che-cung-cap-thong-tin"].startswith("200")


def test_measuring_code_of_scripted_portals_is_only_in_their_bundle(
    unspoilt_pages: dict[str, dict[str, str]],
) -> None:
    scripted = {portal: body for portal, body in AUDITED.items() if FAMILIES[body.family].in_script}
    for portal in scripted:
        assert [path for path, page in unspoilt_pages[portal].items() if "_govaq" in page] == [BUNDLE]
    assert {site for site, _ in RENDERED_ONLY} == {body.site for body in scripted.values()}


def test_code_on_the_home_page_only() -> None:
    portals = [portal for portal, body in AUDITED.items() if not FAMILIES[body.family].in_script]
    spoilt = World([f"{portal}.emc_only_on_home" for portal in portals])
    for portal in portals:
        answers = {page for page in whole(spoilt, portal).values() if "_govaq" in page}
        assert answers == {f"200\n{home(spoilt, portal)}"}, portal


def test_where_nothing_is_left_to_judge_other_faults_do_not_matter() -> None:
    found = truth(plant(["main.no_emc", "main.emc_over_http", "main.emc_only_on_home"]))
    assert found["songmay.gov.vn", "measurement.emc_code_present"] == "failed"
    assert found["songmay.gov.vn", "measurement.emc_code_on_inner_pages"] == "inapplicable"
    assert found["songmay.gov.vn", "measurement.emc_code_loads_securely"] == "inapplicable"


def test_a_component_may_leave_a_topic_to_its_main_portal() -> None:
    commune, rule = "songmay.gov.vn/xa-binh-an", "disclosure.contact_point"
    assert truth(plant(["commune.no_contact_point"]))[commune, rule] == "passed"
    assert truth(plant(["commune.no_contact_point", "main.no_contact_point"]))[commune, rule] == "failed"
    assert truth(plant(["commune.contact_point_unreachable"]))[commune, rule] == "failed"


def test_a_refused_port_strikes_every_portal_of_the_host() -> None:
    found = truth(plant(["main.no_https"]))
    assert found["songmay.gov.vn", "transport.https"] == "failed"
    assert found["songmay.gov.vn/xa-binh-an", "transport.https"] == "failed"
    assert found["sxd.songmay.gov.vn", "transport.https"] == "passed"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["main.nothing"], "no such fault"),
        (["commune.one_component_unlisted"], "no such fault"),
        (["commune.no_https"], "no such fault"),
        (["archive.no_spokesperson"], "no such fault"),
        (["main.no_emc", "main.emc_empty_id"], "same thing"),
    ],
)
def test_faults_that_do_not_exist_or_contradict_are_refused(names: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        World(names)


def test_the_demonstration_shows_faults_at_every_portal() -> None:
    found = truth(plant(DEMO_FAULTS))
    failed = {site for (site, _), outcome in found.items() if outcome == "failed"}
    assert failed == {AUDITED[portal].site for portal in ("main", "department", "commune")}
    assert failed < set(World.shown)


def test_the_registry_knows_every_portal_and_who_confirmed_it(world: World) -> None:
    with (world.registry / "portals.csv").open(encoding="utf-8", newline="") as file:
        portals = list(csv.DictReader(file))
    with (world.registry / "agencies.csv").open(encoding="utf-8", newline="") as file:
        agencies = {row["id"]: row for row in csv.DictReader(file)}
    assert {row["address"] for row in portals} == {body.site for body in COUNTRY.bodies}
    assert all(row["confirmed_by"] and row["confirmed_on"] and row["confirmed_how"] for row in portals)
    assert all(row["status"] == "active" and row["agency_id"] in agencies for row in portals)
    assert agencies["co-quan-thuongmay"]["successor_id"] == "co-quan-songmay"


def test_a_seed_makes_a_country_of_any_size_and_its_truth() -> None:
    country = draw(7, 120)
    assert country == draw(7, 120) != draw(8, 120)
    assert len(country.audited) == 120
    assert len({body.site for body in country.bodies}) == len(country.bodies)
    mains = [body for body in country.audited.values() if body.is_main]
    assert all(len(country.components(main)) >= 5 for main in mains)
    faults = draw_faults(country, 7)
    assert faults == draw_faults(country, 7) != draw_faults(country, 8)
    found = truth(plant(faults, country), country)
    assert {"passed", "failed", "inapplicable"} <= set(found.values())
    assert len(found) == 120 * len(RULES)


def test_a_drawn_country_is_served() -> None:
    with World.of(3, 25) as world:
        assert len(world.sites) == 25
        for body in world.country.bodies:
            scheme = "http" if body.host in world.http_only else "https"
            answer = told(world, body.host, body.path + "/", scheme)
            assert answer.status == 200, body.site
            assert body.portal_name in answer.body.decode() or body.name in answer.body.decode(), body.site
    with pytest.raises(ValueError, match="no country"):
        draw(1, 0)


def test_people_and_numbers_of_a_country_differ() -> None:
    def phones(country: Country) -> list[str]:
        return [body.phone for body in country.bodies if body.place.domain == "songmay.gov.vn"]

    assert len(set(phones(COUNTRY))) == len(phones(COUNTRY))


def test_nothing_is_left_when_the_world_ends() -> None:
    threads = set(threading.enumerate())
    world = World().start()
    folder, port = world.ca_file.parent, int(world.connect_to[0].rsplit(":", 1)[1])
    idle = socket.create_connection(("127.0.0.1", port), timeout=10)
    talking = socket.create_connection(("127.0.0.1", int(world.connect_to[1].rsplit(":", 1)[1])), timeout=10)
    talking.sendall(b"GET / HTTP/1.1\r\nHost: songmay.gov.vn\r\n\r\n")
    assert talking.recv(12) == b"HTTP/1.1 301"
    world.close()
    world.close()
    idle.close()
    talking.close()
    assert not folder.exists()
    assert set(threading.enumerate()) <= threads
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
