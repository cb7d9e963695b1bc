"""What is kept of an answer as evidence, and whether it has to be read: not where it says what it said before.

An answer is written down once it is decompressed, for what it says decides how it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from audit_rules.facts import PageFacts, Source
from audit_rules.known import KnownPage
from audit_rules.reading import read_page
from audit_rules.reading.canonical import canonical_digest, holds_no_token
from audit_rules.reading.private import has_private_words
from crawler import blocks
from crawler.fetched import Sent, charset_of
from crawler.ways import Evidence

_MAX_VALIDATOR = 300


@dataclass(frozen=True, slots=True)
class Weighed:
    """The facts of a page that need not be read (again), None for others; where its bytes are from."""

    facts: PageFacts | None
    source: Source


def conditions(known: KnownPage | None) -> dict[str, str]:
    """The header fields that ask a server for a page only if it changed."""
    if known is None or known.kept is None:
        return {}
    asked = {"If-None-Match": known.source.etag, "If-Modified-Since": known.source.modified}
    return {name: value for name, value in asked.items() if value}


def keep(sent: Sent, evidence: Evidence | None) -> None:
    """Keeps an answer whatever it says."""
    if evidence is not None:
        evidence.response(
            sent.url, sent.status, "", sent.headers, sent.body, sent.seen_at, sent.address, sent.seconds
        )


def weigh(
    sent: Sent, headers: Mapping[str, str], body: bytes, known: KnownPage | None, evidence: Evidence | None
) -> Weighed:
    """Keeps the answer to a whole question for a page. ``headers`` have lower-case names, ``body`` is
    decompressed."""
    if sent.status == 304 and known is not None:
        return _not_modified(sent, known, evidence)
    if sent.facts is not None:
        return _withheld(sent, sent.facts, _source(headers, ""), evidence)
    if sent.status != 200 or not blocks.is_html(headers, body):
        keep(sent, evidence)
        return Weighed(None, Source())
    if known is not None and known.source.content_type == _content_type(headers):
        weighed = _as_before(sent, headers, body, known, evidence)
        if weighed is not None:
            return weighed
    if has_private_words(sent.url, body) and blocks.stop(sent.status, headers, body) is None:
        return _withheld(sent, _read(sent, headers, body), _source(headers, canonical_digest(body)), evidence)
    keep(sent, evidence)
    return Weighed(None, _source(headers, canonical_digest(body)))


def _not_modified(sent: Sent, known: KnownPage, evidence: Evidence | None) -> Weighed:
    facts = replace(known.facts, seen_at=sent.seen_at)
    return Weighed(facts, _again(replace(sent, sha256=facts.sha256), known, known.source, evidence))


def _as_before(
    sent: Sent, headers: Mapping[str, str], body: bytes, known: KnownPage, evidence: Evidence | None
) -> Weighed | None:
    """The facts of last time, where the very same was sent, or what differs is nothing that anybody reads."""
    if known.facts.status != sent.status:
        return None
    source = _source(headers, known.source.canonical)
    facts = replace(known.facts, seen_at=sent.seen_at, sha256=sent.sha256)
    if known.facts.sha256 == sent.sha256:
        return Weighed(facts, _again(sent, known, source, evidence))
    same = source.canonical != "" and source.canonical == canonical_digest(body) and holds_no_token(facts)
    if not same:
        return None
    if known.source.withheld:
        return _withheld(sent, facts, replace(source, unchanged=True), evidence)
    keep(sent, evidence)
    return Weighed(facts, replace(source, unchanged=True))


def _again(sent: Sent, known: KnownPage, source: Source, evidence: Evidence | None) -> Source:
    """Keeps an answer of which the bytes are held already, as far as they still are."""
    source = replace(source, kept_in="", kept_at=None, unchanged=True)
    if known.source.withheld:
        answer = replace(sent, status=known.facts.status)
        return _withheld(answer, replace(known.facts, seen_at=sent.seen_at), source, evidence).source
    if known.kept is None:
        keep(sent, evidence)
        return source
    if evidence is not None:
        evidence.revisit(
            sent.url,
            sent.status,
            "",
            sent.headers,
            sent.sha256,
            sent.seen_at,
            known.kept,
            sent.address,
            sent.seconds,
        )
    return replace(source, kept_in=known.kept.warc, kept_at=known.kept.seen_at)


def _withheld(sent: Sent, facts: PageFacts, source: Source, evidence: Evidence | None) -> Weighed:
    if evidence is not None:
        evidence.withheld(sent.url, sent.status, "", sent.headers, facts, sent.address, sent.seconds)
    return Weighed(facts, replace(source, withheld=True))


def _read(sent: Sent, headers: Mapping[str, str], body: bytes) -> PageFacts:
    return read_page(
        body,
        sent.url,
        seen_at=sent.seen_at,
        charset=charset_of(headers.get("content-type", "")),
        status=sent.status,
        sha256=sent.sha256,
    )


def _source(headers: Mapping[str, str], canonical: str) -> Source:
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Source(
        _content_type(headers),
        etag if len(etag) <= _MAX_VALIDATOR else "",
        modified if len(modified) <= _MAX_VALIDATOR else "",
        canonical,
    )


def _content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "")[:200]
