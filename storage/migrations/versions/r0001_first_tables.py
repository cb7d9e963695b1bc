"""Runs, portals, pages, facts and verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_facts")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("law_day", sa.Date(), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("vantage_address", sa.Text(), nullable=False),
        sa.Column("judged_from", sa.Text(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_status_finished_at"), "runs", ["status", "finished_at"], unique=False)
    op.create_table(
        "portal_runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("portal_id", sa.Text(), nullable=False),
        sa.Column("portal", sa.LargeBinary(), nullable=False),
        sa.Column("visit", sa.LargeBinary(), nullable=False),
        sa.Column("around", sa.LargeBinary(), nullable=False),
        sa.Column("bodies_sha", sa.Text(), nullable=False),
        sa.Column("answered_sha", sa.Text(), nullable=False),
        sa.Column("judgements", sa.LargeBinary(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("home", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("rendered", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("score_value", sa.Float(), nullable=True),
        sa.Column("score_provisional", sa.Boolean(), nullable=False),
        sa.Column("score_passed", sa.Integer(), nullable=False),
        sa.Column("score_failed", sa.Integer(), nullable=False),
        sa.Column("score_measured", sa.Integer(), nullable=False),
        sa.Column("score_not_measured", sa.Integer(), nullable=False),
        sa.Column("warc", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["answered_sha"], ["facts.sha256"], name=op.f("fk_portal_runs_answered_sha")),
        sa.ForeignKeyConstraint(["bodies_sha"], ["facts.sha256"], name=op.f("fk_portal_runs_bodies_sha")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_portal_runs_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "portal_id", name=op.f("pk_portal_runs")),
    )
    op.create_index(op.f("ix_portal_runs_answered_sha"), "portal_runs", ["answered_sha"], unique=False)
    op.create_index(op.f("ix_portal_runs_bodies_sha"), "portal_runs", ["bodies_sha"], unique=False)
    op.create_index(op.f("ix_portal_runs_portal_id_run_id"), "portal_runs", ["portal_id", "run_id"], unique=False)
    op.create_table(
        "pages",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("portal_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("facts_sha", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["facts_sha"], ["facts.sha256"], name=op.f("fk_pages_facts_sha")),
        sa.ForeignKeyConstraint(
            ["run_id", "portal_id"],
            ["portal_runs.run_id", "portal_runs.portal_id"],
            name=op.f("fk_pages_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "portal_id", "position", "how", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_facts_sha"), "pages", ["facts_sha"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("portal_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("proves", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("grp", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "portal_id"],
            ["portal_runs.run_id", "portal_runs.portal_id"],
            name=op.f("fk_verdicts_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "portal_id", "rule", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_portal_id_rule"), "verdicts", ["portal_id", "rule"], unique=False)
    op.create_index(op.f("ix_verdicts_run_id_outcome"), "verdicts", ["run_id", "outcome"], unique=False)
