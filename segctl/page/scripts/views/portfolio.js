"use strict";
// The table of segments is in the page from the start; here it learns to sort, to search and to filter.
{
    const { h } = segctl;
    const PAGE = 100;
    const value = (key) => (segment) => {
        if (key === "label") return segment.label || segment.name;
        if (key === "change") return (segment.joined || 0) + (segment.left || 0);
        if (key === "trend") return segment.trend;
        return segment[key];
    };
    const text = (segment) =>
        [segment.label, segment.name, segment.description, segment.owner, segment.group, ...segment.tags].join(" ").toLowerCase();
    const select = (label, choices, changed) => {
        const input = h("select", { onchange: () => changed(input.value) },
            choices.map(([value, shown]) => h("option", { value }, shown)));
        return h("label", { class: "field" }, h("span", {}, label), input);
    };
    const distinct = (values) => [...new Set(values.filter(Boolean))].sort();

    const prepared = () => {
        const table = document.querySelector("#portfolio-table");
        if (!table) return;
        const body = table.tBodies[0];
        const lines = [];
        for (const line of body.rows) lines[line.dataset.place] = line;
        const texts = segctl.segments.map(text);
        const heads = [...table.tHead.rows[0].cells];
        const state = { key: table.dataset.sort, down: true, sought: "", tag: "", owner: "", shown: PAGE };
        const shown = h("p", { class: "quiet count", "aria-live": "polite" });

        const more = h("button", { type: "button", class: "more", onclick: () => { state.shown += PAGE * 4; draw(); } });
        const draw = () => {
            const words = state.sought.toLowerCase().split(/\s+/).filter(Boolean);
            const matching = segctl.segments.filter((segment) =>
                words.every((word) => texts[segment.place].includes(word))
                && (!state.tag || segment.tags.includes(state.tag))
                && (!state.owner || segment.owner === state.owner));
            const shown = segctl.sorted(matching, value(state.key), state.down).slice(0, state.shown);
            body.replaceChildren(...shown.map((segment) => lines[segment.place]));
            more.hidden = matching.length <= state.shown;
            more.textContent = `Show more (${segctl.format.whole(matching.length - state.shown)} left)`;
            document.querySelector("#portfolio-none").hidden = matching.length > 0;
            const all = segctl.format.many(segctl.segments.length, "segment");
            shown.textContent = matching.length === segctl.segments.length ? all : `${segctl.format.whole(matching.length)} of ${all}`;
        };
        const keys = heads.map((head) => (head.dataset.column === "trend" ? null : head.dataset.column));
        segctl.sortable(heads, keys, state, draw);
        const filter = (label, key, choices) =>
            choices.length
                ? select(label, [["", "All"], ...choices.map((choice) => [choice, choice])], (chosen) => { state[key] = chosen; draw(); })
                : null;
        const tools = document.querySelector("#portfolio-tools");
        tools.append(
            segctl.searchField("Search", (sought) => { state.sought = sought; draw(); }),
            ...[
                filter("Tag", "tag", distinct(segctl.segments.flatMap((segment) => segment.tags))),
                filter("Owner", "owner", distinct(segctl.segments.map((segment) => segment.owner))),
            ].filter(Boolean),
            shown);
        tools.hidden = false;
        table.parentElement.after(more);
        draw();
    };
    segctl.views[""] = { title: "Portfolio", prepared };
}
