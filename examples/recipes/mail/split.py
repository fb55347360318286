"""Turns exported changes into files that mail platforms import: contacts with tags, and tags to remove.

segctl export vip win_back --changes-since last-export --hash plain --columns email --destination mail --to changes.csv
python split.py changes.csv upload

Segments are tags. upload/contacts.csv has everyone who joined, upload/removals.csv everyone who left.
"""

import argparse
import csv
from pathlib import Path

# The first column as each platform calls it, what separates columns, and whether tags have a column.
PLATFORMS = {"mailchimp": ("Email Address", ",", "Tags"), "brevo": ("EMAIL", ";", "TAGS")}
Tags = dict[str, list[str]]


def read(file: Path) -> tuple[Tags, Tags]:
    """The segments that each address joined, and those that it left. Whoever has no address is left out."""
    joined: Tags = {}
    left: Tags = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            address = row["email"].strip()
            tags = (left if row["op"] == "remove" else joined).setdefault(address, [])
            if address and row["segment"] not in tags:
                tags.append(row["segment"])
    # Two customers with one address: as long as one of them is in, the address is.
    stays = {address: [tag for tag in tags if tag not in joined.get(address, ())] for address, tags in left.items()}
    return joined, stays


def write(file: Path, found: Tags, platform: str) -> int:
    """Writes a line an address, with its tags between commas; says how many."""
    address_is, separator, tags_are = PLATFORMS[platform]
    rows = [(address, ",".join(tags)) for address, tags in sorted(found.items()) if address and tags]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=separator)
        writer.writerow((address_is, tags_are))
        writer.writerows(rows)
    return len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("changes", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default="mailchimp")
    given = parser.parse_args()
    joined, left = read(given.changes)
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, found in (("contacts", joined), ("removals", left)):
        path = given.folder / f"{name}.csv"
        print(f"{path}: {write(path, found, given.platform)} addresses")


if __name__ == "__main__":
    main()
