"use strict";
// Retention as a table: a row for those who joined in a month, a cell for each month since, shaded by how many stayed.
{
    const { h, group } = segctl;
    const shade = (share) => `shade-${share === null ? "none" : Math.round(share * 10)}`;

    const cohorts = (kept) => {
        const months = [...new Set(kept.map((row) => row.months))].sort((a, b) => a - b);
        const joined = [...new Set(kept.map((row) => row.joined_month))].sort().reverse();
        const byCell = new Map(kept.map((row) => [`${row.joined_month} ${row.months}`, row]));
        const cell = (row) =>
            row
                ? h("td", { class: `number ${shade(row.share)}` },
                    row.share === null
                        ? h("abbr", { title: "withheld for a small group" }, "–")
                        : h("span", { title: `${segctl.format.group(row.kept)} of ${segctl.format.group(row.observed)}` },
                            `${Math.round(row.share * 100)}%`))
                : h("td", {});
        const line = (month) => {
            const cells = months.map((place) => byCell.get(`${month} ${place}`));
            const start = cells.find(Boolean);
            return h("tr", {}, h("th", { scope: "row" }, segctl.format.monthName(month)),
                h("td", { class: "number" }, group(start.joined)), cells.map(cell));
        };
        return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Retention by month of joining" },
            h("table", { class: "cohorts" },
                h("caption", { class: "unseen" }, "Share of those who joined in a month that are still members, by months since"),
                h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Joined in"), h("th", { scope: "col", class: "number" }, "Joined"),
                    months.map((place) => h("th", { scope: "col", class: "number" },
                        h("span", { class: "unseen" }, "after months: "), String(place))))),
                h("tbody", {}, joined.map(line))));
    };

    // Of all who joined, weighted by those observed so long: rows of the plot `kept`.
    const together = (kept) => {
        const sums = new Map();
        for (const row of kept) {
            if (row.observed === null || row.kept === null) continue;
            const sum = sums.get(row.months) || { observed: 0, kept: 0 };
            sums.set(row.months, { observed: sum.observed + row.observed, kept: sum.kept + row.kept });
        }
        return [...sums].sort((a, b) => a[0] - b[0]).filter(([, sum]) => sum.observed > 0).map(([months, sum]) => ({
            months, kept: sum.kept / sum.observed, observed: sum.observed,
            shown: `${segctl.format.share(sum.kept / sum.observed)} after ${segctl.format.many(months, "month")}`,
        }));
    };
    Object.assign(segctl, { cohorts, together });
}
