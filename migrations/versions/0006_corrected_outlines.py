"""corrections of outlines."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ONE_A_DAY = "uq_division_versions_municipality_id_division_id_valid_from"
DAY = ["municipality_id", "division_id", "valid_from"]
REPLACED_BY = "fk_division_versions_municipality_id_replaced_by"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("division_versions", sa.Column("corrected_at", sa.DateTime(timezone=True)))
    op.add_column("division_versions", sa.Column("replaced_by", sa.Uuid()))
    op.create_foreign_key(
        REPLACED_BY,
        "division_versions",
        "division_versions",
        ["municipality_id", "replaced_by"],
        ["municipality_id", "id"],
    )
    op.drop_constraint(ONE_A_DAY, "division_versions", type_="unique")
    op.create_index(
        ONE_A_DAY,
        "division_versions",
        DAY,
        unique=True,
        postgresql_where=sa.text("replaced_by IS NULL"),
    )
    op.add_column(
        "districts",
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
    )
    op.execute(
        "GRANT UPDATE (source, schematic, imported_at, corrected_at) ON division_versions"
        " TO lagesbild_program"
    )
    op.execute("GRANT UPDATE (version_id) ON district_outlines TO lagesbild_program")


def downgrade() -> None:
    # Back to one row a day: what a correction replaced is forgotten, the right outlines stay.
    replaced = "SELECT municipality_id, id FROM division_versions WHERE replaced_by IS NOT NULL"
    op.execute(f"DELETE FROM district_outlines WHERE (municipality_id, version_id) IN ({replaced})")
    op.execute("DELETE FROM division_versions WHERE replaced_by IS NOT NULL")
    op.execute("REVOKE UPDATE (version_id) ON district_outlines FROM lagesbild_program")
    op.execute(
        "REVOKE UPDATE (source, schematic, imported_at, corrected_at) ON division_versions"
        " FROM lagesbild_program"
    )
    op.drop_column("districts", "withdrawn")
    op.drop_index(ONE_A_DAY, "division_versions")
    op.create_unique_constraint(ONE_A_DAY, "division_versions", DAY)
    op.drop_constraint(REPLACED_BY, "division_versions", type_="foreignkey")
    op.drop_column("division_versions", "replaced_by")
    op.drop_column("division_versions", "corrected_at")
