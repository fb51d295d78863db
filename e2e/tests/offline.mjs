// Counting without a line, on a person's own device: pages that open again, entries that are kept and sent once.
import assert from "node:assert/strict";
import { test } from "../harness.mjs";

export const server = "acting";

const PASSWORD = "four words apart here";
// A thing that no other test counts: what it holds is what its tests left.
const ITEM = "/count/alder-barn/tarpaulin";

/** Signs a fresh page in and goes to `path`. */
async function as(t, name, path, { shared = false, ...options } = {}) {
  const page = await t.open(`/sign-in?back=${encodeURIComponent(path)}`, options);
  await page.fill("#name", name);
  await page.fill("#password", PASSWORD);
  if (shared) await page.check("form[action='/sign-in'] input[name=shared]");
  await Promise.all([page.waitForURL((url) => url.pathname === new URL(path, t.url).pathname), page.click("form[action='/sign-in'] .button-primary")]);
  await page.waitForLoadState("load");
  return page;
}

/** The addresses of the pages that the device keeps. */
const kept = (page) => page.evaluate(async () => {
  const found = [];
  for (const name of await caches.keys()) {
    if (name.startsWith("koinon-pages-")) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  }
  return found.sort();
});
async function until(page, what, ask) {
  for (let n = 0; n < 200; n += 1) {
    if (await ask()) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`never: ${what}`);
}
/** How many entries wait in the device's own database. */
const unsent = (page) => page.evaluate(() => new Promise((done, failed) => {
  const asked = indexedDB.open("koinon", 1);
  asked.onerror = () => failed(asked.error);
  asked.onsuccess = () => { const n = asked.result.transaction("entries").objectStore("entries").count(); n.onsuccess = () => { asked.result.close(); done(n.result); }; };
}));
/** The lines of the batch's card that say "counted". */
async function countLines(page, t, amount) {
  await page.goto(new URL("/count/alder-barn", t.url).href);
  return (await page.textContent("main")).includes(amount);
}

