import type { OpeningData } from "../data";
import { year } from "../format";
import { base, narrow, plot, shapes, text, valueAxis, yearAxis, type Drawing, type Frame } from "./common";

interface Mark {
  x: number;
  label: string;
  tone: string;
  dashed: boolean;
}

/** When a project opens: equally likely futures as dots, with what was promised and what happened. */
export function opening(data: OpeningData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const never = data.dots.filter((dot) => dot === null).length;
  const left = 8, right = never > 0 && !small ? 120 : 12, foot = 30, line = 22;
  const all: (Mark | null)[] = [
    data.promised === null ? null : { x: data.promised, label: "promised", tone: theme.muted, dashed: false },
    data.median === null ? null : { x: data.median, label: "half of futures by", tone: theme.accent, dashed: true },
    data.happened === null ? null : { x: data.happened, label: "it happened", tone: theme.bad, dashed: false },
  ];
  const marks = all.filter((mark): mark is Mark => mark !== null);
  const scale = (width - left - right) / data.end;
  const bin = small ? data.end / 22 : 1;
  const size = Math.min(18, scale * bin - 2);
  const stacks = new Map<number, number>();
  const open = data.dots.filter((dot): dot is number => dot !== null);
  const placed = open.map((dot) => {
    const at = Math.floor(dot / bin);
    const level = stacks.get(at) ?? 0;
    stacks.set(at, level + 1);
    return [(at + 0.5) * bin, level + 0.5];
  });
  const highest = Math.max(4, ...stacks.values());
  const tall = highest * (size + 2);
  const head = 8 + marks.length * line + (never > 0 && small ? line : 0);
  const flag = (i: number): Record<string, unknown> => {
    const mark = marks[i]!;
    const x = left + mark.x * scale;
    const label = `${mark.label} ${year(data.start, mark.x)}`;
    const late = x + 8.8 * label.length > width;
    const y = i * line + 4;
    return {
      type: "group",
      children: [
        { type: "line", shape: { x1: x, y1: y, x2: x, y2: head + tall }, style: { stroke: mark.tone, lineWidth: 2, lineDash: mark.dashed ? [5, 4] : undefined } },
        text(x + (late ? -7 : 7), y, label, { fill: mark.tone, fontWeight: 600, align: late ? "right" : "left", stroke: theme.ground, lineWidth: 4 }),
      ],
    };
  };
  const rest = text(width - 4, small ? head - line + 2 : head + tall - 54, small ? `${never} of ${data.dots.length} not within the horizon` : `${never} of ${data.dots.length}\nnot within\nthe horizon`, { fill: theme.bad, align: "right", fontSize: small ? 12 : 13 });
  return {
    height: head + tall + foot,
    option: {
      ...base(frame),
      grid: plot({ left, right, top: head, height: tall }) as never,
      xAxis: yearAxis(theme, data.start, data.end, { interval: small ? 10 : 5 }) as never,
      yAxis: valueAxis(theme, { min: 0, max: highest, show: false }) as never,
      series: [
        { type: "scatter", symbol: "circle", symbolSize: size, silent: true, data: placed, itemStyle: { color: theme.accent, opacity: 1 } },
        shapes(marks.length, flag),
        ...(never > 0 ? [shapes(1, () => rest)] : []),
      ] as never,
    },
  };
}
