"""the list of places."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MINE = "municipality_id = nullif(current_setting('lagesbild.municipality', true), '')::uuid"

# Under a policy an index cannot be asked for likeness: the operator is not leakproof, so every
# name of the municipality would be compared. This runs as the owner of the table, asks the index,
# and says the policy's own condition itself. It gives ids only: whoever asks must read the rows
# through the policy. The planner thinks that comparing is cheap; without the two hints it reads
# the whole table.
PLACES_LIKE = f"""
CREATE FUNCTION places_like(asked text) RETURNS TABLE (id uuid, likeness real)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_temp SET enable_seqscan = off
AS $$
    SELECT set_limit(0.4);
    WITH alike AS MATERIALIZED (
        SELECT p.municipality_id, p.id, p.name, p.key, similarity(p.folded, asked) AS likeness
        FROM places p WHERE p.folded % asked
    )
    SELECT alike.id, alike.likeness FROM alike WHERE alike.{MINE}
    ORDER BY alike.likeness DESC, alike.name COLLATE "C", alike.key COLLATE "C" LIMIT 20
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_geospatial_table(
        "places",
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("plain", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "position",
            Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_places_municipality_id")
        ),
        sa.PrimaryKeyConstraint("municipality_id", "id", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "municipality_id", "source", "key", name=op.f("uq_places_municipality_id_source_key")
        ),
    )
    op.create_index(op.f("ix_places_municipality_id_plain"), "places", ["municipality_id", "plain"])
    op.create_index(
        "ix_places_folded",
        "places",
        ["folded"],
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.execute("ALTER TABLE places ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON places TO lagesbild_program USING ({MINE})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON places TO lagesbild_program")
    op.execute(PLACES_LIKE)
    op.execute("REVOKE ALL ON FUNCTION places_like(text) FROM public")
    op.execute("GRANT EXECUTE ON FUNCTION places_like(text) TO lagesbild_program")


def downgrade() -> None:
    op.execute("DROP FUNCTION places_like(text)")
    op.drop_geospatial_table("places")
