"""Reviews, merging, several at once, and questions between organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
ORGANISATION = "nullif(current_setting('lagesbild.organisation', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
AUDIENCE = "current_setting('lagesbild.audience', true)"
IN_GROUP = f"municipality_id = {MUNICIPALITY} AND group_id = {GROUP}"
FOR_GROUP = f"{IN_GROUP} AND {AUDIENCE} = 'group'"
# A question is for the two that it stands between, reporters among them.
BETWEEN = (
    f"{IN_GROUP} AND {AUDIENCE} IN ('group', 'own')"
    f" AND (asked_organisation_id = {ORGANISATION} OR asking_organisation_id = {ORGANISATION})"
)
WEEK = ["district_id", "category_code", "registered_at", "historical"]
WEEK += ["organisation_id", "visibility", "marked"]


def cover_weeks_with(columns: list[str]) -> None:
    op.drop_index("ix_incidents_week", "incidents")
    op.create_index(
        "ix_incidents_week",
        "incidents",
        ["municipality_id", "occurred_from"],
        postgresql_include=columns,
        postgresql_where=sa.text("counted"),
    )


def in_the_group(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", "group_id"],
        ["groups.municipality_id", "groups.id"],
        name=f"fk_{table}_municipality_id_group_id",
    )


def about_an_incident(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", "incident_id"],
        ["incidents.municipality_id", "incidents.id"],
        name=f"fk_{table}_municipality_id_incident_id",
    )


def of_an_organisation(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["organisations.id"], name=f"fk_{table}_{column}")


def make_reviews() -> None:
    op.create_table(
        "incident_reviews",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        in_the_group("incident_reviews"),
        about_an_incident("incident_reviews"),
        of_an_organisation("incident_reviews", "organisation_id"),
        sa.PrimaryKeyConstraint(
            "municipality_id", "group_id", "incident_id", name="pk_incident_reviews"
        ),
    )
    op.execute("ALTER TABLE incident_reviews ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY program ON incident_reviews TO lagesbild_program USING ({FOR_GROUP})"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON incident_reviews TO lagesbild_program")


def make_inquiries() -> None:
    op.create_table(
        "inquiries",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Uuid()),
        sa.Column("asked_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("asking_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "asked_organisation_id <> asking_organisation_id", name=op.f("ck_inquiries_another")
        ),
        sa.CheckConstraint("question <> ''", name=op.f("ck_inquiries_question")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_inquiries_answer")
        ),
        in_the_group("inquiries"),
        about_an_incident("inquiries"),
        of_an_organisation("inquiries", "asked_organisation_id"),
        of_an_organisation("inquiries", "asking_organisation_id"),
        sa.PrimaryKeyConstraint("municipality_id", "id", name="pk_inquiries"),
    )
    op.execute("ALTER TABLE inquiries ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON inquiries TO lagesbild_program USING ({BETWEEN})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON inquiries TO lagesbild_program")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column, usual, most in (("near_metres", "150", 1000), ("near_hours", "3", 48)):
        op.add_column(
            "groups", sa.Column(column, sa.Integer(), server_default=usual, nullable=False)
        )
        op.create_check_constraint(
            op.f(f"ck_groups_{column}"), "groups", f"{column} BETWEEN 1 AND {most}"
        )
    for table in ("incidents", "publication_incidents"):
        op.add_column(
            table, sa.Column("number", sa.SmallInteger(), server_default="1", nullable=False)
        )
    op.create_check_constraint(op.f("ck_incidents_number"), "incidents", "number BETWEEN 1 AND 500")
    op.create_check_constraint(
        op.f("ck_incidents_several"), "incidents", "number = 1 OR place IS NULL AND place_text = ''"
    )
    op.create_check_constraint(op.f("ck_incidents_merged"), "incidents", "duplicate_of <> id")
    cover_weeks_with([*WEEK, "number"])
    op.create_index(
        "ix_incidents_registered",
        "incidents",
        ["municipality_id", "registered_at"],
        postgresql_where=sa.text("NOT historical"),
    )
    op.create_index(
        "ix_incidents_merged",
        "incidents",
        ["municipality_id", "duplicate_of"],
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    make_reviews()
    make_inquiries()


def downgrade() -> None:
    op.drop_table("inquiries")
    op.drop_table("incident_reviews")
    op.drop_index("ix_incidents_merged", "incidents")
    op.drop_index("ix_incidents_registered", "incidents")
    cover_weeks_with(WEEK)
    for name in ("merged", "several", "number"):
        op.drop_constraint(op.f(f"ck_incidents_{name}"), "incidents")
    for table in ("incidents", "publication_incidents"):
        op.drop_column(table, "number")
    for column in ("near_metres", "near_hours"):
        op.drop_constraint(op.f(f"ck_groups_{column}"), "groups")
        op.drop_column("groups", column)
