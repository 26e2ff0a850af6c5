"""What exactly goes over the wire of each channel? Under each phone, to read and to copy."""

import json
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evse_status.service.wire import OnTheWire
from evse_status.ui import session
from evse_status.ui.looks import SURFACE, TEXT
from evse_status.ui.texts import html_text, plain
from evse_status.ui.views.screen import NAMES

_DATA = "data: "
_BOX = (
    "margin:0;padding:.65rem .5rem;border-radius:.5rem;font-family:'Source Code Pro',monospace;"
    "font-size:.77rem;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere"
)


def draw_wires(columns: Sequence[DeltaGenerator], wires: Sequence[Sequence[OnTheWire]]) -> None:
    """One column per channel: each request with its payload, or why there is none."""
    for column, messages in zip(columns, wires, strict=True):
        with column:
            for number, wire in enumerate(messages):
                key = f"preview-wire-{wire.channel}-{number}"
                if not number:
                    _draw(wire, key)
                    continue
                with st.expander(plain(wire.request)):
                    _draw(wire, key)


def readable(body: str) -> str:
    """The payload with a line per field; what isn't JSON stays as it is."""
    told = (
        _DATA + _indented(line.removeprefix(_DATA)) if line.startswith(_DATA) else line
        for line in body.strip().splitlines()
    )
    return _indented(body) if body.lstrip().startswith(("{", "[")) else "\n".join(told)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except ValueError:
        return text


def _draw(wire: OnTheWire, key: str) -> None:
    with st.container(gap="xxsmall"):
        if wire.body:
            _draw_request(wire, key)
        else:
            st.caption(plain(wire.request))
        _draw_body(wire)


def _draw_body(wire: OnTheWire) -> None:
    if wire.why_not:
        st.markdown(f":gray[{plain(wire.why_not)}]")
    if wire.body:
        dark = session.is_dark()
        colours = f"background:{SURFACE[dark]};color:{TEXT[dark]}"
        st.html(f'<pre style="{_BOX};{colours}">{html_text(readable(wire.body))}</pre>')


def _draw_request(wire: OnTheWire, key: str) -> None:
    """The request line; it opens the very letters that are sent, which a page can't copy otherwise."""
    with st.popover(
        f":gray[{plain(wire.request)}]",
        icon=":material/content_copy:",
        type="tertiary",
        key=key,
        help="Copy exactly what is sent",
    ):
        st.caption(f"Exactly as it is sent to {plain(wire.to or NAMES[wire.channel][0])}:")
        st.code(wire.body, language=None, wrap_lines=True)
