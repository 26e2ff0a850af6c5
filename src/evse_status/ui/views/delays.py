"""How soon does each channel show a change? What was measured here, beside what Spirii publishes."""

from collections.abc import Mapping
from dataclasses import dataclass

from evse_status.core.translation import Channel
from evse_status.ui.views.screen import NAMES


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from the instant at which a status becomes true to the partner's receipt."""

    median_seconds: float
    p99_seconds: float


MEASURED: Mapping[Channel, Delay | None] = {
    Channel.SPIRII_GO: Delay(0.02, 0.04),
    Channel.HUBJECT: Delay(0.01, 0.05),
    Channel.OCPI: Delay(0.01, 0.02),
}
"""From docs/benchmarks.md; `None`: not measured yet. Set new figures here alone."""

_PUBLISHED = {Channel.SPIRII_GO: "at once", Channel.HUBJECT: "1 minute", Channel.OCPI: "15 s"}
"""What Spirii's documentation says of its temporary statuses."""

_SHOWS = {
    Channel.SPIRII_GO: "The label and the colour of the app's profile, on the pin and on the card. "
    "The app listens to a stream.",
    Channel.HUBJECT: "One of the hub's words per EVSE, pushed to the hub, which passes it on to "
    "roaming apps. What the hub acknowledges isn't on a screen yet.",
    Channel.OCPI: "OCPI's word per EVSE, pushed to each roaming partner; planned maintenance and "
    "openings of the next 30 days as a schedule beside it.",
}
HEADS = (
    "Channel",
    "What it shows",
    "Here, half arrive within",
    "Here, 99 of 100 within",
    "Spirii publishes",
)


def delay_rows(
    measured: Mapping[Channel, Delay | None] = MEASURED,
) -> list[tuple[str, str, str, str, str]]:
    """One row per channel under HEADS."""
    rows = []
    for channel in Channel:
        delay = measured[channel]
        half = "not measured yet" if delay is None else _seconds(delay.median_seconds)
        most = "not measured yet" if delay is None else _seconds(delay.p99_seconds)
        name, kind = NAMES[channel]
        rows.append((f"{name} {kind}", _SHOWS[channel], half, most, _PUBLISHED[channel]))
    return rows


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
