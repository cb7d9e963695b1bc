"""Who lives in the make-believe province: its bodies, their addresses and the people one can reach there.

Nobody and nothing here is real: the province, its hosts, names, numbers and mail addresses are invented.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["province", "department", "commune"]

EMC_HOST = "f-emc.ngsp.gov.vn"
COUNTER_HOST = "s10.histats.com"
NATIONAL_SERVICES = "dichvucong.gov.vn"
LOCAL_SERVICES = "dichvucong.songmay.gov.vn"
GOVERNMENT = "chinhphu.vn"


@dataclass(frozen=True, slots=True)
class Official:
    name: str
    position: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Body:
    """One public body and its portal. ``path`` is empty for a host of its own; ``name`` is the registered one,
    ``short`` the same as officials abbreviate it; ``emc_id`` the number its measuring code carries."""

    portal_id: str
    agency_id: str
    kind: Kind
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

    @property
    def site(self) -> str:
        return self.host + self.path

    @property
    def url(self) -> str:
        return f"https://{self.site}/"


MAIN = Body(
    portal_id="songmay",
    agency_id="tinh-song-may",
    kind="province",
    host="songmay.gov.vn",
    path="",
    name="Ủy ban nhân dân tỉnh Sông Mây",
    short="UBND tỉnh Sông Mây",
    name_en="People's Committee of Song May Province",
    portal_name="Cổng thông tin điện tử tỉnh Sông Mây",
    postal="Số 1 đường Trần Phú, phường Bến Sông, tỉnh Sông Mây",
    phone="0214 3 800 111",
    email="congthongtin@songmay.gov.vn",
    editor="Nguyễn Văn An",
    emc_id="9101",
    spokesperson=Official(
        "Trần Thị Minh Hà", "Chánh Văn phòng UBND tỉnh", "0214 3 800 120", "tranthiminhha@songmay.gov.vn"
    ),
    information_officer=Official(
        "Lê Quang Vinh", "Phó Trưởng phòng Hành chính - Tổ chức", "0214 3 800 135", "cungcapthongtin@songmay.gov.vn"
    ),
    information_unit="Phòng Hành chính - Tổ chức, Văn phòng UBND tỉnh Sông Mây",
)

DEPARTMENT = Body(
    portal_id="sxd-songmay",
    agency_id="so-xay-dung-song-may",
    kind="department",
    host="sxd.songmay.gov.vn",
    path="",
    name="Sở Xây dựng tỉnh Sông Mây",
    short="Sở Xây dựng",
    name_en="Department of Construction of Song May Province",
    portal_name="Trang thông tin điện tử Sở Xây dựng tỉnh Sông Mây",
    postal="Số 18 đường Lê Lợi, phường Bến Sông, tỉnh Sông Mây",
    phone="0214 3 822 456",
    email="sxd@songmay.gov.vn",
    editor="Phạm Đức Long",
    emc_id="9102",
    spokesperson=Official("Vũ Hồng Nam", "Phó Giám đốc Sở", "0214 3 822 460", "vuhongnam@songmay.gov.vn"),
    information_officer=Official(
        "Đỗ Thị Thanh", "Chuyên viên Văn phòng Sở", "0214 3 822 463", "vanphong.sxd@songmay.gov.vn"
    ),
    information_unit="Văn phòng Sở Xây dựng tỉnh Sông Mây",
)

COMMUNE = Body(
    portal_id="xa-binh-an",
    agency_id="xa-binh-an-song-may",
    kind="commune",
    host="songmay.gov.vn",
    path="/xa-binh-an",
    name="Ủy ban nhân dân xã Bình An",
    short="UBND xã Bình An",
    name_en="People's Committee of Binh An Commune",
    portal_name="Trang thông tin điện tử xã Bình An",
    postal="Thôn Trung Tâm, xã Bình An, tỉnh Sông Mây",
    phone="0214 3 861 205",
    email="xabinhan@songmay.gov.vn",
    editor="Hoàng Văn Thắng",
    emc_id="9103",
    spokesperson=Official("Lò Thị Xuân", "Phó Chủ tịch UBND xã", "0214 3 861 207", "lothixuan@songmay.gov.vn"),
    information_officer=Official(
        "Giàng A Páo", "Công chức Văn phòng - Thống kê", "0214 3 861 209", "vanphong.xabinhan@songmay.gov.vn"
    ),
    information_unit="Văn phòng HĐND và UBND xã Bình An",
)


def _small(
    slug: str, kind: Kind, name: str, short: str, name_en: str, number: int, editor: str, spokesperson: str
) -> Body:
    """A component that is only there to be linked: it shares one simple template with the others."""
    phone = f"0214 3 8{number} 11"
    email = f"{slug}@songmay.gov.vn"
    return Body(
        portal_id=f"{slug}-songmay",
        agency_id=f"{slug}-song-may",
        kind=kind,
        host=f"{slug}.songmay.gov.vn",
        path="",
        name=name,
        short=short,
        name_en=name_en,
        portal_name=f"Trang thông tin điện tử {short.removeprefix('UBND ')}",
        postal=f"Số {number} đường Hùng Vương, phường Bến Sông, tỉnh Sông Mây",
        phone=phone + "0",
        email=email,
        editor=editor,
        emc_id=str(9100 + number),
        spokesperson=Official(spokesperson, "Chánh Văn phòng", phone + "2", email),
        information_officer=Official(spokesperson, "Chánh Văn phòng", phone + "2", email),
        information_unit=f"Văn phòng {short}",
    )


SMALL = (
    _small(
        "snv", "department", "Sở Nội vụ tỉnh Sông Mây", "Sở Nội vụ",
        "Department of Home Affairs of Song May Province", 12, "Bùi Quốc Tuấn", "Ngô Thị Lan",
    ),
    _small(
        "sgddt", "department", "Sở Giáo dục và Đào tạo tỉnh Sông Mây", "Sở Giáo dục và Đào tạo",
        "Department of Education and Training of Song May Province", 14, "Đặng Thị Hòa", "Trịnh Văn Sơn",
    ),
    _small(
        "xatanhoa", "commune", "Ủy ban nhân dân xã Tân Hòa", "UBND xã Tân Hòa",
        "People's Committee of Tan Hoa Commune", 16, "Lương Văn Khánh", "Mai Thị Thu",
    ),
    _small(
        "phuongbensong", "commune", "Ủy ban nhân dân phường Bến Sông", "UBND phường Bến Sông",
        "People's Committee of Ben Song Ward", 18, "Hồ Sỹ Dũng", "Phan Thị Nga",
    ),
)  # fmt: skip

AUDITED = {"main": MAIN, "department": DEPARTMENT, "commune": COMMUNE}
"""The three portals that are audited and compared with the truth, by the name that faults call them."""

COMPONENTS = (DEPARTMENT, COMMUNE, *SMALL)

UNLISTED = SMALL[0]
"""The component that the main portal forgets under the fault ``one_component_unlisted``: it counts as forgotten
only once it was seen to answer."""


def write_registry(folder: Path) -> None:
    """Writes ``agencies.csv`` and ``portals.csv`` as the contract has them, every component confirmed."""
    agencies = "id,name_vi,name_en,kind,parent_id,other_names,valid_from,valid_to,successor_id,contact_email,source"
    portals = (
        "id,agency_id,kind,address,aliases,main_portal_id,status,"
        "confirmed_by,confirmed_on,confirmed_how,valid_from,valid_to,source"
    )
    source = "tỉnh Sông Mây (giả định)"
    confirmed = ("Văn phòng UBND tỉnh Sông Mây", "2026-10-01", "Công văn 1234/VPUBND-KSTT")
    with (folder / "agencies.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(agencies.split(","))
        for body in (MAIN, *COMPONENTS):
            parent = "" if body is MAIN else MAIN.agency_id
            names = body.short if body.short != body.name else ""
            table.writerow(
                (body.agency_id, body.name, body.name_en, body.kind, parent, names, "", "", "", body.email, source)
            )
    with (folder / "portals.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(portals.split(","))
        for body in (MAIN, *COMPONENTS):
            main = "" if body is MAIN else MAIN.portal_id
            table.writerow(
                (
                    body.portal_id,
                    body.agency_id,
                    body.kind,
                    body.site,
                    "",
                    main,
                    "active",
                    *confirmed,
                    "",
                    "",
                    source,
                )
            )
