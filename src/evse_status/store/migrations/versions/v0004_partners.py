"""What telling partners needs: who they are, what each should know, what was told and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of partners anew (nothing used them before), and the columns they need."""
    op.drop_table("partner_evse")
    op.drop_table("partner")
    op.add_column("location", sa.Column("upstream_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_location_content_changed_at"), "location", ["content_changed_at"])
    op.add_column("evse", sa.Column("overrides_changed_at", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_evse_content_changed_at"), "evse", ["content_changed_at"])
    op.create_index(op.f("ix_evse_overrides_changed_at"), "evse", ["overrides_changed_at"])
    # A store filled before: rather too late than never, or partners who pull would miss a change.
    op.execute(
        "UPDATE evse SET overrides_changed_at = (SELECT newest.at FROM newest WHERE newest.id = 1)"
        " WHERE EXISTS (SELECT 1 FROM override WHERE override.evse_id = evse.id)"
    )
    _partner()
    _what_they_know()
    _receipt()


def _partner() -> None:
    op.create_table(
        "partner",
        sa.Column("id", _Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("next_digest", sa.String(length=64), nullable=True),
        sa.Column("hint", sa.String(length=16), nullable=False),
        sa.Column("registered", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.BigInteger(), nullable=True),
        sa.Column("resync_at", sa.BigInteger(), nullable=True),
        sa.Column("owned_by", sa.Text(), nullable=True),
        sa.Column("owned_until", sa.BigInteger(), nullable=True),
        sa.Column("reached_at", sa.BigInteger(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("try_at", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("pulled_at", sa.BigInteger(), nullable=True),
        sa.Column("read_back_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("digest", name=op.f("uq_partner_digest")),
        sa.UniqueConstraint("next_digest", name=op.f("uq_partner_next_digest")),
        sqlite_autoincrement=True,
    )
    kept = sa.text("removed_at IS NULL")
    op.create_index(
        "ix_partner_name",
        "partner",
        ["name"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


def _what_they_know() -> None:
    due = sa.text("due_at IS NOT NULL")
    op.create_table(
        "partner_evse",
        sa.Column("partner_id", _Id, nullable=False),
        sa.Column("evse_id", _Id, nullable=False),
        sa.Column("location_id", _Id, nullable=False),
        sa.Column("wanted", sa.String(length=16), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("acked", sa.String(length=16), nullable=False),
        sa.Column("acked_at", sa.BigInteger(), nullable=True),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("schedule_acked", sa.Text(), nullable=False),
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.Column("content_acked", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("schedule_refused", sa.Text(), nullable=False),
        sa.Column("rest_try_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_evse_partner_id")
        ),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_partner_evse_evse_id")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_partner_evse_location_id")
        ),
        sa.PrimaryKeyConstraint("partner_id", "evse_id", name=op.f("pk_partner_evse")),
    )
    op.create_index(op.f("ix_partner_evse_evse_id"), "partner_evse", ["evse_id"])
    op.create_index(
        "ix_partner_evse_due",
        "partner_evse",
        ["partner_id", "due_at"],
        sqlite_where=due,
        postgresql_where=due,
    )
    op.create_table(
        "partner_location",
        sa.Column("partner_id", _Id, nullable=False),
        sa.Column("location_id", _Id, nullable=False),
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.Column("content_acked", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_location_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_partner_location_location_id")
        ),
        sa.PrimaryKeyConstraint("partner_id", "location_id", name=op.f("pk_partner_location")),
    )
    op.create_index(op.f("ix_partner_location_location_id"), "partner_location", ["location_id"])
    op.create_index(
        "ix_partner_location_due",
        "partner_location",
        ["partner_id", "due_at"],
        sqlite_where=due,
        postgresql_where=due,
    )


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", _Id, nullable=False),
        sa.Column("partner_id", _Id, nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("evse_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("took", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_receipt_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_receipt_partner_id_id"), "receipt", ["partner_id", "id"])
    op.create_index(op.f("ix_receipt_evse_id_id"), "receipt", ["evse_id", "id"])
    op.create_index(op.f("ix_receipt_at"), "receipt", ["at"])
