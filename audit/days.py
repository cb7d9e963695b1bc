"""Days as users count them: those of Viet Nam."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(moment: datetime | None = None) -> date:
    """The day of a moment; today where none is given."""
    return (moment or datetime.now(UTC)).astimezone(HANOI).date()


def shown(moment: datetime | None) -> str | None:
    """A stored UTC time as users see it, with +07:00."""
    return moment.astimezone(HANOI).isoformat(timespec="seconds") if moment else None
