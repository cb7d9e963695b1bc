"""The tables, one schema for SQLite and PostgreSQL. ``migrations/`` brings a database to what is written here."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from sqlalchemy import (
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

REVISION = "0005"
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

# Content-addressed by the SHA-256 of the JSON: what did not change between two nights is stored once.
facts = Table(
    "facts",
    metadata,
    Column("sha256", CleanText, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# Blobs are JSON, deflated. Numbers and states stand beside them so that lists need not unpack anything.
# Judgements share one blob: the same list of searched pages is in most of them, and deflate folds it to one.
portal_runs = Table(
    "portal_runs",
    metadata,
    Column("run_id", CleanText, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("portal_id", CleanText, primary_key=True),
    Column("portal", LargeBinary, nullable=False),
    Column("visit", LargeBinary, nullable=False),
    Column("around", LargeBinary, nullable=False),
    Column("bodies_sha", CleanText, ForeignKey("facts.sha256"), nullable=False),
    Column("answered_sha", CleanText, ForeignKey("facts.sha256"), nullable=False),
    Column("judgements", LargeBinary, nullable=False),
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
    Index(None, "portal_id", "run_id"),
    Index(None, "bodies_sha"),
    Index(None, "answered_sha"),
)

# One row for each view of a page; a page without a view has one row with ``how`` = "none". Those of the second look
# come after the others, and their ``how`` begins with "later_".
pages = Table(
    "pages",
    metadata,
    Column("run_id", CleanText, primary_key=True),
    Column("portal_id", CleanText, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("how", CleanText, primary_key=True),
    Column("url", CleanText, nullable=False),
    Column("status", Integer),
    Column("seen_at", UtcTime),
    Column("sha256", CleanText),
    Column("facts_sha", CleanText, ForeignKey("facts.sha256")),
    ForeignKeyConstraint(
        ["run_id", "portal_id"], ["portal_runs.run_id", "portal_runs.portal_id"], ondelete="CASCADE"
    ),
    Index(None, "facts_sha"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("run_id", CleanText, primary_key=True),
    Column("portal_id", CleanText, primary_key=True),
    Column("rule", CleanText, primary_key=True),
    Column("outcome", CleanText, nullable=False),
    Column("reason", CleanText),
    Column("standing", CleanText, nullable=False),
    Column("proves", CleanText, nullable=False),
    Column("severity", CleanText, nullable=False),
    Column("stage", CleanText, nullable=False),
    Column("grp", CleanText, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "portal_id"], ["portal_runs.run_id", "portal_runs.portal_id"], ondelete="CASCADE"
    ),
    Index(None, "portal_id", "rule"),
    Index(None, "run_id", "outcome"),
)
