// The tools of a browser test: servers, pages of a size, theme and language, and the checks that every page must stand.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "node_modules/axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** Whether pages are to be looked at afterwards. */
const PICTURES = ["KOINON_E2E_PICTURES", "KOINON_E2E_ALL"].some((name) => process.env[name]);

/** Where `cargo nextest run --workspace` or `cargo build --workspace --examples --bins` left the programs. */
export const BUILT = process.env.KOINON_BUILT ?? "target/debug";

/** Servers by name; `{address}` becomes a free loopback address. */
const SERVERS = {
  acting: `${BUILT}/examples/acting {address}`,
  demo: `${BUILT}/koinon demo --paused --listen {address}`,
  gallery: `${BUILT}/examples/gallery {address}`,
  reading: `${BUILT}/examples/reading {address}`,
};

const tests = [];
/** Declares a test. */
export function test(name, run) { tests.push({ name, run }); }
/** Hands over the tests declared since the last call. */
export function collected() { return tests.splice(0); }

/** Whether a port is free; 0 asks for any. */
function probe(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => { const found = server.address().port; server.close(() => resolve(found)); });
  });
}

/** A free port after which as many are free as a demo takes. */
async function freePort() {
  for (let tries = 0; tries < 200; tries += 1) {
    const first = await probe(0);
    const rest = first && first < 65_000 ? Array.from({ length: 12 }, (_, index) => first + 1 + index) : [0];
    let free = rest[0] !== 0;
    for (const port of rest) free = free && (await probe(port)) !== undefined;
    if (free) return first;
  }
  throw new Error("no row of free ports was found");
}

export class Harness {
  constructor(root) { this.root = root; this.servers = new Map(); this.children = []; }

  async open() {
    mkdirSync(join(this.root, "out"), { recursive: true });
    this.browser = await this.launch();
  }

