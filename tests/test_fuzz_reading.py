"""Pages nobody thought of: whatever is thrown at the reading, the crawl and the rules, nothing breaks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_rules.address import Address, AddressBook, BadAddress
from audit_rules.engine import judge
from audit_rules.facts import Answer, NetFacts, Page, PageFacts, Surroundings, Visit
from audit_rules.rulebook import Rulebook, open_rulebook
from bench.fuzz_pieces import ATTRIBUTES, CHARSETS, LABELS, SCRIPTS, TAGS, TEXTS, VALUES
from crawler import blocks
from crawler.addresses import Refusal, literal, plain, read_mapping, read_proxy, read_server
from crawler.parked import stranger
from crawler.scope import canonical, cleaned, is_web, may_be_page, pattern
from tests.cases import MAIN
from tests.reading import HOME, read

settings.register_profile(
    "fuzz", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("fuzz")

_any_text = st.text(max_size=40)
_text = st.one_of(st.sampled_from(TEXTS), _any_text)
_value = st.one_of(st.sampled_from(VALUES), _any_text)
_quote = st.sampled_from(["'", '"', "", "'\"", "`"])
_attribute = st.builds(
    lambda name, value, quote: f" {name}={quote}{value}{quote}", st.sampled_from(ATTRIBUTES), _value, _quote
)
_attributes = st.lists(_attribute, max_size=4).map("".join)
_script = st.builds(
    lambda open_, text, close: f"{open_}{text}{close}",
    st.sampled_from(
        ["<script>", "<script type=module>", "<!--<script>", "<template><script>", "<noscript>", "<style>"]
    ),
    st.lists(st.sampled_from(SCRIPTS), max_size=3).map("".join),
    st.sampled_from(["</script>", "</SCRIPT >", "-->", "</noscript>", ""]),
)


def _element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An element around something; its end may be missing or another's."""
    return st.builds(
        lambda tag, attributes, inner, end: f"<{tag}{attributes}>{inner}{end.format(tag)}",
        st.sampled_from(TAGS),
        _attributes,
        st.lists(inside, max_size=4).map("".join),
        st.sampled_from(["</{}>", "</{}>", "</{}>", "", "</{}", "</p>", "</b></div>"]),
    )


_markup = st.recursive(st.one_of(_text, _script), _element, max_leaves=25)
_page = st.builds(
    lambda head, body: f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>",
    st.lists(_markup, max_size=3).map("".join),
    st.lists(_markup, max_size=6).map("".join),
)


@st.composite
def _bodies(draw: st.DrawFn) -> bytes:
    """A page in some charset, perhaps with bytes changed, cut off, or of nothing but bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    body = bytearray(draw(st.one_of(_page, _markup)).encode(draw(st.sampled_from(CHARSETS)), "replace"))
    for _ in range(draw(st.integers(0, 3))):
        if body:
            at = draw(st.integers(0, len(body) - 1))
            body[at : at + draw(st.integers(0, 9))] = draw(st.binary(max_size=4))
    return bytes(body)


def _whole(facts: PageFacts) -> None:
    """Facts that can be stored and told: they come back as they went, and hold no half characters."""
    packed = msgspec.msgpack.encode(facts)
    assert msgspec.msgpack.decode(packed, type=PageFacts) == facts
    for link in facts.links:
        assert 0 <= link.line <= len(facts.lines)
    for contact in facts.contacts:
        assert 0 <= contact.line <= len(facts.lines)


@settings(max_examples=90)
@given(_bodies(), st.sampled_from(LABELS), st.sampled_from([HOME, "http://a.vn", "https://a.vn/x?y=/#z/"]))
def test_any_page_is_read(body: bytes, label: str | None, url: str) -> None:
    _whole(read(body, url, charset=label))


@settings(max_examples=70)
@given(st.lists(_markup, min_size=1, max_size=4).map("".join), st.integers(2, 400))
def test_what_comes_again_and_again_is_read(piece: str, times: int) -> None:
    _whole(read((piece * times)[:100_000]))


@settings(max_examples=80)
@given(_bodies(), st.sampled_from([200, 204, 403, 404, 429, 500, 503, 999]), _text)
def test_any_answer_is_a_page_or_a_stop(body: bytes, status: int, header: str) -> None:
    stop = blocks.stop(status, {"content-type": header, "server": header, "cf-mitigated": header}, body)
    assert stop is None or stop.state in ("blocked", "unreachable")
    assert blocks.lets_in(status, body) in (True, False)
    target = blocks.sends_on(body, HOME)
    assert target is None or is_web(target)
    facts = read(body)
    assert stranger(Page(HOME, facts), MAIN) in (None, "parked", "default_page", "taken_over")


@cache
def _rulebook() -> Rulebook:
    return open_rulebook()


@settings(max_examples=30)
@given(st.lists(_bodies(), min_size=1, max_size=4), st.booleans(), st.sampled_from([200, 404, 503]))
def test_any_portal_is_judged(bodies: list[bytes], drawn: bool, status: int) -> None:
    root = f"https://{MAIN.address}/"
    pages = []
    for number, body in enumerate(bodies):
        url = root if not number else f"{root}trang-{number}"
        raw = read(body, url, status=status)
        rendered = replace(read(bodies[-1], url, how="rendered")) if drawn else None
        pages.append(Page(url, raw, rendered))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    net = NetFacts(https=Answer(root, now, 200, root, "text/html"), asked=(Answer(f"{root}x", now, error="dns"),))
    visit = Visit("audited", None, root, tuple(pages), net, browser=drawn, started_at=now, finished_at=now)
    around = Surroundings(now.date(), book=AddressBook(((MAIN.address, MAIN.id),)))
    judged = judge(MAIN, visit, around, _rulebook(), date(2026, 11, 22))
    assert [each.rule for each in judged if each.verdict.reason == "rule_error"] == []


@settings(max_examples=400)
@given(st.one_of(_value, st.builds("http://{}/{}".format, _value, _value), st.text(max_size=80)))
def test_any_address_is_taken_apart_or_refused(text: str) -> None:
    may_be_page(text)
    assert isinstance(canonical(text), str)
    assert isinstance(pattern(text), str)
    if is_web(text):
        again = cleaned(text)
        assert cleaned(again) == again
        assert urlsplit(again).scheme in ("http", "https")
    with_errors: tuple[tuple[Callable[[str], Any], type[Exception]], ...] = (
        (Address.parse, BadAddress),
        (plain, Refusal),
        (literal, Refusal),
        (read_mapping, ValueError),
        (read_server, ValueError),
        (read_proxy, ValueError),
    )
    for read_it, refusal in with_errors:
        try:
            read_it(text)
        except refusal:
            continue


def _calls(page: str) -> int:
    """How many functions are called while a page is read."""
    called = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read(page)
    finally:
        sys.setprofile(None)
    return called


@settings(max_examples=40)
@given(st.lists(_markup, min_size=1, max_size=3).map("".join).filter(lambda piece: len(piece) < 300))
def test_twice_the_page_is_no_more_than_twice_the_work(piece: str) -> None:
    few, many = _calls(piece * 40), _calls(piece * 160)
    assert many <= 5 * few + 2000, (few, many)


@pytest.mark.parametrize("label", LABELS)
def test_no_charset_of_pythons_own_is_taken_for_one_of_text(label: str | None) -> None:
    body = "<p>Cổng thông tin</p>".encode() + b"\xff" * 9
    assert any("ng th" in line.text for line in read(body, charset=label).lines)
