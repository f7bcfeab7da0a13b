"""The pages with a map, and what they fetch."""

from lagesbild.maps.web import data, pages, tiles

PAGES = (pages.bp, data.bp, tiles.bp)

__all__ = ["PAGES"]
