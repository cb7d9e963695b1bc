"""Writes the site: from the home pages on, every page that a page leads to; there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from audit.refusals import BadInput, OwnFault
from audit.reports.json import TOOL
from audit.web.asked import Question
from audit.web.pages import Reader, html, question_of
from audit.web.paper import render
from audit.web.site.addresses import DATA, STATIC, Known, Place, SiteLinks
from audit.web.site.data import open_data, resources_of
from audit.web.views import Views
from audit_rules import __version__
from audit_rules.judgement import Lang

RUNS = 30
"""Newest runs that have a page of their own; older ones stand in the list."""
MARK = "site.txt"
"""Tells a folder that this program wrote from one that it must not touch."""
TRIES = 3
_LANGS: Final[tuple[Lang, ...]] = ("vi", "en")


def write_site(views: Views, folder: Path, told: Callable[[int, int], None]) -> int:
    """Writes the site in the place of the one that was there: how many pages it has. ``told`` is called with pages
    written and pages known by then. Raises BadInput where the folder will not do, OwnFault where a disk is full."""
    target = folder.resolve()
    _must_be_ours(folder, target)
    with _beside(folder, target) as part:
        for _ in range(TRIES):
            version = views.shown().version
            shutil.rmtree(part)
            part.mkdir()
            pages = _write(views, part, told)
            if views.shown().version == version:
                break  # a night that ended meanwhile would have left pages of two states of the data
    return pages


def _write(views: Views, part: Path, told: Callable[[int, int], None]) -> int:
    (part / MARK).write_text(f"{TOOL} {__version__}\n", "utf-8")
    (part / STATIC).mkdir()
    for each in files("audit.web").joinpath("static").iterdir():
        (part / STATIC / each.name).write_bytes(each.read_bytes())
    for lang in _LANGS:
        folder = part / DATA[lang]
        folder.mkdir(parents=True)
        for name, body in open_data(views, lang):
            (folder / name).write_bytes(body)
    return _write_pages(views, part, told)


def _must_be_ours(folder: Path, target: Path) -> None:
    """A folder is replaced only where it is empty or a site of this program."""
    try:
        if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
            raise BadInput("error.not_a_site", path=folder)
        if target.exists() and not target.is_dir():
            raise BadInput("error.no_folder", path=folder)
    except OSError as error:
        raise BadInput("error.no_output", path=folder, cause=error) from error


@contextmanager
def _beside(folder: Path, target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place at the end."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir()
    except OSError as error:
        raise BadInput("error.no_output", path=folder, cause=error) from error
    try:
        yield part
        if target.exists():
            target.rename(old)
        try:
            part.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise OwnFault("error.no_output", path=folder, cause=error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _write_pages(views: Views, part: Path, told: Callable[[int, int], None]) -> int:
    known = _known(views)
    queue: deque[Place] = deque()
    seen: set[Place] = set()

    def want(place: Place) -> None:
        if place not in seen:
            seen.add(place)
            queue.append(place)

    for lang in _LANGS:
        want(Place("home", (), "", lang))
        _put(part, f"{DATA[lang]}/index.html", _data_page(views, lang, known, want))
    written = 0
    while queue:
        place = queue.popleft()
        reader = Reader(views, SiteLinks(place.lang, place.path, known, want), searchable=False)
        asked = question_of(place.kind, dict(parse_qsl(place.query)))
        _put(part, place.path, html(reader, place.kind, place.ids, asked))
        written += 1
        told(written, len(seen))
    return written


def _put(part: Path, path: str, text: str) -> None:
    file = part / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _known(views: Views) -> Known:
    shown, ranked = views.shown(), views.comparing.ranked()
    return {
        "portal": {(each,) for each in shown.portals},
        "agency": {(each,) for each in shown.agencies},
        "rule": {(each,) for each in shown.rules},
        "run": {(each.header.id,) for each in views.runs(Question(size=RUNS)).items},
        "ranking": {(each.kind,) for each in ranked.ranking.kinds} if ranked is not None else (),
        "finding": {(each.portal_id, each.rule) for each in shown.findings},
    }


def _data_page(views: Views, lang: Lang, known: Known, want: Callable[[Place], None]) -> str:
    """What there is of open data, for people."""
    links = SiteLinks(lang, f"{DATA[lang]}/index.html", known, want)
    shown = views.shown()
    return render(
        "data.html",
        links,
        {
            "internal": views.audience == "internal",
            "searchable": False,
            "searched_for": "",
            "here": "",
            "other": links.other("index.html"),
            "version": shown.version,
            "today": shown.today,
            "resources": [each.name for each in resources_of(views)],
        },
    )
