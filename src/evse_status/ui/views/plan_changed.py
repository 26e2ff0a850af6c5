"""What is other than a plan was shown, in words?"""

from collections.abc import Sequence
from dataclasses import replace

from evse_status.service.plan_mark import (
    EVSES,
    OVERLAPS,
    REFUSALS,
    REQUEST,
    SESSIONS,
    Difference,
    Mark,
    OtherThanPreviewed,
)
from evse_status.ui.views.plan import named

_SAID = {
    REQUEST: "What is asked for is another by now",
    EVSES: "Other EVSEs are meant",
    REFUSALS: "Where it would be refused",
    OVERLAPS: "Overlaps with other overrides",
    SESSIONS: "Sessions that are running",
}


def what_changed(different: Sequence[Difference]) -> tuple[str, ...]:
    """One sentence per kind of change, with the EVSEs it concerns where they are known."""
    return tuple(
        f"{_SAID.get(one.what, one.what)}{': ' + named(one.evse_ids) if one.evse_ids else ''}."
        for one in different
    )


def differences(before: Mark | str | None, now: Mark | str | None) -> tuple[str, ...]:
    """What moved between two drawings of one form: neither sessions nor lengths that count from now."""
    if isinstance(before, Mark) and isinstance(now, Mark):
        seen = {**before.seen, REQUEST: None, SESSIONS: None}
        try:
            now.require_as_shown(replace(before, seen=seen))
        except OtherThanPreviewed as error:
            return what_changed(error.different)
    elif isinstance(before, str) and before != now:
        return (_SERIES_CHANGED,)
    return ()


_SERIES_CHANGED = "The EVSEs, where it would be refused, or overlaps with other overrides."
