"""What series need, and overrides that start when a session ends. Nothing has written a series before."""

import sqlalchemy as sa
from alembic import op

from evse_status.core.period import EARLIEST, LATEST, to_microseconds

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_YEARS = f"BETWEEN {to_microseconds(EARLIEST)} AND {to_microseconds(LATEST)}"
_STATUSES = "'MAINTENANCE', 'COMMISSIONING', 'BLOCKED', 'RESERVED'"
_CAUSES = "'planned work', 'fault', 'vandalism', 'grid', 'site host', 'event', 'test', 'other'"


def upgrade() -> None:
    """Make series anew, which are empty, with their EVSEs and their history."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.drop_constraint(op.f("fk_override_series_id"), "override", type_="foreignkey")
    op.drop_table("series")
    op.create_table(
        "series",
        sa.Column("id", _Id, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("first_local_start", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("temporary_status", sa.String(length=16), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("cut_from", sa.Text(), nullable=True),
        sa.Column("continues", sa.BigInteger(), nullable=True),
        sa.Column("stored_to", sa.BigInteger(), nullable=True),
        sa.Column("stored_ahead", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", _Id, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_series_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.CheckConstraint(
            f"temporary_status IN ({_STATUSES})", name=op.f("ck_series_temporary_status")
        ),
        sa.CheckConstraint(f"cause IN ({_CAUSES})", name=op.f("ck_series_cause")),
        sa.CheckConstraint(
            f"made_at {_YEARS} AND added_at {_YEARS} AND stored_to {_YEARS}",
            name=op.f("ck_series_years"),
        ),
        sqlite_autoincrement=True,
    )
    for name in ("batch_id", "continues", "stored_to"):
        op.create_index(op.f(f"ix_series_{name}"), "series", [name])
    if on_postgresql:
        op.create_foreign_key(
            op.f("fk_override_series_id"), "override", "series", ["series_id"], ["id"]
        )
    op.create_table(
        "series_evse",
        sa.Column("series_id", _Id, nullable=False),
        sa.Column("evse_id", _Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_evse_series_id")
        ),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_series_evse_evse_id")),
        sa.PrimaryKeyConstraint("series_id", "evse_id", name=op.f("pk_series_evse")),
    )
    op.create_index(op.f("ix_series_evse_evse_id"), "series_evse", ["evse_id"])
    op.create_table(
        "series_change",
        sa.Column("id", _Id, nullable=False),
        sa.Column("series_id", _Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("batch_id", _Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_change_series_id")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_series_change_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_series_change_series_id_id"), "series_change", ["series_id", "id"])
    op.create_index(op.f("ix_series_change_batch_id"), "series_change", ["batch_id"])
    op.add_column(
        "override", sa.Column("drains", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        op.f("ix_override_drains"),
        "override",
        ["evse_id", "starts_at"],
        sqlite_where=sa.text("drains IS 1"),
        postgresql_where=sa.text("drains IS true"),
    )
