// The pages where people act: count, enter, ask, promise, load, receive, sign in; on a real node.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "../harness.mjs";

export const server = "acting";

const PASSWORD = "four words apart here";
const TRANSFER = "/transfer/alder/" + "07".repeat(16);

/** Signs a fresh page in and goes to `path`. */
async function as(t, name, path, options = {}) {
  const page = await t.open(`/sign-in?back=${encodeURIComponent(path)}`, options);
  await page.fill("#name", name);
  await page.fill("#password", PASSWORD);
  await Promise.all([page.waitForURL((url) => url.pathname === new URL(path, t.url).pathname), page.click("form[action='/sign-in'] .button-primary")]);
  await page.waitForLoadState("load");
  return page;
}

/** Every check on a page of somebody who is signed in. */
async function stands(t, path, name, langs = ["en", "ar"]) {
  for (const lang of langs) {
    for (const [width, theme] of [[1280, "light"], [360, "light"], [360, "dark"]]) {
      const page = await as(t, "mara", path, { width, theme, lang });
      await t.picture(page, `act-${name}-${lang}-${width}-${theme}`);
      await t.axe(page);
      await t.noSideways(page);
      await t.touchTargets(page);
      await page.context().close();
    }
  }
}

for (const [path, name] of [
  ["/count", "stores"], ["/count/alder-barn", "things"], ["/count/alder-barn/wheat", "count"], ["/count/alder-barn/rice", "batches"],
  ["/count/sheet/alder-barn", "sheet"], ["/count/sheet/alder-barn/enter", "sheet-enter"], ["/labels/alder-barn", "labels"], ["/count/import", "import"],
  ["/enter/in?item=wheat&store=alder-barn", "in"], ["/enter/out?item=rice&store=alder-barn", "out"], ["/enter/make?item=wheat-flour&store=alder-barn", "make"],
  ["/recall", "recall"], ["/needs", "needs"], ["/needs/state?item=wheat", "need"], ["/offers/make?item=rice", "offer"],
  [TRANSFER, "transfer"], [`${TRANSFER}/waybill`, "waybill"], ["/me", "me"], ["/operator/people", "people"],
]) {
  test(`${name} stands every check`, async (t) => { await stands(t, path, name); });
}

test("signing in stands every check", async (t) => {
  await t.everywhere("/sign-in", "act-sign-in");
  await t.everywhere("/setup", "act-setup");
});

test("a count with the number pad is written, asked about when unusual, and taken back", async (t) => {
  t.expect("409");
  const page = await as(t, "mara", "/count/alder-barn/blanket", { width: 360 });
  for (const key of ["4", "1", "0", "0"]) await page.click(`[data-key="${key}"]`);
  await page.click(".button-big");
  assert.match(await page.textContent(".notice-good"), /Written down: Blanket/);
  await page.goto(new URL("/count/alder-barn/blanket", t.url).href);
  await page.fill("#seen", "410000");
  await page.click(".button-big");
  await page.waitForSelector("h1:has-text(\"Really 410,000\")");
  await t.axe(page);
  await t.picture(page, "act-question-en-360");
  await page.click(".decision .button-primary");
  assert.match(await page.textContent(".notice-good"), /410,000/);
  await page.click(".notice-good a");
  await page.check("input[value=back]");
  await page.selectOption("#reason", "entry-error");
  await t.axe(page);
  await t.picture(page, "act-correct-en-360");
});

test("every act works without script", async (t) => {
  const page = await as(t, "mara", "/needs/state?item=blanket", { script: false });
  await page.fill("#quantity", "500");
  await page.click(".form .button-primary");
  assert.match(await page.textContent("main"), /Blanket/);
  await page.goto(new URL("/enter/lost?item=rice&store=alder-barn", t.url).href);
  await page.fill("#quantity", "2 bag");
  await page.selectOption("#reason", "pests");
  await page.click(".form .button-primary");
  assert.match(await page.textContent(".notice-good"), /Written down/);
});

