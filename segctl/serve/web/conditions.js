"use strict";
// The conditions of a form, drawn from its data. Each control bears the place that faults are told by.
{
    const { h } = segctl;
    const ABOUT = { attribute: "What they are", metric: "A number or time of theirs", event: "What they did", segment: "Another segment" };
    const LISTS = { attribute: "attributes", metric: "metrics", event: "events", segment: "segments" };
    const UNITS = ["days", "weeks", "months", "years", "hours"];
    const OF_VALUES = new Set(["eq", "ne", "in", "not_in", "has", "has_any", "has_all"]);
    const JOINS = { all: "all of these", any: "any of these", none: "none of these" };

    const fresh = (words) => {
        const about = Object.keys(ABOUT).find((kind) => words[LISTS[kind]].length);
        return { about, name: words[LISTS[about]][0].name, not: false, how: "ever", compare: "", values: [], where: [], within_last: "", older_than: "", field: "" };
    };
    const named = (one) => (one.label && one.label !== one.name ? `${one.name} – ${one.label}` : one.name);
    const options = (list) => list.map((one) => [one.name, named(one)]);

    // What a condition compares: its type, its values, and the comparators that fit. Null for nothing.
    const compared = (words, one) => {
        const known = words[LISTS[one.about]].find((found) => found.name === one.name);
        if (one.about === "attribute" || one.about === "metric") return { ...known, fitting: words.fitting[known.type] };
        if (one.about === "event" && one.how === "times") return { type: "number", values: [], fitting: words.times };
        if (one.about === "event" && words.of_numbers.includes(one.how)) return { type: "number", values: [], fitting: words.aggregates };
        return null;
    };

    const drawer = (words, changed, redraw) => {
        // A control that writes what it holds into the data; one that changes what there is to ask has all drawn anew.
        const control = (place, element, write, draws = false) => {
            element.dataset.place = place;
            element.addEventListener(element.tagName === "SELECT" ? "change" : "input", () => {
                write(element.value);
                changed(place);
                if (draws) redraw(place);
            });
            return element;
        };
        const field = (place, label, element, wide = false) => {
            element.setAttribute("aria-describedby", `fault-${place}`);
            const box = segctl.labelled(label, element, wide ? { class: "field wide-field" } : {});
            box.append(h("p", { class: "fault", id: `fault-${place}`, "data-fault": place }));
            return box;
        };

        const duration = (place, label, text, write) => {
            const [count, unit] = /^(\d*) (\w+)$/.exec(text)?.slice(1) || ["", "days"];
            const number = h("input", { type: "text", inputmode: "numeric", class: "short", value: count });
            const units = segctl.select(UNITS.map((one) => [one, one]), UNITS.find((one) => one.startsWith(unit.replace(/s$/, ""))) || "days", { "aria-label": `Unit of ${label}` });
            const told = () => write(number.value.trim() ? `${number.value.trim()} ${units.value}` : "");
            control(`${place}.unit`, units, told);
            const box = field(place, label, control(place, number, told));
            box.insertBefore(h("div", { class: "pair" }, number, units), box.querySelector(".fault"));
            return box;
        };

        const value = (place, one, at, known, label) => {
            const write = (text) => { one.values[at] = text; };
            if (known.type === "boolean" || (known.values.length && OF_VALUES.has(one.compare))) {
                const all = known.type === "boolean" ? ["true", "false"] : known.values;
                one.values[at] ||= all[0];
                return field(place, label, control(place, segctl.select(all.map((text) => [text, text]), one.values[at]), write));
            }
            const kind = { number: { inputmode: "decimal", class: "short" }, date: { type: "date" }, timestamp: { type: "date" }, timestamptz: { type: "date" } };
            return field(place, label, control(place, h("input", { type: "text", ...kind[known.type], value: one.values[at] || "" }), write));
        };
        const choices = (place, one, known) =>
            h("fieldset", { class: "choices", "data-place": `${place}.values`, tabindex: "-1" }, h("legend", {}, "Values"),
                known.values.map((text) => h("label", {}, h("input", {
                    type: "checkbox", checked: one.values.includes(text),
                    onchange: (event) => {
                        one.values = known.values.filter((other) => (other === text ? event.target.checked : one.values.includes(other)));
                        changed(`${place}.values`);
                    },
                }), " ", text)),
                h("p", { class: "fault", "data-fault": `${place}.values` }));
        const lines = (place, one) =>
            field(`${place}.values`, "Values, one a line", control(`${place}.values`, h("textarea", { rows: "3" }, one.values.join("\n")), (text) => {
                one.values = text.split("\n").map((line) => line.trim()).filter(Boolean);
            }), true);

        const comparison = (place, one, known) => {
            if (!known.fitting.includes(one.compare)) Object.assign(one, { compare: known.fitting[0], values: [] });
            const operand = words.comparators[one.compare].operand;
            const comparators = known.fitting.map((key) => [key, words.comparators[key].words]);
            const chosen = control(`${place}.compare`, segctl.select(comparators, one.compare), (key) => {
                const before = words.comparators[one.compare].operand;
                if (words.comparators[key].operand !== before) one.values = [];
                one.compare = key;
            }, true);
            const first = `${place}.values.0`;
            const values = {
                presence: () => {
                    one.values[0] ||= "set";
                    return field(first, "It is", control(first, segctl.select([["set", "set"], ["missing", "missing"]], one.values[0]), (text) => { one.values[0] = text; }));
                },
                duration: () => duration(first, "How long", one.values[0] || "", (text) => { one.values = [text]; }),
                pair: () => [value(first, one, 0, known, "From"), value(`${place}.values.1`, one, 1, known, "To")],
                list: () => (known.values.length ? choices(place, one, known) : lines(place, one)),
                value: () => { one.values.length = Math.min(one.values.length, 1); return value(first, one, 0, known, "Value"); },
            };
            return [field(`${place}.compare`, "Compared", chosen), values[operand]()];
        };

        const where = (place, one, event) =>
            one.where.map((part, number) => {
                const within = `${place}.where.${number}`;
                const known = event.fields.find((found) => found.name === part.field) || event.fields[0];
                part.field = known.name;
                const remove = h("button", { type: "button", class: "small", onclick: () => { one.where.splice(number, 1); changed(place); redraw(`${place}.name`); } },
                    "Remove", h("span", { class: "unseen" }, ` limit ${number + 1}`));
                return h("div", { class: "limit" },
                    field(`${within}.field`, "Only those whose", control(`${within}.field`, segctl.select(options(event.fields), part.field), (name) => Object.assign(part, { field: name, compare: "", values: [] }), true)),
                    comparison(within, part, { ...known, fitting: words.fitting[known.type] }), remove);
            });

        const eventParts = (place, one, event) => {
            const numbers = event.fields.filter((found) => found.type === "number");
            const ways = Object.entries(words.how).filter(([key]) => numbers.length || !words.of_numbers.includes(key));
            const parts = [field(`${place}.how`, "How", control(`${place}.how`, segctl.select(ways, one.how), (how) => Object.assign(one, { how, compare: "", values: [] }), true))];
            if (words.of_numbers.includes(one.how)) {
                one.field = numbers.some((found) => found.name === one.field) ? one.field : numbers[0].name;
                parts.push(field(`${place}.field`, "Of", control(`${place}.field`, segctl.select(options(numbers), one.field), (name) => { one.field = name; })));
            }
            return parts;
        };
        const windows = (place, one) => [
            duration(`${place}.within_last`, "Within the last (empty: ever)", one.within_last, (text) => { one.within_last = text; }),
            one.about === "event" ? duration(`${place}.older_than`, "Longer ago than (may be empty)", one.older_than, (text) => { one.older_than = text; }) : null,
        ];

        const condition = (one, place, remove, number) => {
            const kinds = Object.entries(ABOUT).filter(([kind]) => words[LISTS[kind]].length);
            const list = words[LISTS[one.about]];
            const known = list.find((found) => found.name === one.name) || list[0];
            one.name = known.name;
            const asked = compared(words, one);
            const emptied = { compare: "", values: [], where: [], how: "ever", within_last: "", older_than: "" };
            const isWindowed = one.about === "event" || (one.about === "metric" && known.narrows);
            return h("fieldset", { class: "condition" }, h("legend", { class: "unseen" }, `Condition ${number}`),
                h("div", { class: "tools" },
                    field(`${place}.about`, "About", control(`${place}.about`, segctl.select(kinds, one.about), (about) => Object.assign(one, emptied, { about, name: words[LISTS[about]][0].name }), true)),
                    field(`${place}.name`, one.about[0].toUpperCase() + one.about.slice(1), control(`${place}.name`, segctl.select(options(list), one.name), (name) => Object.assign(one, emptied, { name }), true)),
                    one.about === "event" ? eventParts(place, one, known) : null,
                    asked ? comparison(place, one, asked) : null,
                    isWindowed ? windows(place, one) : null),
                known.description ? h("p", { class: "note" }, known.description) : null,
                one.about === "event" ? where(place, one, known) : null,
                h("div", { class: "buttons" },
                    h("label", { class: "check" }, h("input", { type: "checkbox", checked: one.not, "data-place": `${place}.not`, onchange: (event) => { one.not = event.target.checked; changed(place); } }), " the opposite"),
                    one.about === "event" && known.fields.length
                        ? h("button", { type: "button", class: "small", onclick: () => { one.where.push({ field: known.fields[0].name, compare: "", values: [] }); changed(place); redraw(`${place}.where.${one.where.length - 1}.field`); } }, "Only some of them")
                        : null,
                    remove ? h("button", { type: "button", class: "small", onclick: remove }, "Remove", h("span", { class: "unseen" }, ` condition ${number}`)) : null));
        };

        const group = (one, place, remove, name) => {
            const join = control(`${place}.join`, segctl.select(Object.entries(JOINS), one.join), (key) => { one.join = key; });
            const add = (part) => { one.parts.push(part); changed(place); redraw(`${place}.parts.${one.parts.length - 1}.${part.parts ? "join" : "about"}`); };
            const without = (number) => () => { one.parts.splice(number, 1); changed(place); redraw(`${place}.join`); };
            return h("fieldset", { class: "group" }, h("legend", {}, name),
                field(`${place}.join`, "Everybody who fits", join),
                one.parts.map((part, number) => {
                    const within = `${place}.parts.${number}`;
                    const gone = one.parts.length > 1 || remove ? without(number) : null;
                    return part.parts ? group(part, within, gone, `Group ${number + 1}`) : condition(part, within, gone, number + 1);
                }),
                h("p", { class: "fault", "data-fault": place }),
                h("div", { class: "buttons" },
                    h("button", { type: "button", onclick: () => add(fresh(words)) }, "Add a condition"),
                    remove ? h("button", { type: "button", onclick: remove }, "Remove the group")
                        : h("button", { type: "button", onclick: () => add({ join: "any", parts: [fresh(words)] }) }, "Add a group")));
        };
        return { group, field, control };
    };

    // What is sent of the data: only what the kind of condition takes.
    const sent = (one) => {
        if (one.parts) return { join: one.join, parts: one.parts.map(sent) };
        const told = { about: one.about, name: one.name, ...(one.not ? { not: true } : {}) };
        const asked = { compare: one.compare, values: one.values.map((text) => text || "") };
        if (one.about === "attribute") return { ...told, ...asked };
        if (one.about === "metric") return { ...told, ...asked, ...(one.within_last ? { within_last: one.within_last } : {}) };
        if (one.about === "segment") return told;
        const isCompared = !["ever", "never"].includes(one.how);
        const windows = Object.fromEntries(["within_last", "older_than"].filter((key) => one[key]).map((key) => [key, one[key]]));
        return {
            ...told, how: one.how, ...windows, where: one.where,
            ...(isCompared ? asked : {}), ...(["ever", "never", "times"].includes(one.how) ? {} : { field: one.field }),
        };
    };

    segctl.conditions = { drawer, fresh, sent };
}
