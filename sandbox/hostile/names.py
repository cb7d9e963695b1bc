"""A name server that answers from a zone, and may change its mind from one question to the next."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str] | Iterator[Sequence[str]]]
"""Name (with its final dot) and kind of record to what is answered: always the same, or the next each time."""


class NameServer(asyncio.DatagramProtocol):
    """Answers from a zone; names that begin with ``long`` only over TCP."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def answer(self, query: bytes, over: str) -> bytes:
        message = dns.message.from_wire(query)
        question = message.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{over} {name} {kind}")
        reply = dns.message.make_response(message)
        if over == "udp" and name.startswith("long"):
            reply.flags |= dns.flags.TC
        elif found := self._records(name, kind):
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        return reply.to_wire()

    def _records(self, name: str, kind: str) -> Sequence[str]:
        found = self.zone.get((name, kind), ())
        return next(found, ()) if isinstance(found, Iterator) else found

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(self.answer(data, "udp"), addr)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = self.answer(await reader.readexactly(length), "tcp")
        writer.write(len(reply).to_bytes(2, "big") + reply)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@contextmanager
def name_server(zone: Zone) -> Iterator[tuple[str, list[str]]]:
    """HOST:PORT of a server in a thread of its own, and the questions it was asked. Raises OSError where loopback
    has no port to give."""
    loop = asyncio.new_event_loop()
    server = NameServer(zone)

    async def listen() -> tuple[asyncio.Server, asyncio.BaseTransport, int]:
        for _ in range(20):
            tcp = await asyncio.start_server(server.talk, "127.0.0.1", 0)
            port = int(tcp.sockets[0].getsockname()[1])
            try:
                udp, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", port))
            except OSError:
                tcp.close()
                continue
            return tcp, udp, port
        raise OSError("no port is free for UDP and TCP")

    tcp, udp, port = loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, name="names")
    thread.start()

    async def close() -> None:
        udp.close()
        tcp.close()
        await tcp.wait_closed()
        await asyncio.sleep(0)

    try:
        yield f"127.0.0.1:{port}", server.asked
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
