"""Which part of the window is looked at closely? In the URL, so that it outlives redraws and can be sent."""

import re
from datetime import UTC, datetime

import streamlit as st

from evse_status.ui import url
from evse_status.ui.session import now
from evse_status.ui.texts import period, plain
from evse_status.ui.views.window import SHORTEST, Window, part_of

PICTURE = "timeline-picture"
"""The key of the container with the picture that reports drags."""
_WORD, _KEY, _REPORTED = "zoom", "timeline-zoom", "zoomed"
_INSTANT = "%Y%m%dT%H%MZ"
_BOTH = re.compile(r"(\d{8}T\d{4}Z)-(\d{8}T\d{4}Z)")

# Streamlit doesn't report the zoom of a chart, and draws it anew when one byte of it changes.
_REPORT = """
export default function ({ setTriggerValue }) {
  let plot = null, pending = 0, deafUntil = 0;
  const report = (range, after) => {
    clearTimeout(pending);
    pending = setTimeout(() => setTriggerValue("zoomed", range), after);
  };
  const attach = () => {
    const found = document.querySelector(".st-key-timeline-picture .js-plotly-plot");
    if (!found || found === plot || !found.on) return;
    plot = found;
    plot.on("plotly_relayout", (to) => {
      const range = to["xaxis.range"] || [to["xaxis.range[0]"], to["xaxis.range[1]"]];
      if (range[0] && range[1] && Date.now() > deafUntil) report(range.map(String), 400);
    });
    plot.on("plotly_doubleclick", () => {
      deafUntil = Date.now() + 1000;  // it goes back to its own range too
      report(["whole"], 0);
    });
  };
  const watch = new MutationObserver(attach);
  watch.observe(document.body, { childList: true, subtree: true });
  attach();
  return () => { watch.disconnect(); clearTimeout(pending); };
}
"""


def zoomed(whole: Window) -> Window:
    """The part of the window that the URL names, or the window itself."""
    asked = _BOTH.fullmatch(st.query_params.get(_WORD, ""))
    if asked is None:
        return whole
    try:
        from_at, to_at = (
            datetime.strptime(text, _INSTANT).replace(tzinfo=UTC) for text in asked.groups()
        )
        return part_of(whole, from_at, to_at, now=now())
    except (ValueError, OverflowError):
        return whole


def forget_zoom() -> None:
    """Look at the whole window again."""
    url.drop(_WORD)


def zoom_bar(part: Window, whole: Window) -> None:
    """Draw what part is looked at, with ways to move, narrow and leave it; nothing for the whole window."""
    if part is whole:
        return
    step = part.length / 2
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="zoom-bar"):
        st.markdown(
            f":material/zoom_in: **{plain(period(part.from_at, part.to_at, part.zone, part.now))}**",
            width="content",
        )
        for label, icon, by_from, by_to in (
            ("Earlier", "chevron_left", -step, -step),
            ("Later", "chevron_right", step, step),
            ("Closer", "add", step / 2, -step / 2),
            ("Wider", "remove", -step, step),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                type="tertiary",
                key=f"zoom-{label}",
                on_click=_look_at,
                args=(part.from_at + by_from, part.to_at + by_to, whole),
            )
        st.button(
            "Whole window",
            icon=":material/close:",
            type="tertiary",
            key="zoom-whole",
            on_click=forget_zoom,
        )


def follow_zoom(whole: Window) -> None:
    """Let the picture in the container PICTURE report its zoom: it is the part looked at from then on."""

    def moved() -> None:
        reported = st.session_state[_KEY][_REPORTED]
        if reported == ["whole"]:
            forget_zoom()
            return
        try:
            from_at, to_at = (
                datetime.fromisoformat(str(text).replace(" ", "T")).replace(tzinfo=UTC)
                for text in reported
            )
        except (TypeError, ValueError):
            return  # nothing that a picture reports
        _look_at(from_at, to_at, whole)

    report = st.components.v2.component("evse-status-zoom", js=_REPORT)
    report(key=_KEY, height="content", width="content", on_zoomed_change=moved)


def _look_at(from_at: datetime, to_at: datetime, whole: Window) -> None:
    if from_at <= whole.from_at and to_at >= whole.to_at:
        forget_zoom()
        return
    to_at = max(to_at, from_at + SHORTEST)
    url.put(_WORD, f"{from_at:{_INSTANT}}-{to_at:{_INSTANT}}")
