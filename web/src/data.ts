/**
 * The data contract of the report. `holdfast.output.report.report_data` writes it, this page reads it.
 *
 * Every sentence and title comes from there, by rules that are tested; nothing here words a finding. All text
 * may hold anything that a person wrote, so it is only ever set as text.
 */

export const FORMAT = 1;

export type Cell = string | number | null;

export interface Table {
  columns: { label: string; numeric?: boolean }[];
  rows: Cell[][];
}

/** A plan (an alternative). Its place in `ReportData.plans` gives its colour and its mark in every chart. */
export interface Plan {
  name: string;
  title: string;
}

/** An expected value with its interval. */
export interface Estimate {
  estimate: number;
  low: number;
  high: number;
}

export type Verdict = "yes" | "no" | "unsure";

export interface StandardCell {
  share: Estimate;
  verdict: Verdict;
}

/** 100 cells for each plan and standard: in how many of 100 futures the standard is met. */
export interface GridData {
  kind: "grid";
  columns: { label: string; note: string; asked: number | null }[];
  rows: { plan: number; cells: (StandardCell | null)[] }[];
}

/** Plans as points with an interval in both directions. `x` and `y` in the units of `xLabel` and `yLabel`. */
export interface DotsData {
  kind: "dots";
  xLabel: string;
  yLabel: string;
  asked: number | null;
  points: { plan: number; x: Estimate; y: Estimate }[];
}

/** Stock by plan over time: quantiles over futures at each x [years since `start`], and a few whole futures. */
export interface FanData {
  kind: "fan";
  start: number;
  unit: string;
  x: number[];
  panels: {
    plan: number;
    low: number[];
    lower: number[];
    middle: number[];
    upper: number[];
    high: number[];
    futures: number[][];
    mark: { x: number; text: string } | null;
  }[];
}

/** Where goods came from, by year, against what was wanted. */
export interface SupplyData {
  kind: "supply";
  start: number;
  unit: string;
  layers: { label: string; values: number[]; home: boolean }[];
  wanted: { label: string; values: number[] };
  /** 95 % interval of all layers together. */
  low: number[];
  high: number[];
}

/** A table of amounts shown as shades. A row may be a plan. */
export interface HeatData {
  kind: "heat";
  unit: string;
  rows: { label: string; plan: number | null }[];
  columns: string[];
  values: (number | null)[][];
  /** 95 % interval of each value. */
  spans: [number, number][][];
  max: number;
  /** Whether a high value is good (blue) or bad (orange). */
  good: boolean;
  /** Whether each cell shows its number. */
  numbers: boolean;
}

/** When a project opens: each dot an equally likely future [years since `start`]; null: not within the horizon. */
export interface OpeningData {
  kind: "opening";
  start: number;
  end: number;
  dots: (number | null)[];
  promised: number | null;
  median: number | null;
  happened: number | null;
}

export interface WaterfallData {
  kind: "waterfall";
  unit: string;
  steps: { label: string; value: number; low: number; high: number }[];
}

/** One panel for each kind of cost, one bar for each plan. */
export interface PanelsData {
  kind: "panels";
  unit: string;
  plans: number[];
  panels: { label: string; values: number[]; spans: [number, number][] }[];
}

/** One future. `x` are the ends of the steps [years since `start`], all series have one value a step. */
export interface TimelineData {
  kind: "timeline";
  start: number;
  x: number[];
  strips: { label: string; spells: { from: number; to: number; state: string; calm: boolean }[] }[];
  rows: { label: string; unit: string; form: "line" | "bar"; bad: boolean; series: { label: string; values: number[] }[] }[];
}

/** Share of futures in which a consumer is still served in full, so many weeks after everything is cut. */
export interface SurvivalData {
  kind: "survival";
  xLabel: string;
  x: number[];
  /** `low` to `high`: 95 % interval of each share. */
  lines: { plan: number; values: number[]; low: number[]; high: number[]; median: number | null }[];
}

export interface BarsData {
  kind: "bars";
  unit: string;
  bars: { label: string; value: Estimate; strong: boolean }[];
}

export interface SankeyData {
  kind: "sankey";
  unit: string;
  nodes: { name: string; depth: number; home: boolean; bad: boolean }[];
  links: { source: string; target: string; value: number }[];
}

/** A measure when each input is at the ends of its range, all others as they are; `centre`: none is. */
export interface TornadoData {
  kind: "tornado";
  unit: string;
  centre: number;
  bars: { label: string; low: { text: string; value: Estimate }; high: { text: string; value: Estimate } }[];
}

/** Plans of a search: all that were tried, and those that are told. `y` is a share. */
export interface FrontierData {
  kind: "frontier";
  xLabel: string;
  yLabel: string;
  asked: number | null;
  cloud: [number, number][];
  /** `edge`: none is both cheaper and better. `settings`: what its levers are set to, a line each. */
  points: { label: string; x: Estimate; y: Estimate; edge: boolean; strong: boolean; settings: string[] }[];
}

/** Which plan is chosen in each cell of a table; null: none. */
export interface ChoiceData {
  kind: "choice";
  rows: string[];
  columns: string[];
  columnLabel: string;
  cells: { plan: number | null; brief: string; note: string }[][];
}

export type ChartData =
  | GridData
  | DotsData
  | FanData
  | SupplyData
  | HeatData
  | OpeningData
  | WaterfallData
  | PanelsData
  | TimelineData
  | SurvivalData
  | BarsData
  | SankeyData
  | TornadoData
  | FrontierData
  | ChoiceData;

/** One picture. `title` says what it shows, `subtitle` what is drawn and in which unit, `table` is all of it in numbers. */
export interface View {
  label: string;
  title: string;
  subtitle: string;
  table: Table;
  data: ChartData;
}

/** A chart: one view, or several that a person may turn through. */
export interface Chart {
  id: string;
  read: string;
  control: "none" | "select" | "slider";
  controlLabel: string;
  views: View[];
}

export interface Section {
  id: string;
  title: string;
  text: string;
  charts: Chart[];
}

export interface AnswerRow {
  plan: number;
  cells: { text: string; note: string; verdict: Verdict | null }[];
}

export interface EvidenceRow {
  where: string;
  place: string;
  value: string;
  kind: "stated" | "derived" | "assumed";
  range: string;
  how: string;
  quote: string;
  sources: string[];
  hindsight: boolean;
}

export interface Source {
  name: string;
  title: string;
  publisher: string;
  date: string;
  link: string;
}

export interface ReportData {
  format: number;
  title: string;
  question: string;
  made: string;
  plans: Plan[];
  answer: string[];
  /** The plans compared; a page that compares none has none. */
  table: { columns: { label: string; note: string }[]; rows: AnswerRow[]; note: string } | null;
  sections: Section[];
  evidence: { summary: string; rows: EvidenceRow[]; sources: Source[] };
  method: {
    events: { phase: string; what: string }[];
    provenance: { label: string; value: string }[];
    citations: { what: string; source: string }[];
    scenario: string;
  };
}
