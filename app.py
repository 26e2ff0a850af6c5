"""What is served on one port? The dashboard, and the API before it."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from evse_status.api.app import ApiFirst
from evse_status.bootstrap import read_settings
from evse_status.ui import bundle, failures, fleet_reads
from evse_status.ui.return_path import BackToTheAddress


def to_start_page(request: Request) -> RedirectResponse:
    """`/timeline` is the start page; Streamlit knows a start page by `/` alone."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


bundle.apply_config()

app = st.App(
    bundle.FRAME,
    secrets=read_settings().secrets_of_sign_in(),
    routes=[Route("/timeline", to_start_page)],
    lifespan=fleet_reads.counted_ahead,
    middleware=[Middleware(ApiFirst), Middleware(BackToTheAddress)],
    on_script_error=failures.on_script_error,
)
