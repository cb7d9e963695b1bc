"""EMC code in every form seen in public source, live and dead."""

from __future__ import annotations

import pytest

from audit_rules.facts import EmcEmbed
from audit_rules.reading.measurement import read_pushes
from tests.reading import read

TRACKER = "https://f-emc.ngsp.gov.vn/tracking"
LIBRARY = "https://f-emc.ngsp.gov.vn/embed/gov-tracking.min.js"
CANONICAL = f"""
  var _govaq = window._govaq || [];
  _govaq.push(['trackPageView']);
  _govaq.push(['enableLinkTracking']);
  (function () {{
    _govaq.push(['setTrackerUrl', '{TRACKER}']);
    _govaq.push(['setSiteId', '227']);
    var d = document, g = d.createElement('script'), s = d.getElementsByTagName('script')[0];
    g.type = 'text/javascript'; g.async = true; g.defer = true;
    g.src = '{LIBRARY}';
    s.parentNode.insertBefore(g, s);
  }})();
"""
MINIFIED = (
    'var _govaq=window._govaq||[];_govaq.push(["trackPageView"]),_govaq.push(["enableLinkTracking"]),'
    f'function(){{_govaq.push(["setTrackerUrl","{TRACKER}"]),_govaq.push(["setSiteId","205"]);'
    f'var a=document;a.src="{LIBRARY}"}}();'
)
VARIABLES = (
    f"var u = '{TRACKER}'; var siteId = '95';"
    " _govaq.push(['setTrackerUrl', u]); _govaq.push(['setSiteId', siteId]);"
)


def embed(html: str) -> EmcEmbed:
    (found,) = read(html).emc
    return found


@pytest.mark.parametrize(
    ("html", "site_id"),
    [
        (f'<script type="text/javascript">{CANONICAL}</script>', "227"),
        (f"<script>{CANONICAL}</script>", "227"),
        (f'<script type="text/babel">{CANONICAL}</script>', "227"),
        (f'<script type="module" nonce="abc">{CANONICAL}</script>', "227"),
        (f"<!-- Begin EMC Tracking Code --><script>{CANONICAL}</script><!-- End EMC Tracking Code -->", "227"),
        (f"<!-- Begin Gov Tracking Code --><script>{CANONICAL}</script>", "227"),
        (f"<head><script>{CANONICAL}</script><base href='/'></head>", "227"),
        (f"<body><p>x</p><script>{CANONICAL}</script></body>", "227"),
        (f"<script>{MINIFIED}</script>", "205"),
        (f"<script>{VARIABLES}</script>", "95"),
        (f"<script>// <![CDATA[\n{CANONICAL}\n// ]]></script>", "227"),
        (f"<script>/* mã đo */{CANONICAL}// hết</script>", "227"),
        (f"<script>{CANONICAL.replace(chr(39) + '227' + chr(39), '8981')}</script>", "8981"),
        (f"<script>{'var filler = 1;' * 20_000}{CANONICAL}</script>", "227"),
        (f"<head><noscript><img src=x></noscript></head><script>{CANONICAL}</script>", "227"),
    ],
)
def test_live_code_is_known_in_every_spelling(html: str, site_id: str) -> None:
    found = embed(html)
    assert (found.state, found.site_id, found.tracker_url) == ("live", site_id, TRACKER)
    assert found.known_tracker is True


def test_the_library_of_live_code_is_named() -> None:
    assert embed(f"<script>{CANONICAL}</script>").library_url == LIBRARY
    assert embed(f"<script>{CANONICAL.replace('https://', 'http://')}</script>").tracker_url.startswith("http://")
    assert embed(f"<script>{CANONICAL.replace('https://', '//')}</script>").known_tracker is True


@pytest.mark.parametrize(
    ("html", "state"),
    [
        (f"<!-- <script>{CANONICAL}</script> -->", "commented_out"),
        (f"<!-- Begin EMC Tracking Code <script>{CANONICAL}</script> -->", "commented_out"),
        (f"<script>/*{CANONICAL}*/</script>", "commented_out"),
        ("<script>//" + CANONICAL.replace("\n", "\n//") + "</script>", "commented_out"),
        (f"<script>{CANONICAL.replace('227', '')}</script>", "empty_id"),
        (f"<script>{CANONICAL.replace('227', ' ')}</script>", "empty_id"),
        (f"<script>{CANONICAL.replace('227', 'SITE_ID')}</script>", "id_not_numeric"),
        (f"<template><script>{CANONICAL}</script></template>", "inert"),
        (f"<noscript><script>{CANONICAL}</script></noscript>", "inert"),
        (f"<head><noscript><script>{CANONICAL}</script></noscript></head>", "inert"),
        (f'<script type="text/plain">{CANONICAL}</script>', "data_only"),
        ('<script type="application/json">' + MINIFIED.replace('"', '\\"') + "</script>", "data_only"),
        ("<script>var _govaq = []; _govaq.push(['trackDVC', 'x', '1', '']);</script>", "no_id"),
        (f'<script src="{LIBRARY}"></script>', "no_id"),
    ],
)
def test_dead_code_is_there_but_measures_nothing(html: str, state: str) -> None:
    assert embed(html).state == state


def test_dead_copies_do_not_hide_a_live_one() -> None:
    dead = f"<script type='text/plain'>{CANONICAL}</script>" * 50
    page = read(f"<body>{dead}<script>{CANONICAL}</script></body>")
    assert [each.state for each in page.emc].count("live") == 1
    assert len(page.emc) < 50


def test_another_tracker_of_the_same_shape_is_told_apart() -> None:
    matomo = CANONICAL.replace("_govaq", "_paq").replace("f-emc.ngsp.gov.vn", "thongke.tinhmau.gov.vn")
    found = embed(f"<script>{matomo}</script>")
    assert (found.known_tracker, found.tracker_url) == (False, "https://thongke.tinhmau.gov.vn/tracking")
    lookalike = CANONICAL.replace("f-emc.ngsp.gov.vn", "f-emc.ngsp.gov.vn.evil.example")
    assert embed(f"<script>{lookalike}</script>").known_tracker is False


@pytest.mark.parametrize(
    "html",
    [
        "<p>_govaq</p>",
        "<!-- Begin EMC Tracking Code --><!-- End EMC Tracking Code -->",
        "<script>var emc = 'tương thích điện từ EMC';</script>",
        '<script src="https://www.googletagmanager.com/gtag/js"></script>',
        "<script>_paq.push(['trackPageView']);</script>",
    ],
)
def test_words_and_foreign_scripts_are_no_code(html: str) -> None:
    assert read(html).emc == ()


def test_two_pieces_of_code_are_two() -> None:
    facts = read(f"<!-- <script>{CANONICAL}</script> --><script>{MINIFIED}</script>")
    assert [found.state for found in facts.emc] == ["commented_out", "live"]


def test_the_queue_of_the_browser_is_read_as_code() -> None:
    found = read_pushes(['["trackPageView"]', f'["setTrackerUrl","{TRACKER}"]', '["setSiteId","227"]'])
    assert found is not None
    assert (found.state, found.site_id, found.known_tracker) == ("live", "227", True)
    assert read_pushes([]) is None
