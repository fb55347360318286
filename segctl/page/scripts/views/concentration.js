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
        const told = (row) => `the best ${row.percent}% bring ${format.share(row.revenue_share)}`;
        const curve = [{ share: 0, revenue: 0, told: "" }, ...known.map((row) => ({ share: row.percent / 100, revenue: row.revenue_share, told: told(row) }))];
        const customers = segctl.overview.headline.customers;
        const marks = segctl.segments.filter((one) => customers && one.size && one.revenue_share !== null && one.entity === "customer").map((one) => ({
            share: one.size / customers, revenue: one.revenue_share, label: one.label || one.name, segment: one,
            told: `${format.share(one.size / customers)} of customers, ${format.share(one.revenue_share)} of revenue`,
        }));
        const best = known.find((row) => row.percent === 20) || known[0];
        const half = known.find((row) => row.revenue_share >= 0.5);
        const sentence = `Of all customers, ${told(best)} of the revenue${half && half !== best ? `; ${half.percent}% bring half of it` : ""}. `
            + "Each ring is a segment: the nearer the curve, the better its choice of customers.";
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
                { key: "times", label: "Revenue a head, × all", kind: "number", value: (row) => row.revenue / row.share, cell: (row) => (row.revenue / row.share).toFixed(1) },
            ], marks, { sort: "times", down: true, page: 25, search: (row) => `${row.label} ${row.segment.name}`, empty: "No segment's revenue is known." })));
    };
    segctl.views.concentration = { title: "Concentration", draw };
}
