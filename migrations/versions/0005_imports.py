"""lists that were taken in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
ORGANISATION = "nullif(current_setting('lagesbild.organisation', true), '')::uuid"
MINE = f"municipality_id = {MUNICIPALITY}"
# What a sender brought may hold what must never be stored: nobody else's eyes see it.
SENDERS = f"{MINE} AND organisation_id = {ORGANISATION}"

SECURITY = {
    "sender_words": (SENDERS, "SELECT, INSERT, UPDATE"),
    "imports": (SENDERS, "SELECT, INSERT, UPDATE, DELETE"),
    "import_rows": (SENDERS, "SELECT, INSERT, UPDATE, DELETE"),
}
WEEK = ["district_id", "category_code", "registered_at", "organisation_id", "visibility"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "incidents",
        sa.Column("historical", sa.Boolean(), server_default="false", nullable=False),
    )
    week_index([*WEEK[:3], "historical", *WEEK[3:]])
    op.create_table(
        "sender_words",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_sender_words_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sender_words_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "organisation_id", "kind", "word", name=op.f("pk_sender_words")
        ),
    )
    op.execute(
        "INSERT INTO sender_words SELECT municipality_id, organisation_id, 'typ', word, code"
        " FROM category_synonyms"
    )
    op.drop_table("category_synonyms")
    op.create_table(
        "imports",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("ways", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.String(), server_default="", nullable=False),
        sa.Column("told", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name=op.f("fk_imports_municipality_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_imports_organisation_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_imports")),
    )
    op.create_table(
        "import_rows",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), server_default="", nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("insist", sa.String(), server_default="", nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=True),
        sa.Column("category_code", sa.String(), nullable=True),
        sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_precision", sa.String(), nullable=True),
        sa.Column("place_text", sa.String(), server_default="", nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id", "import_id"],
            ["imports.municipality_id", "imports.id"],
            name=op.f("fk_import_rows_municipality_id_import_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "import_id", "line", name=op.f("pk_import_rows")
        ),
    )
    for table, (condition, program) in SECURITY.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY program ON {table} TO lagesbild_program USING ({condition})")
        op.execute(f"GRANT {program} ON {table} TO lagesbild_program")


def downgrade() -> None:
    op.drop_table("import_rows")
    op.drop_table("imports")
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
    op.execute("ALTER TABLE category_synonyms ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON category_synonyms TO lagesbild_program USING ({MINE})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON category_synonyms TO lagesbild_program")
    op.execute(
        "INSERT INTO category_synonyms SELECT municipality_id, organisation_id, word, meaning"
        " FROM sender_words WHERE kind = 'typ'"
    )
    op.drop_table("sender_words")
    week_index(WEEK)
    op.drop_column("incidents", "historical")


def week_index(include: list[str]) -> None:
    op.drop_index("ix_incidents_week", table_name="incidents")
    op.create_index(
        "ix_incidents_week",
        "incidents",
        ["municipality_id", "occurred_from"],
        postgresql_include=include,
        postgresql_where=sa.text("counted"),
    )
