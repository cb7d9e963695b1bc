"""Builds a portal out of the small texts of ``tests/cases`` and judges it, through the real reading."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import msgspec

from audit_rules.address import Address, AddressBook
from audit_rules.engine import judge
from audit_rules.facts import (
    Abolished,
    Agency,
    Answer,
    Later,
    NetFacts,
    Page,
    Portal,
    SearchTry,
    Surroundings,
    Visit,
)
from audit_rules.judgement import Judgement
from audit_rules.probed import Probes
from audit_rules.reading import confirmed, read_page
from audit_rules.reading.confirmed import Confirmed
from audit_rules.rendered import RenderFacts
from audit_rules.rulebook import Rulebook

FOLDER = Path(__file__).parent / "cases"
SEEN_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LAW_DAY = date(2026, 11, 22)

PROVINCE = Agency("song-may", "Ủy ban nhân dân tỉnh Sông Mây", "Song May People's Committee", "province")
DEPARTMENT = Agency(
    "so-xay-dung", "Sở Xây dựng tỉnh Sông Mây", "Department of Construction", "department", "song-may"
)
MAIN = Portal(
    "song-may",
    Address.parse("songmay.gov.vn"),
    "province",
    PROVINCE,
    aliases=(Address.parse("cong.songmay.gov.vn"),),
)
HEIR = Portal(
    "dai-ngan",
    Address.parse("daingan.gov.vn"),
    "province",
    Agency("dai-ngan", "Ủy ban nhân dân tỉnh Đại Ngàn", "Dai Ngan People's Committee", "province"),
)
"""The portal of the body that took over where a case's own has ``ended``, unless it is ``heirless``."""
FIELDS = ("Nội vụ", "Tài chính", "Y tế", "Công Thương", "Tư pháp", "Ngoại vụ", "Du lịch", "Thanh tra")
"""What the departments of the make-believe province are called after; the registry may know some twice over."""


@dataclass(frozen=True)
class Case:
    """One case of one rule, as its file tells it; ``told`` holds the file's own keys too."""

    rule: str
    name: str
    told: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def all_cases() -> list[Case]:
    """Every case of every file; the file's stem is the rule's id."""
    cases = []
    for path in sorted(FOLDER.glob("*.toml")):
        with path.open("rb") as file:
            told = tomllib.load(file)
        common = {key: value for key, value in told.items() if key != "case"}
        cases += [Case(path.stem, each["name"], common | each) for each in told["case"]]
    return cases


def _portal(told: dict[str, Any]) -> Portal:
    kind = told.get("kind", "province")
    if told.get("ended"):
        gone = replace(DEPARTMENT if kind == "archive" else PROVINCE, valid_to=date(2025, 6, 30))
        return Portal("cu", Address.parse(told.get("address", "cu.songmay.gov.vn")), kind, gone)
    if kind in ("province", "ministry"):
        main_portal = replace(_main(told), kind=kind)
        return replace(main_portal, agency=_agency(told, PROVINCE), registered=not told.get("guessed"))
    main = None if told.get("orphan") else MAIN.id
    address = Address.parse(told.get("address", "sxd.songmay.gov.vn"))
    agency = _agency(told, DEPARTMENT)
    return Portal("so-xay-dung", address, kind, agency, main_portal_id=main, registered=not told.get("guessed"))


def _agency(told: dict[str, Any], otherwise: Agency) -> Agency:
    """The portal's own body: ``named`` (and ``named_en``), else the make-believe province's."""
    if "named" not in told:
        return otherwise
    return replace(otherwise, name_vi=told["named"], name_en=told.get("named_en", ""))


def _main(told: dict[str, Any]) -> Portal:
    """The main portal: its ``main_address`` and ``main_kind``, and ``merged``, addresses of merged bodies."""
    return replace(
        MAIN,
        address=Address.parse(told.get("main_address", str(MAIN.address))),
        kind=told.get("main_kind", MAIN.kind),
        inherited=tuple(map(Address.parse, told.get("merged", ()))),
    )


