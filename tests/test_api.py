"""The JSON API: what it answers is what its OpenAPI document says, whoever asks is told no more than the audience
may know, and nothing that a stranger writes into an address breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.registry.registry import Registry
from audit.web.api.app import make_api
from audit.web.api.openapi import document
from audit.web.api.operations import OPERATIONS
from audit.web.shapes import Audience
from audit.web.views import Views
from storage.archive import Archive
from tests.served import Served, served
from tests.shown_compared import take_figures
from tests.shown_runs import HOSTILE, SECRET, fill, judgements, made_registry
from tests.told_runs import SEEN, header, portal_run


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return made_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, made_once: Path, registry: Registry) -> Iterator[Archive]:
    path = tmp_path_factory.mktemp("api") / "audit.db"
    path.write_bytes(made_once.read_bytes())
    with Archive.open(path) as archive:
        fill(archive, registry)
        take_figures(archive)
        yield archive


@pytest.fixture(scope="module")
def api(filled: Archive, registry: Registry) -> Iterator[Served]:
    with served(make_api(Views(filled, registry))) as server:
        yield server


@pytest.fixture(scope="module")
def public(filled: Archive, registry: Registry) -> Iterator[Served]:
    with served(make_api(Views(filled, registry, audience="public"))) as server:
        yield server


IDS = {"portal": "p1", "rule": "identity.spokesperson", "agency": "so-1", "run": "n2"}
PATHS = {each.name: each.path.format(**IDS) for each in OPERATIONS}


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_every_address_answers_as_its_document_says(audience: Audience, api: Served, public: Served) -> None:
    import jsonschema_rs

    server = api if audience == "internal" else public
    described = server.ask("/openapi.json").json
    assert described == document()
    jsonschema_rs.meta.validate(described["components"]["schemas"]["PortalDetail"])
    for each in OPERATIONS:
        for lang in ("vi", "en"):
            if each.inside and audience == "public":
                assert server.ask(PATHS[each.name]).status == 404
                continue
            answer = server.ask(f"{PATHS[each.name]}?lang={lang}")
            assert answer.status == 200, (each.name, answer.body)
            schema = described["paths"][each.path]["get"]["responses"]["200"]["content"]["application/json"][
                "schema"
            ]
            jsonschema_rs.validate({**schema, "components": described["components"]}, answer.json)


def test_a_list_comes_in_pages_that_lead_to_each_other(api: Served) -> None:
    seen: list[str] = []
    path: str | None = "/portals?size=2"
    while path is not None:
        answer = api.ask(path)
        seen += [each["id"] for each in answer.json["items"]]
        assert answer.json["total"] == 5
        leads = dict(re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"]))
        path = next((to for to, name in leads.items() if name == "next"), None)
    assert sorted(seen) == ["p0", "p1", "p2", "p3", "p4"]


def test_what_did_not_change_is_not_sent_twice(api: Served) -> None:
    first = api.ask("/findings")
    tag = first.headers["etag"]
    again = api.ask("/findings", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert api.ask("/findings", headers={"If-None-Match": '"other"'}).status == 200
    assert api.ask("/portals", headers={"If-None-Match": tag}).status == 200  # another address
    assert api.ask("/portals/nobody", headers={"If-None-Match": "*"}).status == 404


def test_a_tag_changes_with_the_data(archive: Archive, registry: Registry) -> None:
    fill(archive, registry, nights=1)
    with served(make_api(Views(archive, registry))) as server:
        before = server.ask("/portals").headers["etag"]
    head = header("later", night=1)
    archive.begin(head)
    archive.save(head.id, portal_run(judgements(1), portal=registry.portals["p1"], at=SEEN + timedelta(days=1)))
    archive.close_run(head.id, status="complete", finished_at=head.started_at + timedelta(hours=1), reason=None)
    with served(make_api(Views(archive, registry))) as server:
        assert server.ask("/portals").headers["etag"] != before


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=%D9%A3",
        "size=201",
        "page=",
        "kind=palace",
        "state=sad",
        "sort=colour",
        "lang=fr",
        "kind=province&kind=ministry",
        "severity=high",
        "%00=1",
    ],
)
def test_a_question_that_will_not_do_is_refused_in_one_sentence_and_never_heeded_in_part(
    api: Served, query: str
) -> None:
    answer = api.ask(f"/portals?{query}")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == 400
    assert "Tham số" in answer.json["detail"]


@pytest.mark.parametrize(
    "path", ["/portals/nobody", "/agencies/x", "/rules/x", "/runs/x", "/runs/n1/portals/x", "/x"]
)
def test_what_is_not_there_is_404_in_the_readers_language(api: Served, path: str) -> None:
    answer = api.ask(f"{path}?lang=en")
    assert (answer.status, answer.json["status"]) == (404, 404)
    assert answer.json["detail"] == "There is no such thing, or it is not told."


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(api: Served, method: str) -> None:
    for path in PATHS.values():
        answer = api.ask(path, method)
        assert answer.status == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_heads_are_those_of_the_whole_answer(api: Served) -> None:
    head, whole = api.ask("/portals/p1", "HEAD"), api.ask("/portals/p1")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", whole.headers["etag"])


def test_what_is_embargoed_is_in_no_answer_to_anybody(api: Served, public: Served) -> None:
    for server in (api, public):
        for path in (
            *PATHS.values(),
            "/runs/n2/portals/p3",
            "/portals/p3",
            "/findings?rule=integrity.no_injected_spam",
        ):
            told = server.ask(path)
            assert SECRET.encode() not in told.body
            assert b"so3.laocai.gov.vn/tin/7" not in told.body
        assert server.ask("/findings?rule=integrity.no_injected_spam").json["total"] == 0


def test_the_public_is_told_of_published_rules_alone(public: Served, api: Served) -> None:
    told = {each["rule"] for each in public.ask("/findings?size=200").json["items"]}
    assert told == {"measurement.emc_code_present"}
    assert "identity.spokesperson" in {each["rule"] for each in api.ask("/findings?size=200").json["items"]}
    verdict = public.ask("/portals/p1/identity.spokesperson").json["verdict"]
    assert (verdict["outcome"], verdict["evidence"], verdict["history"]) == ("withheld", [], None)


def test_open_data_may_be_read_by_any_page_and_what_is_internal_by_none(public: Served, api: Served) -> None:
    assert public.ask("/portals").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in api.ask("/portals").headers


def test_a_strangers_text_is_json_text_and_nothing_else(api: Served) -> None:
    answer = api.ask("/portals/p1")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "\u202e".encode() not in answer.body
    verdict = next(each for each in answer.json["verdicts"] if each["rule"] == "identity.spokesperson")
    assert verdict["evidence"][0]["excerpt"] == HOSTILE


def test_from_where_we_looked_is_told_to_those_inside_alone(api: Served, public: Served) -> None:
    for path in ("/runs/n0", "/portals/p1"):
        told = [(server.ask(path).json) for server in (api, public)]
        inside, outside = [each.get("run", each)["vantage_address"] for each in told]
        assert (inside, outside) == ("203.0.113.7", "")


def test_moments_have_the_offset_of_viet_nam(api: Served) -> None:
    run = api.ask("/runs/n0").json
    assert run["started_at"].endswith("+07:00")


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(
    filled: Archive, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.database import DatabaseUnusable

    def away(*_: object) -> None:
        raise DatabaseUnusable("away")

    views = Views(filled, registry)
    views.shown()
    monkeypatch.setattr(views, "portals", away)
    with served(make_api(views)) as server:
        answer = server.ask("/portals")
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.json["detail"].startswith("Cơ sở dữ liệu")


def test_a_fault_of_ours_tells_nobody_its_cause(
    filled: Archive, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is 1234")

    views = Views(filled, registry)
    monkeypatch.setattr(views, "portals", broken)
    with served(make_api(views)) as server:
        answer = server.ask("/portals")
    assert answer.status == 500
    assert b"1234" not in answer.body


def test_the_state_of_an_empty_database_is_told(archive: Archive, registry: Registry) -> None:
    with served(make_api(Views(archive, registry))) as server:
        for each in OPERATIONS:
            if not each.ids:
                assert server.ask(each.path).status == 200, each.name
        assert server.ask("/").json["night"] is None
