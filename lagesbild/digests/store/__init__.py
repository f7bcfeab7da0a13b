"""What there is to send and to whom, and how far each delivery of it has come."""

from lagesbild.digests.store import settling
from lagesbild.digests.store.tables import DeliveryRow, RunRow

__all__ = ["DeliveryRow", "RunRow", "settling"]
