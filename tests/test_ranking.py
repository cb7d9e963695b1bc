"""Rankings and rates: ranks within a kind, what is not sure of them, who is named, and what the public is told."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audit.cli import main
from audit.ranking.places import KindRanking, Ranking, ranking
from audit.ranking.rates import Rate, rates
from audit.ranking.results import Results, Seen, Source, of_round, of_run
from audit_rules.address import Address
from audit_rules.facts import Agency, Kind, Portal, State
from audit_rules.judgement import Group, Judgement, Stage
from audit_rules.scoring import score
from audit_rules.verdict import Verdict, cant_tell, failed, inapplicable, passed, untested
from storage import outcomes
from storage.archive import Archive
from storage.rounds import EvaluationRound, RoundPortal, Rounds
from tests.told_runs import EVIDENCE, SEEN, header, judgement, portal_run

SAID: dict[str, Verdict] = {
    "p": passed(EVIDENCE),
    "f": failed(EVIDENCE),
    "?": cant_tell("coverage"),
    "u": untested("rule_error"),
    "-": inapplicable("kind"),
}
SOURCE = Source("r1", False, "complete", False, "rules-1", date(2026, 7, 15), ("r1",), (date(2026, 7, 15),))
CONTACT, SPAM = "disclosure.contact_point", "integrity.no_injected_spam"
FILES = {"agencies.csv": b""}


def body(name: str, kind: Kind = "province") -> Agency:
    return Agency(name, f"Tỉnh {name}", "", kind)


def portal(name: str, kind: Kind = "province", **parts: object) -> Portal:
    made = Portal(name, Address(f"{name}.gov.vn"), kind, body(name, kind), confirmed=True)
    return replace(made, **parts)  # type: ignore[arg-type]


def rules(
    letters: str, *, stage: Stage = "trial", group: Group = "structure", first: int = 0
) -> tuple[Judgement, ...]:
    items = (judgement(f"r.{first + number:02}", SAID[letter]) for number, letter in enumerate(letters))
    return tuple(replace(item, stage=stage, group=group) for item in items)


def seen(name: str, letters: str, *, kind: Kind = "province", state: State = "audited", **parts: object) -> Seen:
    return Seen(portal(name, kind, **parts), state, None, rules(letters))


def compared(*portals: Seen, source: Source = SOURCE) -> Results:
    return Results(source, portals)


def of_kind(told: Ranking, kind: Kind = "province") -> KindRanking:
    return next(each for each in told.kinds if each.kind == kind)


def ranks(told: Ranking, kind: Kind = "province") -> dict[str, int]:
    return {each.portal.id: each.rank for each in of_kind(told, kind).places}


# --- ranks ------------------------------------------------------------------------------------------------


def test_a_rank_counts_those_of_the_same_kind_that_are_better_and_equals_share_it() -> None:
    told = ranking(
        compared(
            seen("a", "ppff"),
            seen("b", "pppp"),
            seen("c", "ppff"),
            seen("d", "pfff"),
            seen("e", "pppp", kind="ministry"),
        )
    )
    assert ranks(told) == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert ranks(told, "ministry") == {"e": 1}, "a rank never mixes kinds"
    assert [each.kind for each in told.kinds] == ["ministry", "province"]


def test_the_index_is_the_published_score() -> None:
    one = seen("a", "ppf-?")
    place = of_kind(ranking(compared(one))).places[0]
    assert place.index == score(one.judgements, one.portal).value == 0.6667
    assert (place.low, place.high) == (0.5, 0.75)
    assert (place.score.passed, place.score.measured, place.score.not_measured) == (2, 3, 1)


def test_what_was_not_measured_makes_a_band_of_ranks() -> None:
    told = of_kind(
        ranking(
            compared(seen("a", "pppp" * 2), seen("b", "ppppppf?"), seen("c", "ppppfppp"), seen("d", "ffffffff"))
        )
    )
    bands = {each.portal.id: (each.best, each.rank, each.worst) for each in told.places}
    # b could be 6/8 or 7/8; c is 7/8 surely: equal at best, behind it at worst.
    assert bands == {"a": (1, 1, 1), "c": (2, 2, 2), "b": (2, 3, 3), "d": (4, 4, 4)}


def test_bands_hold_whatever_becomes_of_what_was_not_measured() -> None:
    """Every way in which the unmeasured could come out leaves each portal's rank within its band, and each end of
    each band is reached by some way."""
    chance = random.Random(7)  # noqa: S311 - the same trials every time
    for _ in range(40):
        letters = {name: "".join(chance.choices("ppf", k=8)) + chance.choice(["", "?", "??"]) for name in "abcde"}
        told = of_kind(ranking(compared(*(seen(name, text) for name, text in letters.items()))))
        reached: dict[str, set[int]] = {name: set() for name in letters}
        unknown = sum(text.count("?") for text in letters.values())
        for outcome in range(2**unknown):
            left = [bool(outcome >> bit & 1) for bit in range(unknown)]
            certain = {
                name: "".join(("p" if left.pop() else "f") if letter == "?" else letter for letter in text)
                for name, text in letters.items()
            }
            index = {name: text.count("p") / len(text) for name, text in certain.items()}
            for name in letters:
                reached[name].add(1 + sum(other > index[name] for other in index.values()))
        for place in told.places:
            assert (min(reached[place.portal.id]), max(reached[place.portal.id])) == (place.best, place.worst)
            assert place.best <= place.rank <= place.worst


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (seen("x", "pp??"), "few_measured"),
        (seen("x", "--"), "nothing_counted"),
        (seen("x", "pppp", registered=False, kind_guessed=True), "not_registered"),
        (seen("x", "pppp", kind_guessed=True), "kind_guessed"),
        (seen("x", "????", state="unreachable"), "unreachable"),
        (seen("x", "????", state="blocked"), "blocked"),
        (seen("x", "????", state="no_address"), "no_address"),
    ],
)
def test_who_has_no_index_is_named_with_the_reason_and_is_not_the_last(one: Seen, why: str) -> None:
    told = of_kind(ranking(compared(one, seen("a", "ffff"))))
    assert [each.why for each in told.unranked] == [why]
    assert [(each.portal.id, each.rank, each.worst) for each in told.places] == [("a", 1, 1)]


def test_a_heading_counts_its_own_rules_alone() -> None:
    judged = (*rules("pp"), *rules("ff", group="security", first=2))
    told = ranking(compared(Seen(portal("a"), "audited", None, judged)), group="security")
    assert of_kind(told).places[0].index == 0.0
    assert told.rules == ("r.02", "r.03")


def test_sites_of_bodies_that_are_no_more_are_in_no_ranking() -> None:
    assert ranking(compared(seen("a", "pppp", kind="archive"))).kinds == ()


def test_first_and_last_take_whoever_shares_the_edge_and_nobody_is_in_both() -> None:
    letters = {"a": "pppp", "b": "pppf", "c": "pppf", "d": "ppff", "e": "pfff", "f": "pfff", "g": "ffff"}
    told = of_kind(ranking(compared(*(seen(name, text) for name, text in letters.items()))))
    assert [each.portal.id for each in told.top(2)] == ["a", "b", "c"]
    assert [each.portal.id for each in told.bottom(2)] == ["g", "f", "e"]
    short = of_kind(ranking(compared(seen("a", "pppp"), seen("b", "ffff"))))
    assert [each.portal.id for each in short.bottom(5)] == []


# --- changes ----------------------------------------------------------------------------------------------


def test_a_change_tells_places_index_and_the_rules_that_moved_it() -> None:
    then = compared(seen("a", "pf?p"), seen("b", "pppp"), seen("c", "ffff"))
    now = compared(seen("a", "fppp"), seen("b", "pfff"), seen("d", "pppp"))
    told = ranking(now, before=then)
    change = {each.portal.id: each.change for each in of_kind(told).places}
    assert told.same_rules
    assert change["d"] is None, "was not there before"
    first = change["a"]
    assert first is not None
    assert (first.mended, first.broken, first.otherwise) == (("r.01",), ("r.00",), 1)
    assert (first.rank, first.index, first.of) == (0, 0.0833, 3)
    second = change["b"]
    assert second is not None
    assert (second.rank, second.index) == (-2, -0.75)


def test_a_portal_that_changed_its_kind_has_no_change() -> None:
    told = ranking(compared(seen("a", "pppp")), before=compared(seen("a", "pppp", kind="ministry")))
    assert of_kind(told).places[0].change is None


@pytest.mark.parametrize("other", [{"rules_version": "rules-2"}, {"law_day": date(2020, 1, 1)}])
def test_other_rules_are_told(other: dict[str, object]) -> None:
    before = compared(seen("a", "pppp"), source=replace(SOURCE, id="r0", **other))  # type: ignore[arg-type]
    assert not ranking(compared(seen("a", "pppp")), before=before).same_rules


def test_the_next_night_goes_by_the_same_law() -> None:
    before = compared(seen("a", "pppp"), source=replace(SOURCE, id="r0", law_day=date(2026, 7, 14)))
    assert ranking(compared(seen("a", "pppp")), before=before).same_rules


# --- rates ------------------------------------------------------------------------------------------------


def published(name: str, letter: str, *, kind: Kind = "province", **parts: object) -> Seen:
    item = replace(judgement(CONTACT, SAID[letter]), stage="published")
    state: State = parts.pop("state", "audited")  # type: ignore[assignment]
    return Seen(portal(name, kind, **parts), state, None, (item,))


def rate(*portals: Seen, source: Source = SOURCE) -> Rate:
    (one,) = rates(Results(source, portals), (CONTACT,))
    return one


def test_a_share_is_of_those_measured_and_the_others_are_named() -> None:
    one = rate(
        published("a", "p"), published("b", "f"), published("c", "f"), published("d", "?"), published("e", "-")
    )
    assert (one.share, one.n, one.inapplicable) == (0.3333, 3, 1)
    assert (one.low, one.high) == (0.25, 0.5)
    assert [(each.agency.id, each.why) for each in one.unmeasured if each.agency] == [("d", "coverage")]
    assert [each.agency.id for each in one.not_seen if each.agency] == ["b", "c"]


@pytest.mark.parametrize(
    ("letters", "where"),
    [
        ("pf", "met"),
        ("ff", "not_seen"),
        ("f?", "unmeasured"),
        ("p?", "met"),
        ("f-", "not_seen"),
        ("fu", "unmeasured"),
    ],
)
def test_an_agency_with_several_portals_counts_once(letters: str, where: str) -> None:
    owner = body("a")
    one = rate(*(published(f"a{at}", letter, agency=owner) for at, letter in enumerate(letters)))
    told = {"met": one.met, "not_seen": one.not_seen, "unmeasured": one.unmeasured}
    assert {name: len(several) for name, several in told.items() if several} == {where: 1}


def test_a_second_name_of_a_portal_makes_nothing_unknown() -> None:
    owner = body("a")
    one = rate(published("a0", "f", agency=owner), published("a1", "?", agency=owner, state="alias"))
    assert len(one.not_seen) == 1


def test_an_address_that_is_in_no_registry_is_no_agency() -> None:
    one = rate(published("a", "p"), published("b", "f", agency=None, registered=False, kind_guessed=True))
    assert (one.n, len(one.not_seen), len(one.unmeasured)) == (1, 0, 0)


def test_nothing_measured_has_no_share() -> None:
    one = rate(published("a", "?"))
    assert (one.share, one.n, one.low, one.high) == (None, 0, 0.0, 1.0)


# --- what the public is told ------------------------------------------------------------------------------


def approved(archive: Archive, *portals: Seen, name: str = "2026-q3", days: int = 0) -> EvaluationRound:
    """An approved round that says this of these portals."""
    at = SEEN + timedelta(days=days)
    one = EvaluationRound(name, "open", date(2026, 7, 15), "rules-1", "sha", date(2026, 7, 31), at, "A")
    store = Rounds(archive.database)
    store.open(one, FILES)
    told = [
        RoundPortal(
            each.portal,
            each.state,
            each.reason,
            None,
            None,
            at,
            each.judgements,
            score(each.judgements, each.portal),
        )
        for each in sorted(portals, key=lambda each: each.portal.id)
    ]
    store.close(name, told, [], at, "A")
    return store.approve(name, at, "B", "15/QĐ-X")


def test_the_public_is_told_of_approved_rounds_by_published_rules_alone(archive: Archive) -> None:
    judged = (*rules("pp", stage="published"), *rules("ffff", first=2), *rules("ff", stage="review", first=6))
    one = approved(archive, Seen(portal("a"), "audited", None, judged))
    public = ranking(of_round(archive, one, public=True))
    assert public.rules == ("r.00", "r.01")
    assert of_kind(public).places[0].index == 1.0
    assert not of_kind(public).places[0].score.provisional
    inside = ranking(of_round(archive, one, public=False))
    assert of_kind(inside).places[0].index == 0.25
    with pytest.raises(ValueError, match="2026-q3"):
        of_round(archive, replace(one, status="closed"), public=True)


def test_an_embargoed_rule_leaves_no_trace_in_public(archive: Archive) -> None:
    """Neither a lower index, nor a rule that one portal lacks, nor a rate."""
    spam = replace(judgement(SPAM, failed(EVIDENCE, embargoed=True)), stage="published", group="security")
    clean = replace(spam, verdict=passed(EVIDENCE))
    both = [(*rules("pp", stage="published"), item) for item in (spam, clean)]
    one = approved(
        archive, *(Seen(portal(name), "audited", None, items) for name, items in zip("ab", both, strict=True))
    )
    told = of_round(archive, one, public=True)
    first, second = of_kind(ranking(told)).places
    assert (first.index, first.score) == (second.index, second.score)
    assert ranking(told, group="security").kinds[0].places == ()
    assert [each.stage for each in rates(told, (SPAM,))] == [None]


def test_a_component_whose_owner_nobody_confirmed_is_not_compared_in_public(archive: Archive) -> None:
    judged = rules("pppp", stage="published")
    contact = (*judged, replace(judgement(CONTACT, SAID["f"]), stage="published"))
    one = approved(archive, Seen(portal("a", "department", confirmed=False), "audited", None, contact))
    told = of_round(archive, one, public=True)
    kind = of_kind(ranking(told), "department")
    assert (kind.places, [each.why for each in kind.unranked]) == ((), ["registry_unconfirmed"])
    (named,) = rates(told, (CONTACT,))
    assert [each.why for each in named.unmeasured] == ["registry_unconfirmed"]
    assert not named.not_seen


def test_outcomes_are_those_of_the_whole_results(archive: Archive) -> None:
    """Of a run and of a round, in the order of ids, each judgement kept once, nothing of what it quotes."""
    judged = (*rules("pf?-u"), judgement(SPAM, failed(EVIDENCE, found="x", only_sign=True)))
    head = header("n0", kind="nightly")
    archive.begin(head)
    archive.save(head.id, portal_run(judged, portal=portal("b"), state="partial", reason="timeout"))
    archive.save(head.id, portal_run(judged, portal=portal("a")))
    archive.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)
    approved(archive, *(Seen(portal(name), "audited", None, judged) for name in "ab"))
    told = list(outcomes.of_run(archive.database, "n0"))
    assert [(one.portal, one.state, one.reason) for one in told] == [
        (portal("a"), "audited", None),
        (portal("b"), "partial", "timeout"),
    ]
    of_the_round = list(outcomes.of_round(archive.database, "2026-q3"))
    for several in (told, of_the_round):
        for one, two in zip(several[0].judgements, several[1].judgements, strict=True):
            assert one is two
        said = [(item.rule, item.stage, item.standing, item.verdict) for item in several[0].judgements]
        assert said == [
            (item.rule, item.stage, item.standing, Verdict(item.verdict.outcome, item.verdict.reason))
            for item in judged
        ]
        assert not any(item.basis or item.vi.title for item in several[0].judgements)
    assert outcomes.Shared().bare(judged) == told[0].judgements == of_the_round[0].judgements


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two nights of three provinces, and two approved rounds."""
    made = tmp_path / "data"
    made.mkdir()
    with Archive.open(made / "audit.db") as archive:
        for night, letters in enumerate(("pfp", "ppf")):
            head = header(f"n{night}", night=night, kind="nightly")
            archive.begin(head)
            for name, letter in zip(("songmay", "thanhlam", "bensong"), letters, strict=True):
                items = rules(f"ppp{letter}", stage="published")
                contact = replace(judgement(CONTACT, SAID[letter]), stage="published")
                archive.save(head.id, portal_run((*items, contact), portal=portal(name), at=head.started_at))
            archive.save(
                head.id, portal_run(rules("????"), portal=portal("khuat"), state="unreachable", reason="dns")
            )
            archive.close_run(head.id, status="complete", finished_at=head.started_at, reason=None)
        pub = Seen(portal("songmay"), "audited", None, rules("ppff", stage="published"))
        approved(archive, pub, name="2026-q2", days=-60)
        approved(archive, replace(pub, judgements=rules("pppf", stage="published")), name="2026-q3")
    return made


