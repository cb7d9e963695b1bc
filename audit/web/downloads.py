"""What a page hands out beside itself: a list as CSV, the picture of a home page."""

from __future__ import annotations

from threading import Lock

from audit.days import shown
from audit.evidence import FOLDER
from audit.reports.csv import write_csv
from audit.web.asked import Question
from audit.web.pages import NoSuchPage
from audit.web.paper import name_text
from audit.web.views import Views
from audit.words import clean, term
from audit_rules.judgement import Lang
from storage.excerpt import excerpt
from storage.recorded import EvidenceError
from storage.showing import Showing

COLUMNS = (
    *("finding", "portal", "agency_id", "agency", "kind", "group", "rule", "title", "outcome", "state"),
    *("stage", "proves", "severity", "standing", "first_seen", "last_seen", "nights", "run"),
)
_SIGNS = ((b"RIFF", "image/webp"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"))
_ONE = Lock()  # an evidence file is read from end to end: one at a time


def findings_csv(views: Views, asked: Question, lang: Lang) -> bytes:
    """The whole list that a question is about, as agencies get their files: UTF-8 with BOM, CRLF, guarded cells."""
    rows = (
        (
            *(one.id, one.address, one.agency_id or "", name_text(one.agency, lang), one.kind, one.group, one.rule),
            *(name_text(one.title, lang), one.outcome, one.state, one.stage, one.proves, one.severity),
            *(one.standing, one.first_seen.isoformat(), one.last_seen.isoformat(), str(one.nights), one.run_id),
        )
        for one in views.all_findings(asked)
    )
    headings = [term("heading", name, lang) for name in COLUMNS]
    return write_csv(headings, ([clean(cell) for cell in row] for row in rows))


def picture(views: Views, run_id: str, portal_id: str) -> tuple[bytes, str]:
    """The home page of a portal as it was drawn in a run, and what kind of picture that is. Raises NoSuchPage."""
    at = views.portal(portal_id, run_id)
    if at is None or not at.has_picture or views.data is None or at.home is None:
        raise NoSuchPage
    one = Showing(views.archive.database).whole(run_id, portal_id)
    if one is None or one.warc is None:
        raise NoSuchPage
    about = f"picture of {portal_id}, {shown(one.visit.started_at)}"
    try:
        with _ONE:
            body = excerpt(views.data / FOLDER / one.warc, [at.home], probes=False, about=about).picture
    except (EvidenceError, OSError) as error:
        raise NoSuchPage from error
    kind = next((kind for sign, kind in _SIGNS if body.startswith(sign)), None)
    if kind is None:
        raise NoSuchPage
    return body, kind
