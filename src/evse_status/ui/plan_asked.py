"""What does the plan page ask for at this moment: by its form, or by a file?"""

from evse_status.core.errors import EvseStatusError
from evse_status.ui import plan_csv, plan_form, session
from evse_status.ui.evse_picker import by_file
from evse_status.ui.picks import cards, picked
from evse_status.ui.plan_form import Plan


def asked_now() -> tuple[Plan | None, EvseStatusError | None]:
    """What is asked for, read afresh; for callbacks."""
    if by_file():
        return plan_csv.current_plan()
    return plan_form.current_plan(cards(picked()), now=session.now())


def form() -> tuple[object, ...]:
    """What the page holds, to see whether it was altered since."""
    return plan_csv.fingerprint() if by_file() else (picked(), *plan_form.fingerprint())
