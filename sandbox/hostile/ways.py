"""Hosts that lead their visitors on: in circles, into other networks, through pages without end."""

from __future__ import annotations

import zlib

from sandbox.hostile.trap import EITHER, UNSEEN, Asked, Reply, good, grafted, trap

METADATA = "http://169.254.169.254/latest/meta-data/"
"""Where clouds keep the keys of a machine: no visitor may ever be led there."""


def _to(url: str) -> Reply:
    return Reply(b"", status="302 Found", headers=(("Location", url),))


def _other(asked: Asked) -> int:
    """A number that is another on every page."""
    return zlib.crc32(f"{asked.path}?{asked.query}".encode())


@trap(UNSEEN)
def redirect_loop(asked: Asked) -> Reply:
    """The home page sends on to another, and that back."""
    return _to("/b") if asked.home else _to("/") if asked.path == "/b" else good(asked)


@trap(UNSEEN)
def redirects_without_end(asked: Asked) -> Reply:
    """Each page sends on to the next, and none is ever the last."""
    number = int(asked.path[3:] or 0) if asked.path.startswith("/b/") and asked.path[3:].isdigit() else 0
    return _to(f"/b/{number + 1}") if asked.home or number else good(asked)


@trap(EITHER | {"moved"})
def redirect_to_metadata(asked: Asked) -> Reply:
    """The home page sends on, by a second hop, to the address of cloud metadata."""
    return _to("/b") if asked.home else _to(METADATA) if asked.path == "/b" else good(asked)


@trap(EITHER | {"moved"})
def redirect_to_forbidden(asked: Asked) -> Reply:
    """The home page sends on to an address that means this machine."""
    return _to(f"http://{asked.forbidden}/") if asked.home else good(asked)


@trap()
def inner_redirects_to_forbidden(asked: Asked) -> Reply:
    """Every page but home sends on to such an address, or to one that a name stands for."""
    if asked.home or not asked.is_page or asked.path == "/robots.txt":
        return good(asked)
    places = (f"http://{asked.forbidden}/a", METADATA, f"http://user:pass@{asked.forbidden}/", "http://[::]:1/")
    return _to(places[len(asked.path) % len(places)])


@trap(EITHER)
def redirect_to_other_schemes(asked: Asked) -> Reply:
    """Pages send on to files, data, scripts and gopher holes."""
    places = (
        "file:///etc/passwd",
        "data:text/html,<p>x",
        "javascript:alert(1)",
        "gopher://127.0.0.1:70/_x",
        "//",
        "http:",
    )
    if asked.home:
        return _to(places[0])
    return _to(places[len(asked.path) % len(places)]) if asked.is_page else good(asked)


@trap(EITHER)
def refresh_to_file(asked: Asked) -> Reply:
    """An empty home page sends its reader on to a file, and its script to data."""
    page = (
        '<meta http-equiv="refresh" content="0;url=file:///etc/passwd"><script>location="data:text/html,x"</script>'
    )
    return Reply(page.encode()) if asked.home else good(asked)


@trap()
def links_of_other_schemes(asked: Asked) -> Reply:
    """Links of all schemes, and of none, stand before the content."""
    places = (
        "file:///etc/passwd", "data:text/html,<p>x</p>", "javascript:alert(1)", "gopher://127.0.0.1:70/_x", "ftp://a/b",
        "view-source:http://a/", "chrome://crash", "about:blank", "blob:x", "jar:http://a!/", "ws://a/", "http://[/",
        "http://a:99999/", "//", "///", "http:///", "mailto:a@b", "tel:1", "\x01http://a/", "htt\np://a/", "http://%00/",
        METADATA, f"http://{asked.forbidden}/lien-he", "http://0x7f.1/", "http://2130706433/", "http://①②⑦.⓪.⓪.①/",
    )  # fmt: skip
    return grafted(asked, first="".join(f'<a href="{place}">Liên hệ</a>' for place in places))


