"""Which bodies the make-believe country has: the small one of the tests, or one of any size drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from sandbox.bodies import COMPONENTS, Body, Place, ascii_slug, make, names_in

FEWEST_COMPONENTS = 5
"""Components below which no auditor may say that a main portal forgot one."""


@dataclass(frozen=True)
class Country:
    """All portals of a country. ``audited`` are those compared with the truth, by the name that faults call them;
    ``small`` ones are there to be linked."""

    audited: Mapping[str, Body]
    small: tuple[Body, ...]

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        return (*self.audited.values(), *self.small)

    @cached_property
    def _families(self) -> Mapping[str, list[Body]]:
        families: dict[str, list[Body]] = {}
        for body in self.bodies:
            families.setdefault(body.main_id, []).append(body)
        return families

    @cached_property
    def _by_id(self) -> Mapping[str, Body]:
        return {body.portal_id: body for body in self.bodies}

    @cached_property
    def _hosts(self) -> Mapping[str, tuple[str, ...]]:
        hosts: dict[str, list[str]] = {}
        for portal, body in self.audited.items():
            hosts.setdefault(body.host, []).append(portal)
        return {host: tuple(portals) for host, portals in hosts.items()}

    def on_host(self, host: str) -> tuple[str, ...]:
        """The audited portals of a host: a province may have its communes there, by path."""
        return self._hosts[host]

    def main_of(self, body: Body) -> Body | None:
        return self._by_id.get(body.main_id)

    def components(self, main: Body) -> tuple[Body, ...]:
        """The components of a main portal, that is units, departments and communes."""
        return tuple(body for body in self._families.get(main.portal_id, ()) if body.kind in COMPONENTS)

    def forgotten(self, main: Body) -> Body | None:
        """The component that a main portal forgets under ``one_component_unlisted``: it counts as forgotten only
        once it was seen to answer, so it is one that is audited."""
        own = [body for body in self.components(main) if not body.small and not body.path]
        return own[-1] if own else None


def _department(place: Place, main_id: str, slug: str, field: str, number: int, family: str) -> Body:
    full = (f"Sở {field} {place.name}", f"Sở {field}", f"Department {slug.upper()} of {place.name_en}")
    return make(
        f"{slug}-{main_id}", family, "department", place, f"{slug}.{place.domain}", full, number, main_id=main_id
    )


def _unit(
    place: Place, main_id: str, slug: str, field: str, number: int, family: str, *, small: bool = False
) -> Body:
    full = (f"Cục {field}", f"Cục {field}", f"{slug.upper()} Agency, {place.name_en}")
    site = f"{slug}.{place.domain}"
    return make(f"{slug}-{main_id}", family, "unit", place, site, full, number, main_id=main_id, small=small)


def _commune(
    place: Place, main_id: str, name: str, number: int, *, family: str, by_path: bool = False, small: bool = False
) -> Body:
    slug = ascii_slug(name)
    site = f"{place.domain}/{ascii_slug(name, '-')}" if by_path else f"{slug}.{place.domain}"
    lowered = name[0].lower() + name[1:]
    full = (f"Ủy ban nhân dân {lowered}", f"UBND {lowered}", f"People's Committee of {name}")
    return make(f"{slug}-{main_id}", family, "commune", place, site, full, number, main_id=main_id, small=small)


def _province(place: Place, portal_id: str, number: int, family: str) -> Body:
    full = (f"Ủy ban nhân dân {place.name}", f"UBND {place.name}", f"People's Committee of {place.name_en}")
    return make(portal_id, family, "province", place, place.domain, full, number)


def _ministry(place: Place, portal_id: str, number: int, family: str) -> Body:
    return make(portal_id, family, "ministry", place, place.domain, (place.name, place.name, place.name_en), number)


def _service(place: Place, main_id: str, number: int) -> Body:
    names = (
        f"Trung tâm Phục vụ hành chính công {place.name}",
        "Trung tâm Phục vụ hành chính công",
        "Service centre",
    )
    site = f"dichvucong.{place.domain}"
    return make(f"dvc-{main_id}", "hydrated", "service", place, site, names, number, main_id=main_id)


def _archive(old: Place, main_id: str, number: int) -> Body:
    """The site of a province that was merged into another."""
    full = (f"Ủy ban nhân dân {old.name}", f"UBND {old.name}", f"People's Committee of {old.name_en}")
    portal_id = old.domain.partition(".")[0]
    return make(portal_id, "liferay", "archive", old, old.domain, full, number, main_id=main_id)


_COMMUNES = tuple(
    f"Xã {first} {second}"
    for second in names_in("Hòa Sơn Lâm Giang Thạch Phú Bình Minh Lập Khê Quang Thượng")
    for first in names_in("Tân Nậm Mường Bản Cao Kim Long Ngọc Phong Vạn Xuân Đại Đồng Cẩm Châu Liên")
)
_FIELDS = (
    ("snv", "Nội vụ"), ("stc", "Tài chính"), ("sct", "Công Thương"), ("syt", "Y tế"), ("sxd", "Xây dựng"),
    ("stp", "Tư pháp"), ("sgddt", "Giáo dục và Đào tạo"), ("skhcn", "Khoa học và Công nghệ"),
    ("snnmt", "Nông nghiệp và Môi trường"),
)  # fmt: skip
_SEA_FIELDS = (
    ("cdd", "Đo đạc biển"), ("cns", "Nuôi biển"), ("cch", "Cảng cá và Hậu cần"), ("cdh", "Đảo và Hải đồ"),
    ("ccb", "Chuyển đổi số kinh tế biển"), ("cbv", "Bảo vệ nguồn lợi biển"),
)  # fmt: skip


def _small(family: list[Body]) -> Iterator[Body]:
    """Components that are only there to be linked, beside those of a family; its main portal comes first."""
    main, taken = family[0], {body.portal_id for body in family}
    for number in range(len(_SEA_FIELDS) if main.kind == "ministry" else len(_COMMUNES)):
        if main.kind == "ministry":
            slug, field = _SEA_FIELDS[number]
            body = _unit(main.place, main.portal_id, slug, field, 900 + number, "wordpress", small=True)
        else:
            name = _COMMUNES[number]
            body = _commune(main.place, main.portal_id, name, 900 + number, family="wordpress", small=True)
        if body.portal_id not in taken:
            yield body


def _filled(audited: Mapping[str, Body]) -> Country:
    """The country of these portals, with as many small components as their main portals lack."""
    families: dict[str, list[Body]] = {}
    for body in audited.values():
        families.setdefault(body.main_id or body.portal_id, []).append(body)
    small: list[Body] = []
    for family in families.values():
        missing = FEWEST_COMPONENTS - sum(body.kind in COMPONENTS for body in family)
        small += islice(_small(family), max(missing, 0))
    return Country(audited, tuple(small))


SONG_MAY = Place("tỉnh Sông Mây", "Song May Province", "songmay.gov.vn", "0214", "phường Bến Sông, tỉnh Sông Mây")
THUONG_MAY = Place(
    "tỉnh Thượng Mây", "Thuong May Province", "thuongmay.gov.vn", "0216", "phường Đồi Chè, tỉnh Thượng Mây"
)
THANH_LAM = Place(
    "tỉnh Thanh Lâm", "Thanh Lam Province", "thanhlam.gov.vn", "0299", "phường Lâm Thành, tỉnh Thanh Lâm"
)
SEA = Place(
    "Bộ Kinh tế biển", "Ministry of Marine Economy", "bktb.gov.vn", "024", "phường Cửa Đông, thành phố Hà Nội"
)

_AUDITED = {
    "main": _province(SONG_MAY, "songmay", 101, "liferay"),
    "department": _department(SONG_MAY, "songmay", "sxd", "Xây dựng", 102, "hydrated"),
    "commune": _commune(SONG_MAY, "songmay", "Xã Bình An", 103, family="wordpress", by_path=True),
    "ward": _commune(SONG_MAY, "songmay", "Phường Bến Sông", 104, family="wordpress"),
    "education": _department(SONG_MAY, "songmay", "sgddt", "Giáo dục và Đào tạo", 105, "vnpt"),
    "home_affairs": _department(SONG_MAY, "songmay", "snv", "Nội vụ", 112, "dnn"),
    "archive": _archive(THUONG_MAY, "songmay", 107),
    "forest": _province(THANH_LAM, "thanhlam", 201, "sharepoint"),
    "finance": _department(THANH_LAM, "thanhlam", "stc", "Tài chính", 202, "vnpt"),
    "lake": _commune(THANH_LAM, "thanhlam", "Xã Hồ Ba", 203, family="sharepoint", by_path=True),
    "service": _service(THANH_LAM, "thanhlam", 204),
    "ministry": _ministry(SEA, "bktb", 301, "dnn"),
    "unit": _unit(SEA, "bktb", "cdd", "Đo đạc biển", 302, "script"),
}  # fmt: skip
COUNTRY = _filled(_AUDITED)
"""The country of the tests and of the demonstration."""

_MAIN_FAMILIES = ("liferay", "sharepoint", "dnn", "vnpt")
_FAMILIES = ("vnpt", "liferay", "dnn", "wordpress", "sharepoint", "hydrated", "script")
_FIRST = names_in("Sông Thanh Vân Hà Bắc Nam Đông Tây Trung Ngàn Cửa Hải")
_SECOND = names_in("Lam Trà Thạch Hồng Đà Khê Lĩnh Châu Ngư Phong Dương Yên")


def draw(seed: int, portals: int) -> Country:
    """A country of so many audited portals: provinces with departments, communes, service portals and archives, and
    a ministry now and then. The same seed gives the same country, on every machine.

    Raises ValueError for fewer than one.
    """
    if portals < 1:
        raise ValueError(f"no country without a portal: {portals}")
    chance = random.Random(seed)  # noqa: S311 - a play, no secret
    audited: list[Body] = []
    for at in range(portals):
        if len(audited) < portals:
            audited += _ministerial(chance, at) if at % 6 == 5 else _provincial(chance, at)
    return _filled({body.portal_id: body for body in audited[:portals]})


def _provincial(chance: random.Random, at: int) -> Iterator[Body]:
    name = f"{_FIRST[at % len(_FIRST)]} {_SECOND[at // len(_FIRST) % len(_SECOND)]}"
    slug = f"{ascii_slug(name)}{at // 144 or ''}"
    place = Place(
        f"tỉnh {name}", f"{name} Province", f"{slug}.gov.vn", f"02{10 + at % 89}", f"phường Trung Tâm, tỉnh {name}"
    )
    yield _province(place, slug, 100, chance.choice(_MAIN_FAMILIES))
    number = 101
    for field, title in chance.sample(_FIELDS, chance.randint(3, len(_FIELDS))):
        yield _department(place, slug, field, title, number, chance.choice(_FAMILIES))
        number += 1
    if at % 2 == 0:
        yield _service(place, slug, number)
    if at % 3 == 0:
        old = Place(f"tỉnh {name} Cũ", f"Old {name} Province", f"{slug}cu.gov.vn", place.area, place.seat)
        yield _archive(old, slug, number + 1)
    number += 2
    for commune in chance.sample(_COMMUNES, chance.randint(5, 60)):
        by_path = chance.random() < 0.3
        family = chance.choice(("wordpress", "sharepoint", "vnpt", "dnn"))
        yield _commune(place, slug, commune, number, family=family, by_path=by_path)
        number += 1


def _ministerial(chance: random.Random, at: int) -> Iterator[Body]:
    slug = f"bo{at}"
    place = Place(
        f"Bộ Kinh tế biển số {at}", f"Ministry {at}", f"{slug}.gov.vn", "024", "phường Cửa Đông, thành phố Hà Nội"
    )
    yield _ministry(place, slug, 100, chance.choice(_MAIN_FAMILIES))
    for number, (field, title) in enumerate(chance.sample(_SEA_FIELDS, chance.randint(1, len(_SEA_FIELDS))), 101):
        yield _unit(place, slug, field, title, number, chance.choice(_FAMILIES))
