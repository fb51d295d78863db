// The pages where people look, on a federation that has lived for a while.
import assert from "node:assert/strict";
import { test } from "../harness.mjs";

export const server = "reading";

const pages = [
  ["/", "region"],
  ["/?as=guest", "region-guest"],
  ["/community/dunes", "community"],
  ["/stock", "stock"],
  ["/stock?place=all&short=1", "stock-short"],
  ["/stock/wheat", "item"],
  ["/checks", "checks"],
  ["/teams", "teams"],
  ["/touch", "touch"],
  ["/transfers", "transfers"],
  ["/suggestions", "suggestions"],
];

for (const [path, name] of pages) {
  test(`${name} stands every check in each size, theme and language`, async (t) => {
    // Every page in a language of each direction; the first page in all three.
    await t.everywhere(path, `read-${name}`, name === "region" ? {} : { langs: ["es", "ar"] });
  });
}

test("from the first page to why, in the reader's own words", async (t) => {
  const page = await t.open("/");
  assert.match(await page.textContent("h1"), /Dunes has food for \d+ days\./);
  await page.click('a.button[href^="/suggestion/"]');
  assert.match(await page.textContent("h1"), /could send/);
  await t.axe(page);
  await t.picture(page, "read-why");
});

test("a figure leads to the entries behind it", async (t) => {
  const page = await t.open("/stock/wheat", { width: 360 });
  await page.click('a[href^="/lot/heath/"]');
  assert.ok(await page.locator("tbody tr").count() > 3);
  await t.axe(page);
  await t.noSideways(page);
  await t.picture(page, "read-card-360");
});

test("the list of stock narrows as people type", async (t) => {
  const page = await t.open("/stock");
  await page.fill("#q", "whea");
  await page.waitForFunction(() => document.querySelectorAll("#found tbody tr").length <= 4);
  await page.waitForURL(/q=whea/);
});

test("a guest sees words and no amounts", async (t) => {
  const page = await t.open("/?as=guest");
  const text = await page.textContent("main");
  assert.doesNotMatch(text, /\d+\s(t|kg|days)\b(?! ago)/);
});
