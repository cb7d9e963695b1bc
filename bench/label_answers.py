"""The answers of one reader: a CSV file that holds one row per page and question, written at every answer."""

from __future__ import annotations

import csv
import io
import os
import threading
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from audit.words import clean

CHOICES = ("yes", "no", "unclear")
NONE = "(none)"
"""The answer to a question for a text where there is none, as the corpus's labels.csv writes it."""
LONGEST = 1000
"""Characters of an answer or a note."""


class AnswersError(Exception):
    """The file of answers cannot be used; the message says why, Vietnamese first."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a reader says to one question about one page. ``day`` is that of the last change.

    ``first_answer`` was given before the auditor's facts were shown and stays when ``answer`` is corrected after
    them: only it is independent. ``answer`` is empty where there is a note alone.
    """

    file: str
    host: str
    question: str
    reader: str
    day: str
    answer: str
    first_answer: str
    note: str


COLUMNS = tuple(field.name for field in fields(Row))


def read_rows(path: Path) -> list[Row]:
    """The rows of a reader's file. Raises AnswersError where it is none, OSError where it cannot be read."""
    return _parsed(path.read_bytes(), path.name)


def _parsed(data: bytes, name: str) -> list[Row]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"the columns are {', '.join(COLUMNS)}")
        return [Row(**{column: clean(row[column] or "") for column in COLUMNS}) for row in reader]
    except (ValueError, TypeError, csv.Error) as error:  # UnicodeDecodeError is a ValueError
        raise AnswersError(f"{name}: không phải là tệp câu trả lời / it is no file of answers ({error})") from error


class Answers:
    """A reader's answers and the file they are kept in, which is written anew at every change.

    Raises AnswersError where the file is another reader's or cannot be read. Its folder is made.
    """

    def __init__(self, path: Path, reader: str) -> None:
        self.path = path
        self.reader = clean(reader)
        self._lock = threading.Lock()
        self._kept = path.read_bytes() if path.is_file() else b""
        rows = _parsed(self._kept, path.name) if self._kept else []
        strangers = sorted({row.reader for row in rows} - {self.reader})
        if strangers:
            raise AnswersError(f"{path.name}: đã có câu trả lời của / it holds answers of: {', '.join(strangers)}")
        self._rows = {(row.file, row.question): row for row in rows}
        path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def rows(self) -> tuple[Row, ...]:
        with self._lock:
            return tuple(self._rows.values())

    def row(self, file: str, question: str) -> Row | None:
        with self._lock:
            return self._rows.get((file, question))

    def give(self, blank: Row, answer: str | None, note: str | None) -> Row:
        """Keeps an answer, a note or both (None leaves what was there) and writes the file.

        ``blank`` is the row to begin with where there is none yet. Raises AnswersError where somebody else
        changed the file meanwhile, OSError where it cannot be written; nothing is changed then.
        """
        with self._lock:
            row = replace(self._rows.get((blank.file, blank.question), blank), day=blank.day)
            if answer is not None:
                answer = clean(answer)[:LONGEST]
                row = replace(row, answer=answer, first_answer=row.first_answer or answer)
            if note is not None:
                row = replace(row, note=clean(note)[:LONGEST])
            rows = {**self._rows, (row.file, row.question): row}
            self._write(rows)
            self._rows = rows
            return row

    def _write(self, rows: dict[tuple[str, str], Row]) -> None:
        if self._kept != (self.path.read_bytes() if self.path.is_file() else b""):
            raise AnswersError(
                "Tệp câu trả lời vừa bị chương trình khác thay đổi; hãy khởi động lại. / Another program changed"
                " the file of answers; start again."
            )
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(rows[key]) for key in sorted(rows))
        data = text.getvalue().encode()
        part = self.path.with_name(f"{self.path.name}.part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        self._kept = data
