"use strict";
// Numbers, amounts and instants as texts; `figures.py` writes the same for the table that needs no JavaScript.
window.segctl = { views: {} };
{
    const UNKNOWN = "–";
    const symbols = { EUR: "€", GBP: "£", INR: "₹", JPY: "¥", KRW: "₩", USD: "$" };
    const plain = new Intl.NumberFormat("en");
    const minus = (text) => text.replace("-", "−");
    const unknown = (value) => value === null || value === undefined;

    const currencyFormats = (currency) => {
        if (!/^[A-Z]{3}$/.test(currency)) return null;
        try {
            const display = symbols[currency] ? "narrowSymbol" : "code";
            const made = (digits) =>
                new Intl.NumberFormat("en", {
                    style: "currency", currency, currencyDisplay: display,
                    minimumFractionDigits: digits, maximumFractionDigits: digits,
                });
            const cents = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
            return { whole: made(0), cents: made(Math.min(cents, 2)) };
        } catch {
            return null;
        }
    };
    let formats;

    const money = (value) => {
        if (unknown(value)) return UNKNOWN;
        const currency = segctl.overview.currency;
        if (formats === undefined) formats = currencyFormats(currency);
        const large = Math.abs(value) >= 1000;
        // No minus before what is rounded to nothing.
        if (Math.abs(value) < 0.005) value = 0;
        if (formats) return minus((large ? formats.whole : formats.cents).format(value));
        const digits = large ? 0 : 2;
        const number = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
        return minus(`${number} ${currency}`.trim());
    };

    const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    // The text has the project's own clock in it: no time zone of the browser's comes in.
    const day = (instant) => {
        const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d))?/.exec(instant || "");
        if (!match) return instant || UNKNOWN;
        const [, year, month, date, clock] = match;
        const text = `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
        return clock && clock !== "00:00" ? `${text}, ${clock}` : text;
    };
    const monthName = (month) => {
        const match = /^(\d{4})-(\d\d)$/.exec(month);
        return match ? `${MONTHS[Number(match[2]) - 1]} ${match[1]}` : month;
    };

    const seconds = (value) => {
        if (unknown(value)) return UNKNOWN;
        if (value < 60) return `${value.toFixed(1)} s`;
        return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
    };

    segctl.format = {
        UNKNOWN,
        day,
        money,
        monthName,
        seconds,
        whole: (value) => (unknown(value) ? UNKNOWN : minus(plain.format(value))),
        signed: (value) => (unknown(value) ? UNKNOWN : value > 0 ? `+${plain.format(value)}` : minus(plain.format(value))),
        share: (value) => (unknown(value) ? UNKNOWN : `${(value * 100).toFixed(1)}%`),
        // Withheld numbers are about small groups, or would reveal one.
        group: (value) => (unknown(value) ? segctl.overview.withheld : plain.format(value)),
        cause: (name) => segctl.overview.causes[name] || name,
        // As the plots read it: the local clock, taken for UTC.
        clock: (instant) => `${(instant || "").slice(0, 19)}Z`,
        many: (count, one, several = `${one}s`) => `${plain.format(count)} ${count === 1 ? one : several}`,
    };
}