def call(data: Path, *words: str) -> Result:
    below = [words[0]] if words and not words[0].startswith("--") else []
    asked = ["rank", *below, "--data", str(data), *words[len(below) :]]
    return CliRunner(env={"COLUMNS": "120"}).invoke(main, asked)  # lines are broken by the width of the screen


def test_without_a_name_the_newest_approved_round_is_told_against_the_one_before(data: Path) -> None:
    told = call(data)
    assert told.exit_code == 0, told.output
    for words in (
        "BẢNG SO SÁNH CÔNG KHAI",
        "2026-q3",
        "15/QĐ-X",
        "rules-1",
        "2026-07-15",
        "songmay.gov.vn",
        "0,750",
        "+0,250",
    ):
        assert words in told.stdout
    assert "▲" not in told.stdout


def test_a_run_is_for_work_inside_the_house(data: Path) -> None:
    told = call(data, "--run", "latest")
    assert told.exit_code == 0, told.output
    assert "KHÔNG CÔNG BỐ" in told.stdout
    assert "khuat.gov.vn" in told.stdout
    assert "không truy cập được" in told.stdout
    lines = told.stdout.splitlines()
    assert any("thanhlam.gov.vn" in line and "▲2" in line for line in lines)
    assert any("bensong.gov.vn" in line and "▼2" in line for line in lines)


