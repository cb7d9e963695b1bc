"""The make-believe province serves what it says, and every planted fault really changes the pages."""

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

import pytest

from sandbox.bodies import AUDITED, COMPONENTS
from sandbox.faults import FAULTS, PLANTABLE, RULES, plant, truth
from sandbox.world import DEMO_FAULTS, RENDERED_ONLY, World

HOST = {portal: body.host for portal, body in AUDITED.items()}
HOME = {portal: body.path + "/" for portal, body in AUDITED.items()}
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


def whole(world: World, portal: str, scheme: str = "https") -> dict[str, str]:
    """Every page of a portal that its home page leads to, and the script bundle, by path."""
    seen: dict[str, str] = {}
    waiting = [HOME[portal]] + ([BUNDLE] if portal == "department" else [])
    with connected(world, scheme, HOST[portal]) as connection:
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            status, headers, body = get(connection, path)
            seen[path] = f"{status}\n" + (body.decode() if "pdf" not in headers["content-type"] else "")
            links = re.findall(r"""<a [^>]*href=["'](/[^"']*)["']""", seen[path])
            waiting += [link for link in links if link.startswith(HOME[portal].rstrip("/"))]
    return seen


def home(world: World, portal: str, scheme: str = "https") -> str:
    return ask(world, scheme, HOST[portal], HOME[portal])[2].decode()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as unspoilt:
        yield unspoilt


@pytest.fixture(scope="module")
def unspoilt_pages(world: World) -> dict[str, dict[str, str]]:
    return {portal: whole(world, portal) for portal in AUDITED}


def test_every_host_answers_over_tls_with_a_certificate_of_the_throw_away_authority(world: World) -> None:
    hosts = {to.split(":")[0] for to in world.connect_to} - {""}
    assert {"songmay.gov.vn", "sxd.songmay.gov.vn", "f-emc.ngsp.gov.vn", "dichvucong.gov.vn"} <= hosts
    for host in hosts:
        status, _, _ = ask(world, "https", host, "/")
        assert status in (200, 301, 404), host


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
    assert all(page.startswith("200") for page in pages.values())


