/** What all charts share: the frame they are drawn in, axes, and tips that only ever hold text. */
import type { EChartsOption } from "echarts";
import type { Plan } from "../data";
import { clip } from "../format";
import type { Theme } from "../theme";

export interface Frame {
  width: number;
  theme: Theme;
  plans: Plan[];
}

export interface Drawing {
  height: number;
  option: EChartsOption;
}

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";
export const SIZE = 13;
/** Set wherever text may have several lines or make room for others: what fonts say of themselves differs between machines. */
export const LEADING = 16;

export function narrow(frame: Frame): boolean {
  return frame.width < 600;
}

export function planName(frame: Frame, plan: number, most = 28): string {
  return clip(frame.plans[plan]?.name ?? "", most);
}

/** A tip as an element whose lines are set as text, so that no text of a scenario is ever read as HTML. */
export function tip(lines: string[]): HTMLElement {
  const box = document.createElement("div");
  lines.forEach((line, i) => {
    const row = document.createElement("div");
    row.textContent = line;
    row.dir = "auto";
    if (i === 0) row.style.fontWeight = "600";
    box.append(row);
  });
  return box;
}

export function tooltip(theme: Theme): EChartsOption["tooltip"] {
  return {
    confine: true,
    backgroundColor: theme.ground,
    borderColor: theme.rule,
    textStyle: { color: theme.text, fontFamily: FONT, fontSize: SIZE },
    extraCssText: "max-width: 320px; white-space: normal;",
  };
}

/** The place of a plot, which labels never change. */
export function plot(place: Record<string, number>): Record<string, unknown> {
  return { outerBoundsMode: "none", ...place };
}

export function base(frame: Frame): EChartsOption {
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: { fontFamily: FONT, fontSize: SIZE, color: frame.theme.text },
  };
}

/** An axis of numbers, with as little ink as it needs. */
export function valueAxis(theme: Theme, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: "value",
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: theme.muted, fontSize: 12, fontFamily: FONT, hideOverlap: true },
    splitLine: { lineStyle: { color: theme.rule, width: 1 } },
    nameTextStyle: { color: theme.muted, fontSize: 12, fontFamily: FONT },
    ...more,
  };
}

/** The month that a time in years lies in. */
function monthOf(year: number): string {
  const months = Math.floor(year * 12 + 1e-3);
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
}

/** Where years, or parts of one, begin from a start on, in years since it. */
function beginnings(start: number, to: number, step: number): number[] {
  const part = Math.min(step, 1);
  const first = Math.ceil(start / part - 0.06) * part - start; // three weeks into a year it still begins
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step + 1e-6) + 1) }, (_, i) => Math.max(0, first + i * step));
}

/** An axis of calendar years over years since the start; of months where fewer than two years begin in it. */
export function yearAxis(theme: Theme, start: number, to: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const years = beginnings(start, to, to > 20 ? 10 : to > 8 ? 5 : 1);
  const at = years.length > 1 ? years : beginnings(start, to, to > 0.5 ? 0.25 : 1 / 12);
  const named = (year: number) => (years.length > 1 ? String(Math.round(year)) : monthOf(year));
  return valueAxis(theme, {
    min: 0,
    max: to,
    axisLabel: { customValues: at, color: theme.muted, fontSize: 12, fontFamily: FONT, formatter: (x: number) => named(start + x), hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" },
    splitLine: { show: false },
    axisTick: { show: true, customValues: at, lineStyle: { color: theme.rule } },
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.rule } },
    ...more,
  });
}

/** Text drawn by a custom series. */
export function text(x: number, y: number, value: string, style: Record<string, unknown>): Record<string, unknown> {
  return { type: "text", x, y, silent: true, style: { text: value, fontFamily: FONT, fontSize: SIZE, lineHeight: LEADING, ...style } };
}

/** A series that draws its own shapes outside any coordinate system. */
export function shapes(items: number, render: (index: number) => Record<string, unknown>, tipOf?: (index: number) => string[]): Record<string, unknown> {
  return {
    type: "custom",
    coordinateSystem: "none",
    data: Array.from({ length: items }, (_, i) => [i]),
    renderItem: (params: { dataIndex: number }) => render(params.dataIndex),
    silent: tipOf === undefined,
    ...(tipOf ? { tooltip: { formatter: (p: { dataIndex: number }) => tip(tipOf(p.dataIndex)) } } : {}),
  };
}
