"""Pictures of the page for the README: `python -m tests.support.screenshots docs/images`."""

import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.servers.chromium import chromium, looked_at
from tests.support.shops.demo_project import demo, segctl

WEEKS = 8
LAST = date(2025, 12, 29)
DESK = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 600}


def made(folder: Path) -> Path:
    """The page of the demo shop after weekly runs."""
    shop = demo(folder)
    for week in reversed(range(WEEKS)):
        done(segctl(shop, "run", "--as-of", str(LAST - timedelta(weeks=week))).code)
    found = folder / "report.html"
    done(segctl(shop, "report", str(found)).code)
    return found


def done(code: int) -> None:
    if code:
        sys.exit(f"segctl ended with {code}")


def taken(page: Path, images: Path) -> None:
    """The portfolio, a segment, and the portfolio in dark mode on a phone."""
    images.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, route, options in (
            ("portfolio", "#/", {"viewport": DESK}),
            ("segment", "#/segment/lapsed_60_days", {"viewport": DESK}),
            ("phone", "#/", {"viewport": PHONE, "color_scheme": "dark"}),
        ):
            with looked_at(browser, page, route, **options) as seen:
                seen.page.screenshot(path=images / f"report-{name}.png")


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        taken(made(Path(temporary)), Path(sys.argv[1]))
