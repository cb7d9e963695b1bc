"""Hosts whose scripts hold up, fill or leave the browser that runs them."""

from __future__ import annotations

from sandbox.hostile.trap import SEEN, Asked, Reply, good, grafted, trap
from sandbox.hostile.ways import METADATA
from sandbox.hostile.wire import packed_blanks


def _running(asked: Asked, script: str) -> Reply:
    return grafted(asked, last=f"<script>{script}</script>")


@trap(scripted=True)
def alerts(asked: Asked) -> Reply:
    """One alert, question and prompt after the other, for ever."""
    return _running(asked, "for (;;) { alert(1); confirm(2); prompt(3) }")


@trap(scripted=True)
def holds_back(asked: Asked) -> Reply:
    """The page asks whoever leaves to stay, and leaves by itself again and again."""
    script = """addEventListener('beforeunload', event => { event.preventDefault(); event.returnValue = 'x' });
setInterval(() => { location.hash = Math.random(); location = '?' + Math.random() }, 10);"""
    return _running(asked, script)


@trap(scripted=True)
def window_storm(asked: Asked) -> Reply:
    """Windows open as fast as they can."""
    return _running(asked, "setInterval(() => { for (let i = 0; i < 20; i++) window.open('/?' + i) }, 1)")


@trap(scripted=True)
def reloads(asked: Asked) -> Reply:
    """The page loads itself again as soon as it is there."""
    return _running(asked, "location.reload()")


@trap(scripted=True)
def eats_memory(asked: Asked) -> Reply:
    """Buffers are filled and kept, twenty megabytes at a time."""
    script = "const kept = []; setInterval(() => kept.push(new Uint8Array(20 << 20).fill(7)), 50)"
    return _running(asked, script)


@trap(scripted=True)
def eats_memory_at_once(asked: Asked) -> Reply:
    """Objects are made in one endless loop."""
    return _running(asked, "const kept = []; for (;;) kept.push({ text: 'x' + kept.length, more: [1, 2, 3] })")


@trap(scripted=True)
def grows(asked: Asked) -> Reply:
    """Elements are added for ever."""
    script = """setInterval(() => { for (let i = 0; i < 2000; i++)
  document.body.appendChild(document.createElement('p')).textContent = 'x'.repeat(100) }, 10)"""
    return _running(asked, script)


@trap(scripted=True)
def hangs(asked: Asked) -> Reply:
    """A script that never ends."""
    return _running(asked, "for (;;);")


@trap(scripted=True)
def hangs_later(asked: Asked) -> Reply:
    """A script that never ends begins when the page seems to be at rest."""
    return _running(asked, "setTimeout(() => { for (;;); }, 700)")


@trap(scripted=True)
def crashes(asked: Asked) -> Reply:
    """The page asks for a file by which whoever keeps this host knows that the tab is to be killed."""
    return _running(asked, "fetch('/giet'); setTimeout(() => { for (;;); }, 300)")


@trap(scripted=True)
def floods(asked: Asked) -> Reply:
    """Requests, lines on the console, entries of history and workers without end."""
    script = """let n = 0;
setInterval(() => { for (let i = 0; i < 100; i++) { n++;
  fetch('/x' + n).catch(() => 0); console.error('x'.repeat(9999)); new Image().src = '/y' + n;
  try { history.pushState(n, '', '/z' + n) } catch {}
  if (n < 20) new Worker(URL.createObjectURL(new Blob(['for (;;);']))) } }, 5)"""
    return _running(asked, script)


@trap(scripted=True)
def frames_without_end(asked: Asked) -> Reply:
    """Frames are added for ever, each of the page itself."""
    script = """setInterval(() => {
  document.body.appendChild(document.createElement('iframe')).src = '/?' + Math.random() }, 5)"""
    return _running(asked, script)


@trap(scripted=True)
def bomb_in_frame(asked: Asked) -> Reply:
    """A frame, a style and a script are bombs of gzip."""
    if asked.path.startswith("/bom"):
        kind = {"/bom.js": "text/javascript", "/bom.css": "text/css"}.get(asked.path, "text/html")
        return packed_blanks(kind)
    return grafted(
        asked,
        last='<iframe src="/bom"></iframe><link rel=stylesheet href="/bom.css"><script src="/bom.js"></script>',
    )


@trap(scripted=True)
def downloads(asked: Asked) -> Reply:
    """Files without end are pressed upon the visitor."""
    if asked.path == "/tep.zip":
        more = (("Content-Disposition", 'attachment; filename="../../../../tmp/owned"'),)
        return Reply(
            lambda: iter(lambda: b"x" * 65536, b""), "application/zip", headers=more, length=None, pause=0.05
        )
    script = """setInterval(() => {
  const a = document.createElement('a'); a.href = '/tep.zip'; a.download = 'x'; a.click() }, 50)"""
    return _running(asked, script)


@trap(scripted=True)
def sends(asked: Asked) -> Reply:
    """Forms, beacons, fetches, sockets and pings are sent to the portal itself."""
    script = """const form = document.createElement('form'); form.method = 'post'; form.target = 'kin';
document.body.append(form); document.body.append(Object.assign(document.createElement('iframe'), {name: 'kin'}));
form.submit();
for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
  fetch('/nhan', {method, body: method === 'OPTIONS' ? undefined : 'x'}).catch(() => 0);
navigator.sendBeacon('/nhan', 'x'); new WebSocket('wss://' + location.host + '/o');
const ping = Object.assign(document.createElement('a'), {href: '#x', ping: '/nhan'});
document.body.append(ping); ping.click();
navigator.serviceWorker && navigator.serviceWorker.register('/sw.js').catch(() => 0);"""
    return _running(asked, script)


@trap(SEEN | {"moved", "unreachable"}, scripted=True)
def leaves(asked: Asked) -> Reply:
    """When the page is at rest its script goes to addresses inside, to files and to data."""
    places = (
        f'["http://{asked.forbidden}/", "{METADATA}", "file:///etc/passwd", "data:text/html,x", "chrome://crash"]'
    )
    return _running(asked, f"let n = 0; setInterval(() => {{ location = {places}[n++ % 5] }}, 100)")


@trap(scripted=True)
def robs_the_reader(asked: Asked) -> Reply:
    """The page puts its own functions where the browser's were, to fool whoever reads it out."""
    script = """
for (const what of [Array.prototype, String.prototype, Object, JSON, Document.prototype, Element.prototype])
  for (const name of Object.getOwnPropertyNames(what))
    if (name !== 'constructor') try { Object.defineProperty(what, name, {get() { for (;;); }}) } catch {}
window._govaq = new Proxy([], {get() { return 1e9 }});"""
    return _running(asked, f"setTimeout(() => {{ {script} }}, 200)")


@trap(scripted=True)
def says_nothing_but_get(asked: Asked) -> Reply:
    """A worker of the page asks for a thousand addresses by itself."""
    if asked.path == "/tho.js":
        script = """for (let n = 0; n < 1000; n++) {
  fetch('/w' + n).catch(() => 0); fetch('/w', {method: 'POST'}).catch(() => 0) }"""
        return Reply(script.encode(), "text/javascript")
    return (
        _running(asked, "new Worker('/tho.js'); window.SharedWorker && new SharedWorker('/tho.js')")
        if asked.is_page
        else good(asked)
    )
