"""How does a status look? Icon, pattern and colours, the same on every page, light and dark."""

from base64 import b64encode
from dataclasses import dataclass

from evse_status.core.statuses import ActualStatus, TemporaryStatus

Status = TemporaryStatus | ActualStatus

INK = "#0B1220"
WHITE = "#FFFFFF"
PAGE = {False: "#FFFFFF", True: "#0B0F16"}
SURFACE = {False: "#F4F6F9", True: "#151C26"}
TEXT = {False: "#111821", True: "#E6EAF0"}
MUTED = {False: "#566170", True: "#A3ADBB"}
GRID = {False: "#E3E7ED", True: "#283240"}
BAND = {False: "#EDF0F4", True: "#18202B"}
PAST = {False: "rgba(71,85,105,0.07)", True: "rgba(148,163,184,0.07)"}
ATTENTION = {False: ("#6A5100", "#FFF6D6"), True: ("#F2DA82", "#36300F")}
"""Text and tint of what needs attention; it is no status."""
PATTERN_OPACITY = 0.26


@dataclass(frozen=True, slots=True)
class Shade:
    """A status in one mode: `on_fill` is text on `fill`, a chip is `chip_text` on `chip`."""

    fill: str
    on_fill: str
    chip_text: str
    chip: str

    @property
    def pattern(self) -> str:
        """The colour of pattern lines: the one that only ever raises the contrast of `on_fill`."""
        return "#000000" if self.on_fill == WHITE else WHITE


@dataclass(frozen=True, slots=True)
class Look:
    """How one status looks. `icon` is a Material Symbols name, `pattern` a Plotly pattern shape
    ("" is plain), `colour` the colour name of Streamlit's markdown; `outline` means no fill."""

    icon: str
    pattern: str
    colour: str
    light: Shade
    dark: Shade
    outline: bool = False

    def shade(self, *, dark: bool) -> Shade:
        """The colours of one mode."""
        return self.dark if dark else self.light

    def fill(self, *, dark: bool) -> str:
        """The fill of bars and swatches."""
        return self.shade(dark=dark).fill


_MAINTENANCE = Look(
    "build",
    "/",
    "orange",
    Shade("#D27204", INK, "#8A4B00", "#FDF1E2"),
    Shade("#FB9D3C", INK, "#FFC07A", "#3A2712"),
)
_COMING = Look(
    "event_upcoming",
    ".",
    "violet",
    Shade("#5B21B6", WHITE, "#4C1D95", "#F0EAFB"),
    Shade("#8F6DF5", INK, "#C7B4FF", "#2A2147"),
)
_BLOCKED = Look(
    "block",
    "x",
    "red",
    Shade("#A3123A", WHITE, "#8E1033", "#FBE9ED"),
    Shade("#E2506A", INK, "#FF9BAD", "#421B25"),
)
_RESERVED = Look(
    "bookmark",
    "|",
    "blue",
    Shade("#3087D0", INK, "#1B5A96", "#E6F1FB"),
    Shade("#7CC2FB", INK, "#A9D8FF", "#16304A"),
)
_INOPERATIVE = Look(
    "power_off",
    "\\",
    "gray",
    Shade("#666D75", WHITE, "#4A525C", "#EEF0F3"),
    Shade("#A9B1BC", INK, "#C3CAD4", "#2A323D"),
)
_UNKNOWN = Look(
    "help",
    ".",
    "gray",
    Shade("#858C95", INK, "#5B626B", "#EEF0F3"),
    Shade("#666D78", WHITE, "#AEB6C1", "#252C36"),
)

_LOOKS: dict[Status, Look] = {
    TemporaryStatus.MAINTENANCE: _MAINTENANCE,
    TemporaryStatus.COMMISSIONING: _COMING,
    TemporaryStatus.BLOCKED: _BLOCKED,
    TemporaryStatus.RESERVED: _RESERVED,
}
_ACTUAL_LOOKS: dict[ActualStatus, Look] = {
    ActualStatus.AVAILABLE: Look(
        "check_circle",
        "",
        "green",
        Shade("#3F9169", INK, "#1F6444", "#E7F4ED"),
        Shade("#86D9A4", INK, "#9FE5BA", "#15372A"),
    ),
    ActualStatus.CHARGING: Look(
        "bolt",
        "",
        "gray",
        Shade("#0B4F5C", WHITE, "#0B4F5C", "#E3EFF1"),
        Shade("#0F9A92", INK, "#6FD6CF", "#0E3836"),
    ),
    ActualStatus.BLOCKED: _BLOCKED,
    ActualStatus.RESERVED: _RESERVED,
    ActualStatus.INOPERATIVE: _INOPERATIVE,
    ActualStatus.OUTOFORDER: Look(
        "error",
        "x",
        "gray",
        Shade("#0B1220", WHITE, "#0B1220", "#E4E7EC"),
        Shade("#E6EDF7", INK, "#F1F5FB", "#39424F"),
    ),
    ActualStatus.PLANNED: _COMING,
    ActualStatus.REMOVED: Look(
        "delete",
        "",
        "gray",
        Shade("#666D75", INK, "#4A525C", "#FFFFFF"),
        Shade("#A9B1BC", WHITE, "#C3CAD4", "#0B0F16"),
        outline=True,
    ),
    ActualStatus.UNKNOWN: _UNKNOWN,
}
_LABELS = {ActualStatus.OUTOFORDER: "Out of order"}

