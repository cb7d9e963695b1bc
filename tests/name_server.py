"""A name server on loopback that has a zone of its own, signed or not, and plays the tricks of real ones."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

ZONE = "cong.gov.vn."
Records = Mapping[tuple[str, str], Sequence[str]]
"""Name (with its final dot) and kind of record to the texts of the records."""


class Zone:
    """What is answered. ``signed`` zones have keys, signatures good for a week around ``at``, and a DS record at
    the parent (``fits`` says whether it is that of the key). Questions in ``fails`` get that code (SERVFAIL,
    NXDOMAIN), those in ``cut`` come whole over TCP only; a ``deaf`` server knows nothing of DNSSEC."""

    def __init__(
        self,
        records: Records = {},  # noqa: B006 - never changed
        *,
        signed: bool = False,
        fits: bool = True,
        at: datetime | None = None,
        fails: Mapping[tuple[str, str], str] = {},
        cut: Sequence[str] = (),
        deaf: bool = False,
    ) -> None:
        self.asked: list[tuple[str, str]] = []
        self._records = {(ZONE, "SOA"): ["ns.cong.gov.vn. a.cong.gov.vn. 1 3600 600 86400 300"], **records}
        self._fails, self._cut, self._deaf = fails, cut, deaf
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._at = at or datetime.now(UTC)
        self._dnskey = dns.dnssec.make_dnskey(self._key.public_key(), "ECDSAP256SHA256", flags=257)
        if signed:
            other = dns.dnssec.make_dnskey(
                ec.generate_private_key(ec.SECP256R1()).public_key(), "ECDSAP256SHA256", flags=257
            )
            ds = dns.dnssec.make_ds(ZONE, self._dnskey if fits else other, "SHA256")
            self._records |= {(ZONE, "DNSKEY"): [self._dnskey.to_text()], (ZONE, "DS"): [ds.to_text()]}
        self._signed = signed

    def answer(self, query: bytes, *, over_tcp: bool) -> bytes:
        message = dns.message.from_wire(query)
        question = message.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(message)
        reply.use_edns(False if self._deaf else 0, message.ednsflags & dns.flags.DO)
        if name in self._cut and not over_tcp:
            reply.flags |= dns.flags.TC
        elif code := self._fails.get((name, kind)):
            reply.set_rcode(dns.rcode.from_text(code))
        else:
            self._fill(reply, question.name, name, kind, wants_signatures=bool(message.ednsflags & dns.flags.DO))
        return reply.to_wire()

    def _fill(self, reply: Any, owner: Any, name: str, kind: str, *, wants_signatures: bool) -> None:
        while (alias := self._records.get((name, "CNAME"))) and kind != "CNAME":
            reply.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", *alias))
            name = alias[0]
            owner = dns.name.from_text(name)
        found = self._records.get((name, kind))
        if not found:
            soa = dns.rrset.from_text(ZONE, 60, "IN", "SOA", *self._records[ZONE, "SOA"])
            reply.authority.append(soa)
            return
        rrset = dns.rrset.from_text(owner, 60, "IN", kind, *found)
        reply.answer.append(rrset)
        if self._signed and wants_signatures and not self._deaf:
            week = timedelta(days=7)
            signature = dns.dnssec.sign(
                rrset,
                self._key,
                dns.name.from_text(ZONE),
                self._dnskey,
                inception=self._at - week,
                expiration=self._at + week,
            )
            reply.answer.append(dns.rrset.from_rdata(owner, 60, signature))


def _pair(asked: type[socketserver.BaseRequestHandler]) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """Servers on one port, which has to be free for both."""
    for _ in range(20):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), asked)
        try:
            return udp, socketserver.ThreadingTCPServer(("127.0.0.1", udp.server_address[1]), asked)
        except OSError:
            udp.server_close()
    raise OSError("no port that is free for UDP and TCP")


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """HOST:PORT of a server on UDP and TCP that answers from a zone."""

    class Asked(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if isinstance(self.request, tuple):
                query, socket = self.request
                socket.sendto(zone.answer(query, over_tcp=False), self.client_address)
                return
            (length,) = struct.unpack("!H", self.request.recv(2))
            reply = zone.answer(self.request.recv(length), over_tcp=True)
            self.request.sendall(struct.pack("!H", len(reply)) + reply)

    udp, tcp = _pair(Asked)
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in (udp, tcp)]
    for thread in threads:
        thread.start()
    try:
        yield f"127.0.0.1:{udp.server_address[1]}"
    finally:
        for server, thread in zip((udp, tcp), threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
