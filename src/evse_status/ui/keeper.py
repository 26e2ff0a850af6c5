"""May this visitor change partners, and send again?"""

from evse_status.core.principal import Role
from evse_status.ui.session import principal


def may_act() -> bool:
    """Whether the visitor may send again, pause, resync and edit; services decide again."""
    who = principal()
    return who.role is Role.ADMINISTRATOR and not who.is_limited
