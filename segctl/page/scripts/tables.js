"use strict";
// Tables that are sorted by the buttons of their heads, searched by a field, and shown a page at a time.
{
    const { h } = segctl;
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

    // What is unknown comes last, whichever way.
    const compared = (one, other, down) => {
        const gone = (value) => value === null || value === undefined || value === "";
        if (gone(one) || gone(other)) return Number(gone(one)) - Number(gone(other));
        const order = typeof one === "string" ? collator.compare(one, String(other)) : one - other;
        return down ? -order : order;
    };
    const sorted = (rows, value, down) =>
        rows.map((row) => [value(row), row]).sort((a, b) => compared(a[0], b[0], down)).map(([, row]) => row);

    // Makes buttons of heads: `keys` by place, null where a column cannot be sorted. Calls back with key and direction.
    const sortable = (heads, keys, state, changed) => {
        const mark = () =>
            heads.forEach((head, place) => {
                if (keys[place] === null) return;
                const sort = keys[place] === state.key ? (state.down ? "descending" : "ascending") : "none";
                head.setAttribute("aria-sort", sort);
            });
        heads.forEach((head, place) => {
            if (keys[place] === null) return;
            const press = () => {
                // Numbers are first seen from the largest, texts from A.
                const down = state.key === keys[place] ? !state.down : head.classList.contains("number");
                Object.assign(state, { key: keys[place], down });
                mark();
                changed();
            };
            head.replaceChildren(h("button", { type: "button", class: "sort", onclick: press }, ...head.childNodes));
        });
        mark();
        return mark;
    };

    const searchField = (label, changed) => {
        const input = h("input", { type: "search", autocomplete: "off", spellcheck: "false", oninput: () => changed(input.value) });
        return h("label", { class: "field" }, h("span", {}, label), input);
    };

    // A table of rows. A column: { key, label, kind, value(row), cell(row) }; `cell` gives a text or an element.
    const table = (label, columns, rows, options = {}) => {
        const { page = 50, search = null, sort = null, down = false, empty = "No data yet." } = options;
        if (!rows.length) return h("p", { class: "note" }, empty);
        const byKey = new Map(columns.map((column) => [column.key, column]));
        const state = { key: sort, down, shown: page, sought: "" };
        const heads = columns.map((column) => h("th", { scope: "col", role: "columnheader", class: column.kind || "text" }, column.label));
        const body = h("tbody", { role: "rowgroup" });
        const more = h("button", { type: "button", class: "more", onclick: () => { state.shown += page * 4; draw(); } });
        const shown = h("p", { class: "quiet", "aria-live": "polite" });
        const line = (row) =>
            h("tr", { role: "row" }, columns.map((column, place) => {
                const head = place === 0;
                const about = { class: column.kind || "text", role: head ? "rowheader" : "cell" };
                const more = { scope: head ? "row" : null, "data-label": column.label };
                return h(head ? "th" : "td", { ...about, ...more }, column.cell ? column.cell(row) : column.value(row));
            }));
        const draw = () => {
            const words = state.sought.toLowerCase().split(/\s+/).filter(Boolean);
            let matching = words.length ? rows.filter((row) => words.every((word) => search(row).toLowerCase().includes(word))) : rows;
            if (state.key !== null) matching = sorted(matching, byKey.get(state.key).value, state.down);
            body.replaceChildren(...matching.slice(0, state.shown).map(line));
            more.hidden = matching.length <= state.shown;
            more.textContent = `Show more (${segctl.format.whole(matching.length - state.shown)} left)`;
            shown.textContent = words.length ? segctl.format.many(matching.length, "row") : "";
        };
        sortable(heads, columns.map((column) => (column.value ? column.key : null)), state, draw);
        draw();
        // Roles, because phones show wide tables as cards, which are tables to nobody else then.
        const cards = columns.length > 3 ? "scroll cards" : "scroll";
        const scroll = h("div", { class: cards, tabindex: "0", role: "region", "aria-label": label },
            h("table", { role: "table", "aria-label": label },
                h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)), body));
        const field = search ? searchField("Search", (text) => { Object.assign(state, { sought: text, shown: page }); draw(); }) : null;
        return h("div", { class: "listed" }, field ? h("div", { class: "tools" }, field) : null, shown, scroll, more);
    };

    Object.assign(segctl, { table, sorted, sortable, searchField });
}
