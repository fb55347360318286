"use strict";
// Questions to the server, and elements that several views share.
{
    const { h } = segctl;
    // In the place of data: `message` for people, and `faults` of a form by place.
    const noAnswer = { message: "The server does not answer.", hint: "Is segctl serve still running?" };
    const expired = { message: "This page has no session any more.", hint: "Open the address that segctl serve has printed last." };

    // The answer to a question: { data } or { wrong }.
    const ask = async (name, sent) => {
        const base = segctl.overview.live.base;
        const headers = { "X-Segctl": "1" };
        const request = sent === undefined
            ? { headers }
            : { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(sent) };
        try {
            const response = await fetch(`${base}/api/${name}`, { ...request, cache: "no-store", credentials: "same-origin" });
            if (response.ok) return await response.json();
            if (response.status === 401) return { wrong: expired };
            const details = response.headers.get("content-type")?.startsWith("application/json") ? await response.json() : {};
            return { wrong: { ...noAnswer, ...details } };
        } catch {
            return { wrong: noAnswer };
        }
    };

    const wrongAsElement = (wrong) =>
        h("div", { class: "notice" },
            wrong.message ? h("p", {}, wrong.message, wrong.hint ? `; ${wrong.hint}` : "") : null,
            wrong.problems?.length ? h("ul", {}, wrong.problems.map((problem) => h("li", {}, problem))) : null);

    let ids = 0;
    // A control with its label.
    const labelled = (label, control, extra = {}) => {
        control.id ||= `control-${(ids += 1)}`;
        return h("div", { class: "field", ...extra }, h("label", { for: control.id }, label), control);
    };
    // `options`: pairs of value and text.
    const select = (options, value, attributes = {}) =>
        h("select", attributes, options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
    const causes = { segment_changed: "the definition changed" };
    const cause = (word) => (causes[word] || (word || "").replaceAll("_", " "));

    Object.assign(segctl, { ask, wrongAsElement, labelled, select, causeInWords: cause });
}
