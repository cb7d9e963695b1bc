"""scrapy-playwright on the pages of bench/looks.py; run by the Python that has it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

from bench.looks_shared import AT_ONCE, ENDINGS, SHORTEST, SILENCE_ARGUMENTS, WARM, address, cpu_seconds


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pages", type=int)
    options.add_argument("--port", type=int)
    options.add_argument("--plain", action="store_true")
    chosen = options.parse_args()
    began: list[tuple[float, float]] = []
    drawn: list[int] = []

    class Shown(scrapy.Spider):
        name = "shown"

        async def start(self) -> Any:
            for number in range(WARM + chosen.pages):
                meta = {"playwright": True, "playwright_page_goto_kwargs": {"wait_until": "networkidle"}}
                yield scrapy.Request(address(number, plain=chosen.plain), meta=meta, dont_filter=True)

        def parse(self, response: Any) -> None:
            drawn.append(len(response.text))
            if len(drawn) == WARM or len(drawn) == WARM + chosen.pages:
                began.append((cpu_seconds(), time.monotonic()))

    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "CONCURRENT_REQUESTS": AT_ONCE,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
            "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": AT_ONCE,
            "PLAYWRIGHT_CONTEXTS": {"default": {"ignore_https_errors": True}},
            "PLAYWRIGHT_ABORT_REQUEST": lambda request: request.url.rpartition(".")[2] in ENDINGS,
            "PLAYWRIGHT_LAUNCH_OPTIONS": {
                "executable_path": os.environ.get("AUDIT_BROWSER") or shutil.which("chromium"),
                "args": [*SILENCE_ARGUMENTS, f"--host-resolver-rules=MAP * 127.0.0.1:{chosen.port}"],
                "chromium_sandbox": os.geteuid() != 0,
            },
        }
    )
    process.crawl(Shown)
    process.start()
    assert len(began) == 2, f"{len(drawn)} pages of {WARM + chosen.pages}"
    assert min(drawn) > SHORTEST, "a page was not drawn"
    (cpu, start), (cpu_end, end) = began
    told = {"a_second": chosen.pages / (end - start), "cpu_ms": (cpu_end - cpu) * 1000 / chosen.pages}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
