import type { SankeyData } from "../data";
import { clip, number } from "../format";
import { base, FONT, narrow, tip, tooltip, type Drawing, type Frame } from "./common";

/** Where goods come from and where they end: the width of a band is the amount. */
export function sankey(data: SankeyData, frame: Frame): Drawing {
  const { theme } = frame;
  const small = narrow(frame);
  const most = small ? 14 : 30;
  const tone = (node: SankeyData["nodes"][number]): string => (node.bad ? theme.bad : node.home ? theme.accent : theme.grey);
  const tones = new Map(data.nodes.map((node) => [node.name, tone(node)]));
  return {
    height: small ? 420 : 400,
    option: {
      ...base(frame),
      tooltip: {
        ...tooltip(theme),
        trigger: "item",
        formatter: (item: { dataType?: string; name: string; value: number; data: { source?: string; target?: string } }) =>
          tip([item.dataType === "edge" ? `${item.data.source} to ${item.data.target}` : item.name, `${number(item.value)} ${data.unit}`]),
      } as never,
      series: [
        {
          type: "sankey",
          draggable: false,
          left: 2,
          right: small ? 96 : 190,
          top: 10,
          bottom: 18,
          nodeWidth: 12,
          nodeGap: small ? 30 : 22,
          nodeAlign: "left",
          layoutIterations: 64,
          emphasis: { focus: "adjacency" },
          data: data.nodes.map((node) => ({
            name: node.name,
            depth: node.depth,
            itemStyle: { color: tone(node), borderWidth: 0 },
          })),
          links: data.links.map((link) => ({ ...link, lineStyle: { color: tones.get(link.source), opacity: theme.dark ? 0.4 : 0.28, curveness: 0.5 } })),
          label: { color: theme.text, fontFamily: FONT, fontSize: small ? 11 : 13, lineHeight: small ? 14 : 17, textBorderColor: theme.ground, textBorderWidth: 3, formatter: (item: { name: string; value: number }) => `${clip(item.name, most)}${small ? "\n" : "  "}${number(item.value)}` },
        },
      ] as never,
    },
  };
}
