import type { WaterfallData } from "../data";
import { number } from "../format";
import { base, FONT, LEADING, narrow, plot, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** From what a plant is said to make to what reaches people: each step keeps what the one before lost. */
export function waterfall(data: WaterfallData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const last = data.steps.length - 1;
  const labels = data.steps.map((step) => step.label);
  const kept = data.steps.map((step, i) => ({ value: step.value, itemStyle: { color: i === last ? theme.accent : theme.grey } }));
  const lost = data.steps.map((step, i) => (i === 0 ? 0 : Math.max(0, data.steps[i - 1]!.value - step.value)));
  return {
    height: small ? 300 : 320,
    option: {
      ...base(frame),
      tooltip: {
        ...tooltip(theme),
        trigger: "item",
        formatter: (item: { dataIndex: number }) => {
          const step = data.steps[item.dataIndex]!;
          return tip([step.label, `${number(step.value)} ${data.unit} (${number(step.low)} to ${number(step.high)})`, ...(item.dataIndex > 0 ? [`lost in this step: ${number(lost[item.dataIndex]!)}`] : [])]);
        },
      } as never,
      grid: plot({ left: small ? 92 : 150, right: 64, top: 6, bottom: 28 }) as never,
      yAxis: { type: "category", inverse: true, data: labels, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: theme.text, fontSize: 13, fontFamily: FONT, lineHeight: LEADING, width: small ? 86 : 140, overflow: "break" } } as never,
      xAxis: valueAxis(theme, { min: 0, axisLabel: { color: theme.muted, formatter: (v: number) => number(v), hideOverlap: true } }) as never,
      series: [
        { type: "bar", name: "kept", stack: "all", barWidth: "58%", data: kept, label: { show: false } },
        {
          type: "bar",
          name: "lost",
          stack: "all",
          data: lost,
          itemStyle: { color: "transparent", borderColor: theme.faint, borderWidth: 1, borderType: "dashed" },
        },
        {
          type: "custom",
          silent: true,
          z: 4,
          data: data.steps.map((step, i) => [step.low, i, step.high, Math.max(step.high, step.value + lost[i]!)]),
          renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
            const a = api.coord([api.value(0), api.value(1)]), b = api.coord([api.value(2), api.value(1)]);
            const end = api.coord([api.value(3), api.value(1)]);
            const size = number(data.steps[api.value(1)]!.value);
            return {
              type: "group",
              children: [
                { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: theme.text, lineWidth: 1.5 } },
                { type: "text", x: end[0]! + 6, y: end[1]! - 7, style: { text: size, fill: theme.text, fontFamily: FONT, fontSize: 13, fontWeight: 600 } },
              ],
            };
          },
        },
      ] as never,
    },
  };
}
