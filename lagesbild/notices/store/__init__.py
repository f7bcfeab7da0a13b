"""Who was told of what, and who does not want to be."""

from lagesbild.notices.store.tables import NoticeRow, OffRow

__all__ = ["NoticeRow", "OffRow"]
