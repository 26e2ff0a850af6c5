"""The first form of the store: locations, EVSEs, actual statuses, overrides, their history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Sorted = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "batch",
        sa.Column("id", _Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", _Id, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "location",
        sa.Column("id", _Id, nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=False),
        sa.Column("party_id", sa.String(length=3), nullable=False),
        sa.Column("ocpi_id", sa.String(length=64), nullable=False),
        sa.Column("ocpi_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint(
            "country_code",
            "party_id",
            "ocpi_key",
            name=op.f("uq_location_country_code_party_id_ocpi_key"),
        ),
    )
    op.create_table(
        "newest",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_newest_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newest")),
    )
    op.create_table(
        "partner",
        sa.Column("id", _Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("owned_by", sa.Text(), nullable=True),
        sa.Column("owned_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "series",
        sa.Column("id", _Id, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("first_local_start", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("temporary_status", sa.String(length=16), nullable=False),
        sa.Column("evses", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_table(
        "evse",
        sa.Column("id", _Id, nullable=False),
        sa.Column("location_id", _Id, nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("uid_key", sa.Text(), nullable=False),
        sa.Column("evse_id", sa.Text(), nullable=False),
        sa.Column("evse_key", sa.Text(), nullable=False),
        sa.Column("charger", sa.Text(), nullable=False),
        sa.Column("physical_reference", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("sort_key", _Sorted, nullable=False),
        sa.Column("power_w", sa.Integer(), nullable=True),
        sa.Column("connectors", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_changed_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("missing_since", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_evse_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evse")),
        sa.UniqueConstraint("location_id", "uid_key", name=op.f("uq_evse_location_id_uid_key")),
    )
    op.create_index(op.f("ix_evse_evse_id"), "evse", ["evse_id"], unique=False)
    op.create_index(op.f("ix_evse_evse_key"), "evse", ["evse_key"], unique=False)
    op.create_index(op.f("ix_evse_look_at"), "evse", ["look_at"], unique=False)
    op.create_index(op.f("ix_evse_removed_at"), "evse", ["removed_at"], unique=False)
    op.create_index(op.f("ix_evse_sort_key_id"), "evse", ["sort_key", "id"], unique=False)
    op.create_table(
        "actual",
        sa.Column("id", _Id, nullable=False),
        sa.Column("evse_id", _Id, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("span", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_actual_evse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actual")),
        sa.CheckConstraint(
            "status IN ('AVAILABLE', 'BLOCKED', 'CHARGING', 'INOPERATIVE', 'OUTOFORDER', 'PLANNED', 'REMOVED', 'RESERVED', 'UNKNOWN')",
            name=op.f("ck_actual_status"),
        ),
        sa.CheckConstraint(
            "from_at BETWEEN 946684800000000 AND 4133980800000000 AND to_at BETWEEN 946684800000000 AND 4133980800000000 AND reported_at BETWEEN 946684800000000 AND 4133980800000000",
            name=op.f("ck_actual_years"),
        ),
    )
    op.create_index(
        op.f("ix_actual_evse_id_span_from_at"),
        "actual",
        ["evse_id", "span", "from_at"],
        unique=False,
    )
    op.create_index(op.f("ix_actual_from_at"), "actual", ["from_at"], unique=False)
    op.create_index(op.f("ix_actual_span_from_at"), "actual", ["span", "from_at"], unique=False)
    op.create_index(op.f("ix_actual_to_at"), "actual", ["to_at"], unique=False)
    op.create_table(
        "override",
        sa.Column("id", _Id, nullable=False),
        sa.Column("evse_id", _Id, nullable=False),
        sa.Column("temporary_status", sa.String(length=16), nullable=False),
        sa.Column("requested_from", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("stands_back", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", _Id, nullable=True),
        sa.Column("external_ref", sa.Text(), nullable=False),
        sa.Column("series_id", _Id, nullable=True),
        sa.Column("occurrence_start", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_override_batch_id")),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_override_evse_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_override_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
        sa.CheckConstraint(
            "cause IN ('planned work', 'fault', 'vandalism', 'grid', 'site host', 'event', 'test', 'other')",
            name=op.f("ck_override_cause"),
        ),
        sa.CheckConstraint(
            "source IN ('operator', 'api', 'sensor', 'booking', 'series')",
            name=op.f("ck_override_source"),
        ),
        sa.CheckConstraint(
            "temporary_status IN ('MAINTENANCE', 'COMMISSIONING', 'BLOCKED', 'RESERVED')",
            name=op.f("ck_override_temporary_status"),
        ),
        sa.CheckConstraint(
            "requested_from BETWEEN 946684800000000 AND 4133980800000000 AND starts_at BETWEEN 946684800000000 AND 4133980800000000 AND valid_to BETWEEN 946684800000000 AND 4133980800000000 AND lease_until BETWEEN 946684800000000 AND 4133980800000000 AND cleared_at BETWEEN 946684800000000 AND 4133980800000000 AND ends_at BETWEEN 946684800000000 AND 4133980800000000 AND made_at BETWEEN 946684800000000 AND 4133980800000000",
            name=op.f("ck_override_years"),
        ),
        sa.UniqueConstraint(
            "series_id",
            "evse_id",
            "occurrence_start",
            name=op.f("uq_override_series_id_evse_id_occurrence_start"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_override_batch_id"), "override", ["batch_id"], unique=False)
    op.create_index(op.f("ix_override_ends_at"), "override", ["ends_at"], unique=False)
    op.create_index(
        op.f("ix_override_evse_id_starts_at"), "override", ["evse_id", "starts_at"], unique=False
    )
    op.create_index(op.f("ix_override_external_ref"), "override", ["external_ref"], unique=False)
    op.create_index(op.f("ix_override_starts_at"), "override", ["starts_at"], unique=False)
    op.create_table(
        "partner_evse",
        sa.Column("partner_id", _Id, nullable=False),
        sa.Column("evse_id", _Id, nullable=False),
        sa.Column("wanted", sa.String(length=16), nullable=True),
        sa.Column("acked", sa.String(length=16), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_partner_evse_evse_id")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_evse_partner_id")
        ),
        sa.PrimaryKeyConstraint("partner_id", "evse_id", name=op.f("pk_partner_evse")),
    )
    op.create_table(
        "change",
        sa.Column("id", _Id, nullable=False),
        sa.Column("override_id", _Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("batch_id", _Id, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_change_batch_id")),
        sa.ForeignKeyConstraint(
            ["override_id"], ["override.id"], name=op.f("fk_change_override_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_change_at"), "change", ["at"], unique=False)
    op.create_index(op.f("ix_change_batch_id"), "change", ["batch_id"], unique=False)
    op.create_index(op.f("ix_change_override_id_id"), "change", ["override_id", "id"], unique=False)
    op.create_table(
        "holding",
        sa.Column("id", _Id, nullable=False),
        sa.Column("override_id", _Id, nullable=False),
        sa.Column("evse_id", _Id, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("span", sa.SmallInteger(), nullable=False),
        sa.Column("stands_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["evse_id"], ["evse.id"], name=op.f("fk_holding_evse_id")),
        sa.ForeignKeyConstraint(
            ["override_id"], ["override.id"], name=op.f("fk_holding_override_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sa.CheckConstraint("rank BETWEEN 1 AND 4", name=op.f("ck_holding_rank")),
        sa.CheckConstraint(
            "made BETWEEN 946684800000000 AND 4133980800000000 AND from_at BETWEEN 946684800000000 AND 4133980800000000 AND to_at BETWEEN 946684800000000 AND 4133980800000000",
            name=op.f("ck_holding_years"),
        ),
    )
    op.create_index(
        op.f("ix_holding_evse_id_span_from_at"),
        "holding",
        ["evse_id", "span", "from_at"],
        unique=False,
    )
    op.create_index(op.f("ix_holding_from_at"), "holding", ["from_at"], unique=False)
    op.create_index(
        op.f("ix_holding_override_id_from_at"), "holding", ["override_id", "from_at"], unique=False
    )
    op.create_index(op.f("ix_holding_span_from_at"), "holding", ["span", "from_at"], unique=False)
    op.create_index(op.f("ix_holding_to_at"), "holding", ["to_at"], unique=False)
