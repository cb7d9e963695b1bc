"""A run whose disk has no more room, on real files: one sentence, the right status, and nothing half kept."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe

from storage.archive import Archive
from tests.loopback import Answer, web

ROOM = 1_500_000
"""Bytes a file may have: enough for the empty database, too few for the evidence of the portal."""


def test_a_disk_that_fills_up_ends_the_run_with_one_sentence(tmp_path: Path) -> None:
    big = f"<!doctype html><html lang=vi><body><p>Tin</p><!-- {token_urlsafe(2_500_000)} -->"
    with web(lambda _: Answer(big)) as portal:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [
                *(sys.executable, "-m", "audit", "run", "--site", "portal.gov.vn", "--data", str(tmp_path)),
                *("--render", "never", "--delay", "0", "--allow-private", "--quiet"),
                *("--connect-to", f"::127.0.0.1:{portal.port}"),
            ],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM)),
        )
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("Kho lưu trữ không dùng được: Không ghi được tệp bằng chứng")
    assert done.stderr.count("\n") == 1
    with Archive.open(tmp_path / "audit.db") as archive:
        run = archive.run(archive.run_id("latest"))
        assert (run.status, run.portals) == ("partial", ())
    assert list(tmp_path.glob("evidence/*/*")) == []
