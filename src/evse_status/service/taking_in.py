"""What becomes of the EVSEs, their statuses and overrides that a feed tells of? (rule 19)"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from evse_status.channels.ocpi.locations_in import EvseRecord, Problem, Reading
from evse_status.core.evse_id import EvseIdKind, evse_id
from evse_status.core.override import clear
from evse_status.core.statuses import ActualStatus
from evse_status.service import feed_rows
from evse_status.service.draining import keep_reports
from evse_status.store import actuals, evses, feed, overrides, series
from evse_status.store.database import Write


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did; `statuses_changed` counts new and changed actual statuses."""

    locations_created: int = 0
    locations_updated: int = 0
    locations_unchanged: int = 0
    evses_created: int = 0
    evses_updated: int = 0
    evses_unchanged: int = 0
    statuses_changed: int = 0
    missing: int = 0
    removed: int = 0
    overrides_moved: int = 0
    overrides_ended: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class TakingIn:
    """One run: the steps share what is known of the store and what they found.

    `by` stands in the history. `told_by` is the number of the upstream that tells: of what it says
    the newer content stays, by its own `last_updated`. `asked_at` is when a whole pull began: what
    came to be known since then isn't missing from it.
    """

    def __init__(
        self,
        write: Write,
        reading: Reading,
        *,
        by: str,
        told_by: int | None = None,
        asked_at: datetime | None = None,
    ) -> None:
        self.write = write
        self.by = by
        self.reading = reading
        self.told_by = told_by
        self.asked_at = asked_at
        self.outcome = ImportOutcome(problems=reading.problems, warnings=reading.warnings)

    def run(self, *, complete: bool) -> ImportOutcome:
        """Keep everything. With `complete`, EVSEs that aren't told of are missing from now on."""
        location_ids = self._keep_locations(complete=complete)
        numbers, came_back = self._keep_evses(location_ids)
        moved = self._follow_swapped(numbers, location_ids, complete=complete)
        removed = self._end_removed(numbers)
        self._keep_statuses(numbers)
        missing = self._mark_missing(numbers) if complete else set()
        touched = {*moved, *removed, *missing, *came_back, *self.described_anew}
        evses.look_again(self.write.conn, touched, self.write.now)
        evses.look_again_at(self.write.conn, self.changed_locations, self.write.now)
        return self.outcome

    def _count(self, **counts: int) -> None:
        added = {name: getattr(self.outcome, name) + count for name, count in counts.items()}
        self.outcome = replace(self.outcome, **added)

    def _keep_locations(self, *, complete: bool) -> dict[tuple[str, str, str], int]:
        now, conn = self.write.now, self.write.conn
        if complete:
            told = {(one.country_code, one.party_id) for one in self.reading.locations}
            known = feed.locations_of(conn, told)
        else:
            known = feed.locations_named(
                conn, (feed_rows.key(one) for one in self.reading.locations)
            )
        ids = {key: row.id for key, row in known.items()}
        self.others = {
            row.id for row in known.values() if row.upstream_id not in (None, self.told_by)
        }
        added, changed, updated = [], [], 0
        self.changed_locations: set[int] = set()
        for record in self.reading.locations:
            row, values = known.get(feed_rows.key(record)), feed_rows.location_values(record)
            if row is None:
                told_by = {"upstream_id": self.told_by}
                added.append(values | {"content_changed_at": now} | told_by)
            elif self._is_older(row, values):
                continue
            elif (differs := feed_rows.differs(row, values)) or self._is_only_newer(row, values):
                updated += differs
                self.changed_locations |= {row.id} if differs else set()
                changed_at = now if differs else row.content_changed_at
                changed.append(values | {"content_changed_at": changed_at, "id": row.id})
        for values, number in zip(added, feed.add_locations(conn, added), strict=True):
            ids[values["country_code"], values["party_id"], values["ocpi_key"]] = number
        feed.change_locations(conn, changed)
        if self.told_by is not None:
            feed.tell_of(
                conn, [ids[feed_rows.key(one)] for one in self.reading.locations], self.told_by
            )
        self._count(
            locations_created=len(added),
            locations_updated=updated,
            locations_unchanged=len(self.reading.locations) - len(added) - updated,
        )
        return ids

    def _keep_evses(
        self, location_ids: Mapping[tuple[str, str, str], int]
    ) -> tuple[dict[int, EvseRecord], set[int]]:
        """The EVSEs of the feed by number, and those among them that were missing or removed."""
        now, conn = self.write.now, self.write.conn
        known = feed.evses_of(conn, location_ids.values())
        self.known_evses = known
        numbers: dict[int, EvseRecord] = {}
        added: list[tuple[dict[str, Any], EvseRecord]] = []
        changed, updated = [], 0
        self.described_anew: set[int] = set()
        for location in self.reading.locations:
            location_id = location_ids[feed_rows.key(location)]
            for record in location.evses:
                values = feed_rows.evse_values(location, record, location_id)
                row = known.get((location_id, values["uid_key"]))
                if row is None:
                    fresh = values | {"created_at": now, "content_changed_at": now}
                    added.append((fresh, record))
                    continue
                numbers[row.id] = record
                if self._is_older(row, values):
                    continue
                if feed_rows.differs(row, values) or self._is_only_newer(row, values):
                    says_more = feed_rows.differs(
                        row, {name: values[name] for name in feed_rows.TOLD_OF_AN_EVSE}
                    )
                    updated += says_more
                    self.described_anew |= {row.id} if says_more else set()
                    changed_at = now if says_more else row.content_changed_at
                    changed.append(values | {"content_changed_at": changed_at, "id": row.id})
        new_ids = feed.add_evses(conn, [values for values, _ in added])
        numbers.update(zip(new_ids, (record for _, record in added), strict=True))
        feed.change_evses(conn, changed)
        self.stale = self._with_older_reports(numbers)
        self.new_ids = set(new_ids)
        self.described_anew |= self.new_ids
        came_back = self._take_back(numbers)
        self._count(
            evses_created=len(added),
            evses_updated=updated,
            evses_unchanged=len(numbers) - len(added) - updated,
        )
        return numbers, came_back

    def _is_older(self, row: Row[Any], values: Mapping[str, Any]) -> bool:
        """Whether upstream told something newer of it before."""
        if self.told_by is None:
            return False
        known_at, told_at = feed_rows.stamp(row.content), feed_rows.stamp(values["content"])
        return known_at is not None and told_at is not None and told_at < known_at

    def _is_only_newer(self, row: Row[Any], values: Mapping[str, Any]) -> bool:
        """Whether to remember that it was said again; not for a whole network at once."""
        if self.told_by is None or self.asked_at is not None:
            return False
        return feed_rows.stamp(row.content) != feed_rows.stamp(values["content"])

    def _with_older_reports(self, numbers: Mapping[int, EvseRecord]) -> set[int]:
        """EVSEs of which something newer is known than the feed tells: their status stays (rule 19)."""
        newest = actuals.newest(self.write.conn, numbers)
        return {
            number
            for number, (_, _, reported_at) in newest.items()
            if (told_at := numbers[number].status_at) is not None and told_at < reported_at
        }

    def _take_back(self, numbers: Mapping[int, EvseRecord]) -> set[int]:
        """EVSEs that are told of again: not missing, and unless REMOVED neither removed nor replaced."""
        told = [row for row in self.known_evses.values() if row.id in numbers]
        found = {row.id for row in told if row.missing_since is not None}
        alive = {
            row.id
            for row in told
            if (row.removed_at is not None or row.replaced_by is not None)
            and row.id not in self.stale
            and numbers[row.id].status is not ActualStatus.REMOVED
        }
        self.new_ids |= {row.id for row in told if row.id in alive and row.replaced_by is not None}
        feed.mark(self.write.conn, found, missing_since=None)
        back = {"removed_at": None, "replaced_by": None, "content_changed_at": self.write.now}
        feed.mark(self.write.conn, alive, **back)
        return found | alive

    def _is_gone(self, number: int, numbers: Mapping[int, EvseRecord]) -> bool:
        """Whether the feed says in its own word, and not in an old report, that it is REMOVED."""
        return numbers[number].status is ActualStatus.REMOVED and number not in self.stale

    def _follow_swapped(
        self,
        numbers: Mapping[int, EvseRecord],
        location_ids: Mapping[tuple[str, str, str], int],
        *,
        complete: bool,
    ) -> set[int]:
        """The same evse_id under a new uid: what is open on the old EVSE goes on on the new one.

        Within a location; elsewhere at the same operator only where the feed is complete, so that
        the old one is known to be gone, and the id is one that means the same everywhere.
        """
        now = self.write.now
        party_of = {number: key[:2] for key, number in location_ids.items()}
        fresh = {n for n in self.new_ids if not self._is_gone(n, numbers)}
        called = feed.evses_called(self.write.conn, {numbers[n].evse_id for n in fresh})
        alterations, replaced = [], {}
        for old in called:
            still_told = old.id in numbers and not self._is_gone(old.id, numbers)
            if old.id in self.new_ids or still_told or old.removed_at is not None:
                continue
            anywhere = complete and evse_id(old.evse_id).kind is not EvseIdKind.INTERNAL
            fitting = [
                new
                for new in called
                if new.id in fresh
                and new.evse_id == old.evse_id
                and (
                    new.location_id == old.location_id
                    or (anywhere and party_of.get(old.location_id) == party_of[new.location_id])
                )
            ]
            if fitting:
                here = [new for new in fitting if new.location_id == old.location_id]
                replaced[old.id] = (here or fitting)[0].id
        for override in overrides.open_on(self.write.conn, list(replaced), now):
            moved = replace(override, evse=replaced[override.evse], version=override.version + 1)
            why = "The charger was swapped: the same EVSE id came with a new uid."
            alterations.append(overrides.Altered(override, moved, "moved", why))
        overrides.save(self.write, alterations, by=self.by, batch_id=None)
        series.follow(self.write, replaced)
        for old_number, new_number in replaced.items():
            left = {"replaced_by": new_number, "missing_since": now, "content_changed_at": now}
            feed.mark(self.write.conn, [old_number], **left)
        for old in called:
            if old.id in replaced and old.roaming_id is not None:
                feed.mark(self.write.conn, [replaced[old.id]], roaming_id=old.roaming_id)
        self.replaced = set(replaced)
        self._count(overrides_moved=len(alterations))
        return {*replaced, *replaced.values()}

    def _end_removed(self, numbers: Mapping[int, EvseRecord]) -> set[int]:
        """REMOVED by the feed's own word ends what is open; coming back revives nothing."""
        now = self.write.now
        gone = {number for number in numbers if self._is_gone(number, numbers)}
        already = {row.id for row in self.known_evses.values() if row.removed_at is not None}
        fresh = gone - already
        why = "The charger was reported as REMOVED."
        ended = [
            overrides.Altered(one, clear(one, now=now), "removed", why)
            for one in overrides.open_on(self.write.conn, sorted(fresh), now)
        ]
        overrides.save(self.write, ended, by=self.by, batch_id=None)
        series.leave(self.write, fresh)
        feed.mark(self.write.conn, fresh, removed_at=now)
        self._count(removed=len(fresh), overrides_ended=len(ended))
        return fresh

    def _keep_statuses(self, numbers: Mapping[int, EvseRecord]) -> None:
        now = self.write.now
        reports = {
            number: (record.status, record.status_at or now) for number, record in numbers.items()
        }
        changed = keep_reports(self.write, reports, by=self.by)
        self._count(statuses_changed=len(changed))

    def _mark_missing(self, numbers: Mapping[int, EvseRecord]) -> set[int]:
        elsewhere = {*numbers, *self.replaced}
        missing = {
            row.id
            for row in self.known_evses.values()
            if row.id not in elsewhere and row.removed_at is None and row.replaced_by is None
        }
        if self.asked_at is not None:
            missing -= {
                row.id
                for row in self.known_evses.values()
                if row.created_at >= self.asked_at or row.location_id in self.others
            }
        fresh = {
            row.id
            for row in self.known_evses.values()
            if row.id in missing and row.missing_since is None
        }
        feed.mark(self.write.conn, fresh, missing_since=self.write.now)
        self._count(missing=len(missing))
        return fresh
