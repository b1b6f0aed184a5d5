import type { DotsData } from "../data";
import { number, percent } from "../format";
import { colour, symbol } from "../theme";
import { base, LEADING, narrow, planName, plot, text, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** Plans as points: what they cost against how well they serve, each with its interval in both directions. */
export function dots(data: DotsData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const bars = {
    type: "custom",
    silent: true,
    data: data.points.map((p) => [p.x.estimate, p.y.estimate, p.x.low, p.x.high, p.y.low, p.y.high, p.plan]),
    encode: { x: [0, 2, 3], y: [1, 4, 5] },
    renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
      const [x, y, x0, x1, y0, y1, plan] = [0, 1, 2, 3, 4, 5, 6].map((i) => api.value(i)) as [number, number, number, number, number, number, number];
      const style = { stroke: colour(theme, plan), lineWidth: 2, opacity: 0.75 };
      const line = (from: number[], to: number[]): Record<string, unknown> => ({ type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style });
      return { type: "group", children: [line(api.coord([x0, y]), api.coord([x1, y])), line(api.coord([x, y0]), api.coord([x, y1]))] };
    },
    z: 1,
  };
  const points = {
    type: "scatter",
    z: 3,
    data: data.points.map((p) => ({
      value: [p.x.estimate, p.y.estimate],
      symbol: symbol(p.plan).shape,
      symbolSize: 13,
      itemStyle: { color: symbol(p.plan).hollow ? theme.ground : colour(theme, p.plan), borderColor: colour(theme, p.plan), borderWidth: 2, opacity: 1 },
    })),
    tooltip: {
      formatter: (item: { dataIndex: number }) => {
        const p = data.points[item.dataIndex]!;
        return tip([
          planName(frame, p.plan),
          `${number(p.x.estimate)} (${number(p.x.low)} to ${number(p.x.high)}): ${data.xLabel}`,
          `${percent(p.y.estimate)} (${percent(p.y.low)} to ${percent(p.y.high)}): ${data.yLabel}`,
        ]);
      },
    },
    ...(data.asked === null
      ? {}
      : {
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: theme.grey, type: "dashed", width: 1.5 },
            label: { formatter: `asked: ${percent(data.asked)}`, position: "insideStartTop", color: theme.muted, fontSize: 12 },
            data: [{ yAxis: data.asked }],
          },
        }),
  };
  const names = {
    type: "custom",
    silent: true,
    z: 4,
    data: [[data.points[0]?.x.estimate ?? 0, data.points[0]?.y.estimate ?? 0]],
    renderItem: (_: unknown, api: { coord: (at: number[]) => number[] }) => ({ type: "group", children: apart(data.points.map((p) => ({ plan: p.plan, at: [...api.coord([p.x.estimate, p.y.estimate]), api.coord([p.x.low, 0])[0]!, api.coord([p.x.high, 0])[0]!] })), frame) }),
  };
  const highest = Math.max(...data.points.map((p) => p.x.high));
  const lowest = Math.min(...data.points.map((p) => p.x.low));
  const reach = highest - lowest || 1;
  return {
    height: small ? 420 : 460,
    option: {
      ...base(frame),
      tooltip: { ...tooltip(theme), trigger: "item" } as never,
      grid: plot({ left: 46, right: small ? 24 : 40, top: 34, bottom: 48 }) as never,
      xAxis: valueAxis(theme, {
        name: data.xLabel,
        nameLocation: "middle",
        nameGap: 28,
        scale: true,
        max: highest + reach * (small ? 0.42 : 0.14),
        axisLabel: { color: theme.muted, formatter: (v: number) => number(v), showMaxLabel: false, hideOverlap: true },
        splitLine: { show: false },
        axisLine: { show: true, lineStyle: { color: theme.rule } },
      }) as never,
      yAxis: valueAxis(theme, {
        name: data.yLabel,
        nameLocation: "end",
        nameTextStyle: { align: "left", padding: [0, 0, 0, -40], color: theme.muted, fontSize: 12 },
        min: 0,
        max: 1,
        axisLabel: { color: theme.muted, formatter: (v: number) => percent(v) },
      }) as never,
      series: [bars, points, names] as never,
    },
  };
}

/** Names beside their marks, to the left where the right has no room, moved down where they would lie on one another. */
function apart(points: { plan: number; at: number[] }[], frame: Frame): Record<string, unknown>[] {
  const { theme } = frame;
  const placed: { x: number; y: number; wide: number }[] = [];
  return [...points]
    .sort((a, b) => a.at[1]! - b.at[1]!)
    .flatMap(({ plan, at }) => {
      const name = planName(frame, plan, narrow(frame) ? 16 : 24);
      const wide = 7.4 * name.length;
      const right = Math.max(at[0]! + 12, at[3]! + 5); // beyond the interval
      const x = right + wide <= frame.width - 4 ? right : Math.max(0, Math.min(at[0]! - 12, at[2]! - 5) - wide);
      let y = at[1]!;
      for (const other of placed) if (x < other.x + other.wide && other.x < x + wide && y < other.y + LEADING) y = Math.max(y, other.y + LEADING);
      placed.push({ x, y, wide });
      return [text(x, y, name, { verticalAlign: "middle", fill: theme.text, fontSize: 12, stroke: theme.ground, lineWidth: 3 })];
    });
}
