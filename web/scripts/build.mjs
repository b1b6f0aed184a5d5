// Builds the report's assets into the package: `node web/scripts/build.mjs [--check]`.
// With --check nothing is written: exit code 1 where the committed assets are not what the sources build to, byte for byte.
// Beside the assets stands the hash of their sources, so that a test can tell without Node whether they are of today.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const committed = join(web, "..", "src", "holdfast", "output", "assets");
const check = process.argv.includes("--check");
const run = (command, ...rest) => execFileSync(command, rest, { cwd: web, stdio: "inherit", env: { ...process.env, HOLDFAST_ASSETS: folder } });

function sources() {
  const files = readdirSync(join(web, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(web.length + 1).replaceAll("\\", "/"));
  const hash = createHash("sha256");
  for (const name of [...files, "package-lock.json", "svelte.config.js", "vite.config.js"].sort()) {
    hash.update(`${name}\n${readFileSync(join(web, name), "utf8").replaceAll("\r\n", "\n")}\n`);
  }
  return `${hash.digest("hex")}\n`;
}

function differing() {
  const read = (where, name) => (existsSync(join(where, name)) ? readFileSync(join(where, name)) : Buffer.alloc(0));
  const names = [...new Set([...readdirSync(folder), ...readdirSync(committed)])].sort();
  return names.filter((name) => !read(folder, name).equals(read(committed, name)));
}

const folder = check ? mkdtempSync(join(tmpdir(), "holdfast-assets-")) : committed;
try {
  const lock = (where) => (existsSync(where) ? readFileSync(where, "utf8") : "");
  const stamp = join(web, "node_modules", ".holdfast-lock");
  if (lock(stamp) !== lock(join(web, "package-lock.json"))) {
    run("npm", "ci", "--no-audit", "--no-fund");
    writeFileSync(stamp, lock(join(web, "package-lock.json")));
  }
  run(process.execPath, "node_modules/svelte-check/bin/svelte-check", "--fail-on-warnings", "--output", "human");
  run(process.execPath, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn");
  writeFileSync(join(folder, "sources.sha256"), sources());
  const other = check ? differing() : [];
  if (other.length > 0) {
    console.error(`Not what web/ builds to: ${other.join(", ")}. Run 'uv run dev.py report' and commit the result.`);
    process.exitCode = 1;
  } else {
    console.log(check ? "The committed assets are what web/ builds to." : "Built the report's assets.");
  }
} finally {
  if (check) rmSync(folder, { recursive: true });
}
