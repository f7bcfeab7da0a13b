"""The pages with a map, and what they fetch."""

from lagesbild.maps.web import data, ground, layers, ongoing, pages, sheet, tiles

PAGES = (pages.bp, data.bp, ground.bp, tiles.bp, layers.bp, ongoing.bp, sheet.bp)

__all__ = ["PAGES"]
