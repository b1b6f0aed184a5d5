import type { TornadoData } from "../data";
import { number } from "../format";
import { base, FONT, LEADING, narrow, plot, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** How far a measure goes when each input is at one end of its range, then at the other; the widest first. */
export function tornado(data: TornadoData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const tall = small ? 62 : 46;
  const ends = data.bars.flatMap((bar) => [bar.low, bar.high]);
  const reach = Math.max(...ends.map((end) => end.value.high), data.centre) - Math.min(...ends.map((end) => end.value.low), data.centre) || 1;
  const room = reach * (small ? 0.3 : 0.16);
  return {
    height: data.bars.length * tall + 52,
    option: {
      ...base(frame),
      tooltip: {
        ...tooltip(theme),
        trigger: "item",
        formatter: (item: { dataIndex: number }) => {
          const bar = data.bars[item.dataIndex]!;
          return tip([bar.label, ...[bar.low, bar.high].map((end) => `${end.text}: ${number(end.value.estimate)} ${data.unit} (${number(end.value.low)} to ${number(end.value.high)})`)]);
        },
      } as never,
      grid: plot({ left: small ? 8 : 250, right: 24, top: 4, bottom: 48 }) as never,
      yAxis: { type: "category", inverse: true, data: data.bars.map((bar) => bar.label), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { show: !small, color: theme.text, fontSize: 13, fontFamily: FONT, lineHeight: LEADING, width: 236, overflow: "break" } } as never,
      xAxis: valueAxis(theme, {
        name: data.unit,
        nameLocation: "middle",
        nameGap: 28,
        min: Math.min(...ends.map((end) => end.value.low), data.centre) - room,
        max: Math.max(...ends.map((end) => end.value.high), data.centre) + room,
        axisLabel: { color: theme.muted, formatter: (v: number) => number(v), hideOverlap: true, showMinLabel: false, showMaxLabel: false },
      }) as never,
      series: [
        {
          type: "custom",
          z: 3,
          encode: { x: [1, 2], y: 0 },
          data: data.bars.map((bar, i) => [i, bar.low.value.estimate, bar.high.value.estimate]),
          markLine: { silent: true, symbol: "none", lineStyle: { color: theme.text, width: 1, type: "solid" }, label: { show: false }, data: [{ xAxis: data.centre }] },
          renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
            const i = api.value(0);
            const bar = data.bars[i]!;
            const y = api.coord([data.centre, i])[1]! + (small ? 9 : 0);
            const x = (v: number): number => api.coord([v, i])[0]!;
            const half = 8;
            const rects = [bar.low, bar.high].map((end, e) => ({
              type: "rect",
              shape: { x: Math.min(x(data.centre), x(end.value.estimate)), y: y - half, width: Math.abs(x(end.value.estimate) - x(data.centre)), height: 2 * half },
              style: { fill: e === 0 ? theme.grey : theme.accent },
            }));
            const whiskers = [bar.low, bar.high].map((end) => ({ type: "line", shape: { x1: x(end.value.low), y1: y, x2: x(end.value.high), y2: y }, style: { stroke: theme.text, lineWidth: 1.5 } }));
            const left = bar.low.value.estimate <= bar.high.value.estimate ? bar.low : bar.high;
            const outer = [Math.min(bar.low.value.low, bar.high.value.low, data.centre), Math.max(bar.low.value.high, bar.high.value.high, data.centre)] as const;
            const words = [bar.low, bar.high].map((end) => {
              const before = end === left;
              const at = before ? x(outer[0]) - 6 : x(outer[1]) + 6;
              return { type: "text", x: at, y, style: { text: end.text, align: before ? "right" : "left", verticalAlign: "middle", fill: theme.text, fontFamily: FONT, fontSize: 12 } };
            });
            const name = small ? [{ type: "text", x: 0, y: y - 30, style: { text: bar.label, fill: theme.text, fontFamily: FONT, fontSize: 12, fontWeight: 600 } }] : [];
            return { type: "group", children: [...rects, ...whiskers, ...words, ...name] };
          },
        },
      ] as never,
    },
  };
}
