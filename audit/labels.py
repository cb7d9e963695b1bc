"""The vocabulary as a list: by which wordings each thing is looked for, where they may stand, and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from audit.listings import Cell, Listing
from audit.proposals import Cluster
from audit.refusals import BadInput
from audit.words import say, term
from audit_rules.judgement import Lang
from audit_rules.reading.confirmed import EMC_LABEL, confirmed
from audit_rules.reading.sources import sources
from audit_rules.reading.vocabulary import CONCEPTS, PLACES, Concept

_COLUMNS = ("concept", "name", "use", "wording", "places", "evidence", "source")
_ENTRIES = 5
"""Entries ready to be pasted that a screen shows; files have those of every cluster."""
_PROPOSED = ("kind", "value", "portals", "families", "names_system", "known", "examples")
"""Of a sheet; the entry to paste has several lines, which JSON alone can hold."""
_SHOWN = ("label_wording", "label_use", "source")


def label_list(concept: str | None, lang: Lang) -> Listing:
    """Every wording of a concept, or of all: accepted, confirmed by a person, near, refused. Raises BadInput where
    there is no such concept."""
    if concept is not None and concept not in CONCEPTS:
        raise BadInput("error.no_concept", concept=concept, choices=", ".join(CONCEPTS))
    asked = [one for one in CONCEPTS.values() if concept in (None, one.id)]
    rows = [row for one in asked for row in _rows(one)]
    return Listing(_COLUMNS, rows, {}, _SHOWN, [line for one in asked for line in _lines(one, lang)])


def label_notes(lang: Lang) -> list[Text]:
    """What holds for every wording, under the table."""
    return [Text(say("labels.places", lang))]


def proposal_list(found: Sequence[Cluster], lang: Lang) -> Listing:
    """What recurs on the portals of a run, or names the measuring system, with the entry to confirm it by."""
    rows: list[dict[str, Cell]] = [
        {
            "kind": one.kind,
            "value": one.shown,
            "portals": one.portals,
            "families": len(one.families),
            "names_system": "yes" if one.system else "no",
            "known": one.known,
            "examples": [f"{seen.portal} ({seen.region}): {seen.said}" for seen in one.examples],
            "entry": one.entry(),
        }
        for one in found
    ]
    screen = [
        [
            f"{term('label_kind', one.kind, lang)}: {one.shown}",
            str(one.portals),
            str(len(one.families)),
            one.known or "",
            one.examples[0].portal,
        ]
        for one in found
    ]
    return Listing(_PROPOSED, rows, {}, ("value", "portals", "families", "known", "portal"), screen)


def proposal_notes(found: Sequence[Cluster], lang: Lang) -> list[Text]:
    """How pictures are known, and the entries of the first unknown things that name the measuring system."""
    notes = [Text(say("labels.pictures", lang))]
    entries = [one.entry() for one in found if one.system and not one.is_confirmed][:_ENTRIES]
    if entries:
        notes += [Text(), Text(say("labels.paste", lang)), *(Text(f"\n{entry}", no_wrap=True) for entry in entries)]
    return notes


def _rows(concept: Concept) -> Iterator[dict[str, Cell]]:
    told = sources().get(concept.id)
    about: dict[str, Cell] = {
        "concept": concept.id,
        "name": concept.name,
        "places": list(PLACES),
        "evidence": told.evidence if told else "entry",
        "source": "",
    }
    named = {wording: told.of(wording) if told else "" for wording in concept.accepted}
    order = list(dict.fromkeys(named.values()))
    for wording in sorted(named, key=lambda each: order.index(named[each])):
        yield about | {"use": "accepted", "wording": wording, "source": named[wording]}
    for sample in confirmed(concept.id):
        source = f"{sample.source}; {sample.by}, {sample.on.isoformat()}"
        yield about | {"use": f"confirmed_{sample.kind}", "wording": sample.value, "source": source}
    for phrases in concept.near:
        yield about | {"use": "near", "wording": " … ".join(phrases)}
    for wording in concept.perhaps:
        yield about | {"use": "near", "wording": wording}
    for wording in concept.refused:
        yield about | {"use": "refused", "wording": wording}


def _lines(concept: Concept, lang: Lang) -> Iterator[list[str]]:
    """A concept on a screen: its name, what must be seen; under it its wordings, each source once."""
    told = sources().get(concept.id)
    evidence = term("label_evidence", told.evidence if told else "entry", lang)
    yield ["", "", ""]
    yield [f"{concept.id}: {concept.name}", "", say("labels.needs", lang, evidence=evidence)]
    if concept.id == EMC_LABEL and not confirmed(EMC_LABEL):
        yield [say("labels.none_confirmed", lang), "", say("labels.propose", lang)]
    before = None
    for row in _rows(concept):
        use, source = str(row["use"]), str(row["source"])
        yield [f"· {row['wording']}", term("label_use", use, lang), source if (use, source) != before else ""]
        before = (use, source)
