"""The last step to a server: connects to the very address the guard checked, perhaps through the operator's proxy.

The only place that leans on private parts of Scrapy and Twisted (Scrapy 2.19, Twisted 26.10): tests hold it down.
"""

from __future__ import annotations

from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions, _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    _BindAddressAgent,
    _ScrapyAgent,
    _TunnelingTCP4ClientEndpoint,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.endpoints import TCP4ClientEndpoint, wrapClientTLS
from twisted.web.client import URI
from twisted.web.http_headers import Headers

from crawler.guard import Guard, Where
from crawler.plan import Timeouts


class _LenientOptions(_ScrapyCertificateOptions):
    def _makeContext(self, skipCiphers: bool = False) -> Any:  # noqa: N802, N803
        context = super()._makeContext(skipCiphers)
        # TLS 1.0 and short keys are below the security level that OpenSSL 3 asks for by default.
        context.set_cipher_list(b"ALL:!aNULL:!eNULL:@SECLEVEL=0")
        return context


class _LenientTLS(_ScrapyClientContextFactory):
    """Reads from servers that speak only old TLS, whatever their certificate; the probe tells what they speak."""

    def _get_cert_options(self) -> Any:
        return _LenientOptions(**self._get_cert_options_kwargs())


def lenient_tls(crawler: Crawler) -> Any:
    return _LenientTLS.from_crawler(crawler)


class _ServerName:
    """A TLS policy that names the portal, not the place ``--connect-to`` leads to."""

    def __init__(self, policy: Any, host: bytes) -> None:
        self._policy, self._host = policy, host

    def creatorForNetloc(self, _host: Any, port: int) -> Any:  # noqa: N802
        return self._policy.creatorForNetloc(self._host, port)


class _Way(_BindAddressAgent):
    """An agent that goes where the guard said. Connections are kept per portal address, as before."""

    def __init__(self, guard: Guard, where: Where, timeouts: Timeouts, policy: Any, pool: Any) -> None:
        from twisted.internet import reactor

        super().__init__(cast(Any, reactor), policy, timeouts.connect, None, pool)
        self._guard, self._where, self._timeouts, self._policy = guard, where, timeouts, policy

    def _getEndpoint(self, uri: URI) -> Any:  # noqa: N802
        where, proxy, seconds = self._where, self._guard.proxy, self._timeouts.connect
        if proxy is not None and uri.scheme == b"https":
            host, port = self._guard.mapped(uri.host.decode("ascii"), uri.port)
            return _TunnelingTCP4ClientEndpoint(
                self._reactor,
                host,
                port,
                (where.address, where.port, proxy.authorization.encode() or None),
                cast(Any, _ServerName(self._policy, uri.host)),
                seconds,
            )
        plain: Any = TCP4ClientEndpoint(self._reactor, where.address, where.port, timeout=seconds)
        if uri.scheme == b"https":
            return wrapClientTLS(self._policy.creatorForNetloc(uri.host, uri.port), plain)
        return plain

    def request(self, method: bytes, uri: bytes, headers: Any = None, bodyProducer: Any = None) -> Any:  # noqa: N803
        proxy, target = self._guard.proxy, cast(Any, URI).fromBytes(uri)
        if proxy is None or target.scheme != b"http":
            return super().request(method, uri, headers, bodyProducer)
        host, port = self._guard.mapped(target.host.decode("ascii"), target.port)
        name = f"[{host}]" if ":" in host else host
        asked = b"http://%s:%d%s" % (name.encode(), port, target.originForm)
        headers = Headers(dict(headers.getAllRawHeaders()))
        if proxy.authorization:
            headers.setRawHeaders(b"Proxy-Authorization", [proxy.authorization.encode()])
        key = (b"http-proxy", proxy.host, proxy.port)
        return self._requestWithEndpoint(
            key, self._getEndpoint(target), method, target, headers, bodyProducer, asked
        )


class Transfer(_ScrapyAgent):
    """Scrapy's transfer of one request with its limits of time and size, by the way the guard gave."""

    def __init__(self, guard: Guard, where: Where, timeouts: Timeouts, **settings: Any) -> None:
        super().__init__(connectTimeout=timeouts.page, **settings)
        self._guard, self._where, self._timeouts = guard, where, timeouts

    def _get_agent(self, request: Request, timeout: float) -> Any:  # noqa: ARG002
        return _Way(self._guard, self._where, self._timeouts, self._contextFactory, self._pool)

    async def answer(self, request: Request) -> Response:
        """The answer as sent. Raises Scrapy's download errors, and Twisted's where Scrapy has none."""
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(self.download_request(request))
