"""The gate as it stands on the internet, without ``--allow-private``: in a network namespace where every address
leads to one server, so that whoever slips through is seen."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.browser import find_browser
from tests.outside import PUBLIC, SPECIAL

_APART = ("unshare", "--net", "--map-root-user")


@cache
def _why_not() -> str:
    """Why no network namespace can be had here; empty where one can."""
    try:
        tried = subprocess.run(  # noqa: S603
            [*_APART, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return tried.stderr.strip() or "unshare failed" if tried.returncode else ""


@pytest.fixture(scope="module")
def met() -> dict[str, Any]:
    if why := _why_not():
        pytest.skip(f"no network namespace on this machine: {why}")
    done = subprocess.run(  # noqa: S603 - our own words
        [*_APART, sys.executable, "-m", "tests.outside"],
        capture_output=True, text=True, timeout=240, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_host_of_the_internet_is_reached(met: dict[str, Any]) -> None:
    assert met["states"]["cong.vn"][0] == "audited"
    assert met["states"]["hai.vn"][0] == "audited"  # its address of version 6 lies inside: the other one is taken
    assert met["states"]["lan.vn"][0] == "audited"  # of three addresses one is public
    assert [PUBLIC + "1", "cong.vn", "/b"] in met["met"]


def test_nobody_ever_connects_to_an_address_inside(met: dict[str, Any]) -> None:
    inside = [each for each in met["met"] if not each[0].startswith(PUBLIC)]
    assert inside == []


def test_every_redirect_into_a_network_is_met_and_goes_nowhere(met: dict[str, Any]) -> None:
    asked = {host for _, host, path in met["met"] if path == "/"}
    assert {f"r{number}.vn" for number in range(len(SPECIAL))} <= asked
    seen = {host: state for host, state in met["states"].items() if host.startswith("r")}
    assert {state for state, _ in seen.values()} <= {"unreachable", "moved"}, seen


def test_a_name_that_changes_its_mind_is_left_when_it_does(met: dict[str, Any]) -> None:
    assert ["doi.vn", "/"] in [each[1:] for each in met["met"]]  # while it told the truth
    assert set(met["lost"]["doi.vn"].values()) == {"refused_address"}
    assert met["states"]["lat.vn"] == ["unreachable", "refused_address"]


@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")
def test_the_browser_goes_nowhere_else_either(met: dict[str, Any]) -> None:
    looks = met["looks"]
    assert looks.pop("cong.vn") is None
    assert None not in looks.values(), looks
    assert met["drawn"] >= 1
    assert ["trang.vn", "/"] in [each[1:] for each in met["met"]]


def test_nothing_but_get_and_head_is_said(met: dict[str, Any]) -> None:
    assert set(met["methods"]) <= {"GET", "HEAD"}