def test_every_row_of_a_file_says_what_made_it(data: Path) -> None:
    told = call(data, "--run", "n1", "--format", "csv", "--lang", "en")
    rows = list(csv.DictReader(io.StringIO(told.stdout_bytes.decode("utf-8-sig"))))
    assert {
        (row["audience"], row["source"], row["rules_version"], row["law_day"], row["nights"]) for row in rows
    } == {("internal", "n1", "rules-1", "2026-07-16", "n1")}
    best = rows[0]
    assert (best["portal"], best["rank"], best["of"], best["index"]) == ("songmay.gov.vn", "1", "3", "1.0000")
    assert (best["against"], best["rank_change"], best["mended"]) == ("n0", "0", "")
    assert (rows[-1]["portal"], rows[-1]["rank"], rows[-1]["why"], rows[-1]["detail"]) == (
        *("khuat.gov.vn", "", "unreachable", "dns"),
    )
    as_json = json.loads(call(data, "--run", "n1", "--format", "json").stdout)
    assert as_json[1]["mended"] == [CONTACT, "r.03"]


def test_headings_rules_and_rates(data: Path) -> None:
    headings = call(data, "headings", "--run", "n1")
    assert "Cấu trúc" in headings.stdout
    assert "0,60 (3)" in headings.stdout
    told = " ".join(call(data, "rates", "--run", "n1").stdout.split())  # however wide the screen is
    assert "66,7 %" in told
    assert "đạt 2 trong 3 đo được; 1 chưa rõ" in told
    assert "Tỉnh khuat" in told
    several = json.loads(call(data, "rules", "--run", "n1", "--format", "json").stdout)
    assert {row["rule"] for row in several} == {CONTACT, "r.00", "r.01", "r.02", "r.03"}
    one = json.loads(call(data, "rules", "--run", "n1", "--rule", CONTACT, "--format", "json").stdout)
    assert [(row["n"], row["share"], row["unmeasured_count"], row["not_seen"]) for row in one] == [
        (3, "0.6667", 1, ["Tỉnh bensong"])
    ]


