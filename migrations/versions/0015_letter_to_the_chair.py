"""the letter to the chair: its words, its approval, its recipients, and what is told of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MUNICIPALITY = "nullif(current_setting('lagesbild.municipality', true), '')::uuid"
GROUP = "nullif(current_setting('lagesbild.group', true), '')::uuid"
AUDIENCE = "current_setting('lagesbild.audience', true)"
OF_GROUP = f"municipality_id = {MUNICIPALITY} AND group_id = {GROUP}"
FOR_GROUP = f"{OF_GROUP} AND {AUDIENCE} = 'group'"
ASKED = f"{OF_GROUP} AND {AUDIENCE} IN ('group', 'reader')"
# Not IN: PostgreSQL writes the casts of an array another way after a restore.
ONE_SENT = "released_at IS NOT NULL AND form = 'hela' AND (kind = 'brev' OR kind = 'extra')"
RELEASED = f"{OF_GROUP} AND {ONE_SENT}"
RUN_COLUMNS = "municipality_id, group_id, week, kind, version, due_at, state, released_at"
CONTENT = "subject, html, text, picture, sha256"


def of_run(table: str) -> str:
    return (
        f"municipality_id = {MUNICIPALITY} AND {AUDIENCE} = 'group' AND EXISTS (SELECT FROM"
        f" digest_runs r WHERE r.municipality_id = {table}.municipality_id AND r.id ="
        f" {table}.run_id AND r.group_id = {GROUP})"
    )


def ids(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("municipality_id", *names)]


def text(name: str, *, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.String(), server_default=default, nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def whole(name: str, *, default: str | None = None, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=nullable)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("municipality_id", *columns, name=f"pk_{table}")


def points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", column],
        [f"{to}.municipality_id", f"{to}.id"],
        name=f"fk_{table}_municipality_id_{column}",
    )


def secure(table: str, condition: str, rights: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY program ON {table} TO lagesbild_program USING ({condition})")
    op.execute(f"GRANT {rights} ON {table} TO lagesbild_program")


def make_settings() -> None:
    op.create_table(
        "digest_schedules",
        *ids("group_id"),
        text("rule", default="annan"),
        text("sender", default=""),
        text("role", default="säkerhetssamordnaren"),
        text("contact", default=""),
        text("reply_to", default=""),
        text("record", default=""),
        sa.Column("attach_pdf", sa.Boolean(), server_default="false", nullable=False),
        whole("version", default="1"),
        points("digest_schedules", "group_id", "groups"),
        key("digest_schedules", "group_id"),
    )
    op.create_table(
        "digest_signers",
        *ids("group_id", "person_id"),
        text("duty"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "group_id", "person_id"],
            ["memberships.municipality_id", "memberships.group_id", "memberships.person_id"],
            name="fk_digest_signers_municipality_id_group_id_person_id",
        ),
        key("digest_signers", "group_id", "person_id", "duty"),
    )
    op.create_table(
        "digest_lists",
        *ids("group_id"),
        text("list"),
        text("form"),
        points("digest_lists", "group_id", "groups"),
        key("digest_lists", "group_id", "list"),
    )
    op.create_table(
        "digest_recipients",
        *ids("id", "group_id"),
        text("list"),
        text("mail"),
        text("title"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        whole("version", default="1"),
        points("digest_recipients", "group_id", "groups"),
        key("digest_recipients", "id"),
    )
    op.create_index(
        "ix_digest_recipients_municipality_id_group_id",
        "digest_recipients",
        ["municipality_id", "group_id"],
    )
    secure("digest_schedules", OF_GROUP, "SELECT, INSERT, UPDATE")
    secure("digest_signers", OF_GROUP, "SELECT, INSERT, DELETE")
    secure("digest_lists", OF_GROUP, "SELECT, INSERT, UPDATE")
    secure("digest_recipients", OF_GROUP, "SELECT, INSERT, UPDATE")


def change_runs() -> None:
    op.add_column("digest_runs", text("kind", default="brev"))
    op.add_column("digest_runs", whole("version", default="1"))
    op.add_column("digest_runs", whole("number", nullable=True))
    op.add_column("digest_runs", moment("made_at", nullable=True))
    op.add_column("digest_runs", moment("approved_at", nullable=True))
    op.add_column("digest_runs", sa.Column("approved_by", sa.Uuid()))
    op.add_column("digest_runs", sa.Column("approved_for", sa.Uuid()))
    op.add_column("digest_runs", moment("released_at", nullable=True))
    op.add_column("digest_runs", sa.Column("returns_on", sa.Date()))
    op.execute("UPDATE digest_runs SET made_at = coalesce(written_at, due_at)")
    op.execute("UPDATE digest_runs SET state = 'draft' WHERE state = 'due'")
    # One that was held after somebody had got it has left, too.
    op.execute(
        "UPDATE digest_runs r SET released_at = written_at WHERE state = 'written' OR EXISTS"
        " (SELECT FROM digest_deliveries d WHERE d.municipality_id = r.municipality_id AND"
        " d.run_id = r.id AND d.state IN ('sending', 'accepted', 'unknown'))"
    )
    op.execute("UPDATE digest_runs SET state = 'released' WHERE state = 'written'")
    op.alter_column("digest_runs", "made_at", nullable=False)
    op.drop_constraint("uq_digest_runs_municipality_id_group_id_week", "digest_runs")
    op.create_unique_constraint(
        "uq_digest_runs_municipality_id_group_id_week_kind_version",
        "digest_runs",
        ["municipality_id", "group_id", "week", "kind", "version"],
    )
    op.create_index(
        "ix_digest_runs_open",
        "digest_runs",
        ["due_at"],
        postgresql_where=sa.text("state::text = ANY (ARRAY['draft'::text, 'approved'::text])"),
    )
    op.create_foreign_key(
        "fk_digest_runs_approved_by", "digest_runs", "persons", ["approved_by"], ["id"]
    )
    op.create_foreign_key(
        "fk_digest_runs_approved_for", "digest_runs", "organisations", ["approved_for"], ["id"]
    )
    op.execute("DROP POLICY program ON digest_runs")
    op.execute(f"CREATE POLICY program ON digest_runs TO lagesbild_program USING ({FOR_GROUP})")
    op.execute("CREATE POLICY door ON digest_runs TO lagesbild_door USING (true)")
    op.execute(f"GRANT SELECT ({RUN_COLUMNS}) ON digest_runs TO lagesbild_door")


def make_contents() -> None:
    op.create_table(
        "digest_wordings",
        *ids("run_id"),
        whole("version"),
        moment("at"),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("wording", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        points("digest_wordings", "run_id", "digest_runs"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_digest_wordings_person_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_digest_wordings_organisation_id"
        ),
        key("digest_wordings", "run_id", "version"),
    )
    secure("digest_wordings", of_run("digest_wordings"), "SELECT, INSERT")
    op.create_table(
        "digest_letters",
        *ids("run_id"),
        text("form"),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        text("week"),
        text("kind"),
        whole("version"),
        text("subject"),
        text("html"),
        text("text"),
        sa.Column("picture", sa.LargeBinary()),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        moment("released_at", nullable=True),
        points("digest_letters", "run_id", "digest_runs"),
        key("digest_letters", "run_id", "form"),
    )
    secure("digest_letters", FOR_GROUP, "SELECT, INSERT, UPDATE, DELETE")
    op.execute(
        f"CREATE POLICY reader ON digest_letters FOR SELECT TO lagesbild_reader USING ({RELEASED})"
    )
    op.execute("GRANT SELECT ON digest_letters TO lagesbild_reader")
    op.execute(
        "INSERT INTO digest_letters (municipality_id, run_id, form, group_id, week, kind, version,"
        f" {CONTENT}, content, released_at) SELECT municipality_id, id, 'hela', group_id, week,"
        f" kind, version, {CONTENT}, '{{}}', released_at FROM digest_runs WHERE sha256 IS NOT NULL"
    )
    for column in CONTENT.split(", "):
        op.drop_column("digest_runs", column)
    op.execute(
        "CREATE FUNCTION digest_letter_stays() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE kept digest_letters; BEGIN"
        " IF OLD.released_at IS NOT NULL THEN RAISE EXCEPTION 'a letter that has left stays'; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
        " kept := NEW; kept.released_at := OLD.released_at;"
        " IF kept IS DISTINCT FROM OLD THEN"
        " RAISE EXCEPTION 'an approved letter is not changed'; END IF;"
        " RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER digest_letter_stays BEFORE UPDATE OR DELETE ON digest_letters"
        " FOR EACH ROW EXECUTE FUNCTION digest_letter_stays()"
    )


def change_deliveries() -> None:
    op.add_column("digest_deliveries", text("form", default="hela"))
    op.add_column("digest_deliveries", text("list", default="samordnare"))
    op.add_column("digest_deliveries", sa.Column("resend_of", sa.Uuid()))
    op.drop_constraint("uq_digest_deliveries_municipality_id_run_id_recipient", "digest_deliveries")
    op.create_index(
        "uq_digest_deliveries_first",
        "digest_deliveries",
        ["municipality_id", "run_id", "recipient"],
        unique=True,
        postgresql_where=sa.text("resend_of IS NULL"),
    )
    op.create_unique_constraint(
        "uq_digest_deliveries_municipality_id_resend_of",
        "digest_deliveries",
        ["municipality_id", "resend_of"],
    )
    op.execute("DROP POLICY program ON digest_deliveries")
    op.execute(
        "CREATE POLICY program ON digest_deliveries TO lagesbild_program"
        f" USING ({of_run('digest_deliveries')})"
    )
    op.create_table(
        "digest_events",
        *ids("id", "run_id"),
        sa.Column("delivery_id", sa.Uuid()),
        moment("at"),
        text("what"),
        text("detail", default=""),
        sa.Column("person_id", sa.Uuid()),
        points("digest_events", "run_id", "digest_runs"),
        key("digest_events", "id"),
    )
    op.create_index(
        "ix_digest_events_municipality_id_run_id", "digest_events", ["municipality_id", "run_id"]
    )
    secure("digest_events", of_run("digest_events"), "SELECT, INSERT")
    # Nobody is asked to correct old letters for what was corrected before there were corrections.
    op.execute(
        "INSERT INTO digest_events (municipality_id, id, run_id, at, what) SELECT"
        " r.municipality_id, gen_random_uuid(), r.id, now(), 'compared' FROM digest_runs r"
        " JOIN publications p ON p.municipality_id = r.municipality_id AND p.id = r.publication_id"
        " WHERE r.released_at IS NOT NULL AND EXISTS (SELECT FROM publications n WHERE"
        " n.municipality_id = p.municipality_id AND n.week_id = p.week_id AND n.kind = p.kind"
        " AND n.version > p.version)"
    )


def make_talk() -> None:
    op.create_table(
        "chair_questions",
        *ids("id", "group_id"),
        text("week"),
        moment("asked_at"),
        sa.Column("person_id", sa.Uuid()),
        text("text"),
        text("answer", default=""),
        moment("answered_at", nullable=True),
        sa.Column("answered_by", sa.Uuid()),
        text("told_week", default=""),
        moment("closed_at", nullable=True),
        whole("version", default="1"),
        points("chair_questions", "group_id", "groups"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_chair_questions_person_id"),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["persons.id"], name="fk_chair_questions_answered_by"
        ),
        key("chair_questions", "id"),
    )
    secure("chair_questions", ASKED, "SELECT, INSERT, UPDATE")
    op.create_table(
        "known_events",
        *ids("id", "group_id"),
        text("week"),
        text("text"),
        text("link"),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        moment("at"),
        sa.Column("person_id", sa.Uuid()),
        moment("approved_at", nullable=True),
        sa.Column("approved_by", sa.Uuid()),
        moment("withdrawn_at", nullable=True),
        points("known_events", "group_id", "groups"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name="fk_known_events_owner_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_known_events_person_id"),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["persons.id"], name="fk_known_events_approved_by"
        ),
        key("known_events", "id"),
    )
    secure("known_events", FOR_GROUP, "SELECT, INSERT, UPDATE")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    make_settings()
    change_runs()
    make_contents()
    change_deliveries()
    make_talk()


def downgrade() -> None:
    op.drop_table("known_events")
    op.drop_table("chair_questions")
    op.drop_table("digest_events")
    restore_deliveries()
    restore_runs()
    op.drop_table("digest_recipients")
    op.drop_table("digest_lists")
    op.drop_table("digest_signers")
    op.drop_table("digest_schedules")


def restore_deliveries() -> None:
    op.execute("DELETE FROM digest_deliveries WHERE resend_of IS NOT NULL")
    op.drop_constraint("uq_digest_deliveries_municipality_id_resend_of", "digest_deliveries")
    op.drop_index("uq_digest_deliveries_first", "digest_deliveries")
    op.execute("DROP POLICY program ON digest_deliveries")
    op.execute(
        "CREATE POLICY program ON digest_deliveries TO lagesbild_program"
        f" USING (municipality_id = {MUNICIPALITY})"
    )
    for column in ("resend_of", "list", "form"):
        op.drop_column("digest_deliveries", column)
    op.create_unique_constraint(
        "uq_digest_deliveries_municipality_id_run_id_recipient",
        "digest_deliveries",
        ["municipality_id", "run_id", "recipient"],
    )


def restore_runs() -> None:
    """Keep the first ordinary letters; what the step before knows nothing of goes."""
    for column in ("subject", "html", "text"):
        op.add_column("digest_runs", text(column, default=""))
    op.add_column("digest_runs", sa.Column("picture", sa.LargeBinary()))
    op.add_column("digest_runs", sa.Column("sha256", sa.LargeBinary()))
    op.execute(
        "UPDATE digest_runs r SET subject = l.subject, html = l.html, text = l.text,"
        " picture = l.picture, sha256 = l.sha256 FROM digest_letters l WHERE l.municipality_id ="
        " r.municipality_id AND l.run_id = r.id AND l.form = 'hela'"
    )
    op.drop_table("digest_letters")
    op.execute("DROP FUNCTION digest_letter_stays()")
    op.drop_table("digest_wordings")
    op.execute(
        "DELETE FROM digest_deliveries d USING digest_runs r WHERE r.municipality_id ="
        " d.municipality_id AND r.id = d.run_id AND (r.kind <> 'brev' OR r.version > 1)"
    )
    op.execute("DELETE FROM digest_runs WHERE kind <> 'brev' OR version > 1")
    op.execute("UPDATE digest_runs SET state = 'due' WHERE state IN ('draft', 'approved')")
    op.execute("UPDATE digest_runs SET state = 'written' WHERE state = 'released'")
    op.execute("UPDATE digest_runs SET state = 'held' WHERE state = 'dropped'")
    op.execute(f"REVOKE SELECT ({RUN_COLUMNS}) ON digest_runs FROM lagesbild_door")
    op.execute("DROP POLICY door ON digest_runs")
    op.execute("DROP POLICY program ON digest_runs")
    op.execute(
        "CREATE POLICY program ON digest_runs TO lagesbild_program"
        f" USING (municipality_id = {MUNICIPALITY})"
    )
    op.drop_index("ix_digest_runs_open", "digest_runs")
    op.drop_constraint("uq_digest_runs_municipality_id_group_id_week_kind_version", "digest_runs")
    for column in (
        "returns_on", "released_at", "approved_for", "approved_by", "approved_at", "made_at",
        "number", "version", "kind",
    ):  # fmt: skip
        op.drop_column("digest_runs", column)
    op.create_unique_constraint(
        "uq_digest_runs_municipality_id_group_id_week",
        "digest_runs",
        ["municipality_id", "group_id", "week"],
    )
