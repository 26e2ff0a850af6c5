"""Which tables are there? design.md section 6; docs/decisions/0002-store.md says what was changed and why."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from evse_status.core.period import EARLIEST, LATEST, to_microseconds
from evse_status.core.statuses import ActualStatus, Cause, Rank, Source, TemporaryStatus
from evse_status.store.columns import Document, Instant

# SQLite numbers rows by itself only in a column called INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")
# The same order on both databases, and no locale that passes over what separates the parts.
_Sorted = Text().with_variant(Text(collation="C"), "postgresql")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(name: str, *words: StrEnum) -> CheckConstraint:
    """Only words that can be read again: one poisoned row must not break a list (case 13)."""
    return CheckConstraint(f"{name} IN ({', '.join(repr(word.value) for word in words)})", name)


def _within_years(*names: str) -> CheckConstraint:
    """Only the years 2000-2100 (rule 5), whoever writes."""
    years = f"BETWEEN {to_microseconds(EARLIEST)} AND {to_microseconds(LATEST)}"
    return CheckConstraint(" AND ".join(f"{name} {years}" for name in names), "years")


newest = Table(
    "newest",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""The instant of the newest write; one row. What makes `now` strictly increasing over processes."""

location = Table(
    "location",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("country_code", String(2), nullable=False),
    Column("party_id", String(3), nullable=False),
    Column("ocpi_id", String(64), nullable=False),
    Column("ocpi_key", Text, nullable=False),  # ocpi_id in upper case: OCPI ids compare so
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("postal_code", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("time_zone", Text, nullable=False),
    Column("publish", Boolean, nullable=False),
    Column("content", Document, nullable=False),  # the Location as it came, without its EVSEs
    Column("content_changed_at", Instant, nullable=False),
    Column("upstream_id", BigInteger),  # the partner that tells of it; NULL: an import does
    UniqueConstraint("country_code", "party_id", "ocpi_key"),
    Index(None, "content_changed_at"),
)

evse = Table(
    "evse",
    metadata,
    Column("id", _Id, primary_key=True),  # the number that `/v2` calls uid
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("uid", String(64), nullable=False),
    Column("uid_key", Text, nullable=False),
    Column("evse_id", Text, nullable=False),
    Column("evse_key", Text, nullable=False),  # core.evse_id: all spellings share it
    Column("charger", Text, nullable=False),
    Column("physical_reference", Text, nullable=False),
    Column("search", Text, nullable=False),  # what a search box looks in, case folded
    Column("sort_key", _Sorted, nullable=False),  # location first, then charger, then EVSE
    Column("power_w", Integer),  # of its strongest connector
    Column("connectors", Text, nullable=False),  # short, for people: "CCS, Type 2"
    Column("content", Document, nullable=False),  # the EVSE as it came, without status
    Column("content_changed_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("missing_since", Instant),
    Column("removed_at", Instant),  # by the feed's own word or a confirmed removal
    Column("replaced_by", BigInteger),  # the EVSE that took over its evse_id (rule 19)
    Column(
        "overrides_changed_at", Instant
    ),  # the last write that altered when overrides hold on it
    Column("roaming_id", Text),  # for hubs that can't take its evse_id; set by a person, NULL: none
    Column("look_at", Instant),  # when what it shows may change next; the sender's
    UniqueConstraint("location_id", "uid_key"),
    Index(None, "evse_key"),
    Index(None, "evse_id"),
    Index(None, "look_at"),
    Index(None, "content_changed_at"),
    Index(None, "overrides_changed_at"),
    Index(None, "removed_at"),
    Index(None, "roaming_id"),
)

# Counting and paging the fleet reads this alone; the rows themselves are ten times as wide.
_live = evse.c.removed_at.is_(None) & evse.c.replaced_by.is_(None)
Index(
    "ix_evse_live",
    evse.c.sort_key,
    evse.c.id,
    evse.c.location_id,
    evse.c.removed_at,
    evse.c.replaced_by,
    sqlite_where=_live,
    postgresql_where=_live,
)

actual = Table(
    "actual",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("evse_id", ForeignKey("evse.id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant),
    Column(
        "reported_at", Instant, nullable=False
    ),  # the newest report that said so, by its own clock
    Column("span", SmallInteger, nullable=False),
    _one_of("status", *ActualStatus),
    _within_years("from_at", "to_at", "reported_at"),
    Index(None, "span", "from_at"),
    Index(None, "evse_id", "span", "from_at"),
    Index(None, "from_at"),
    Index(None, "to_at"),
)

# Written out: a database compares the condition of an index with that of a question letter by letter.
IS_NEWEST = actual.c.span == literal_column("63")
"""The stretch that still holds; one per EVSE."""
Index(
    "ix_actual_newest",
    actual.c.evse_id,
    actual.c.status,
    actual.c.span,
    sqlite_where=IS_NEWEST,
    postgresql_where=IS_NEWEST,
)

batch = Table(
    "batch",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Text),
    Column("undoes", BigInteger),
)

series = Table(
    "series",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("rule", Text, nullable=False),  # RFC 5545 RRULE
    Column("zone", Text, nullable=False),
    Column("first_local_start", Text, nullable=False),  # on clocks in the zone, without offset
    Column("minutes", Integer, nullable=False),  # as those clocks count
    Column("temporary_status", String(16), nullable=False),
    Column("exceptions", Document, nullable=False),  # local starts that don't happen
    Column("made_at", Instant, nullable=False),  # settles ties, and is kept through splits (rule 7)
    Column("created_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cause", String(16)),
    Column("ticket", Text, nullable=False),
    Column("added_at", Instant, nullable=False),  # when this part of it began to be kept
    Column("cut_from", Text),  # local starts from here on aren't its own any more; NULL: all are
    Column("continues", BigInteger),  # the series that it goes on from, after a split
    Column("stored_to", Instant),  # occurrences that start before are overrides; NULL: all are
    Column("stored_ahead", Document, nullable=False),  # local starts beyond that are stored, too
    Column("version", Integer, nullable=False),
    Column("batch_id", ForeignKey("batch.id")),
    _one_of("temporary_status", *TemporaryStatus),
    _one_of("cause", *Cause),
    _within_years("made_at", "added_at", "stored_to"),
    Index(None, "batch_id"),
    Index(None, "continues"),
    Index(None, "stored_to"),
    sqlite_autoincrement=True,  # a number is never used again
)
"""Repeating overrides: a rule, a zone, EVSEs (rule 18)."""

series_evse = Table(
    "series_evse",
    metadata,
    Column("series_id", ForeignKey("series.id"), primary_key=True),
    Column("evse_id", ForeignKey("evse.id"), primary_key=True, index=True),
)

series_change = Table(
    "series_change",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("series_id", ForeignKey("series.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", String(16), nullable=False),  # created, changed, cut, skipped, undone
    Column("why", Text, nullable=False),
    Column("before", Document),
    Column("after", Document, nullable=False),
    Column("batch_id", ForeignKey("batch.id")),
    Index(None, "series_id", "id"),
    Index(None, "batch_id"),
    sqlite_autoincrement=True,
)
"""What was done to series, with the row before and after."""

override = Table(
    "override",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("evse_id", ForeignKey("evse.id"), nullable=False),
    Column("temporary_status", String(16), nullable=False),
    Column("requested_from", Instant),
    Column("starts_at", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("lease_until", Instant),
    Column("cleared_at", Instant),
    Column(
        "ends_at", Instant
    ),  # the earliest of the three above, for indexes; never an "active" flag
    Column("made_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("source", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("cause", String(16)),
    Column("ticket", Text, nullable=False),
    Column("stands_back", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("batch_id", ForeignKey("batch.id")),
    Column("external_ref", Text, nullable=False),
    Column("series_id", ForeignKey("series.id")),
    Column("occurrence_start", Text),
    Column("drains", Boolean, nullable=False),  # starts when the session ends, at the latest then
    UniqueConstraint("series_id", "evse_id", "occurrence_start"),
    _one_of("temporary_status", *TemporaryStatus),
    _one_of("source", *Source),
    _one_of("cause", *Cause),
    _within_years(
        "requested_from", "starts_at", "valid_to", "lease_until", "cleared_at", "ends_at", "made_at"
    ),
    Index(None, "evse_id", "starts_at"),
    Index(None, "starts_at"),
    Index(None, "ends_at", "starts_at", "evse_id"),
    Index(None, "batch_id"),
    Index(None, "external_ref"),
    sqlite_autoincrement=True,  # a number is never used again
)
_cleared = override.c.cleared_at.is_not(None)
Index(
    "ix_override_cleared",
    override.c.cleared_at,
    override.c.ends_at,
    sqlite_where=_cleared,
    postgresql_where=_cleared,
)

_drains = override.c.drains.is_(True)
Index(
    "ix_override_drains",
    override.c.evse_id,
    override.c.starts_at,
    sqlite_where=_drains,
    postgresql_where=_drains,
)

change = Table(
    "change",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("override_id", ForeignKey("override.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column(
        "what", String(16), nullable=False
    ),  # created, changed, cleared, undone, moved, removed, started
    Column("why", Text, nullable=False),
    Column("before", Document),
    Column("after", Document, nullable=False),
    Column("batch_id", ForeignKey("batch.id")),
    Index(None, "override_id", "id"),
    Index(None, "at"),
    Index(None, "batch_id"),
    sqlite_autoincrement=True,
)

holding = Table(
    "holding",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("override_id", ForeignKey("override.id"), nullable=False),
    Column("evse_id", ForeignKey("evse.id"), nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("made", Instant, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant),
    Column("span", SmallInteger, nullable=False),
    Column("stands_back", Boolean, nullable=False),
    CheckConstraint(f"rank BETWEEN {min(Rank)} AND {max(Rank)}", "rank"),
    _within_years("made", "from_at", "to_at"),
    Index(None, "override_id", "from_at"),
    Index(None, "span", "from_at"),
    Index(None, "evse_id", "span", "from_at"),
    Index(None, "from_at"),
    Index(None, "to_at"),
)

partner = Table(
    "partner",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),  # core.partner.PartnerRole
    Column("channel", String(16), nullable=False),
    Column("settings", Document, nullable=False),  # core.partner.PartnerSettings
    Column("version", Integer, nullable=False),  # of the settings; moves with every edit
    Column("paused", Boolean, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("removed_at", Instant),
    Column("secret", Text),  # what we show it, encrypted
    Column("digest", String(64), unique=True),  # of what it shows us
    Column("next_digest", String(64), unique=True),  # while a handshake of ours is under way
    Column("hint", String(16), nullable=False),  # how what it shows us begins
    Column("registered", Document),  # core.partner.Registration: what the handshake brought
    Column("registered_at", Instant),
    Column("resync_at", Instant),  # what was acknowledged before doesn't count any more
    Column("owned_by", Text),
    Column("owned_until", Instant),
    Column("reached_at", Instant),  # it last answered well
    Column("failing_since", Instant),  # since when it hasn't
    Column("failures", Integer, nullable=False),  # in a row
    Column("failure", Text, nullable=False),  # the newest, in its own words
    Column("try_at", Instant),  # not before
    Column("heard_at", Instant),  # upstream: it last said something
    Column("pulled_at", Instant),  # upstream: the last whole pull that succeeded began
    Column("read_back_at", Instant),  # the last read-back of everything ended
    Column("full_load_at", Instant),  # Hubject: a full load was asked for and is yet to be sent
    sqlite_autoincrement=True,
)
_kept = partner.c.removed_at.is_(None)
Index(
    "ix_partner_name",
    partner.c.name,
    unique=True,
    sqlite_where=_kept,
    postgresql_where=_kept,
)
"""Counterparties: those whom we tell, and those who tell us (upstream)."""

partner_evse = Table(
    "partner_evse",
    metadata,
    Column("partner_id", ForeignKey("partner.id"), primary_key=True),
    Column("evse_id", ForeignKey("evse.id"), primary_key=True, index=True),
    Column("location_id", ForeignKey("location.id"), nullable=False),
    Column("wanted", String(16), nullable=False),  # the channel's word; empty: nothing to tell
    Column("wanted_at", Instant, nullable=False),  # OCPI's last_updated of that word or schedule
    Column("acked", String(16), nullable=False),  # empty: never, or no longer sure
    Column("acked_at", Instant),  # the wanted_at that was acknowledged last; never goes back
    Column("schedule", Text, nullable=False),  # what is to be announced, JSON; empty: nothing
    Column("schedule_acked", Text, nullable=False),
    Column("content", BigInteger, nullable=False),  # which state of its content is to be known
    Column("content_acked", BigInteger, nullable=False),
    Column("due_at", Instant),  # when to send next; NULL: nothing to send
    Column("attempt", Integer, nullable=False),  # in a row without success
    Column("refused", Text, nullable=False),  # why it is refused for good, in the partner's words
    Column("schedule_refused", Text, nullable=False),  # likewise of the schedule alone
    Column("rest_try_at", Instant),  # content and schedule not before
    Column("told_as", Text, nullable=False),  # Hubject: the EvseID under which it was acknowledged
    Column("tell_as", Text, nullable=False),  # Hubject: the EvseID under which it is to be told
)
_due = partner_evse.c.due_at.is_not(None)
Index(
    "ix_partner_evse_due",
    partner_evse.c.partner_id,
    partner_evse.c.due_at,
    sqlite_where=_due,
    postgresql_where=_due,
)
"""What each partner should know of each EVSE, and what it last acknowledged."""

partner_location = Table(
    "partner_location",
    metadata,
    Column("partner_id", ForeignKey("partner.id"), primary_key=True),
    Column("location_id", ForeignKey("location.id"), primary_key=True, index=True),
    Column("content", BigInteger, nullable=False),
    Column("content_acked", BigInteger, nullable=False),
    Column("due_at", Instant),
    Column("attempt", Integer, nullable=False),
    Column("refused", Text, nullable=False),
)
_location_due = partner_location.c.due_at.is_not(None)
Index(
    "ix_partner_location_due",
    partner_location.c.partner_id,
    partner_location.c.due_at,
    sqlite_where=_location_due,
    postgresql_where=_location_due,
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("partner_id", ForeignKey("partner.id"), nullable=False),
    Column("location_id", BigInteger),
    Column("evse_id", BigInteger),
    Column("at", Instant, nullable=False),  # when the answer came
    Column("kind", String(16), nullable=False),  # status, schedule, evse, location, read-back
    Column("told", Text, nullable=False),  # the status that was told
    Column("told_at", Instant, nullable=False),  # its last_updated: when it became true
    Column("outcome", String(16), nullable=False),  # acknowledged, refused, failed
    Column("http_status", SmallInteger),
    Column("status_code", Integer),  # OCPI's own
    Column("answer", Text, nullable=False),  # the partner's own words, cut
    Column("attempt", Integer, nullable=False),
    Column("took", Integer, nullable=False),  # microseconds from sending to the answer
    Index(None, "partner_id", "id"),
    Index(None, "evse_id", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)
"""What was told to whom, when, and what they said."""

import_run = Table(
    "import_run",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("outcome", Document, nullable=False),
)

archive_part = Table(
    "archive_part",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", String(16), nullable=False),  # overrides, actuals
    Column("state", String(16), nullable=False),  # writing, emptying, done
    Column("folder", Text, nullable=False),  # seen from the folder of an SQLite file, or absolute
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("before_at", Instant, nullable=False),
    Column("rows", Document, nullable=False),  # how many per table
    Column("first_id", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("emptied_to", BigInteger, nullable=False),  # up to this id the store has let go of them
    Column(
        "kept", Document, nullable=False
    ),  # ids that were altered meanwhile and stay in the store
    Index(None, "kind", "to_at"),
    sqlite_autoincrement=True,  # a file's name is never used again
)
"""Files into which ended history was moved (docs/decisions/0005-archive.md)."""
token = Table(
    "token",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # the token itself isn't kept
    Column("hint", Text, nullable=False),  # its first letters, to tell tokens apart
    Column("temporary_statuses", Document),  # a list of words; NULL is all
    Column("locations", Document),  # a list of location.id; NULL is all
    Column("operators", Document),
    Column("countries", Document),
    Column("may_read", Boolean, nullable=False),
    Column("may_clear_others", Boolean, nullable=False),
    Column("may_report_actual", Boolean, nullable=False),
    Column("may_administrate", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("revoked_by", Text),
    Column("last_used_at", Instant),
    sqlite_autoincrement=True,  # a number is never used again
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),  # signed in, signed out, token created, …
    Column("about", Text, nullable=False),
    Column("details", Document, nullable=False),
    Index(None, "at"),
    Index(None, "about"),
    sqlite_autoincrement=True,
)
"""Sign-ins and changes of tokens and settings. Nothing in the product deletes from it."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("principal", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("answer", Document, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)
"""What was answered to an `Idempotency-Key`, for 24 hours (rule 14)."""
