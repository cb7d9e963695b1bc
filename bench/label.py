"""A person labels saved pages beside the auditor: what one reader sees, another can check independently.

    python -m bench.label --reader NAME [--pages FOLDER] [--out FILE.csv] [--port N]
    python -m bench.label --agreement A.csv B.csv [--json FILE]

The first serves a local page (nothing but 127.0.0.1, no browser is started) that shows a saved page on the left and
asks about it on the right; y, n and u answer, ? tells the other keys. The auditor's own facts appear only beside an
answer already given. The second compares two readers; either may be the labels.csv of the corpus.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path

from audit.days import day_of
from audit.words import clean
from bench.corpus import CORPUS
from bench.label_agreement import compare, read_reader, table
from bench.label_answers import Answers, AnswersError
from bench.label_corpus import label_pages, questions
from bench.label_facts import Auditor
from bench.label_server import Desk, LabelServer


def _agreement(one: Path, other: Path, told: Path | None) -> None:
    asked = questions()
    readers = read_reader(one, asked), read_reader(other, asked)
    agreements, differing = compare(*readers, asked)
    print(table(*readers, agreements, differing))
    if told:
        result = {
            "readers": [reader.name for reader in readers],
            "questions": [asdict(each) for each in agreements],
            "disagreements": [asdict(each) for each in differing],
        }
        told.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _serve(reader: str, corpus: Path, out: Path, port: int) -> None:
    pages, asked = label_pages(corpus), questions()
    if not pages:
        raise AnswersError(f"{corpus}: không có trang lưu nào / no saved pages there (index.csv, html/)")
    day = day_of()
    desk = Desk(pages, asked, Answers(out, reader), Auditor(asked.values(), day), day)
    with LabelServer(desk, port) as server:
        print(f"Mở trong trình duyệt / open in a browser: {server.address}", flush=True)
        print(f"Câu trả lời được ghi vào / answers are written to: {out}  (Ctrl+C: dừng / stop)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reader", metavar="NAME", help="who answers; each reader has a file of their own")
    parser.add_argument("--pages", type=Path, default=CORPUS, metavar="FOLDER")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="default: data/labels-NAME.csv")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--agreement", type=Path, nargs=2, metavar=("A.csv", "B.csv"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="the comparison as JSON")
    options = parser.parse_args()
    reader = clean(options.reader or "")
    if bool(reader) == bool(options.agreement):
        parser.error("give either --reader NAME or --agreement A.csv B.csv")
    try:
        if options.agreement:
            one, other = options.agreement
            _agreement(one, other, options.json)
        else:
            file_name = re.sub(r"[^\w.-]+", "-", reader)
            out = options.out or Path("data") / f"labels-{file_name}.csv"
            _serve(reader, options.pages, out, options.port)
    except (AnswersError, OSError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
