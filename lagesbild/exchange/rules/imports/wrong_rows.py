"""The rows of a list that are wrong, as a file to correct and bring again."""

import csv
import io
from collections.abc import Mapping, Sequence

from lagesbild.exchange.rules.exports.cells import in_csv
from lagesbild.exchange.rules.imports.stages import KeptRow
from lagesbild.exchange.rules.lists import Column

BOM = "\N{BYTE ORDER MARK}"  # Swedish Excel reads UTF-8 only with it
LINE, REASON = "Rad i listan", "Vad som är fel"


def csv_of(rows: Sequence[KeptRow], headings: Mapping[Column, str]) -> str:
    """Return CSV as Swedish Excel opens it; the first two columns are left out when it is read."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([LINE, REASON, *(in_csv(heading) for heading in headings.values())])
    for row in rows:
        reason = ": ".join(filter(None, [row.fate.column, row.fate.text]))
        cells = [row.cells.get(column, "") for column in headings]
        writer.writerow([row.fate.line, *(in_csv(cell) for cell in [reason, *cells])])
    return BOM + text.getvalue()
