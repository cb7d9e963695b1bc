"""The faults that can be planted in the make-believe province, each with the verdicts it must change.

A planted fault is written ``portal.fault``: ``main.no_emc``, ``commune.contact_point_unreachable``. Any set of
faults goes together, as long as no two change the same aspect of one portal. Nobody types the truth about a
combination: ``truth`` works it out from what an unspoilt portal deserves and what each fault declares.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.bodies import COMPONENTS, MAINS, Body, Kind
from sandbox.country import COUNTRY, Country

Outcome = Literal["passed", "failed", "inapplicable"]

RULES = (
    "measurement.emc_code_present",
    "measurement.emc_code_on_inner_pages",
    "measurement.emc_code_loads_securely",
    "structure.links_to_main_portal",
    "structure.lists_component_sites",
    "structure.links_to_national_services",
    "identity.footer_names_owner",
    "identity.footer_responsible_person",
    "identity.footer_phone",
    "identity.footer_email",
    "identity.spokesperson",
    "disclosure.information_section",
    "disclosure.contact_point",
    "disclosure.regulation",
    "navigation.search_box",
    "accessibility.language_declared",
    "transport.https",
)

# Archives and service portals are measured and reached like others; what they tell is other bodies' business.
_NARROW = frozenset(
    rule for rule in RULES if rule.partition(".")[0] in ("measurement", "accessibility", "transport")
) | {"structure.links_to_main_portal"}
_NEVER_FOR: Mapping[Kind, frozenset[str]] = {
    **dict.fromkeys(MAINS, frozenset({"structure.links_to_main_portal"})),
    **dict.fromkeys(COMPONENTS, frozenset({"structure.lists_component_sites"})),
    "unit": frozenset({"structure.lists_component_sites", "structure.links_to_national_services"}),
    "service": frozenset(RULES) - _NARROW,
    "archive": frozenset(RULES) - _NARROW,
}


def applies(rule: str, kind: Kind) -> bool:
    """Whether a rule has anything to say of a kind of portal; an unspoilt one passes all that apply."""
    return rule not in _NEVER_FOR[kind]


# Where nothing is left to be judged, it does not matter any more what else was wrong with it.
_STRENGTH: Mapping[Outcome, int] = {"passed": 0, "failed": 1, "inapplicable": 2}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing gone wrong. ``aspect`` is the part of the portal it changes, ``effects`` the verdicts that changes.

    It fits every kind of portal that one of those verdicts is given for; ``only_main`` leaves out components, of
    which nobody can tell whether their main portal's list has what they lack.
    ``left_to_main``: a component without the thing has left it to its main portal, which is fair as long as
    that one has it. ``whole_host``: it strikes every portal on the same host."""

    id: str
    aspect: str
    vi: str
    en: str
    effects: Mapping[str, Outcome]
    only_main: bool = False
    left_to_main: bool = False
    whole_host: bool = False


_DEAD_EMC: Mapping[str, Outcome] = {
    "measurement.emc_code_present": "failed",
    "measurement.emc_code_on_inner_pages": "inapplicable",
    "measurement.emc_code_loads_securely": "inapplicable",
}

