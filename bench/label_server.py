"""The label tool's local web server: our page, the saved pages without their scripts, and the answers.

A saved page is a stranger's: it is served for a sandboxed frame, under a policy by which it runs nothing and loads
nothing. Other websites that the reader's browser has open are strangers too: whatever is not asked by our own page,
under our own name, is refused.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from audit_rules.reading.bounds import MAX_BYTES
from audit_rules.reading.decoding import as_utf8
from bench.label_answers import CHOICES, LONGEST, Answers, AnswersError, Row
from bench.label_corpus import LabelPage, Question
from bench.label_facts import Auditor

PAGE = Path(__file__).with_name("label.html")
MAX_BODY = 16_384
"""Bytes of an answer with its note."""

_SAVED_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_OWN_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_AHEAD = re.compile(rb"<(?=(?:link|i?frame|object|embed)[\s/>])", re.IGNORECASE)
"""Elements to whose hosts Chromium connects before it asks the policy (measured: iframe, preconnect)."""
_TARGET = re.compile(rb"""(?<=[\s"'/])target(?=\s*+=)""", re.IGNORECASE)
_SVG = re.compile(rb"<svg[\s/>].*?(?:</svg|\Z)", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(rb"(?<=<)a(?=[\s/>])", re.IGNORECASE)
_START = re.compile(rb"(?>(?:\s|<!--.*?-->|<\?[^>]*+>)*)(?:<!doctype[^>]*+>)?", re.IGNORECASE | re.DOTALL)
_FIRST = b"""<base target="_blank"><style>:where(body) { font: 15px/1.4 sans-serif }
* { color: #1b2430 !important; background-color: #fff !important } a, a * { color: #1a4f9c !important }</style>"""
"""Without its pictures and style sheets a page often has white text on white."""
_LAST = b"<a id=label-end></a>"
"""Where our page scrolls to for questions about the footer."""


class Refused(Exception):
    """A request that is not answered; the message is for the reader."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def harmless(body: bytes) -> bytes:
    """A saved page in UTF-8 as it is put into the frame.

    The policy stops what a page loads, but not every connection made ahead: elements that make one lose their name
    (they could load nothing anyway), links inside drawings are none, and every other link opens in a new window,
    which the sandbox forbids.
    """
    page = _TARGET.sub(b"data-target", _AHEAD.sub(b"<x-", as_utf8(body, None)[0]))
    page = _SVG.sub(lambda drawing: _LINK.sub(b"g", drawing.group()), page)
    start = _START.match(page)
    at = start.end() if start else 0
    return page[:at] + _FIRST + page[at:] + _LAST


class Desk:
    """One reader's sitting: pages, questions, answers, and the auditor's facts for what was answered."""

    def __init__(
        self, pages: list[LabelPage], asked: dict[str, Question], answers: Answers, auditor: Auditor, day: date
    ) -> None:
        self.pages = pages
        self.asked = asked
        self.answers = answers
        self._auditor = auditor
        self._day = day
        self._reading = Lock()

    def state(self) -> dict[str, Any]:
        """All that our page needs at its start; nothing of the auditor's."""
        return {
            "reader": self.answers.reader,
            "saved_in": self.answers.path.name,
            "questions": [asdict(question) for question in self.asked.values()],
            "pages": [{"file": page.path.name, "host": page.host, "url": page.url} for page in self.pages],
            "answers": [asdict(row) for row in self.answers.rows],
        }

    def page(self, number: str) -> LabelPage:
        if not re.fullmatch(r"\d{1,6}", number) or int(number) >= len(self.pages):
            raise Refused(HTTPStatus.NOT_FOUND, "Không có trang này. / There is no such page.")
        return self.pages[int(number)]

    def body(self, number: str) -> bytes:
        try:
            with self.page(number).path.open("rb") as file:
                return file.read(MAX_BYTES)
        except OSError as error:
            raise Refused(HTTPStatus.NOT_FOUND, "Không đọc được tệp. / The file cannot be read.") from error

    def question(self, key: object) -> Question:
        question = self.asked.get(key) if isinstance(key, str) else None
        if question is None:
            raise Refused(HTTPStatus.NOT_FOUND, "Không có câu hỏi này. / There is no such question.")
        return question

    def facts(self, number: str, key: str) -> dict[str, Any]:
        """What the auditor says; refused until the reader has answered."""
        page, question = self.page(number), self.question(key)
        row = self.answers.row(page.path.name, key)
        if row is None or not row.answer:
            raise Refused(HTTPStatus.FORBIDDEN, "Trả lời trước đã. / Answer first.")
        with self._reading:
            return asdict(self._auditor.told(page, question))

    def give(self, said: object) -> dict[str, Any]:
        """Keeps ``{"page": number, "question": key, "answer": …, "note": …}``; either of the last two may lack."""
        if not isinstance(said, dict) or not said.keys() <= {"page", "question", "answer", "note"}:
            raise Refused(HTTPStatus.BAD_REQUEST, "Không hiểu câu trả lời. / The answer is not understood.")
        page, question = self.page(str(said.get("page"))), self.question(said.get("question"))
        answer, note = _text(said.get("answer")), _text(said.get("note"))
        if answer is not None and (not answer.strip() or (question.kind == "choice" and answer not in CHOICES)):
            raise Refused(HTTPStatus.BAD_REQUEST, "Trả lời y, n hoặc u. / Answer yes, no or unclear.")
        blank = Row(page.path.name, page.host, question.key, self.answers.reader, self._day.isoformat(), "", "", "")
        try:
            return asdict(self.answers.give(blank, answer, note))
        except (AnswersError, OSError) as error:
            raise Refused(HTTPStatus.CONFLICT, str(error)) from error


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, str) and len(value) <= LONGEST):
        return value
    raise Refused(HTTPStatus.BAD_REQUEST, f"Quá {LONGEST} ký tự. / More than {LONGEST} characters.")