def _components(told: dict[str, Any]) -> Iterator[Portal]:
    """``components`` departments, at so1.songmay.gov.vn and so on: the first ``confirmed`` of them are confirmed,
    those named in ``retired`` are no more."""
    for number in range(1, told.get("components", 0) + 1):
        name = f"so{number}"
        yield Portal(
            name,
            Address.parse(f"{name}.songmay.gov.vn"),
            "department",
            Agency(name, f"Sở {FIELDS[number % len(FIELDS)]}", "", "department", MAIN.id),
            main_portal_id=MAIN.id,
            confirmed=number <= told.get("confirmed", 0),
            status="retired" if name in told.get("retired", ()) else "active",
        )


def _page(html: str, url: str, told: dict[str, Any], *, rendered: bool) -> Page:
    frame = told.get("frame", "{}")
    drawn_frame = told.get("drawn_frame", frame)
    status = told.get("status", 200)
    sent = frame.replace("{}", html).encode(told.get("encoding", "utf-8"))
    raw = read_page(sent, url, seen_at=SEEN_AT, status=status)
    if not rendered:
        return Page(url, raw)
    drawn = drawn_frame.replace("{}", told.get("drawn", html)).encode()
    view = read_page(drawn, url, seen_at=SEEN_AT, status=status, how="rendered")
    seen = {"pushes": told.get("pushes", ())} | told.get("render", {})
    return Page(url, raw, replace(view, render=msgspec.convert(seen, RenderFacts)))


def _later(home: Page, told: dict[str, Any]) -> Later | None:
    """The second look, at home alone, if a case tells what a browser saw at it."""
    if "later_render" not in told or home.rendered is None:
        return None
    seen = msgspec.convert(told["later_render"], RenderFacts)
    return Later(SEEN_AT, (Page(home.url, None, replace(home.rendered, render=seen)),))


def made(told: dict[str, Any]) -> tuple[Portal, Visit, Surroundings]:
    """The portal of a case, what was seen of it, and what was known around it.

    ``html`` is home (inside ``frame``, where the file or the case has one) and ``drawn`` what scripts make of it
    (``drawn_frame`` where they draw the frame of every page),
    ``pages`` maps paths to more pages, ``bare`` to pages outside the frame, ``answers`` addresses to statuses (or
    error reasons, or a status, where redirects end and as what), ``skipped`` addresses to reasons; ``ends_at`` is
    where home's redirects end, ``encoding`` that of the bytes sent; ``browser = false`` leaves all
    pages raw, ``undrawn`` some; ``probes`` is what server and name system said when they were asked apart;
    ``render`` is what the browser alone saw of home, ``later_render`` what it saw at the second look; ``outside``
    maps addresses to pages out of the portal.
    """
    portal = _portal(told)
    root = told.get("ends_at") or f"{told.get('scheme', 'https')}://{portal.address}"
    browser = told.get("browser", True)
    undrawn = told.get("undrawn", ())
    home = _page(told.get("html", ""), root + "/", told, rendered=browser and "/" not in undrawn)
    frame: dict[str, Any] = {key: told[key] for key in ("frame", "drawn_frame") if key in told}
    others = [(path, html, frame) for path, html in told.get("pages", {}).items()]
    others += [(path, html, {}) for path, html in told.get("bare", {}).items()]
    pages = [
        _page(html, root + path, inside, rendered=browser and path not in undrawn) for path, html, inside in others
    ]
    asked = tuple(_answer(url, said) for url, said in told.get("answers", {}).items())
    https = _answer(root + "/", told.get("https", 200)) if told.get("https") != "unasked" else None
    http = _answer(root.replace("https", "http") + "/", told["http"]) if "http" in told else None
    probed = _probes(told.get("probes"), str(portal.address.host))
    net = NetFacts(
        https,
        http,
        asked,
        tuple(told.get("skipped", {}).items()),
        probes=probed,
        search=_searched(told, root, browser=browser),
        outside=tuple(_page(text, url, {}, rendered=browser) for url, text in told.get("outside", {}).items()),
    )
    seen = () if told.get("unseen") else (home, *pages)
    later = _later(home, told)
    visit = Visit(
        told.get("state", "audited"), told.get("why"), root + "/", seen, net, browser=browser, later=later
    )
    components = tuple(_components(told))
    answered = told.get("answered")
    main = _main(told)
    successor = HEIR if told.get("ended") and not told.get("heirless") else None
    everyone = (portal, main, HEIR, *components)
    around = Surroundings(
        LAW_DAY,
        main_portal=main if portal.main_portal_id else None,
        components=components,
        book=AddressBook(tuple((address, each.id) for each in everyone for address in each.addresses)),
        answered=None if answered is None else frozenset(answered),
        main_portal_outcomes=told.get("main_portal"),
        bodies=tuple(told.get("bodies", ())),
        abolished=tuple(Abolished(*each) for each in told.get("abolished", ())),
        emc_elsewhere=told.get("elsewhere"),
        unknown_current_code=told.get("unknown_current_code", False),
        tracker_down=told.get("tracker_down"),
        successor=successor,
    )
    return portal, visit, around


