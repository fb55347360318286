"use strict";
// Who moved between the segments of an exclusive group from one run to another.
{
    const { h, absent, group } = segctl;
    const { format } = segctl;
    const choice = (label, changed) => {
        const input = h("select", { onchange: changed });
        return { input, field: h("label", { class: "field" }, h("span", {}, label), input) };
    };
    const offered = (input, values, shown, wanted) => {
        input.replaceChildren(...values.map((value) => h("option", { value }, shown(value))));
        input.value = values.includes(wanted) ? wanted : values.at(-1);
    };
    const distinct = (values) => [...new Set(values)];

    const draw = async (place) => {
        place.append(h("h1", {}, "Migration"));
        const packed = await segctl.packs.pack("flows");
        const flows = segctl.packs.rows(packed.flows);
        if (!flows.length) {
            place.append(absent("migration"));
            return;
        }
        const groups = distinct(flows.map((row) => row.group));
        const told = (one) => flows.reduce((sum, row) => sum + (row.group === one ? row.customers || 0 : 0), 0);
        const fullest = groups.reduce((best, one) => (told(one) > told(best) ? one : best));
        const drawn = h("div", { class: "drawn" });
        const when = (run) => format.day(segctl.runs[run].as_of);
        const chosen = () => [groups[Number(which.input.value)], Number(from.input.value), Number(to.input.value)];
        const ends = (one, start) => distinct(flows.filter((row) => row.group === one && row.from_run === start).map((row) => row.to_run)).sort((a, b) => a - b);

        const show = () => {
            const [one, start, end] = chosen();
            const rows = flows.filter((row) => row.group === one && row.from_run === start && row.to_run === end);
            const stayed = rows.filter((row) => row.from_segment === row.to_segment && row.from_segment);
            const moved = rows.filter((row) => row.from_segment !== row.to_segment);
            const sum = (some) => some.reduce((total, row) => total + (row.customers || 0), 0);
            const hidden = rows.some((row) => row.customers === null);
            const anybody = rows.some((row) => row.customers > 0);
            const between = `from ${when(start)} to ${when(end)}`;
            const sentence = anybody && sum(moved) === 0 && hidden
                ? `At least ${format.whole(sum(stayed))} stayed ${between}. Who moved are groups too small to be told.`
                : anybody
                ? `${hidden ? "At least " : ""}${format.whole(sum(moved))} moved and ${format.whole(sum(stayed))} stayed, ${between}.`
                    + (hidden ? " Moves of small groups are not told." : "")
                : `Who moved ${between} are groups too small to be told.`;
            const path = (row) => [row.from_segment, row.to_segment].map((name) => segctl.byName.get(name)?.label || name || "none of them");
            const table = segctl.table("Moves between segments", [
                { key: "from", label: `On ${when(start)}`, kind: "name", value: (row) => path(row)[0], cell: (row) => segctl.flowName(row.from_segment) },
                { key: "to", label: `On ${when(end)}`, kind: "name", value: (row) => path(row)[1], cell: (row) => segctl.flowName(row.to_segment) },
                { key: "customers", label: "Customers", kind: "number", value: (row) => row.customers, cell: (row) => group(row.customers) },
            ], rows, { sort: "customers", down: true, page: 25 });
            drawn.replaceChildren(
                h("figure", {},
                    h("figcaption", {}, sentence),
                    h("div", { class: "flowing" }, anybody ? segctl.flow(rows, Math.max(300, drawn.clientWidth || 320)) : null)),
                h("h2", {}, "Moves"), table);
        };
        const startChosen = () => {
            const [one, start, end] = chosen();
            offered(to.input, ends(one, start).map(String), (run) => when(Number(run)), String(end));
            show();
        };
        const groupChosen = () => {
            const [one, start] = chosen();
            const starts = distinct(flows.filter((row) => row.group === one).map((row) => row.from_run)).sort((a, b) => a - b);
            offered(from.input, starts.map(String), (run) => when(Number(run)), String(start));
            startChosen();
        };
        const which = choice("Group", groupChosen);
        const from = choice("From", startChosen);
        const to = choice("To", show);
        offered(which.input, groups.map((_, at) => String(at)), (at) => groups[Number(at)], String(groups.indexOf(fullest)));
        place.append(
            h("p", { class: "lead" }, "Segments of a group are exclusive: a customer is in one of them at most."),
            h("div", { class: "tools" }, which.field, from.field, to.field), drawn);
        segctl.drawing.push(async () => groupChosen());
    };
    segctl.views.migration = { title: "Migration", draw };
}