def test_the_survey_of_2022_stands_beside_the_rates(data: Path) -> None:
    assert CliRunner().invoke(main, ["figures", "import", "--data", str(data)]).exit_code == 0
    told = " ".join(call(data, "rates", "--run", "n1").stdout.split())
    assert "9,5 % của UBND CẤP TỈNH (2022; khảo sát IPS/VDCA)" in told
    rows = json.loads(call(data, "rates", "--run", "n1", "--format", "json").stdout)
    assert {row["rule"]: row["survey_value"] for row in rows if row["survey_value"]} == {
        CONTACT: "9.5",
        "disclosure.regulation": "3.2",
    }


def test_first_and_last_and_one_kind(data: Path) -> None:
    told = call(data, "--run", "n1", "--top", "1")
    assert "1 hạng đầu" in told.stdout
    assert "1 hạng cuối" in told.stdout
    empty = call(data, "--run", "n1", "--kind", "ministry", "--format", "json")
    assert json.loads(empty.stdout) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run", "n1", "--round", "2026-q3"), "một trong hai"),
        (("--round", "không có"), "Không có đợt"),
        (("--run", "n9"), "Không có lần kiểm tra"),
        (("rules", "--rule", "x.y"), "Không có quy tắc"),
        (("rates", "--top", "3"), "--top"),
        (("--kind", "city"), "--kind"),
        (("--heading", "x"), "--heading"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(data: Path, words: tuple[str, ...], said: str) -> None:
    told = call(data, *words)
    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stdout == ""
    assert len(told.stderr.strip().splitlines()) == 1


def test_an_option_before_the_command_below_is_not_left_out_in_silence(data: Path) -> None:
    told = CliRunner().invoke(main, ["rank", "--data", str(data), "--run", "n1", "rates"])
    assert told.exit_code == 2
    assert "sau tên lệnh “rank rates”" in told.stderr
    english = CliRunner().invoke(main, ["rank", "--lang", "en", "rates", "--run", "n1", "--data", str(data)])
    assert english.exit_code == 0, english.output


def test_a_round_that_nobody_approved_is_not_for_the_public(data: Path) -> None:
    with Archive.open(data / "audit.db") as archive:
        at = datetime(2026, 9, 1, tzinfo=UTC)
        one = EvaluationRound("2026-q4", "open", date(2026, 9, 1), "rules-1", "sha", date(2026, 9, 30), at, "A")
        Rounds(archive.database).open(one, FILES)
        items = rules("pppp")
        Rounds(archive.database).close(
            "2026-q4",
            [
                RoundPortal(
                    portal("songmay"), "audited", None, None, None, at, items, score(items, portal("songmay"))
                )
            ],
            [],
            at,
            "A",
        )
    refused = call(data, "--round", "2026-q4")
    assert refused.exit_code == 2
    assert "--internal" in refused.stderr
    told = call(data, "--round", "2026-q4", "--internal")
    assert told.exit_code == 0, told.output
    assert "KHÔNG CÔNG BỐ" in told.stdout
    assert call(data, "--round", "2026-q3", "--against", "2026-q4").exit_code == 2


def test_without_published_rules_the_public_is_told_so(data: Path) -> None:
    with Archive.open(data / "audit.db") as archive:
        approved(archive, seen("songmay", "pppp"), name="2026-q5", days=90)
    told = call(data)
    assert told.exit_code == 0, told.output
    assert "Chưa có quy tắc nào ở giai đoạn công bố" in told.stdout
    assert "không có quy tắc nào được tính" in told.stdout


def test_results_hold_no_text_of_portals(data: Path) -> None:
    with Archive.open(data / "audit.db") as archive:
        told = of_run(archive, "n1")
    items = [item for each in told.portals for item in each.judgements]
    assert all(not item.verdict.evidence and not item.vi.message for item in items)
    assert len({id(item) for item in items}) < len(items)