_WORDS = {
    "outofservice": ActualStatus.INOPERATIVE,
    "unavailable": ActualStatus.INOPERATIVE,
    "occupied": ActualStatus.CHARGING,
    "comingsoon": ActualStatus.PLANNED,
} | {status.value.lower(): status for status in ActualStatus}


def look(status: Status) -> Look:
    """The look of a status; temporary and actual BLOCKED look the same, and so do both RESERVED."""
    if isinstance(status, TemporaryStatus):
        return _LOOKS[status]
    return _ACTUAL_LOOKS[status]


def label(status: Status) -> str:
    """The status as people read it: "Maintenance", "Out of order"."""
    if isinstance(status, ActualStatus) and status in _LABELS:
        return _LABELS[status]
    return status.value.capitalize()


def word_look(word: str | None) -> Look:
    """The look of a channel's word: that of the nearest status; a word nobody knows looks unknown.

    `None`, a channel that doesn't show the EVSE at all, looks removed.
    """
    if word is None:
        return look(ActualStatus.REMOVED)
    return look(_WORDS.get(word.replace(" ", "").lower(), ActualStatus.UNKNOWN))


def badge(status: Status) -> str:
    """A native Streamlit badge, as markdown: `:orange-badge[:material/build: Maintenance]`."""
    its = look(status)
    return f":{its.colour}-badge[:material/{its.icon}: {label(status)}]"


def with_icon(status: Status) -> str:
    """A coloured icon and the word, for labels of metrics, pills and options (markdown)."""
    its = look(status)
    return f":{its.colour}[:material/{its.icon}:] {label(status)}"


def swatch(
    status: Status, *, dark: bool, width: int = 24, height: int = 14, shadowed: bool = False
) -> str:
    """A picture of the bar of a status, as an SVG data URI; `shadowed` is the subdued form."""
    its, shade = look(status), look(status).shade(dark=dark)
    hollow = shadowed or its.outline
    ground = PAGE[dark] if hollow else shade.fill
    lines = shade.fill if hollow else shade.pattern
    opacity = 1 if hollow else PATTERN_OPACITY
    drawn = _PATTERNS[its.pattern].format(colour=lines, opacity=opacity)
    shape = f'x="1" y="1" width="{width - 2}" height="{height - 2}" rx="3"'
    return data_uri(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><defs><pattern id="p" width="6" height="6" '
        f'patternUnits="userSpaceOnUse">{drawn}</pattern></defs>'
        f'<rect {shape} fill="{ground}" stroke="{shade.fill}"/>'
        f'<rect {shape} fill="url(#p)"/></svg>'
    )


def band(status: ActualStatus, *, dark: bool, width: int = 20, height: int = 4) -> str:
    """A picture of the thin band of an actual status, as an SVG data URI."""
    return data_uri(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="{look(status).fill(dark=dark)}"/></svg>'
    )


def data_uri(svg: str) -> str:
    """An SVG text as an address that `<img>`, backgrounds and image columns take."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


_LINE = '<path d="{{path}}" stroke="{colour}" stroke-opacity="{opacity}" stroke-width="1.2"/>'
_PATTERNS = {
    "": "",
    "/": _LINE.replace("{{path}}", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5"),
    "\\": _LINE.replace("{{path}}", "M-1 -1L7 7M5 -1L7 1M-1 5L1 7"),
    "x": _LINE.replace("{{path}}", "M0 0L6 6M6 0L0 6"),
    "|": _LINE.replace("{{path}}", "M3 0V6"),
    ".": '<circle cx="3" cy="3" r="1.1" fill="{colour}" fill-opacity="{opacity}"/>',
}
