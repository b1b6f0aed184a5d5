import type { FrontierData } from "../data";
import { number, percent } from "../format";
import { base, LEADING, narrow, plot, text, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** Plans that were tried, those than which none is both cheaper and better, and the ones that the words speak of. */
export function frontier(data: FrontierData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const lines = [...data.points].sort((a, b) => a.x.estimate - b.x.estimate);
  const edge = lines.filter((p) => p.edge);
  const xs = [...data.points.flatMap((p) => [p.x.low, p.x.high]), ...data.cloud.map((p) => p[0])];
  const [lowest, highest] = [Math.min(...xs), Math.max(...xs)];
  const reach = highest - lowest || 1;
  const says = (p: (typeof lines)[number]): string[] => [
    p.label || "a plan that was tried",
    `${number(p.x.estimate)} (${number(p.x.low)} to ${number(p.x.high)}): ${data.xLabel}`,
    `${percent(p.y.estimate)} (${percent(p.y.low)} to ${percent(p.y.high)}): ${data.yLabel}`,
    ...p.settings,
  ];
  return {
    height: small ? 420 : 460,
    option: {
      ...base(frame),
      tooltip: { ...tooltip(theme), trigger: "item" } as never,
      grid: plot({ left: 46, right: small ? 24 : 40, top: 34, bottom: 48 }) as never,
      xAxis: valueAxis(theme, { name: data.xLabel, nameLocation: "middle", nameGap: 28, scale: true, max: highest + reach * (small ? 0.42 : 0.16), axisLabel: { color: theme.muted, formatter: (v: number) => number(v), showMaxLabel: false, hideOverlap: true }, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: theme.rule } } }) as never,
      yAxis: valueAxis(theme, { name: data.yLabel, nameLocation: "end", nameTextStyle: { align: "left", padding: [0, 0, 0, -40], color: theme.muted, fontSize: 12 }, min: 0, max: 1, axisLabel: { color: theme.muted, formatter: (v: number) => percent(v) } }) as never,
      series: [
        { type: "scatter", silent: true, z: 1, symbolSize: 5, data: data.cloud, itemStyle: { color: theme.faint } },
        { type: "line", silent: true, z: 2, showSymbol: false, data: edge.map((p) => [p.x.estimate, p.y.estimate]), lineStyle: { color: theme.grey, width: 1.5 } },
        {
          type: "custom",
          silent: true,
          z: 2,
          encode: { x: [0, 2, 3], y: [1, 4, 5] },
          data: lines.map((p) => [p.x.estimate, p.y.estimate, p.x.low, p.x.high, p.y.low, p.y.high]),
          renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
            const [x, y, x0, x1, y0, y1] = [0, 1, 2, 3, 4, 5].map((i) => api.value(i)) as [number, number, number, number, number, number];
            const line = (a: number[], b: number[]): Record<string, unknown> => ({ type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: theme.grey, lineWidth: 1.5 } });
            return { type: "group", children: [line(api.coord([x0, y]), api.coord([x1, y])), line(api.coord([x, y0]), api.coord([x, y1]))] };
          },
        },
        {
          type: "scatter",
          z: 3,
          data: lines.map((p) => ({ value: [p.x.estimate, p.y.estimate], symbol: p.strong ? "diamond" : "circle", symbolSize: p.strong ? 16 : 9, itemStyle: { color: p.strong ? theme.accent : theme.grey, borderColor: theme.ground, borderWidth: 1 } })),
          tooltip: { formatter: (item: { dataIndex: number }) => tip(says(lines[item.dataIndex]!)) },
          ...(data.asked === null
            ? {}
            : { markLine: { silent: true, symbol: "none", lineStyle: { color: theme.grey, type: "dashed", width: 1.5 }, label: { formatter: `asked: ${percent(data.asked)}`, position: "insideStartTop", color: theme.muted, fontSize: 12 }, data: [{ yAxis: data.asked }] } }),
        },
        {
          type: "custom",
          silent: true,
          z: 4,
          data: [[lines[0]?.x.estimate ?? 0, lines[0]?.y.estimate ?? 0]],
          renderItem: (_: unknown, api: { coord: (at: number[]) => number[] }) => {
            const placed: number[][] = [];
            const named = lines.filter((p) => p.label).map((p) => ({ p, at: api.coord([p.x.estimate, p.y.estimate]), end: api.coord([p.x.high, p.y.estimate])[0]! }));
            const children = named.sort((a, b) => a.at[1]! - b.at[1]!).map(({ p, at, end }) => {
              const wide = 7.2 * p.label.length;
              const right = Math.max(at[0]! + 12, end + 5);
              const x = right + wide < frame.width - 4 ? right : at[0]! - 12 - wide;
              let y = at[1]!;
              for (const [ox, oy, ow] of placed as [number, number, number][]) if (x < ox + ow && ox < x + wide && y < oy + LEADING) y = oy + LEADING;
              placed.push([x, y, wide]);
              return text(x, y, p.label, { verticalAlign: "middle", fill: p.strong ? theme.accent : theme.text, fontWeight: p.strong ? 600 : 400, fontSize: 12, stroke: theme.ground, lineWidth: 3 });
            });
            return { type: "group", children };
          },
        },
      ] as never,
    },
  };
}
