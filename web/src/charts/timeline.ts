import type { TimelineData } from "../data";
import { clip, number } from "../format";
import { DASHES, mix } from "../theme";
import { base, FONT, narrow, plot, tip, tooltip, valueAxis, yearAxis, type Drawing, type Frame } from "./common";
import { nice } from "./fan";

/** One future: the states of the world as strips, below them stock, orders, output and shortages on one time axis. */
export function timeline(data: TimelineData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const left = small ? 42 : 150;
  const right = 22;
  const to = data.x[data.x.length - 1] ?? 1;
  const strip = small ? 40 : 30;
  const tall = small ? 84 : 96;
  const head = 32;
  const strips = data.strips.length * strip;
  const scale = (width - left - right) / to;
  const grids: object[] = [], xs: object[] = [], ys: object[] = [], series: object[] = [], titles: object[] = [];
  const tones = [theme.accent, theme.grey, theme.muted, theme.text];
  data.rows.forEach((row, i) => {
    const top = strips + 8 + i * (tall + head) + head;
    const highest = Math.max(...row.series.flatMap((one) => one.values), 1e-9);
    grids.push(plot({ left, right, top, height: tall }));
    titles.push({ left: small ? 0 : left, top: top - 22, text: `${row.label}, ${row.unit}`, padding: 0, textStyle: { color: theme.text, fontSize: 12, fontWeight: 600, fontFamily: FONT } });
    const last = i === data.rows.length - 1;
    const axis = yearAxis(theme, data.start, to, { gridIndex: i });
    xs.push(last ? axis : { ...axis, axisLabel: { show: false }, axisTick: { show: false } });
    ys.push(valueAxis(theme, { gridIndex: i, min: 0, max: highest * 1.02, interval: nice(highest), axisLabel: { color: theme.muted, fontSize: 12, formatter: (v: number) => number(v), showMaxLabel: false } }));
    row.series.forEach((one, k) => {
      const tone = row.bad ? (k === 0 ? theme.bad : mix(theme.ground, theme.bad, 0.6)) : tones[k % tones.length];
      const shared = { name: one.label, xAxisIndex: i, yAxisIndex: i, data: one.values.map((v, j) => [data.x[j], v]), itemStyle: { color: tone } };
      series.push(
        row.form === "line"
          ? { ...shared, type: "line", symbol: "none", lineStyle: { color: tone, width: k === 0 ? 2 : 1.4, type: DASHES[k % DASHES.length] } }
          : { ...shared, type: "bar", stack: `row-${i}`, barWidth: Math.max(1, (scale * to) / data.x.length - 0.4), large: false },
      );
    });
  });
  series.push(spells(data, frame, { left, strip, scale }));
  const names = data.rows.flatMap((row, i) => (row.series.length > 1 ? [{ i, names: row.series.map((one) => one.label) }] : []));
  return {
    height: strips + 8 + data.rows.length * (tall + head) + 30,
    option: {
      ...base(frame),
      title: titles as never,
      legend: names.map(({ i, names: list }) => ({ data: list, selectedMode: false, top: strips + 8 + i * (tall + head) + 6, right: 6, itemWidth: 22, itemHeight: 2, textStyle: { color: theme.muted, fontSize: 12 }, icon: undefined })) as never,
      tooltip: {
        ...tooltip(theme),
        trigger: "axis",
        formatter: (items: { seriesName: string; value: [number, number] }[]) =>
          items.length === 0 ? "" : tip([String(Math.floor(data.start + items[0]!.value[0])), ...items.map((item) => `${item.seriesName}: ${number(item.value[1])}`)]),
      } as never,
      grid: grids as never,
      xAxis: xs as never,
      yAxis: ys as never,
      series: series as never,
    },
  };
}

function spells(data: TimelineData, frame: Frame, at: { left: number; strip: number; scale: number }): object {
  const { theme } = frame;
  const small = narrow(frame);
  const shift = small ? 16 : 0;
  const items = data.strips.flatMap((strip, s) => strip.spells.map((spell) => ({ ...spell, s, name: strip.label })));
  const ink = { fontFamily: FONT, fontSize: 12 };
  return {
    type: "custom",
    name: "spells",
    coordinateSystem: "none",
    data: [...data.strips.map((_, s) => [s, 0]), ...items.map((_, i) => [i, 1])],
    tooltip: {
      trigger: "item",
      formatter: (item: { value: [number, number] }) => {
        const one = items[item.value[0]];
        if (item.value[1] === 0 || !one) return "";
        return tip([`${one.name}: ${one.state}`, `${(data.start + one.from).toFixed(1)} to ${(data.start + one.to).toFixed(1)}`]);
      },
    },
    renderItem: (params: { dataIndex: number }) => {
      const i = params.dataIndex - data.strips.length;
      if (i < 0) {
        const name = clip(data.strips[params.dataIndex]!.label, small ? 40 : 20);
        return { type: "text", x: 0, y: params.dataIndex * at.strip + (small ? 1 : 7), silent: true, style: { ...ink, text: name, fill: theme.text, fontWeight: 600 } };
      }
      const one = items[i]!;
      const x = at.left + one.from * at.scale;
      const wide = Math.max(1, (one.to - one.from) * at.scale);
      const fill = one.calm ? mix(theme.ground, theme.grey, 0.16) : mix(theme.ground, theme.bad, theme.dark ? 0.5 : 0.38);
      const children: object[] = [{ type: "rect", shape: { x, y: one.s * at.strip + 3 + shift, width: wide, height: 20 }, style: { fill, stroke: theme.ground, lineWidth: 0.5 } }];
      const room = Math.floor((wide - 8) / 7.2);
      if (room >= Math.min(4, one.state.length)) children.push({ type: "text", x: x + 4, y: one.s * at.strip + 7 + shift, silent: true, style: { ...ink, text: clip(one.state, room), fill: theme.text } });
      return { type: "group", children };
    },
  };
}