def _searched(told: dict[str, Any], root: str, *, browser: bool) -> SearchTry | None:
    """``asked`` is the word that the portal's search was asked for, ``results`` the page that came (``found`` is
    its address, ``drawn_results`` what scripts make of it) or what came in its place."""
    if "asked" not in told:
        return None
    url = told.get("found", f"{root}/tim-kiem?q={quote(told['asked'])}")
    said = told["results"]
    if not isinstance(said, str) or not said.startswith("<"):
        return SearchTry(told["asked"], _answer(url, said), whole=told.get("whole", True))
    inside = {"frame": told["frame"], "drawn": told.get("drawn_results", said)}
    page = _page(said, url, inside, rendered=browser and "results" not in told.get("undrawn", ()))
    return SearchTry(told["asked"], _answer(url, 200), page, told.get("whole", True))


def _probes(told: dict[str, Any] | None, host: str) -> Probes | None:
    """Host and time need not be said; a certificate whose dates are not said is in date."""
    if told is None:
        return None
    said = {name: dict(value) if isinstance(value, dict) else value for name, value in told.items()}
    for name in ("tls", "names"):
        if name in said:
            said[name] = {"host": host, "seen_at": SEEN_AT} | said[name]
    for name in ("security_txt", "site_map"):
        if name in said:
            said[name] = {"url": f"https://{host}/{name}", "seen_at": SEEN_AT} | said[name]
    if said.get("tls", {}).get("protocol"):
        dates = {"valid_from": SEEN_AT - timedelta(days=60), "valid_to": SEEN_AT + timedelta(days=30)}
        said["tls"] = dates | {"names": [host], "issuer": "Let's Encrypt, R12"} | said["tls"]
    return msgspec.convert(said, Probes)


def judged(case: Case, rulebook: Rulebook) -> Judgement:
    """What the case's rule says of the case's portal; ``samples`` are what a person confirmed by then."""
    samples = tuple(Confirmed(**each) for each in case.told.get("samples", ()))
    asked = rulebook.only(lambda entry: entry.id == case.rule)
    with patch.object(confirmed, "CONFIRMED", samples):
        (judgement,) = judge(*made(case.told), asked, LAW_DAY)
    return judgement


def _answer(url: str, said: int | str | list[Any]) -> Answer:
    if isinstance(said, list):
        return Answer(url, SEEN_AT, said[0], said[1], *(said[2:] or ["text/html"]))
    if isinstance(said, str):
        return Answer(url, SEEN_AT, error=said)
    kind = "application/pdf" if url.endswith((".pdf", ".doc", ".docx")) else "text/html"
    return Answer(url, SEEN_AT, said, url, kind)
