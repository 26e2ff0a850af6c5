"""What else a hub needs: the id to tell an EVSE under, and a complete load that was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and find EVSEs by their roaming ids."""
    op.add_column(
        "partner_evse", sa.Column("tell_as", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("partner", sa.Column("full_load_at", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_evse_roaming_id"), "evse", ["roaming_id"])
