"""What senders' words mean, which lists were taken in, and what an import must know."""

from lagesbild.exchange.store import tables

__all__ = ["tables"]
