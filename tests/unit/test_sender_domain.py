"""What the sender's domain says of who may send for it, asked of a real name server by UDP."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from pydantic import ValidationError

from lagesbild.base import sender_domain
from lagesbild.base.finding import Finding
from lagesbild.base.settings import Settings

SPF, DKIM, DMARC = "as.example", "post._domainkey.as.example", "_dmarc.as.example"
GOOD = {SPF: ["v=spf1 mx -all"], DKIM: ["v=DKIM1; k=rsa; p=MIIB"], DMARC: ["v=DMARC1; p=reject"]}
LEAVES = {"smtp_url": "smtp://post.as.example", "mail_from": "Lägesbild <post@as.example>"}


@dataclass
class Names:
    """What a name server knows: names with their text records."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    broken: set[str] = field(default_factory=set)  # names that it fails at
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        name = query.question[0].name
        self.asked.append(name.to_text(omit_final_dot=True))
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        plain = self.asked[-1]
        if target := self.aliases.get(plain):
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", f"{target}."))
            plain, name = target, dns.name.from_text(target)
        if plain in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif plain not in self.texts:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif texts := self.texts[plain]:
            quoted = [" ".join(f'"{part}"' for part in text.split("|")) for text in texts]
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        return response.to_wire()


@pytest.fixture
def names() -> Iterator[Names]:
    names = Names()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as open_socket:
        open_socket.bind(("127.0.0.1", 0))
        open_socket.settimeout(0.02)
        names.address = "{}:{}".format(*open_socket.getsockname())
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    wire, who = open_socket.recvfrom(4096)
                    if not names.silent:
                        open_socket.sendto(names.answer(wire), who)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield names
        finally:
            done.set()
            thread.join()


def looked_at(names: Names, selector: str = "post", **changes: str) -> list[Finding]:
    settings = Settings.model_validate(
        LEAVES | {"resolver": names.address, "dkim_selector": selector} | changes
    )
    return [*sender_domain.findings(settings)]


def test_a_domain_with_everything_has_three_good_findings(names: Names) -> None:
    names.texts = GOOD
    assert looked_at(names) == [
        Finding(good=True, text="SPF för as.example finns och slutar med -all."),
        Finding(good=True, text=f"DKIM för as.example finns: nyckeln i {DKIM}."),
        Finding(good=True, text="DMARC för as.example finns med policyn reject."),
    ]


@pytest.mark.parametrize(
    ("records", "good", "says"),
    [
        (["v=spf1 include:post.example ~all"], True, "slutar med ~all"),
        (["V=SPF1 MX -ALL"], True, "slutar med -all"),
        (["v=spf1 include:post.exam|ple -all"], True, "slutar med -all"),
        (["annat", "v=spf1 -all"], True, "slutar med -all"),
        (["v=spf1 mx"], False, "slutar inte med -all eller ~all"),
        (["v=spf1 mx ?all"], False, "slutar inte med"),
        (["v=spf1 mx all"], False, "slutar inte med"),
        (["v=spf1 mx +all"], False, "slutar inte med"),
        (["v=spf1 include:all.example"], False, "slutar inte med"),
        (["v=spf1 redirect=nowhere.example -all"], True, "slutar med -all"),
        (["v=spf1 redirect=nowhere.example"], False, "SPF för nowhere.example saknas"),
        (["v=spf1 redirect=as.example"], False, "slutar inte med"),
        (["v=spf1 -all", "v=spf1 ~all"], False, "flera SPF-poster"),
        (["v=spf10 -all"], False, "SPF för as.example saknas"),
        ([], False, "SPF för as.example saknas"),
    ],
)
def test_spf_must_end_with_a_no(names: Names, records: list[str], says: str, *, good: bool) -> None:
    names.texts = {SPF: records}
    [spf, *_] = looked_at(names)
    assert (spf.good, says in spf.text) == (good, True), spf.text


def test_spf_may_stand_elsewhere(names: Names) -> None:
    names.texts = {SPF: ["v=spf1 redirect=_spf.kommun.example"]}
    names.texts["_spf.kommun.example"] = ["v=spf1 ip4:192.0.2.1 ~all"]
    assert looked_at(names)[0].text == "SPF för as.example finns och slutar med ~all."


@pytest.mark.parametrize(
    ("records", "good", "says"),
    [
        (["v=DKIM1; k=rsa; p=MIIB|IjAN"], True, "finns"),
        (["k=rsa; p=MIIB"], True, "finns"),
        (["p=MIIB"], True, "finns"),
        (["v=DKIM1; p="], False, "återkallad"),
        (["v=DKIM1; k=rsa"], False, "saknas"),
        (["v=spf1 -all"], False, "saknas"),
        ([], False, "saknas"),
    ],
)
def test_a_dkim_key_is_there_or_is_not(
    names: Names, records: list[str], says: str, *, good: bool
) -> None:
    names.texts = GOOD | {DKIM: records}
    dkim = looked_at(names)[1]
    assert (dkim.good, says in dkim.text) == (good, True), dkim.text


def test_a_dkim_key_may_lie_with_who_signs(names: Names) -> None:
    names.texts = GOOD | {"post.hosted.example": ["v=DKIM1; p=MIIB"]}
    names.aliases = {DKIM: "post.hosted.example"}
    assert looked_at(names)[1].good


