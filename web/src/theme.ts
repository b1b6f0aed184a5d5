/** Colours and marks. Chosen so that people who do not see red and green apart read every chart; tests compute the contrast. */

export interface Theme {
  dark: boolean;
  text: string;
  muted: string;
  rule: string;
  ground: string;
  grey: string;
  faint: string;
  accent: string;
  bad: string;
  good: string;
  plans: string[];
}

export const LIGHT: Theme = {
  dark: false,
  text: "#1b1f24",
  muted: "#565e69",
  rule: "#d9dde2",
  ground: "#ffffff",
  grey: "#7d858f",
  faint: "#c3c8ce",
  accent: "#175fa6",
  bad: "#b64a0e",
  good: "#175fa6",
  plans: ["#4f5863", "#175fa6", "#b64a0e", "#00776a", "#96306b", "#6a6800", "#5a41a3", "#8a4b33"],
};

export const DARK: Theme = {
  dark: true,
  text: "#eceff3",
  muted: "#a9b2bd",
  rule: "#343b45",
  ground: "#14181d",
  grey: "#8a939e",
  faint: "#4a525d",
  accent: "#7fbcf5",
  bad: "#f5a066",
  good: "#7fbcf5",
  plans: ["#b4bdc8", "#7fbcf5", "#f5a066", "#4fd1b8", "#f090c4", "#d3d15c", "#bba8f7", "#e2aa92"],
};

/** The second cue beside colour. */
const SHAPES = ["circle", "rect", "triangle", "diamond", "path://M0 0 L10 0 L5 9 Z"];
const SIGNS = ["●○", "■□", "▲△", "◆◇", "▼▽"];
export const DASHES: (string | number[])[] = ["solid", "dashed", "dotted", [10, 3, 2, 3], [14, 4]];

export function colour(theme: Theme, plan: number): string {
  return theme.plans[plan % theme.plans.length] ?? theme.grey;
}

export function symbol(plan: number): { shape: string; hollow: boolean } {
  return { shape: SHAPES[plan % SHAPES.length] ?? "circle", hollow: Math.floor(plan / SHAPES.length) % 2 === 1 };
}

/** The same mark as a letter. */
export function sign(plan: number): string {
  const { hollow } = symbol(plan);
  return SIGNS[plan % SIGNS.length]?.[hollow ? 1 : 0] ?? "●";
}

export function dash(plan: number): string | number[] {
  return DASHES[plan % DASHES.length] ?? "solid";
}

export function mix(from: string, to: string, share: number): string {
  const part = (hex: string, at: number): number => parseInt(hex.slice(at, at + 2), 16);
  const at = [1, 3, 5].map((i) => Math.round(part(from, i) + (part(to, i) - part(from, i)) * share));
  return `#${at.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever reads better on a colour (WCAG relative luminance). */
export function inkOn(hex: string): string {
  const line = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * line[0]! + 0.7152 * line[1]! + 0.0722 * line[2]!;
  return luminance > 0.18 ? "#000000" : "#ffffff";
}
