"""Who is visited by which process, and when: portals that share an address in one process, the longest groups
first.

Nothing here waits or talks: the crew asks ``next`` and tells what became of it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from audit_rules.facts import Portal
from crawler.guard import Guard, Refusal

OF_A_GROUP = 8
"""Portals of one group in flight: an address takes two requests at a time and four a second, however many ask."""
SUSPECTS = 8
"""Portals side by side in a process where one of them may have killed the last."""

_LOOKUPS = 64


async def groups(portals: Sequence[Portal], guard: Guard) -> dict[str, str]:
    """The group of each portal by its id: the address its host leads to, as politeness counts it; the host itself
    where the name is not found."""
    places = asyncio.Semaphore(_LOOKUPS)

    async def group(host: str) -> tuple[str, str]:
        async with places:
            try:
                return host, (await guard.where(host, 443)).group
            except Refusal:
                return host, f"name:{host}"

    found = dict(await asyncio.gather(*(group(host) for host in {portal.address.host for portal in portals})))
    return {portal.id: found[portal.address.host] for portal in portals}


class Task(NamedTuple):
    """One visit; a ``patient`` one is the second to a portal that was silent, with longer time-outs."""

    portal_id: str
    patient: bool


@dataclass
class _Slot:
    """One place for a process: whoever dies is followed by another one, which keeps its groups."""

    groups: list[str] = field(default_factory=list)
    under_way: dict[str, Task] = field(default_factory=dict)
    suspects: deque[Task] = field(default_factory=deque)


class Roster:
    """The visits of a night. ``groups`` maps every portal to be visited to its group; ``slots`` and ``in_flight``
    count processes and portals side by side in each.

    Portals under way when a process died are suspects: they are visited in small company, then alone, and one under
    which a process died while it was alone is given up. So no portal is given up for what its neighbour did.
    """

    def __init__(self, groups: Mapping[str, str], *, slots: int, in_flight: int) -> None:
        self._group = dict(groups)
        self._in_flight = in_flight
        self._slots = [_Slot() for _ in range(slots)]
        self._left: dict[str, deque[Task]] = {}
        self._at: Counter[str] = Counter()
        self._deaths: Counter[str] = Counter()
        self._silent: list[str] = []
        self._holder: dict[str, int] = {}
        self._add(Task(portal_id, False) for portal_id in groups)

    @property
    def is_over(self) -> bool:
        """Nobody is under way and nobody is left; the silent ones are then asked once more by ``call_again``."""
        return not any(self._left.values()) and not any(s.under_way or s.suspects for s in self._slots)

    @property
    def is_idle(self) -> bool:
        """Nobody is under way."""
        return not any(slot.under_way for slot in self._slots)

    def under_way(self, slot: int) -> tuple[str, ...]:
        return tuple(self._slots[slot].under_way)

    def next(self, slot: int) -> Task | None:
        """The next visit for a process; None where it has enough, or nothing is left for it."""
        here = self._slots[slot]
        task = self._suspect(here) if here.suspects else None
        if task is None and not here.suspects and not any(map(self._is_suspect, here.under_way)):
            task = self._fresh(slot, here)
        if task is not None:
            here.under_way[task.portal_id] = task
            self._at[self._group[task.portal_id]] += 1
        return task

    def done(self, slot: int, portal_id: str, *, silent: bool = False) -> bool:
        """A visit has come to its end. Who was ``silent`` is asked once more when the others are done: whether this
        one will be."""
        task = self._leave(slot, portal_id)
        del self._deaths[portal_id]
        if silent and not task.patient:
            self._silent.append(portal_id)
            return True
        return False

    def again(self, portal_ids: Iterable[str]) -> None:
        """Visits that are not to be believed are made again, as if they had not been made; those being made
        again already are left to their end."""
        busy = {each for slot in self._slots for each in slot.under_way}
        busy |= {task.portal_id for slot in self._slots for task in slot.suspects}
        wanted = set(portal_ids) - busy
        self._silent = [portal_id for portal_id in self._silent if portal_id not in wanted]
        for tasks in self._left.values():
            kept = [task for task in tasks if task.portal_id not in wanted]
            tasks.clear()
            tasks.extend(kept)
        self._add(Task(portal_id, False) for portal_id in wanted)

    def call_again(self) -> int:
        """Puts those who were silent on the list once more: how many."""
        silent, self._silent = self._silent, []
        self._add(Task(portal_id, True) for portal_id in silent)
        return len(silent)

    def died(self, slot: int) -> list[str]:
        """The process of a slot died: the portals that are given up; the others under way are visited again."""
        here = self._slots[slot]
        given_up = []
        alone = len(here.under_way) == 1
        for portal_id in list(here.under_way):
            task = self._leave(slot, portal_id)
            self._deaths[portal_id] += 1
            if alone and self._deaths[portal_id] > 1:
                given_up.append(portal_id)
            else:
                here.suspects.append(task)
        return given_up

    # --- inside -----------------------------------------------------------------------------------------------

    def _add(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self._left.setdefault(self._group[task.portal_id], deque()).append(task)

    def _leave(self, slot: int, portal_id: str) -> Task:
        self._at[self._group[portal_id]] -= 1
        return self._slots[slot].under_way.pop(portal_id)

    def _is_suspect(self, portal_id: str) -> bool:
        return self._deaths[portal_id] > 0

    def _suspect(self, here: _Slot) -> Task | None:
        """Those of one death in small company; those of two or more alone."""
        deaths = self._deaths[here.suspects[0].portal_id]
        if not all(self._deaths[portal_id] == deaths == 1 for portal_id in here.under_way):
            return None
        if len(here.under_way) >= (SUSPECTS if deaths == 1 else 1):
            return None
        return here.suspects.popleft()

    def _fresh(self, slot: int, here: _Slot) -> Task | None:
        if len(here.under_way) >= self._in_flight:
            return None
        mine = (name for name in here.groups if self._left[name] and self._at[name] < OF_A_GROUP)
        free = (name for name, tasks in self._left.items() if tasks and name not in self._holder)
        name, other = (max(names, key=self._length, default=None) for names in (mine, free))
        if other is not None and (name is None or self._length(other) > self._length(name)):
            self._holder[other] = slot
            here.groups.append(other)
            name = other
        return self._left[name].popleft() if name is not None else None

    def _length(self, group: str) -> int:
        return len(self._left[group])