test("a count made out of reach is kept and asked about when it is sent", async (t) => {
  t.expect("ERR_INTERNET_DISCONNECTED");
  // The line may end while the worker that keeps pages is still on its way.
  t.expect("when fetching the script");
  t.expect("409");
  const page = await as(t, "mara", "/count/alder-barn/blanket", { width: 360 });
  await page.context().setOffline(true);
  await page.fill("#seen", "9999999");
  await page.click(".button-big");
  await page.waitForSelector("[data-waiting]:not([hidden])");
  await page.context().setOffline(false);
  await page.waitForSelector(".decision");
  await page.waitForSelector("h1:has-text(\"Really 9,999,999\")");
});

test("an arrival says while typing whether it adds up", async (t) => {
  const noor = await as(t, "noor", TRANSFER);
  await noor.click("form:has(input[value=approve]) .button-primary");
  await noor.click("form:has(input[value=accept]) .button-primary >> nth=0");
  const mara = await as(t, "mara", TRANSFER);
  await mara.click("form:has(input[value=load]) .button-primary");
  await noor.goto(new URL(TRANSFER, t.url).href);
  await t.axe(noor);
  await t.picture(noor, "act-arrival-en-1280");
  const field = (name) => noor.locator(`.arrival input[name=${name}]`);
  await field("ok-0").fill("41.975");
  assert.match(await noor.textContent(".sum"), /does not add up/);
  await field("gone-0").fill("0.025");
  assert.match(await noor.textContent(".sum"), /It adds up/);
  await noor.selectOption(".arrival select[name=why-0]", "not-known-yet");
  await noor.click("form:has(input[value=arrive]) .button-primary");
  assert.match(await noor.textContent(".lead"), /still open/);
  await t.picture(noor, "act-unsettled-en-1280");
  const phone = await as(t, "mara", TRANSFER, { width: 360 });
  await t.axe(phone);
  await t.picture(phone, "act-unsettled-en-360");
});

/** What an app shows for a secret in base32 (RFC 6238), some half minutes from now. */
function appCode(secret, ahead) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const hash = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

test("the second step is set up, asked for and taken away, and stands every check", async (t) => {
  t.expect("422");
  for (const [lang, width] of [["en", 1280], ["ar", 360]]) {
    const page = await as(t, "noor", "/me", { lang, width });
    const look = async (name) => { await page.evaluate(() => window.scrollTo(0, 0)); await t.axe(page); await t.noSideways(page); await t.touchTargets(page); await t.picture(page, `second-${name}-${lang}-${width}`); };
    await page.click("details:has(form[action='/me/second']) summary");
    await look("card");
    await page.fill("#second-password", PASSWORD);
    await page.click("form[action='/me/second'] button");
    await page.waitForSelector("form[action='/me/second/confirm']");
    await look("secret");
    const secret = (await page.textContent(".big-code")).replaceAll(/\s/g, "");
    await page.fill("#second", "000000");
    await page.click("form[action='/me/second/confirm'] button");
    await page.waitForSelector(".error");
    await page.fill("#second", appCode(secret, -1));
    await page.click("form[action='/me/second/confirm'] button");
    await page.waitForSelector(".codes");
    await look("codes");
    const other = await t.open("/sign-in?back=/me", { lang, width });
    await other.fill("#name", "noor");
    await other.fill("#password", PASSWORD);
    await other.click("form[action='/sign-in'] .button-primary");
    await other.waitForSelector("#second");
    await t.axe(other);
    await t.picture(other, `second-step-${lang}-${width}`);
    await other.fill("#second", appCode(secret, 0));
    await other.click("form[action='/sign-in/second'] button");
    await other.waitForURL((url) => url.pathname === "/me");
    await other.click("details:has(form[action='/me/second/remove']) summary");
    await other.fill("#second-password", PASSWORD);
    await other.click("form[action='/me/second/remove'] button");
    await other.waitForSelector(".notice-good");
  }
});
