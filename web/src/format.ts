/** Numbers as people read them: at most three significant figures, thousands set apart. */

const three = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });

export function number(value: number): string {
  return three.format(value);
}

export function percent(share: number): string {
  const value = 100 * share;
  if (value > 99.5 && value < 100) return "over 99 %";
  if (value > 0 && value < 0.5) return "under 1 %";
  return `${Math.round(value)} %`;
}

export function cell(value: string | number | null): string {
  return value === null ? "" : typeof value === "number" ? number(value) : value;
}

/** The first characters of a text that is too long for its place. */
export function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

/** A calendar year from years since the start, for axes and tips. */
export function year(start: number, x: number): string {
  return String(Math.floor(start + x + 1e-9));
}

export function csv(columns: string[], rows: (string | number | null)[][]): string {
  // A cell that a spreadsheet would take for a formula is kept a text by an apostrophe.
  const quote = (value: string | number | null): string => {
    if (typeof value === "number" || value === null) return value === null ? "" : String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  return [columns, ...rows].map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";
}
