"""The facts that cross the floors: what a portal is, what was seen of it, what was known around it.

Everything here is frozen and says nothing about good or bad. ``None`` means "was not seen";
an empty string or tuple means "was seen, and there was nothing".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeVar

from audit_rules.address import Address, AddressBook
from audit_rules.probed import Probes
from audit_rules.rendered import RenderFacts
from audit_rules.verdict import How

T = TypeVar("T")

Kind = Literal[
    "ministry", "province", "unit", "department", "commune", "service", "thematic", "other_body", "archive"
]
MAIN_KINDS: frozenset[Kind] = frozenset({"ministry", "province"})
COMPONENT_KINDS: frozenset[Kind] = frozenset({"unit", "department", "commune"})

Region = Literal["header", "menu", "main", "teaser", "article", "aside", "footer"]
LinkKind = Literal["a", "area", "option", "data", "script", "form", "refresh", "frame"]
EmcState = Literal["live", "data_only", "commented_out", "empty_id", "id_not_numeric", "inert", "no_id"]
State = Literal["audited", "partial", "unreachable", "blocked", "robots", "moved", "alias", "no_address", "error"]


# --- who ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agency:
    """A public body of the registry. ``valid_to`` is the last day it existed; its successor follows on."""

    id: str
    name_vi: str
    name_en: str
    kind: Kind
    parent_id: str | None = None
    other_names: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    successor_id: str | None = None
    contact_email: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Portal:
    """A registry entry, or a guess at one for an address the registry does not know (``registered`` False).

    ``inherited`` are dated addresses of bodies merged into this one. ``confirmed`` means that a person said
    who, when and how; unconfirmed components count in no other portal's duties.
    """

    id: str
    address: Address
    kind: Kind
    agency: Agency | None = None
    aliases: tuple[Address, ...] = ()
    inherited: tuple[Address, ...] = ()
    main_portal_id: str | None = None
    status: Literal["active", "to_confirm", "retired"] = "active"
    confirmed: bool = False
    registered: bool = True
    kind_guessed: bool = False

    @property
    def addresses(self) -> tuple[Address, ...]:
        return (self.address, *self.aliases, *self.inherited)

    @property
    def is_main(self) -> bool:
        return self.kind in MAIN_KINDS

    @property
    def is_component(self) -> bool:
        return self.kind in COMPONENT_KINDS


# --- one page -------------------------------------------------------------------------------------------


class Link(NamedTuple):
    """One way out of a page, redirectors unwrapped. ``text`` is what a reader sees, or the text alternative
    where nothing is seen; ``hint`` is a title or label that says more; ``line`` counts the page's text lines.
    ``hidden`` marks one that an attribute or a style of the page hides (a closed menu, or one nobody opens).

    A named tuple, like Line: a page has hundreds, and a frozen dataclass takes three times as long to make."""

    url: str
    text: str
    region: Region
    kind: LinkKind = "a"
    hint: str = ""
    line: int = 0
    hidden: bool = False


class Line(NamedTuple):
    """One line of text as a reader sees it: the text between two block boundaries, NFC, blanks folded.
    ``hidden`` marks one that an attribute or a style of the page hides."""

    text: str
    region: Region
    heading: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number (digits only, as dialled in Viet Nam), an e-mail or a postal address, and its line.

    ``hidden`` marks an e-mail that is there but masked beyond decoding."""

    kind: Literal["phone", "email", "address"]
    value: str
    text: str
    line: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A named person and what the page says of them; a part that is not said is None."""

    name: str
    role: str
    position: str | None
    phone: str | None
    email: str | None
    line: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class EmcEmbed:
    """A piece of measuring code of the EMC shape. ``known_tracker`` is False for a foreign tracker host;
    ``None`` where the snippet names none."""

    state: EmcState
    site_id: str
    tracker_url: str
    library_url: str
    known_tracker: bool | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Field:
    """What is filled in: ``name`` is all that the markup calls it, ``sent`` the name it is sent under."""

    name: str
    kind: str
    label: str
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form, or a lone input that a script reads. ``text`` is the words of its buttons and labels; ``hidden`` is
    what a browser sends beside the fields, names and values, of a form that is asked for and not sent; ``choices``
    is True where it has lists to choose from."""

    action: str
    method: str
    text: str
    region: Region
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    choices: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the header or footer; ``alt`` None where the attribute is missing."""

    src: str
    alt: str | None
    region: Region


@dataclass(frozen=True, slots=True)
class Language:
    """``declared`` as written, None where there is no attribute; ``spoken`` is what the text is really in
    ("vi", "en" or None where there is too little of it), judged by its letters and commonest words."""

    declared: str | None
    spoken: str | None


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One look at one HTML page: raw (the bytes sent) or rendered (what scripts made of them).

    ``landmarks`` names the regions that the markup itself tells apart. ``shell`` is True where the raw page
    is an empty frame for scripts; ``cut`` where the page was longer or deeper than is read.
    ``viewport`` is the content of that meta element, None where there is none; ``dublin_core`` names the elements
    that have a value ("title"). ``images`` counts pictures a reader sees, ``images_unnamed`` those without a text
    alternative, of which ``unnamed`` gives some sources. ``moving`` is text that runs or blinks by its markup;
    ``insecure`` are http:// addresses that an https page loads by itself. ``wordless`` names things of which the
    markup has marks that no reader could put into words ("search", "language", "rating")."""

    url: str
    seen_at: datetime
    sha256: str
    how: How = "raw"
    status: int = 200
    title: str = ""
    description: str = ""
    charset: str = ""
    generator: str = ""
    language: Language = Language(None, None)
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()
    people: tuple[Person, ...] = ()
    emc: tuple[EmcEmbed, ...] = ()
    forms: tuple[Form, ...] = ()
    pictures: tuple[Picture, ...] = ()
    viewport: str | None = None
    dublin_core: tuple[str, ...] = ()
    images: int = 0
    images_unnamed: int = 0
    unnamed: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()
    insecure: tuple[str, ...] = ()
    wordless: tuple[str, ...] = ()
    landmarks: tuple[Region, ...] = ()
    shell: bool = False
    missing: bool = False
    cut: bool = False
    render: RenderFacts | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of the bytes of a page beside its facts: what the answer said of itself (empty where nothing),
    the digest of its canonical content, and, where this run's evidence does not hold them, the evidence file that
    does and the moment of the record in it. ``unchanged`` tells that the facts are those of the last visit,
    ``withheld`` that the bytes are kept nowhere, for they have the words of private persons."""

    content_type: str = ""
    etag: str = ""
    modified: str = ""
    canonical: str = ""
    kept_in: str = ""
    kept_at: datetime | None = None
    unchanged: bool = False
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the portal, each way it was looked at, and where the bytes of both views are from."""

    url: str
    raw: PageFacts | None = None
    rendered: PageFacts | None = None
    source: Source = field(default=Source(), compare=False)
    look_source: Source = field(default=Source(), compare=False)

    @property
    def views(self) -> tuple[PageFacts, ...]:
        return tuple(view for view in (self.raw, self.rendered) if view is not None)


