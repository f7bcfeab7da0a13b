"""ongoing problems, actions, and what incidents they point at."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
ORGANISATION = "nullif(current_setting('lagesbild.organisation', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
AUDIENCE = "current_setting('lagesbild.audience', true)"
THEIRS = f"municipality_id = {MUNICIPALITY} AND group_id = {GROUP}"
FOR_GROUP = f"{THEIRS} AND {AUDIENCE} = 'group'"
OWNED = f"{THEIRS} AND {AUDIENCE} = 'own' AND owner_id = {ORGANISATION}"
# A link is seen with its incident.
LINKED = (
    f"{THEIRS} AND {AUDIENCE} IN ('group', 'own') AND EXISTS (SELECT FROM incidents i WHERE"
    " i.municipality_id = {0}.municipality_id AND i.id = {0}.incident_id)"
)
# A reporter also sees what the own organisation's incidents have led to.
LED_TO = (
    f"{THEIRS} AND {AUDIENCE} = 'own' AND ("
    "EXISTS (SELECT FROM action_incidents l WHERE l.municipality_id = actions.municipality_id"
    " AND l.action_id = actions.id)"
    " OR EXISTS (SELECT FROM problem_incidents l WHERE l.municipality_id = actions.municipality_id"
    " AND l.problem_id = actions.problem_id))"
)


def number_by_series() -> None:
    op.add_column(
        "reference_counters", sa.Column("series", sa.String(), server_default="L", nullable=False)
    )
    op.drop_constraint("pk_reference_counters", "reference_counters")
    op.create_primary_key(
        "pk_reference_counters", "reference_counters", ["municipality_id", "series", "year"]
    )


def make_problems() -> None:
    op.create_table(
        "problems",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("district_id", sa.Uuid()),
        sa.Column("place_text", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_reason", sa.String(), server_default="", nullable=False),
        sa.Column("reopened_reason", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_reason <> ''", name=op.f("ck_problems_closed")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name="fk_problems_municipality_id_group_id",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "district_id"],
            ["districts.municipality_id", "districts.id"],
            name="fk_problems_municipality_id_district_id",
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name="pk_problems"),
        sa.UniqueConstraint("municipality_id", "number", name="uq_problems_municipality_id_number"),
    )


def make_actions() -> None:
    op.create_table(
        "actions",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("district_id", sa.Uuid()),
        sa.Column("place_text", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_role", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("due", sa.Date()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("focus", sa.String(), nullable=False),
        sa.Column("problem_id", sa.Uuid()),
        sa.Column("category_group", sa.String(3)),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.String()),
        sa.Column("effect", sa.String()),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('foreslagen', 'avbruten') OR (decided_on IS NOT NULL AND due IS NOT NULL)",
            name=op.f("ck_actions_decided"),
        ),
        sa.CheckConstraint("due >= decided_on", name=op.f("ck_actions_due")),
        sa.CheckConstraint(
            "(state = 'klar') = (result IS NOT NULL AND effect IS NOT NULL)",
            name=op.f("ck_actions_outcome"),
        ),
        sa.CheckConstraint("(state = 'avbruten') = (reason <> '')", name=op.f("ck_actions_reason")),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state IN ('klar', 'avbruten'))",
            name=op.f("ck_actions_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id", "owner_id"],
            [
                "group_organisations.municipality_id",
                "group_organisations.group_id",
                "group_organisations.organisation_id",
            ],
            name="fk_actions_municipality_id_group_id_owner_id",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "district_id"],
            ["districts.municipality_id", "districts.id"],
            name="fk_actions_municipality_id_district_id",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "problem_id"],
            ["problems.municipality_id", "problems.id"],
            name="fk_actions_municipality_id_problem_id",
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name="pk_actions"),
        sa.UniqueConstraint(
            "municipality_id", "year", "number", name="uq_actions_municipality_id_year_number"
        ),
    )
    op.create_index(
        "ix_actions_municipality_id_problem_id", "actions", ["municipality_id", "problem_id"]
    )


def make_links(of: str) -> None:
    table, key = f"{of}_incidents", f"{of}_id"
    op.create_table(
        table,
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column(key, sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", key],
            [f"{of}s.municipality_id", f"{of}s.id"],
            name=f"fk_{table}_municipality_id_{key}",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "incident_id"],
            ["incidents.municipality_id", "incidents.id"],
            name=f"fk_{table}_municipality_id_incident_id",
        ),
        sa.PrimaryKeyConstraint("municipality_id", key, "incident_id", name=f"pk_{table}"),
    )
    op.create_index(
        f"ix_{table}_municipality_id_incident_id", table, ["municipality_id", "incident_id"]
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    number_by_series()
    make_problems()
    make_actions()
    for of in ("problem", "action"):
        make_links(of)
        table = f"{of}_incidents"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY program ON {table} TO lagesbild_program USING ({LINKED.format(table)})"
        )
        op.execute(f"GRANT SELECT, INSERT, DELETE ON {table} TO lagesbild_program")
    op.execute("ALTER TABLE problems ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON problems TO lagesbild_program USING ({FOR_GROUP})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON problems TO lagesbild_program")
    op.execute("ALTER TABLE actions ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY program ON actions FOR SELECT TO lagesbild_program"
        f" USING (({FOR_GROUP}) OR ({OWNED}) OR ({LED_TO}))"
    )
    op.execute(
        f"CREATE POLICY adding ON actions FOR INSERT TO lagesbild_program WITH CHECK ({FOR_GROUP})"
    )
    changed = f"({FOR_GROUP}) OR ({OWNED})"
    op.execute(
        "CREATE POLICY changing ON actions FOR UPDATE TO lagesbild_program"
        f" USING ({changed}) WITH CHECK ({changed})"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON actions TO lagesbild_program")


def downgrade() -> None:
    op.execute("DROP POLICY program ON actions")  # it looks into the tables of links
    for table in ("action_incidents", "problem_incidents", "actions", "problems"):
        op.drop_table(table)
    op.execute("DELETE FROM reference_counters WHERE series <> 'L'")
    op.drop_constraint("pk_reference_counters", "reference_counters")
    op.drop_column("reference_counters", "series")
    op.create_primary_key(
        "pk_reference_counters", "reference_counters", ["municipality_id", "year"]
    )
