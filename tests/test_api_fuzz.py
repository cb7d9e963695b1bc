"""The API asked what its document allows and what it forbids, by schemathesis: no answer is a server's fault, and
every answer is one that the document tells of. ``st run ADDRESS/api/v1/openapi.json`` asks more, and longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from audit.web.api.app import make_api
from audit.web.api.openapi import document
from audit.web.api.operations import OPERATIONS
from audit.web.views import Views
from storage.archive import Archive
from tests.served import Served, served
from tests.shown_compared import take_figures
from tests.shown_runs import fill, made_registry
from tests.test_api import IDS

schemathesis = pytest.importorskip("schemathesis")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, made_once: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fuzz")
    registry, path = made_registry(folder), folder / "audit.db"
    path.write_bytes(made_once.read_bytes())
    with Archive.open(path) as archive:
        fill(archive, registry)
        take_figures(archive)
        with served(make_api(Views(archive, registry))) as server:
            yield server


@pytest.mark.parametrize("path", [each.path for each in OPERATIONS])
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_no_question_breaks_the_server_or_is_answered_in_a_way_that_was_not_told(
    api: Served, path: str, mode: str
) -> None:
    operation = schemathesis.openapi.from_dict(document())[path]["GET"]
    asked = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(asked, some.booleans())
    def ask(case: schemathesis.Case, there: bool) -> None:
        if there and mode == "positive":
            case.path_parameters = {name: IDS[name] for name in case.path_parameters}
        case.call_and_validate(base_url=api.url)

    ask()
