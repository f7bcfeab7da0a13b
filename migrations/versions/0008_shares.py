"""who may write what of an incident, marks, comments."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
ORGANISATION = "nullif(current_setting('lagesbild.organisation', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
AUDIENCE = "current_setting('lagesbild.audience', true)"
MINE = f"municipality_id = {MUNICIPALITY}"
FOR_GROUP = f"{MINE} AND {AUDIENCE} = 'group'"
OWNED = f"organisation_id = {ORGANISATION}"
# The group sees what no owner keeps to itself, a reporter what the own organisation has.
SHARED = f"{FOR_GROUP} AND (visibility <> 'egen' OR {OWNED})"
SEEN = {
    "incidents": f"({SHARED}) OR ({MINE} AND {AUDIENCE} = 'own' AND {OWNED})",
    "incident_parts": (
        f"({SHARED}) OR ({MINE} AND {AUDIENCE} = 'own' AND ({OWNED} OR (visibility <> 'egen' AND"
        " EXISTS (SELECT FROM incidents i WHERE i.municipality_id = incident_parts.municipality_id"
        " AND i.id = incident_parts.incident_id))))"
    ),
}
# The clock and the command line have no organisation, and so no right to what is kept.
OWN = (
    f"{MINE} AND {AUDIENCE} IN ('group', 'own') AND ({OWNED} OR (visibility <> 'egen'"
    f" AND ({ORGANISATION} IS NULL OR entered_by = {ORGANISATION})))"
)
VISIBLE = (
    "EXISTS (SELECT FROM incidents i WHERE i.municipality_id = incident_comments.municipality_id"
    " AND i.id = incident_comments.incident_id)"
)
WEEK = ["district_id", "category_code", "registered_at", "historical"]
WEEK += ["organisation_id", "visibility"]


def write_policies() -> None:
    for table in ("incidents", "incident_parts"):
        op.execute(f"DROP POLICY program ON {table}")
        op.execute(
            f"CREATE POLICY program ON {table} FOR SELECT TO lagesbild_program"
            f" USING ({SEEN[table]})"
        )
        op.execute(
            f"CREATE POLICY adding ON {table} FOR INSERT TO lagesbild_program WITH CHECK ({OWN})"
        )
        op.execute(
            f"CREATE POLICY changing ON {table} FOR UPDATE TO lagesbild_program"
            f" USING ({OWN}) WITH CHECK ({OWN})"
        )


def publish_for_groups() -> None:
    """Tell whose a publication is, what was known, and what it has counted."""
    op.add_column("publications", sa.Column("group_id", sa.Uuid()))
    op.add_column("publications", sa.Column("known_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE publications SET known_at = made_at, group_id = w.group_id FROM weeks w"
        " WHERE w.municipality_id = publications.municipality_id AND w.id = week_id"
    )
    for column in ("group_id", "known_at"):
        op.alter_column("publications", column, nullable=False)
    op.execute("DROP POLICY reader ON publications")
    op.execute(
        "CREATE POLICY reader ON publications FOR SELECT TO lagesbild_reader"
        f" USING ({MINE} AND group_id = {GROUP})"
    )
    op.create_table(
        "publication_incidents",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "publication_id"],
            ["publications.municipality_id", "publications.id"],
            name="fk_publication_incidents_municipality_id_publication_id",
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "publication_id", "incident_id", name="pk_publication_incidents"
        ),
    )
    op.create_index(
        "ix_publication_incidents_municipality_id_incident_id",
        "publication_incidents",
        ["municipality_id", "incident_id"],
    )
    op.execute("ALTER TABLE publication_incidents ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY program ON publication_incidents TO lagesbild_program USING ({FOR_GROUP})"
    )
    op.execute("GRANT SELECT, INSERT ON publication_incidents TO lagesbild_program")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("incidents", "incident_parts"):
        op.add_column(table, sa.Column("entered_by", sa.Uuid()))
        op.create_foreign_key(
            f"fk_{table}_entered_by", table, "organisations", ["entered_by"], ["id"]
        )
    op.add_column(
        "incidents", sa.Column("marked", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("incident_parts", sa.Column("verification", sa.String()))
    op.execute(
        "UPDATE incidents SET marked = true WHERE EXISTS (SELECT FROM incident_parts p WHERE"
        " p.municipality_id = incidents.municipality_id AND p.incident_id = incidents.id"
        " AND p.secrecy_basis IS NOT NULL AND p.withdrawn_at IS NULL)"
    )
    # What the group shared was counted in the letter, but for types C and D: so it stays.
    wider = (
        "SET visibility = 'intern' WHERE visibility = 'osg' AND {0} IN (SELECT {0} FROM {1}"
        " JOIN categories c ON c.code = category_code WHERE c.sensitivity <> 'D')"
    )
    op.execute("UPDATE incidents " + wider.format("id", "incidents"))
    op.execute(
        "UPDATE incident_parts p SET visibility = 'intern' FROM incidents i WHERE"
        " i.municipality_id = p.municipality_id AND i.id = p.incident_id"
        " AND i.organisation_id = p.organisation_id AND i.visibility = 'intern'"
    )
    op.drop_index("ix_incidents_week", "incidents")
    op.create_index(
        "ix_incidents_week",
        "incidents",
        ["municipality_id", "occurred_from"],
        postgresql_include=[*WEEK, "marked"],
        postgresql_where=sa.text("counted"),
    )
    op.create_table(
        "incident_comments",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["municipality_id", "incident_id"],
            ["incidents.municipality_id", "incidents.id"],
            name="fk_incident_comments_municipality_id_incident_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_incident_comments_organisation_id"
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name="pk_incident_comments"),
    )
    op.create_index(
        "ix_incident_comments_municipality_id_incident_id",
        "incident_comments",
        ["municipality_id", "incident_id"],
    )
    write_policies()
    publish_for_groups()
    op.execute("ALTER TABLE incident_comments ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY program ON incident_comments FOR SELECT TO lagesbild_program"
        f" USING ({MINE} AND {VISIBLE})"
    )
    theirs = f"{MINE} AND {OWNED} AND {VISIBLE}"
    op.execute(
        "CREATE POLICY adding ON incident_comments FOR INSERT TO lagesbild_program"
        f" WITH CHECK ({theirs})"
    )
    op.execute(
        "CREATE POLICY changing ON incident_comments FOR UPDATE TO lagesbild_program"
        f" USING ({theirs}) WITH CHECK ({theirs})"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON incident_comments TO lagesbild_program")


def downgrade() -> None:
    op.drop_table("publication_incidents")
    op.execute("DROP POLICY reader ON publications")
    op.execute(
        f"CREATE POLICY reader ON publications FOR SELECT TO lagesbild_reader USING ({MINE})"
    )
    for column in ("group_id", "known_at"):
        op.drop_column("publications", column)
    op.drop_table("incident_comments")
    for table in ("incidents", "incident_parts"):
        for policy in ("program", "adding", "changing"):
            op.execute(f"DROP POLICY {policy} ON {table}")
        op.execute(f"CREATE POLICY program ON {table} TO lagesbild_program USING ({SHARED})")
    op.drop_index("ix_incidents_week", "incidents")
    op.create_index(
        "ix_incidents_week",
        "incidents",
        ["municipality_id", "occurred_from"],
        postgresql_include=WEEK,
        postgresql_where=sa.text("counted"),
    )
    for table in ("incidents", "incident_parts"):
        op.drop_constraint(f"fk_{table}_entered_by", table, type_="foreignkey")
        op.drop_column(table, "entered_by")
    op.drop_column("incident_parts", "verification")
    op.drop_column("incidents", "marked")
