import type { BarsData } from "../data";
import { number } from "../format";
import { base, FONT, LEADING, narrow, plot, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** Amounts with their intervals, longest first; the one that the title speaks of in the accent. */
export function bars(data: BarsData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const tall = small ? 44 : 34;
  const highest = Math.max(...data.bars.map((bar) => bar.value.high), 1e-9);
  const least = Math.min(...data.bars.map((bar) => bar.value.low), 0);
  const lowest = least < 0 ? least - 0.14 * (highest - least) : 0; // the numbers of bars to the left stand there
  return {
    height: data.bars.length * tall + 34,
    option: {
      ...base(frame),
      tooltip: {
        ...tooltip(theme),
        trigger: "item",
        formatter: (item: { dataIndex: number }) => {
          const bar = data.bars[item.dataIndex]!;
          return tip([bar.label, `${number(bar.value.estimate)} ${data.unit} (${number(bar.value.low)} to ${number(bar.value.high)})`]);
        },
      } as never,
      grid: plot({ left: small ? 120 : 240, right: 56, top: 4, bottom: 28 }) as never,
      yAxis: { type: "category", inverse: true, data: data.bars.map((bar) => bar.label), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: theme.text, fontSize: small ? 12 : 13, fontFamily: FONT, lineHeight: LEADING, width: small ? 112 : 228, overflow: "break" } } as never,
      xAxis: valueAxis(theme, { min: lowest, max: highest, axisLabel: { color: theme.muted, formatter: (v: number) => number(v), hideOverlap: true, showMinLabel: lowest === 0, showMaxLabel: false } }) as never,
      series: [
        {
          type: "bar",
          barWidth: "56%",
          data: data.bars.map((bar) => ({ value: bar.value.estimate, itemStyle: { color: bar.strong ? theme.bad : theme.grey } })),
        },
        {
          type: "custom",
          silent: true,
          z: 4,
          data: data.bars.map((bar, i) => [bar.value.low, i, bar.value.high, bar.value.estimate]),
          renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
            const [low, i, high] = [api.value(0), api.value(1), api.value(2)];
            const a = api.coord([low, i]), b = api.coord([high, i]);
            const place = api.value(3) < 0 ? { x: a[0]! - 6, align: "right" } : { x: b[0]! + 6, align: "left" };
            return {
              type: "group",
              children: [
                { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: theme.text, lineWidth: 1.5 } },
                { type: "text", x: place.x, y: b[1]! - 7, style: { text: number(api.value(3)), align: place.align, fill: theme.text, fontFamily: FONT, fontSize: 12, fontWeight: 600 } },
              ],
            };
          },
        },
      ] as never,
    },
  };
}
