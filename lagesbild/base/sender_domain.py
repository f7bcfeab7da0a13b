"""Whether the sender's domain says who may send for it: SPF, DKIM and DMARC.

Without them letters land among rubbish, or somebody else writes to the chair in our name. What
cannot be looked at is no fault of the installation.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import dns.exception
import dns.resolver

from lagesbild.base import mail
from lagesbild.base.finding import Finding
from lagesbild.base.settings import Settings

WAIT_SECONDS = 5.0
MOST_REDIRECTS = 10  # [RFC 7208 4.6.4]
PUBLIC_LABELS = 2  # as.example: what stands above has no record of ours
OWN = {"localhost", "local", "localdomain", "internal", "test", "invalid"}  # nobody else asks
STRICT = re.compile(r"[-~]all")
SPF, DKIM, DMARC = r"v=spf1(\s|$)", r"[a-z]+\s*=", r"v\s*=\s*DMARC1\s*(;|$)"
POLICIES = {"none", "quarantine", "reject"}

Resolver = dns.resolver.Resolver


class UnansweredError(Exception):
    """No name server answered, or none with yes or no."""


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at the domain that letters come from."""
    domain = mail.domain(settings.mail_from).lower().rstrip(".")
    records = list(RECORDS)
    if settings.mail_url.startswith("file:"):
        yield _untold(records, domain, "mejl skickas inte, utan sparas i en mapp")
        return
    if domain.rpartition(".")[2] in OWN:
        yield _untold(records, domain, "den finns bara på den egna datorn eller i det egna nätet")
        return
    try:
        resolver = _resolver(settings.resolver)
        while records:
            yield RECORDS[records[0]](resolver, domain, settings.dkim_selector)
            records.pop(0)
    except UnansweredError:
        yield _untold(records, domain, "ingen namnserver svarade")


def _untold(records: list[str], domain: str, why: str) -> Finding:
    names = " och ".join([*filter(None, [", ".join(records[:-1])]), records[-1]])
    return Finding(good=True, text=f"{names} för {domain} gick inte att undersöka: {why}.")


def _resolver(address: str) -> Resolver:
    """Return whom to ask: one by address and port, or as the machine does."""
    if address:
        asked = urlsplit(f"//{address}")
        return dns.resolver.make_resolver_at(asked.hostname or "", asked.port or 53)
    try:
        return Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise UnansweredError from error


def _texts(resolver: Resolver, name: str, start: str) -> list[str]:
    """Return the text records of a name that begin so, or none where there is no such name.

    Raises `UnansweredError`.
    """
    try:
        found = resolver.resolve(f"{name}.", "TXT", search=False, lifetime=WAIT_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise UnansweredError from error
    texts = [b"".join(record.strings).decode("ascii", "replace") for record in found]
    return [text for text in texts if re.match(start, text, re.IGNORECASE)]


def _spf(resolver: Resolver, domain: str, _selector: str) -> Finding:
    name, redirects = domain, 0
    while True:
        found = _texts(resolver, name, SPF)
        if len(found) != 1:
            break
        terms = found[0].lower().split()
        ending = next((term for term in terms if term.lstrip("+-~?") == "all"), "")
        onward = next((term for term in terms if term.startswith("redirect=")), "")
        if ending or not onward or redirects == MOST_REDIRECTS:
            return _ending(domain, ending)
        name, redirects = onward.partition("=")[2], redirects + 1
    if found:
        return Finding(good=False, text=f"{name} har flera SPF-poster. Då gäller ingen av dem.")
    text = f"SPF för {name} saknas. Brev därifrån hamnar lätt i skräpposten."
    return Finding(good=False, text=text)


def _ending(domain: str, ending: str) -> Finding:
    if STRICT.fullmatch(ending):
        return Finding(good=True, text=f"SPF för {domain} finns och slutar med {ending}.")
    text = f"SPF för {domain} slutar inte med -all eller ~all. Då stoppas inga förfalskade brev."
    return Finding(good=False, text=text)


def _dkim(resolver: Resolver, domain: str, selector: str) -> Finding:
    if not selector:
        return Finding(
            good=True,
            text="DKIM undersöks inte. Skriv namnet på den nyckel som mejlservern signerar med i"
            " LAGESBILD_DKIM_SELECTOR.",
        )
    name = f"{selector}._domainkey.{domain}"
    found = [_tags(text) for text in _texts(resolver, name, DKIM)]
    keys = [tags["p"] for tags in found if "p" in tags]
    if not keys:
        return Finding(good=False, text=f"DKIM för {domain} saknas: ingen nyckel i {name}.")
    if not keys[0]:
        return Finding(good=False, text=f"DKIM för {domain}: nyckeln i {name} är återkallad.")
    return Finding(good=True, text=f"DKIM för {domain} finns: nyckeln i {name}.")


def _dmarc(resolver: Resolver, domain: str, _selector: str) -> Finding:
    labels = domain.split(".")
    for start in range(max(1, len(labels) - PUBLIC_LABELS + 1)):
        asked = ".".join(labels[start:])
        found = _texts(resolver, f"_dmarc.{asked}", DMARC)
        if found:
            return _policy(domain, asked, _tags(found[0]) if len(found) == 1 else {})
    text = f"DMARC för {domain} saknas. Mottagare vet inte vad de ska göra med förfalskade brev."
    return Finding(good=False, text=text)


def _policy(domain: str, asked: str, tags: dict[str, str]) -> Finding:
    policy = tags.get("p", "").lower()
    if domain != asked:
        policy = tags.get("sp", policy).lower()
    if policy not in POLICIES:
        return Finding(good=False, text=f"DMARC för {domain} går inte att läsa (_dmarc.{asked}).")
    rest = ": förfalskade brev stoppas inte" if policy == "none" else ""
    return Finding(good=True, text=f"DMARC för {domain} finns med policyn {policy}{rest}.")


def _tags(text: str) -> dict[str, str]:
    """Return what a record such as `v=DMARC1; p=none` says."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


RECORDS = {"SPF": _spf, "DKIM": _dkim, "DMARC": _dmarc}
