"""Fixtures of several files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.archive import Archive
from tests.databases import Server, postgresql

_ABOVE = {"audit", "bench", "crawler", "sandbox", "storage"}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; the test is skipped where there is none."""
    with postgresql() as found:
        yield found


@pytest.fixture
def postgres_url(server: Server) -> Iterator[str]:
    """An address of a PostgreSQL database with the program's tables, for one test."""
    url = server.make()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "audit.db"
    Archive.open(path).close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, made_once: Path) -> str:
    """An address of a SQLite file with the program's tables, for one test."""
    path = tmp_path / "data" / "audit.db"
    path.parent.mkdir()
    shutil.copyfile(made_once, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An address of a database of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def archive(database_url: str) -> Iterator[Archive]:
    """An empty archive in a database of each kind."""
    with Archive.open(database_url) as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Branches of the rules are counted where the rules themselves are asked: counting makes tests three times as
    long, and whoever audits a whole portal passes them anyway."""
    for item in items:
        names = vars(getattr(item, "module", None) or object).values()
        above = {getattr(value, "__module__", "").partition(".")[0] for value in names} & _ABOVE
        if above:
            item.add_marker("no_cover")
