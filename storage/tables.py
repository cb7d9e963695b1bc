"""The tables, one schema for SQLite and PostgreSQL. ``migrations/`` brings a database to what is written here."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

REVISION = "0006"
"""The newest migration, known without loading Alembic (a second of every start); a test compares the two."""


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored as UTC and given back as UTC. Naive datetimes are refused: nobody knows when they were."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a time zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text in NFC, without what a database cannot hold: NUL and halves of surrogate pairs."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else clean(value)


def clean(text: str) -> str:
    """The text as it is stored: NFC, NUL dropped, lone surrogates replaced by a question mark."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return unicodedata.normalize("NFC", whole)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("status", CleanText, nullable=False),
    Column("reason", CleanText),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("day", Date, nullable=False),
    Column("law_day", Date, nullable=False),
    Column("tool_version", CleanText, nullable=False),
    Column("rules_version", CleanText, nullable=False),
    Column("user_agent", CleanText, nullable=False),
    Column("vantage_address", CleanText, nullable=False),
    Column("judged_from", CleanText),
    Column("settings", CleanText, nullable=False),
    Index(None, "status", "finished_at"),
)

# What a portal's nights consist of, compressed (storage/blobs.py): whole, or by its difference to the document
# ``near`` it, which stands ``depth`` differences away from a whole one. Lists that all portals of a run have in
# common are found by the digest.
documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("near", Integer, ForeignKey("documents.id")),
    Column("depth", Integer, nullable=False),
    Column("sha256", CleanText, unique=True),
    Column("body", LargeBinary, nullable=False),
    Index(None, "near"),
)

