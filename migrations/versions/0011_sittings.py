"""what is written down in a meeting, and the pictures that are fixed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
AUDIENCE = "current_setting('lagesbild.audience', true)"
FOR_GROUP = f"municipality_id = {MUNICIPALITY} AND {AUDIENCE} = 'group'"
OF_GROUP = f"{FOR_GROUP} AND group_id = {GROUP}"
BY_WEEK = ("sittings", "attendances", "assessments", "meeting_notes")
BY_GROUP = ("coming_events", "fixed_pictures")
BY_PICTURE = ("fixed_parts", "fixed_incidents")


def of_week(table: str) -> str:
    return (
        f"{FOR_GROUP} AND EXISTS (SELECT FROM weeks w WHERE w.municipality_id ="
        f" {table}.municipality_id AND w.id = {table}.week_id AND w.group_id = {GROUP})"
    )


def of_picture(table: str) -> str:
    return (
        f"{FOR_GROUP} AND EXISTS (SELECT FROM fixed_pictures f WHERE f.municipality_id ="
        f" {table}.municipality_id AND f.id = {table}.picture_id)"
    )


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("municipality_id", *columns, name=f"pk_{table}")


def points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", column],
        [f"{to}.municipality_id", f"{to}.id"],
        name=f"fk_{table}_municipality_id_{column}",
    )


def organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisations.id"], name=f"fk_{table}_organisation_id"
    )


def ids(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("municipality_id", *names)]


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def make_sittings() -> None:
    op.create_table(
        "sittings",
        *ids("week_id"),
        moment("opened_at"),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        points("sittings", "week_id", "weeks"),
        key("sittings", "week_id"),
    )
    op.create_table(
        "attendances",
        *ids("week_id", "organisation_id"),
        sa.Column("present", sa.Boolean(), nullable=False),
        moment("at"),
        points("attendances", "week_id", "weeks"),
        organisation("attendances"),
        key("attendances", "week_id", "organisation_id"),
    )
    op.create_table(
        "assessments",
        *ids("id", "week_id", "district_id"),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        moment("at"),
        sa.Column("person_id", sa.Uuid()),
        points("assessments", "week_id", "weeks"),
        points("assessments", "district_id", "districts"),
        organisation("assessments"),
        key("assessments", "id"),
    )
    op.create_index(
        "uq_assessments_said_by",
        "assessments",
        ["municipality_id", "week_id", "district_id", "organisation_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "meeting_notes",
        *ids("week_id"),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        moment("at"),
        points("meeting_notes", "week_id", "weeks"),
        key("meeting_notes", "week_id", "step"),
    )
    op.create_table(
        "coming_events",
        *ids("id", "group_id"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        moment("at"),
        moment("withdrawn_at", nullable=True),
        points("coming_events", "group_id", "groups"),
        organisation("coming_events"),
        key("coming_events", "id"),
    )
    op.create_index(
        "ix_coming_events_municipality_id_group_id_last_day",
        "coming_events",
        ["municipality_id", "group_id", "last_day"],
    )


def make_pictures() -> None:
    op.create_table(
        "fixed_pictures",
        *ids("id", "group_id", "week_id"),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        moment("fixed_at"),
        moment("known_at"),
        sa.Column("corrects", sa.Integer()),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("person_id", sa.Uuid()),
        points("fixed_pictures", "week_id", "weeks"),
        organisation("fixed_pictures"),
        key("fixed_pictures", "id"),
        sa.UniqueConstraint(
            "municipality_id",
            "group_id",
            "number",
            name="uq_fixed_pictures_municipality_id_group_id_number",
        ),
    )
    op.create_index(
        "uq_fixed_pictures_ordinary",
        "fixed_pictures",
        ["municipality_id", "week_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'ordinarie'"),
    )
    op.create_table(
        "fixed_parts",
        *ids("picture_id"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("text", sa.String()),
        moment("removed_at", nullable=True),
        sa.Column("removed_reason", sa.String(), server_default="", nullable=False),
        points("fixed_parts", "picture_id", "fixed_pictures"),
        key("fixed_parts", "picture_id", "name"),
    )
    op.create_table(
        "fixed_incidents",
        *ids("picture_id", "incident_id"),
        sa.Column("district_id", sa.Uuid()),
        sa.Column("number", sa.SmallInteger(), server_default="1", nullable=False),
        points("fixed_incidents", "picture_id", "fixed_pictures"),
        key("fixed_incidents", "picture_id", "incident_id"),
    )
    op.create_index(
        "ix_fixed_incidents_municipality_id_incident_id",
        "fixed_incidents",
        ["municipality_id", "incident_id"],
    )
    # What is fixed stays: whoever writes, a part can only lose its text and salt, with a reason.
    op.execute(
        "CREATE FUNCTION only_removed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.text IS NULL AND NEW.salt IS NULL AND NEW.removed_at IS NOT NULL"
        " AND NEW.removed_reason <> '' AND OLD.removed_at IS NULL AND (NEW.municipality_id,"
        " NEW.picture_id, NEW.name, NEW.digest) = (OLD.municipality_id, OLD.picture_id, OLD.name,"
        " OLD.digest) THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION 'a fixed part can only be removed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER only_removed BEFORE UPDATE ON fixed_parts"
        " FOR EACH ROW EXECUTE FUNCTION only_removed()"
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    make_sittings()
    make_pictures()
    conditions = {table: of_week(table) for table in BY_WEEK}
    conditions |= dict.fromkeys(BY_GROUP, OF_GROUP)
    conditions |= {table: of_picture(table) for table in BY_PICTURE}
    for table, condition in conditions.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY program ON {table} TO lagesbild_program USING ({condition})")
        changes = "" if table in ("sittings", "fixed_pictures", "fixed_incidents") else ", UPDATE"
        op.execute(f"GRANT SELECT, INSERT{changes} ON {table} TO lagesbild_program")


def downgrade() -> None:
    for table in (*reversed(BY_PICTURE), *reversed(BY_GROUP), *reversed(BY_WEEK)):
        op.drop_table(table)
    op.execute("DROP FUNCTION only_removed()")
