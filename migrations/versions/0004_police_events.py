"""the police's public events."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MINE = "municipality_id = nullif(current_setting('lagesbild.municipality', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "police_events",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_precision", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_police_events_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_police_events")),
    )
    op.create_index(
        op.f("ix_police_events_municipality_id_occurred_at"),
        "police_events",
        ["municipality_id", "occurred_at"],
        unique=False,
    )
    op.execute("ALTER TABLE police_events ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON police_events TO lagesbild_program USING ({MINE})")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON police_events TO lagesbild_program")
    op.create_table(
        "police_calls",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), server_default="", nullable=False),
        sa.Column("last_modified", sa.String(), server_default="", nullable=False),
        sa.Column("said", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_police_calls")),
    )
    op.execute("ALTER TABLE police_calls ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY door ON police_calls TO lagesbild_door USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE ON police_calls TO lagesbild_door")
    # An event of the police becomes one incident, whichever organisation is first.
    op.create_index(
        "uq_incidents_police",
        "incidents",
        ["municipality_id", "source_ref"],
        unique=True,
        postgresql_where=sa.text("source_ref LIKE 'polisen:%'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_incidents_police",
        table_name="incidents",
        postgresql_where=sa.text("source_ref LIKE 'polisen:%'"),
    )
    op.drop_table("police_calls")
    op.drop_index(op.f("ix_police_events_municipality_id_occurred_at"), table_name="police_events")
    op.drop_table("police_events")