def test_without_the_name_of_a_key_dkim_is_no_fault(names: Names) -> None:
    names.texts = GOOD
    dkim = looked_at(names, selector="")[1]
    assert (dkim.good, "LAGESBILD_DKIM_SELECTOR" in dkim.text) == (True, True)
    assert DKIM not in names.asked


@pytest.mark.parametrize(
    ("records", "good", "says"),
    [
        (["v=DMARC1; p=quarantine; rua=mailto:d@as.example"], True, "policyn quarantine."),
        (["v=DMARC1;p=NONE"], True, "policyn none: förfalskade brev stoppas inte."),
        (["v = DMARC1 ; p = reject"], True, "policyn reject."),
        (["v=DMARC1; p=reject; sp=none"], True, "policyn reject."),
        (["v=DMARC1; rua=mailto:d@as.example"], False, "går inte att läsa"),
        (["v=DMARC1; p=maybe"], False, "går inte att läsa"),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], False, "går inte att läsa"),
        (["v=DMARC10; p=reject"], False, "saknas"),
        ([], False, "saknas"),
    ],
)
def test_a_dmarc_policy_is_told(names: Names, records: list[str], says: str, *, good: bool) -> None:
    names.texts = GOOD | {DMARC: records}
    dmarc = looked_at(names)[2]
    assert (dmarc.good, says in dmarc.text) == (good, True), dmarc.text


@pytest.mark.parametrize(
    ("record", "policy"),
    [("v=DMARC1; p=reject", "reject"), ("v=DMARC1; p=reject; sp=quarantine", "quarantine")],
)
def test_a_domain_below_follows_the_one_above(names: Names, record: str, policy: str) -> None:
    names.texts = {DMARC: [record]}
    dmarc = looked_at(names, mail_from="post@bild.trygg.as.example")[2]
    assert dmarc.text == f"DMARC för bild.trygg.as.example finns med policyn {policy}."
    assert names.asked[-1] == DMARC


def test_the_highest_names_are_nobodys_to_ask(names: Names) -> None:
    looked_at(names)
    assert names.asked == [SPF, DKIM, DMARC]


def test_a_domain_is_asked_about_as_the_net_writes_it(names: Names) -> None:
    names.texts = {f"{'ås'.encode('idna').decode()}.example": ["v=spf1 -all"]}
    assert looked_at(names, mail_from="post@ås.example")[0].good


def test_a_silent_name_server_is_no_fault(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_domain, "WAIT_SECONDS", 0.2)
    names.silent = True
    text = "SPF, DKIM och DMARC för as.example gick inte att undersöka: ingen namnserver svarade."
    begun = time.monotonic()
    assert looked_at(names) == [Finding(good=True, text=text)]
    assert time.monotonic() - begun < 2


def test_what_could_not_be_asked_is_told_beside_what_could(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_domain, "WAIT_SECONDS", 0.2)
    names.texts, names.broken = GOOD, {DKIM}
    assert [finding.text for finding in looked_at(names)] == [
        "SPF för as.example finns och slutar med -all.",
        "DKIM och DMARC för as.example gick inte att undersöka: ingen namnserver svarade.",
    ]
    names.broken = {DMARC}
    last = looked_at(names)[-1]
    assert (last.good, last.text.startswith("DMARC för as.example gick inte")) == (True, True)


def test_a_machine_without_name_servers_is_no_fault(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(sender_domain.Resolver, "read_resolv_conf", without)
    [only] = looked_at(names, resolver="")
    assert (only.good, "ingen namnserver svarade" in only.text) == (True, True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"smtp_url": ""}, "sparas i en mapp"),
        ({"smtp_url": "file:var/mail"}, "sparas i en mapp"),
        ({"mail_from": "lagesbild@localhost"}, "den egna datorn"),
        ({"mail_from": "lagesbild"}, "den egna datorn"),
        ({"mail_from": "Lägesbild <post@bild.local>"}, "den egna datorn"),
    ],
)
def test_what_leaves_no_further_is_asked_of_nobody(
    names: Names, changes: dict[str, str], why: str
) -> None:
    [only] = looked_at(names, **changes)
    assert (only.good, why in only.text, names.asked) == (True, True, [])


@pytest.mark.parametrize("good", ["", "192.0.2.53:53", "[2001:db8::53]:5353"])
def test_a_resolver_is_an_address_and_a_port(good: str) -> None:
    assert Settings(resolver=good).resolver == good


@pytest.mark.parametrize("bad", ["dns.example:53", "192.0.2.53", "192.0.2.53:0", "192.0.2.53:53/a"])
def test_a_resolver_that_is_none_stops_the_start(bad: str) -> None:
    with pytest.raises(ValidationError):
        Settings(resolver=bad)


@pytest.mark.parametrize("name", ["alarm_url", "deadman_url", "smtp_token_url"])
def test_an_address_that_others_could_listen_to_stops_the_start(name: str) -> None:
    for good in ("", "https://larm.example/a?b=c", "http://127.0.0.1:8080/"):
        assert getattr(Settings.model_validate({name: good}), name) == good
    with pytest.raises(ValidationError):
        Settings.model_validate({name: "http://larm.example/"})