  /** Another browser; `home` is where it looks for whom its keeper trusts. */
  launch({ home, args = [] } = {}) {
    const env = home ? { ...process.env, HOME: home } : process.env;
    return chromium.launch({ executablePath: process.env.KOINON_CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...args], env });
  }

  /** The address of a server, started once: a name of SERVERS or a command line with {address} in it. */
  async server(name) {
    const given = process.env[`KOINON_E2E_URL_${String(name).toUpperCase()}`];
    if (given) return given;
    if (!this.servers.has(name)) {
      // One after the other, so that no two are given the same ports.
      this.starting = (this.starting ?? Promise.resolve()).catch(() => {}).then(() => this.start(SERVERS[name] ?? name));
      this.servers.set(name, this.starting);
    }
    return this.servers.get(name);
  }

  async start(line) {
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn("sh", ["-c", `exec ${line.replaceAll("{address}", address)}`], { cwd: join(this.root, ".."), stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.children.push(child);
    let said = "";
    let ended = false;
    child.stderr.on("data", (part) => { said = (said + part).slice(-4000); });
    child.on("exit", () => { ended = true; });
    const until = Date.now() + 600_000;
    while (Date.now() < until && !ended) {
      try { await fetch(`http://${address}/favicon.svg`); return `http://${address}`; } catch { /* not yet listening */ }
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    throw new Error(`the server did not answer at ${address}: ${line}\n${said}`);
  }

  test(file, name) { return new Test(this, file, name); }

  async close() {
    for (const child of this.children.splice(0)) {
      try { process.kill(-child.pid, "SIGTERM"); } catch { /* already gone */ }
    }
    await this.browser?.close();
  }
}

/** One running test. `t.url` is its server's address. */
export class Test {
  constructor(harness, file, name) {
    this.harness = harness; this.file = file; this.name = name; this.contexts = []; this.pages = []; this.noise = []; this.expected = [];
  }

  /**
   * Opens a page. Options: width (1280), height, theme ("light" | "dark"), lang ("en" | "es" | "ar"), script (true),
   * storageState (the cookies of a context that signed in).
   */
  async open(path = "/", { width = 1280, height = width < 720 ? 780 : 900, theme = "light", lang = "en", script = true, storageState } = {}) {
    const context = await this.harness.browser.newContext({
      viewport: { width, height }, colorScheme: theme, locale: lang, javaScriptEnabled: script,
      hasTouch: width < 720, reducedMotion: "reduce", deviceScaleFactor: 1, storageState,
    });
    this.contexts.push(context);
    const page = await context.newPage();
    this.pages.push(page);
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) this.noise.push(`${path}: ${message.text()}`); });
    page.on("pageerror", (error) => { this.noise.push(`${path}: ${error}`); });
    page.on("response", (response) => { if (response.status() >= 500) this.noise.push(`${response.url()}: ${response.status()}`); });
    await page.goto(new URL(path, this.url).href, { waitUntil: "load" });
    return page;
  }

  /** Says that a console message holding `part` is no fault in this test. */
  expect(part) { this.expected.push(part); }

  /** Fails on any console error or warning that was not expected. */
  assertQuiet() {
    const left = this.noise.filter((line) => !this.expected.some((part) => line.includes(part)));
    assert.deepEqual(left, [], "the console must be silent");
  }

  /** Fails on any violation of WCAG 2.2 AA or axe's best practice. */
  async axe(page) {
    // Through the debugger, so that the page's own policy need not be weakened for the test.
    await page.evaluate(AXE);
    const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
    const lines = violations.map((v) => `${v.id} (${v.nodes.length}): ${v.help}; ${v.nodes.slice(0, 4).map((n) => `${n.target} ${n.failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`);
    assert.deepEqual(lines, [], "axe-core must find nothing");
  }

  /** Fails when the page scrolls sideways, and names what is too wide. */
  async noSideways(page) {
    const wide = await page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.querySelectorAll("body *")].filter((e) => { const r = e.getBoundingClientRect(); return r.right > width + 1 || r.left < -1; })
        .slice(0, 6).map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`).concat(["(scrolls)"]);
    });
    assert.deepEqual(wide, [], "nothing may scroll the page sideways");
  }

  /** Fails on anything to press that is smaller than 44 by 44 px; links inside sentences are exempt (WCAG 2.5.8). */
  async touchTargets(page) {
    const small = await page.evaluate(() => [...document.querySelectorAll("button, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), summary, nav a, a.button, label.choice")]
      .filter((e) => { const r = e.getBoundingClientRect(); return r.width > 1 && (r.height < 43.5 || r.width < 43.5); })
      .map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""} ${e.textContent.trim().slice(0, 20)} ${Math.round(e.getBoundingClientRect().width)}x${Math.round(e.getBoundingClientRect().height)}`));
    assert.deepEqual(small, [], "everything to press is at least 44 px");
  }

  /** Keeps a picture of the whole page in out/, where pictures are asked for. */
  async picture(page, name) {
    if (PICTURES) await this.photograph(page, name);
  }

  async photograph(page, name) {
    await page.screenshot({ path: join(this.harness.root, "out", `${name}.png`), fullPage: true });
  }

  /**
   * Axe, sideways scrolling, touch targets and a picture, at 1280 and 360 px, light and dark, in each language. Each width
   * meets each theme, and each language each width; with KOINON_E2E_ALL=1 all three meet each other.
   */
  async everywhere(path, name, { langs = ["en", "es", "ar"] } = {}) {
    const all = [[1280, "light"], [360, "dark"], [1280, "dark"], [360, "light"]];
    for (const [index, lang] of langs.entries()) {
      const some = index % 2 === 0 ? all.slice(0, 2) : all.slice(2);
      for (const [width, theme] of process.env.KOINON_E2E_ALL ? all : some) {
        const page = await this.open(path, { width, theme, lang });
        const label = `${name}-${lang}-${width}-${theme}`;
        try {
          await this.picture(page, label);
          await this.axe(page);
          await this.noSideways(page);
          await this.touchTargets(page);
        } catch (error) {
          error.message = `${label}: ${error.message}`;
          error.stack = `${error.message}\n${JSON.stringify(error.actual ?? "", null, 1)}`;
          throw error;
        }
        await page.context().close();
      }
    }
  }

  async keepPicture() {
    const page = this.pages.at(-1);
    if (page && !page.isClosed()) await this.photograph(page, `failed-${this.file}-${this.name}`.replace(/[^a-z0-9-]+/gi, "-")).catch(() => {});
  }

  async close() { for (const context of this.contexts) await context.close().catch(() => {}); }
}
