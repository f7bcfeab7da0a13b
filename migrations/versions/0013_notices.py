"""short mails to those who have something to do, and what they do not want to hear of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
ORGANISATION = "nullif(current_setting('lagesbild.organisation', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
AUDIENCE = "current_setting('lagesbild.audience', true)"
OF_THE_GROUP = f"municipality_id = {MUNICIPALITY} AND group_id = {GROUP}"
# Whoever is no part of the group's work chooses, too: for the own organisation's members.
OWN = (
    f"{OF_THE_GROUP} AND ({AUDIENCE} = 'group' OR EXISTS (SELECT FROM memberships m"
    " WHERE m.municipality_id = notices_off.municipality_id AND m.group_id = notices_off.group_id"
    f" AND m.person_id = notices_off.person_id AND m.organisation_id = {ORGANISATION}))"
)
# In the words that PostgreSQL uses itself: a restored index has to be the same.
NOTICED = (
    "verb::text = ANY (ARRAY['action.decided'::text, 'action.linked'::text, 'action.moved'::text])"
)


def a_members(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", "group_id", "person_id"],
        ["memberships.municipality_id", "memberships.group_id", "memberships.person_id"],
        name=f"fk_{table}_municipality_id_group_id_person_id",
    )


def make_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("message_id", sa.String()),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        a_members("notices"),
        sa.PrimaryKeyConstraint("municipality_id", "id", name="pk_notices"),
        sa.UniqueConstraint(
            "municipality_id",
            "group_id",
            "kind",
            "key",
            "person_id",
            name="uq_notices_municipality_id_group_id_kind_key_person_id",
        ),
    )
    op.execute("ALTER TABLE notices ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY program ON notices TO lagesbild_program"
        f" USING ({OF_THE_GROUP} AND {AUDIENCE} = 'group')"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON notices TO lagesbild_program")


def make_choices() -> None:
    op.create_table(
        "notices_off",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        a_members("notices_off"),
        sa.PrimaryKeyConstraint(
            "municipality_id", "group_id", "person_id", "kind", name="pk_notices_off"
        ),
    )
    op.execute("ALTER TABLE notices_off ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON notices_off TO lagesbild_program USING ({OWN})")
    op.execute("GRANT SELECT, INSERT, DELETE ON notices_off TO lagesbild_program")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("groups", sa.Column("reminder_time", sa.Time(), server_default="15:00"))
    op.create_index(
        "ix_audit_noticed",
        "audit",
        ["municipality_id", "at"],
        postgresql_where=sa.text(NOTICED),
    )
    make_notices()
    make_choices()


def downgrade() -> None:
    op.drop_table("notices_off")
    op.drop_table("notices")
    op.drop_index("ix_audit_noticed", "audit")
    op.drop_column("groups", "reminder_time")
