"""What does Preview show? One call of the service, its refusal drawn."""

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.service import preview
from evse_status.service.preview import Preview
from evse_status.ui import session
from evse_status.ui.preview_controls import Looked
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import plain
from evse_status.ui.views.preview import Variant


def look_at(looked: Looked) -> Preview | None:
    """The one answer of the service, or its refusal drawn."""
    try:
        return preview.preview(
            session.app().database,
            session.principal(),
            looked.evse.id,
            at=looked.at,
            now=looked.now,
            profile=looked.profile,
            planned=looked.draft if looked.variant is Variant.WITH_DRAFT else None,
            with_overrides=looked.variant is not Variant.WITHOUT,
        )
    except EvseStatusError as error:
        st.error(plain(sentence(error)), icon=":material/error:")
        return None
