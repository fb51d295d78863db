// PouchDB pulls documents from another process by CouchDB's replication protocol; see benchmarks/replication.
//   node replication.mjs DOCUMENTS          measures
//   node replication.mjs serve DOCUMENTS    the other process: loads them, serves them, prints its port
import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, readdirSync, statSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const PouchDB = require("pouchdb-core")
  .plugin(require("pouchdb-adapter-leveldb")).plugin(require("pouchdb-adapter-http"))
  .plugin(require("pouchdb-replication")).plugin(require("pouchdb-mapreduce"));
const BATCH = 1000;
const folder = mkdtempSync(join(tmpdir(), "pouch-"));
const name = (what) => join(folder, what);

const bytesIn = (path) => statSync(path).isDirectory()
  ? readdirSync(path).reduce((sum, entry) => sum + bytesIn(join(path, entry)), 0) : statSync(path).size;

async function serve(documents) {
  const db = new PouchDB(name("giver"), { adapter: "leveldb" });
  let batch = [];
  const put = async () => { await db.bulkDocs(batch); batch = []; };
  for await (const line of createInterface({ input: createReadStream(documents) })) {
    batch.push(JSON.parse(line));
    if (batch.length === BATCH) await put();
  }
  await put();
  // Without its log file and its pages of administration.
  const app = require("express")();
  const Served = PouchDB.defaults({ prefix: `${folder}/`, adapter: "leveldb" });
  app.use("/", require("express-pouchdb")(Served, { mode: "minimumForPouchDB", inMemoryConfig: true }));
  const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.stdin.on("data", () => {}).on("end", () => process.exit(0));
}

async function measure(documents) {
  const child = spawn(process.execPath, [process.argv[1], "serve", documents], { stdio: ["pipe", "pipe", "inherit"] });
  const port = await new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  // Between the two, so that bytes are counted as they pass.
  let wire = 0;
  const line = http.createServer((asked, answer) => {
    const passed = http.request({ port, path: asked.url, method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.on("data", (bytes) => { wire += bytes.length; }).pipe(answer);
    });
    asked.pipe(passed);
  });
  await new Promise((resolve) => line.listen(0, "127.0.0.1", resolve));
  const taker = new PouchDB(name("taker"), { adapter: "leveldb" });
  const [began, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  const done = await taker.replicate.from(`http://127.0.0.1:${line.address().port}/giver`, { batch_size: BATCH, batches_limit: 10 });
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  const used = process.cpuUsage(cpu);
  const seconds = (used.user + used.system) / 1e6;
  const docs = (await taker.info()).doc_count;
  if (!done.ok || docs < 1) throw new Error(`not replicated: ${JSON.stringify(done.errors)}`);
  await taker.close();
  console.log(`PouchDB 9 from PouchDB 9 over HTTP: ${docs} documents`);
  console.log(`  pulled: ${wall.toFixed(2)} s wall, ${seconds.toFixed(2)} s CPU (counting bytes included), ${Math.round(docs / seconds)} a CPU second`);
  console.log(`  ${(wire / docs).toFixed(1)} bytes a document on the wire, ${((wire * 8) / 1e6).toFixed(1)} s at 1 Mbit/s`);
  console.log(`  ${(bytesIn(name("taker")) / docs).toFixed(1)} bytes a document on disk`);
  child.stdin.end();
  process.exit(0);
}

const [first, second] = process.argv.slice(2);
await (first === "serve" ? serve(second) : measure(first));
