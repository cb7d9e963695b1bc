"""The last step to a server: connects to the very address the guard checked, perhaps through the operator's proxy.

The only place that leans on private parts of Scrapy and Twisted (Scrapy 2.19, Twisted 26.10): tests hold it down.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions, _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    _BindAddressAgent,
    _ScrapyAgent,
    _TunnelingTCP4ClientEndpoint,
)
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares import cookies
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils import _compression
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet import error as failed
from twisted.internet.endpoints import TCP4ClientEndpoint, wrapClientTLS
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import connectionDone
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import URI, _HTTP11ClientFactory
from twisted.web.http_headers import Headers
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.guard import Guard, Refusal, Where
from crawler.plan import Timeouts
from crawler.politeness import Left

MAX_HEAD = 256 * 1024
"""Bytes before the body of an answer: a server may send headers for ever, and all of them are kept in memory."""

_ROUNDS_TO_LEAVE = 2
"""Rounds of the loop from writing a request until its bytes are with the system: Twisted's TLS gathers small writes
for one round, and the connection is written to in the next."""

BROKEN_ENCODINGS: tuple[type[Exception], ...] = (
    cast(Any, _compression).brotli.error,
    cast(Any, _compression).zstd.ZstdError,
)
"""What Scrapy's decompression raises beside zlib's own errors."""

# Scrapy's own would ask the internet for the list of public suffixes at the first cookie, past the gate, and hold
# everything up meanwhile. This one reads the list that came with the package.
cast(Any, cookies)._split_domain = cast(Any, cookies).TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


class HeadTooLong(Exception):
    """The head of an answer goes on and on."""


class LateHandshake(Exception):
    """A server took the connection and did not finish the handshake of TLS."""


class ProxyFault(Exception):
    """The operator's own proxy cannot be used: that says nothing about any portal."""


@implementer(IHandshakeListener)
class _Talk(HTTP11ClientProtocol):
    """A connection that counts what comes before the body, and waits only so long for the handshake of TLS."""

    def __init__(self, quiescent: Any, tls_seconds: float) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
        self._head = 0
        self._tls_seconds = tls_seconds
        self._alarm: Any = None
        self.left: Left | None = None

    def connectionMade(self) -> None:  # noqa: N802
        super().connectionMade()
        if isinstance(cast(Any, self).transport, TLSMemoryBIOProtocol):
            from twisted.internet import reactor

            self._alarm = cast(Any, reactor).callLater(self._tls_seconds, self._give_up, LateHandshake())

    def handshakeCompleted(self) -> None:  # noqa: N802
        self._quiet()
        self._leaves()

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        self._quiet()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _quiet(self) -> None:
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()

    def _give_up(self, why: Exception) -> None:
        cast(Any, self)._giveUp(cast(Any, Failure)(why))
        cast(Any, self).transport.abortConnection()  # a server that goes on sending is not waited for

    def request(self, request: Any) -> Any:
        self._head = 0
        answer = super().request(request)
        if self._alarm is None or not self._alarm.active():  # else it waits for the handshake
            self._leaves()
        return answer

    def _leaves(self) -> None:
        """A busy loop hands what is written to the system when it comes round: only then it is told."""
        if self.left is not None:
            _in_rounds(_ROUNDS_TO_LEAVE, self.left)
            self.left = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        parser = cast(Any, self)._parser
        if parser is not None and parser.state in ("STATUS", "HEADER"):
            self._head += len(data)
            if self._head > MAX_HEAD:
                self._give_up(HeadTooLong())


def _in_rounds(rounds: int, call: Left) -> None:
    """Calls when the loop has come round so many times."""
    from twisted.internet import reactor

    again = call if rounds == 1 else partial(_in_rounds, rounds - 1, call)
    cast(Any, reactor).callLater(0, again)


class _Telling:
    """A pool whose next connection tells when the request on it leaves. One that is tried anew, on another
    connection, tells nothing; then the end of the turn does."""

    def __init__(self, pool: Any, left: Left) -> None:
        self._pool, self._left = pool, left
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802
        return self._pool.getConnection(key, endpoint).addCallback(self._told)

    def _told(self, connection: Any) -> Any:
        getattr(connection, "_clientProtocol", connection).left = self._left  # one that was kept comes wrapped
        return connection


class _Talks(_HTTP11ClientFactory):
    def __init__(self, quiescent: Any, told: Any, tls_seconds: float) -> None:
        super().__init__(quiescent, told)  # type: ignore[no-untyped-call]
        self._tls_seconds = tls_seconds

    def buildProtocol(self, _address: Any) -> _Talk:  # noqa: N802
        return _Talk(cast(Any, self)._quiescentCallback, self._tls_seconds)


def bound_talks(pool: Any, tls_seconds: float) -> None:
    """Makes a pool of connections give up on answers whose head is longer than MAX_HEAD, and on servers that do not
    finish the handshake of TLS in so many seconds."""
    pool._factory = partial(_Talks, tls_seconds=tls_seconds)


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


class _ToProxy(TCP4ClientEndpoint):
    """The way to the operator's proxy, for plain requests."""

    def connect(self, factory: Any) -> Any:
        return super().connect(factory).addErrback(_proxy_fault)


