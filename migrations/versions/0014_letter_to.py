"""what a group calls whom its letter is written for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "groups", sa.Column("letter_to", sa.String(), server_default="ordföranden", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("groups", "letter_to")
