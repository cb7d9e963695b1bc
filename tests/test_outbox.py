"""The outbox: a letter goes out once, whatever dies, and what was handed over is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.archive import Archive
from storage.outbox import Delivery, DeliveryRefused, Outbox

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
LETTER = Delivery(
    "run",
    "r1",
    "",
    NOW - timedelta(hours=8),
    "lao-cai",
    "lao-cai",
    "UBND tỉnh Lào Cai",
    "vanthu@laocai.gov.vn",
    "Kết quả",
    {"laocai\tidentity.spokesperson": "abc"},
)


def test_a_letter_is_claimed_once_and_kept_as_it_went_out(archive: Archive) -> None:
    box = Outbox(archive.database)
    assert box.claim(LETTER, b"the message", NOW)
    assert not box.claim(LETTER, b"another", NOW), "a second process, or the same after a crash"
    assert box.one(LETTER.id).status == "sending"
    box.record(LETTER, "sent", "250 ok", NOW)
    assert not box.claim(LETTER, b"another", NOW)
    told = box.one(LETTER.id)
    assert (told.status, told.told, told.address) == ("sent", LETTER.told, LETTER.address)
    assert box.message(LETTER.id) == b"the message"
    assert [one.detail for one in box.attempts(LETTER.id)] == ["250 ok"]


def test_what_was_not_taken_is_tried_again_and_what_was_refused_only_at_another_address(archive: Archive) -> None:
    box = Outbox(archive.database)
    box.record(LETTER, "waiting", "421 later", NOW)
    assert box.claim(LETTER, b"1", NOW)
    box.record(LETTER, "refused", "550 no such user", NOW + timedelta(minutes=1))
    assert not box.claim(LETTER, b"2", NOW)
    moved = replace(LETTER, address="vanthu2@laocai.gov.vn")
    assert moved.id == LETTER.id
    assert box.claim(moved, b"3", NOW)
    assert box.one(LETTER.id).address == "vanthu2@laocai.gov.vn"
    assert [one.outcome for one in box.attempts(LETTER.id)] == ["waiting", "refused"]
    assert box.message(LETTER.id) == b"3"


def test_a_try_written_down_twice_is_one(archive: Archive) -> None:
    """The database may lose its receipt and be asked again."""
    box = Outbox(archive.database)
    assert box.claim(LETTER, b"1", NOW)
    box.record(LETTER, "sent", "250 ok", NOW)
    box.record(LETTER, "sent", "250 ok", NOW)
    assert len(box.attempts(LETTER.id)) == 1
    assert box.one(LETTER.id).status == "sent"


def test_a_late_refusal_does_not_undo_a_letter_that_was_sent(archive: Archive) -> None:
    box = Outbox(archive.database)
    assert box.claim(LETTER, b"1", NOW)
    box.record(LETTER, "sent", "250 ok", NOW)
    box.record(LETTER, "refused", "550", NOW + timedelta(seconds=1))
    assert box.one(LETTER.id).status == "sent"


def test_a_person_says_what_became_of_a_letter_nobody_knows_about(archive: Archive) -> None:
    box = Outbox(archive.database)
    assert box.claim(LETTER, b"1", NOW)
    with pytest.raises(DeliveryRefused, match="There is no letter"):
        box.settle("000000000000", "waiting", "A", None, NOW)
    assert box.settle(LETTER.id, "waiting", "Nguyễn Văn A", None, NOW).status == "waiting"
    assert box.claim(LETTER, b"2", NOW)
    told = box.settle(LETTER.id, "sent", "Nguyễn Văn A", "12/CĐS", NOW)
    assert (told.status, told.settled_by, told.document_no) == ("sent", "Nguyễn Văn A", "12/CĐS")
    with pytest.raises(DeliveryRefused, match="stays so"):
        box.settle(LETTER.id, "waiting", "B", None, NOW)


def test_a_letter_sent_by_document_is_followed_by_no_mail(archive: Archive) -> None:
    box = Outbox(archive.database)
    told = box.by_document(LETTER, "Nguyễn Văn A", "12/CĐS", NOW)
    assert (told.status, told.address, told.document_no) == ("sent", "", "12/CĐS")
    assert not box.claim(LETTER, b"1", NOW)
    with pytest.raises(DeliveryRefused):
        box.by_document(LETTER, "Nguyễn Văn A", "13/CĐS", NOW)


def test_the_last_letter_of_a_body_is_that_of_the_newest_run(archive: Archive) -> None:
    box = Outbox(archive.database)
    assert box.last("lao-cai", "lao-cai") is None
    older = replace(LETTER, source_id="r0", as_of=LETTER.as_of - timedelta(days=1))
    for number, letter in enumerate((LETTER, older)):
        assert box.claim(letter, b"1", NOW + timedelta(minutes=number))
        box.record(letter, "sent", "250 ok", NOW + timedelta(minutes=number))
    refused = replace(LETTER, source_id="r2", as_of=LETTER.as_of + timedelta(days=1))
    box.record(refused, "refused", "550", NOW)
    last = box.last("lao-cai", "lao-cai")
    assert last is not None
    assert last.source_id == "r1", "what was refused has told nobody anything"
    assert [one.source_id for one in box.all("r0")] == ["r0"]
    assert len(box.all()) == 3
