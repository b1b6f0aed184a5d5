import type { ChartData } from "../data";
import { bars } from "./bars";
import type { Drawing, Frame } from "./common";
import { choice } from "./choice";
import { dots } from "./dots";
import { fan } from "./fan";
import { frontier } from "./frontier";
import { grid } from "./grid";
import { heat } from "./heat";
import { opening } from "./opening";
import { panels } from "./panels";
import { sankey } from "./sankey";
import { supply } from "./supply";
import { survival } from "./survival";
import { timeline } from "./timeline";
import { tornado } from "./tornado";
import { waterfall } from "./waterfall";

/** The drawing of any chart's data in a frame. */
export function draw(data: ChartData, frame: Frame): Drawing {
  switch (data.kind) {
    case "grid":
      return grid(data, frame);
    case "dots":
      return dots(data, frame);
    case "fan":
      return fan(data, frame);
    case "supply":
      return supply(data, frame);
    case "heat":
      return heat(data, frame);
    case "opening":
      return opening(data, frame);
    case "waterfall":
      return waterfall(data, frame);
    case "panels":
      return panels(data, frame);
    case "timeline":
      return timeline(data, frame);
    case "survival":
      return survival(data, frame);
    case "bars":
      return bars(data, frame);
    case "sankey":
      return sankey(data, frame);
    case "tornado":
      return tornado(data, frame);
    case "frontier":
      return frontier(data, frame);
    case "choice":
      return choice(data, frame);
  }
}
