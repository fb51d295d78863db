// Runs every browser test in tests/*.mjs against servers that the tests ask for, in one process and one browser.
//
//   node run.mjs [word ...]     only tests whose file or name holds one of the words
//   KOINON_CHROMIUM=/path       another browser than Debian's /usr/bin/chromium
//   KOINON_E2E_URL_<NAME>=url   use a server that already runs instead of starting <name>
//
// A test file exports `server` (a name in SERVERS, or a command line) and calls `test(name, async (t) => …)` from harness.mjs.
// Prints "N passed, N failed"; exits 1 when one failed or none ran.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Harness, collected } from "./harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(join(here, "tests")).filter((name) => name.endsWith(".mjs")).sort();
const wanted = (file, name) => words.length === 0 || words.some((word) => `${file} ${name}`.includes(word));

const harness = new Harness(here);
process.on("SIGINT", () => harness.close().then(() => process.exit(130)));
let passed = 0;
let failed = 0;
try {
  await harness.open();
  for (const file of files) {
    const module = await import(pathToFileURL(join(here, "tests", file)));
    for (const { name, run } of collected()) {
      if (!wanted(file, name)) continue;
      const t = harness.test(file, name);
      try {
        t.url = await harness.server(module.server);
        await run(t);
        t.assertQuiet();
        passed += 1;
        console.log(`ok    ${file}: ${name}`);
      } catch (error) {
        failed += 1;
        await t.keepPicture();
        console.log(`FAIL  ${file}: ${name}\n      ${String(error?.stack ?? error).split("\n").slice(0, 12).join("\n      ")}`);
      } finally {
        await t.close();
      }
    }
  }
} finally {
  await harness.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
