"use strict";
// The runs: how long they took, who moved, what was held back, and how fresh their sources were.
{
    const { h, section, known } = segctl;
    const { format } = segctl;

    const runsTable = () =>
        segctl.table("Finished runs", [
            { key: "as_of", label: "As of", kind: "date", value: (row) => row.as_of, cell: (row) => format.day(row.as_of) },
            { key: "started_at", label: "Started", kind: "date", value: (row) => row.started_at, cell: (row) => format.day(row.started_at) },
            { key: "seconds", label: "Took", kind: "number", value: (row) => row.seconds, cell: (row) => known(row.seconds, format.seconds) },
            { key: "customers", label: "Customers", kind: "number", value: (row) => row.customers, cell: (row) => known(row.customers, format.whole) },
            { key: "segments", label: "Segments", kind: "number", value: (row) => row.segments, cell: (row) => known(row.segments, format.whole) },
            { key: "joined", label: "Joined", kind: "number", value: (row) => row.joined, cell: (row) => known(row.joined, format.signed) },
            { key: "left", label: "Left", kind: "number", value: (row) => row.left, cell: (row) => known(row.left, (left) => format.signed(-left || 0)) },
            { key: "held", label: "Held back", kind: "number", value: (row) => row.held, cell: (row) => known(row.held, format.whole) },
            { key: "commit", label: "Commit", kind: "text", value: (row) => row.git_commit, cell: (row) => known(row.git_commit || null, (shown) => h("code", {}, shown.slice(0, 10))) },
        ], [...segctl.runs].reverse(), { page: 30 });

    const sources = () =>
        section("Sources of the last run", segctl.table("Sources of the last run", [
            { key: "source", label: "Source", kind: "name", value: (row) => row.source },
            { key: "rows", label: "Rows", kind: "number", value: (row) => row.rows, cell: (row) => known(row.rows, format.whole) },
            { key: "latest_at", label: "Newest row", kind: "date", value: (row) => row.latest_at, cell: (row) => format.day(row.latest_at) },
            { key: "freshness", label: "Its guard", kind: "text", value: (row) => row.freshness },
        ], segctl.freshness, { empty: "The run has no data about its sources." }));

    const held = () => {
        const segments = segctl.segments.filter((segment) => segment.held_by);
        return section("Held back now",
            segments.length
                ? h("ul", {}, segments.map((segment) => h("li", {}, segctl.segmentLink(segment.name), " by ", h("code", {}, segment.held_by))))
                : h("p", { class: "note" }, "No guard holds a segment back."));
    };

    const draw = async (place) => {
        place.append(h("h1", {}, "Runs"));
        if (!segctl.runs.length) {
            place.append(h("p", { class: "note" }, "No run has finished yet."));
            return;
        }
        const timed = segctl.runs.filter((run) => run.seconds !== null);
        const rows = timed.map((run) => ({
            at: format.clock(run.as_of), when: format.day(run.as_of), seconds: run.seconds, shown: format.seconds(run.seconds),
        }));
        const longest = timed.reduce((most, run) => Math.max(most, run.seconds), 0);
        const sentence = timed.length
            ? `${format.many(segctl.runs.length, "run")}; the last took ${format.seconds(timed.at(-1).seconds)}, the longest ${format.seconds(longest)}.`
            : `${format.many(segctl.runs.length, "run")}; how long they took is unknown.`;
        place.append(
            timed.length
                ? segctl.plot("seconds", { rows, sentence, field: "seconds", table: runsTable(), bars: timed.length, open: true })
                : h("figure", {}, h("figcaption", {}, sentence), runsTable()),
            held(), sources());
    };
    segctl.views.runs = { title: "Runs", draw };
}
