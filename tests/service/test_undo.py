"""Rule 16, case 32: after an undo, every EVSE that nobody touched displays as if the batch hadn't happened."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Edit, Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.groups import Group
from evse_status.service.placing import place_groups
from evse_status.service.schedule import (
    BatchResult,
    change_override,
    clear_overrides,
    extend_overrides,
    undo,
)
from evse_status.store.database import Database
from support import Hands, a_site, hours, report

EVSES = (1, 2, 3)
_which = st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True)
_wishes = st.tuples(
    st.sampled_from(TemporaryStatus),
    st.sampled_from(["now", "from", "drain"]),
    st.integers(-2, 12),
    st.one_of(st.none(), st.integers(1, 12)),
)
_alterations = st.one_of(
    st.tuples(st.just("place"), st.sets(st.sampled_from(EVSES), min_size=1), _wishes),
    st.tuples(st.just("clear"), _which),
    st.tuples(st.just("extend"), _which, st.integers(-6, 12)),
    st.tuples(st.just("undo"), st.integers(0, 3)),
)
_steps = st.one_of(
    _alterations,
    st.tuples(st.just("change"), st.integers(0, 5), _wishes),
    st.tuples(
        st.just("report"),
        st.sampled_from(EVSES),
        st.sampled_from(
            [
                ActualStatus.CHARGING,
                ActualStatus.AVAILABLE,
                ActualStatus.UNKNOWN,
                ActualStatus.OUTOFORDER,
            ]
        ),
    ),
    st.tuples(st.just("wait"), st.integers(1, 10)),
)


class World:
    """A store on which steps are taken, and what it calls the overrides that both worlds have."""

    def __init__(self, file: Path, empty: Path) -> None:
        self.hands = Hands()
        self.db = Database(f"sqlite:///{file}", now=self.hands.now)
        shutil.copy(empty, self.db.file)
        a_site(self.db, self.hands, len(EVSES))
        self.made: list[int] = []
        self.batches: list[int] = []
        self.touched: set[int] = set()

    def take(self, step: tuple[Any, ...]) -> None:
        """One step that both worlds take, a second after the last one."""
        self.hands.forward(seconds=1)
        if step[0] == "wait":
            self.hands.forward(hours=step[1])
        elif step[0] == "report":
            report(self.db, step[1], step[2])
        elif step[0] == "change":
            for number in self._meant([step[1]]):
                wish = self._wished(step[2])
                self.touched.add(number)
                edit = Edit(wish.temporary_status, valid_to=wish.valid_to)
                if wish.valid_from is not None:
                    edit = Edit(wish.temporary_status, wish.valid_from, wish.valid_to)
                with suppress(EvseStatusError):
                    change_override(self.db, LOCAL, number, edit)
        else:
            result = self.alter(step)
            # Where one was refused it was refused for a reason that the other world may not have.
            self.touched |= {one.override.id for one in result.items if one.override}
            self.batches.append(result.batch_id or 0)
            if step[0] == "place":
                self.made += [one.id for one in result.done]

    def alter(self, step: tuple[Any, ...]) -> BatchResult:
        """One change of several overrides."""
        if step[0] == "place":
            wish = self._wished(step[2])
            return place_groups(self.db, LOCAL, [Group(tuple(sorted(step[1])), wish)])
        if step[0] == "undo":
            meant = [self.batches[step[1] % len(self.batches)]] if self.batches else []
            return undo(self.db, LOCAL, meant[0]) if any(meant) else BatchResult(None, ())
        meant = self._meant(step[1])
        if not meant:
            return BatchResult(None, ())
        if step[0] == "clear":
            return clear_overrides(self.db, LOCAL, meant)
        return extend_overrides(self.db, LOCAL, meant, by=hours(step[2]))

    def shown(self) -> dict[int, list[tuple[Any, Any]]]:
        """What each EVSE displays from now on."""
        now = self.hands.forward(seconds=1)
        rows = fleet_page(
            self.db,
            LOCAL,
            FleetFilter(),
            from_at=now,
            to_at=now + hours(24 * 30),
            now=now,
            limit=len(EVSES),
        ).rows
        found = {}
        for row in rows:
            track = ((one.displayed.status, one.from_at) for one in row.track)
            groups = itertools.groupby(track, key=lambda one: one[0])
            found[row.evse.id] = [next(some) for _, some in groups]
        return found

    def _meant(self, which: list[int]) -> list[int]:
        return list(dict.fromkeys(self.made[n % len(self.made)] for n in which if self.made))

    def _wished(self, raw: tuple[TemporaryStatus, str, int, int | None]) -> Wish:
        status, how, start, length = raw
        now = self.hands.now()
        starts = now + hours(start)
        end = None if length is None else max(starts, now) + hours(length)
        times: dict[str, Any] = {"from": {"valid_from": starts}, "drain": {"drain_until": starts}}
        return Wish(status, valid_to=end, **times.get(how, {}))


@pytest.fixture
def worlds(tmp_path: Path, _empty_store: Path) -> Iterator[Callable[[], tuple[World, World]]]:
    made: list[World] = []

    def make() -> tuple[World, World]:
        for old in made[-2:]:
            old.db.close()
        made.extend(
            World(tmp_path / f"{len(made)}-{side}.db", _empty_store) for side in ("one", "other")
        )
        return made[-2], made[-1]

    yield make
    for world in made[-2:]:
        world.db.close()


@given(st.lists(_steps, max_size=6), _alterations, st.lists(_steps, max_size=5), st.booleans())
@settings(max_examples=25)
def test_undo_of_any_batch_at_any_moment(
    worlds: Callable[[], tuple[World, World]],
    before: list[Any],
    batch: Any,
    between: list[Any],
    twice: bool,
) -> None:
    with_it, without = worlds()
    for step in before:
        with_it.take(step)
        without.take(step)
    for world in (with_it, without):
        world.hands.forward(seconds=1)
        world.touched.clear()
    result = with_it.alter(batch)
    of_batch = {one.override.id: one.override.evse for one in result.items if one.override}
    for step in between:
        with_it.take(step)
        without.take(step)
    for world in (with_it, without):
        world.hands.forward(seconds=1)
    if result.batch_id is not None:
        undone = undo(with_it.db, LOCAL, result.batch_id)
        assert {one.override.id for one in undone.refused if one.override} <= with_it.touched
        if twice:
            assert undo(with_it.db, LOCAL, result.batch_id).items == ()
    # What somebody did to it is the same in both, but not what came of it: both say what was touched.
    same = dict(zip(without.made, with_it.made, strict=True))
    by_now = with_it.touched | {same[number] for number in without.touched}
    touched = {evse for number, evse in of_batch.items() if number in by_now}
    one, other = with_it.shown(), without.shown()
    for evse in set(EVSES) - touched:
        assert one[evse] == other[evse]
