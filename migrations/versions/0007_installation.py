"""which installation the database belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "installation",
        sa.Column("one", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("ck_installation_one")),
        sa.CheckConstraint("(name IS NULL) = (place IS NULL)", name=op.f("ck_installation_place")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_installation")),
    )
    config = op.get_context().config
    if config is None or not config.attributes.get("restored"):
        op.execute("INSERT INTO installation DEFAULT VALUES")  # a restored one waits for resume
    op.execute("ALTER TABLE installation ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY door ON installation TO lagesbild_door USING (true)")
    op.execute("GRANT SELECT ON installation TO lagesbild_door")


def downgrade() -> None:
    op.drop_table("installation")
