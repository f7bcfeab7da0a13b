"""meetings in a series, and where and when a group meets."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
# No audience: who administers plans meetings too, and is none of those who see incidents.
OF_THE_GROUP = f"municipality_id = {MUNICIPALITY} AND group_id = {GROUP}"
SETTINGS = ("meeting_place", "break_from", "break_to", "version")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "groups", sa.Column("meeting_place", sa.String(), server_default="", nullable=False)
    )
    op.add_column("groups", sa.Column("break_from", sa.Integer()))
    op.add_column("groups", sa.Column("break_to", sa.Integer()))
    op.add_column("groups", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint(
        op.f("ck_groups_break"),
        "groups",
        "num_nulls(break_from, break_to) IN (0, 2) AND break_from >= 1"
        " AND break_from <= break_to AND break_to <= 53",
    )
    op.create_table(
        "meetings",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("week_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("skipped_reason", sa.String()),
        sa.Column("moved_reason", sa.String()),
        sa.Column("kept", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "week_id"],
            ["weeks.municipality_id", "weeks.id"],
            name="fk_meetings_municipality_id_week_id",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id"],
            ["groups.municipality_id", "groups.id"],
            name="fk_meetings_municipality_id_group_id",
        ),
        sa.PrimaryKeyConstraint("municipality_id", "week_id", name="pk_meetings"),
    )
    op.execute("ALTER TABLE meetings ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON meetings TO lagesbild_program USING ({OF_THE_GROUP})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON meetings TO lagesbild_program")


def downgrade() -> None:
    op.drop_table("meetings")
    op.drop_constraint(op.f("ck_groups_break"), "groups", type_="check")
    for column in SETTINGS:
        op.drop_column("groups", column)