# --- one portal -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answered, outside of reading it as a page: a document, a redirect, a probe, an error.

    ``final_url`` is where redirects ended, ``error`` a reason of the contract (``dns``, ``refused``,
    ``timeout``, …) where nothing answered; ``status`` is None then."""

    url: str
    seen_at: datetime
    status: int | None = None
    final_url: str = ""
    content_type: str = ""
    error: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class SearchTry:
    """The search of the site, asked for one word of the portal's own headlines: what the address answered in the
    end, and the page of results, None where that was no page. ``whole`` is False where the form has more to fill in
    than the word."""

    word: str
    answer: Answer
    page: Page | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class NetFacts:
    """How the portal answered: its two entry points, other addresses asked, and what never answered.

    ``skipped`` gives addresses known and not read, with the reason (``budget``, ``robots``, ``http_5xx``, …).
    ``probes`` is None where server and name system were not asked apart. ``search`` is the portal's own search as
    it was tried, None where nobody could; ``outside`` are pages out of the portal that were read for the language
    of their text, without anything else of theirs; ``slow`` gives addresses that were long in answering, and the
    seconds."""

    https: Answer | None = None
    http: Answer | None = None
    asked: tuple[Answer, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    requests: int = 0
    probes: Probes | None = None
    search: SearchTry | None = None
    outside: tuple[Page, ...] = ()
    slow: tuple[tuple[str, float], ...] = ()

    def answer(self, url: str) -> Answer | None:
        return next((answer for answer in self.asked if answer.url == url), None)


@dataclass(frozen=True, slots=True)
class Later:
    """A second look, before the portal was left, at what negative verdicts rest on: pages, entry points and other
    addresses seen once more, later and with more patience. What is not in it was not looked at again."""

    started_at: datetime
    pages: tuple[Page, ...] = ()
    net: NetFacts = NetFacts()


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything one visit to a portal brought home. ``browser`` is False where nothing could be rendered.
    ``later`` is the second look, None where none was taken; ``made_by`` the version of the program that looked and
    read."""

    state: State
    reason: str | None
    home: str | None
    pages: tuple[Page, ...]
    net: NetFacts
    moved_to: str | None = None
    browser: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    later: Later | None = None
    made_by: str = ""

    @property
    def shown(self) -> tuple[Page, ...]:
        """Every page that a browser may be shown: the portal's, then those that were read beside them."""
        search = self.net.search
        return (*self.pages, *self.net.outside, *((search.page,) if search and search.page else ()))


