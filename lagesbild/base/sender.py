"""Who a mail is from, as it stands in the head."""

import re
from email.utils import formataddr, parseaddr

# What has a meaning of its own in an address. Beside å, ä and ö in a name the library forgets to
# quote it, and "Trygghet, Ås kommun" would be two senders.
SPECIAL = re.compile(r'[()<>\[\]:;@\\,"]+')


def one_sender(sender: str, name: str = "") -> str:
    """Return a sender such as `Lägesbild <post@as.example>`, under another name if one is given."""
    own, address = parseaddr(sender)
    said = name or own
    if not said.isascii():
        said = " ".join(SPECIAL.sub(" ", said).split())
    return formataddr((said, address))
