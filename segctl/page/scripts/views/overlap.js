"use strict";
// Which segments are the same people: pairs by what they share.
{
    const { h, section, absent, bar } = segctl;
    const { format } = segctl;

    const draw = async (place) => {
        place.append(h("h1", {}, "Overlap"));
        const pairs = segctl.packs.rows(await segctl.packs.pack("overlaps"));
        if (!pairs.length) {
            place.append(absent("overlap"));
            return;
        }
        const size = (at) => segctl.segments[at].size;
        const share = (both, of) => (of ? both / of : null);
        // Square, so that a matrix of hundreds of segments is drawn at once.
        const count = segctl.segments.length;
        const likeness = new Float32Array(count * count);
        const byPlaces = new Map();
        for (const pair of pairs) {
            const together = size(pair.one) !== null && size(pair.other) !== null ? size(pair.one) + size(pair.other) - pair.customers : null;
            Object.assign(pair, {
                share: share(pair.customers, size(pair.one)), other_share: share(pair.customers, size(pair.other)),
                jaccard: share(pair.customers, together),
            });
            likeness[pair.one * count + pair.other] = likeness[pair.other * count + pair.one] = pair.jaccard || 0;
            byPlaces.set(Math.min(pair.one, pair.other) * count + Math.max(pair.one, pair.other), pair);
        }
        const name = (at) => segctl.segments[at].label || segctl.segments[at].name;
        const told = (one, other) => {
            if (one === other) return `${name(one)}: ${format.whole(size(one))}`;
            const pair = byPlaces.get(Math.min(one, other) * count + Math.max(one, other));
            return pair
                ? `${name(one)} and ${name(other)}: ${format.group(pair.customers)} in both, ${format.share(pair.jaccard)} of both together`
                : `${name(one)} and ${name(other)}: none, or too few to be told`;
        };
        const likest = pairs.reduce((best, pair) => ((pair.jaccard || 0) > (best.jaccard || 0) ? pair : best));
        const places = [...new Set(pairs.flatMap((pair) => [pair.one, pair.other]))];
        place.append(
            h("p", { class: "lead" }, `The two most alike are ${name(likest.one)} and ${name(likest.other)}: `
                + `${format.group(likest.customers)} are in both, ${format.share(likest.jaccard)} of both together.`),
            section("Matrix", h("p", {}, "The darker a cell, the larger the part of both segments that is in both. Press a cell to look closer."),
                segctl.matrix(places, (one, other) => likeness[one * count + other], told)),
            section("Pairs", segctl.table("Pairs of segments", [
                { key: "one", label: "Segment", kind: "name", value: (row) => name(row.one), cell: (row) => segctl.segmentLink(segctl.segments[row.one].name) },
                { key: "other", label: "And", kind: "name", value: (row) => name(row.other), cell: (row) => segctl.segmentLink(segctl.segments[row.other].name) },
                { key: "customers", label: "In both", kind: "number", value: (row) => row.customers, cell: (row) => segctl.group(row.customers) },
                { key: "share", label: "Of the first", kind: "number", value: (row) => row.share, cell: (row) => bar(row.share) },
                { key: "other_share", label: "Of the second", kind: "number", value: (row) => row.other_share, cell: (row) => bar(row.other_share) },
                { key: "jaccard", label: "Of both together", kind: "number", value: (row) => row.jaccard, cell: (row) => bar(row.jaccard) },
            ], pairs, { sort: "jaccard", down: true, page: 25, search: (row) => `${name(row.one)} ${name(row.other)}` })));
    };
    segctl.views.overlap = { title: "Overlap", draw };
}
