"""What would placing the form do? One call of the service, its refusal kept for the form."""

from collections.abc import Sequence

from evse_status.core.errors import EvseStatusError
from evse_status.service.fleet import EvseCard
from evse_status.service.plan import PlanPreview, preview_plan
from evse_status.ui import session
from evse_status.ui.plan_form import Asked
from evse_status.ui.plan_outcome import refusal
from evse_status.ui.texts import plain
from evse_status.ui.views.outcome import told


def preview_of(
    evses: Sequence[EvseCard], asked: Asked
) -> tuple[PlanPreview | None, EvseStatusError | None]:
    """The preview, or what is wrong and not yet said at its field; neither while nothing is picked."""
    if asked.wish is None or not evses:
        return None, None
    try:
        preview = preview_plan(
            session.app().database,
            session.principal(),
            [evse.id for evse in evses],
            asked.wish,
            now=session.now(),
        )
    except EvseStatusError as error:
        return None, error
    return preview, refusal()


def what_to_do(evses: Sequence[EvseCard], asked: Asked, refused: EvseStatusError | None) -> str:
    """The next step while there is nothing to show."""
    if not evses:
        return "Pick at least one EVSE on the left: here you see what will happen."
    if asked.wish is None:
        return "Settle the time on the left first: here you see what will happen."
    return plain(told(refused)) if refused is not None else ""
