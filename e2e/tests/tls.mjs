// Counting without a line on a node as communities run it: TLS by their own authority, which the device was told to trust.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "../harness.mjs";

const made = join(dirname(fileURLToPath(import.meta.url)), "../out/tls");
export const server = `bash e2e/tls-server.sh {address} ${made}`;

const THING = "/count/alder-barn/tarpaulin";

/** A browser whose keeper has told it to trust an authority, as the onboarding page says. */
async function trusting(t, pem) {
  const home = mkdtempSync(join(tmpdir(), "koinon-home-"));
  const store = join(home, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  writeFileSync(join(home, "ca.pem"), pem);
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-n", "community", "-t", "C,,", "-i", join(home, "ca.pem")]);
  const browser = await t.harness.launch({ home, args: ["--host-resolver-rules=MAP alder.internal 127.0.0.1"] });
  return { browser, end: async () => { await browser.close(); rmSync(home, { recursive: true, force: true }); } };
}

test("over TLS by the community's own authority a count page opens again without a line", async (t) => {
  const onboarding = new URL(t.url);
  const pem = await (await fetch(new URL("/ca.pem", onboarding))).text();
  assert.match(pem, /BEGIN CERTIFICATE/);
  const base = `https://alder.internal:${Number(onboarding.port) + 1}`;
  const { one_time_code: code } = JSON.parse(readFileSync(join(made, "said.json"), "utf8"));

  // Whoever was not told to trust it is warned by the browser.
  const stranger = await t.harness.launch({ args: ["--host-resolver-rules=MAP alder.internal 127.0.0.1"] });
  await assert.rejects((await stranger.newPage()).goto(base), /ERR_CERT_AUTHORITY_INVALID/);
  await stranger.close();

  const { browser, end } = await trusting(t, pem);
  try {
    const context = await browser.newContext({ viewport: { width: 360, height: 780 }, locale: "en", reducedMotion: "reduce", hasTouch: true });
    const page = await context.newPage();
    await page.goto(`${base}/setup`);
    assert.equal(await page.evaluate(() => window.isSecureContext), true);
    await page.fill("#code", code);
    await page.fill("#name", "mara");
    await page.fill("input[name=new-password]", "four words apart here");
    await Promise.all([page.waitForNavigation(), page.click("main form .button-primary")]);
    await page.goto(base + THING);
    const keeps = () => page.evaluate(async (thing) => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat().includes(thing), THING);
    for (let n = 0; n < 200 && !(await keeps()); n += 1) await page.waitForTimeout(50);
    assert.ok(await keeps(), "the device keeps the page");

    await context.setOffline(true);
    await page.reload();
    assert.match(await page.textContent("[data-kept]:not([hidden])"), /No line/);
    await page.fill("#seen", "37");
    await page.click(".button-big");
    await page.waitForSelector("[data-waiting-own]:not([hidden])");
    await context.setOffline(false);
    await page.waitForSelector("[data-waiting]", { state: "hidden" });
    await page.goto(`${base}/stock/tarpaulin`);
    assert.match(await page.textContent("main"), /37\spieces/);
    await page.screenshot({ path: join(made, "../tls-stock-360.png") });
  } finally {
    await end();
  }
});
