"""What did a partner answer within the last hour? A small picture: one column per minute."""

from collections.abc import Sequence

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.delivery_report import Minute
from evse_status.ui.looks import GRID, MUTED, look

WIDTH, HEIGHT = 360, 34
_MINUTES = 60
_GROUND = 2


def answers(minutes: Sequence[Minute], *, dark: bool) -> str:
    """The picture as SVG: taken above the line, failed below it, the newest minute at the right."""
    taken_of = {one.ago: one.taken for one in minutes}
    failed_of = {one.ago: one.failed for one in minutes}
    most = max([1, *taken_of.values(), *failed_of.values()])
    step = WIDTH / _MINUTES
    line = HEIGHT * 0.66
    good = look(ActualStatus.AVAILABLE).fill(dark=dark)
    bad = look(TemporaryStatus.BLOCKED).fill(dark=dark)
    drawn = [f'<rect x="0" y="{line:.1f}" width="{WIDTH}" height="1" fill="{GRID[dark]}"/>']
    for ago in range(_MINUTES):
        x = WIDTH - (ago + 1) * step
        for count, colour, room, above in (
            (taken_of.get(ago, 0), good, line - _GROUND, True),
            (failed_of.get(ago, 0), bad, HEIGHT - line - _GROUND, False),
        ):
            if not count:
                continue
            height = max(
                2.5, room * (count / most) ** 0.5
            )  # a single one is seen beside a thousand
            y = line - height if above else line + 1
            drawn.append(
                f'<rect x="{x + 0.5:.1f}" y="{y:.1f}" width="{step - 1:.1f}" '
                f'height="{height:.1f}" rx="1" fill="{colour}"/>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none" '
        f'color="{MUTED[dark]}">{"".join(drawn)}</svg>'
    )
