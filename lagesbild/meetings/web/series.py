"""The series of meetings: its list, one meeting to change, and when and where the group meets."""

from datetime import date, datetime, time
from typing import Annotated

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from lagesbild.base import clock, privacy
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.openapi import JSON, MOMENT, TEXT, WEEK, Answer, Operation, listed, record
from lagesbild.base.web import STATUS, invalid
from lagesbild.meetings.rules.series import (
    REASONS,
    WEEKDAYS,
    Meeting,
    Plan,
    Settings,
    State,
    earliest_day,
    latest_day,
)
from lagesbild.meetings.service import series as service
from lagesbild.meetings.web.week import api, bp
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

PAST = 26  # as many weeks as a picture is compared with
Number = Annotated[int | None, BeforeValidator(lambda text: text or None)]
Clock = Annotated[time | None, BeforeValidator(lambda text: text or None)]


class MeetingForm(BaseModel):
    """Where to move a meeting, or why to skip it; by what its button does."""

    model_config = ConfigDict(str_strip_whitespace=True)

    version: int
    day: date
    at: time
    place: str = ""
    reason: str = ""

    def plan(self) -> Plan:
        """Return what somebody wants of the meeting."""
        return Plan(self.day, self.at.replace(tzinfo=None), self.place, self.reason)


class SeenForm(BaseModel):
    """Which version of a thing somebody has seen."""

    version: int


class SettingsForm(BaseModel):
    """When and where a group meets. No weeks: no break; no reminder time: no reminder."""

    model_config = ConfigDict(str_strip_whitespace=True)

    version: int
    weekday: int
    meeting: time
    place: str = ""
    break_from: Number = None
    break_to: Number = None
    reminder: Clock = None
    near_metres: int = 150
    near_hours: int = 3
    letter_to: str = ""

    def settings(self) -> Settings:
        """Return what it says."""
        return Settings(
            self.weekday,
            self.meeting.replace(tzinfo=None),
            self.place,
            self.break_from,
            self.break_to,
            self.reminder.replace(tzinfo=None) if self.reminder else None,
            self.near_metres,
            self.near_hours,
            self.letter_to,
        )


@bp.get("/mote")
def series() -> ResponseReturnValue:
    """Show the meetings of the group, those to come and those before them."""
    actor, now = current_actor(), clock.now()
    with reading(actor.gate) as session:
        found = service.listing(session, actor, now=now)
    today = now.astimezone(STOCKHOLM).date()
    coming = [meeting for meeting in found if meeting.day >= today]
    past = [meeting for meeting in reversed(found) if meeting.day < today]
    whole = request.args.get("alla") == "ja"
    changed = request.args.get("klart", "")
    return render_template(
        "meetings/series.html",
        coming=coming,
        past=past if whole else past[:PAST],
        older=0 if whole else len(past[PAST:]),
        next=next((m for m in coming if not m.is_skipped and m.fixed_at is None), None),
        reviewed=[meeting for meeting in coming if meeting.needs_review],
        done=next((m for m in found if m.period.name == changed), None),
        weekday=WEEKDAYS[actor.group.meeting_weekday],
        State=State,
    )


@bp.get("/mote/<name>/andra")
def planning(name: str) -> ResponseReturnValue:
    """Show one meeting, and what can be done about it."""
    return _planning(current_actor(), name)


def _planning(
    actor: Actor, name: str, error: InvalidError | ConflictError | None = None
) -> ResponseReturnValue:
    period = _period(actor, name)
    with reading(actor.gate) as session:
        found = service.planning(session, actor, period, now=clock.now())
    sent = {field: privacy.redacted(value) for field, value in request.form.items()}
    page = render_template(
        "meetings/planning.html",
        meeting=found,
        values=_written(found) | sent | {"version": found.version},
        first=earliest_day(period),
        last=latest_day(period),
        reasons=[found.note, *REASONS] if found.needs_review else REASONS,
        error=error,
    )
    return page, STATUS[type(error)] if error else 200


def _written(meeting: Meeting) -> dict[str, str]:
    """Return a meeting as its form has it, with the suggestion where its day is off."""
    local = meeting.starts_at.astimezone(STOCKHOLM)
    day = meeting.suggested if meeting.needs_review else None
    return {
        "day": (day or meeting.day).isoformat(),
        "at": f"{local:%H:%M}",
        "place": meeting.place,
        "reason": meeting.moved_reason or (meeting.note if meeting.needs_review else ""),
    }


