"""The pages with a map, and what they fetch."""

from lagesbild.maps.web import data, pages

PAGES = (pages.bp, data.bp)

__all__ = ["PAGES"]
