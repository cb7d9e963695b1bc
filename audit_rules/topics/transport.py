"""How the portal is reached: over a safe connection."""

from __future__ import annotations

from audit_rules.facts import Answer, known
from audit_rules.rule import rule
from audit_rules.site import SiteFacts
from audit_rules.verdict import Evidence, Verdict, cant_tell, failed, passed

_NO_HTTPS = frozenset({"refused", "tls", "connection_closed"})
"""Ways in which a host that answers over http says that it has no https."""


def _shown(answer: Answer) -> Evidence:
    said = f"{answer.status} {answer.final_url}" if answer.status is not None else str(answer.error)
    return Evidence(answer.url, "kết nối / connection", said, answer.sha256, answer.seen_at, "probe")


@rule
def https(site: SiteFacts) -> Verdict:
    """The portal answers over https."""
    answer = known(site.net.https, "https", "unreachable")
    if answer.status is not None:
        if answer.final_url.startswith("http://"):
            return failed(_shown(answer), state="sent_back")
        return passed(_shown(answer))
    if answer.error in _NO_HTTPS and site.net.http is not None and site.net.http.status is not None:
        return failed(_shown(answer), _shown(site.net.http), state=str(answer.error))
    return cant_tell("not_recorded" if answer.error == "not_recorded" else "unreachable", _shown(answer))
