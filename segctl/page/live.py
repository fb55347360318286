"""What a page can do when a server is behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Live:
    """What a server offers, and where: URLs begin with `base`, which ends without a slash.

    `search_members` adds the view `#/customer`, `build` the view `#/build`; with `edit` a definition may be written.
    `scripts` and `styles` are more assets by name (`customer.js`), loaded after the page's own from `<base>/assets/`.

    A script adds a view to the registry that the router reads:

        segctl.views.customer = {
            title: "Customer",
            draw: async (place, rest) => { place.append(segctl.h("h1", {}, "Customer")); },
        };

    `place` is the empty element to draw into, `rest` the decoded parts of the route after the name. `segctl.h` makes
    elements whose children are texts, never markup; the other views draw with `segctl.table`, `segctl.plot` and
    `segctl.format`. What needs the view to be in the page is pushed onto `segctl.drawing`, as a function that may be
    async. `segctl.overview.live` has the fields of this class.
    """

    search_members: bool = False
    build: bool = False
    edit: bool = False
    base: str = ""
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