class LabelServer(ThreadingHTTPServer):
    """Serves a desk on 127.0.0.1; port 0 lets the system choose. Raises OSError where the port is taken."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk = desk
        super().__init__(("127.0.0.1", port), _Talk)

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def address(self) -> str:
        return f"http://{self.name}/"


class _Talk(BaseHTTPRequestHandler):
    """One request; the methods' names are http.server's."""

    server: LabelServer
    timeout = 10

    def do_GET(self) -> None:
        try:
            self._check_host()
            self._show(self.server.desk, self.path.partition("?")[0].strip("/").split("/"))
        except Refused as refused:
            self._refuse(refused)

    def do_POST(self) -> None:
        try:
            self._check_host()
            if self.headers.get("Origin") != f"http://{self.server.name}":
                raise Refused(HTTPStatus.FORBIDDEN, "Không phải trang này gửi. / It was not our page that asked.")
            if self.path != "/answer" or self.headers.get_content_type() != "application/json":
                raise Refused(HTTPStatus.NOT_FOUND, "Không có mục này. / There is no such thing.")
            self._send_json(self.server.desk.give(self._said()))
        except Refused as refused:
            self._refuse(refused)

    def _check_host(self) -> None:
        """Another website can point its own name at 127.0.0.1, but cannot make the browser say our name."""
        if self.headers.get_all("Host") != [self.server.name]:
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "Sai tên máy chủ. / Wrong host name.")

    def _said(self) -> object:
        length = self.headers.get("Content-Length") or ""
        if not re.fullmatch(r"\d{1,9}", length) or int(length) > MAX_BODY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Câu trả lời quá dài. / The answer is too long.")
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "Không phải JSON. / It is no JSON.") from error

    def _show(self, desk: Desk, path: list[str]) -> None:
        match path:
            case [""]:
                nonce = secrets.token_urlsafe(16)
                page = PAGE.read_text("utf-8").replace("{nonce}", nonce)
                self._send(page.encode(), "text/html", _OWN_POLICY.format(nonce=nonce))
            case ["state"]:
                self._send_json(desk.state())
            case ["page", number]:
                self._send(harmless(desk.body(number)), "text/html", _SAVED_POLICY)
            case ["source", number]:
                self._send(as_utf8(desk.body(number), None)[0], "text/plain", _SAVED_POLICY)
            case ["facts", number, key]:
                self._send_json(desk.facts(number, key))
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, "Không có mục này. / There is no such thing.")

    def _send_json(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(value, ensure_ascii=False).encode(), "application/json", _SAVED_POLICY, status)

    def _refuse(self, refused: Refused) -> None:
        self._send_json({"error": str(refused)}, refused.status)

    def _send(self, body: bytes, kind: str, policy: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-DNS-Prefetch-Control": "off",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's parameter
        """A reader's every step is nobody's business."""