# What was seen and what was judged are documents. Numbers and states stand beside them so that lists need not
# unpack anything. ``nth`` counts what was stored of a portal, in the order of storing: intervals of verdicts are
# counted by it. ``pruned_at`` tells when pages, evidence and searches were taken out of the documents.
portal_runs = Table(
    "portal_runs",
    metadata,
    Column("run_id", CleanText, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("portal_id", CleanText, primary_key=True),
    Column("nth", Integer, nullable=False),
    Column("visit_id", Integer, ForeignKey("documents.id"), nullable=False),
    Column("judged_id", Integer, ForeignKey("documents.id"), nullable=False),
    Column("bodies_id", Integer, ForeignKey("documents.id"), nullable=False),
    Column("answered_id", Integer, ForeignKey("documents.id"), nullable=False),
    Column("pruned_at", UtcTime),
    Column("agency_id", CleanText),
    Column("kind", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("reason", CleanText),
    Column("moved_to", CleanText),
    Column("home", CleanText),
    Column("finished_at", UtcTime),
    Column("fetched", Integer, nullable=False),
    Column("rendered", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("score_value", Float),
    Column("score_provisional", Boolean, nullable=False),
    Column("score_passed", Integer, nullable=False),
    Column("score_failed", Integer, nullable=False),
    Column("score_measured", Integer, nullable=False),
    Column("score_not_measured", Integer, nullable=False),
    Column("warc", CleanText),
    Index(None, "portal_id", "nth", unique=True),
    Index(None, "visit_id"),
    Index(None, "judged_id"),
    Index(None, "bodies_id"),
    Index(None, "answered_id"),
)

# The documents of what was read of a portal's pages, a bounded number of looks in each part.
looks = Table(
    "looks",
    metadata,
    Column("run_id", CleanText, primary_key=True),
    Column("portal_id", CleanText, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("document_id", Integer, ForeignKey("documents.id"), nullable=False),
    ForeignKeyConstraint(
        ["run_id", "portal_id"], ["portal_runs.run_id", "portal_runs.portal_id"], ondelete="CASCADE"
    ),
    Index(None, "document_id"),
)

# A row holds for what was stored of the portal from the ``first`` to the ``last`` time (``portal_runs.nth``); one
# that holds until today has STILL as its last. A night without a change writes nothing here.
verdict_intervals = Table(
    "verdict_intervals",
    metadata,
    Column("portal_id", CleanText, primary_key=True),
    Column("rule", CleanText, primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("reason", CleanText),
    Column("standing", CleanText, nullable=False),
    Column("proves", CleanText, nullable=False),
    Column("severity", CleanText, nullable=False),
    Column("stage", CleanText, nullable=False),
    Column("grp", CleanText, nullable=False),
    Index(None, "portal_id", "last"),
)

STILL = 2**31 - 1
"""The last time of an interval that goes on."""

# Where the bytes of a portal's pages are from, as its last visit left it for the next (storage/known.py): one row a
# portal, replaced by each night.
known_portals = Table(
    "known_portals",
    metadata,
    Column("portal_id", CleanText, primary_key=True),
    Column("run_id", CleanText, nullable=False),
    Column("made_by", CleanText, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# What people say of findings: records beside the verdicts, taken back by the last three columns and never removed.
waivers = Table(
    "waivers",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("portal_id", CleanText, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("document_no", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("run_id", CleanText, nullable=False),
    Column("stands_on", CleanText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", CleanText),
    Column("withdrawn_why", CleanText),
    Index(None, "portal_id", "rule"),
)

manual_verdicts = Table(
    "manual_verdicts",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("portal_id", CleanText, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("seen", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("document_no", CleanText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", CleanText),
    Column("withdrawn_why", CleanText),
    Index(None, "portal_id", "rule"),
)

# Answers of agencies as they came; ``id`` is a digest of what was answered, so that a file read twice is kept once.
replies = Table(
    "replies",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("portal_id", CleanText, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("run_id", CleanText, nullable=False),
    Column("reply", CleanText, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("document_no", CleanText, nullable=False),
    Column("reply_by", Date),
    Column("taken_by", CleanText, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("file", CleanText, nullable=False),
    Column("line", Integer, nullable=False),
    Index(None, "portal_id", "rule"),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("status", CleanText, nullable=False),
    Column("law_day", Date, nullable=False),
    Column("rules_version", CleanText, nullable=False),
    Column("registry_sha", CleanText, nullable=False),
    Column("explain_until", Date, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_by", CleanText, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_by", CleanText),
    Column("digest", CleanText),
    Column("approved_at", UtcTime),
    Column("approved_by", CleanText),
    Column("document_no", CleanText),
)

# The files of the registry as they were when the round was opened, deflated.
round_registry = Table(
    "round_registry",
    metadata,
    Column("round_id", CleanText, ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

round_nights = Table(
    "round_nights",
    metadata,
    Column("round_id", CleanText, ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("run_id", CleanText, primary_key=True),
)

# What a round says of a portal, whole: it outlives the nights it was worked out from.
round_portals = Table(
    "round_portals",
    metadata,
    Column("round_id", CleanText, ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("portal_id", CleanText, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# The registry a night was begun with, each once, deflated.
registries = Table(
    "registries",
    metadata,
    Column("sha256", CleanText, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

nights = Table(
    "nights",
    metadata,
    Column("run_id", CleanText, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("registry_sha", CleanText, ForeignKey("registries.sha256"), nullable=False),
    Column("asked", Integer, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("host", CleanText, nullable=False),
    Column("resumed_at", UtcTime, nullable=False),
    Column("beat_at", UtcTime, nullable=False),
    Column("bytes", BigInteger),
    Column("detail", CleanText),
)

# The outbox: one row for each body that is told of a run or a round, once (storage/outbox.py). ``edition`` tells a
# round's interim results from its final ones; ``owner_id`` is the body whose package it is, ``agency_id`` the one
# it goes to (a component gets a copy of its part); ``told`` is what the letter says, finding by finding.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("source", CleanText, nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("edition", CleanText, nullable=False),
    Column("as_of", UtcTime, nullable=False),
    Column("owner_id", CleanText, nullable=False),
    Column("agency_id", CleanText, nullable=False),
    Column("agency", CleanText, nullable=False),
    Column("address", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("status", CleanText, nullable=False),
    Column("told", LargeBinary, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("document_no", CleanText),
    Column("settled_by", CleanText),
    Index(None, "owner_id", "agency_id"),
    Index(None, "source_id"),
)

# Every try to hand a letter over, and what the mail server said; nothing of it is ever changed.
delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery_id", CleanText, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("address", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
)

# The whole message as it was handed over, deflated.
delivery_messages = Table(
    "delivery_messages",
    metadata,
    Column("delivery_id", CleanText, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", CleanText, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Figures that ministries published of bodies, as they were printed: a record is never changed, only withdrawn.
# ``holds`` is the digest of what a figure is of (body, metric, period, unit) while it holds: one at a time.
official_figures = Table(
    "official_figures",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("holds", CleanText, unique=True),
    Column("agency_id", CleanText),
    Column("body", CleanText, nullable=False),
    Column("metric", CleanText, nullable=False),
    Column("period", CleanText, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("value", CleanText, nullable=False),
    Column("rank", CleanText, nullable=False),
    Column("unit", CleanText, nullable=False),
    Column("coverage", CleanText, nullable=False),
    Column("absent", CleanText, nullable=False),
    Column("source", CleanText, nullable=False),
    Column("confidence", CleanText, nullable=False),
    Column("notes", CleanText, nullable=False),
    Column("taken_by", CleanText, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("file", CleanText, nullable=False),
    Column("line", Integer, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_by", CleanText),
    Column("withdrawn_why", CleanText),
    Index(None, "agency_id", "metric"),
)
