/** A chart as a file: SVG and PNG with its title and what is drawn, CSV of its table. */
import type { View } from "./data";
import { csv } from "./format";
import type { Theme } from "./theme";
import { FONT } from "./charts/common";

const SVG = "http://www.w3.org/2000/svg";
const PAD = 24;

function save(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Words broken into lines of at most so many characters. */
function lines(text: string, most: number): string[] {
  const out: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = out[out.length - 1];
    if (last !== undefined && last.length + word.length < most) out[out.length - 1] = `${last} ${word}`;
    else out.push(word.slice(0, most));
  }
  return out.slice(0, 4);
}

/** The picture alone, as one SVG text with title, subtitle and ground. */
export function picture(figure: HTMLElement, view: View, theme: Theme): { text: string; width: number; height: number } {
  const drawn = figure.querySelector("svg");
  if (!drawn) throw new Error("the chart is not drawn");
  const inner = drawn.cloneNode(true) as SVGSVGElement;
  const wide = Number(drawn.getAttribute("width")), tall = Number(drawn.getAttribute("height"));
  const outer = document.createElementNS(SVG, "svg");
  const add = (name: string, attributes: Record<string, string | number>, text = ""): void => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.textContent = text;
    outer.append(element);
  };
  const heads = lines(view.title, Math.floor(wide / 9)), subs = lines(view.subtitle, Math.floor(wide / 6.8));
  const head = PAD + heads.length * 24 + subs.length * 18 + 10;
  const width = wide + 2 * PAD, height = head + tall + PAD;
  outer.setAttribute("xmlns", SVG);
  outer.setAttribute("width", String(width));
  outer.setAttribute("height", String(height));
  outer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  add("rect", { width, height, fill: theme.ground });
  heads.forEach((line, i) => add("text", { x: PAD, y: PAD + 14 + i * 24, fill: theme.text, "font-family": FONT, "font-size": 18, "font-weight": 600 }, line));
  subs.forEach((line, i) => add("text", { x: PAD, y: PAD + heads.length * 24 + 10 + i * 18, fill: theme.muted, "font-family": FONT, "font-size": 13 }, line));
  inner.setAttribute("x", String(PAD));
  inner.setAttribute("y", String(head));
  inner.removeAttribute("style");
  outer.append(inner);
  return { text: new XMLSerializer().serializeToString(outer), width, height };
}

export function saveSvg(name: string, figure: HTMLElement, view: View, theme: Theme): void {
  save(`${name}.svg`, new Blob([picture(figure, view, theme).text], { type: "image/svg+xml" }));
}

export async function savePng(name: string, figure: HTMLElement, view: View, theme: Theme): Promise<void> {
  const { text, width, height } = picture(figure, view, theme);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => blob && save(`${name}.png`, blob), "image/png");
}

export function saveCsv(name: string, view: View): void {
  const table = csv(view.table.columns.map((column) => column.label), view.table.rows);
  save(`${name}.csv`, new Blob(["\ufeff", table], { type: "text/csv" }));
}
