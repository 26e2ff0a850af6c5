"""How does it stand with each partner, and what can be done about it?"""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.service import delivery_report, partners
from evse_status.service.client_certificate import certificates
from evse_status.service.delivery_report import Health, PartnerReport
from evse_status.service.known_partners import Partner
from evse_status.ui import roaming_panel, url
from evse_status.ui.charts.answers import answers
from evse_status.ui.grids import MUTED
from evse_status.ui.keeper import may_act
from evse_status.ui.looks import data_uri
from evse_status.ui.pager import first_page
from evse_status.ui.partner_form import ask_edit
from evse_status.ui.partner_tokens import tokens_button
from evse_status.ui.session import app, hold_still, is_dark, principal, viewer_zone
from evse_status.ui.texts import counted, html_text, plain
from evse_status.ui.views.deliveries import Card, card_of

_SAID, _ASKED = "_deliveries-said", "_partner-to-resync"


def reports_now() -> list[PartnerReport]:
    """How it stands with every counterparty now."""
    return delivery_report.delivery_report(
        app().database, principal(), now=app().now(), silent_after=silent_after()
    )


def mark() -> object:
    """What moves when this page shows something else."""
    return delivery_report.mark(app().database, now=app().now())


def silent_after() -> timedelta:
    """After how long upstream counts as silent."""
    return timedelta(minutes=app().settings.upstream_silent_minutes)


def warn(reports: Sequence[PartnerReport]) -> None:
    """Say above everything what makes the rest doubtful: no sender runs."""
    unserved = [one.partner.name for one in reports if one.health is Health.NOT_SERVED]
    if unserved:
        st.warning(
            f"Nobody sends: {plain(', '.join(unserved))} "
            f"{'is' if len(unserved) == 1 else 'are'} told nothing until a sender runs. "
            "`evse-status serve` and `demo` run one; alone it is `evse-status sender`.",
            icon=":material/warning:",
        )


def draw_empty() -> None:
    """Say that there are no partners, and how to add one."""
    with st.container(border=True):
        st.markdown(
            "**No partner is told yet.** Add one here, or on the command line; "
            "docs/partners.md says step by step how, and when not to:"
        )
        st.code(
            'evse-status partner add "Tern Drive" --nobody-else-tells\n'
            "evse-status partner add --help",
            language=None,
        )


def draw_cards(reports: Sequence[PartnerReport], chosen: int | None) -> None:
    """One card per counterparty, upstream first; the chosen one's EVSEs are listed below."""
    zone, now = viewer_zone(), app().now()
    shown = certificates(app().database, principal(), app().vault) if may_act() else {}
    with st.grid(3, min_column_width=270, gap="xsmall"):
        for report in reports:
            certificate = shown.get(report.partner.id)
            card = card_of(report, zone=zone, now=now, certificate=certificate)
            with st.container(border=True, gap="xsmall", key=f"partner-{card.number}"):
                _draw_card(card, report, is_chosen=card.number == chosen)


def show_said() -> None:
    """Say what became of the last action, once."""
    if said := st.session_state.pop(_SAID, None):
        text, icon = said
        st.toast(plain(text), icon=icon)


def act(deed: str, number: int, evses: Sequence[int] | None = None) -> None:
    """Pause, resume, resync, or send again; what became of it is said by `show_said`."""
    database, who = app().database, principal()
    st.session_state[_ASKED] = None
    try:
        if deed == "send":
            count = delivery_report.send_again(database, who, number, evses)
            said = f"{counted(count, 'EVSE')} on the way again."
        elif deed == "resync":
            said = (
                f"{partners.resync_partner(database, who, number).name} is told everything again."
            )
        else:
            paused = deed == "pause"
            one = partners.pause_partner(database, who, number, paused=paused)
            said = f"{one.name} is {'paused' if paused else 'told again'}."
        st.session_state[_SAID] = (said, ":material/check_circle:")
    except EvseStatusError as error:
        st.session_state[_SAID] = (error.message, ":material/error:")


