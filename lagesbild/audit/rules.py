"""What counts as a change, and what is written down of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# Free text, places and what is the owner's alone never stand in the log: others read it. Only of
# a moved place it says from where, to where and why, and tells those who see the place.
SILENT = frozenset(
    {
        "avsändare", "beskrivning", "beslutad av", "crime_code", "details", "diarienummer", "fokus",
        "funktion", "kontakt", "notering", "place", "place_kind", "place_precision_m", "place_text",
        "plats", "roll", "rubrik", "severity_reason", "skäl", "summary", "svarsadress", "tags",
        "withdrawn_reason", "åtgärd",
    }
)  # fmt: skip

VERB_TEXT = {
    "incident.reported": "loggade händelsen",
    "incident.imported": "läste in händelsen",
    "incident.changed": "ändrade händelsen",
    "incident.placed": "flyttade platsen",
    "incident.withdrawn": "tog tillbaka händelsen",
    "incident.undone": "tog tillbaka händelsen med hela listan",
    "incident.reviewed": "gick igenom händelsen",
    "incident.unreviewed": "ångrade sin genomgång",
    "incident.merged": "slog ihop händelsen med en annan",
    "incident.split": "delade upp händelserna igen",
    "inquiry.asked": "bad om underlag",
    "inquiry.answered": "svarade på en fråga",
    "inquiry.withdrawn": "tog tillbaka en fråga",
    "incident.exact": "såg exakt plats",
    "part.said": "lade till sin uppgift",
    "part.changed": "ändrade sin uppgift",
    "part.withdrawn": "tog tillbaka sin uppgift",
    "comment.made": "kommenterade",
    "comment.withdrawn": "tog tillbaka en kommentar",
    "incidents.exported": "tog ut händelser",
    "week.nothing": "meddelade: inget att rapportera",
    "meetings.made": "lade in kommande möten",
    "meetings.settled": "ändrade när och var gruppen möts",
    "meeting.planned": "lät mötet hållas",
    "meeting.moved": "flyttade mötet",
    "meeting.skipped": "ställde in mötet",
    "problem.added": "lade upp problemet",
    "problem.changed": "ändrade problemet",
    "problem.closed": "avslutade problemet",
    "problem.reopened": "öppnade problemet igen",
    "problem.linked": "kopplade en händelse",
    "problem.unlinked": "tog bort en kopplad händelse",
    "action.proposed": "föreslog åtgärden",
    "action.decided": "beslutade åtgärden",
    "action.changed": "ändrade åtgärden",
    "action.moved": "ändrade läget",
    "action.linked": "kopplade en händelse",
    "action.unlinked": "tog bort en kopplad händelse",
    "meeting.opened": "öppnade mötet",
    "meeting.attendance": "noterade närvaron",
    "meeting.noted": "ändrade en anteckning",
    "district.assessed": "bedömde ett område",
    "coming.added": "lade till något som är på gång",
    "coming.dropped": "tog bort något som var på gång",
    "picture.fixed": "fastställde lägesbilden",
    "picture.corrected": "rättade lägesbilden",
    "picture.erased": "tog bort en del av lägesbilden",
    "districts.imported": "läste in områden",
    "districts.corrected": "rättade områdens gränser",
    "districts.inhabitants": "läste in antal invånare",
    "incident.moved": "flyttade händelsen till rätt område",
    "list.imported": "läste in en lista",
    "list.undone": "ångrade en inläsning",
    "places.imported": "läste in platser",
    "police.imported": "läste in polisens öppna händelser",
    "police.forgotten": "tog bort polisens öppna händelser som är äldre än 30 dagar",
    "synonym.set": "bestämde vad ett ord betyder",
    "municipality.added": "lade till kommunen",
    "notices.chosen": "valde sina aviseringar",
    "person.added": "lade till en person",
    "person.changed": "ändrade en persons roll",
    "person.disabled": "stängde av en person",
    "person.enabled": "släppte in en person igen",
    "person.password": "bytte ett lösenord",
    "token.added": "skapade en nyckel",
    "publication.made": "gjorde veckans publicering",
    "publication.corrected": "rättade veckans publicering",
    "digest.drafted": "skrev ett utkast till brev",
    "digest.edited": "ändrade brevets text",
    "digest.approved": "godkände brevet",
    "digest.returned": "tog tillbaka godkännandet",
    "digest.released": "lämnade brevet till mejlservern",
    "digest.dropped": "strök brevet",
    "digest.told": "påminde om brevet",
    "digest.settled": "ändrade hur brevet skickas",
    "digest.signers": "ändrade vilka som skriver och godkänner brevet",
    "recipient.added": "lade till en mottagare",
    "recipient.ended": "satte en mottagares sista dag",
    "recipient.kept": "tog tillbaka en mottagares sista dag",
    "recipients.form": "ändrade vad en lista får",
    "question.asked": "frågade gruppen",
    "question.added": "lade till en fråga till gruppen",
    "question.answered": "svarade på en fråga till gruppen",
    "question.closed": "stängde en fråga till gruppen",
    "known.proposed": "föreslog en allmänt känd händelse",
    "known.approved": "godkände en allmänt känd händelse",
    "known.withdrawn": "tog tillbaka en allmänt känd händelse",
    "digest.written": "skrev veckans brev",
    "digest.held": "höll inne veckans brev",
}

SUBJECT_TEXT = {
    "incident": "händelse",
    "inquiry": "fråga",
    "week": "vecka",
    "group": "grupp",
    "problem": "problem",
    "action": "åtgärd",
    "picture": "lägesbild",
    "import": "inläsning",
    "export": "uttag",
    "publication": "publicering",
    "digest": "brev",
    "recipient": "mottagare",
    "question": "fråga till gruppen",
    "known": "allmänt känd händelse",
    "person": "person",
    "organisation": "organisation",
    "municipality": "kommun",
    "division": "indelning",
    "source": "källa",
}

# What people are told of by mail.
NOTICED = ("action.decided", "action.linked", "action.moved")

# One line for each row of a list: the list has its own line, and these are the incident's story.
BY_THE_ROW = frozenset({"incident.imported", "incident.undone"})


@dataclass(frozen=True)
class Entry:
    """One thing that was done. `subject` is `kind:id`; `changes` is field → `old → new`."""

    at: datetime
    verb: str
    subject: str
    changes: Mapping[str, str]
    person_id: UUID | None = None
    organisation_id: UUID | None = None


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Return field → `old → new` for the fields that differ; free text only as `ändrad`."""
    return {
        name: "ändrad" if name in SILENT else f"{before.get(name) or '–'} → {value or '–'}"
        for name, value in after.items()
        if before.get(name) != value
    }
