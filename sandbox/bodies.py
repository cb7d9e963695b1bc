"""Who lives in the make-believe country: a body, its portal, and the people one can reach there.

Nobody and nothing here is real: hosts, names, numbers and mail addresses are invented.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["ministry", "province", "unit", "department", "commune", "service", "archive"]

MAINS: frozenset[Kind] = frozenset({"ministry", "province"})
COMPONENTS: frozenset[Kind] = frozenset({"unit", "department", "commune"})

EMC_HOST = "f-emc.ngsp.gov.vn"
COUNTER_HOST = "s10.histats.com"
NATIONAL_SERVICES = "dichvucong.gov.vn"
LOCAL_SERVICES = "dichvucong.songmay.gov.vn"
GOVERNMENT = "chinhphu.vn"
BADGE_HOST = "tinnhiemmang.vn"


@dataclass(frozen=True, slots=True)
class Official:
    name: str
    position: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Place:
    """A province or a ministry with all that is its own: the domain, the area code, the ward and province of its
    seat."""

    name: str
    name_en: str
    domain: str
    area: str
    seat: str


@dataclass(frozen=True, slots=True)
class Body:
    """One public body and its portal, drawn in the shape of a ``family``. ``path`` is empty for a host of its own;
    ``name`` is the registered one, ``short`` the same as officials abbreviate it; ``emc_id`` the number its
    measuring code carries; ``main_id`` the portal it belongs to, empty for a main portal. ``small`` portals have
    three pages: they are there to be linked."""

    portal_id: str
    family: str
    kind: Kind
    place: Place
    host: str
    path: str
    name: str
    short: str
    name_en: str
    portal_name: str
    postal: str
    phone: str
    email: str
    editor: str
    emc_id: str
    spokesperson: Official
    information_officer: Official
    information_unit: str
    main_id: str = ""
    small: bool = False

    @property
    def agency_id(self) -> str:
        return f"co-quan-{self.portal_id}"

    @property
    def site(self) -> str:
        return self.host + self.path

    @property
    def url(self) -> str:
        return f"https://{self.site}/"

    @property
    def is_main(self) -> bool:
        return self.kind in MAINS


def make(
    portal_id: str,
    family: str,
    kind: Kind,
    place: Place,
    site: str,
    names: tuple[str, str, str],
    number: int,
    *,
    main_id: str = "",
    small: bool = False,
) -> Body:
    """A body from what tells it apart: its portal's address, its names (in full, short, in English) and its
    ``number``, of which every phone number and EMC id is made; people are drawn by the portal's id."""
    host, _, path = site.partition("/")
    chance = random.Random(portal_id)  # noqa: S311 - names of a play, no secrets
    name, short, name_en = names
    phone = f"{place.area} 3 8{number // 100:02} {number % 100:02}"
    box = portal_id if main_id else "congthongtin"
    spokesperson, officer, unit = _OFFICES[kind]

    def official(position: str, digit: int) -> Official:
        person = _person(chance)
        return Official(person, position, f"{phone}{digit}", f"{ascii_slug(person)}@{place.domain}")

    called = short.removeprefix("UBND ")
    return Body(
        portal_id=portal_id,
        family=family,
        kind=kind,
        place=place,
        host=host,
        path=f"/{path}" if path else "",
        name=name,
        short=short,
        name_en=name_en,
        portal_name=f"{'Trang' if main_id else 'Cổng'} thông tin điện tử {called}",
        postal=f"Thôn Trung Tâm, {called}, {place.name}"
        if kind == "commune"
        else f"Số {number % 90 + 1} đường Hùng Vương, {place.seat}",
        phone=f"{phone}0",
        email=f"{box}@{place.domain}",
        editor=_person(chance),
        emc_id=str(9000 + number),
        spokesperson=official(spokesperson, 2),
        information_officer=official(officer, 5),
        information_unit=f"{unit} {short}",
        main_id=main_id,
        small=small,
    )


def abolished(body: Body) -> str:
    """A body of the same place that was merged into another long ago."""
    return f"Ban Vật giá {body.place.name}"


_OFFICES: dict[Kind, tuple[str, str, str]] = {
    "ministry": ("Chánh Văn phòng Bộ", "Chuyên viên Phòng Hành chính", "Văn phòng"),
    "province": ("Chánh Văn phòng UBND tỉnh", "Phó Trưởng phòng Hành chính - Tổ chức", "Văn phòng"),
    "unit": ("Phó Cục trưởng", "Chuyên viên Văn phòng Cục", "Văn phòng"),
    "department": ("Phó Giám đốc Sở", "Chuyên viên Văn phòng Sở", "Văn phòng"),
    "commune": ("Phó Chủ tịch UBND xã", "Công chức Văn phòng - Thống kê", "Văn phòng HĐND và"),
    "service": ("Giám đốc Trung tâm", "Chuyên viên", "Phòng Hành chính"),
    "archive": ("Chánh Văn phòng UBND tỉnh", "Chuyên viên", "Văn phòng"),
}
"""Positions of the spokesperson and of the information officer, and the officer's unit."""


def names_in(text: str) -> tuple[str, ...]:
    """Names of one word each."""
    return tuple(text.split())


_SURNAMES = names_in("Nguyễn Trần Lê Phạm Hoàng Vũ Đỗ Bùi Đặng Hồ Ngô Đinh Nông Lục Lò Giàng Phan Mai Trịnh Lương")
_MIDDLE = names_in("Văn Thị Đức Minh Quang Hồng Xuân Quốc Sỹ A Kim Công Hữu")
_GIVEN = names_in("An Hà Vinh Long Nam Thanh Thắng Xuân Páo Tuấn Lan Hòa Sơn Khánh Thu Dũng Nga Bích Toàn Phúc")


def _person(chance: random.Random) -> str:
    return f"{chance.choice(_SURNAMES)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"


def ascii_slug(text: str, joint: str = "") -> str:
    """A name as it stands in addresses: no accents, no capitals, words joined."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return joint.join("".join(c if c.isascii() else "" for c in plain).split())