_ALL = (
    Fault("no_emc", "emc", "Không gắn mã đo lường EMC", "No EMC measuring code", _DEAD_EMC),
    Fault(
        "emc_only_on_home", "emc_pages", "Mã EMC chỉ có ở trang chủ", "The EMC code is on the home page only",
        {"measurement.emc_code_on_inner_pages": "failed"},
    ),
    Fault(
        "emc_over_http", "emc_scheme", "Mã EMC gọi địa chỉ http://", "The EMC code calls http:// addresses",
        {"measurement.emc_code_loads_securely": "failed"},
    ),
    Fault(
        "emc_commented_out", "emc", "Mã EMC nằm trong chú thích HTML", "The EMC code is commented out", _DEAD_EMC
    ),
    Fault("emc_empty_id", "emc", "Mã EMC để trống mã định danh", "The EMC code has an empty site id", _DEAD_EMC),
    Fault(
        "no_link_to_main", "main_link", "Không liên kết về Cổng chính", "No link to the main portal",
        {"structure.links_to_main_portal": "failed"},
    ),
    Fault(
        "one_component_unlisted", "component_links", "Thiếu liên kết đến một trang thành phần",
        "One component site is not linked",
        {"structure.lists_component_sites": "failed"},
    ),
    Fault(
        "no_link_to_services", "services_link", "Không liên kết đến Cổng Dịch vụ công",
        "No link to the national service portal", {"structure.links_to_national_services": "failed"},
    ),
    Fault(
        "footer_without_owner", "footer_owner", "Chân trang không nêu cơ quan chủ quản",
        "The footer does not name the owner", {"identity.footer_names_owner": "failed"},
    ),
    Fault(
        "footer_without_person", "footer_person", "Chân trang không nêu người chịu trách nhiệm",
        "The footer names no responsible person", {"identity.footer_responsible_person": "failed"},
    ),
    Fault(
        "footer_without_phone", "footer_phone", "Chân trang không có số điện thoại",
        "The footer gives no phone number", {"identity.footer_phone": "failed"},
    ),
    Fault(
        "footer_without_email", "footer_email", "Chân trang không có địa chỉ thư điện tử",
        "The footer gives no e-mail address", {"identity.footer_email": "failed"},
    ),
    Fault(
        "no_spokesperson", "spokesperson", "Không đăng thông tin người phát ngôn",
        "The spokesperson is not published", {"identity.spokesperson": "failed"}, only_main=True,
    ),
    Fault(
        "spokesperson_without_email", "spokesperson", "Người phát ngôn thiếu thư điện tử công vụ",
        "The spokesperson's entry lacks the e-mail address", {"identity.spokesperson": "failed"},
    ),
    Fault(
        "no_contact_point", "contact_point", "Không nêu đầu mối cung cấp thông tin",
        "No contact point for information requests", {"disclosure.contact_point": "failed"}, left_to_main=True,
    ),
    Fault(
        "contact_point_unreachable", "contact_point",
        "Đầu mối cung cấp thông tin không có điện thoại, thư điện tử",
        "The contact point is named without phone or e-mail", {"disclosure.contact_point": "failed"},
    ),
    Fault(
        "no_regulation", "regulation", "Không đăng quy chế cung cấp thông tin",
        "The rules for providing information are not published",
        {"disclosure.regulation": "failed"}, left_to_main=True,
    ),
    Fault(
        "regulation_dead", "regulation", "Liên kết đến quy chế cung cấp thông tin bị hỏng (404)",
        "The link to the rules for providing information is dead (404)", {"disclosure.regulation": "failed"},
    ),
    Fault(
        "no_information_section", "information_section", "Không có mục Tiếp cận thông tin",
        "No section for access to information", {"disclosure.information_section": "failed"}, left_to_main=True,
    ),
    Fault(
        "no_search_box", "search_box", "Không có ô tìm kiếm", "No search box",
        {"navigation.search_box": "failed"},
    ),
    Fault(
        "lang_english", "lang", "Trang tiếng Việt khai báo lang=\"en-US\"",
        "Vietnamese pages declare lang=\"en-US\"", {"accessibility.language_declared": "failed"},
    ),
    Fault(
        "lang_missing", "lang", "Trang không khai báo ngôn ngữ", "Pages declare no language",
        {"accessibility.language_declared": "failed"},
    ),
    Fault(
        "lang_invalid", "lang", "Trang khai báo mã ngôn ngữ không có: lang=\"vn\"",
        "Pages declare a language that does not exist: lang=\"vn\"",
        {"accessibility.language_declared": "failed"},
    ),
    Fault(
        "no_https", "https", "Cổng HTTPS từ chối kết nối, chỉ có HTTP", "HTTPS is refused, there is only HTTP",
        {"transport.https": "failed", "measurement.emc_code_loads_securely": "inapplicable"},
        whole_host=True,
    ),
)  # fmt: skip

