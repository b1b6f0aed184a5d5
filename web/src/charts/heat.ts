import type { HeatData } from "../data";
import { clip, number } from "../format";
import { colour, inkOn, mix } from "../theme";
import { base, narrow, shapes, text, tooltip, type Drawing, type Frame } from "./common";

/** An end of an interval in as few signs as tell it. */
const brief = (value: number): string => (value >= 1 && value < 99 ? String(Math.round(value)) : number(value));

/** Shades by row and column: the darker, the more. */
export function heat(data: HeatData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const own = small && data.numbers;
  const left = own ? 0 : small ? 96 : 190;
  const wide = (width - left - 2) / data.columns.length;
  const tall = data.numbers ? 44 : 26;
  const label = own ? 20 : 0;
  const step = tall + label + (own ? 6 : 0);
  const turned = data.numbers && wide < 96;
  const head = data.numbers ? (turned ? 116 : 26) : 0;
  const foot = data.numbers ? 4 : 26;
  const end = data.good ? theme.good : theme.bad;
  const fill = (value: number): string => mix(theme.ground, end, data.max > 0 ? 0.04 + 0.92 * Math.min(1, value / data.max) : 0.04);
  const cells = data.values.flatMap((row, r) => row.flatMap((value, c) => (value === null ? [] : [{ r, c, value }])));
  const y = (r: number): number => head + r * step + label;
  const names = data.rows.map((row, r) =>
    text(0, own ? y(r) - 10 : y(r) + tall / 2, clip(row.label, own ? 40 : small ? 13 : 26), {
      fill: row.plan === null ? theme.text : colour(theme, row.plan),
      fontWeight: row.plan === null ? 400 : 600,
      fontSize: small && !own ? 12 : 13,
      verticalAlign: "middle",
    }),
  );
  const every = Math.max(1, Math.ceil(44 / wide));
  const columns = data.columns.flatMap((column, c) => {
    const x = left + c * wide;
    if (turned) return [{ ...text(x + wide / 2, head - 4, clip(column, 16), { fill: theme.muted, fontSize: 12, verticalAlign: "middle" }), rotation: Math.PI / 2 }];
    if (data.numbers) return [text(x + wide / 2, 4, clip(column, Math.floor(wide / 6.6)), { fill: theme.muted, fontSize: 12, align: "center" })];
    const show = Number.isFinite(Number(column)) && every > 1 ? Number(column) % (every > 4 ? 10 : 5) === 0 : c % every === 0;
    const y = head + data.rows.length * step + 6;
    const late = x + 36 > width;
    return show ? [text(late ? width : x + 1, y, column, { fill: theme.muted, fontSize: 12, align: late ? "right" : "left" })] : [];
  });
  const box = (i: number): Record<string, unknown> => {
    const { r, c, value } = cells[i]!;
    const shade = fill(value);
    const rect = { type: "rect", shape: { x: left + c * wide + 0.5, y: y(r), width: wide - 1, height: tall - 1 }, style: { fill: shade } };
    if (!data.numbers) return rect;
    const [low, high] = data.spans[r]![c]!;
    const style = { fill: inkOn(shade), verticalAlign: "middle", align: "center" };
    const middle = left + c * wide + wide / 2;
    const ink = text(middle, y(r) + tall / 2 - 8, number(value), { ...style, fontSize: 13, fontWeight: 600 });
    const sure = low === high ? "" : wide < 60 ? `${brief(low)}-${brief(high)}` : `${brief(low)} to ${brief(high)}`;
    return { type: "group", children: [rect, ink, text(middle, y(r) + tall / 2 + 9, sure, { ...style, fontSize: 11 })] };
  };
  return {
    height: head + data.rows.length * step + foot,
    option: {
      ...base(frame),
      tooltip: tooltip(theme),
      series: [
        shapes(1, () => ({ type: "group", children: [...names, ...columns] })),
        shapes(cells.length, box, (i) => {
          const { r, c, value } = cells[i]!;
          const [low, high] = data.spans[r]![c]!;
          return [`${data.rows[r]!.label}, ${data.columns[c]}`, `${number(value)} ${data.unit} (${number(low)} to ${number(high)})`];
        }),
      ] as never,
    },
  };
}
