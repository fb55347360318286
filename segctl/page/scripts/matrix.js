"use strict";
// A matrix of segments by segments, drawn on a canvas: sorted, zoomed into, moved about.
{
    const { h } = segctl;
    const LABELS = 176;
    const MOST_NAMED = 70;

    // Each segment beside the one that it is most like, from the largest on.
    const chained = (places, likeness) => {
        const left = new Set(places);
        let now = places.reduce((best, place) => ((segctl.segments[place].size || 0) > (segctl.segments[best].size || 0) ? place : best));
        const order = [now];
        left.delete(now);
        while (left.size) {
            let best = null;
            for (const place of left) if (best === null || likeness(now, place) > likeness(now, best)) best = place;
            now = best;
            order.push(now);
            left.delete(now);
        }
        return order;
    };
    const orders = {
        likeness: ["Likeness", chained],
        size: ["Size", (places) => segctl.sorted(places, (place) => segctl.segments[place].size, true)],
        name: ["Name", (places) => segctl.sorted(places, (place) => segctl.segments[place].label || segctl.segments[place].name, false)],
        revenue: ["Revenue", (places) => segctl.sorted(places, (place) => segctl.segments[place].revenue, true)],
    };

    // `value(one, other)` is 0 to 1; `shown(one, other)` a text.
    const matrix = (places, value, shown) => {
        const canvas = h("canvas", { "aria-hidden": "true" });
        const note = h("p", { class: "quiet", "aria-live": "polite" }, "");
        const state = { order: "likeness", shown: places.length, across: 0, down: 0, ordered: chained(places, value) };
        const limited = (start) => Math.max(0, Math.min(places.length - state.shown, Math.round(start)));

        const draw = () => {
            const width = canvas.parentElement.clientWidth;
            // No room for names on phones, nor beside rows of a few pixels.
            const labels = width < 600 || state.shown > MOST_NAMED ? 0 : LABELS;
            const side = Math.max(200, Math.min(width - labels, 800));
            const ratio = window.devicePixelRatio || 1;
            Object.assign(canvas, { width: (side + labels) * ratio, height: (side + labels) * ratio });
            canvas.style.setProperty("width", `${side + labels}px`);
            canvas.style.setProperty("height", `${side + labels}px`);
            const style = getComputedStyle(document.documentElement);
            const context = canvas.getContext("2d");
            context.scale(ratio, ratio);
            const cell = side / state.shown;
            const rows = state.ordered.slice(state.down, state.down + state.shown);
            const columns = state.ordered.slice(state.across, state.across + state.shown);
            context.fillStyle = style.getPropertyValue("--soft");
            context.fillRect(labels, labels, side, side);
            const [accent, line] = ["--accent", "--line"].map((name) => style.getPropertyValue(name));
            const gap = cell > 6 ? 1 : 0;
            rows.forEach((one, y) => columns.forEach((other, x) => {
                const share = one === other ? 1 : value(one, other);
                if (!share) return;
                context.fillStyle = one === other ? line : accent;
                context.globalAlpha = one === other ? 1 : 0.1 + 0.9 * share;
                context.fillRect(labels + x * cell, labels + y * cell, cell - gap, cell - gap);
            }));
            context.globalAlpha = 1;
            if (labels) written(context, style, { rows, columns, cell, labels });
            Object.assign(state, { cell, labels, rows, columns });
            note.textContent = state.shown === places.length
                ? `All ${segctl.format.many(places.length, "segment")}.`
                : `${state.shown} of ${places.length} segments each way, from ${name(rows[0])} down and ${name(columns[0])} across.`;
        };
        const name = (place) => segctl.segments[place].label || segctl.segments[place].name;
        const fitted = (text) => (text.length > 28 ? `${text.slice(0, 27)}…` : text);
        const written = (context, style, { rows, columns, cell, labels }) => {
            context.fillStyle = style.getPropertyValue("--ink");
            context.font = `${Math.min(12, cell)}px ${getComputedStyle(document.body).fontFamily}`;
            context.textBaseline = "middle";
            context.textAlign = "right";
            rows.forEach((place, y) => context.fillText(fitted(name(place)), labels - 6, labels + (y + 0.5) * cell, labels - 8));
            context.textAlign = "left";
            columns.forEach((place, x) => {
                context.save();
                context.translate(labels + (x + 0.5) * cell, labels - 6);
                context.rotate(-Math.PI / 2);
                context.fillText(fitted(name(place)), 0, 0, labels - 8);
                context.restore();
            });
        };
        const zoom = (factor, x = 0.5, y = 0.5) => {
            const before = state.shown;
            const after = Math.max(Math.min(5, places.length), Math.min(places.length, Math.round(before * factor)));
            state.shown = after;
            state.across = limited(state.across + x * before - x * after);
            state.down = limited(state.down + y * before - y * after);
            draw();
        };
        const move = (x, y) => {
            const step = Math.max(1, Math.round(state.shown / 3));
            state.across = limited(state.across + x * step);
            state.down = limited(state.down + y * step);
            draw();
        };
        const at = (event) => {
            const x = Math.floor((event.offsetX - state.labels) / state.cell);
            const y = Math.floor((event.offsetY - state.labels) / state.cell);
            return state.rows[y] !== undefined && state.columns[x] !== undefined && x >= 0 && y >= 0 ? [x, y] : null;
        };
        canvas.addEventListener("pointermove", (event) => {
            const cell = at(event);
            canvas.title = cell ? shown(state.rows[cell[1]], state.columns[cell[0]]) : "";
        });
        canvas.addEventListener("click", (event) => {
            const cell = at(event);
            if (!cell) return;
            const text = shown(state.rows[cell[1]], state.columns[cell[0]]);
            zoom(0.5, (cell[0] + 0.5) / state.shown, (cell[1] + 0.5) / state.shown);
            note.textContent = text;
        });
        const button = (label, text, press) => h("button", { type: "button", title: label, "aria-label": label, onclick: press }, text);
        const order = h("select", {
            onchange: () => {
                Object.assign(state, { order: order.value, ordered: orders[order.value][1](places, value) });
                draw();
            },
        }, Object.entries(orders).map(([key, [label]]) => h("option", { value: key }, label)));
        segctl.drawing.push(async () => draw());
        return h("div", { class: "matrix" },
            h("div", { class: "tools" },
                h("label", { class: "field" }, h("span", {}, "Order by"), order),
                h("div", { class: "buttons", role: "group", "aria-label": "Zoom and move" },
                    button("Zoom in", "+", () => zoom(0.5)), button("Zoom out", "−", () => zoom(2)),
                    button("Left", "←", () => move(-1, 0)), button("Up", "↑", () => move(0, -1)),
                    button("Down", "↓", () => move(0, 1)), button("Right", "→", () => move(1, 0)))),
            note, h("div", { class: "canvas" }, canvas));
    };
    segctl.matrix = matrix;
}
