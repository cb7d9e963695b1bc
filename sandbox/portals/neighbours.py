"""The sites that portals link to in their drop-down lists: provinces, central bodies, communes of the province."""

from __future__ import annotations

from sandbox.portals.portal import Portal

_PROVINCES = (
    "Hà Nội=hanoi;Huế=hue;Lai Châu=laichau;Điện Biên=dienbien;Sơn La=sonla;Lạng Sơn=langson;"
    "Quảng Ninh=quangninh;Thanh Hóa=thanhhoa;Nghệ An=nghean;Hà Tĩnh=hatinh;Cao Bằng=caobang;"
    "Tuyên Quang=tuyenquang;Lào Cai=laocai;Thái Nguyên=thainguyen;Phú Thọ=phutho;Bắc Ninh=bacninh;"
    "Hưng Yên=hungyen;Hải Phòng=haiphong;Ninh Bình=ninhbinh;Quảng Trị=quangtri;Đà Nẵng=danang;"
    "Quảng Ngãi=quangngai;Gia Lai=gialai;Khánh Hòa=khanhhoa;Lâm Đồng=lamdong;Đắk Lắk=daklak;"
    "Đồng Nai=dongnai;Tây Ninh=tayninh;Cần Thơ=cantho;Vĩnh Long=vinhlong;Đồng Tháp=dongthap;Cà Mau=camau;"
    "An Giang=angiang;Hồ Chí Minh=hochiminhcity"
)

_CENTRAL = (
    "Cổng Thông tin điện tử Chính phủ=chinhphu.vn;Bộ Quốc phòng=mod.gov.vn;Bộ Công an=bocongan.gov.vn;"
    "Bộ Ngoại giao=mofa.gov.vn;"
    "Bộ Nội vụ=moha.gov.vn;Bộ Tư pháp=moj.gov.vn;Bộ Tài chính=mof.gov.vn;Bộ Công Thương=moit.gov.vn;"
    "Bộ Nông nghiệp và Môi trường=mae.gov.vn;Bộ Xây dựng=moc.gov.vn;"
    "Bộ Văn hóa, Thể thao và Du lịch=bvhttdl.gov.vn;Bộ Khoa học và Công nghệ=mst.gov.vn;"
    "Bộ Giáo dục và Đào tạo=moet.gov.vn;Bộ Y tế=moh.gov.vn;Bộ Dân tộc và Tôn giáo=bdttg.gov.vn;"
    "Ngân hàng Nhà nước Việt Nam=sbv.gov.vn;Thanh tra Chính phủ=thanhtra.gov.vn"
)

_COMMUNES = (
    "An Phú=anphu;Bản Mây=banmay;Bình Lâm=binhlam;Cẩm Thạch=camthach;Cao Sơn=caoson;Châu Giang=chaugiang;"
    "Đại Đồng=daidong;Đồng Tâm=dongtam;Đông Hà=dongha;Hòa Lạc=hoalac;Hợp Thành=hopthanh;Kim Sơn=kimson;"
    "La Pán=lapan;Liên Hoa=lienhoa;Long Khê=longkhe;Mường Lai=muonglai;Nà Hẩu=nahau;Nậm Khánh=namkhanh;"
    "Ngọc Lâm=ngoclam;Phong Niên=phongnien;Phú Nhuận=phunhuan;Quang Minh=quangminh;Sơn Hải=sonhai;Tả Van=tavan;"
    "Tân Lập=tanlap;Thái Bình=thaibinh;Thanh Bình=thanhbinh;Thượng Hà=thuongha;Trì Quang=triquang;"
    "Trung Tâm=trungtam;Vạn Hòa=vanhoa;Võ Lao=volao;Xuân Quang=xuanquang;Y Tý=yty"
)

Site = tuple[str, str]
"""Name and address."""


def _listed(text: str, address: str) -> tuple[Site, ...]:
    pairs = (entry.split("=") for entry in text.split(";"))
    return tuple((name, address.format(where)) for name, where in pairs)


PROVINCES = _listed(_PROVINCES, "https://{}.gov.vn/")
CENTRAL = _listed(_CENTRAL, "https://{}/")
COMMUNES = tuple((f"Xã {name}", url) for name, url in _listed(_COMMUNES, "https://xa{}.songmay.gov.vn/"))


def listed(portal: Portal) -> tuple[Site, ...]:
    """The components that a main portal links: all of its own, less the one that a fault forgets."""
    return tuple((body.short, body.url) for body in portal.components)


def central(portal: Portal) -> tuple[Site, ...]:
    """The Government and its ministries."""
    return CENTRAL[1:] if "no_link_to_government" in portal.faults else CENTRAL


def link_lists(portal: Portal) -> str:
    """The drop-down lists of linked sites; a main portal's first one has its own components, and communes."""
    own = listed(portal)
    communes = COMMUNES if portal.body.portal_id == "songmay" else ()
    lists = (
        *((("Đơn vị, sở, ban, ngành, xã, phường", own + communes),) if own else ()),
        ("Website Bộ, ngành", central(portal)),
        *((("Website tỉnh, thành phố", PROVINCES),) if own else ()),
    )
    return "".join(select(label, sites) for label, sites in lists)


def select(label: str, sites: tuple[Site, ...]) -> str:
    """A drop-down list that opens the chosen site."""
    options = "".join(f'<option value="{url}"> {name} </option>' for name, url in sites)
    return (
        f'<select class="dng-select-box" aria-label="{label}" '
        "onchange=\"window.open(this.options[this.selectedIndex].value,'_blank'); "
        f'this.options[0].selected=true"><option selected="">{label}</option>{options}</select>'
    )
