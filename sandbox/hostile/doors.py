"""Hosts with something before the door, or somebody else behind it."""

from __future__ import annotations

from sandbox.hostile.trap import SEEN, UNSEEN, Asked, Reply, good, grafted, trap

_D1N = "7e6fe5afe5587141221ddd7a32c45657"
_AES = "var slowAES={decrypt:function(c,m,k,v){return c.map(function(b,i){return b^k[i%k.length]^v[i%v.length]})}};"


def _notice(text: str, status: str = "200 OK", title: str = "") -> Reply:
    return Reply(f"<html><head><title>{title}</title></head><body>{text}</body></html>".encode(), status=status)


@trap(SEEN | {"blocked"})
def cookie_challenge(asked: Asked) -> Reply:
    """Whoever has no cookie is told by a script to set one and to come again; every browser does."""
    if f"D1N={_D1N}" in asked.cookies or asked.good.location:
        return good(asked)
    script = f'document.cookie="D1N={_D1N}"+"; path=/";window.location.reload(true);'
    return Reply(f"<html><body><script>{script}</script></body></html>".encode())


@trap(SEEN | {"blocked"})
def aes_challenge(asked: Asked) -> Reply:
    """The cookie has to be worked out by a script first, which every browser does."""
    if asked.path == "/aes.js":
        return Reply(_AES.encode(), "text/javascript")
    if "__test=" in asked.cookies or asked.good.location:
        return good(asked)
    script = f"""function toNumbers(d){{var e=[];d.replace(/(..)/g,function(d){{e.push(parseInt(d,16))}});return e}}
function toHex(d){{return d.map(function(b){{return (b<16?"0":"")+b.toString(16)}}).join("")}}
var a=toNumbers("f655ba9d09a112d4968c63579db590b4"),b=toNumbers("98344c2eee86c3994890592585b49f80"),
c=toNumbers("0f8d5af8f7dc0ab71fc4d8ab7a9a1f7e");
document.cookie="__test="+toHex(slowAES.decrypt(c,2,a,b))+"; path=/"; location.href="{asked.path}?i=1";"""
    page = f'<html><script src="/aes.js"></script><script>{script}</script>This site requires Javascript</html>'
    return Reply(page.encode())


@trap(UNSEEN)
def challenge_for_ever(asked: Asked) -> Reply:
    """The script sets its cookie and asks again, and the same script answers."""
    if asked.good.location:
        return good(asked)
    return Reply(b'<html><script>document.cookie="D1N=0123456789abcdef0";location.reload(true)</script></html>')


@trap()
def challenge_within(asked: Asked) -> Reply:
    """Home is open, and every other page asks for proof of a person."""
    if asked.home or not asked.is_page:
        return good(asked)
    return _notice('<script src="/cdn-cgi/challenge-platform/h/b"></script>', "403 Forbidden", "Just a moment...")


@trap(UNSEEN)
def captcha(asked: Asked) -> Reply:
    """Every page asks for the letters of a picture."""
    form = '<form><img src="/captcha.jpg" alt=""><input name="captcha"><button>Xác nhận</button></form>'
    return _notice(form) if asked.is_page else good(asked)


@trap(UNSEEN)
def firewall(asked: Asked) -> Reply:
    """A firewall turns everybody away, with status 200."""
    return (
        _notice("The requested URL was rejected. Your support ID is: 1234567890") if asked.is_page else good(asked)
    )


@trap(UNSEEN)
def too_many(asked: Asked) -> Reply:
    """Everybody has asked too often."""
    return _notice("Too Many Requests", "429 Too Many Requests") if asked.is_page else good(asked)


@trap(UNSEEN)
def under_repair(asked: Asked) -> Reply:
    """Every page says, with status 200, that the portal is under repair."""
    return _notice("<h1>Website đang nâng cấp, mời quay lại sau</h1>") if asked.is_page else good(asked)


@trap(UNSEEN)
def up_for_sale(asked: Asked) -> Reply:
    """The name has run out, and somebody sells it."""
    return (
        _notice("<h1>This domain is for sale</h1><a href='/mua'>Buy this domain</a>")
        if asked.is_page
        else good(asked)
    )


@trap(UNSEEN)
def taken_over(asked: Asked) -> Reply:
    """A gambling house has the name now."""
    lines = "".join(
        f"<p>Nhà cái uy tín {number}: tài xỉu, <a href='https://kubet{number}.bet/'>nổ hũ</a></p>"
        for number in range(40)
    )
    return _notice(lines, title="Nhà cái số 1 Việt Nam") if asked.is_page else good(asked)


@trap(UNSEEN)
def bare_server(asked: Asked) -> Reply:
    """Nobody has set the server up."""
    return (
        _notice("<h1>Welcome to nginx!</h1><p>Further configuration is required.", title="Welcome to nginx!")
        if asked.is_page
        else good(asked)
    )


@trap(frozenset({"moved"}))
def sold(asked: Asked) -> Reply:
    """The home page sends on to a host of strangers."""
    return (
        Reply(b"", status="301 Moved", headers=(("Location", "https://mua-ban.example.com/"),))
        if asked.home
        else good(asked)
    )


@trap()
def lost_leads_home(asked: Asked) -> Reply:
    """Whoever asks for what is not there is sent home; some links lead nowhere else."""
    if asked.is_page and asked.good.status == 404:
        return Reply(b"", status="302 Found", headers=(("Location", "/"),))
    return grafted(asked, last='<a href="/khong-co/1">Chuyên mục A</a><a href="/khong-co/2">Chuyên mục B</a>')


@trap(SEEN | {"unreachable"})
def sometimes(asked: Asked) -> Reply:
    """Every other page, by the letters of its address, answers that the server has a fault."""
    if asked.is_page and not asked.home and len(asked.path) % 2:
        return _notice("Service Unavailable", "503 Service Unavailable")
    return good(asked)
