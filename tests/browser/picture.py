"""Every word and number of the picture that `test_thursday` fixes."""

from unittest.mock import ANY

FEW = {"expected": None, "limit": None, "mark": "for-fa", "words": "för få för att bedöma"}


def figures(this: int, last: int, mean: float, year: int) -> dict[str, object]:
    return {
        "this_week": this,
        "last_week": last,
        "mean_of_four": mean,
        "same_week_last_year": year,
        "late": 0,
    }


def action(number: str, what: str, **changes: object) -> dict[str, object]:
    usual = {
        "number": number,
        "what": what,
        "where": "Norra Ås",
        "due": "2026-11-18",
        "state": "beslutad",
        "late": False,
        "decided_today": False,
        "outcome": "",
    }
    return usual | changes


FOLLOWED = {
    "action:2026-001": "2026-001 Se över belysningen",
    "action:2026-003": "2026-003 Informera om papperskorgar vid torget",
    "district:norra-as": "Norra Ås",
    "problem:P-1": "P-1 Bränder vid torget",
}
EXPECTED: dict[str, object] = {
    "picture": {
        "week": "2026-W47",
        "from": "2026-11-12",
        "to": "2026-11-18",
        "compared_with": "2025-11-13",
        "known_at": ANY,
        "sentence": "10 rapporterade händelser.",
        "districts": [
            # The merged fires are one; with what was logged in the meeting they are two.
            {"slug": "norra-as", "key": "0001-N", "name": "Norra Ås"} | figures(2, 2, 0.5, 1),
            # One was logged, and seven were told aloud.
            {"slug": "sodra-as", "key": "0001-S", "name": "Södra Ås"} | figures(8, 1, 0.25, 0),
        ],
        "without_district": figures(0, 0, 0, 0),
        "total": figures(10, 3, 0.75, 1),
        "late_from_last_week": 1,
        "coverage": [
            {"organisation": "kommun", "state": "rapporterat", "incidents": 2},
            {"organisation": "polis", "state": "rapporterat", "incidents": 7},
            {"organisation": "brand", "state": "rapporterat", "incidents": 1},
        ],
        "newcomers": [],
        "judged": {"norra-as": FEW, "sodra-as": FEW},
        "total_judged": FEW,
    },
    "meeting": {
        "group": "Ås kommun",
        "municipality": "Ås kommun",
        "week": "2026-W47",
        "starts_at": "2026-11-19T09:00:00+01:00",
        "opened_at": ANY,
        "place": "",
        "purpose": "Lägesbild och beslut om åtgärder i samverkansgruppen",
    },
    "attendance": [
        {"organisation": "Kommunen", "slug": "kommun", "present": True},
        {"organisation": "Polisen", "slug": "polis", "present": True},
        {"organisation": "Brandförsvaret", "slug": "brand", "present": True},  # came later
    ],
    "problems": [
        {
            "number": "P-1",
            "title": "Bränder vid torget",
            "where": "Norra Ås",
            "direction": "minskar",
            "since": "2026-11-05",
            "incidents": 0,
            "closed": None,
        }
    ],
    "actions": [
        action(
            "2026-001",
            "Se över belysningen",
            organisation="Kommunen",
            owner="Kommunen",
            late=True,
        ),
        action(
            "2026-003",
            "Informera om papperskorgar vid torget",
            organisation="Brandförsvaret",
            owner="Förebyggande enheten",
            where="",
            due="2026-11-26",
            decided_today=True,
        ),
        action(
            "2026-002",
            "Rondera torget",
            organisation="Polisen",
            owner="Polisen",
            state="klar",
            outcome="Genomförd som planerat. Minskat.",
        ),
    ],
    "coming": [{"from": "2026-11-19", "to": "2026-11-19", "text": "Lucia i centrum"}],
    "followed": FOLLOWED,
    "changes": [
        {"key": key, "name": name, "change": "nytt", "words": "nytt"}
        for key, name in FOLLOWED.items()
    ],
    "district:norra-as": {
        "slug": "norra-as",
        "name": "Norra Ås",
        "computed": "för få för att bedöma",
        "word": "kräver åtgärd",
        "sentence": "Brand och klotter vid samma torg.",
        "prefilled": False,
        "others": [
            {"organisation": "Brandförsvaret", "word": "följs", "sentence": "Båda var små."}
        ],
    },
    "district:sodra-as": {
        "slug": "sodra-as",
        "name": "Södra Ås",
        "computed": "för få för att bedöma",
        "word": "inte bedömt",
        "sentence": "",
        "prefilled": False,
        "others": [],
    },
    "note:9": {"step": "Fastställ bilden", "text": "Mötet slutade kl. 9.40."},
}
