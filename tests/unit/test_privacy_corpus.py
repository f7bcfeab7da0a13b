"""How often the identity guard warns about texts that point at nobody.

Each text is of a kind that reports and places really hold; none is taken from one. Nothing here is
ever refused. Asked about is only what no rule can tell from a person's own: a direct
telephone line, an address by mail, an apartment, "född", a case of the police.
"""

import pytest

from lagesbild.base import privacy
from lagesbild.base.privacy import Level

HARMLESS = {
    "roads and lines": [
        "Stopp på väg 226 vid Tumba", "E4 312 i höjd med Fittja", "E4/E20 södergående",
        "riksväg 73",
        "länsväg 259 avstängd", "buss 172 mot Norsborg", "Buss 865 ställs in", "BUSS 172 OCH 173",
        "linje 43 och 48", "LINJE ABC 123", "pendeltåg 41", "tåg 2174 försenat", "nattbuss 94N",
        "avfart 148", "spår 12 B", "rondellen vid väg 229/259", "bussdepå hall 3",
    ],
    "numbers of authorities": [
        "SOS 112", "Ring 112", "polisens nummer 114 14", "1177 Vårdguiden", "113 13", "HVB 123",
        "LSS 345", "LVU 12", "LVM 11 §", "LSO 120", "BUP 123 besök", "SFS 2023:196", "OSL 18:1",
        "OSL 181", "MSB 123", "SCB 345 områden", "KSF 2026/123", "LOB 100 under året", "RTJ 204",
        "AMB 331", "RAKEL 123", "insats 2610", "OSG 112", "EST 100 veckor", "PBL 123", "BRB 12A",
    ],
    "shops, rooms and houses": [
        "IKEA 24", "IKEA 365+", "ICA 2", "COOP 123", "rum 1234", "rum A 1234", "RUM 123", "SAL 204",
        "sal KTH 123", "hus 12B", "HUS 12B", "Storgatan 12", "Storgatan 12 B", "Storgatan 102-104",
        "trapphus 3, plan 4", "lgh 12", "port 14", "kvarteret Åkern 4:12", "garage 3:217",
        "Tomtberga 5:12", "butik 7-Eleven", "kiosk 3 i centrum", "plan 10", "stolpe ABC 123",
        "kabelskåp KLS 204", "förskolan 123 Blommor",
    ],
    "times": [
        "150715 1805", "20150715 1805", "260211 0830", "2026-11-12 14:30", "2026-11-12 14.30",
        "12/11 kl. 14.30", "12 november 22.30-23.15", "kl 08-12 14-16", "kl. 0800-1600", "22:30:15",
        "2026-W47", "v. 47-48", "natten 12-13/11", "2026-11-12T14:30:00+01:00", "20261112T143000Z",
        "mellan 2200 och 0300", "0600 0630 0700", "2025/26", "1990-talet", "sedan 2019-2020",
    ],
    "amounts and measures": [
        "skador för 150 000 kr", "1 250 000 kronor", "SEK 500", "EUR 250", "12,5 %", "350 m",
        "60 l",
        "25 000 personer", "180 km/h i 40-zon", "USB 128 GB", "LED 100 W", "MAX 120 personer",
        "2 000 000 m2", "ca 45-50 ungdomar", "DEL 123 av planen", "+20 000 kr", "3 x 150 mm",
    ],
    "cases and references": [
        "KS-2018/451.181", "KSN 2026-00123", "dnr KS 2026/123", "DNR 123", "L-2026-004711",
        "SBFF 2026-123", "212000-0068", "556080-1234", "org.nr 802001-5908", "faktura 20261234",
        "felanmälan 123456", "ärende 2026-4711", "REF 123", "0126A0010", "0126R001", "P-19",
        "artikel 702.145.31", "protokoll § 123", "bilaga 3.2.1", "PDF 123 sidor",
    ],
    "positions": [
        "59,2371 17,9815", "59.2371, 17.9815", "N 59 14.58 O 17 58.89", "59°14'34.7\"N",
        "6580098 669888", "669888 6570098", "6568370, 150234", "158567 6566852", "1628450 6571230",
        "X 6568370 Y 680714", "SWEREF 99 18 00", "UTM 33N", "[17.9815, 59.2371]", "GPS 592",
    ],
    "vehicles and models": [
        "BMW 320 i brand", "Volvo V70", "moped KTM 125", "KTM 390", "TGB 500", "CAT 320", "JCB 540",
        "Honda CRF 250", "EPA-traktor", "modell XYZ 123", "släp 750 kg", "elsparkcykel nr 4",
        "RAM 150",
    ],
    "words": [
        "gatan heter Storgatan", "Torget heter numera Nytorget", "butiken som heter Prylen",
        "Vad det heter är oklart", "nyfödda lamm", "nyfödd idé", "födelsedagskalas", "trumpeter",
        "väderskyddad plats", "en skyddad cykelparkering", "skyddade naturområden", "skyddsrum 12",
        "platsen är vindskyddad", "personalen i receptionen",
    ],
    "functions": [
        "Kontakt: säkerhetssamordnare, 08-535 300 00", "växel 08-535 300 00",
        "Polisen 010-563 70 00",
        "felanmälan 08-123 456 00", "kundtjänst 0771-41 43 00", "020-22 40 40", "0200-12 34 56",
        "växel +46 8 535 300 00", "trygghet@as.example", "mejla trygghet@as.example.",
    ],
    "what happened": [
        "Brand i papperskorg vid centrum kl. 22.30.", "Klotter på 12 av 20 fasader.",
        "3 ungdomar på 2 mopeder", "Sju bilar fick rutor krossade på P3.",
        "STÖK VID ENTRÉN OCH 100 ANDRA",
        "Samma sak som v. 45 (2 gånger).", "Larm 0312, släckt 0340.",
        "Vakt såg 4-5 personer springa.",
    ],
}  # fmt: skip
# The same guard cannot know these from what it must ask about [domain.md 6.4].
ASKED = [
    "direkt 08-535 313 45", "jour 070-123 45 00", "registrator@as.example", "lgh 1102 är tom",
    "Kalven är född i går", "Programmet heter Trygg", "skyddad uppgift", "5000-K123456-26",
    "Gården ABC 123",
]  # fmt: skip
TEXTS = [text for texts in HARMLESS.values() for text in texts]


@pytest.fixture(autouse=True)
def _contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "_functions", {"trygghet@as.example"})


def levels(text: str) -> list[Level]:
    return [finding.level for finding in privacy.scan(text)]


@pytest.mark.parametrize("text", TEXTS)
def test_a_harmless_text_is_left_alone(text: str) -> None:
    assert levels(text) == []


@pytest.mark.parametrize("text", ASKED)
def test_what_cannot_be_told_from_a_persons_own_is_asked_about_once(text: str) -> None:
    assert levels(text) == [Level.WARN]


def test_of_harmless_texts_one_in_twenty_is_asked_about_at_most() -> None:
    every = [*TEXTS, *ASKED]
    assert len(every) >= 180
    assert sum(map(bool, map(levels, every))) <= len(every) / 20


def test_two_harmless_texts_beside_each_other_are_harmless() -> None:
    pairs = zip(TEXTS, [*TEXTS[1:], TEXTS[0]], strict=True)
    assert [pair for pair in pairs if levels(". ".join(pair))] == []
