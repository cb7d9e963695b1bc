"""What workbooks and letters have in common: the parts of an Office Open XML file that are not its content."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_text(text: str) -> str:
    """A text as it stands between two tags."""
    return escape(_NOT_IN_XML.sub("", text))


def as_value(text: str) -> str:
    """A text as it stands between quotation marks."""
    return escape(_NOT_IN_XML.sub("", text), {'"': "&quot;"})


def relationships(told: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def write_frame(
    into: zipfile.ZipFile, main: str, parts: Mapping[str, str], *, title: str, made_at: datetime
) -> None:
    """Writes what every such file begins with: ``main`` is the path of the content, ``parts`` are all paths and
    their kinds (``officedocument.…``)."""

    def write(path: str, text: str) -> None:
        into.writestr(path, XML + text)

    write(
        "_rels/.rels",
        relationships(
            f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="{main}"/>'
            f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
            ' Target="docProps/core.xml"/>'
        ),
    )
    write(
        "docProps/core.xml",
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{as_text(title)}</dc:title>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made_at:%Y-%m-%dT%H:%M:%SZ}</dcterms:created>'
        "</cp:coreProperties>",
    )
    told = "".join(
        f'<Override PartName="/{path}" ContentType="{_KIND}{kind}+xml"/>'
        for path, kind in {**parts, "docProps/core.xml": "package.core-properties"}.items()
    )
    write(
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_KIND}package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>',
    )
