"""What a page can do with a server behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Live:
    """The features of a server. URLs begin with `base`, which has no trailing slash.

    `search_members` adds the view `#/customer`, and `build` the view `#/build`. `edit` allows writing a definition.
    `scripts` and `styles` name further assets (`customer.js`), loaded after the page's own from `<base>/assets/`.

    A script adds a view to the registry of the router:

        segctl.views.customer = {
            title: "Customer",
            draw: async (place, rest) => { place.append(segctl.h("h1", {}, "Customer")); },
        };

    `place` is the empty element to draw into, and `rest` the decoded parts of the route after the name. `segctl.h`
    creates elements whose children are text, never markup. The other views draw with `segctl.table`, `segctl.plot` and
    `segctl.format`. Work that needs the view to be in the page is pushed onto `segctl.drawing`, as a function that may
    be async. `segctl.overview.live` has the fields of this class.
    """

    search_members: bool = False
    build: bool = False
    edit: bool = False
    base: str = ""
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
