"""the taxonomy, version 1."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VALID_FROM = date(2026, 1, 1)

# code, name, severity, sensitivity
CODES = (
    ("ORD01", "Ordningsstörning, stökig samling", 2, "B"),
    ("ORD02", "Otrygg plats (ljus, insyn, ödslig)", 1, "A"),
    ("ORD03", "Berusade eller påverkade personer", 2, "B"),
    ("ORD04", "Tillhåll, olovligt boende", 2, "C"),
    ("ORD05", "Nedskräpning, dumpning", 1, "A"),
    ("ORD06", "Bråk", 3, "B"),
    ("ORD07", "Pyroteknik, smällare", 2, "A"),
    ("SKA01", "Klotter", 1, "A"),
    ("SKA02", "Skadegörelse (ej brand eller klotter)", 2, "A"),
    ("BRA01", "Anlagd eller misstänkt anlagd brand ute", 3, "A"),
    ("BRA02", "Fordonsbrand", 3, "B"),
    ("BRA03", "Anlagd eller misstänkt anlagd brand i byggnad", 4, "B"),
    ("BRA04", "Brandtillbud, avsiktligt larm", 2, "A"),
    ("BRA05", "Brand, orsak okänd eller ej anlagd", 2, "B"),
    ("NAR01", "Misstänkt öppen narkotikahandel", 3, "B"),
    ("NAR02", "Narkotika: bruk, innehav, fynd", 2, "B"),
    ("NAR03", "Alkohol eller tobak: langning, servering", 2, "B"),
    ("VAL01", "Misshandel i offentlig miljö", 4, "B"),
    ("VAL02", "Personrån, butiksrån", 4, "B"),
    ("VAL03", "Hot, ofredande", 3, "C"),
    ("VAL04", "Våld eller hot mot tjänsteperson, angrepp på blåljus", 4, "B"),
    ("VAL05", "Sexualbrott i offentlig miljö", 4, "D"),
    ("VAL06", "Våld i nära relation", 4, "D"),
    ("VAL07", "Hatbrott, tecken på extremism", 3, "D"),
    ("VAL08", "Grovt våldsbrott", 5, "D"),
    ("VAP01", "Skottlossning", 5, "B"),
    ("VAP02", "Sprängning, misstänkt föremål", 5, "B"),
    ("VAP03", "Vapen, kniv", 3, "C"),
    ("STO01", "Bostadsinbrott", 3, "C"),
    ("STO02", "Inbrott i lokal, skola eller förråd", 2, "B"),
    ("STO03", "Fordonsbrott, cykel", 2, "B"),
    ("STO04", "Stöld, butiksstöld", 2, "B"),
    ("STO05", "Bedrägeri", 3, "C"),
    ("TRA01", "Buskörning (moped, A-traktor)", 2, "A"),
    ("TRA02", "Hastighet, rattfylleri, farlig trafik", 2, "A"),
    ("TRA03", "Trafikolycka", 3, "B"),
    ("TRA04", "Övergivet eller felparkerat fordon", 1, "A"),
    ("SKO01", "Skolincident, intrång", 2, "C"),
    ("SKO02", "Hot eller våld i skola", 4, "D"),
    ("SKO03", "Oro kring ungdomsgrupp (ej individ)", 3, "D"),
    ("TIL01", "Tillsynsavvikelse", 2, "C"),
    ("TIL02", "Tecken på organiserad brottslighet, otillåten påverkan", 4, "D"),
    ("EVT01", "Planerat arrangemang", 0, "A"),
    ("EVT02", "Insats, kontroll", 0, "B"),
    ("EVT03", "Olycka, räddningsinsats (ej brott)", 2, "B"),
    ("EVT04", "Oro eller rykten i sociala medier", 2, "C"),
)

GROUPS = {
    "ORD": "Ordning",
    "SKA": "Skadegörelse",
    "BRA": "Brand",
    "NAR": "Narkotika och alkohol",
    "VAL": "Våld och hot",
    "VAP": "Vapen och sprängning",
    "STO": "Stöld och inbrott",
    "TRA": "Trafik",
    "SKO": "Skola",
    "TIL": "Tillsyn",
    "EVT": "Arrangemang och insatser",
}


def others() -> list[tuple[str, str, int, str]]:
    """Return `…99` of each group, with severity and sensitivity of the group's mildest code."""
    found = []
    for group, name in GROUPS.items():
        codes = [c for c in CODES if c[0].startswith(group)]
        _, _, severity, sensitivity = min(codes, key=lambda c: (c[2], c[3]))
        found.append((f"{group}99", f"{name}: vet inte, annat", severity, sensitivity))
    return found


def upgrade() -> None:
    categories = sa.table(
        "categories",
        *(sa.column(name) for name in ("code", "version", "name", "severity", "sensitivity")),
        sa.column("valid_from", sa.Date),
    )
    op.bulk_insert(
        categories,
        [
            {
                "code": code,
                "version": 1,
                "name": name,
                "severity": severity,
                "sensitivity": sensitivity,
                "valid_from": VALID_FROM,
            }
            for code, name, severity, sensitivity in (*CODES, *others())
        ],
    )


def downgrade() -> None:
    op.execute("DELETE FROM categories WHERE version = 1")