def _draw_card(card: Card, report: PartnerReport, *, is_chosen: bool) -> None:
    colour, icon, word = card.badge
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{plain(card.name)}**", width="content")
        st.markdown(f":{colour}-badge[:material/{icon}: {word}]", width="content")
    st.caption(plain(card.line))
    st.html(_figures(card))
    if not (card.is_upstream or card.is_app):
        picture = data_uri(answers(report.minutes, dark=is_dark()))
        taken = sum(one.taken for one in report.minutes)
        failed = sum(one.failed for one in report.minutes)
        said = f"Answers of the last hour: {taken:,} acknowledged, {failed:,} failed"
        st.html(
            f'<img src="{picture}" alt="{html_text(said)}" title="{html_text(said)}" '
            'style="display:block;width:100%;height:34px">'
            f'<div style="font-size:.75rem;{MUTED}">{html_text(said)}</div>'
        )
    if card.trouble:
        st.html(
            f'<div style="overflow-wrap:anywhere;font-size:.9rem">{html_text(card.trouble)}</div>'
        )
    if card.warning:
        st.markdown(f":yellow[:material/warning:] {plain(card.warning)}")
    if card.is_hub:
        st.button(
            card.untold or "Roaming ids",
            key=f"roaming-{card.number}",
            icon=":material/badge:",
            type="secondary" if card.untold else "tertiary",
            on_click=roaming_panel.ask,
        )
    _buttons(card, report.partner, is_chosen=is_chosen)


def _buttons(card: Card, partner: Partner, *, is_chosen: bool) -> None:
    number = card.number
    if st.session_state.get(_ASKED) == number:
        hold_still()
        st.markdown(
            ":small[It is asked to fetch everything again. Go on?]"
            if card.is_app
            else ":small[Everything it knows of is sent again, EVSE by EVSE. That may take minutes "
            "and counts against its limits. Go on?]"
        )
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Resync now",
                key=f"now-{number}",
                type="primary",
                on_click=act,
                args=("resync", number),
            )
            st.button("Don't", key=f"not-{number}", on_click=_ask_resync, args=(None,))
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if card.page:
            st.link_button("See it", card.page, icon=":material/open_in_new:", type="tertiary")
        if not (card.is_upstream or card.is_app):
            st.button(
                "Shown below" if is_chosen else "Show its EVSEs",
                key=f"show-{number}",
                icon=":material/expand_more:" if is_chosen else None,
                disabled=is_chosen,
                type="tertiary",
                on_click=_choose,
                args=(number,),
            )
        if not may_act():
            return
        st.space("stretch")
        if not card.is_upstream:
            deed = "resume" if card.is_paused else "pause"
            st.button(
                deed.capitalize(),
                key=f"pause-{number}",
                help=f"{deed.capitalize()} telling {plain(card.name)}",
                type="tertiary",
                on_click=act,
                args=(deed, number),
            )
            st.button(
                "Resync",
                key=f"resync-{number}",
                help=f"Full resync: tell {plain(card.name)} everything again",
                type="tertiary",
                on_click=_ask_resync,
                args=(number,),
            )
        tokens_button(partner)
        st.button(
            "Settings",
            key=f"edit-{number}",
            help=f"Settings of {plain(card.name)}",
            type="tertiary",
            on_click=ask_edit,
            args=(number,),
        )


def _figures(card: Card) -> str:
    cells = "".join(
        f'<div><div style="font-size:.75rem;white-space:nowrap;{MUTED}">{html_text(name)}</div>'
        f'<div style="font-weight:600;white-space:nowrap">{html_text(value)}</div></div>'
        for name, value in card.figures
    )
    columns = "grid-template-columns:repeat(auto-fit,minmax(4.1rem,auto))"
    return f'<div style="display:grid;{columns};gap:.5rem">{cells}</div>'


def _choose(number: int) -> None:
    url.put("partner", str(number))
    first_page()


def _ask_resync(number: int | None) -> None:
    st.session_state[_ASKED] = number
