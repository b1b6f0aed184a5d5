import type { ChoiceData } from "../data";
import { clip } from "../format";
import { colour, inkOn, sign } from "../theme";
import { base, narrow, planName, shapes, text, tooltip, type Drawing, type Frame } from "./common";

/** Which plan is chosen in each cell: its colour, mark and name; a cell without one says so. */
export function choice(data: ChoiceData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const left = small ? 84 : 170;
  const wide = (width - left - 2) / data.columns.length;
  const [head, tall] = [44, 46];
  const cells = data.cells.flatMap((row, r) => row.map((cell, c) => ({ r, c, ...cell })));
  const names = data.rows.map((row, r) => text(0, head + r * tall + tall / 2, clip(row, small ? 12 : 24), { fill: theme.text, verticalAlign: "middle" }));
  const columns = data.columns.map((column, c) => text(left + c * wide + wide / 2, head - 20, clip(column, Math.floor(wide / 6.6)), { fill: theme.muted, fontSize: 12, align: "center" }));
  const axis = text(left, 0, clip(data.columnLabel, Math.floor((width - left) / 6.4)), { fill: theme.muted, fontSize: 12 });
  const box = (i: number): Record<string, unknown> => {
    const { r, c, plan, brief } = cells[i]!;
    const fill = plan === null ? theme.ground : colour(theme, plan);
    const ink = plan === null ? theme.muted : inkOn(fill);
    const name = plan === null ? "none" : wide < 70 ? sign(plan) : planName(frame, plan, Math.floor(wide / 7.4));
    const middle = left + c * wide + wide / 2;
    const y = head + r * tall;
    const style = { fill: ink, align: "center", verticalAlign: "middle" };
    return {
      type: "group",
      children: [
        { type: "rect", shape: { x: left + c * wide + 0.5, y, width: wide - 1, height: tall - 1 }, style: { fill, stroke: theme.rule, lineWidth: plan === null ? 1 : 0 } },
        text(middle, y + tall / 2 - (brief ? 8 : 0), name, { ...style, fontSize: 12, fontWeight: 600 }),
        ...(brief ? [text(middle, y + tall / 2 + 9, clip(brief, Math.floor(wide / 6)), { ...style, fontSize: 11 })] : []),
      ],
    };
  };
  return {
    height: head + data.rows.length * tall + 4,
    option: {
      ...base(frame),
      tooltip: tooltip(theme),
      series: [
        shapes(1, () => ({ type: "group", children: [axis, ...names, ...columns] })),
        shapes(cells.length, box, (i) => {
          const { r, c, plan, note } = cells[i]!;
          return [`${data.rows[r]}, ${data.columns[c]}`, plan === null ? "no plan" : planName(frame, plan, 60), note];
        }),
      ] as never,
    },
  };
}
