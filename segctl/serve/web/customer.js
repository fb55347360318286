"use strict";
// A customer: the segments that they are and were in, and why. No key stands in an address or outlives the page.
{
    const { h, section, figure, figures, segmentLink } = segctl;
    const state = { sought: "", entity: "customer", person: null, wrong: null };
    const day = (instant) => segctl.format.day(instant);

    const sign = (holds) =>
        h("span", { class: holds ? "holds" : "fails" }, holds ? "✓ " : "✗ ", h("span", { class: "unseen" }, holds ? "true: " : "false: "));
    const clause = (part) =>
        h("li", {}, sign(part.holds), part.words,
            part.value === null ? null : [" ", h("b", {}, `is ${part.value}`)],
            part.gap ? h("span", { class: "quiet" }, ` (${part.gap})`) : null,
            Object.keys(part.looked_at).length
                ? h("span", { class: "quiet" }, ` (${Object.entries(part.looked_at).map(([name, value]) => `${name} is ${value}`).join(", ")})`)
                : null,
            part.parts.length ? h("ul", {}, part.parts.map(clause)) : null);

    const reason = (answer) => [
        h("p", { class: "lead" }, `${answer.key} ${answer.member ? "is in" : "is not in"} `, h("b", {}, answer.label || answer.segment),
            ` as of ${day(answer.as_of)}.`, answer.eligible === false ? " They may not be contacted." : ""),
        answer.notes.map((note) => h("p", { class: "notice" }, note)),
        answer.rule ? h("ul", { class: "clauses" }, clause(answer.rule)) : null,
        answer.keep_while ? [h("h4", {}, "They stay as long as"), h("ul", { class: "clauses" }, clause(answer.keep_while))] : null,
        answer.changes.length
            ? h("p", {}, answer.changes.length > 1 ? "Each of these alone would change the answer: " : "This alone would change the answer: ", answer.changes.join("; "), ".")
            : null,
        answer.turns_on ? h("p", {}, `As the data stands, time alone changes the answer on ${day(answer.turns_on)}.`) : null,
    ];

    const why = async (person, name, place) => {
        place.replaceChildren(h("p", { class: "quiet" }, "Asking …"));
        const { data, wrong } = await segctl.ask("why", { key: person.key, segment: name });
        place.replaceChildren(...(data ? reason(data) : [segctl.wrongAsElement(wrong)]).flat(2).filter(Boolean));
        place.focus();
    };

    // Every join and leave, the newest first.
    const moves = (stays) =>
        stays.flatMap((stay) => [
            { at: stay.joined_at, segment: stay.segment, change: "joined", cause: stay.join_cause },
            ...(stay.left_at ? [{ at: stay.left_at, segment: stay.segment, change: "left", cause: stay.leave_cause }] : []),
        ]).sort((one, other) => other.at.localeCompare(one.at) || one.segment.localeCompare(other.segment));

    const drawn = (person) => {
        const now = person.stays.filter((stay) => !stay.left_at);
        const past = person.stays.filter((stay) => stay.left_at);
        const answer = h("div", { class: "answer", tabindex: "-1", "aria-live": "polite" });
        const names = [...new Set([...person.segments, ...person.stays.map((stay) => stay.segment)])];
        const label = (name) => segctl.byName.get(name)?.label || name;
        const chosen = segctl.select(names.map((name) => [name, label(name)]), now[0]?.segment);
        const ask = (name) => why(person, name, answer);
        const segment = { key: "segment", label: "Segment", value: (stay) => label(stay.segment), cell: (stay) => segmentLink(stay.segment) };
        const at = (key, text) => ({ key, label: text, kind: "date", value: (stay) => stay[key], cell: (stay) => day(stay[key]) });
        const by = (key) => ({ key, label: "Cause", value: (stay) => stay[key], cell: (stay) => segctl.causeInWords(stay[key]) });
        const button = {
            key: "why", label: "Why",
            cell: (stay) => h("button", { type: "button", class: "small", onclick: () => { chosen.value = stay.segment; ask(stay.segment); } },
                "Why", h("span", { class: "unseen" }, ` ${label(stay.segment)}`)),
        };
        return [
            h("h2", {}, `${person.entity} `, h("b", {}, person.key)),
            figures(
                figure("Segments now", segctl.format.whole(now.length)),
                figure("Segments ever", segctl.format.whole(new Set(person.stays.map((stay) => stay.segment)).size)),
                figure("Last change", person.stays.length ? day(moves(person.stays)[0].at) : "–")),
            section("Segments now", segctl.table("Segments now", [segment, at("joined_at", "Since"), by("join_cause"), button], now,
                { sort: "joined_at", down: true, empty: "They are in no segment." })),
            section("Why, or why not",
                h("div", { class: "tools" }, segctl.labelled("Segment", chosen),
                    h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => ask(chosen.value) }, "Explain"))),
                answer),
            section("Segments before", segctl.table("Segments before",
                [segment, at("joined_at", "Joined"), at("left_at", "Left"), by("leave_cause")], past,
                { sort: "left_at", down: true, empty: "They have left no segment." })),
            section("History", h("ol", { class: "history" }, moves(person.stays).map((move) =>
                h("li", {}, h("span", { class: "quiet" }, day(move.at)), " ", h("span", { class: move.change === "joined" ? "up" : "down" }, move.change), " ",
                    segmentLink(move.segment), " ", h("span", { class: "quiet" }, segctl.causeInWords(move.cause)))))),
        ];
    };

    const draw = async (place) => {
        const entities = [...new Set(["customer", ...segctl.segments.map((segment) => segment.entity || "customer")])];
        const key = h("input", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: "1000", value: state.sought });
        const entity = segctl.select(entities.map((name) => [name, name]), state.entity);
        const result = h("div", { "aria-live": "polite", "aria-busy": "false" });
        const show = () => {
            const all = state.person ? drawn(state.person) : state.wrong ? [segctl.wrongAsElement(state.wrong)] : [];
            result.replaceChildren(...all);
        };
        const search = async (event) => {
            event.preventDefault();
            Object.assign(state, { sought: key.value.trim(), entity: entity.value, person: null, wrong: null });
            if (!state.sought) return key.focus();
            result.setAttribute("aria-busy", "true");
            result.replaceChildren(h("p", { class: "quiet" }, "Searching …"));
            const { data, wrong } = await segctl.ask("customer", { key: state.sought, entity: state.entity });
            Object.assign(state, { person: data || null, wrong: wrong || null });
            result.setAttribute("aria-busy", "false");
            show();
        };
        place.append(
            h("h1", {}, "Customer"),
            h("p", { class: "lead" }, "The segments that somebody is and was in, and why. The key is that of the warehouse."),
            h("form", { class: "tools", role: "search", onsubmit: search }, segctl.labelled("Key", key),
                entities.length > 1 ? segctl.labelled("Of", entity) : null,
                h("div", { class: "buttons" }, h("button", { type: "submit" }, "Search"))),
            result);
        show();
    };
    segctl.views.customer = { title: "Customer", draw };
}
