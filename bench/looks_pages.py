"""The pages that bench/looks.py shows: some as they were sent, some drawn by a script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.made_page import bench_page

PICTURES = 20
PICTURE_BYTES, FONT_BYTES, SCRIPT_BYTES = 118_000, 760_000, 300_000
_SHELL = """<!doctype html><html lang=vi><head><meta charset=utf-8><title>Cổng</title>
<link rel=stylesheet href=/a.css></head><body><div id=app></div><script src=/app.js></script></body></html>"""
_DRAW = """fetch('/api/tin').then(r => r.json()).then(all => {
    app.innerHTML = '<nav>' + all.map(t => '<a href=' + t.url + '>' + t.name + '</a>').join('') + '</nav>'
        + all.map((t, i) => '<article class=card><h3><a href=' + t.url + '>' + t.name + '</a></h3>'
            + (i < 20 ? '<img src=/anh/' + i + '.jpg alt="">' : '')
            + '<p>' + t.name.repeat(4) + '</p></article>').join('')
        + '<footer>Chịu trách nhiệm chính: Chánh Văn phòng. Điện thoại: 0214 3840 111</footer>';
});
"""
_STYLE = """@font-face { font-family: x; src: url(/chu.woff2) } body { font-family: x, sans-serif }
.card { display: inline-block; width: 30% } nav a { padding: 4px }
"""


@cache
def answer(path: str) -> tuple[str, bytes]:
    """Content type and body of an address."""
    if path.startswith("/tin/"):
        pictures = "".join(f"<img src=/anh/{n}.jpg alt=''>" for n in range(PICTURES))
        page = bench_page(int(path[5:])).replace(b"</body>", f"{pictures}</body>".encode())
        return "text/html; charset=utf-8", page
    if path.startswith("/anh/"):
        return "image/jpeg", bytes(PICTURE_BYTES)
    return {
        "/api/tin": ("application/json", _news()),
        "/app.js": ("text/javascript", _DRAW.encode().ljust(SCRIPT_BYTES, b"/")),
        "/a.css": ("text/css", _STYLE.encode()),
        "/chu.woff2": ("font/woff2", bytes(FONT_BYTES)),
    }.get(path, ("text/html; charset=utf-8", _SHELL.encode()))


def _news() -> bytes:
    told = ", ".join(f'{{"url": "/tin/{n}", "name": "Tin số {n} về cải cách hành chính"}}' for n in range(150))
    return f"[{told}]".encode()


def identity(folder: Path) -> Path:
    """A PEM file with a fresh key and its self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gov.vn")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
