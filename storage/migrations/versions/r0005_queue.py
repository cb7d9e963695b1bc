"""The tables of the shared queue (PostgreSQL only)."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass
