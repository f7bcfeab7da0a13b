"""first tables."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Row-level security, from the first migration on. The gate is four settings of the transaction
# (lagesbild.base.db); an unset one is NULL, and NULL lets no row through.
MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
ORGANISATION = "nullif(current_setting('lagesbild.organisation', true), '')::uuid"
FOR_GROUP = "current_setting('lagesbild.audience', true) = 'group'"
MINE = f"municipality_id = {MUNICIPALITY}"
SHARED = f"{MINE} AND {FOR_GROUP} AND (visibility <> 'egen' OR organisation_id = {ORGANISATION})"

# table → (condition of the program, rights of the program, of the door, of the reader)
SECURITY = {
    "municipalities": (f"id = {MUNICIPALITY}", "SELECT, INSERT", "SELECT", "SELECT"),
    "groups": (MINE, "SELECT, INSERT, UPDATE", "SELECT", "SELECT"),
    "organisations": ("true", "SELECT, INSERT", "", ""),
    "group_organisations": (MINE, "SELECT, INSERT", "", ""),
    "persons": (
        "EXISTS (SELECT FROM memberships m WHERE m.person_id = persons.id)",
        "SELECT (id, mail, name, disabled_at, created_at)",
        "SELECT, INSERT, UPDATE (disabled_at, password_hash)",
        "",
    ),
    "memberships": (MINE, "SELECT, INSERT, UPDATE", "SELECT", ""),
    "sessions": ("", "", "SELECT, INSERT, DELETE", ""),
    "tokens": ("", "", "SELECT, INSERT, UPDATE (revoked_at)", ""),
    "sign_in_attempts": ("", "", "SELECT, INSERT, DELETE", ""),
    "divisions": (MINE, "SELECT, INSERT", "", "SELECT"),
    "division_versions": (MINE, "SELECT, INSERT", "", "SELECT"),
    "districts": (MINE, "SELECT, INSERT, UPDATE", "", "SELECT"),
    "district_outlines": (MINE, "SELECT, INSERT", "", "SELECT"),
    "categories": ("true", "SELECT", "", ""),
    "category_synonyms": (MINE, "SELECT, INSERT, UPDATE", "", ""),
    "reference_counters": (MINE, "SELECT, INSERT, UPDATE", "", ""),
    "incidents": (SHARED, "SELECT, INSERT, UPDATE", "", ""),
    "incident_parts": (SHARED, "SELECT, INSERT, UPDATE", "", ""),
    "idempotency_keys": (MINE, "SELECT, INSERT", "", ""),
    "audit": (MINE, "SELECT, INSERT", "", ""),
    "weeks": (MINE, "SELECT, INSERT, UPDATE", "", ""),
    "nothing_reports": (MINE, "SELECT, INSERT", "", ""),
    "publications": (MINE, "SELECT, INSERT", "", "SELECT"),
    "digest_runs": (MINE, "SELECT, INSERT, UPDATE", "", ""),
    "digest_deliveries": (MINE, "SELECT, INSERT, UPDATE", "", ""),
}


def secure() -> None:
    for table, (condition, program, door, reader) in SECURITY.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        if program:
            op.execute(f"CREATE POLICY program ON {table} TO lagesbild_program USING ({condition})")
            op.execute(f"GRANT {program} ON {table} TO lagesbild_program")
        if door:
            op.execute(f"CREATE POLICY door ON {table} TO lagesbild_door USING (true)")
            op.execute(f"GRANT {door} ON {table} TO lagesbild_door")
        if reader:
            op.execute(
                f"CREATE POLICY reader ON {table} FOR SELECT TO lagesbild_reader"
                f" USING ({condition})"
            )
            op.execute(f"GRANT {reader} ON {table} TO lagesbild_reader")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "categories",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("sensitivity", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "sensitivity IN ('A', 'B', 'C', 'D')", name=op.f("ck_categories_sensitivity")
        ),
        sa.CheckConstraint("severity BETWEEN 0 AND 5", name=op.f("ck_categories_severity")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_categories")),
    )
    op.create_table(
        "municipalities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipalities")),
        sa.UniqueConstraint("code", name=op.f("uq_municipalities_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipalities_slug")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisations.id"], name=op.f("fk_organisations_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("mail = lower(mail)", name=op.f("ck_persons_mail_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("mail", name=op.f("uq_persons_mail")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_audit_municipality_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_audit")),
    )
    op.create_index(
        op.f("ix_audit_municipality_id_subject"),
        "audit",
        ["municipality_id", "subject"],
        unique=False,
    )
    op.create_table(
        "category_synonyms",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_category_synonyms_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_category_synonyms_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "organisation_id", "word", name=op.f("pk_category_synonyms")
        ),
    )
    op.create_table(
        "divisions",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_divisions_municipality_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_divisions")),
        sa.UniqueConstraint(
            "municipality_id", "slug", name=op.f("uq_divisions_municipality_id_slug")
        ),
    )
    op.create_index(
        "uq_divisions_main",
        "divisions",
        ["municipality_id"],
        unique=True,
        postgresql_where=sa.text("is_main"),
    )
    op.create_table(
        "groups",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("meeting_weekday", sa.Integer(), server_default="3", nullable=False),
        sa.Column("meeting_time", sa.Time(), server_default="09:00", nullable=False),
        sa.Column("letter_time", sa.Time(), server_default="15:00", nullable=False),
        sa.Column("schedule_since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("meeting_weekday BETWEEN 0 AND 6", name=op.f("ck_groups_weekday")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_groups_municipality_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_groups")),
        sa.UniqueConstraint("slug", name=op.f("uq_groups_slug")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_idempotency_keys_municipality_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "person_id", "key", name=op.f("pk_idempotency_keys")
        ),
    )
    op.create_table(
        "reference_counters",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_reference_counters_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", "year", name=op.f("pk_reference_counters")),
    )
    op.create_table(
        "sessions",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "districts",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "division_id"],
            ["divisions.municipality_id", "divisions.id"],
            name=op.f("fk_districts_municipality_id_division_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_districts")),
        sa.UniqueConstraint(
            "municipality_id",
            "division_id",
            "key",
            name=op.f("uq_districts_municipality_id_division_id_key"),
        ),
        sa.UniqueConstraint(
            "municipality_id",
            "division_id",
            "slug",
            name=op.f("uq_districts_municipality_id_division_id_slug"),
        ),
    )
    op.create_table(
        "division_versions",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("schematic", sa.Boolean(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "division_id"],
            ["divisions.municipality_id", "divisions.id"],
            name=op.f("fk_division_versions_municipality_id_division_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_division_versions")),
        sa.UniqueConstraint(
            "municipality_id",
            "division_id",
            "valid_from",
            name=op.f("uq_division_versions_municipality_id_division_id_valid_from"),
        ),
    )
    op.create_table(
        "group_organisations",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name=op.f("fk_group_organisations_municipality_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_group_organisations_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "group_id", "organisation_id", name=op.f("pk_group_organisations")
        ),
        sa.UniqueConstraint(
            "municipality_id",
            "group_id",
            "slug",
            name=op.f("uq_group_organisations_municipality_id_group_id_slug"),
        ),
    )
    op.create_table(
        "tokens",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name=op.f("fk_tokens_municipality_id_group_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tokens_person_id")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_tokens")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_tokens_person_id_name")),
    )
    op.create_table(
        "weeks",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name=op.f("fk_weeks_municipality_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_weeks_municipality_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_weeks")),
        sa.UniqueConstraint(
            "municipality_id",
            "group_id",
            "week",
            name=op.f("uq_weeks_municipality_id_group_id_week"),
        ),
    )
    op.create_geospatial_table(
        "district_outlines",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outline",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "district_id"],
            ["districts.municipality_id", "districts.id"],
            name=op.f("fk_district_outlines_municipality_id_district_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "version_id"],
            ["division_versions.municipality_id", "division_versions.id"],
            name=op.f("fk_district_outlines_municipality_id_version_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "version_id", "district_id", name=op.f("pk_district_outlines")
        ),
    )
    op.create_geospatial_table(
        "incidents",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("category_code", sa.String(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("severity_reason", sa.String(), server_default="", nullable=False),
        sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_precision", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "place",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("place_precision_m", sa.Integer(), nullable=True),
        sa.Column("place_kind", sa.String(), nullable=True),
        sa.Column("place_text", sa.String(), server_default="", nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("district_chosen", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("verification", sa.String(), nullable=False),
        sa.Column("known_by", sa.String(), nullable=True),
        sa.Column("crime_code", sa.String(length=4), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), server_default="", nullable=False),
        sa.Column(
            "counted",
            sa.Boolean(),
            sa.Computed(
                "severity > 0 AND verification <> 'avfardad' AND duplicate_of IS NULL AND withdrawn_at IS NULL AND visibility <> 'egen'",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_reason <> ''", name=op.f("ck_incidents_withdrawn")
        ),
        sa.CheckConstraint("(place IS NULL) = (cell IS NULL)", name=op.f("ck_incidents_cell")),
        sa.CheckConstraint("occurred_to >= occurred_from", name=op.f("ck_incidents_window")),
        sa.CheckConstraint("severity BETWEEN 0 AND 5", name=op.f("ck_incidents_severity")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "district_id"],
            ["districts.municipality_id", "districts.id"],
            name=op.f("fk_incidents_municipality_id_district_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "duplicate_of"],
            ["incidents.municipality_id", "incidents.id"],
            name=op.f("fk_incidents_municipality_id_duplicate_of"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "version_id"],
            ["division_versions.municipality_id", "division_versions.id"],
            name=op.f("fk_incidents_municipality_id_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_incidents_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_incidents_organisation_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_incidents")),
        sa.UniqueConstraint(
            "municipality_id", "reference", name=op.f("uq_incidents_municipality_id_reference")
        ),
    )
    op.create_index(
        "ix_incidents_cell",
        "incidents",
        [
            "municipality_id",
            "cell",
            sa.literal_column("occurred_from DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_incidents_newest",
        "incidents",
        ["municipality_id", sa.literal_column("occurred_from DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_incidents_week",
        "incidents",
        ["municipality_id", "occurred_from"],
        unique=False,
        postgresql_include=[
            "district_id",
            "category_code",
            "registered_at",
            "organisation_id",
            "visibility",
        ],
        postgresql_where=sa.text("counted"),
    )
    op.create_index(
        "uq_incidents_source",
        "incidents",
        ["municipality_id", "organisation_id", "source_ref"],
        unique=True,
        postgresql_where=sa.text("source_ref IS NOT NULL"),
    )
    op.create_table(
        "memberships",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id", "organisation_id"],
            [
                "group_organisations.municipality_id",
                "group_organisations.group_id",
                "group_organisations.organisation_id",
            ],
            name=op.f("fk_memberships_municipality_id_group_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "municipality_id",
            "group_id",
            "person_id",
            name=op.f("uq_memberships_municipality_id_group_id_person_id"),
        ),
    )
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.create_table(
        "nothing_reports",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("week_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "week_id"],
            ["weeks.municipality_id", "weeks.id"],
            name=op.f("fk_nothing_reports_municipality_id_week_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_nothing_reports_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "week_id", "organisation_id", name=op.f("pk_nothing_reports")
        ),
    )
    op.create_table(
        "publications",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "week_id"],
            ["weeks.municipality_id", "weeks.id"],
            name=op.f("fk_publications_municipality_id_week_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "municipality_id",
            "week_id",
            "kind",
            "version",
            name=op.f("uq_publications_municipality_id_week_id_kind_version"),
        ),
    )
    op.create_table(
        "digest_runs",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("html", sa.String(), server_default="", nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name=op.f("fk_digest_runs_municipality_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "publication_id"],
            ["publications.municipality_id", "publications.id"],
            name=op.f("fk_digest_runs_municipality_id_publication_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_digest_runs_municipality_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_digest_runs")),
        sa.UniqueConstraint(
            "municipality_id",
            "group_id",
            "week",
            name=op.f("uq_digest_runs_municipality_id_group_id_week"),
        ),
    )
    op.create_table(
        "incident_parts",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("details", sa.String(), server_default="", nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("secrecy_basis", sa.String(), nullable=True),
        sa.Column("reporter_role", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "incident_id"],
            ["incidents.municipality_id", "incidents.id"],
            name=op.f("fk_incident_parts_municipality_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_incident_parts_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "incident_id", "organisation_id", name=op.f("pk_incident_parts")
        ),
    )
    op.create_table(
        "digest_deliveries",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "run_id"],
            ["digest_runs.municipality_id", "digest_runs.id"],
            name=op.f("fk_digest_deliveries_municipality_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_digest_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_digest_deliveries_message_id")),
        sa.UniqueConstraint(
            "municipality_id",
            "run_id",
            "recipient",
            name=op.f("uq_digest_deliveries_municipality_id_run_id_recipient"),
        ),
    )
    secure()


def downgrade() -> None:
    op.execute("DROP POLICY program ON persons")  # it looks at memberships
    op.drop_table("digest_deliveries")
    op.drop_table("incident_parts")
    op.drop_table("digest_runs")
    op.drop_table("publications")
    op.drop_table("nothing_reports")
    op.drop_index(op.f("ix_memberships_person_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(
        "uq_incidents_source",
        table_name="incidents",
        postgresql_where=sa.text("source_ref IS NOT NULL"),
    )
    op.drop_index(
        "ix_incidents_week",
        table_name="incidents",
        postgresql_include=[
            "district_id",
            "category_code",
            "registered_at",
            "organisation_id",
            "visibility",
        ],
        postgresql_where=sa.text("counted"),
    )
    op.drop_index("ix_incidents_newest", table_name="incidents")
    op.drop_index("ix_incidents_cell", table_name="incidents")
    op.drop_geospatial_table("incidents")
    op.drop_geospatial_table("district_outlines")
    op.drop_table("weeks")
    op.drop_table("tokens")
    op.drop_table("group_organisations")
    op.drop_table("division_versions")
    op.drop_table("districts")
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_expires_at"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("reference_counters")
    op.drop_table("idempotency_keys")
    op.drop_table("groups")
    op.drop_index("uq_divisions_main", table_name="divisions", postgresql_where=sa.text("is_main"))
    op.drop_table("divisions")
    op.drop_table("category_synonyms")
    op.drop_index(op.f("ix_audit_municipality_id_subject"), table_name="audit")
    op.drop_table("audit")
    op.drop_index(op.f("ix_sign_in_attempts_at"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_table("persons")
    op.drop_table("organisations")
    op.drop_table("municipalities")
    op.drop_table("categories")
