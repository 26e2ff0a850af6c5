"""Everything that Preview shows of one EVSE at one instant: what it shows, why, and what is on the wire."""

from dataclasses import dataclass
from datetime import datetime

from evse_status.core.principal import Principal
from evse_status.service.app_wire import AppProfile, app_profiles
from evse_status.service.known_partners import kept_partners
from evse_status.service.look_up import Display, Glance, Planned, display, glances
from evse_status.service.seen_at import Moment
from evse_status.service.wire import Wires, on_the_wire
from evse_status.store.database import Database


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown. `around` are all EVSEs of the location, `profiles` the words that a driver app may
    be looked at in, `profile` those that are."""

    display: Display
    wires: Wires
    around: tuple[Glance, ...]
    profiles: tuple[AppProfile, ...]
    profile: AppProfile


def preview(
    db: Database,
    principal: Principal,
    evse: int,
    *,
    at: datetime,
    now: datetime,
    profile: str = "",
    planned: Planned | None = None,
    with_overrides: bool = True,
) -> Preview:
    """Look at an EVSE at `at`, as it is known at `now`; `profile` is the key of one of `profiles`, any
    other means the first. Few statements, however many EVSEs and partners there are.

    Raises UnknownEvse, and what placing `planned` raises.
    """
    principal.require_reader()
    with db.read() as conn:
        partners = kept_partners(conn)
    profiles = app_profiles(partners)
    chosen = next((one for one in profiles if one.key == profile), profiles[0])
    shown = display(db, principal, evse, at=at, shown_in=chosen.shown_in, planned=planned)
    moment = Moment(at, now, planned=shown.planned, with_overrides=with_overrides)
    with db.read() as conn:
        wires = on_the_wire(conn, evse, partners, moment, chosen)
    around = glances(db, principal, shown.evse.location_id, at=at, planned=planned)
    return Preview(shown, wires, around, profiles, chosen)
