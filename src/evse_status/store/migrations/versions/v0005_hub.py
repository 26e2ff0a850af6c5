"""What a hub needs: an id of its own for EVSEs whose evse_id it can't take, and what it was told under."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns."""
    op.add_column("evse", sa.Column("roaming_id", sa.Text(), nullable=True))
    op.add_column(
        "partner_evse", sa.Column("told_as", sa.Text(), nullable=False, server_default="")
    )
