import type { FanData } from "../data";
import { number } from "../format";
import { colour, mix } from "../theme";
import { base, FONT, planName, plot, tip, tooltip, valueAxis, yearAxis, type Drawing, type Frame } from "./common";

/** Stock by plan: a panel each on shared axes; bands over futures, the median, and a few whole futures. */
export function fan(data: FanData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const across = Math.min(data.panels.length, width > 640 ? 3 : width > 540 ? 2 : 1);
  const down = Math.ceil(data.panels.length / across);
  const tall = across === 1 ? 150 : 170;
  const [left, gapX, head, foot] = [44, 20, 34, 28];
  const wide = (width - left - 8 - gapX * (across - 1)) / across;
  const to = data.x[data.x.length - 1] ?? 1;
  const top = Math.max(...data.panels.flatMap((p) => [...p.high, ...p.futures.flat()]));
  const grids: object[] = [], xs: object[] = [], ys: object[] = [], series: object[] = [], titles: object[] = [];
  data.panels.forEach((panel, i) => {
    const column = i % across, row = Math.floor(i / across);
    const tone = colour(theme, panel.plan);
    const at = { gridIndex: i };
    grids.push(plot({ left: left + column * (wide + gapX), top: row * (tall + head + foot) + head, width: wide, height: tall }));
    titles.push({ left: left + column * (wide + gapX), top: row * (tall + head + foot) + 6, text: planName(frame, panel.plan, 30), padding: 0, textStyle: { color: tone, fontSize: 13, fontWeight: 600, fontFamily: FONT } });
    xs.push(yearAxis(theme, data.start, to, at));
    ys.push(valueAxis(theme, { ...at, min: 0, max: top, interval: nice(top), axisLabel: { show: column === 0, color: theme.muted, fontSize: 12, formatter: (v: number) => number(v), showMaxLabel: false } }));
    const line = (values: number[], more: object): object => ({ type: "line", xAxisIndex: i, yAxisIndex: i, showSymbol: false, silent: true, data: values.map((v, k) => [data.x[k], v]), ...more });
    const band = (low: number[], high: number[], share: number): object => ({
      type: "custom",
      name: "band",
      silent: true,
      xAxisIndex: i,
      yAxisIndex: i,
      data: [[0, 0]],
      z: 1,
      renderItem: (_: unknown, api: { coord: (at: number[]) => number[] }) => ({
        type: "polygon",
        shape: { points: [...high.map((v, k) => api.coord([data.x[k]!, v])), ...low.map((v, k) => api.coord([data.x[k]!, v])).reverse()] },
        style: { fill: mix(theme.ground, tone, share) },
      }),
    });
    series.push(band(panel.low, panel.high, 0.16), band(panel.lower, panel.upper, 0.32));
    panel.futures.forEach((future) => series.push(line(future, { z: 2, lineStyle: { color: theme.dark ? "#c8ced6" : "#3a424c", width: 0.7, opacity: 0.65 } })));
    series.push({
      ...line(panel.middle, { z: 4, silent: false, name: "median", lineStyle: { color: tone, width: 2.5 }, itemStyle: { color: tone } }),
      ...(panel.mark === null
        ? {}
        : {
            markPoint: {
              silent: true,
              symbol: "triangle",
              symbolSize: 9,
              data: [{ coord: [panel.mark.x, 0], value: panel.mark.text }],
              itemStyle: { color: theme.bad },
              label: { formatter: panel.mark.text, position: panel.mark.x > to * 0.6 ? "left" : "right", color: theme.text, fontSize: 12, textBorderColor: theme.ground, textBorderWidth: 3, offset: [2, -10] },
            },
          }),
    });
  });
  return {
    height: down * (tall + head + foot),
    option: {
      ...base(frame),
      title: titles as never,
      tooltip: {
        ...tooltip(theme),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: theme.grey } },
        formatter: (items: { axisIndex?: number; seriesName: string; dataIndex: number }[]) => {
          const item = items.find((one) => one.seriesName === "median") ?? items[0];
          const panel = data.panels[item?.axisIndex ?? 0];
          if (!item || !panel) return "";
          const k = item.dataIndex;
          return tip([
            `${planName(frame, panel.plan)}, ${Math.floor(data.start + data.x[k]!)}`,
            `median ${number(panel.middle[k]!)} ${data.unit}`,
            `8 of 10 futures: ${number(panel.low[k]!)} to ${number(panel.high[k]!)}`,
          ]);
        },
      } as never,
      grid: grids as never,
      xAxis: xs as never,
      yAxis: ys as never,
      series: series as never,
    },
  };
}

/** A step of a value axis that people count in, for about four steps. */
export function nice(top: number): number {
  const rough = top / 3.5;
  const ten = 10 ** Math.floor(Math.log10(rough || 1));
  return [1, 2, 5, 10].map((k) => k * ten).find((k) => k >= rough) ?? ten;
}
