"use strict";
// A form that builds a definition: what it says, how many it comes to, its YAML, and a branch to commit it to.
{
    const { h, section, figure, figures, known } = segctl;
    const PAUSE = 600;
    // The form outlives its view, not the page.
    let form = null;
    let vocabulary = null;

    const empty = () => ({ name: "", label: "", description: "", owner: "", tags: "", file: "", branch: "", rule: { join: "all", parts: [segctl.conditions.fresh(vocabulary)] } });
    const sent = () => ({
        name: form.name, label: form.label, description: form.description, owner: form.owner,
        tags: form.tags.split(",").map((tag) => tag.trim()).filter(Boolean), rule: segctl.conditions.sent(form.rule),
    });

    const counted = (value) => segctl.group(value);
    const share = (value) => (value === null ? null : segctl.format.share(value));
    const funnel = (preview) =>
        segctl.table("Clause by clause", [
            { key: "words", label: "Clause", cell: (step) => step.words },
            { key: "alone", label: "Alone", kind: "number", cell: (step) => counted(step.alone) },
            { key: "so_far", label: { all: "And so far", any: "Or so far", none: "None so far" }[preview.joined], kind: "number", cell: (step) => counted(step.so_far) },
        ], preview.steps);
    const overlaps = (preview) =>
        preview.overlaps.length
            ? [h("h3", {}, "Also in"), segctl.table("Also in", [
                { key: "segment", label: "Segment", value: (overlap) => overlap.segment, cell: (overlap) => segctl.segmentLink(overlap.segment) },
                { key: "size", label: "Size", kind: "number", value: (overlap) => overlap.size, cell: (overlap) => segctl.format.whole(overlap.size) },
                { key: "both", label: "In both", kind: "number", value: (overlap) => overlap.both, cell: (overlap) => counted(overlap.both) },
                { key: "share", label: "Of these members", kind: "number", value: (overlap) => overlap.share, cell: (overlap) => segctl.format.share(overlap.share) },
            ], preview.overlaps)]
            : [];
    const previewed = (preview) => [
        figures(
            figure("Members", counted(preview.size), share(preview.share)),
            figure("Revenue", known(preview.revenue, String), share(preview.revenue_share)),
            figure("Each", known(preview.average, String)),
            figure("May be contacted", preview.eligible === null ? "–" : segctl.format.whole(preview.eligible))),
        h("p", { class: "quiet counted" }, `Of ${segctl.format.many(preview.customers, "customer")}, as of ${segctl.format.day(preview.as_of)}.`),
        h("h3", {}, "Clause by clause"), funnel(preview), ...overlaps(preview),
    ];

    const draw = async (place) => {
        place.append(h("h1", {}, "Build a segment"),
            h("p", { class: "lead" }, "Choose who belongs to the segment. The preview counts as you go, and changes nothing."));
        if (!vocabulary) {
            const { data, wrong } = await segctl.ask("vocabulary");
            if (wrong) return place.append(segctl.wrongAsElement(wrong));
            vocabulary = data;
        }
        if (![vocabulary.attributes, vocabulary.metrics, vocabulary.events, vocabulary.segments].some((list) => list.length)) {
            return place.append(h("p", { class: "note" }, "The catalog names nothing that could be asked about."));
        }
        form ||= empty();

        const touched = new Set();
        const says = h("p", { class: "sentences", role: "status" });
        const size = h("div", { role: "status", "aria-busy": "false" });
        const yaml = h("code");
        const copied = h("span", { class: "quiet", role: "status" });
        const wrongPlace = h("div", { role: "status" });
        const rule = h("div");
        const shell = h("div", { class: "built" });

        const showFaults = (faults = {}) => {
            shell.querySelectorAll("[data-fault]").forEach((element) => {
                const at = element.dataset.fault;
                const fault = faults[at] || "";
                element.textContent = touched.has(at) ? fault : "";
                const control = shell.querySelector(`[data-place="${CSS.escape(at)}"]`);
                if (control && touched.has(at) && fault) control.setAttribute("aria-invalid", "true");
                else control?.removeAttribute("aria-invalid");
            });
            const placed = new Set([...shell.querySelectorAll("[data-fault]")].map((element) => element.dataset.fault));
            const others = Object.entries(faults).filter(([at]) => !placed.has(at)).map(([at, fault]) => `${at}: ${fault}`);
            const waiting = Object.keys(faults).length;
            if (!waiting) return wrongPlace.replaceChildren();
            wrongPlace.replaceChildren(others.length
                ? h("ul", {}, others.map((fault) => h("li", {}, fault)))
                : h("p", { class: "note" }, waiting === 1 ? "Fill in the open field to see the size." : `Fill in the ${waiting} open fields to see the size.`));
        };
        const showWrong = (wrong) => {
            showFaults(wrong.faults);
            if (wrong.message || wrong.problems?.length) wrongPlace.replaceChildren(segctl.wrongAsElement(wrong));
        };

        let latest = 0;
        const update = async () => {
            const turn = (latest += 1);
            const now = sent();
            const answer = await segctl.ask("definition", { form: now });
            if (turn !== latest) return;
            yaml.textContent = answer.data?.yaml || "";
            says.textContent = answer.data?.says || "";
            if (answer.wrong) {
                size.replaceChildren();
                return showWrong(answer.wrong);
            }
            showFaults();
            size.setAttribute("aria-busy", "true");
            const preview = await segctl.ask("preview", { form: now });
            if (turn !== latest) return;
            size.setAttribute("aria-busy", "false");
            size.replaceChildren(...(preview.data ? previewed(preview.data) : [segctl.wrongAsElement(preview.wrong)]).filter(Boolean));
        };
        let timer = 0;
        const changed = (at) => {
            touched.add(at);
            latest += 1;
            size.setAttribute("aria-busy", "true");
            clearTimeout(timer);
            timer = setTimeout(update, PAUSE);
        };
        const redraw = (at) => {
            rule.replaceChildren(drawer.group(form.rule, "rule", null, "Who belongs to it"));
            rule.querySelector(`[data-place="${CSS.escape(at)}"]`)?.focus();
        };
        const drawer = segctl.conditions.drawer(vocabulary, changed, redraw);
        const text = (key, label, attributes = {}) =>
            drawer.field(key, label, drawer.control(key, h("input", { type: "text", maxlength: "1000", autocomplete: "off", value: form[key], ...attributes }), (value) => { form[key] = value; }));

        const copy = async () => {
            try {
                await navigator.clipboard.writeText(yaml.textContent);
                copied.textContent = " Copied.";
            } catch {
                // Browsers let pages copy only from this machine or over TLS.
                getSelection().selectAllChildren(yaml);
                copied.textContent = " Selected: copy it with Ctrl+C.";
            }
        };
        const commit = () => {
            const done = h("div", { role: "status" });
            const button = h("button", { type: "button" }, "Commit to a new branch");
            button.addEventListener("click", async () => {
                Object.keys(form).forEach((key) => touched.add(key));
                button.disabled = true;
                const { data, wrong } = await segctl.ask("branch", { form: sent(), file: form.file, branch: form.branch });
                button.disabled = false;
                if (wrong) showFaults(wrong.faults);
                done.replaceChildren(data
                    ? h("div", {}, h("p", {}, "Committed ", h("code", {}, data.commit.slice(0, 10)), " to the branch ", h("code", {}, data.branch), ":"),
                        h("ul", {}, data.files.map((file) => h("li", {}, h("code", {}, file)))))
                    : segctl.wrongAsElement(Object.keys(wrong.faults || {}).length ? { message: Object.entries(wrong.faults).map(([at, fault]) => `${at}: ${fault}`).join("; ") } : wrong));
            });
            return section("Branch",
                h("p", { class: "note" }, "One commit on a new branch of git. The working tree and the branch that is checked out stay as they are."),
                h("div", { class: "tools" }, text("file", "File (empty: by its name)"), text("branch", "Branch (empty: segment/…)"),
                    h("div", { class: "buttons" }, button)),
                done);
        };

        shell.append(
            h("div", { class: "chosen" }, rule,
                h("fieldset", { class: "group" }, h("legend", {}, "Name and description"),
                    h("div", { class: "tools" }, text("name", "Name (lower case, with underscores)", { spellcheck: "false" }), text("label", "Label"),
                        text("owner", "Owner"), text("tags", "Tags, separated by commas"), text("description", "Description")))),
            h("div", { class: "outcome" }, section("Preview", says, wrongPlace, size),
                section("Definition", h("pre", { tabindex: "0", role: "region", "aria-label": "Definition as YAML" }, yaml),
                    h("div", { class: "buttons" }, h("button", { type: "button", onclick: copy }, "Copy"), copied)),
                segctl.overview.live.edit ? commit() : null));
        place.append(shell);
        redraw("");
        segctl.drawing.push(update);
    };
    segctl.views.build = { title: "Build a segment", draw };
}
