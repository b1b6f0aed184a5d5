import type { SurvivalData } from "../data";
import { number, percent } from "../format";
import { colour, dash, mix } from "../theme";
import { base, LEADING, narrow, planName, plot, tip, tooltip, valueAxis, type Drawing, type Frame } from "./common";

/** How many of the futures are still served in full, so long after everything from outside is cut. */
export function survival(data: SurvivalData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const to = data.x[data.x.length - 1] ?? 1;
  // Plans that fall alike are one line with one name. Names stand each at a height of its own, as the lines fall.
  const groups = new Map<string, number[]>();
  data.lines.forEach((line, i) => groups.set(line.values.join(), [...(groups.get(line.values.join()) ?? []), i]));
  const together = (i: number): number[] => groups.get(data.lines[i]!.values.join())!;
  const named = (i: number): string => {
    const all = together(i);
    if (all.length < 3) return all.map((one) => planName(frame, data.lines[one]!.plan, 24)).join(", ");
    return all.length === data.lines.length ? "every plan" : `${groups.size === 2 ? "the" : ""} ${all.length} other plans`.trim();
  };
  const tint = (i: number): string => (together(i).length > 1 ? theme.grey : colour(theme, data.lines[i]!.plan));
  const order = [...groups.values()].map((all) => ({ i: all[0]!, at: data.lines[all[0]!]!.values.filter((value) => value > 0.5).length })).sort((a, b) => b.at - a.at);
  const level = new Map(order.map(({ i }, place) => [i, order.length > 1 ? 0.92 - (0.84 * place) / (order.length - 1) : 0.5]));
  const series = data.lines.map((line, i) => {
    const tone = tint(i), first = together(i)[0] === i;
    const at = line.values.findIndex((value) => value <= (level.get(i) ?? 0.5));
    const x = data.x[at < 0 ? data.x.length - 1 : Math.max(0, at - 1)]!;
    const late = x > to * 0.72;
    return {
      type: "line",
      step: "start", // a future runs short within the step: what lasts nine weeks lasts no tenth
      symbol: "none",
      name: planName(frame, line.plan),
      data: line.values.map((value, k) => [data.x[k], value]),
      lineStyle: { color: tone, width: 2.2, type: dash(line.plan) },
      itemStyle: { color: tone },
      markPoint: {
        silent: true,
        symbol: "circle",
        symbolSize: small ? 1 : 6,
        data: first ? [{ coord: [x, at < 0 ? line.values[line.values.length - 1] : level.get(i)] }] : [],
        label: { show: !small, formatter: () => named(i), position: late ? "left" : "right", distance: 6, color: together(i).length > 1 ? theme.text : tone, fontSize: 13, fontWeight: 600, lineHeight: LEADING, textBorderColor: theme.ground, textBorderWidth: 4 },
      },
    };
  });
  const bands = order.map(({ i }) => ({
    type: "custom",
    silent: true,
    z: 1,
    data: [[0, 0]],
    renderItem: (_: unknown, api: { coord: (at: number[]) => number[] }) => {
      const stairs = (values: number[]): number[][] => values.flatMap((v, k) => [api.coord([data.x[Math.max(0, k - 1)]!, v]), api.coord([data.x[k]!, v])]);
      const { low, high } = data.lines[i]!;
      return { type: "polygon", shape: { points: [...stairs(high), ...stairs(low).reverse()] }, style: { fill: mix(theme.ground, tint(i), 0.25) } };
    },
  }));
  const rows = 21 * order.length;
  return {
    height: small ? 380 + rows : 420,
    option: {
      ...base(frame),
      tooltip: {
        ...tooltip(theme),
        trigger: "axis",
        formatter: (items: { value: [number, number]; seriesName: string }[]) =>
          items.length === 0 ? "" : tip([`${number(items[0]!.value[0])} ${data.xLabel}`, ...items.map((item) => `${item.seriesName}: ${percent(item.value[1])}`)]),
      } as never,
      legend: { show: small, orient: "vertical", top: 0, left: 0, selectedMode: false, itemWidth: 30, itemHeight: 2, itemGap: 5, data: order.map(({ i }) => planName(frame, data.lines[i]!.plan)), formatter: (name: string) => named(data.lines.findIndex((line) => planName(frame, line.plan) === name)), textStyle: { color: theme.text, fontSize: 12, width: width - 60, overflow: "truncate" } },
      grid: plot({ left: 46, right: 12, top: small ? 16 + rows : 16, bottom: 46 }) as never,
      xAxis: valueAxis(theme, { name: data.xLabel, nameLocation: "middle", nameGap: 28, min: 0, max: to, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: theme.rule } }, axisLabel: { color: theme.muted, fontSize: 12, hideOverlap: true, showMaxLabel: false } }) as never,
      yAxis: valueAxis(theme, { min: 0, max: 1, axisLabel: { color: theme.muted, formatter: (v: number) => percent(v) } }) as never,
      series: [...bands, ...series] as never,
    },
  };
}
