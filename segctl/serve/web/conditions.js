"use strict";
// The conditions of a form, drawn from its data. Faults name the place of a control.
{
    const { h } = segctl;
    const ABOUT = { attribute: "What they are", metric: "A number or time of theirs", event: "What they did", segment: "Another segment" };
    const LISTS = { attribute: "attributes", metric: "metrics", event: "events", segment: "segments" };
    const UNITS = ["days", "weeks", "months", "years", "hours"];
    const OF_VALUES = new Set(["eq", "ne", "in", "not_in", "has", "has_any", "has_all"]);
    const JOINS = { all: "all of these", any: "any of these", none: "none of these" };

    const fresh = (vocabulary) => {
        const about = Object.keys(ABOUT).find((kind) => vocabulary[LISTS[kind]].length);
        return { about, name: vocabulary[LISTS[about]][0].name, not: false, how: "ever", compare: "", values: [], where: [], within_last: "", older_than: "", field: "" };
    };
    const named = (item) => (item.label && item.label !== item.name ? `${item.name} – ${item.label}` : item.name);
    const options = (list) => list.map((item) => [item.name, named(item)]);

    // What a condition compares: its type, its values, and the comparators that fit. Null for nothing.
    const compared = (vocabulary, data) => {
        const known = vocabulary[LISTS[data.about]].find((item) => item.name === data.name);
        if (data.about === "attribute" || data.about === "metric") return { ...known, fitting: vocabulary.fitting[known.type] };
        if (data.about === "event" && data.how === "times") return { type: "number", values: [], fitting: vocabulary.times };
        if (data.about === "event" && vocabulary.of_numbers.includes(data.how)) return { type: "number", values: [], fitting: vocabulary.aggregates };
        return null;
    };

    const drawer = (vocabulary, changed, redraw) => {
        // A control that writes its value into the data. `draws`: other controls depend on it, so everything is drawn again.
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
            const units = segctl.select(UNITS.map((unit) => [unit, unit]), UNITS.find((unit) => unit.startsWith(unit.replace(/s$/, ""))) || "days", { "aria-label": `Unit of ${label}` });
            const update = () => write(number.value.trim() ? `${number.value.trim()} ${units.value}` : "");
            control(`${place}.unit`, units, update);
            const box = field(place, label, control(place, number, update));
            box.insertBefore(h("div", { class: "pair" }, number, units), box.querySelector(".fault"));
            return box;
        };

        const value = (place, data, at, known, label) => {
            const write = (text) => { data.values[at] = text; };
            if (known.type === "boolean" || (known.values.length && OF_VALUES.has(data.compare))) {
                const all = known.type === "boolean" ? ["true", "false"] : known.values;
                data.values[at] ||= all[0];
                return field(place, label, control(place, segctl.select(all.map((text) => [text, text]), data.values[at]), write));
            }
            const kind = { number: { inputmode: "decimal", class: "short" }, date: { type: "date" }, timestamp: { type: "date" }, timestamptz: { type: "date" } };
            return field(place, label, control(place, h("input", { type: "text", ...kind[known.type], value: data.values[at] || "" }), write));
        };
        const choices = (place, data, known) =>
            h("fieldset", { class: "choices", "data-place": `${place}.values`, tabindex: "-1" }, h("legend", {}, "Values"),
                known.values.map((text) => h("label", {}, h("input", {
                    type: "checkbox", checked: data.values.includes(text),
                    onchange: (event) => {
                        data.values = known.values.filter((other) => (other === text ? event.target.checked : data.values.includes(other)));
                        changed(`${place}.values`);
                    },
                }), " ", text)),
                h("p", { class: "fault", "data-fault": `${place}.values` }));
        const lines = (place, data) =>
            field(`${place}.values`, "Values, one a line", control(`${place}.values`, h("textarea", { rows: "3" }, data.values.join("\n")), (text) => {
                data.values = text.split("\n").map((line) => line.trim()).filter(Boolean);
            }), true);

        const comparison = (place, data, known) => {
            if (!known.fitting.includes(data.compare)) Object.assign(data, { compare: known.fitting[0], values: [] });
            const operand = vocabulary.comparators[data.compare].operand;
            const comparators = known.fitting.map((key) => [key, vocabulary.comparators[key].words]);
            const chosen = control(`${place}.compare`, segctl.select(comparators, data.compare), (key) => {
                const before = vocabulary.comparators[data.compare].operand;
                if (vocabulary.comparators[key].operand !== before) data.values = [];
                data.compare = key;
            }, true);
            const first = `${place}.values.0`;
            const values = {
                presence: () => {
                    data.values[0] ||= "set";
                    return field(first, "It is", control(first, segctl.select([["set", "set"], ["missing", "missing"]], data.values[0]), (text) => { data.values[0] = text; }));
                },
                duration: () => duration(first, "How long", data.values[0] || "", (text) => { data.values = [text]; }),
                pair: () => [value(first, data, 0, known, "From"), value(`${place}.values.1`, data, 1, known, "To")],
                list: () => (known.values.length ? choices(place, data, known) : lines(place, data)),
                value: () => { data.values.length = Math.min(data.values.length, 1); return value(first, data, 0, known, "Value"); },
            };
            return [field(`${place}.compare`, "Comparison", chosen), values[operand]()];
        };

        const where = (place, data, event) =>
            data.where.map((part, number) => {
                const within = `${place}.where.${number}`;
                const known = event.fields.find((item) => item.name === part.field) || event.fields[0];
                part.field = known.name;
                const remove = h("button", { type: "button", class: "small", onclick: () => { data.where.splice(number, 1); changed(place); redraw(`${place}.name`); } },
                    "Remove", h("span", { class: "unseen" }, ` limit ${number + 1}`));
                return h("div", { class: "limit" },
                    field(`${within}.field`, "Only those whose", control(`${within}.field`, segctl.select(options(event.fields), part.field), (name) => Object.assign(part, { field: name, compare: "", values: [] }), true)),
                    comparison(within, part, { ...known, fitting: vocabulary.fitting[known.type] }), remove);
            });

        const eventParts = (place, data, event) => {
            const numbers = event.fields.filter((item) => item.type === "number");
            const ways = Object.entries(vocabulary.how).filter(([key]) => numbers.length || !vocabulary.of_numbers.includes(key));
            const parts = [field(`${place}.how`, "How", control(`${place}.how`, segctl.select(ways, data.how), (how) => Object.assign(data, { how, compare: "", values: [] }), true))];
            if (vocabulary.of_numbers.includes(data.how)) {
                data.field = numbers.some((item) => item.name === data.field) ? data.field : numbers[0].name;
                parts.push(field(`${place}.field`, "Of", control(`${place}.field`, segctl.select(options(numbers), data.field), (name) => { data.field = name; })));
            }
            return parts;
        };
        const windows = (place, data) => [
            duration(`${place}.within_last`, "Within the last (empty: ever)", data.within_last, (text) => { data.within_last = text; }),
            data.about === "event" ? duration(`${place}.older_than`, "Longer ago than (may be empty)", data.older_than, (text) => { data.older_than = text; }) : null,
        ];

        const condition = (data, place, remove, number) => {
            const kinds = Object.entries(ABOUT).filter(([kind]) => vocabulary[LISTS[kind]].length);
            const list = vocabulary[LISTS[data.about]];
            const known = list.find((item) => item.name === data.name) || list[0];
            data.name = known.name;
            const comparable = compared(vocabulary, data);
            const emptied = { compare: "", values: [], where: [], how: "ever", within_last: "", older_than: "" };
            const isWindowed = data.about === "event" || (data.about === "metric" && known.narrows);
            return h("fieldset", { class: "condition" }, h("legend", { class: "unseen" }, `Condition ${number}`),
                h("div", { class: "tools" },
                    field(`${place}.about`, "About", control(`${place}.about`, segctl.select(kinds, data.about), (about) => Object.assign(data, emptied, { about, name: vocabulary[LISTS[about]][0].name }), true)),
                    field(`${place}.name`, data.about[0].toUpperCase() + data.about.slice(1), control(`${place}.name`, segctl.select(options(list), data.name), (name) => Object.assign(data, emptied, { name }), true)),
                    data.about === "event" ? eventParts(place, data, known) : null,
                    comparable ? comparison(place, data, comparable) : null,
                    isWindowed ? windows(place, data) : null),
                known.description ? h("p", { class: "note" }, known.description) : null,
                data.about === "event" ? where(place, data, known) : null,
                h("div", { class: "buttons" },
                    h("label", { class: "check" }, h("input", { type: "checkbox", checked: data.not, "data-place": `${place}.not`, onchange: (event) => { data.not = event.target.checked; changed(place); } }), " not (exclude these)"),
                    data.about === "event" && known.fields.length
                        ? h("button", { type: "button", class: "small", onclick: () => { data.where.push({ field: known.fields[0].name, compare: "", values: [] }); changed(place); redraw(`${place}.where.${data.where.length - 1}.field`); } }, "Only some of them")
                        : null,
                    remove ? h("button", { type: "button", class: "small", onclick: remove }, "Remove", h("span", { class: "unseen" }, ` condition ${number}`)) : null));
        };

        const group = (data, place, remove, name) => {
            const join = control(`${place}.join`, segctl.select(Object.entries(JOINS), data.join), (key) => { data.join = key; });
            const add = (part) => { data.parts.push(part); changed(place); redraw(`${place}.parts.${data.parts.length - 1}.${part.parts ? "join" : "about"}`); };
            const without = (number) => () => { data.parts.splice(number, 1); changed(place); redraw(`${place}.join`); };
            return h("fieldset", { class: "group" }, h("legend", {}, name),
                field(`${place}.join`, "Customers who match", join),
                data.parts.map((part, number) => {
                    const within = `${place}.parts.${number}`;
                    const gone = data.parts.length > 1 || remove ? without(number) : null;
                    return part.parts ? group(part, within, gone, `Group ${number + 1}`) : condition(part, within, gone, number + 1);
                }),
                h("p", { class: "fault", "data-fault": place }),
                h("div", { class: "buttons" },
                    h("button", { type: "button", onclick: () => add(fresh(vocabulary)) }, "Add a condition"),
                    remove ? h("button", { type: "button", onclick: remove }, "Remove the group")
                        : h("button", { type: "button", onclick: () => add({ join: "any", parts: [fresh(vocabulary)] }) }, "Add a group")));
        };
        return { group, field, control };
    };

    // What is sent of the data: only what the kind of condition takes.
    const sent = (data) => {
        if (data.parts) return { join: data.join, parts: data.parts.map(sent) };
        const fields = { about: data.about, name: data.name, ...(data.not ? { not: true } : {}) };
        const comparison = { compare: data.compare, values: data.values.map((text) => text || "") };
        if (data.about === "attribute") return { ...fields, ...comparison };
        if (data.about === "metric") return { ...fields, ...comparison, ...(data.within_last ? { within_last: data.within_last } : {}) };
        if (data.about === "segment") return fields;
        const isCompared = !["ever", "never"].includes(data.how);
        const windows = Object.fromEntries(["within_last", "older_than"].filter((key) => data[key]).map((key) => [key, data[key]]));
        return {
            ...fields, how: data.how, ...windows, where: data.where,
            ...(isCompared ? comparison : {}), ...(["ever", "never", "times"].includes(data.how) ? {} : { field: data.field }),
        };
    };

    segctl.conditions = { drawer, fresh, sent };
}
