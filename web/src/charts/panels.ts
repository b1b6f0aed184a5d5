import type { PanelsData } from "../data";
import { clip, number } from "../format";
import { colour } from "../theme";
import { base, narrow, planName, shapes, text, tooltip, type Drawing, type Frame } from "./common";

/** A panel for each kind of cost, a bar for each plan; all panels share one scale. */
export function panels(data: PanelsData, frame: Frame): Drawing {
  const { theme, width } = frame;
  const small = narrow(frame);
  const names = small ? 112 : 150;
  const most = small ? 1 : Math.max(1, Math.min(data.panels.length, Math.floor((width - names) / 112)));
  const down = Math.ceil(data.panels.length / most);
  const across = Math.ceil(data.panels.length / down);
  const bar = small ? 20 : 26;
  const head = 28;
  const gap = 12;
  const wide = (width - names - gap * (across - 1)) / across;
  const tall = head + data.plans.length * bar + 16;
  const highest = Math.max(...data.panels.flatMap((panel) => panel.spans.map((span) => span[1])), 1e-9);
  const scale = (wide - 44) / highest;
  const left = (p: number): number => names + (p % across) * (wide + gap);
  const top = (p: number): number => Math.floor(p / across) * tall;
  const items = data.panels.flatMap((panel, p) => panel.values.map((value, i) => ({ p, i, value, span: panel.spans[i]!, plan: data.plans[i]! })));
  const labels = [
    ...data.panels.map((panel, p) => text(small ? 0 : left(p), top(p) + 6, clip(panel.label, Math.max(12, Math.floor((small ? width : wide) / 7))), { fill: theme.text, fontWeight: 600 })),
    ...Array.from({ length: down }, (_, row) =>
      data.plans.map((plan, i) => text(0, row * tall + head + i * bar + bar / 2, planName(frame, plan, small ? 15 : 21), { verticalAlign: "middle", fill: colour(theme, plan), fontWeight: 600, fontSize: small ? 12 : 13 })),
    ).flat(),
    ...data.panels.map((_, p) => ({ type: "line", silent: true, shape: { x1: left(p), x2: left(p), y1: top(p) + head, y2: top(p) + head + data.plans.length * bar }, style: { stroke: theme.rule } })),
  ];
  return {
    height: down * tall,
    option: {
      ...base(frame),
      tooltip: tooltip(theme),
      series: [
        shapes(1, () => ({ type: "group", children: labels })),
        shapes(
          items.length,
          (k) => {
            const { p, i, value, span, plan } = items[k]!;
            const y = top(p) + head + i * bar;
            const length = Math.max(value > 0 ? 1 : 0, value * scale);
            return {
              type: "group",
              children: [
                { type: "rect", shape: { x: left(p), y: y + 4, width: length, height: bar - 8 }, style: { fill: colour(theme, plan) } },
                { type: "line", shape: { x1: left(p) + span[0] * scale, x2: left(p) + span[1] * scale, y1: y + bar / 2, y2: y + bar / 2 }, style: { stroke: theme.text, lineWidth: 1.5 } },
                text(left(p) + Math.max(length, span[1] * scale) + 4, y + bar / 2, number(value), { verticalAlign: "middle", fill: value > 0 ? theme.text : theme.muted, fontSize: 12 }),
              ],
            };
          },
          (k) => [`${planName(frame, items[k]!.plan)}: ${data.panels[items[k]!.p]!.label}`, `${number(items[k]!.value)} ${data.unit} (${number(items[k]!.span[0])} to ${number(items[k]!.span[1])})`],
        ),
      ] as never,
    },
  };
}
