"""What do the words mean, and what does each channel make of a status? Markdown tables."""

from collections.abc import Iterable

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import DEFAULT_PROFILE, PROFILES, words
from evse_status.ui.looks import Status, badge, label
from evse_status.ui.texts import plain
from evse_status.ui.views.delays import HEADS, delay_rows

WORDS = (
    ("EVSE", "One charging position. Its id is what people see; its uid never changes."),
    (
        "Charger",
        "The EVSEs in one housing. Technicians visit chargers, so one can be picked whole.",
    ),
    ("Location", "A site with chargers, an address and a time zone."),
    ("Actual status", "What the charger itself reports."),
    ("Temporary status", "Maintenance, commissioning, blocked or reserved: shown instead."),
    ("Override", "One temporary status on one EVSE for a period, by someone, for a reason."),
    (
        "Displayed status",
        "What a channel shows: the winning override's meaning, else the actual status.",
    ),
    ("Phase", "Upcoming, active, ended or cleared."),
    ("Channel", "A way of showing status: Spirii Go and branded apps, Hubject, OCPI."),
    ("Partner", "One counterparty on a channel, with its own address and tokens."),
    (
        "Delivery",
        "One displayed status told to one partner, with its receipt. The page Deliveries says who "
        "has acknowledged what, who is behind, and why.",
    ),
)
RULES = (
    "A period holds from its start up to, and not including, its end.",
    "Without a start it begins at once; without an end it holds until somebody clears it.",
    "Where overrides overlap, commissioning wins over maintenance over blocked over reserved; "
    "between equals the one made last. When the winner ends, the next one shows.",
    "Clearing ends an override now and brings back what lies under it; it never ends another one.",
    "What was shown in the past is never rewritten.",
)
GESTURES = (
    ("Click a bar", "Opens that override beside the timeline; click it again to close."),
    ("Click an empty row", "Starts planning for that EVSE."),
    ("Click a location's band", "Offers to plan for the whole location or one of its chargers."),
    ("Drag sideways", "Zooms into a stretch of time; a double-click shows all of it again."),
    ("Drag the days", "Moves a stretch that is zoomed into."),
    (
        "Use the keyboard",
        "Go to, below the picture, lists every override, EVSE and location of the page.",
    ),
    ("Copy the address", "Filters, window, zoom, zone and the open override are in it."),
)


def words_table() -> str:
    """The words."""
    return _table(("Word", "Meaning"), ((f"**{word}**", text) for word, text in WORDS))


def gestures_table() -> str:
    """What a click does on the timeline."""
    return _table(("Do this", "and"), ((f"**{deed}**", text) for deed, text in GESTURES))


def delays_table() -> str:
    """What each channel shows, and how soon."""
    return _table(HEADS, ((f"**{channel}**", *map(plain, told)) for channel, *told in delay_rows()))


def temporary_table() -> str:
    """What each channel makes of a temporary status, with other profiles' words for the app."""
    others = [profile for name, profile in PROFILES.items() if name != DEFAULT_PROFILE.name]
    heads = ("Temporary status", "Spirii Go and branded apps", "Hubject", "OCPI")
    return _table(
        (*heads, *(f"App, profile {plain(profile.name)}" for profile in others)),
        (
            (*_told(status), *(plain(profile.temporary[status].label) for profile in others))
            for status in TemporaryStatus
        ),
    )


def actual_table() -> str:
    """What each channel makes of an actual status."""
    heads = ("Actual status", "Spirii Go", "Hubject", "OCPI")
    return _table(heads, (_told(status) for status in ActualStatus))


def _told(status: Status) -> tuple[str, str, str, str]:
    said = words(status)
    shown = badge(status) if status is not ActualStatus.REMOVED else label(status)
    hubject = said.hubject or "record deleted"
    return (shown, said.spirii_go or "not shown", hubject, said.ocpi)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
