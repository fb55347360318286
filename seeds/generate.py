"""Makes the demo shop, three years of selling coffee and tea online, as the CSV files in this folder.

python seeds/generate.py          writes them
python seeds/generate.py --check  exits 1 if a committed file differs from what it would write

Customers, prices and dates are invented. All times are UTC without a zone; the shop keeps Europe/London time.
The data was "extracted" at the end of 2025. It is as untidy as real data; `seeds.yml` says what is wrong where.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shop.tables import files

HERE = Path(__file__).parent


def main() -> int:
    arguments = argparse.ArgumentParser(description="Write the demo shop's CSV files.")
    arguments.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    check = arguments.parse_args().check
    wanted = {HERE / name: content for name, content in files().items()}
    differing = [path for path, content in wanted.items() if not path.exists() or path.read_bytes() != content]
    for path in differing:
        if check:
            print(f"seeds/{path.name} is not what seeds/generate.py writes", file=sys.stderr)
        else:
            path.write_bytes(wanted[path])
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
