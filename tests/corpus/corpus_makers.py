"""Makes files of every format for tests: small, whole or broken in one way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def pdf_bytes(pages: Sequence[Sequence[tuple[float, float, str]]], *, size: float = 12, trailer: str = "") -> bytes:
    """A PDF with a text layer: for each page, pieces of text with their place (x, y from below)."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    descriptor = (
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >>"
    )
    catalog, tree = add(b""), add(b"")
    described = add(descriptor)
    font_part = add(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor %d 0 R /DW 1000 >>" % described
    )
    font = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [%d 0 R] >>"
        % font_part
    )
    kids = []
    for page in pages:
        drawn = "".join(
            f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n" for x, y, text in page
        )
        stream = drawn.encode("ascii")
        content = add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(
            add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>"
                % (tree, content, font)
            )
        )
    objects[catalog - 1] = b"<< /Type /Catalog /Pages %d 0 R >>" % tree
    objects[tree - 1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    return _assemble(objects, catalog, trailer)


def _assemble(objects: Sequence[bytes], root: int, trailer: str) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(
        b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, root, trailer.encode(), start)
    )
    return out.getvalue()


def pdf_of_lines(lines: Iterable[str], *, first_indent: bool = True, per_page: int = 20, foot: bool = True) -> bytes:
    """A PDF of paragraphs broken at 30 characters, indented by two, a page number at each foot."""
    pieces: list[tuple[float, str]] = []
    for text in lines:
        indent = 24.0 if first_indent else 0.0
        rest = text
        while rest:
            width = 30 - int(indent / 12)
            pieces.append((90 + indent, rest[:width]))
            rest, indent = rest[width:], 0.0
    pages = []
    for number, start in enumerate(range(0, len(pieces), per_page), start=1):
        page = [(x, 760 - 24.0 * i, text) for i, (x, text) in enumerate(pieces[start : start + per_page])]
        pages.append([*page, (280.0, 60.0, f"— {number} —")] if foot else page)
    return pdf_bytes(pages)


def docx_bytes(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document with ``body`` (WordprocessingML) and further parts."""
    content = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}</w:body></w:document>'
    return zip_bytes({"[Content_Types].xml": "<Types/>", "word/document.xml": content, **(parts or {})})


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of Word with one run."""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table of Word."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def xlsx_bytes(rows: Sequence[Sequence[object]], *, shared: bool = True, sheet: str | None = None) -> bytes:
    """An Excel workbook with one sheet; strings shared, or written into their cells."""
    strings: list[str] = []

    def cell(place: str, value: object) -> str:
        if isinstance(value, int | float):
            return f'<c r="{place}"><v>{value}</v></c>'
        if not shared:
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
        strings.append(str(value))
        return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'

    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(cell(f"{chr(65 + i)}{number}", value) for i, value in enumerate(row) if value != "")
        lines.append(f'<row r="{number}">{cells}</row>')
    data = sheet or f'<worksheet xmlns="{S}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zip_bytes(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{relation}"><sheets><sheet name="报告" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": data,
            "xl/sharedStrings.xml": f'<sst xmlns="{S}">{items}</sst>',
        }
    )


def zip_bytes(members: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_with_stored_names(members: Mapping[bytes, bytes]) -> bytes:
    """A zip archive whose names are raw bytes without a mark of their encoding, as old Chinese tools wrote."""
    named = {f"member{i:04d}".encode(): (name, content) for i, (name, content) in enumerate(members.items())}
    longest = max(len(name) for name in members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for stand_in, (name, content) in named.items():
            archive.writestr(stand_in.decode().ljust(len(name), "x")[: max(len(name), 10)], content)
    assert longest >= 10
    raw = out.getvalue()
    for stand_in, (name, _) in named.items():
        raw = raw.replace(stand_in.ljust(len(name), b"x")[: max(len(name), 10)], name)
    return raw
