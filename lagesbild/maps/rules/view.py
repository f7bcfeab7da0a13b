"""What the address of a map page narrows it to: which weeks, where, and which incidents."""

from dataclasses import dataclass
from datetime import datetime

from lagesbild.base.clock import Period
from lagesbild.base.geo import Box
from lagesbild.districts.rules import District
from lagesbild.incidents.rules import Filter, Order, Verification
from lagesbild.people.rules import Organisation

SPANS = {1: "En vecka", 4: "4 veckor", 52: "Ett år"}  # weeks, the chosen one last


@dataclass(frozen=True)
class View:
    """What a map and the list beside it are narrowed to. `period` is the last of the weeks."""

    period: Period
    weeks: int = 1
    district: District | None = None
    category: str | None = None  # a code, or the three letters of a group
    organisation: Organisation | None = None
    verification: Verification | None = None
    box: Box | None = None
    order: Order = Order.HAPPENED
    layers: str = ""  # their names, with commas between; empty for the usual ones

    @property
    def start(self) -> datetime:
        """The first moment shown."""
        return self.period.previous(self.weeks - 1).start

    @property
    def is_narrowed(self) -> bool:
        """Whether some incidents of the weeks and the district are left out."""
        return any((self.category, self.organisation, self.verification, self.box))

    def shows(self, layer: str) -> bool:
        """Whether a layer is shown that usually is."""
        return not self.layers or layer in self.layers.split(",")

    def filter(self) -> Filter:
        """Return the filter of the incidents that are shown."""
        return Filter(
            box=self.box,
            district_id=self.district.id if self.district else None,
            start=self.start,
            end=self.period.end,
            category=self.category,
            organisation_id=self.organisation.id if self.organisation else None,
            verification=self.verification,
            order=self.order,
        )

    def query(self) -> dict[str, str]:
        """Return what an address says of this; the district stands in its path."""
        box = self.box
        said = {
            "week": self.period.name,
            "weeks": str(self.weeks) if self.weeks > 1 else "",
            "category": self.category or "",
            "organisation": self.organisation.slug if self.organisation else "",
            "status": self.verification or "",
            "bbox": f"{box.west},{box.south},{box.east},{box.north}" if box else "",
            "sort": self.order if self.order is not Order.HAPPENED else "",
            "lager": self.layers,
        }
        return {name: value for name, value in said.items() if value}
