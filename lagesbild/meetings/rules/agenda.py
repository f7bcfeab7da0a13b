"""The nine steps of a meeting, each of which may be skipped."""

from enum import IntEnum


class Step(IntEnum):
    """A step of the meeting, in the order in which the group takes them."""

    ATTENDANCE = 1
    LAST_ACTIONS = 2
    DISTRICTS = 3
    PROBLEMS = 4
    COMING = 5
    NEW_ACTIONS = 6
    ASSESSMENTS = 7
    LETTER = 8
    FIX = 9

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _TEXT[self]


def titles(letter_to: str) -> dict[Step, str]:
    """Return what a group calls each step; `letter_to` is whom its letter is written for."""
    return {step: step.text for step in Step} | {Step.LETTER: f"Till {letter_to}"}


_TEXT = {
    Step.ATTENDANCE: "Närvaro",
    Step.LAST_ACTIONS: "Förra veckans åtgärder",
    Step.DISTRICTS: "Läget per område",
    Step.PROBLEMS: "Pågående problem",
    Step.COMING: "Kommande vecka",
    Step.NEW_ACTIONS: "Nya åtgärder",
    Step.ASSESSMENTS: "Bedömning",
    Step.LETTER: "Brevet",
    Step.FIX: "Fastställ bilden",
}
