"""How many reported incidents there are for each thousand inhabitants in a year."""

from dataclasses import dataclass

PER = 1000
YEAR = 52  # weeks
LEAST_INHABITANTS = 700  # fewer than in any DeSO: a rate of so few says who, not how many
LEAST_NUMBER = 20
SURE = 0.95


@dataclass(frozen=True)
class Rate:
    """Incidents of a year for each thousand inhabitants, with the exact 95 % interval."""

    number: int
    inhabitants: int
    value: float
    low: float
    high: float

    @property
    def is_unsure(self) -> bool:
        """Whether there are so few incidents that the interval is what should be read."""
        return self.number < LEAST_NUMBER


def rate(number: int, inhabitants: int) -> Rate | None:
    """Return the rate of a year's incidents, None where too few live to tell one.

    The interval is Garwood's: of the means that a Poisson count like this one does not rule out.
    """
    if inhabitants < LEAST_INHABITANTS:
        return None
    # Half a second to import, and wanted only where a rate is shown.
    from scipy.special import gammaincinv  # noqa: PLC0415 – the reason stands above

    outside = (1 - SURE) / 2
    low = float(gammaincinv(number, outside)) if number else 0.0
    high = float(gammaincinv(number + 1, 1 - outside))
    value, low, high = (n * PER / inhabitants for n in (float(number), low, high))
    return Rate(number, inhabitants, value, low, high)