@bp.post("/mote/<name>/andra")
def plan(name: str) -> ResponseReturnValue:
    """Do what the pressed button says: move, skip, or hold."""
    actor = current_actor()
    try:
        _plan(actor, _period(actor, name), clock.now())
    except ValidationError as error:
        return _planning(actor, name, invalid(error))
    except (InvalidError, ConflictError) as error:
        return _planning(actor, name, error)
    return redirect(url_for(".series", klart=name), code=303)


def _plan(actor: Actor, period: Period, now: datetime) -> None:
    sent = request.form.to_dict()
    version = SeenForm.model_validate(sent).version
    with transaction(actor.gate) as session:
        match sent.get("gor"):
            case "flytta":
                wanted = MeetingForm.model_validate(sent).plan()
                service.move(session, actor, period, wanted, version=version, now=now)
            case "stall-in":
                reason = sent.get("skipped_reason", "").strip() or sent.get("quick", "")
                service.skip(session, actor, period, reason, version=version, now=now)
            case "hall":
                service.hold(session, actor, period, version=version, now=now)
            case _:
                raise InvalidError("gor", "Välj vad som ska göras.")


def _period(actor: Actor, name: str) -> Period:
    return Period.named(name, weekday=actor.group.meeting_weekday)


@bp.get("/mote/installningar")
def settings() -> ResponseReturnValue:
    """Show when and where the group meets, to be changed."""
    return _settings(current_actor())


def _settings(
    actor: Actor, error: InvalidError | ConflictError | None = None
) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        is_bound = service.is_bound(session, actor)
    group = actor.group
    stored = {
        "weekday": str(group.meeting_weekday),
        "meeting": f"{group.meeting_time:%H:%M}",
        "place": group.meeting_place,
        "break_from": str(group.break_from or ""),
        "break_to": str(group.break_to or ""),
        "reminder": f"{group.reminder_time:%H:%M}" if group.reminder_time else "",
        "near_metres": str(group.near_metres),
        "near_hours": str(group.near_hours),
        "letter_to": group.letter_to,
    }
    sent = {field: privacy.redacted(value) for field, value in request.form.items()}
    page = render_template(
        "meetings/settings.html",
        values=stored | sent | {"version": group.version},
        weekdays=[*enumerate(WEEKDAYS)],
        weekday=WEEKDAYS[group.meeting_weekday],
        is_bound=is_bound,
        is_done=request.args.get("klart") == "ja" and error is None,
        error=error,
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/mote/installningar")
def settle() -> ResponseReturnValue:
    """Change when and where the group meets."""
    actor = current_actor()
    try:
        form = SettingsForm.model_validate(request.form.to_dict())
        with transaction(actor.gate) as session:
            service.settle(session, actor, form.settings(), version=form.version, now=clock.now())
    except ValidationError as error:
        return _settings(actor, invalid(error))
    except (InvalidError, ConflictError) as error:
        return _settings(actor, error)
    return redirect(url_for(".settings", klart="ja"), code=303)


@api.get("/meetings")
def meetings() -> ResponseReturnValue:
    """Return the meetings of the group."""
    actor = current_actor()
    with reading(actor.gate) as session:
        found = service.listing(session, actor, now=clock.now())
    return {"meetings": [_told(meeting) for meeting in found]}


def _told(meeting: Meeting) -> dict[str, object]:
    return {
        "week": meeting.period.name,
        "starts_at": meeting.starts_at.astimezone(STOCKHOLM).isoformat(),
        "place": meeting.place,
        "state": meeting.state,
        "reason": meeting.reason,
        "holiday": meeting.note,
    }


_MEETING = {
    "week": WEEK,
    "starts_at": MOMENT,
    "place": TEXT,
    "state": {"type": "string", "enum": list(State)},
    "reason": TEXT,
    "holiday": TEXT,
}
OPERATIONS = {
    "meetings": Operation(
        "listMeetings",
        "List the meetings of the group",
        Answer("The oldest first.", {JSON: record({"meetings": listed(record(_MEETING))})}),
        "One for each week, to eight weeks from now. `starts_at` of a skipped one is when it would"
        " have been. `reason` says why a meeting was moved or skipped, `holiday` what the calendar"
        " calls its day; both may be empty. A moved meeting never moves the days of its week.",
        refusals=(403,),
    )
}
