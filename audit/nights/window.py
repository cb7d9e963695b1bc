"""The hours of a night, in the time of Viet Nam: when portals may be begun, and when no new one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from audit.days import HANOI

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """Off-hours, every day: ``opens`` may be later than ``closes``, the window then goes over midnight."""

    opens: time
    closes: time

    def closing(self, now: datetime) -> datetime | None:
        """When the window that is open at a moment closes; None while it is shut."""
        here = now.astimezone(HANOI)
        for days in (0, -1):
            opens = datetime.combine(here.date() + timedelta(days), self.opens, HANOI)
            closes = datetime.combine(opens.date(), self.closes, HANOI)
            if self.closes <= self.opens:
                closes += timedelta(1)
            if opens <= here < closes:
                return closes.astimezone(UTC)
        return None


def read_clock(text: str) -> time:
    """``HH:MM``. Raises ValueError."""
    found = _CLOCK.match(text.strip())
    if found is None:
        raise ValueError(f"no time of a day: {text}")
    return time(int(found[1]), int(found[2]))


def read_window(text: str) -> Window:
    """``HH:MM-HH:MM``. Raises ValueError; hours that are the same would be open always, or never."""
    opens, dash, closes = text.partition("-")
    window = Window(read_clock(opens), read_clock(closes))
    if not dash or window.opens == window.closes:
        raise ValueError(f"no hours: {text}")
    return window


def next_time(clock: time, now: datetime) -> datetime:
    """The next moment at which clocks show this time, after ``now``; UTC."""
    here = now.astimezone(HANOI)
    found = datetime.combine(here.date(), clock, HANOI)
    return (found if found > here else found + timedelta(1)).astimezone(UTC)
