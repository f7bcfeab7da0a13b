"""Alembic runs this file; it is the only place that knows how migrations meet the database."""

import os

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, make_url

from lagesbild.schema import metadata

url = context.config.attributes.get("owner_url") or os.environ["LAGESBILD_OWNER_URL"]
engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transaction_per_migration=True,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