def test_pages_are_encoded_as_real_servers_do(world: World) -> None:
    _, headers, body = ask(world, "https", "songmay.gov.vn", "/", **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert "TỈNH SÔNG MÂY" in gzip.decompress(body).decode()
    _, headers, body = ask(world, "https", "songmay.gov.vn", "/lien-he")
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


def test_search_finds_pages_by_their_title(world: World) -> None:
    for host, path in (
        ("songmay.gov.vn", "/tim-kiem"),
        ("sxd.songmay.gov.vn", "/search"),
        ("songmay.gov.vn", "/xa-binh-an/tim-kiem"),
    ):
        _, _, body = ask(world, "https", host, f"{path}?tu-khoa=Li%C3%AAn%20h%E1%BB%87")
        assert re.search(r'<li><a href="[^"]*/lien-he">Liên hệ</a></li>', body.decode()), host


def test_hits_are_counted_by_host_method_and_path(world: World) -> None:
    where = ("f-emc.ngsp.gov.vn", "GET", "/tracking")
    before = world.hits[where]
    ask(world, "https", "f-emc.ngsp.gov.vn", "/tracking?idsite=1&rec=1")
    assert world.hits[where] == before + 1


def test_an_unspoilt_province_passes_all_that_applies(world: World) -> None:
    assert set(world.truth) == {(site, rule) for site in world.sites for rule in RULES}
    others = {where: outcome for where, outcome in world.truth.items() if outcome != "passed"}
    assert others == {
        ("songmay.gov.vn", "structure.links_to_main_portal"): "inapplicable",
        ("sxd.songmay.gov.vn", "structure.lists_component_sites"): "inapplicable",
        ("songmay.gov.vn/xa-binh-an", "structure.lists_component_sites"): "inapplicable",
    }


def test_every_rule_has_a_fault_that_fails_it() -> None:
    broken = {rule for fault in FAULTS.values() for rule, outcome in fault.effects.items() if outcome == "failed"}
    assert broken == set(RULES)


# What must be gone from every page of the portal once the fault is planted.
GONE = {
    "no_emc": "_govaq",
    "no_link_to_main": "https://songmay.gov.vn/\"|https://songmay.gov.vn/'",
    "one_component_unlisted": "snv.songmay.gov.vn",
    "no_link_to_services": r"dichvucong\.",
    "footer_without_person": "Chịu trách nhiệm nội dung",
    "no_spokesperson": "/nguoi-phat-ngon['\"]|Người phát ngôn thường xuyên",
    "spokesperson_without_email": "Thư điện tử công vụ",
    "no_contact_point": "Đầu mối cung cấp thông tin",
    "no_regulation": "Quy chế cung cấp thông tin",
    "regulation_dead": "/quy-che-cung-cap-thong-tin['\"]",
    "no_information_section": "Tiếp cận thông tin",
    "no_search_box": "tu-khoa",
    "lang_missing": "<html[^>]* lang=",
    "lang_english": 'lang="vi-VN"',
    "emc_over_http": "https://f-emc",
}


@pytest.mark.parametrize("name", [name for name in PLANTABLE if not name.endswith(".no_https")])
def test_a_planted_fault_changes_its_portal_and_no_other(
    name: str, unspoilt_pages: dict[str, dict[str, str]]
) -> None:
    portal, _, fault = name.partition(".")
    with World([name]) as spoilt:
        pages = whole(spoilt, portal)
        others = {other: home(spoilt, other) for other in AUDITED.keys() - {portal}}
    assert pages != unspoilt_pages[portal]
    assert others == {other: unspoilt_pages[other][HOME[other]].removeprefix("200\n") for other in others}
    if fault in GONE:
        assert any(re.search(GONE[fault], page) for page in unspoilt_pages[portal].values())
        assert [path for path, page in pages.items() if re.search(GONE[fault], page)] == []


@pytest.mark.parametrize("portal", FAULTS["no_https"].at)
def test_without_https_the_port_is_refused_and_http_serves(portal: str) -> None:
    with World([f"{portal}.no_https"]) as spoilt:
        with pytest.raises(ConnectionRefusedError):
            home(spoilt, portal)
        assert AUDITED[portal].portal_name in home(spoilt, portal, "http")


@pytest.mark.parametrize("portal", AUDITED)
def test_a_dead_regulation_is_still_linked(portal: str) -> None:
    with World([f"{portal}.regulation_dead"]) as spoilt:
        dead = [path for path, page in whole(spoilt, portal).items() if page.startswith("404")]
    assert dead == [AUDITED[portal].path + "/documents/2021/quy-che-cung-cap-thong-tin-cu.pdf"]


@pytest.mark.parametrize("portal", AUDITED)
def test_footer_faults_take_exactly_their_part(portal: str) -> None:
    body = AUDITED[portal]
    names = [f"{portal}.footer_without_{part}" for part in ("owner", "phone", "email")]
    with World(names) as spoilt:
        footer = re.split(r'<div id="footer">|<footer|<div class="footer"', home(spoilt, portal))[1]
    assert body.editor in footer
    assert body.postal in footer
    for missing in (body.name, body.name.upper(), body.portal_name, body.phone, body.email):
        assert missing not in footer


def test_the_contact_point_without_a_way_to_reach_it_keeps_its_words() -> None:
    with World(["commune.contact_point_unreachable"]) as spoilt:
        page = whole(spoilt, "commune")["/xa-binh-an/tiep-can-thong-tin/dau-moi"]
    block = re.search(r'<div class="dau-moi">.*?</div>', page)
    assert block is not None
    assert "Đầu mối cung cấp thông tin" in block.group()
    assert not re.search(r"\d{3}|@", block.group())


def test_without_the_section_contact_point_and_regulation_are_found_elsewhere() -> None:
    with World(["main.no_information_section"]) as spoilt:
        pages = whole(spoilt, "main")
    assert AUDITED["main"].information_officer.phone in pages["/lien-he"]
    assert pages["/van-ban/quy-che-cung-cap-thong-tin"].startswith("200")


def test_measuring_code_of_the_department_is_only_in_its_bundle(unspoilt_pages: dict[str, dict[str, str]]) -> None:
    pages = unspoilt_pages["department"]
    assert [path for path, page in pages.items() if "_govaq" in page] == [BUNDLE]
    assert {site for site, _ in RENDERED_ONLY} == {"sxd.songmay.gov.vn"}


def test_code_on_the_home_page_only() -> None:
    with World(["main.emc_only_on_home", "commune.emc_only_on_home"]) as spoilt:
        for portal in ("main", "commune"):
            with_code = [path for path, page in whole(spoilt, portal).items() if "_govaq" in page]
            assert with_code == [HOME[portal]]


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
        (["main.no_emc", "main.emc_empty_id"], "same thing"),
    ],
)
def test_faults_that_do_not_exist_or_contradict_are_refused(names: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        World(names)


def test_the_demonstration_shows_faults_at_every_portal() -> None:
    found = truth(plant(DEMO_FAULTS))
    assert {site for (site, _), outcome in found.items() if outcome == "failed"} == set(World.sites)


def test_the_registry_knows_every_portal_and_who_confirmed_it(world: World) -> None:
    with (world.registry / "portals.csv").open(encoding="utf-8", newline="") as file:
        portals = list(csv.DictReader(file))
    with (world.registry / "agencies.csv").open(encoding="utf-8", newline="") as file:
        agencies = {row["id"]: row for row in csv.DictReader(file)}
    assert {row["address"] for row in portals} == {"songmay.gov.vn", *(body.site for body in COMPONENTS)}
    assert all(row["confirmed_by"] and row["confirmed_on"] and row["confirmed_how"] for row in portals)
    assert all(row["status"] == "active" and row["agency_id"] in agencies for row in portals)
    assert sum(row["main_portal_id"] == "songmay" for row in portals) == len(COMPONENTS) >= 5


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
