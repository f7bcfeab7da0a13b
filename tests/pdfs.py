"""Reading PDFs as whoever looks for what they do."""

import io

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

# Names of what runs, fetches, fills in or brings along something when a PDF is opened or pressed.
ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/EmbeddedFile", "/EmbeddedFiles", "/URI", "/Launch", "/GoToR"}
    | {"/SubmitForm", "/ImportData", "/OpenAction", "/AA", "/AcroForm", "/RichMedia"}
)


def active(pdf: bytes) -> set[str]:
    """Return which of them any of its dictionaries has, as a key or a value, packed or not."""
    reader = PdfReader(io.BytesIO(pdf))
    found: set[str] = set()
    known: set[int] = set()
    left: list[PdfObject | None] = [reader.trailer]
    while left:
        each = left.pop()
        if isinstance(each, IndirectObject):
            if each.idnum not in known:
                known.add(each.idnum)
                left.append(each.get_object())
        elif isinstance(each, DictionaryObject):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, ArrayObject):
            left += each
        elif isinstance(each, NameObject):
            found.add(str(each))
    assert {"/Catalog", "/Page"} <= found  # it has been read
    return found & ACTIVE
