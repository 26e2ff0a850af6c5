"""Is what would be done still what was shown? Compared EVSE by EVSE."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from evse_status.core.errors import Conflict
from evse_status.core.statuses import ActualStatus
from evse_status.service.groups import Look, Target
from evse_status.service.overlaps import Overlap

REQUEST, EVSES, REFUSALS, OVERLAPS, SESSIONS = (
    "request",
    "EVSEs",
    "refusals",
    "overlaps",
    "sessions",
)
_NOT_COMPARED = "-"
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of thing that isn't as it was shown, and the EVSEs that it concerns, where they are known."""

    what: str
    evse_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.what == REQUEST:
            return "something else is asked for"
        if not self.evse_ids:
            return self.what
        named = ", ".join(self.evse_ids[:_NAMED])
        more = len(self.evse_ids) - _NAMED
        return f"{self.what} ({named}{f' and {more:,} more' if more > 0 else ''})"


class OtherThanPreviewed(Conflict):
    """What was shown before isn't what would be done now."""

    code = "other_than_previewed"

    def __init__(self, different: tuple[Difference, ...] = ()) -> None:
        said = "; ".join(str(one) for one in different) or "other EVSEs, refusals or overlaps"
        super().__init__(
            f"previewed: since the preview something changed: {said}. Preview it again and look at it.",
            field="previewed",
        )
        self.different = different


@dataclass(frozen=True, slots=True)
class Mark:
    """What a preview showed, by kind and EVSE. As a text it is short and tells the kinds apart."""

    seen: Mapping[str, Mapping[str, str] | None]

    def __str__(self) -> str:
        return ".".join(
            _NOT_COMPARED if some is None else _digest(some) for some in self.seen.values()
        )

    def without_sessions(self) -> "Mark":
        """The same for whoever doesn't mind which sessions are running by then."""
        return replace(self, seen={**self.seen, SESSIONS: None})

    def require_as_shown(self, shown: "Mark | str | None") -> None:
        """Refuse to do anything else than was `shown`. Raises OtherThanPreviewed."""
        if shown is None:
            return
        different = self.since(shown) if isinstance(shown, Mark) else self._kinds_since(shown)
        if different:
            raise OtherThanPreviewed(different)

    def since(self, shown: "Mark") -> tuple[Difference, ...]:
        """What is different here from what was `shown`; each reads as words, too."""
        found = []
        for what, now in self.seen.items():
            before = shown.seen.get(what)
            if now is None or before is None or now == before:
                continue
            names = [
                name for name in {**before, **now} if name and before.get(name) != now.get(name)
            ]
            found.append(Difference(what, tuple(names)))
        return tuple(found)

    def _kinds_since(self, shown: str) -> tuple[Difference, ...]:
        before, now = shown.split("."), str(self).split(".")
        if len(before) != len(now):
            return (Difference(REQUEST),)
        return tuple(
            Difference(what)
            for what, one, other in zip(self.seen, before, now, strict=True)
            if one != other and _NOT_COMPARED not in (one, other)
        )


def mark_of(look: Look) -> Mark:
    """What there is to see. Sessions count where it starts at once or drains: later on there are others."""
    evses: dict[str, str] = {}
    refusals: dict[str, str] = {}
    overlaps: dict[str, str] = {}
    sessions: dict[str, str] = {}
    for place, one in enumerate(look.targets):
        if one.error is not None or one.override is None:
            code = one.error.code if one.error is not None else ""
            _add(refusals, one.evse_id, f"{one.group} {code}")
            continue
        _add(evses, one.evse_id, f"{one.group} {one.override.evse}")
        for key in _overlap_keys(one, look.overlaps.get(place, ())):
            _add(overlaps, one.evse_id, f"{one.group} {key}")
        at_once = one.override.drains or one.override.starts_at <= look.now
        if at_once and look.actual(one.override.evse) is ActualStatus.CHARGING:
            sessions[one.evse_id] = ActualStatus.CHARGING.value
    request = {"": repr([group.wish for group in look.groups])}
    return Mark(
        {
            REQUEST: request,
            EVSES: evses,
            REFUSALS: refusals,
            OVERLAPS: overlaps,
            SESSIONS: sessions,
        }
    )


def _overlap_keys(target: Target, overlaps: tuple[Overlap, ...]) -> list[str]:
    """How each overlap is known again; of a series by its occurrence, whose number may be given later.

    Without end, by the series alone: how far ahead is looked moves on with the clock.
    """
    open_end = target.override is not None and target.override.ends_at is None
    keys = []
    for one in overlaps:
        existing = one.existing
        name = f"#{existing.id} {existing.version}"
        if existing.series_id is not None:
            name = f"series {existing.series_id}"
            if not open_end:
                name += f" {existing.occurrence_start} {existing.version}"
        keys.append(f"{name} {one.new_wins}")
    return list(dict.fromkeys(keys))


def _add(found: dict[str, str], name: str, said: str) -> None:
    found[name] = f"{found[name]}; {said}" if name in found else said


def _digest(some: Mapping[str, str]) -> str:
    text = repr(sorted(some.items()))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