test("a count page opens again without a line, and what is entered then arrives once", async (t) => {
  t.expect("ERR_INTERNET_DISCONNECTED");
  const page = await as(t, "mara", ITEM, { width: 360 });
  await until(page, "the page is kept", async () => (await kept(page)).includes(ITEM) && (await kept(page)).includes("/offline"));
  const posts = [];
  page.on("request", (request) => { if (request.method() === "POST") posts.push(new URLSearchParams(request.postData() ?? "").get("act")); });

  await page.context().setOffline(true);
  await page.reload();
  assert.match(await page.textContent("[data-kept]:not([hidden])"), /No line\. This is the page as of .*(this minute|minute)/);
  await t.axe(page);
  await t.picture(page, "offline-count-en-360");
  const first = await page.inputValue("input[name=act]");
  await page.fill("#seen", "4150");
  await page.click(".button-big");
  await page.waitForSelector("[data-waiting-own]:not([hidden])");
  assert.equal(await page.textContent("[data-waiting-own] strong"), "1");
  assert.notEqual(await page.inputValue("input[name=act]"), first, "the next entry is another act");

  // The tab is closed and opened again, still without a line: what waits is still there, and the form is a new act.
  const again = await page.context().newPage();
  await page.close();
  t.pages.push(again);
  again.on("request", (request) => { if (request.method() === "POST") posts.push(new URLSearchParams(request.postData() ?? "").get("act")); });
  await again.goto(new URL(ITEM, t.url).href);
  await again.waitForSelector("[data-waiting-own]:not([hidden])");
  assert.notEqual(await again.inputValue("input[name=act]"), first);
  await again.goto(new URL("/stock", t.url).href);
  assert.match(await again.textContent("h1"), /No line to the community's computer/);
  await again.goto(new URL(ITEM, t.url).href);

  await again.context().setOffline(false);
  await again.waitForSelector("[data-waiting]", { state: "hidden" });
  assert.equal(await unsent(again), 0);
  assert.deepEqual(posts, [first], "sent once");
  assert.ok(await countLines(again, t, "4,150"));
  // A repeat of the same act, as after an answer that got lost, is not written twice.
  const token = await again.getAttribute("[data-waiting]", "data-token");
  const lot = await again.evaluate(async (path) => (/name="lot" value="([0-9a-f]+)"/).exec(await (await fetch(path)).text())[1], ITEM);
  for (let n = 0; n < 2; n += 1) {
    const status = await again.evaluate(async ({ path, fields }) => (await fetch(path, { method: "POST", body: new URLSearchParams(fields) })).status,
      { path: ITEM, fields: { act: first, token, lot, seen: "4150", how: "counted" } });
    assert.equal(status, 200, "answered as it was the first time");
  }
});

test("signing out sends what waits and forgets every page", async (t) => {
  t.expect("ERR_INTERNET_DISCONNECTED");
  const page = await as(t, "noor", "/count/alder-barn", { width: 360 });
  await until(page, "the list's pages are kept", async () => (await kept(page)).includes(ITEM));
  assert.ok((await kept(page)).every((path) => ["/offline", "/waiting"].includes(path) || /^\/count(\/[a-z-]+){0,2}$/.test(path)), "only count pages");
  await page.context().setOffline(true);
  await page.click(`a.pick[href^='${ITEM}']`);
  await page.waitForSelector("[data-kept]:not([hidden])");
  await page.fill("#seen", "4140");
  await page.click(".button-big");
  await page.waitForSelector("[data-waiting-own]:not([hidden])");
  // The line comes back without the browser noticing; the person signs out.
  await page.evaluate(() => { window.addEventListener("online", (event) => event.stopImmediatePropagation(), true); });
  await page.context().setOffline(false);
  await page.goto(new URL("/me", t.url).href);
  await Promise.all([page.waitForURL((url) => url.pathname === "/"), page.click("form[action='/sign-out'] button")]);
  await until(page, "the pages are forgotten", async () => (await kept(page)).length === 0);
  assert.equal(await unsent(page), 0);
  await page.context().setOffline(true);
  await assert.rejects(page.goto(new URL(ITEM, t.url).href), /ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await page.context().setOffline(false);
  const mara = await as(t, "mara", "/count/alder-barn");
  assert.match(await mara.textContent("main"), /4,140/);
});

test("entries wait for their own person, and a shared device keeps no page", async (t) => {
  t.expect("ERR_INTERNET_DISCONNECTED");
  const page = await as(t, "mara", ITEM, { shared: true, width: 360 });
  await page.context().setOffline(true);
  await page.fill("#seen", "4130");
  await page.click(".button-big");
  await page.waitForSelector("[data-waiting-own]:not([hidden])");
  assert.deepEqual(await kept(page), []);
  assert.equal(await page.locator("[data-kept]").count(), 0);
  // The phone is taken by somebody else before there is a line.
  const context = page.context();
  await context.clearCookies();
  await page.close();
  await context.setOffline(false);
  const other = await context.newPage();
  t.pages.push(other);
  await other.goto(new URL("/sign-in?back=/count/alder-barn", t.url).href);
  await other.waitForSelector("[data-waiting-nobody]:not([hidden])");
  await other.fill("#name", "noor");
  await other.fill("#password", PASSWORD);
  await Promise.all([other.waitForURL((url) => url.pathname === "/count/alder-barn"), other.click("form[action='/sign-in'] .button-primary")]);
  await other.waitForSelector("[data-waiting-others]:not([hidden])");
  assert.equal(await unsent(other), 1, "noor does not send mara's entry");
  await t.axe(other);
  await context.clearCookies();
  await other.goto(new URL("/sign-in?back=/count/alder-barn", t.url).href);
  await other.fill("#name", "mara");
  await other.fill("#password", PASSWORD);
  await Promise.all([other.waitForURL((url) => url.pathname === "/count/alder-barn"), other.click("form[action='/sign-in'] .button-primary")]);
  await until(other, "mara's entry is sent", async () => (await unsent(other)) === 0);
  assert.ok(await countLines(other, t, "4,130"));
});

test("what the computer will not take is listed, and goes when the person says so", async (t) => {
  t.expect("ERR_INTERNET_DISCONNECTED");
  // The line may end while the worker that keeps pages is still on its way.
  t.expect("when fetching the script");
  t.expect("404");
  const page = await as(t, "mara", ITEM, { width: 360 });
  await page.context().setOffline(true);
  await page.fill("#seen", "4120");
  await page.click(".button-big");
  await page.waitForSelector("[data-waiting-own]:not([hidden])");
  // The thing is gone from the list by the time that there is a line.
  await page.evaluate(() => new Promise((done, failed) => {
    const asked = indexedDB.open("koinon", 1);
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
      const change = asked.result.transaction("entries", "readwrite");
      const cursor = change.objectStore("entries").openCursor();
      cursor.onsuccess = () => { if (cursor.result) cursor.result.update({ ...cursor.result.value, url: "/count/alder-barn/no-such-thing" }); };
      change.oncomplete = () => { asked.result.close(); done(); };
    };
  }));
  await page.context().setOffline(false);
  await page.waitForSelector("[data-waiting-refused]:not([hidden])");
  await page.click("[data-waiting-refused] a");
  await page.waitForSelector("[data-waiting-list] li");
  assert.match(await page.textContent("[data-waiting-list] li"), /Tarpaulin[^]*4120[^]*did not take/i);
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await t.axe(page);
    await t.picture(page, `waiting-en-360-${theme}`);
  }
  await t.noSideways(page);
  await t.touchTargets(page);
  // Sending it again changes nothing; throwing it away takes two presses.
  await page.click("[data-again]");
  await page.waitForSelector("[data-refused]:not([hidden])");
  assert.equal(await unsent(page), 1);
  await page.click("[data-away]");
  assert.equal(await unsent(page), 1);
  await page.click("[data-away]");
  await page.waitForSelector("[data-waiting-none]:not([hidden])");
  assert.equal(await unsent(page), 0);
});

