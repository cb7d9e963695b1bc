"""The hosts that portals call or link to: the measuring system, a visit counter, the service portals."""

from __future__ import annotations

from sandbox.bodies import BADGE_HOST, COUNTER_HOST, EMC_HOST, GOVERNMENT, LOCAL_SERVICES, NATIONAL_SERVICES
from sandbox.portals.pieces import NOT_FOUND, PICTURE, Answer, Site, html, plain, redirect

# Sends one picture request for each page view that it is told to count, as libraries of its kind do.
_TRACKING = """(function () {
  var tracker = '', site = '', counts = false;
  (window._govaq || []).forEach(function (call) {
    if (call[0] === 'setTrackerUrl') tracker = call[1];
    if (call[0] === 'setSiteId') site = call[1];
    if (call[0] === 'trackPageView') counts = true;
  });
  if (!tracker || !counts) return;
  var query = '?idsite=' + encodeURIComponent(site) + '&rec=1&url=' + encodeURIComponent(location.href);
  new Image().src = tracker + query;
})();
"""

_COUNTER = f"new Image().src = '//{COUNTER_HOST}/stats/0.php?4321987';\n"


def sites() -> dict[str, Site]:
    """The other hosts of the world, by name."""
    return {
        EMC_HOST: _site({"/embed/gov-tracking.min.js": plain(_TRACKING, "text/javascript"), "/tracking": PICTURE}),
        COUNTER_HOST: _site({"/js15_as.js": plain(_COUNTER, "text/javascript"), "/stats/0.php": PICTURE}),
        NATIONAL_SERVICES: _site({"/": _small_page("Cổng Dịch vụ công quốc gia")}),
        LOCAL_SERVICES: _site({"/": redirect(f"https://{NATIONAL_SERVICES}/")}),
        GOVERNMENT: _site({"/": _small_page("Cổng Thông tin điện tử Chính phủ")}),
        BADGE_HOST: _site({"/handle_cert": PICTURE}),
    }


def _site(pages: dict[str, Answer]) -> Site:
    return Site(pages, NOT_FOUND)


def _small_page(name: str) -> Answer:
    return html(
        f'<!DOCTYPE html><html lang="vi"><head><title>{name}</title></head><body><h1>{name}</h1></body></html>'
    )
