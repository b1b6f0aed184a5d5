import { mount } from "svelte";
import { FORMAT, type ReportData } from "./data";
import Report from "./Report.svelte";
import "./style.css";

const source = document.getElementById("report-data");
const target = document.getElementById("report");
if (source && target) {
  const data = JSON.parse(source.textContent ?? "null") as ReportData;
  if (data.format === FORMAT) {
    target.replaceChildren();
    mount(Report, { target, props: { data } });
  } else {
    target.textContent = `This page reads report data of format ${FORMAT}, not ${data.format}.`;
  }
}
