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
        if (!opened.has(name)) opened.set(name, text(name).then((content) => JSON.parse(content)));
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
    const history = (shown) => {
        let size = 0;
        let revenue = 0;
        const { unit, steps } = shown.revenue;
        const held = values(shown.held_by);
        return sums(shown.runs).map((run, place) => {
            size += shown.unexplained[place] + shown.joined[place] - shown.left[place];
            if (steps[place] !== null) revenue += steps[place];
            return {
                run: segctl.runs[run], size, joined: shown.joined[place], left: shown.left[place],
                revenue: steps[place] === null ? null : revenue / unit, held_by: held[place],
            };
        });
    };

    const tables = ["causes", "versions", "retention", "sources", "similar", "concentration", "returns", "members"];
    const details = async (segment) => {
        const content = await pack(`segment-${segment.place}`);
        return {
            ...content,
            history: history(content.history),
            ...Object.fromEntries(tables.map((name) => [name, rows(content[name])])),
        };
    };

    const overview = async () => {
        const content = await pack("overview");
        segctl.overview = content;
        segctl.runs = rows(content.runs);
        segctl.segments = content.segments.map((segment, place) => ({ ...segment, place }));
        segctl.byName = new Map(segctl.segments.map((segment) => [segment.name, segment]));
        segctl.concentration = rows(content.concentration);
        segctl.freshness = rows(content.freshness);
    };

    segctl.packs = { overview, details, rows, pack, text };
}
