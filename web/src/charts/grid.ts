import type { GridData } from "../data";
import { clip, number, percent } from "../format";
import { colour } from "../theme";
import { base, narrow, planName, shapes, text, tooltip, type Drawing, type Frame } from "./common";

const SIGN = { yes: "met", no: "not met", unsure: "cannot be told" } as const;
const SHORT = { yes: "met", no: "not met", unsure: "unsure" } as const;

/** A share of 100 futures, whole unless that would say all or none. */
const near = (share: number): string => (share > 0.995 || share < 0.005 ? number(100 * share) : String(Math.round(100 * share)));

/** For each plan and standard 100 cells, one for each of 100 futures; filled: the standard is met. */
export function grid(data: GridData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const left = small ? 0 : 170;
  const gap = small ? 14 : 36;
  const columns = data.columns.length;
  const room = (width - left - gap * (columns - 1)) / columns;
  const across = room > 150 ? 25 : room > 90 ? 20 : 10;
  const down = 100 / across;
  const pitch = Math.min(11, Math.floor((room / across) * 10) / 10);
  const head = small ? 66 : room > 240 ? 48 : 60;
  const label = small ? 20 : 0;
  const under = room < 170 ? 36 : 20; // a second line where both do not fit on one
  const step = label + down * pitch + under + (small ? 10 : 12);
  const top = (row: number): number => head + row * step;
  const x = (column: number): number => left + column * (room + gap);
  const cells = data.rows.flatMap((row, r) => row.cells.flatMap((cell, c) => (cell ? [{ r, c, cell, plan: row.plan }] : [])));
  const heads = data.columns.flatMap((column, c) => [
    text(x(c), 2, clip(column.label, Math.floor(room / 7)), { fontWeight: 600, fill: theme.text, fontSize: small ? 12 : 13 }),
    text(x(c), 20, clip(column.note, Math.floor(room / 6.4) * (small ? 3 : 2)), { fill: theme.muted, fontSize: small ? 11 : 12, width: room, overflow: "break" }),
  ]);
  const names = data.rows.map((row, r) =>
    text(0, top(r) + (small ? 0 : 2), planName(frame, row.plan, 24), { fontWeight: 600, fill: colour(theme, row.plan), width: small ? width : left - 12, overflow: "truncate" }),
  );
  const block = (index: number): Record<string, unknown> => {
    const item = cells[index]!;
    const filled = Math.round(100 * item.cell.share.estimate);
    const y = top(item.r) + label;
    const full = colour(theme, item.plan);
    const children: Record<string, unknown>[] = Array.from({ length: 100 }, (_, i) => ({
      type: "rect",
      shape: { x: x(item.c) + (i % across) * pitch, y: y + Math.floor(i / across) * pitch, width: pitch - 1.5, height: pitch - 1.5, r: 1 },
      style: i < filled ? { fill: full } : { fill: "none", stroke: theme.faint, lineWidth: 1 },
    }));
    const { low, high } = item.cell.share;
    const often = item.cell.share.estimate < 1 && filled === 100 ? "over 99" : item.cell.share.estimate > 0 && filled === 0 ? "under 1" : String(filled);
    const sure = low === high ? "" : `${near(low)} to ${near(high)}`;
    const signs = room < 170 ? SHORT : SIGN;
    const said = `${often} of 100${sure && room >= 170 ? ` (${sure})` : ""}, ${signs[item.cell.verdict]}${sure && room < 170 ? `\n${sure}` : ""}`;
    const strong = item.cell.verdict === "yes" ? 700 : 400;
    children.push(
      text(x(item.c), y + down * pitch + 3, said, {
        fill: item.cell.verdict === "yes" ? theme.text : theme.muted,
        fontWeight: strong,
        fontSize: small ? 11 : 12,
        width: room + gap - 4,
        overflow: "truncate",
        lineHeight: 15,
      }),
    );
    return { type: "group", children };
  };
  const tipOf = (index: number): string[] => {
    const { cell, plan, c } = cells[index]!;
    const { estimate, low, high } = cell.share;
    return [`${planName(frame, plan)}: ${data.columns[c]!.label}`, `met in ${percent(estimate)} of futures (${percent(low)} to ${percent(high)})`];
  };
  return {
    height: top(data.rows.length),
    option: {
      ...base(frame),
      tooltip: tooltip(theme),
      series: [shapes(1, () => ({ type: "group", children: [...heads, ...names] })), shapes(cells.length, block, tipOf)] as never,
    },
  };
}
