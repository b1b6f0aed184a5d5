import type { OpeningData } from "../data";
import { year } from "../format";
import { base, narrow, plot, shapes, text, valueAxis, yearAxis, type Drawing, type Frame } from "./common";

interface Mark {
  x: number;
  label: string;
  tone: string;
  dashed: boolean;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function month(at: number): string {
  const months = Math.floor(at * 12 + 1e-6);
  return `${MONTHS[months % 12]} ${Math.floor(months / 12)}`;
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
    // Only as long as something happens, in steps of a dot; where all of it is near, the axis counts months.
  const last = Math.max(...data.dots.map((dot) => dot ?? 0), ...marks.map((mark) => mark.x));
  const to = Math.min(data.end, Math.max(0.5, last * 1.25));
  const scale = (width - left - right) / to;
  const bin = to / Math.floor((width - left - right) / (small ? 14 : 20));
  const stacks = new Map<number, number>();
  const open = data.dots.filter((dot): dot is number => dot !== null);
  const placed = open.map((dot) => {
    const at = Math.floor(dot / bin);
    const level = stacks.get(at) ?? 0;
    stacks.set(at, level + 1);
    return [(at + 0.5) * bin, level + 0.5];
  });
  const highest = Math.max(4, ...stacks.values());
  const size = Math.min(scale * bin - 2, Math.max(5, 320 / highest - 2));
  const tall = highest * (size + 2);
  const head = 8 + marks.length * line + (never > 0 && small ? line : 0);
  const flag = (i: number): Record<string, unknown> => {
    const mark = marks[i]!;
    const x = left + mark.x * scale;
    const label = `${mark.label} ${to < 3 ? month(data.start + mark.x) : year(data.start, mark.x)}`;
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
  const rest = text(width - 4, small ? head - line + 2 : head + tall - 54, small ? `${never} of ${data.dots.length} not within the horizon` : `${never} of ${data.dots.length}\nnot within\nthe horizon`, { fill: theme.bad, align: "right", fontSize: small ? 12 : 13, stroke: theme.ground, lineWidth: 4 });
  return {
    height: head + tall + foot,
    option: {
      ...base(frame),
      grid: plot({ left, right, top: head, height: tall }) as never,
      xAxis: yearAxis(theme, data.start, to, to < 3 ? { interval: to < 1.5 ? 0.25 : 0.5, axisLabel: { color: theme.muted, fontSize: 12, formatter: (x: number) => month(data.start + x), hideOverlap: true, alignMinLabel: "left", showMaxLabel: false } } : {}) as never,
      yAxis: valueAxis(theme, { min: 0, max: highest, show: false }) as never,
      series: [
        { type: "scatter", symbol: "circle", symbolSize: size, silent: true, data: placed, itemStyle: { color: theme.accent, opacity: 1 } },
        shapes(marks.length, flag),
        ...(never > 0 ? [shapes(1, () => rest)] : []),
      ] as never,
    },
  };
}
