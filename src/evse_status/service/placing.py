"""Place groups of EVSEs in one named change, and only if that is still what was shown."""

from collections.abc import Sequence

from evse_status.core.principal import Principal
from evse_status.service.groups import Group, Look, look, require_may_place
from evse_status.service.idempotency import Once
from evse_status.service.plan_mark import Mark, mark_of
from evse_status.service.schedule import BatchResult, place_targets
from evse_status.store.database import Database, Write


def place_groups(
    db: Database,
    principal: Principal,
    groups: Sequence[Group],
    *,
    previewed: Mark | str | None = None,
    name: str = "",
    all_or_nothing: bool = False,
    once: Once[BatchResult] | None = None,
) -> BatchResult:
    """Place several wishes at once: each EVSE is accepted or refused by itself, in one transaction.

    With `previewed` (the mark of a preview, or its text) nothing is done if anything else would be
    done than was shown (OtherThanPreviewed); with `all_or_nothing` the first refusal is raised.
    `name` is what the change is called. Raises NothingSelected, and the errors of a wish itself.
    """
    with db.write() as write:
        if once is not None:
            once.begin(write)
        result, _ = place_groups_within(
            write,
            principal,
            groups,
            previewed=previewed,
            name=name,
            all_or_nothing=all_or_nothing,
        )
        if once is not None:
            once.finish(write, result)
    db.wrote(len(result.done))
    return result


def place_groups_within(
    write: Write,
    principal: Principal,
    groups: Sequence[Group],
    *,
    previewed: Mark | str | None = None,
    name: str = "",
    all_or_nothing: bool = False,
) -> tuple[BatchResult, Look]:
    """`place_groups` as a part of a larger write, with what it found there before."""
    require_may_place(principal, groups)
    seen = look(write.conn, principal, groups, write.now)
    if previewed is not None:
        mark_of(seen).require_as_shown(previewed)
    result = place_targets(write, principal, seen.targets, name=name, all_or_nothing=all_or_nothing)
    return result, seen
