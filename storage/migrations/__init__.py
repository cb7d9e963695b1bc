"""Alembic's migrations, packaged so that an installed program can upgrade its database."""
