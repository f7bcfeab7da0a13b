"""What kind of file a list is, told by its first bytes, and what to do with other kinds."""

import re

from lagesbild.base.errors import InvalidError

MAX_BYTES = 20_000_000
ZIP = b"PK\x03\x04"

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_AS = (
    "Öppna den i Excel eller LibreOffice och spara den som Excel-arbetsbok (.xlsx) eller CSV."
)
_EXPORT = "Exportera listan som Excel (.xlsx) eller CSV och läs in den filen."
_PACKED = "Filen är packad. Packa upp den, och läs in listan som ligger i den."
_PICTURE = f"Filen är en bild. Be avsändaren om listan. {_EXPORT}"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"Filen är en PDF. Ur en sådan går rader inte att läsa säkert. {_EXPORT}"),
    (b"{\\rtf", f"Filen är ett textdokument (RTF). {_SAVE_AS}"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!", _PACKED),
    (b"PK\x05\x06", "Filen är ett tomt zip-arkiv."),
    (b"SQLite format 3", f"Filen är en databas. {_EXPORT}"),
)
_MARKS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(
            rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|meta|table|style)",
            re.IGNORECASE | re.DOTALL,
        ),
        f"Filen är en webbsida, fast den kan heta något annat. {_SAVE_AS}",
    ),
    (
        re.compile(rb"\s*<\?xml.{0,2000}?<(?:\w{1,20}:)?Workbook\b", re.DOTALL),
        f"Filen är ett Excelark i ett gammalt format (XML 2003). {_SAVE_AS}",
    ),
    (re.compile(rb"\s*<\?xml"), f"Filen är XML, inte en lista. {_EXPORT}"),
    (re.compile(rb"\s*[\[{]\s*[\"{\[]"), f"Filen är JSON, inte en lista. {_EXPORT}"),
)
_LOOK = 4_000
_ODS = f"Filen är ett kalkylark från LibreOffice (.ods). {_SAVE_AS}"
_DOCUMENT = f"Filen är ett textdokument, inte en lista. {_EXPORT}"
_NUMBERS = (
    "Filen är ett ark från Numbers. Exportera det till Excel (Arkiv, Exportera till) och läs in"
    " den filen."
)
_BINARY = f"Filen är ett binärt Excelark (.xlsb). {_SAVE_AS}"
_SLIDES = f"Filen är en presentation, inte en lista. {_EXPORT}"
_ZIP = "Filen är ett zip-arkiv, inte ett Excelark. Packa upp det, och läs in listan i det."


def check(content: bytes) -> None:
    """Raise `InvalidError` for what is no list by its size or its first bytes."""
    if not content:
        raise InvalidError("file", "Filen är tom.")
    if len(content) > MAX_BYTES:
        raise InvalidError("file", "Filen är större än 20 MB. Dela listan i flera.")
    for start, sentence in _STARTS:
        if content.startswith(start):
            raise InvalidError("file", sentence)
    if content.startswith(_OLE):
        raise InvalidError("file", _old(content))
    sentence = _marked(_plain_start(content))
    if sentence:
        raise InvalidError("file", sentence)


def _plain_start(content: bytes) -> bytes:
    """Return the first signs without a byte order mark, UTF-16 thinned to one byte a sign."""
    start = content[:_LOOK]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start[2:].replace(b"\x00", b"")
    return start.removeprefix(b"\xef\xbb\xbf")


def _marked(start: bytes) -> str:
    return next((sentence for pattern, sentence in _MARKS if pattern.match(start)), "")


def _old(content: bytes) -> str:
    """Tell what an old Office file is by the names in its directory, which are UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return (
            "Arbetsboken är skyddad med lösenord. Öppna den i Excel, ta bort lösenordet"
            " (Arkiv, Info, Skydda arbetsbok) och spara den igen."
        )
    if "WordDocument".encode("utf-16-le") in content:
        return f"Filen är ett Worddokument. {_EXPORT}"
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return f"Filen är ett Excelark i ett gammalt format (.xls). {_SAVE_AS}"
    return f"Filen är ett gammalt Officedokument. {_SAVE_AS}"


def archive_sentence(names: frozenset[str], kind: str) -> str:
    """Return what is said of a zip archive that is no workbook. `kind` is its `mimetype`."""
    signs = (
        ("opendocument.spreadsheet" in kind, _ODS),
        ("opendocument" in kind or "word/document.xml" in names, _DOCUMENT),
        (any(name.endswith(".iwa") or name == "index.zip" for name in names), _NUMBERS),
        ("xl/workbook.bin" in names, _BINARY),
        (any(name.startswith("ppt/") for name in names), _SLIDES),
    )
    return next((sentence for is_so, sentence in signs if is_so), _ZIP)
