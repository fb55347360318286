"use strict";
// A flow between two runs: segments at the first on the left, at the second on the right, bands as wide as the customers.
{
    const { h, svg } = segctl;
    const GAP = 10;
    const BOX = 10;
    const named = (name) => (name ? segctl.byName.get(name)?.label || name : "in none of them");
    const short = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

    const stacked = (rows, side) => {
        const sums = new Map();
        for (const row of rows) sums.set(row[side], (sums.get(row[side]) || 0) + row.customers);
        return [...sums].map(([name, customers]) => ({ name, customers }))
            .sort((a, b) => Number(a.name === "") - Number(b.name === "") || b.customers - a.customers);
    };
    const placed = (nodes, scale) => {
        let top = 0;
        return new Map(nodes.map((node) => {
            const height = Math.max(1, node.customers * scale);
            const at = { ...node, top, height, used: 0 };
            top += height + GAP;
            return [node.name, at];
        }));
    };

    const flow = (rows, width) => {
        const shown = rows.filter((row) => row.customers > 0);
        const sides = [stacked(shown, "from_segment"), stacked(shown, "to_segment")];
        const most = Math.max(...sides.map((nodes) => nodes.length));
        const height = Math.max(280, most * 34);
        const total = shown.reduce((sum, row) => sum + row.customers, 0);
        const scale = (height - GAP * (most - 1)) / total;
        const [left, right] = sides.map((nodes) => placed(nodes, scale));
        const series = new Map(sides[0].map((node, place) => [node.name, node.name ? (place % 9) + 1 : 0]));
        const letters = Math.max(12, Math.floor(width / 17));
        const middle = width / 2;

        const band = (row) => {
            const [from, to] = [left.get(row.from_segment), right.get(row.to_segment)];
            const wide = Math.max(0.5, row.customers * scale);
            const [one, other] = [from.top + from.used, to.top + to.used];
            from.used += wide;
            to.used += wide;
            const path = `M${BOX},${one}C${middle},${one} ${middle},${other} ${width - BOX},${other}`
                + `v${wide}C${middle},${other + wide} ${middle},${one + wide} ${BOX},${one + wide}Z`;
            const stays = row.from_segment === row.to_segment;
            return svg("path", { d: path, class: `band series-${series.get(row.from_segment)}${stays ? " stays" : ""}` },
                svg("title", {}, `${named(row.from_segment)} → ${named(row.to_segment)}: ${segctl.format.group(row.customers)}`));
        };
        const node = (at, x, anchor) => [
            svg("rect", { x, y: at.top, width: BOX, height: at.height, class: `node series-${series.get(at.name) ?? 9}` }),
            svg("text", { x: anchor === "start" ? x + BOX + 6 : x - 6, y: at.top + at.height / 2, "text-anchor": anchor, dy: "0.35em" },
                `${short(named(at.name), letters)} ${segctl.format.group(at.customers)}`),
        ];
        const order = (row) => [...left.keys()].indexOf(row.from_segment) * 1000 + [...right.keys()].indexOf(row.to_segment);
        const bands = [...shown].sort((a, b) => order(a) - order(b)).map(band);
        return svg("svg", { viewBox: `0 0 ${width} ${height + 4}`, width, height: height + 4, class: "flow", "aria-hidden": "true" },
            bands, [...left.values()].map((at) => node(at, 0, "start")), [...right.values()].map((at) => node(at, width - BOX, "end")));
    };
    Object.assign(segctl, { flow, flowName: (name) => (name ? segctl.segmentLink(name) : h("i", {}, "in none of them")) });
}
