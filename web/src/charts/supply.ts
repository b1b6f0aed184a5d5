import type { SupplyData } from "../data";
import { number } from "../format";
import { mix, type Theme } from "../theme";
import { base, narrow, plot, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** The shades of layers: what is made at home in the accent, what comes from abroad in greys. */
export function layerColours(theme: Theme, layers: { home: boolean }[]): string[] {
  const abroad = layers.filter((layer) => !layer.home).length;
  let seen = 0;
  return layers.map((layer) => {
    if (layer.home) return theme.accent;
    const share = abroad > 1 ? 0.95 - (0.45 * seen++) / (abroad - 1) : 0.75;
    return mix(theme.ground, theme.grey, share);
  });
}

/** By year: what came in by source as stacked bars, and what was wanted as a line. */
export function supply(data: SupplyData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const years = data.wanted.values.map((_, k) => String(Math.floor(data.start + k + 1e-9)));
  const fills = layerColours(theme, data.layers);
  const total = years.map((_, k) => data.layers.reduce((sum, layer) => sum + layer.values[k]!, 0));
  const bars = data.layers.map((layer, i) => ({
    type: "bar",
    name: layer.label,
    stack: "supply",
    barCategoryGap: "18%",
    data: layer.values,
    itemStyle: { color: fills[i], borderColor: theme.ground, borderWidth: 0.6, ...(layer.home ? { decal: { symbol: "none" } } : {}) },
  }));
  const line = {
    type: "line",
    name: data.wanted.label,
    data: data.wanted.values,
    symbol: "none",
    z: 5,
    lineStyle: { color: theme.text, width: 2.5 },
    itemStyle: { color: theme.text },
  };
  const whiskers = {
    type: "custom",
    silent: true,
    z: 6,
    data: years.map((_, k) => [k, data.low[k], data.high[k]]),
    renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
      const a = api.coord([api.value(0), api.value(1)]), b = api.coord([api.value(0), api.value(2)]);
      return { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: theme.text, lineWidth: 1.5 } };
    },
  };
  return {
    height: small ? 320 + 22 * data.layers.length : 400,
    option: {
      ...base(frame),
      aria: { enabled: false },
      tooltip: {
        ...tooltip(theme),
        trigger: "axis",
        formatter: (items: { dataIndex: number }[]) => {
          const k = items[0]?.dataIndex ?? 0;
          return tip([
            `${years[k]} (${data.unit})`,
            `${data.wanted.label}: ${number(data.wanted.values[k]!)}`,
            ...data.layers.map((layer) => `${layer.label}: ${number(layer.values[k]!)}`),
            `all sources: ${number(total[k]!)} (${number(data.low[k]!)} to ${number(data.high[k]!)})`,
          ]);
        },
      } as never,
      legend: { data: [...data.layers.map((layer) => ({ name: layer.label, icon: "rect" })), { name: data.wanted.label, icon: "path://M0 4 L20 4 L20 6 L0 6 Z" }], top: 0, left: 0, itemWidth: 16, itemHeight: 10, itemGap: small ? 10 : 18, selectedMode: false, textStyle: { color: theme.text, fontSize: 12, width: small ? frame.width - 60 : 300, overflow: "truncate" } },
      grid: plot({ left: 44, right: 10, top: small ? 24 + 22 * (data.layers.length + 1) : 44, bottom: 28 }) as never,
      xAxis: { type: "category", data: years, axisTick: { show: false }, axisLine: { lineStyle: { color: theme.rule } }, axisLabel: { color: theme.muted, fontSize: 12, interval: (i: number) => Number(years[i]) % (years.length <= (small ? 6 : 12) ? 1 : small && years.length > 12 ? 10 : 5) === 0 } } as never,
      yAxis: valueAxis(theme, { min: 0, axisLabel: { color: theme.muted, fontSize: 12, formatter: (v: number) => number(v) } }) as never,
      series: [...bars, line, whiskers] as never,
    },
  };
}
