"""Scrapy's settings, for ``scrapy list`` and for the crawler of each visit.

Scrapy carries requests, cookies and decompression. Everything it would decide by itself is off: redirects,
retries, robots.txt and what to visit next are decisions of the visit, which has to give reasons for them.
"""

from __future__ import annotations

from typing import Any

from crawler.plan import MAX_PAGE_BYTES, Plan

BOT_NAME = "portal-auditor"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "WARNING"
LOG_ENABLED = False

ROBOTSTXT_OBEY = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
COOKIES_ENABLED = True
COMPRESSION_ENABLED = True
HTTPPROXY_ENABLED = False
DOWNLOADER_STATS = False
REFERER_ENABLED = False

CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
DOWNLOAD_MAXSIZE = MAX_PAGE_BYTES
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = False
# Old servers of communes still speak TLS 1.0; reading a page there is no vote for it, the probe says what it is.
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.0"
DOWNLOAD_VERIFY_CERTIFICATES = False

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}
EXTENSIONS: dict[str, Any] = {
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
DOWNLOAD_HANDLERS: dict[str, Any] = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "crawler.download.PoliteHandler",
    "https": "crawler.download.PoliteHandler",
}


def settings_for(plan: Plan, recorded: bool = False) -> dict[str, Any]:
    """The settings of one visit; ``recorded`` takes the answers from an archive instead of the network."""
    settings = {name: value for name, value in globals().items() if name.isupper()}
    settings["USER_AGENT"] = plan.user_agent
    settings["DOWNLOAD_TIMEOUT"] = plan.timeouts.page
    if recorded:
        way = "crawler.recorded.RecordedHandler"
        settings["DOWNLOAD_HANDLERS"] = DOWNLOAD_HANDLERS | {"http": way, "https": way}
    return settings
