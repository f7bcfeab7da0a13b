"""how many live in a district."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MINE = "municipality_id = nullif(current_setting('lagesbild.municipality', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "district_inhabitants",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_district_inhabitants_number")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "district_id"],
            ["districts.municipality_id", "districts.id"],
            name=op.f("fk_district_inhabitants_municipality_id_district_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id",
            "district_id",
            "counted_on",
            name=op.f("pk_district_inhabitants"),
        ),
    )
    op.execute("ALTER TABLE district_inhabitants ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON district_inhabitants TO lagesbild_program USING ({MINE})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON district_inhabitants TO lagesbild_program")


def downgrade() -> None:
    op.drop_table("district_inhabitants")
