"""What a family is told of the portal it draws, and what it must say of itself. Faults are planted here and in the
pages that all families share, so that every fault works in every family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.bodies import LOCAL_SERVICES, NATIONAL_SERVICES, Body, abolished
from sandbox.portals.footer import footer_lines
from sandbox.portals.pieces import Answer, Faults, emc_code, masked

_ODD = "/gioi-thieu"
_OTHER_FOOTER = (
    "Bản thử nghiệm giao diện mới, đang hoàn thiện",
    "Tổ biên tập chuyên trang trực ban ngày đêm",
    "Góp ý về giao diện gửi tại quầy tiếp nhận số 2",
    "Trang hiển thị tốt trên trình duyệt đời mới",
)


class Page(NamedTuple):
    """A page before it is framed; ``path`` is where it stands in the plan of the site, not its address."""

    path: str
    title: str
    html: str

    @property
    def is_home(self) -> bool:
        return self.path == "/"


class Entry(NamedTuple):
    """An entry of the menu; ``path`` as in Page, or a whole address elsewhere."""

    label: str
    path: str
    below: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """The shape of one content management system.

    ``address`` gives the path and query of a page, ``frame`` its markup, ``files`` what lies beside the pages.
    ``soft_404`` answers lost pages with status 200; ``masks_mail`` hides addresses as Cloudflare does; ``credit``
    is the maker's line in the footer, ``search`` the path and the field of the search of the site."""

    address: Callable[[str], str]
    frame: Callable[[Portal, Page], str]
    files: Callable[[Portal, Mapping[str, Page]], dict[str, Answer]]
    search: tuple[str, str]
    lang: str = "vi"
    soft_404: bool = False
    masks_mail: bool = False
    in_script: bool = False
    packed: bool = False
    header_charset: bool = True
    credit: str = ""
    home: str = "/"


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal to be drawn: its body, its family, the faults planted in it, and who is around."""

    body: Body
    family: Family
    faults: Faults
    main: Body | None = None
    components: tuple[Body, ...] = ()
    pages: dict[str, Page] = field(default_factory=dict)

    def at(self, path: str) -> str:
        """The address of a page, from the root of the host; whole addresses stay what they are."""
        return path if "://" in path else self.body.path + self.family.address(path)

    @property
    def lang(self) -> str:
        """The language attribute of the root element, with a blank in front."""
        lies = {"lang_missing": "", "lang_english": ' lang="en-US"', "lang_invalid": ' lang="vn"'}
        told = next((lie for fault, lie in lies.items() if fault in self.faults), None)
        return f' lang="{self.family.lang}"' if told is None else told

    def emc(self, page: Page) -> str:
        return emc_code(self.body, self.faults, home=page.is_home)

    def emc_inside(self) -> str:
        """The measuring code as inner pages of their own frame carry it."""
        return emc_code(self.body, self.faults, home=False)

    def mail(self, address: str) -> str:
        """An e-mail address as the family shows it."""
        return masked(address) if self.family.masks_mail else f'<a href="mailto:{address}">{address}</a>'

    def footer(self, page: Page) -> tuple[str, ...]:
        credit = (self.family.credit,) if self.family.credit else ()
        if self.is_odd(page, "other_footer_inside"):
            return _OTHER_FOOTER
        return footer_lines(self.body, self.faults, self.mail) + credit

    def site_name(self, page: Page) -> str:
        """The name in the banner and the title."""
        if self.is_odd(page, "other_header_inside"):
            return "Chuyên trang thử nghiệm"
        if "header_of_another" in self.faults:
            return "Cổng thông tin điện tử Sở Ngoại vụ tỉnh Đồi Gió"
        name = self.body.portal_name
        return f"{name} - {abolished(self.body)}" if "abolished_in_title" in self.faults else name

    def is_odd(self, page: Page, fault: str) -> bool:
        """Whether a fault has given this page, alone among its kind, a frame of its own."""
        return fault in self.faults and page.path == _ODD

    def head(self, page: Page) -> str:
        """What stands in the head of every family's pages."""
        viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        about = page.title if page.is_home else f"{page.title}, {self.body.portal_name}"
        description = f'<meta name="description" content="{about}">'
        parts = {"no_viewport": viewport, "no_description": description}
        return "\n".join(part for fault, part in parts.items() if fault not in self.faults)

    @property
    def has_search(self) -> bool:
        return "no_search_box" not in self.faults

    @property
    def to_main(self) -> tuple[tuple[str, str], ...]:
        """The link to the main portal, as name and address, while there is one."""
        if self.main is None or "no_link_to_main" in self.faults:
            return ()
        return ((self.main.portal_name, self.main.url),)

    @property
    def to_services(self) -> tuple[tuple[str, str], ...]:
        """The links to the service portals, while there are any."""
        if "no_link_to_services" in self.faults or self.body.kind in ("archive", "unit"):
            return ()
        national = ("Cổng Dịch vụ công quốc gia", f"https://{NATIONAL_SERVICES}/")
        if f"dichvucong.{self.body.site}" != LOCAL_SERVICES:
            return (national,)
        return (national, ("Dịch vụ công", f"https://{LOCAL_SERVICES}/"))