@dataclass(frozen=True, slots=True)
class Abolished:
    """A name of a public body that is no more: its last day, and the body in its place ("" if unknown)."""

    name: str
    valid_to: date
    successor: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was known around a portal on the day; stored with the run, so that a replay answers the same.

    ``book`` resolves addresses of the portal, its main portal and its components. ``answered`` are the ids of
    portals that answered in this run, ``main_portal_outcomes`` what its rules said of the main portal in it; both
    are None until every portal of the run was looked at. ``bodies`` are names of other public bodies, ``abolished``
    those of bodies that ended before the day and that no living body bears.
    ``emc_elsewhere`` gives, for each EMC site id of this portal that was seen in this run on a portal outside its
    family (main portal, components, aliases, predecessors), the canonical addresses of those portals, sorted; it
    too is None until then, and for a portal of no known family. ``unknown_current_code`` is True where the run
    looked at 20 main portals or more and fewer than 20 % of them carry the known code live on home: the code or its
    host may have changed. ``tracker_down`` tells whether the measuring library loaded for nobody of those in the
    run who asked for it, None where nobody did or the run is not over. ``successor`` is the portal of the body that
    took over from one that is no more, ``predecessors`` are the portals that this one so succeeds."""

    day: date
    main_portal: Portal | None = None
    components: tuple[Portal, ...] = ()
    book: AddressBook = field(default_factory=AddressBook)
    bodies: tuple[str, ...] = ()
    answered: frozenset[str] | None = None
    main_portal_outcomes: Mapping[str, str] | None = None
    emc_elsewhere: Mapping[str, tuple[str, ...]] | None = None
    unknown_current_code: bool = False
    tracker_down: bool | None = None
    abolished: tuple[Abolished, ...] = ()
    successor: Portal | None = None
    predecessors: tuple[Portal, ...] = ()

    @property
    def alone(self) -> Surroundings:
        """The same as it was before the run was over."""
        if self.answered is None:
            return self
        return replace(
            self,
            answered=None,
            main_portal_outcomes=None,
            emc_elsewhere=None,
            unknown_current_code=False,
            tracker_down=None,
        )


class Unseen(Exception):
    """A fact a rule needs could not be seen; the engine turns it into ``cantTell``."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.reason = reason
        self.what = what


def known(fact: T | None, what: str, reason: str = "coverage") -> T:
    """The fact, or the end of the rule: what could not be seen cannot be judged."""
    if fact is None:
        raise Unseen(reason, what)
    return fact
