"""The tables of the shared queue (PostgreSQL only)."""

from alembic import op

from storage.queue import make_tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        make_tables(op.get_bind())
