// Runs every browser test in tests/*.mjs against servers that the tests ask for, in one process and one browser.
//
//   node run.mjs [word ...]     only tests whose file or name holds one of the words
//   KOINON_CHROMIUM=/path       another browser than Debian's /usr/bin/chromium
//   KOINON_BUILT=/path          where the programs are, instead of target/debug
//   KOINON_E2E_PICTURES=1       a picture of every page in out/, to look at; of a failed one there is always one
//   KOINON_E2E_ALL=1            every page in every mix of size, theme and language, with pictures
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

async function one(file, server, { name, run }) {
  const t = harness.test(file, name);
  const began = Date.now();
  const took = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  try {
    t.url = await harness.server(server);
    await run(t);
    t.assertQuiet();
    passed += 1;
    console.log(`ok    ${file}: ${name} (${took()})`);
  } catch (error) {
    failed += 1;
    await t.keepPicture();
    console.log(`FAIL  ${file}: ${name} (${took()})\n      ${String(error?.stack ?? error).split("\n").slice(0, 12).join("\n      ")}`);
  } finally {
    await t.close();
  }
}

try {
  await harness.open();
  // Tests that share a server run one after the other, in the order of their files; those of two servers side by side.
  const lanes = new Map();
  for (const file of files) {
    const module = await import(pathToFileURL(join(here, "tests", file)));
    const own = collected().filter(({ name }) => wanted(file, name)).map((test) => [file, module.server, test]);
    if (own.length > 0) lanes.set(module.server, [...(lanes.get(module.server) ?? []), ...own]);
  }
  const left = [...lanes.values()];
  const lane = async () => {
    for (let tests = left.shift(); tests; tests = left.shift()) {
      for (const [file, server, test] of tests) await one(file, server, test);
    }
  };
  await Promise.all([lane(), lane()]);
} finally {
  await harness.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
