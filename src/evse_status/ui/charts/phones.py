"""What would a driver see on a phone? Drawn apps of the three channels, as HTML over drawn maps.

Not one picture: words set in the page's own type are cut, mixed with right-to-left ones and read
exactly as on a real screen. A reader of screens gets `Screen.spoken` instead.
"""

from evse_status.ui.charts.phones_apps import APPS
from evse_status.ui.charts.phones_ground import GROUNDS
from evse_status.ui.charts.phones_marks import icon, ring, spoken, vars_of
from evse_status.ui.texts import html_text
from evse_status.ui.views.screen import Screen


def phone(screen: Screen, *, dark: bool) -> str:
    """One phone as HTML for `st.html`, every foreign text in it escaped; it needs `phones_style`."""
    shade = screen.look.shade(dark=dark)
    mode = "dark" if dark else "light"
    own = f"{vars_of(shade)};--ring:{ring(shade, GROUNDS[dark])}"
    return (
        f'<div class="ev-box"><div class="ev-phone ev-{mode} ev-{screen.channel}" role="img" '
        f'aria-label="{spoken(screen.spoken)}" style="{own}"><div class="ev-glass">'
        f'<div class="ev-bar"><span class="ev-grow">{html_text(screen.clock)}</span>'
        f"{icon('signal_cellular_alt')}{icon('wifi')}{icon('battery_full')}</div>"
        f"{APPS[screen.channel](screen, dark)}</div></div></div>"
    )
