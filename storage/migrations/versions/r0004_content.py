"""What is known of a page's content from one night to the next; the manifest of the evidence."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass
