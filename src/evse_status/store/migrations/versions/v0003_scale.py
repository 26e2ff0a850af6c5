"""What a fleet of 100,000 EVSEs needs: narrow indexes of what is there now, and the archive's parts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the indexes and the table."""
    live = sa.text("removed_at IS NULL AND replaced_by IS NULL")
    newest = sa.text("span = 63")
    op.drop_index("ix_evse_sort_key_id", table_name="evse")
    op.create_index(
        "ix_evse_live",
        "evse",
        ["sort_key", "id", "location_id", "removed_at", "replaced_by"],
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index(
        "ix_actual_newest",
        "actual",
        ["evse_id", "status", "span"],
        sqlite_where=newest,
        postgresql_where=newest,
    )
    cleared = sa.text("cleared_at IS NOT NULL")
    op.create_index(
        "ix_override_cleared",
        "override",
        ["cleared_at", "ends_at"],
        sqlite_where=cleared,
        postgresql_where=cleared,
    )
    op.drop_index("ix_override_ends_at", table_name="override")
    op.create_index(
        op.f("ix_override_ends_at_starts_at_evse_id"),
        "override",
        ["ends_at", "starts_at", "evse_id"],
        unique=False,
    )
    op.create_table(
        "archive_part",
        sa.Column("id", _Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("before_at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("emptied_to", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_part")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_archive_part_kind_to_at"), "archive_part", ["kind", "to_at"], unique=False
    )