FAULTS: Mapping[str, Fault] = {fault.id: fault for fault in _ALL}


def fits(fault: Fault, body: Body, country: Country = COUNTRY) -> bool:
    """Whether a fault can be planted in a portal."""
    if fault.only_main and not body.is_main:
        return False
    if fault.whole_host and body.path:
        return False  # the host is another portal's
    if fault.aspect == "component_links" and country.forgotten(body) is None:
        return False
    return any(outcome == "failed" and applies(rule, body.kind) for rule, outcome in fault.effects.items())


def plantable(country: Country = COUNTRY) -> tuple[str, ...]:
    """Every fault at every portal it fits."""
    return tuple(
        f"{portal}.{fault.id}"
        for fault in _ALL
        for portal, body in country.audited.items()
        if fits(fault, body, country)
    )


PLANTABLE = plantable()

Planted = Mapping[str, tuple[Fault, ...]]
"""What strikes each audited portal, by its name (``main``, ``department``, ``commune``)."""


def plant(names: Iterable[str], country: Country = COUNTRY) -> Planted:
    """Reads names of the form ``portal.fault``.

    Raises ValueError for a name that does not exist or does not fit, and for two faults that would change the
    same aspect of one portal.
    """
    planted: dict[str, list[Fault]] = {portal: [] for portal in country.audited}
    neighbours: dict[str, list[str]] = {}
    for portal, body in country.audited.items():
        neighbours.setdefault(body.host, []).append(portal)
    for name in dict.fromkeys(names):
        portal, _, fault_id = name.partition(".")
        struck, fault = country.audited.get(portal), FAULTS.get(fault_id)
        if struck is None or fault is None or not fits(fault, struck, country):
            raise ValueError(f"no such fault: {name}")
        for each in neighbours[struck.host] if fault.whole_host else (portal,):
            planted[each].append(fault)
    for portal, faults in planted.items():
        aspects = [fault.aspect for fault in faults]
        for aspect in aspects:
            if aspects.count(aspect) > 1:
                raise ValueError(f"two faults change the same thing at {portal}: {aspect}")
    return {portal: tuple(faults) for portal, faults in planted.items()}


def draw_faults(country: Country, seed: int, share: float = 0.1) -> tuple[str, ...]:
    """Faults drawn for a country: each that fits, with that chance, as long as it goes with those drawn before.

    The same seed draws the same faults."""
    chance = random.Random(seed)  # noqa: S311 - a play, no secret
    drawn: list[str] = []
    for portal, body in country.audited.items():
        aspects: set[str] = set()
        for fault in _ALL:
            if chance.random() < share and fault.aspect not in aspects and fits(fault, body, country):
                aspects.add(fault.aspect)
                drawn.append(f"{portal}.{fault.id}")
    return tuple(drawn)


def truth(planted: Planted, country: Country = COUNTRY) -> dict[tuple[str, str], Outcome]:
    """What an auditor with a browser must find: (address of the site, rule) to the outcome."""
    outcomes: dict[tuple[str, str], Outcome] = {}
    names = {body.portal_id: portal for portal, body in country.audited.items()}
    for portal, body in country.audited.items():
        main = names.get(body.main_id)
        for rule in RULES:
            main_has_it = main is not None and _deserved(country.audited[main], rule, planted[main]) == "passed"
            outcomes[body.site, rule] = _deserved(body, rule, planted[portal], main_has_it=main_has_it)
    return outcomes


def _deserved(body: Body, rule: str, faults: Iterable[Fault], *, main_has_it: bool = False) -> Outcome:
    outcomes: list[Outcome] = ["passed" if applies(rule, body.kind) else "inapplicable"]
    for fault in faults:
        excused = fault.left_to_main and main_has_it
        if rule in fault.effects and not excused:
            outcomes.append(fault.effects[rule])
    return max(outcomes, key=_STRENGTH.__getitem__)
