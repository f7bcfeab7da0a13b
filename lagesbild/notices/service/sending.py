"""Writing notices and delivering them, each once, whatever breaks in between.

What there is to tell of is asked for when it is written and again when it is sent: what is no
longer so is not sent. In between only who is told of what is stored, and never a text.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from functools import partial

from lagesbild.base import mail
from lagesbild.base.db import Session, transaction
from lagesbild.base.mail import Post
from lagesbild.base.outbox import ABANDONED, BROKEN_OFF, Outcome, State
from lagesbild.notices.rules import GONE, RESTORED, Claimed, Kind, Name, Notice, Sent
from lagesbild.notices.rules.wording import message
from lagesbild.notices.service.gathering import notices
from lagesbild.notices.store import outbox
from lagesbild.people.rules import Actor, Permission, require

log = logging.getLogger(__name__)

LISTED = 200


def write(actor: Actor, kinds: Collection[Kind], *, now: datetime) -> None:
    """Put in the outbox what there is to tell of now, of some kinds. Twice is once."""
    require(actor, Permission.SEND_NOTICES)
    with transaction(actor.gate) as session:
        found = notices(session, actor, kinds, now=now)
        outbox.put(session, actor.group, found, at=now)


def mend(actor: Actor, *, now: datetime) -> None:
    """Settle what a crash has left: it is never sent again by itself."""
    require(actor, Permission.SEND_NOTICES)
    with transaction(actor.gate) as session:
        since = now - ABANDONED
        for left in outbox.abandon(session, actor.group, since=since, answer=BROKEN_OFF, at=now):
            log.warning("notice %s was broken off; it is not sent again", left)


def send_next(actor: Actor, post: Post, kinds: Collection[Kind], *, now: datetime) -> bool:
    """Try one mail, with all that waits for one person; return whether there was one to try.

    The claim is committed before the mail server is called: a crash between the two leaves the
    notices in `SENDING`, and they are never sent again by themselves.
    """
    require(actor, Permission.SEND_NOTICES)
    claimed, standing = _claimed(actor, post, kinds, now=now)
    going = [one for one in claimed if one.name in standing]
    if going:
        told = [standing[one.name] for one in going]
        outcome = mail.hand_over(
            post.mailer,
            partial(
                message,
                actor.group,
                told,
                addresses=(post.sender, post.base_url),
                message_id=going[0].message_id,
                now=now,
            ),
            attempt=max(one.attempt for one in going),
            first=min(one.first_attempt_at for one in going),
            now=now,
        )
        log.info("%s notices in one mail: %s", len(going), outcome.state)
        with transaction(actor.gate) as session:
            outbox.settle(session, actor.group, going, outcome, at=now)
    return bool(claimed)


def _claimed(
    actor: Actor, post: Post, kinds: Collection[Kind], *, now: datetime
) -> tuple[list[Claimed], dict[Name, Notice]]:
    """Claim what waits for one person; return it with what is still so, and settle the rest."""
    group = actor.group
    with transaction(actor.gate) as session:
        claimed = outbox.claim(session, group, kinds, domain=mail.domain(post.sender), now=now)
        asked = sorted({one.name.kind for one in claimed})
        standing = {n.name: n for n in notices(session, actor, asked, now=now)}
        gone = [one for one in claimed if one.name not in standing]
        outbox.settle(session, group, gone, Outcome(State.REFUSED, GONE), at=now)
    return claimed, standing


def drop_all(actor: Actor, *, now: datetime) -> None:
    """Let nothing leave that there is to tell of now.

    After a restore nobody knows what of it has left already.
    """
    require(actor, Permission.SEND_NOTICES)
    write(actor, [*Kind], now=now)
    with transaction(actor.gate) as session:
        outbox.drop(session, actor.group, answer=RESTORED, at=now)


def sent(session: Session, actor: Actor) -> list[Sent]:
    """Return the latest notices of the group, the newest first."""
    require(actor, Permission.READ_NOTICES)
    return outbox.listing(session, actor.group, limit=LISTED)
