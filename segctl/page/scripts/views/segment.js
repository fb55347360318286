"use strict";
// A segment: what it is, how it came to its size, what its members are worth, and who they are like.
{
    const { h, figure, figures, known, section } = segctl;

    const head = (segment) => [
        h("p", { class: "back" }, h("a", { href: "#/" }, "Portfolio")),
        h("h1", {}, segment.label || segment.name),
        segment.description ? h("p", { class: "lead" }, segment.description) : null,
        h("p", { class: "meta" },
            h("code", {}, segment.name),
            segment.owner ? h("span", {}, segment.owner) : null,
            segment.group ? h("span", {}, `of the group ${segment.group}`) : null,
            segment.entity && segment.entity !== "customer" ? h("span", {}, `of ${segment.entity}`) : null,
            segment.source_file ? h("code", {}, segment.source_file) : null,
            segment.tags.map((tag) => h("span", { class: "tag" }, tag)),
            segment.enabled ? null : h("span", { class: "tag" }, "disabled")),
    ];
    const numbers = (segment) => {
        const { money, share, group, signed, whole } = segctl.format;
        const times = segment.average_revenue !== null && segment.others_average_revenue > 0
            ? `${(segment.average_revenue / segment.others_average_revenue).toFixed(1)} × others` : null;
        return figures(
            figure("Members", known(segment.size, whole),
                segment.size === null ? null : `${signed(segment.joined || 0)} ${signed(-(segment.left || 0) || 0)} at the last run`),
            figure("Revenue", known(segment.revenue, money), segment.revenue_share === null ? null : share(segment.revenue_share)),
            figure("Average", known(segment.average_revenue, money), times),
            figure("Median", known(segment.median_revenue, money)),
            segment.eligible === null ? null : figure("May be contacted", group(segment.eligible),
                segment.size ? share(segment.eligible / segment.size) : null));
    };
    const held = (segment) =>
        segment.held_by
            ? h("p", { class: "notice" }, h("b", {}, "Held back by its guard "), h("code", {}, segment.held_by),
                `: ${segctl.format.signed(segment.held_joins || 0)} and ${segctl.format.signed(-(segment.held_leaves || 0) || 0)} wait.`)
            : null;
    const rule = (details) =>
        section("Rule",
            details.sentences.length
                ? h("ul", { class: "sentences" }, details.sentences.map((sentence) => h("li", {}, sentence)))
                : h("p", { class: "note" }, "There is no sentence for this rule."),
            details.yaml ? h("details", {}, h("summary", {}, "As YAML"),
                h("pre", { tabindex: "0", role: "region", "aria-label": "Definition" }, h("code", {}, details.yaml))) : null,
            details.guards.length
                ? [h("h3", {}, "Guards"), h("ul", {}, details.guards.map((guard) => h("li", {}, guard)))] : null);

    const draw = async (place, [name]) => {
        const segment = segctl.byName.get(name);
        if (!segment) {
            place.append(h("h1", {}, "There is no such segment"),
                h("p", {}, h("code", {}, name || ""), " is not among the segments of the last run. ", h("a", { href: "#/" }, "To the portfolio")));
            return;
        }
        const details = await segctl.packs.details(segment);
        const parts = segctl.segmentParts;
        place.append(...[
            ...head(segment), held(segment), numbers(segment), rule(details),
            parts.size(details), parts.moves(details), parts.value(segment, details), parts.retention(details), parts.sources(details),
            parts.similar(details), parts.returns(details), parts.versions(details), parts.members(details),
        ].flat().filter(Boolean));
    };
    const titled = ([name]) => segctl.byName.get(name)?.label || name || "Segment";
    segctl.views.segment = { title: "Segment", titled, draw };
}
