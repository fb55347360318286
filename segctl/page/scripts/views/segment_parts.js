"use strict";
// The parts of a segment's view, each from its details alone.
{
    const { h, section, absent, known, group, bar } = segctl;
    const { format } = segctl;
    const column = (key, label, kind, value, cell) => ({ key, label, kind, value, cell });

    const size = ({ history, versions }) => {
        if (!history.length) return section("Size", h("p", { class: "note" }, "No run has evaluated this segment yet."));
        const [start, end] = [history[0], history.at(-1)];
        const rows = history.map((row) => ({
            at: format.clock(row.run.as_of), when: format.day(row.run.as_of), customers: row.size, shown: format.whole(row.size),
        }));
        const marks = versions.filter((version) => version.number > 1).map((version) => ({
            at: format.clock(version.valid_from), when: format.day(version.valid_from), number: `v${version.number}`,
        }));
        const edited = marks.length ? ` The definition changed ${marks.length === 1 ? "once" : `${marks.length} times`} (dashed).` : "";
        const sentence = history.length === 1
            ? `${format.many(end.size, "member")} at its only run, ${format.day(end.run.as_of)}.`
            : `From ${format.whole(start.size)} on ${format.day(start.run.as_of)} to ${format.whole(end.size)} on ${format.day(end.run.as_of)}, `
                + `${format.many(history.length, "run")}.${edited}`;
        const table = segctl.table("Size at each run", [
            column("run", "Run", "date", (row) => row.run.as_of, (row) => format.day(row.run.as_of)),
            column("size", "Members", "number", (row) => row.size, (row) => format.whole(row.size)),
            column("revenue", "Revenue", "number", (row) => row.revenue, (row) => known(row.revenue, format.money)),
            column("held_by", "Held by", "text", (row) => row.held_by),
        ], [...history].reverse());
        return section("Size", segctl.plot("size", { rows, marks, sentence, field: "customers", table, dots: rows.length <= 60 }));
    };

    // Causes of a run, and what is left of its joins and leaves that none of them tells.
    const byCause = ({ history, causes }) => {
        const mine = new Map();
        for (const item of causes) {
            const of = mine.get(segctl.runs[item.run]) || [];
            of.push(item);
            mine.set(segctl.runs[item.run], of);
        }
        const moves = [];
        for (const row of history) {
            for (const change of ["joined", "left"]) {
                let rest = row[change];
                for (const item of (mine.get(row.run) || []).filter((shown) => shown.change === change)) {
                    if (item.customers === null) continue;
                    rest -= item.customers;
                    moves.push({ row, change, cause: format.cause(item.cause), customers: item.customers });
                }
                if (rest > 0) moves.push({ row, change, cause: "not broken down", customers: rest });
            }
        }
        return moves;
    };
    const moves = (details) => {
        const { history, causes } = details;
        if (!history.some((row) => row.joined || row.left)) {
            return section("Joins and leaves", h("p", { class: "note" }, "No joins or leaves yet."));
        }
        // Who was there from the start would make all later bars small.
        const [start, ...later] = history;
        const began = later.length > 0 && start.joined === start.size;
        const parts = byCause(details).filter(({ row }) => !(began && row === start));
        const rows = parts.map(({ row, change, cause, customers }, order) => ({
            at: format.clock(row.run.as_of), when: format.day(row.run.as_of), cause, order,
            customers: change === "left" ? -customers : customers, shown: `${format.whole(customers)} ${change}`,
        }));
        const counted = began ? later : history;
        const total = (change) => counted.reduce((sum, row) => sum + row[change], 0);
        const shown = new Map();
        for (const item of causes) {
            const key = `${item.run} ${item.change}`;
            shown.set(key, [...(shown.get(key) || []), `${item.customers === null ? "" : `${format.whole(item.customers)} `}by ${format.cause(item.cause)}`]);
        }
        const why = (row, change) => (shown.get(`${segctl.runs.indexOf(row.run)} ${change}`) || []).join(", ");
        const table = segctl.table("Joins and leaves at each run", [
            column("run", "Run", "date", (row) => row.run.as_of, (row) => format.day(row.run.as_of)),
            column("joined", "Joined", "number", (row) => row.joined, (row) => format.signed(row.joined)),
            column("why_joined", "Why", "text", null, (row) => why(row, "joined")),
            column("left", "Left", "number", (row) => row.left, (row) => format.signed(-row.left || 0)),
            column("why_left", "Why", "text", null, (row) => why(row, "left")),
        ], history.filter((row) => row.joined || row.left).reverse(), { sort: null });
        const from = began ? ` after the ${format.whole(start.joined)} of its first run, not drawn here` : "";
        const sentence = `${format.whole(total("joined"))} joined and ${format.whole(total("left"))} left in ${format.many(counted.length, "run")}${from}.`;
        return section("Joins and leaves",
            segctl.plot("moves", { rows, sentence, field: "customers", table, bars: counted.length }));
    };

    const value = (segment, { concentration }) => {
        if (segment.average_revenue === null) return section("Value", absent("value"));
        const others = segment.others_average_revenue;
        const most = Math.max(segment.average_revenue, others || 0) || 1;
        const line = (name, amount) =>
            h("div", {}, h("dt", {}, name), h("dd", {}, known(amount, (shown) => bar(shown / most, format.money(shown)))));
        const times = others > 0 ? `, ${(segment.average_revenue / others).toFixed(1)} times the average of all others` : "";
        const median = segment.median_revenue === null ? "" : ` Half of them bring less than ${format.money(segment.median_revenue)}.`;
        const best = concentration.find((row) => row.percent === 20 && row.revenue_share !== null);
        const top = best ? ` The best 20% of them bring ${format.share(best.revenue_share)} of the segment's revenue.` : "";
        return section("Value",
            h("p", {}, `A member brings ${format.money(segment.average_revenue)} on average${times}.${median}${top}`),
            h("dl", { class: "bars" }, line("Members, on average", segment.average_revenue), line("All others", others)));
    };

    const retention = ({ retention: kept }) => {
        if (!kept.length) return section("Retention", absent("retention"));
        const rows = segctl.together(kept);
        const last = rows.at(-1);
        const sentence = last
            ? `Of all who joined and were observed that long, ${last.shown} are still members.`
            : "Too few have joined to show a share.";
        return section("Retention", segctl.plot("kept", { rows, sentence, field: "kept", table: segctl.cohorts(kept), open: true }));
    };

    const sources = ({ sources: joined }) => {
        if (!joined.length) return section("Where members come from", absent("sources"));
        const name = (row) => row.source || "unknown";
        const totals = new Map();
        for (const row of joined) totals.set(name(row), (totals.get(name(row)) || 0) + (row.joined || 0));
        const ranked = [...totals].sort((a, b) => b[1] - a[1]).map(([source]) => source);
        const drawn = new Set(ranked.slice(0, 8));
        const rows = segctl.sorted(joined, (row) => row.joined_month, false).filter((row) => row.joined !== null).map((row) => ({
            month: format.monthName(row.joined_month), when: format.monthName(row.joined_month), customers: row.joined, shown: `${format.whole(row.joined)} joined`,
            source: drawn.has(name(row)) ? name(row) : "all others", order: ranked.indexOf(name(row)),
        }));
        const table = segctl.table("Members by month and source", [
            column("month", "Joined in", "date", (row) => row.joined_month, (row) => format.monthName(row.joined_month)),
            column("source", "Source", "text", name),
            column("joined", "Joined", "number", (row) => row.joined, (row) => group(row.joined)),
            column("members", "Members now", "number", (row) => row.members, (row) => group(row.members)),
        ], joined, { sort: "month", down: true });
        const most = totals.get(ranked[0]);
        const sentence = most ? `Most came from ${ranked[0]}: at least ${format.whole(most)}.` : "Every group is too small to show.";
        return section("Where members come from", segctl.plot("sources", { rows, sentence, field: "customers", table, bars: new Set(rows.map((row) => row.month)).size }));
    };

    const similar = ({ similar: others }) =>
        section("Most similar segments",
            others.length ? segctl.table("Most similar segments", [
                column("segment", "Segment", "name", (row) => segctl.byName.get(row.segment)?.label || row.segment, (row) => segctl.segmentLink(row.segment)),
                column("customers", "In both", "number", (row) => row.customers, (row) => group(row.customers)),
                column("share", "Of this one", "number", (row) => row.share, (row) => bar(row.share)),
                column("other_share", "Of the other", "number", (row) => row.other_share, (row) => bar(row.other_share)),
                column("jaccard", "Of both combined", "number", (row) => row.jaccard, (row) => bar(row.jaccard)),
            ], others, { sort: "jaccard", down: true, page: 10 }) : absent("overlap"));

    const returns = ({ returns: all }) => {
        if (!all.length) return segctl.overview.absent.roi ? section("Return on spend", absent("roi")) : null;
        const ratio = (row) => (row.spend > 0 && row.revenue !== null ? row.revenue / row.spend : null);
        const bySource = all.some((row) => row.source);
        return section("Return on spend",
            h("p", {}, `Revenue of those who joined in a month, in the ${all[0].window_days} days after, against what was spent to win them.`),
            segctl.table("Return on spend", [
                column("month", "Joined in", "date", (row) => row.joined_month, (row) => format.monthName(row.joined_month)),
                ...(bySource ? [column("source", "Source", "text", (row) => row.source || "unknown")] : []),
                column("joined", "Joined", "number", (row) => row.joined, (row) => group(row.joined)),
                column("spend", "Spend", "number", (row) => row.spend, (row) => known(row.spend, format.money)),
                column("revenue", "Revenue", "number", (row) => row.revenue, (row) => known(row.revenue, format.money)),
                column("ratio", "Revenue per unit spent", "number", ratio, (row) => known(ratio(row), (shown) => shown.toFixed(2))),
            ], all, { sort: "month", down: true, page: 24 }));
    };

    const versions = ({ versions: all }) => {
        if (!all.length) return null;
        const shown = (version) => h("details", {}, h("summary", {}, "Rule"), h("pre", { tabindex: "0", role: "region", "aria-label": `Rule of version ${version.number}` }, h("code", {}, version.rule)));
        return section("Versions", segctl.table("Versions of the definition", [
            column("number", "Version", "date", (row) => row.number),
            column("since", "Since", "date", (row) => row.valid_from, (row) => format.day(row.valid_from)),
            column("enabled", "Enabled", "text", (row) => (row.enabled ? "yes" : "no")),
            column("commit", "Commit", "text", (row) => row.git_commit, (row) => known(row.git_commit || null, (shown) => h("code", {}, shown.slice(0, 10)))),
            column("rule", "Rule", "text", null, (row) => (row.rule ? shown(row) : "")),
        ], all, { sort: "number", down: true, page: 10 }));
    };

    const members = ({ members: all, members_total: total }) => {
        if (!segctl.overview.with_members) return null;
        return section("Members",
            total > all.length ? h("p", { class: "note" }, `${format.whole(all.length)} of ${format.whole(total)} are listed.`) : null,
            segctl.table("Members", [
                column("key", "Key", "name", (row) => row.key),
                column("joined_at", "Joined", "date", (row) => row.joined_at, (row) => format.day(row.joined_at)),
                column("cause", "By", "text", (row) => format.cause(row.cause)),
                column("revenue", "Revenue", "number", (row) => row.revenue, (row) => known(row.revenue, format.money)),
            ], all, { search: (row) => row.key, empty: "It has no members." }));
    };

    segctl.segmentParts = { size, moves, value, retention, sources, similar, returns, versions, members };
}
