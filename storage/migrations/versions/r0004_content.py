"""What is known of a page's content from one night to the next; the manifest of the evidence; nights told by their
difference to earlier ones, and verdicts as intervals."""

import zlib
from itertools import groupby

import msgspec
import sqlalchemy as sa
from alembic import op

from storage.documents import Documents
from storage.tables import UtcTime
from storage.verdicts import tell_verdicts

revision = "0004"
down_revision = "0003"

_DOCUMENTS = ("visit_id", "judged_id", "bodies_id", "answered_id")


def upgrade() -> None:
    _make_known()
    _make_documents()
    _fill_documents(op.get_bind())
    _drop_rows_of_every_night()


def _make_known() -> None:
    op.create_table(
        "known_portals",
        sa.Column("portal_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", name=op.f("pk_known_portals")),
    )


def _make_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("near", sa.Integer(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["near"], ["documents.id"], name=op.f("fk_documents_near")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("sha256", name=op.f("uq_documents_sha256")),
    )
    op.create_index(op.f("ix_documents_near"), "documents", ["near"], unique=False)
    op.create_table(
        "looks",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("portal_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_looks_document_id")),
        sa.PrimaryKeyConstraint("run_id", "portal_id", "part", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_document_id"), "looks", ["document_id"], unique=False)
    op.create_table(
        "verdict_intervals",
        sa.Column("portal_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("proves", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("grp", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "rule", "first", name=op.f("pk_verdict_intervals")),
    )
    op.create_index(
        op.f("ix_verdict_intervals_portal_id_last"), "verdict_intervals", ["portal_id", "last"], unique=False
    )
    with op.batch_alter_table("portal_runs") as batch:
        batch.add_column(sa.Column("pruned_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("nth", *_DOCUMENTS):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))


def _fill_documents(connection: sa.Connection) -> None:
    """Every stored visit as the documents of storage/rows.py: the same JSON in other boxes."""
    runs = sa.table("runs", sa.column("id"), sa.column("started_at", UtcTime))
    facts = sa.table("facts", sa.column("sha256"), sa.column("body"))
    old = ("run_id", "portal_id", "portal", "visit", "around", "judgements", "bodies_sha", "answered_sha")
    visits = sa.table("portal_runs", *map(sa.column, (*old, "nth", *_DOCUMENTS)))
    pages = sa.table("pages", *map(sa.column, ("run_id", "portal_id", "position", "how", "url", "status")))
    pages.append_column(sa.column("seen_at", UtcTime))
    pages.append_column(sa.column("sha256"))
    pages.append_column(sa.column("facts_sha"))
    says = ("rule", "outcome", "reason", "standing", "proves", "severity", "stage", "grp")
    verdicts = sa.table("verdicts", *map(sa.column, ("run_id", "portal_id", *says)))
    looks = sa.table("looks", *map(sa.column, ("run_id", "portal_id", "part", "document_id")))

    def fact(sha256: str) -> bytes:
        asked = sa.select(facts.c.body).where(facts.c.sha256 == sha256)
        return zlib.decompress(connection.execute(asked).scalar_one())

    order = sa.select(visits.c.portal_id, visits.c.run_id).join(runs, runs.c.id == visits.c.run_id)
    listed = connection.execute(order.order_by(visits.c.portal_id, runs.c.started_at, runs.c.id)).all()
    for portal_id, several in groupby(listed, key=lambda row: row.portal_id):
        documents = Documents(connection)
        near: dict[str, int] = {}
        for nth, (_, run_id) in enumerate(several, 1):
            here = (visits.c.run_id == run_id) & (visits.c.portal_id == portal_id)
            row = connection.execute(sa.select(visits).where(here)).one()
            mine = (pages.c.run_id == run_id) & (pages.c.portal_id == portal_id)
            seen = connection.execute(sa.select(pages).where(mine).order_by(pages.c.position, pages.c.how)).all()
            outlines = [(p.position, p.how, p.url, p.status, p.seen_at, p.sha256) for p in seen]
            lines = (zlib.decompress(row.portal), zlib.decompress(row.visit), msgspec.json.encode(outlines))
            visit = documents.tell(b"\n".join(lines), near.get("visit"))
            both = (zlib.decompress(row.around), zlib.decompress(row.judgements))
            judged = documents.tell(b"\n".join(both), near.get("judged"))
            near |= {"visit": visit, "judged": judged}
            common = {"bodies_id": row.bodies_sha, "answered_id": row.answered_sha}
            values = {name: documents.keep(fact(sha256)) for name, sha256 in common.items()}
            values |= {"nth": nth, "visit_id": visit, "judged_id": judged}
            connection.execute(sa.update(visits).where(here).values(values))
            views = [fact(view.facts_sha) for view in seen if view.facts_sha is not None]
            for part, start in enumerate(range(0, len(views), 200)):
                look = documents.tell(b"\n".join(views[start : start + 200]), near.get(f"looks {part}"))
                near[f"looks {part}"] = look
                whose = {"run_id": run_id, "portal_id": portal_id, "part": part}
                connection.execute(sa.insert(looks).values(**whose, document_id=look))
            said = (verdicts.c.run_id == run_id) & (verdicts.c.portal_id == portal_id)
            found = connection.execute(sa.select(*(verdicts.c[name] for name in says)).where(said))
            tell_verdicts(connection, portal_id, nth, [dict(each._mapping) for each in found])


def _drop_rows_of_every_night() -> None:
    op.drop_table("pages")
    op.drop_table("verdicts")
    for name in ("portal_id_run_id", "bodies_sha", "answered_sha"):
        op.drop_index(op.f(f"ix_portal_runs_{name}"), "portal_runs")
    with op.batch_alter_table("portal_runs") as batch:
        for name in ("bodies_sha", "answered_sha"):
            batch.drop_constraint(op.f(f"fk_portal_runs_{name}"), type_="foreignkey")
        for name in ("portal", "visit", "around", "judgements", "bodies_sha", "answered_sha"):
            batch.drop_column(name)
        batch.alter_column("nth", existing_type=sa.Integer(), nullable=False)
        for name in _DOCUMENTS:
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)
            batch.create_foreign_key(op.f(f"fk_portal_runs_{name}"), "documents", [name], ["id"])
    op.create_index(op.f("ix_portal_runs_portal_id_nth"), "portal_runs", ["portal_id", "nth"], unique=True)
    for name in _DOCUMENTS:
        op.create_index(op.f(f"ix_portal_runs_{name}"), "portal_runs", [name], unique=False)
    with op.batch_alter_table("looks") as batch:  # only now: portal_runs was built anew
        batch.create_foreign_key(
            op.f("fk_looks_run_id"),
            "portal_runs",
            ["run_id", "portal_id"],
            ["run_id", "portal_id"],
            ondelete="CASCADE",
        )
    op.drop_table("facts")
