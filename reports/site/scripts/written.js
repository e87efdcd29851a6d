// Words, numbers and dates in the reader's way, as reports/texts.py and reports/tables.py write them; folded words to search by.
"use strict";

var kiemke = { language: "vi", texts: {} };

/** Takes in the texts of both languages: `texts.js` calls it. */
kiemke.speak = (texts) => {
  kiemke.texts = texts;
};

/** The text of a key; {name} writes a value, {name:plural one|many} a word by number. */
kiemke.say = (key, values = {}) =>
  kiemke.texts[kiemke.language][key].replace(/\{(\w+)(?::plural ([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const value = values[name];
    if (one !== undefined) return value === 1 ? one : many;
    return typeof value === "number" ? kiemke.number(value, 0) : String(value);
  });

// Numbers and dates -------------------------------------------------------------------------------------------------------

/** A number times ten to the power of `shift`, half away from zero: from its digits as written, not as binary holds it. */
kiemke.rounded = (value, decimals, shift = 0) => {
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const kept = 1 + Number(exponent) + shift + decimals;
  let whole = 0n;
  if (kept >= 0) {
    const padded = digits.padEnd(kept + 1, "0");
    whole = BigInt(padded.slice(0, kept) || "0") + (padded[kept] >= "5" ? 1n : 0n);
  }
  return (value < 0 && whole !== 0n ? "-" : "") + kiemke.pointed(whole, decimals);
};

/** A whole number of the last decimal's units, with its point. */
kiemke.pointed = (whole, decimals) => {
  const text = whole.toString().padStart(decimals + 1, "0");
  const point = text.length - decimals;
  return text.slice(0, point) + (decimals ? "." + text.slice(point) : "");
};

/** 1.234.567,8 (vi), 1,234,567.8 (en). */
kiemke.number = (value, decimals, shift = 0) => kiemke.grouped(kiemke.rounded(value, decimals, shift));

kiemke.grouped = (text) => {
  const [comma, point] = kiemke.language === "vi" ? [".", ","] : [",", "."];
  const [whole, fraction] = text.split(".");
  return whole.replace(/\B(?=(?:\d{3})+$)/g, comma) + (fraction ? point + fraction : "");
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day of ISO text: 02/03/2026 (vi), 2 Mar 2026 (en). Text that is none stays as it is. */
kiemke.date = (iso) => {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso);
  if (!parts) return iso;
  const [, year, month, day] = parts;
  return kiemke.language === "vi" ? `${day}/${month}/${year}` : `${Number(day)} ${MONTHS[month - 1]} ${year}`;
};

/** A day and a time in Viet Nam; of a day alone, the day. Times that know no zone are Viet Nam's. */
kiemke.moment = (iso) => {
  if (!iso.includes("T")) return kiemke.date(iso);
  const told = Date.parse(iso);
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(iso) && !Number.isNaN(told);
  const local = zoned ? new Date(told + 7 * 3600e3).toISOString() : iso;
  return `${kiemke.date(local)} ${local.slice(11, 16)}`;
};

/** A raw value of a table as people read it, without its unit. */
kiemke.written = (value, column) => {
  if (value === null || value === undefined) return kiemke.say("format.missing");
  if (typeof value === "boolean") return kiemke.say(value ? "format.yes" : "format.no");
  if (typeof value === "number") {
    switch (column.format) {
      case "int": case "number": case "years": case "dong": return kiemke.number(value, column.decimals);
      case "million": return kiemke.number(value, column.decimals, -6);
      case "percent": return kiemke.number(value, column.decimals, 2) + "%";
    }
    return String(value);
  }
  if (column.format === "date") return kiemke.date(value);
  if (column.format === "moment") return kiemke.moment(value);
  return String(value);
};

// Words to search by, as reports/site/words.py -----------------------------------------------------------------------------

kiemke.fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d");

kiemke.tokens = (text) =>
  (kiemke.fold(text).match(/[\p{L}\p{N}]+(?:[-_./:@+][\p{L}\p{N}]+)*/gu) || []).map((word) => word.slice(0, 40));

kiemke.isHead = (word) => {
  if (/\p{L}/u.test(word)) return true;
  const pieces = word.split(/[-_./:@+]/);
  return pieces.length > 3 || (pieces.length === 1 && word.length > 3);
};
