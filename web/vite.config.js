import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The report is one HTML file with its script inside, so nothing in the script may close the element or open a comment.
const inlineSafe = {
  name: "inline-safe",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const item of Object.values(bundle)) {
      if (item.type === "chunk") item.code = item.code.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
    }
  },
};

export default defineConfig({
  plugins: [svelte(), inlineSafe],
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: process.env.HOLDFAST_ASSETS ?? "../src/holdfast/output/assets",
    emptyOutDir: true,
    target: "es2022",
    lib: { entry: "src/main.ts", formats: ["iife"], name: "holdfastReport", fileName: () => "report.js", cssFileName: "report" },
  },
});