class _Tunnel(_TunnelingTCP4ClientEndpoint):
    """A tunnel through the operator's proxy. ``open`` says that the proxy let us through.

    A status says why it did not: 504 and the like that the server did not answer it, 403 and the like that it does
    not go there; only no answer, or 407, is the proxy's own fault.
    """

    open = False

    def connect(self, factory: Any) -> Any:
        return cast(Any, super().connect(factory)).addErrback(self._blame)

    def requestTunnel(self, protocol: Any) -> Any:  # noqa: N802
        protocol.connectionLost = self._hung_up  # Scrapy would wait for an answer that cannot come any more
        return super().requestTunnel(protocol)

    def processProxyResponse(self, data: bytes) -> None:  # noqa: N802
        super().processProxyResponse(data)
        self.open = self._tunnelReadyDeferred.called
        if self.open:
            del cast(Any, self._protocol).connectionLost

    def _hung_up(self, reason: Failure) -> None:
        if not self._tunnelReadyDeferred.called:
            self._tunnelReadyDeferred.errback(reason)

    def _blame(self, reason: Failure) -> None:
        answer = self._responseMatcher.match(self._connectBuffer)
        status = int(answer["status"]) if answer is not None else 407
        if status == 407:
            _proxy_fault(reason)
        if status < 500:
            raise Refusal("refused_address", f"the operator's proxy does not go there ({status})")
        raise failed.TimeoutError if status == 504 else failed.ConnectionRefusedError


def _proxy_fault(reason: Failure) -> None:
    cast(Any, reason).trap(Exception)
    raise ProxyFault(f"the operator's proxy cannot be used: {reason.getErrorMessage()}")


class _Way(_BindAddressAgent):
    """An agent that goes where the guard said. Connections are kept per portal address, as before."""

    def __init__(self, guard: Guard, where: Where, timeouts: Timeouts, policy: Any, pool: Any) -> None:
        from twisted.internet import reactor

        super().__init__(cast(Any, reactor), policy, timeouts.connect, None, pool)
        self._guard, self._where, self._timeouts, self._policy = guard, where, timeouts, policy
        self.tunnel: _Tunnel | None = None

    def _getEndpoint(self, uri: URI) -> Any:  # noqa: N802
        where, proxy, seconds = self._where, self._guard.proxy, self._timeouts.connect
        if proxy is not None and uri.scheme == b"https":
            host, port = self._guard.mapped(uri.host.decode("ascii"), uri.port)
            self.tunnel = _Tunnel(
                self._reactor,
                host,
                port,
                (where.address, where.port, proxy.authorization.encode() or None),
                cast(Any, _ServerName(self._policy, uri.host)),
                seconds,
            )
            return self.tunnel
        kind = TCP4ClientEndpoint if proxy is None else _ToProxy
        plain: Any = kind(self._reactor, where.address, where.port, timeout=seconds)
        if uri.scheme == b"https":
            return wrapClientTLS(self._policy.creatorForNetloc(uri.host, uri.port), plain)
        return plain

    def request(self, method: bytes, uri: bytes, headers: Any = None, bodyProducer: Any = None) -> Any:  # noqa: N803
        proxy, target = self._guard.proxy, cast(Any, URI).fromBytes(uri)
        if proxy is None or target.scheme != b"http":
            return self._in_time(super().request(method, uri, headers, bodyProducer))
        host, port = self._guard.mapped(target.host.decode("ascii"), target.port)
        name = f"[{host}]" if ":" in host else host
        asked = b"http://%s:%d%s" % (name.encode(), port, target.originForm)
        headers = Headers(dict(headers.getAllRawHeaders()))
        if proxy.authorization:
            headers.setRawHeaders(b"Proxy-Authorization", [proxy.authorization.encode()])
        key = (b"http-proxy", proxy.host, proxy.port)
        answer = self._requestWithEndpoint(
            key, self._getEndpoint(target), method, target, headers, bodyProducer, asked
        )
        return self._in_time(answer)

    def _in_time(self, answer: Any) -> Any:
        """The answer, given up where its head does not come in time."""

        def late(_: object, seconds: float) -> None:
            raise DownloadTimeoutError(f"no head within {seconds} seconds")

        return answer.addTimeout(self._timeouts.first_byte, self._reactor, late)


class Transfer(_ScrapyAgent):
    """Scrapy's transfer of one request with its limits of time and size, by the way the guard gave."""

    def __init__(self, guard: Guard, where: Where, timeouts: Timeouts, left: Left, **settings: Any) -> None:
        super().__init__(connectTimeout=timeouts.page, **settings)
        self._guard, self._where, self._timeouts, self._left = guard, where, timeouts, left
        self._way: _Way | None = None

    def _get_agent(self, request: Request, timeout: float) -> Any:  # noqa: ARG002
        pool = _Telling(self._pool, self._left)
        self._way = _Way(self._guard, self._where, self._timeouts, self._contextFactory, pool)
        return self._way

    async def answer(self, request: Request) -> Response:
        """The answer as sent. Raises Scrapy's download errors, Twisted's where Scrapy has none, and ProxyFault."""
        with wrap_twisted_exceptions():
            try:
                response = await maybe_deferred_to_future(self.download_request(request))
            except DownloadTimeoutError as error:
                tunnel = self._way.tunnel if self._way is not None else None
                if tunnel is not None and not tunnel.open:
                    raise failed.TimeoutError from error  # the proxy did not reach the server
                raise
        if response.status == 407 and self._guard.proxy is not None:
            raise ProxyFault("the operator's proxy wants another name or password")
        return response
