"use strict";
// Draws the view that the address names: #/, #/segment/<name>, #/concentration, #/overlap, #/migration, #/runs.
{
    const { h } = segctl;
    const portfolio = document.querySelector("#portfolio");
    const place = document.querySelector("#view");
    let first = true;

    const route = () => {
        const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map((part) => {
            try {
                return decodeURIComponent(part);
            } catch {
                return part;
            }
        });
        return { name, rest };
    };

    const unknown = { title: "Not found", draw: (here) => here.append(h("h1", {}, "Unknown view"), h("p", {}, h("a", { href: "#/" }, "To the portfolio"))) };

    const draw = async () => {
        const { name, rest } = route();
        const view = Object.hasOwn(segctl.views, name) ? segctl.views[name] : unknown;
        const home = name === "";
        const box = h("div");
        segctl.drawing = [];
        // A view of the server may take seconds to answer.
        const waiting = setTimeout(() => {
            place.replaceChildren(h("p", { class: "note", role: "status" }, "Loading …"));
            place.hidden = false;
            portfolio.hidden = true;
        }, 400);
        try {
            if (!home) await view.draw(box, rest);
        } finally {
            clearTimeout(waiting);
        }
        // Another route may have been chosen meanwhile.
        const now = route();
        if (now.name !== name || now.rest.join("/") !== rest.join("/")) return;
        place.replaceChildren(box);
        place.hidden = home;
        portfolio.hidden = !home;
        document.querySelectorAll("#views a").forEach((link) => {
            const current = link.hash === `#/${name}`;
            if (current) link.setAttribute("aria-current", "page");
            else link.removeAttribute("aria-current");
        });
        const title = view.titled ? view.titled(rest) : view.title;
        document.title = `${title} · ${segctl.overview.project}`;
        if (!first) {
            window.scrollTo(0, 0);
            const heading = (home ? portfolio : place).querySelector("h1");
            heading.setAttribute("tabindex", "-1");
            heading.focus({ preventScroll: true });
        }
        first = false;
        for (const draw of segctl.drawing.splice(0)) await draw();
        document.body.dataset.drawn = location.hash || "#/";
    };

    const start = async () => {
        await segctl.packs.overview();
        document.querySelector("#views").hidden = false;
        segctl.views[""].prepared();
        // The link is not a route.
        document.querySelector("#skip").addEventListener("click", (event) => {
            event.preventDefault();
            document.querySelector("#main").focus();
        });
        window.addEventListener("hashchange", draw);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
        await draw();
    };
    // The portfolio is in the page whatever the browser can do.
    const failed = (error) => {
        console.error(error);
        document.querySelector("#main").prepend(h("p", { class: "notice" },
            "This browser cannot unpack the page; use one from 2023 or later. The portfolio is complete."));
    };
    document.addEventListener("DOMContentLoaded", () => start().catch(failed));
}
