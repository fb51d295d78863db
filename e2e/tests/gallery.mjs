// The parts that pages are made of, on the gallery's pages.
import assert from "node:assert/strict";
import { test } from "../harness.mjs";

export const server = "gallery";

for (const [path, name] of [["/", "region"], ["/parts", "parts"], ["/pad", "pad"], ["/waybill", "waybill"]]) {
  test(`${name} stands every check in each size, theme and language`, async (t) => {
    await t.everywhere(path, `gallery-${name}`);
  });
}

test("language and theme work without script and come back to the page", async (t) => {
  const page = await t.open("/parts", { script: false });
  await page.click(".prefs summary");
  await page.selectOption("select[name=lang]", "ar");
  await page.selectOption("select[name=theme]", "dark");
  await page.click(".prefs button");
  assert.equal(new URL(page.url()).pathname, "/parts");
  assert.equal(await page.getAttribute("html", "dir"), "rtl");
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
});

test("with script a choice applies at once", async (t) => {
  const page = await t.open("/parts");
  await page.click(".prefs summary");
  await Promise.all([page.waitForNavigation(), page.selectOption("select[name=lang]", "es")]);
  assert.equal(await page.getAttribute("html", "lang"), "es");
});

test("every act is a plain form that works without script", async (t) => {
  const page = await t.open("/", { script: false });
  await page.click(".decision .button-primary");
  assert.equal(new URL(page.url()).pathname, "/");
});

test("the number pad types into its field", async (t) => {
  const page = await t.open("/pad", { width: 360 });
  for (const key of ["3", "1", "2", ".", ".", "5", "7", "back"]) await page.click(`[data-key="${key}"]`);
  assert.equal(await page.inputValue("#amount"), "312.5");
});

test("without script the pad is hidden and the field stays", async (t) => {
  const page = await t.open("/pad", { width: 360, script: false });
  assert.equal(await page.isVisible(".pad"), false);
  assert.equal(await page.isVisible("#amount"), true);
});

test("a live region fetches itself when its topic changes", async (t) => {
  const page = await t.open("/");
  await page.evaluate(() => { document.querySelector("#happened").setAttribute("data-old", ""); });
  await page.waitForSelector("#happened:not([data-old])");
});

test("a filter narrows a table as people type, and the address follows", async (t) => {
  const page = await t.open("/parts");
  await page.fill("#q", "len");
  await page.waitForFunction(() => document.querySelectorAll("#found tbody tr").length === 1);
  await page.waitForURL(/q=len/);
  assert.equal(await page.inputValue("#q"), "len");
});

test("a filter works without script", async (t) => {
  const page = await t.open("/parts", { script: false });
  await page.fill("#q", "rice");
  await page.press("#q", "Enter");
  assert.equal(await page.locator("#found tbody tr").count(), 1);
});

test("an entry made out of reach is kept and sent once later", async (t) => {
  const page = await t.open("/pad", { width: 360 });
  t.expect("ERR_INTERNET_DISCONNECTED");
  const posts = [];
  page.on("request", (request) => { if (request.method() === "POST") posts.push(request.postData()); });
  await page.context().setOffline(true);
  await page.fill("#amount", "7");
  await page.click("form[data-queue] .button-primary");
  await page.waitForSelector("[data-waiting]:not([hidden])");
  assert.equal(await page.textContent("[data-waiting-count]"), "1");
  await page.context().setOffline(false);
  await page.waitForSelector("[data-waiting]", { state: "hidden" });
  assert.equal(posts.length, 1);
  assert.match(posts[0], /amount=7/);
});

test("the keyboard reaches the content first, and focus is never hidden under the tab bar", async (t) => {
  const page = await t.open("/pad", { width: 360 });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body || e.closest(".sections, .top, .demo")) return null;
      const r = e.getBoundingClientRect();
      const bar = document.querySelector(".sections").getBoundingClientRect().top;
      return r.top >= bar ? e.outerHTML.slice(0, 80) : null;
    });
    assert.equal(hidden, null);
  }
});

test("a wrong address is explained in the reader's language", async (t) => {
  t.expect("404");
  const page = await t.open("/nowhere", { lang: "es" });
  assert.equal(await page.textContent("h1"), "Aquí no hay nada");
  await t.axe(page);
});

test("a page of another site cannot post here", async (t) => {
  const answer = await fetch(`${t.url}/gallery`, { method: "POST", headers: { "sec-fetch-site": "cross-site" } });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
});

test("a waybill prints without the frame", async (t) => {
  const page = await t.open("/waybill");
  await page.emulateMedia({ media: "print" });
  for (const part of [".top", ".foot", ".sections", ".actions"]) assert.equal(await page.isVisible(part), false, part);
  await t.picture(page, "gallery-waybill-print");
});