test("what is asked about stays on the device until it is answered, and is listed without a line too", async (t) => {
  t.expect("ERR_INTERNET_DISCONNECTED");
  t.expect("409");
  const page = await as(t, "mara", ITEM, { width: 360 });
  await until(page, "the list is kept", async () => (await kept(page)).includes("/waiting") && (await kept(page)).includes(ITEM));
  await page.context().setOffline(true);
  for (const amount of ["98765", "4110"]) {
    await page.goto(new URL(ITEM, t.url).href);
    await page.fill("#seen", amount);
    await page.click(".button-big");
    await until(page, "it is kept", async () => (await unsent(page)) === (amount === "98765" ? 1 : 2));
  }
  await page.goto(new URL("/waiting", t.url).href);
  await until(page, "both are listed without a line", async () => (await page.locator("[data-waiting-list] li").count()) === 2);
  await page.context().setOffline(false);
  await page.goto(new URL("/count", t.url).href);
  await page.waitForSelector("[data-waiting-refused]:not([hidden])");
  assert.equal(new URL(page.url()).pathname, "/count", "nobody is led away from what they do");
  await until(page, "the other one is sent", async () => (await unsent(page)) === 1);
  await page.click("[data-waiting-refused] a");
  await page.waitForSelector("[data-asked]:not([hidden])");
  await t.picture(page, "waiting-asked-en-360");
  // Whoever looks at the question and goes away has not answered it.
  await Promise.all([page.waitForURL((url) => url.pathname === ITEM), page.click("[data-answer]")]);
  assert.match(await page.textContent("h1"), /Really 98,765/);
  await page.goto(new URL("/waiting", t.url).href);
  await page.waitForSelector("[data-asked]:not([hidden])");
  assert.equal(await unsent(page), 1);
  await Promise.all([page.waitForURL((url) => url.pathname === ITEM), page.click("[data-answer]")]);
  await page.click(".decision .button-primary");
  await until(page, "it is delivered", async () => (await unsent(page)) === 0);
  assert.ok(await countLines(page, t, "98,765"));
});
