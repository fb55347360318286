"use strict";
// How much of the revenue the best customers bring, and where segments lie on that curve.
{
    const { h, section, absent, bar, group } = segctl;
    const { format } = segctl;

    const draw = async (place) => {
        place.append(h("h1", {}, "Concentration"));
        const known = segctl.concentration.filter((row) => row.revenue_share !== null);
        if (!known.length) {
            place.append(absent("concentration"));
            return;
        }
        const shown = (row) => `the best ${row.percent}% bring ${format.share(row.revenue_share)}`;
        const curve = [{ share: 0, revenue: 0, shown: "" }, ...known.map((row) => ({ share: row.percent / 100, revenue: row.revenue_share, shown: shown(row) }))];
        const customers = segctl.overview.headline.customers;
        const marks = segctl.segments.filter((segment) => customers && segment.size && segment.revenue_share !== null && segment.entity === "customer").map((segment) => ({
            share: segment.size / customers, revenue: segment.revenue_share, label: segment.label || segment.name, segment: segment,
            shown: `${format.share(segment.size / customers)} of customers, ${format.share(segment.revenue_share)} of revenue`,
        }));
        const best = known.find((row) => row.percent === 20) || known[0];
        const half = known.find((row) => row.revenue_share >= 0.5);
        const sentence = `Of all customers, ${shown(best)} of the revenue${half && half !== best ? `; ${half.percent}% bring half of it` : ""}. `
            + "Each ring is a segment. The closer to the curve, the more valuable its customers.";
        const table = segctl.table("Revenue by the best customers", [
            { key: "percent", label: "Best customers", kind: "number", value: (row) => row.percent, cell: (row) => `${row.percent}%` },
            { key: "customers", label: "Customers", kind: "number", value: (row) => row.customers, cell: (row) => group(row.customers) },
            { key: "revenue", label: "Share of revenue", kind: "number", value: (row) => row.revenue_share, cell: (row) => bar(row.revenue_share) },
        ], known);
        place.append(
            segctl.plot("curve", { rows: curve, marks: marks.map(({ segment, ...mark }) => mark), sentence, field: "revenue", table }),
            section("Segments on the curve", segctl.table("Segments by share of customers and of revenue", [
                { key: "segment", label: "Segment", kind: "name", value: (row) => row.label, cell: (row) => segctl.segmentLink(row.segment.name) },
                { key: "share", label: "Of customers", kind: "number", value: (row) => row.share, cell: (row) => bar(row.share) },
                { key: "revenue", label: "Of revenue", kind: "number", value: (row) => row.revenue, cell: (row) => bar(row.revenue) },
                { key: "times", label: "Revenue per customer, × average", kind: "number", value: (row) => row.revenue / row.share, cell: (row) => (row.revenue / row.share).toFixed(1) },
            ], marks, { sort: "times", down: true, page: 25, search: (row) => `${row.label} ${row.segment.name}`, empty: "No segment's revenue is known." })));
    };
    segctl.views.concentration = { title: "Concentration", draw };
}
