"use strict";
// Data of the page: base64 of gzip of JSON in columns, unpacked when a view asks.
{
    const text = async (name) => {
        const element = document.querySelector(`script[data-pack="${name}"]`);
        if (!element) return null;
        const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
        const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
        return new Response(stream).text();
    };
    const opened = new Map();
    const pack = (name) => {
        if (!opened.has(name)) opened.set(name, text(name).then((found) => JSON.parse(found)));
        return opened.get(name);
    };

    const sums = (steps) => {
        let value = 0;
        return steps.map((step) => (value += step));
    };
    const values = (column) => {
        if (Array.isArray(column)) return column;
        if (column.words) return column.places.map((place) => column.words[place]);
        return sums(column.steps);
    };
    // Rows of a table that `packing.columns` made.
    const rows = (table) => {
        const names = Object.keys(table);
        if (!names.length) return [];
        const columns = names.map((name) => values(table[name]));
        return columns[0].map((_, place) => Object.fromEntries(names.map((name, at) => [name, columns[at][place]])));
    };

    // A segment at each run: the run, size, joined, left, revenue, held_by.
    const history = (told) => {
        let size = 0;
        let revenue = 0;
        const { unit, steps } = told.revenue;
        const held = values(told.held_by);
        return sums(told.runs).map((run, place) => {
            size += told.unexplained[place] + told.joined[place] - told.left[place];
            if (steps[place] !== null) revenue += steps[place];
            return {
                run: segctl.runs[run], size, joined: told.joined[place], left: told.left[place],
                revenue: steps[place] === null ? null : revenue / unit, held_by: held[place],
            };
        });
    };

    const tables = ["causes", "versions", "retention", "sources", "similar", "concentration", "returns", "members"];
    const details = async (segment) => {
        const found = await pack(`segment-${segment.place}`);
        return {
            ...found,
            history: history(found.history),
            ...Object.fromEntries(tables.map((name) => [name, rows(found[name])])),
        };
    };

    const overview = async () => {
        const found = await pack("overview");
        segctl.overview = found;
        segctl.runs = rows(found.runs);
        segctl.segments = found.segments.map((segment, place) => ({ ...segment, place }));
        segctl.byName = new Map(segctl.segments.map((segment) => [segment.name, segment]));
        segctl.concentration = rows(found.concentration);
        segctl.freshness = rows(found.freshness);
    };

    segctl.packs = { overview, details, rows, pack, text };
}
