"use strict";
// Elements whose children are texts or elements: nothing that a person wrote is ever read as markup.
{
    const SVG = "http://www.w3.org/2000/svg";

    const filled = (element, attributes, children) => {
        for (const [name, value] of Object.entries(attributes)) {
            if (value === null || value === undefined || value === false) continue;
            if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
            else element.setAttribute(name, value === true ? "" : String(value));
        }
        element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
        return element;
    };
    const h = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
    const svg = (name, attributes = {}, ...children) =>
        filled(document.createElementNS(SVG, name), attributes, children);

    const segmentLink = (name, extra = {}) => {
        const segment = segctl.byName.get(name);
        if (!segment) return h("span", {}, name);
        return h("a", { href: `#/segment/${encodeURIComponent(name)}`, ...extra }, segment.label || name);
    };

    // A share of 0 to 1 as a bar with its number.
    const bar = (share, text = segctl.format.share(share)) =>
        h("span", { class: "bar" },
            svg("svg", { viewBox: "0 0 60 6", width: 60, height: 6, preserveAspectRatio: "none", "aria-hidden": "true" },
                svg("rect", { width: 60, height: 6, rx: 2, class: "track" }),
                svg("rect", { width: Math.max(0, Math.min(1, share || 0)) * 60, height: 6, rx: 2, class: "fill" })),
            h("span", {}, text));

    // A count of a group that may be too small to be shown.
    const group = (value) =>
        value === null
            ? h("abbr", { title: `a group of fewer than ${segctl.overview.min_group}, or such a group could be worked out from it` },
                segctl.format.group(value))
            : segctl.format.group(value);
    const known = (value, text) =>
        value === null || value === undefined ? h("abbr", { title: "unknown, or withheld for a small group" }, segctl.format.UNKNOWN) : text(value);

    const figure = (label, value, note) =>
        h("div", {}, h("dt", {}, label), h("dd", {}, value, note ? [" ", h("small", {}, note)] : null));
    const figures = (...all) => h("dl", { class: "figures" }, ...all);

    const section = (title, ...children) => h("section", {}, h("h2", {}, title), ...children);
    // What the project does not have, and how it is had.
    const absent = (part) => h("p", { class: "note" }, segctl.overview.absent[part] || "No data yet.");

    Object.assign(segctl, { h, svg, segmentLink, bar, group, known, figure, figures, section, absent });
}