@trap()
def calls_inside(asked: Asked) -> Reply:
    """The page loads pictures, styles, frames, scripts and sockets from addresses inside."""
    for_head = "".join(
        f'<link rel="{kind}" href="//{asked.forbidden}/{kind}">'
        for kind in (
            "stylesheet",
            "icon",
            "preload",
            "prefetch",
            "preconnect",
            "dns-prefetch",
            "manifest",
            "prerender",
        )
    )
    inside = f"""<img src="//{asked.forbidden}/i"><iframe src="//{asked.forbidden}/f"></iframe>
<iframe src="//169.254.169.254/latest"></iframe><iframe src="file:///etc/passwd"></iframe>
<object data="//{asked.forbidden}/o"></object><embed src="//{asked.forbidden}/e">
<script src="//{asked.forbidden}/s.js"></script><video src="//{asked.forbidden}/v"></video>
<script>
for (const place of ["https://{asked.forbidden}/", "http://{asked.forbidden}/", "{METADATA}", "http://127.1:22/",
  "http://[::1]:22/"]) {{
  fetch(place, {{mode: "no-cors"}}).catch(() => 0);
  fetch(place, {{method: "POST", mode: "no-cors", body: "x"}}).catch(() => 0);
  navigator.sendBeacon(place, "x");
  try {{ new WebSocket(place.replace("http", "ws")) }} catch {{}}
  try {{ new EventSource(place) }} catch {{}}
}}
try {{ const p = new RTCPeerConnection({{iceServers: [{{urls: "stun:{asked.forbidden}"}}]}});
  p.createDataChannel("x"); p.createOffer().then(o => p.setLocalDescription(o)) }} catch {{}}
</script>"""
    return grafted(asked, last=inside, head=for_head)


@trap()
def calendar(asked: Asked) -> Reply:
    """A calendar has a page for every day there will ever be."""
    day = int(asked.path[6:]) if asked.path.startswith("/lich/") and asked.path[6:].isdigit() else 0
    links = "".join(f'<a href="/lich/{day + more}">Ngày {day + more}</a> ' for more in range(1, 60))
    if day:
        return Reply(f"<html lang=vi><title>Lịch</title><h1>Lịch công tác</h1>{links}</html>".encode())
    return grafted(asked, last=links)


@trap()
def growing_paths(asked: Asked) -> Reply:
    """Links that grow by a step with every page they are followed on."""
    if asked.path.startswith("/sau/"):
        return Reply(
            f'<html lang=vi><h1>Sâu</h1><a href="{asked.path}sau/">sâu</a><a href="a/b/../c/">c</a>'.encode()
        )
    return grafted(asked, last='<a href="/sau/">sâu hơn</a>')


@trap()
def sessions_in_paths(asked: Asked) -> Reply:
    """Every answer writes its links anew, with another session in their paths."""
    if not asked.is_page:
        return good(asked)
    session = f"{_other(asked):08x}"
    page = asked.good.body.decode()
    return Reply(
        page.replace('href="/', f'href="/;jsessionid={session}/').encode() if asked.home else asked.good.body,
        status=good(asked).status,
    )


@trap()
def sessions_in_queries(asked: Asked) -> Reply:
    """Every answer adds another number to its links."""
    if not asked.is_page:
        return good(asked)
    number = _other(asked)
    return Reply(
        asked.good.body.decode().replace('" class', f'?phien={number}" class').encode(), status=good(asked).status
    )


@trap()
def hosts_without_end(asked: Asked) -> Reply:
    """Each page links to fifty hosts below its own that answer to any name."""
    hosts = (f"h{_other(asked)}{number}.{asked.host}" for number in range(50))
    return grafted(asked, last="".join(f'<a href="https://{host}/">Liên hệ</a>' for host in hosts))


@trap(EITHER)
def robots_in_circles(asked: Asked) -> Reply:
    """robots.txt sends on to itself, through addresses inside."""
    if asked.path == "/robots.txt":
        return _to("/robots.txt?x" if not asked.query else f"http://{asked.forbidden}/robots.txt")
    return good(asked)
