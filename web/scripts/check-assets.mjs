// Whether the committed assets are what the sources build to, byte for byte. Exit code 1 where they are not.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const committed = join(web, "..", "src", "holdfast", "output", "assets");
const fresh = mkdtempSync(join(tmpdir(), "holdfast-assets-"));
try {
  execFileSync(process.execPath, [join(web, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "error"], {
    cwd: web,
    env: { ...process.env, HOLDFAST_ASSETS: fresh },
    stdio: "inherit",
  });
  const names = [...new Set([...readdirSync(fresh), ...readdirSync(committed)])].sort();
  const differ = names.filter((name) => {
    const read = (folder) => (readdirSync(folder).includes(name) ? readFileSync(join(folder, name)) : Buffer.alloc(0));
    return !read(fresh).equals(read(committed));
  });
  if (differ.length > 0) {
    console.error(`Not what web/ builds to: ${differ.join(", ")}. Run 'npm run build' in web/ and commit the result.`);
    process.exitCode = 1;
  } else {
    console.log(`${names.length} assets are what web/ builds to.`);
  }
} finally {
  rmSync(fresh, { recursive: true });
}
