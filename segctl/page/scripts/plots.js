"use strict";
// Vega-Lite plots in the page's colours, each with a sentence and a table that say the same.
{
    const { h, svg } = segctl;
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

    let loading;
    // From a pack of the page, or from the server; the policy of the page names this very script.
    const vega = () => {
        loading ||= (async () => {
            const script = document.createElement("script");
            if (segctl.overview.live) {
                script.src = `${segctl.overview.live.base}/assets/vega.js`;
                await new Promise((done, failed) => {
                    Object.assign(script, { onload: done, onerror: failed });
                    document.head.append(script);
                });
            } else {
                script.textContent = await segctl.packs.text("vega");
                document.head.append(script);
            }
            return window.vegaEmbed;
        })();
        return loading;
    };

    const theme = (width) => {
        const quiet = colour("quiet");
        const font = getComputedStyle(document.body).fontFamily;
        const axis = {
            labelColor: quiet, titleColor: quiet, titleFontWeight: "normal", labelFontSize: 11, titleFontSize: 11,
            domainColor: colour("line"), tickColor: colour("line"), gridColor: colour("line"), labelPadding: 4,
        };
        return {
            background: null, font, view: { stroke: null }, axis, axisX: { grid: false, labelOverlap: true, labelAngle: 0 },
            axisY: { domain: false, ticks: false },
            legend: { labelColor: colour("ink"), labelFontSize: 12, symbolType: "square", labelLimit: 180, columns: Math.max(1, Math.floor(width / 200)) },
            mark: { color: colour("accent") },
            point: { filled: true },
            range: { category: "1 2 3 4 5 6 7 8 9".split(" ").map((place) => colour(`series-${place}`)) },
            style: {
                edit: { color: colour("edit"), stroke: colour("edit"), fill: colour("edit"), fontSize: 11 },
                ring: { color: colour("edit"), stroke: colour("edit"), fill: "transparent" },
                even: { color: quiet, stroke: quiet },
            },
        };
    };

    const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
    const told = (_, event, __, value) => {
        tip.hidden = !value;
        if (!value) return;
        const lines = typeof value === "object" ? Object.entries(value) : [["", value]];
        tip.replaceChildren(...lines.map(([name, text]) => h("div", {}, name ? h("span", {}, `${name} `) : null, h("b", {}, String(text)))));
        if (!tip.isConnected) document.body.append(tip);
        const left = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8);
        tip.style.setProperty("left", `${Math.max(8, left)}px`);
        tip.style.setProperty("top", `${event.clientY + 14}px`);
    };

    // Where Vega is not: the first number of each row by place, as a line.
    const line = (rows, field) => {
        const numbers = rows.map((row) => row[field]).filter((value) => typeof value === "number");
        if (numbers.length < 2) return null;
        const [low, high] = [Math.min(0, ...numbers), Math.max(...numbers)];
        const points = numbers.map((value, place) =>
            `${(place / (numbers.length - 1)) * 600},${high === low ? 60 : 115 - ((value - low) / (high - low)) * 110}`);
        return svg("svg", { viewBox: "0 0 600 120", class: "plain", "aria-hidden": "true", preserveAspectRatio: "none" },
            svg("polyline", { points: points.join(" ") }));
    };

    // `given`: { rows, marks, sentence, field (of the line that stands in), bars (how many), dots, table, open }.
    const plot = (name, given) => {
        const spec = segctl.overview.plots && structuredClone(segctl.overview.plots[name]);
        const place = h("div", { class: "plot", "aria-hidden": "true" });
        // Nothing that may be drawn: the sentence and the table say so.
        if (!given.rows.length) return h("figure", {}, h("figcaption", {}, given.sentence), given.table);
        const table = h("details", { open: !spec || given.open }, h("summary", {}, "As a table"), given.table);
        const figure = h("figure", {}, h("figcaption", {}, given.sentence), place, table);
        if (!spec) {
            place.append(line(given.rows, given.field) || "");
            return figure;
        }
        place.style.setProperty("min-height", `${spec.height + 40}px`);
        const made = async () => {
            const embed = await vega();
            // The view may have gone while Vega came.
            if (!place.isConnected) return;
            spec.width = "container";
            spec.autosize = { type: "fit-x", contains: "padding" };
            // Vega warns of a layer that has no rows.
            if (spec.layer && !given.marks?.length) spec.layer = spec.layer.filter((layer) => layer.data?.name !== "marks");
            spec.datasets = { rows: given.rows, marks: given.marks || [] };
            if (given.bars) {
                spec.mark.size = Math.max(1, Math.min(48, (place.clientWidth / given.bars) * 0.6));
                // The first and the last are whole.
                if (spec.encoding.x.scale) spec.encoding.x.scale.padding = spec.mark.size / 2 + 2;
            }
            if (given.dots) spec.layer[1].mark.opacity = 1;
            await embed(place, spec, {
                mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: told, config: theme(place.clientWidth),
            });
            place.querySelector("svg").setAttribute("aria-hidden", "true");
        };
        segctl.drawing.push(() => made());
        return figure;
    };

    Object.assign(segctl, { plot, drawing: [] });
}
