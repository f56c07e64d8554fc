// Bundle frontend/ into app/static: names carry a hash of the content, manifest.json says which is which.

import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "app", "static");
const entries = {
  "app.css": "frontend/css/main.css",
  "app.js": "frontend/ts/main.ts",
  "worker.js": "frontend/ts/worker.ts",
  "wall.css": "frontend/css/wall.css",
  "wall.js": "frontend/ts/wall.ts",
};

const exists = (path) => stat(join(root, path)).then(() => true, () => false);

async function bundle(name, source) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { [name]: source },
    outdir: target,
    entryNames: "[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    loader: { ".woff2": "file" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome120", "firefox120", "safari17"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const outputs = Object.entries(result.metafile.outputs);
  const [path, output] = outputs.find(([, each]) => each.entryPoint === source);
  console.log(`${relative(target, join(root, path))}  ${output.bytes} bytes`);
  return relative(target, join(root, path));
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const manifest = {};
for (const [name, source] of Object.entries(entries)) {
  if (await exists(source)) {
    manifest[name] = await bundle(name.split(".")[0], source);
  } else {
    console.warn(`${source} is absent: no ${name}`);
  }
}
// Written last and in one step: a running product sees the old front end or the new one.
await writeFile(join(target, "manifest.json.draft"), `${JSON.stringify(manifest, null, 2)}\n`);
await rename(join(target, "manifest.json.draft"), join(target, "manifest.json"));
