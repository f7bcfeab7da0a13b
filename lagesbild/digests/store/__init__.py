"""What has been written, and how far each delivery of it has come."""

from lagesbild.digests.store.tables import DeliveryRow, RunRow

__all__ = ["DeliveryRow", "RunRow"]
