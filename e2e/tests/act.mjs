// The pages where people act: count, enter, ask, promise, load, receive, sign in; on a real node.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "../harness.mjs";

export const server = "acting";

const PASSWORD = "four words apart here";
const TRANSFER = "/transfer/alder/" + "07".repeat(16);
const SMALL = "/transfer/alder/" + "08".repeat(16);

/** Signs a fresh page in and goes to `path`. */
async function as(t, name, path, options = {}) {
  const page = await t.open(`/sign-in?back=${encodeURIComponent(path)}`, options);
  await page.fill("#name", name);
  await page.fill("#password", PASSWORD);
  await Promise.all([page.waitForURL((url) => url.pathname === new URL(path, t.url).pathname), page.click("form[action='/sign-in'] .button-primary")]);
  await page.waitForLoadState("load");
  return page;
}

/** The cookies of Mara, who signed in once for all the looking. */
let signedIn;

/** Every check on a page of somebody who is signed in. */
async function stands(t, path, name, langs = ["en", "ar"]) {
  signedIn ??= await (await as(t, "mara", path)).context().storageState();
  for (const lang of langs) {
    for (const [width, themes] of [[1280, ["light"]], [360, ["light", "dark"]]]) {
      const page = await t.open(path, { width, lang, storageState: signedIn });
      assert.equal(new URL(page.url()).pathname, new URL(path, t.url).pathname, "Mara is signed in");
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        await t.picture(page, `act-${name}-${lang}-${width}-${theme}`);
        await t.axe(page);
        await t.noSideways(page);
        await t.touchTargets(page);
      }
      await page.context().close();
    }
  }
}

for (const [path, name] of [
  ["/count", "stores"], ["/count/alder-barn", "things"], ["/count/alder-barn/wheat", "count"], ["/count/alder-barn/rice", "batches"],
  ["/count/sheet/alder-barn", "sheet"], ["/count/sheet/alder-barn/enter", "sheet-enter"], ["/labels/alder-barn", "labels"], ["/count/import", "import"],
  ["/enter/in?item=wheat&store=alder-barn", "in"], ["/enter/out?item=rice&store=alder-barn", "out"], ["/enter/make?item=wheat-flour&store=alder-barn", "make"],
  ["/recall", "recall"], ["/needs", "needs"], ["/needs/state?item=wheat", "need"], ["/offers/make?item=rice", "offer"], ["/standing/propose", "standing-propose"],
  [TRANSFER, "transfer"], [`${TRANSFER}/waybill`, "waybill"], ["/me", "me"], ["/operator/people", "people"],
  ["/copies", "copies"], ["/carry", "carry"], ["/agreement", "agreement"],
  ["/teams/team", "team"], ["/teams/mission", "mission"], ["/teams/crew", "crew"],
]) {
  test(`${name} stands every check`, async (t) => { await stands(t, path, name); });
}

test("two transfers go together, and each by itself again", async (t) => {
  const page = await as(t, "mara", TRANSFER, { width: 360 });
  await page.click("summary:has-text('together with others')");
  const form = "form:has(input[name=do][value=join])";
  await page.check(`${form} input[type=checkbox]`);
  await Promise.all([page.waitForURL(/done=yes/), page.click(`${form} .actions button`)]);
  assert.match(await page.textContent("main"), /It leaves when .* has agreed too/);
  await stands(t, TRANSFER, "joint");
  await page.goto(new URL(SMALL, t.url).href);
  assert.match(await page.textContent("main"), /It leaves when/, "the other one says so too");
  await page.uncheck(`${form} input[type=checkbox]`);
  await Promise.all([page.waitForURL(/done=yes/), page.click(`${form} .actions button`)]);
  assert.doesNotMatch(await page.textContent("main"), /It leaves when/);
});

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

test("two people who count one batch are told of each other", async (t) => {
  t.expect("409");
  const mara = await as(t, "mara", "/count/alder-barn/blanket", { width: 360 });
  const noor = await as(t, "noor", "/count/alder-barn/blanket");
  await noor.fill("#seen", "4200");
  await noor.click(".button-big");
  // What earlier tests left there may be far from it.
  await noor.waitForSelector(".decision, .notice-good");
  if (await noor.locator(".decision").count()) await noor.click(".decision .button-primary");
  assert.match(await noor.textContent(".notice-good"), /Written down: Blanket/);
  await mara.fill("#seen", "4190");
  await mara.click(".button-big");
  await mara.waitForSelector(".decision");
  assert.match(await mara.textContent("h1"), /Noor counted 4,200.*here at.*after this page was opened/);
  assert.match(await mara.textContent(".decision"), /Blanket, .*4,190/);
  await t.axe(mara);
  await t.picture(mara, "act-meanwhile-en-360");
  await mara.click(".decision .button-primary");
  assert.match(await mara.textContent(".notice-good"), /4,190/);
});

test("a file of entries is taken along and brought back, and what is none is named", async (t) => {
  t.expect("422");
  const page = await as(t, "mara", "/carry", { width: 360 });
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("form[action='/carry/file'] .button")]);
  assert.match(download.suggestedFilename(), /^koinon-for-all-\d{4}-\d\d-\d\d\.koinon$/);
  const path = await download.path();
  await page.setInputFiles("#file", path);
  await page.click("form[action='/carry'] .button-primary");
  await page.waitForSelector("h1:has-text(\"Nothing in it was new\")");
  assert.match(await page.textContent("main"), /Made by[^]*Alder/);
  await t.axe(page);
  await t.noSideways(page);
  await t.touchTargets(page);
  await t.picture(page, "act-carried-en-360");
  // The same file with its end cut off, and a file of another kind.
  const whole = readFileSync(path);
  await page.goto(new URL("/carry", t.url).href);
  await page.setInputFiles("#file", { name: "cut.koinon", mimeType: "application/octet-stream", buffer: whole.subarray(0, whole.length - 50) });
  await page.click("form[action='/carry'] .button-primary");
  await page.waitForSelector(".notice:has-text(\"breaks off before its end\")");
  await page.goto(new URL("/carry", t.url).href);
  await page.setInputFiles("#file", { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(3_000_000, 7) });
  await page.click("form[action='/carry'] .button-primary");
  await page.waitForSelector("text=This is no file of entries");
  await t.axe(page);
  await t.picture(page, "act-no-bundle-en-360");
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

test("a promise is answered with something else, and promised so it is agreed", async (t) => {
  const page = await as(t, "mara", SMALL, { width: 360 });
  await page.click("summary:has-text('something else, less, or later')");
  await t.axe(page);
  await t.noSideways(page);
  await t.picture(page, "act-rather-360");
  const form = "form:has(input[name=do][value=counter])";
  await page.fill(`${form} input[name=rather-0]`, "1.5");
  await page.selectOption(`${form} select[name=rather-0-unit]`, "t");
  await page.selectOption(`${form} select[name=reason]`, "no-room");
  await Promise.all([page.waitForURL(/done=yes/), page.click(`${form} .actions button`)]);
  assert.match(await page.textContent("main"), /would rather have 1\.5\st of Wheat/);
  await stands(t, SMALL, "rather-answer");
  await page.click("form:has(input[name=do][value=meet]) .actions button");
  await page.waitForFunction(() => document.querySelector("main").textContent.includes("Agreed."));
  assert.match(await page.textContent("main"), /1\.5\st of Wheat/);
  // Nothing is loaded yet, so a no is still a no; and more of it is not to be suggested for a while.
  await page.click("summary:has-text('No, thank you')");
  const no = "form:has(input[name=do][value=refuse])";
  await page.selectOption(`${no} select[name=reason]`, "not-needed");
  await page.click(`${no} .actions button`);
  await page.waitForSelector("form[action='/taking/pause']");
  await stands(t, SMALL, "enough");
});

test("what matters more is said among the things that are asked for", async (t) => {
  const page = await as(t, "mara", "/needs");
  for (const item of ["wheat", "potatoes"]) {
    await page.goto(new URL(`/needs/state?item=${item}`, t.url).href);
    await page.fill("input[name=quantity]", "12");
    await page.check("input[name=urgency][value=needed]");
    await Promise.all([page.waitForURL(/\/needs(\?|$)/), page.click("main form .button-primary")]);
  }
  const form = "form[action='/needs/wish']:has(input[value=potatoes])";
  await page.selectOption(`${form} select[name=wish]`, "more");
  await page.click(`${form} button`);
  await page.waitForLoadState("load");
  assert.equal(await page.inputValue(`${form} select[name=wish]`), "more");
  await stands(t, "/needs", "wishes");
});

test("a regular delivery is proposed, mended, changed and ended", async (t) => {
  t.expect("422");
  const page = await as(t, "mara", "/standing/propose", { width: 360 });
  const send = "form[action='/standing/propose'] .button-primary";
  await page.selectOption("select[name=give-0-item]", "wheat");
  await page.fill("input[name=give-0]", "200 l");
  await page.fill("input[name=take-1]", "5 kg");
  await page.selectOption("select[name=take-0-item]", "rice");
  await page.fill("input[name=take-0]", "5");
  await page.click(send);
  await page.waitForSelector("[aria-invalid=true]");
  const wrong = await page.$$eval("[aria-invalid=true]", (fields) => fields.map((field) => field.name));
  assert.deepEqual(wrong, ["give-0", "take-0", "take-1-item"], "a wrong unit, none, and an amount of nothing are named, and nothing is lost");
  assert.equal(await page.inputValue("input[name=give-0]"), "200 l");
  await t.axe(page);
  await t.picture(page, "act-standing-mend-360");
  await page.fill("input[name=give-0]", "200 kg");
  await page.selectOption("select[name=take-0-item]", "");
  await page.fill("input[name=take-0]", "");
  await page.selectOption("select[name=take-1-item]", "rice");
  await Promise.all([page.waitForURL(/\/standing\?done/), page.click(send)]);
  const card = async () => (await page.textContent("main")).replaceAll(/\s+/g, " ");
  assert.match(await card(), /200 kg wheat.*5 kg rice.*Every 7 days/);
  assert.match(await card(), /has not answered yet/);
  await stands(t, "/standing", "standing");
  await page.click("a:has-text('Propose another text')");
  await page.waitForURL(/standing=/);
  assert.equal(await page.inputValue("input[name=give-0]"), "200 kg");
  await page.fill("input[name=every]", "14");
  await Promise.all([page.waitForURL(/\/standing\?done/), page.click(send)]);
  assert.match(await card(), /Every 14 days/);
  await page.click("summary:has-text('End it')");
  await page.selectOption("form[action$='/end'] select[name=reason]", "needed-here");
  await Promise.all([page.waitForURL(/\/standing\?done/), page.click("form[action$='/end'] button")]);
  assert.match(await card(), /over/);
});

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

test("an agreement is proposed, signed by a second person, and ended, in plain sight", async (t) => {
  t.expect("422");
  const page = await as(t, "mara", "/agreement", { width: 360 });
  assert.match(await page.textContent("h1"), /No neighbour sees what we have/);
  assert.match(await page.textContent("main"), /In force/);
  await page.click("summary:has-text(\"Propose a text\")");
  const draft = await page.inputValue("#agreement");
  await page.fill("#agreement", draft.replace(/retention_days = 90/, "retention_days = 9000"));
  await page.click("form:has(#agreement) .button");
  await page.waitForSelector("text=/line \\d+: share\\[0\\]\\.retention_days/");
  await t.axe(page);
  await page.fill("#agreement", draft.replace(/^title = .*$/m, 'title = "A text for this test"'));
  await page.click("form:has(#agreement) .button");
  await page.waitForSelector(".notice-good");
  const text = page.locator(".card", { hasText: "A text for this test" }).first();
  assert.match(await text.textContent(), /Not signed by enough people/);
  // A second person is told on every page, and signs.
  const noor = await as(t, "noor", "/needs", { width: 360 });
  if (await noor.locator(".notice:has-text(\"waits for a signature\")").count() === 0) {
    // Her task does not let her sign: the steward's own second try is refused, and says why.
    await text.locator("button:has-text(\"Sign for us\")").click();
    await page.waitForSelector("text=You have signed it already");
  } else {
    await noor.goto(new URL("/agreement", t.url).href);
    await noor.locator(".card", { hasText: "A text for this test" }).locator("button:has-text(\"Sign for us\")").click();
    await noor.waitForSelector(".notice-good");
    await t.noSideways(noor);
  }
  // What leaves is there to the last byte.
  await page.goto(new URL("/agreement", t.url).href);
  const row = page.locator("tr", { hasText: "An agreement" }).first();
  await row.locator("summary").evaluate((summary) => summary.click());
  assert.match(await row.locator("pre").textContent(), /^\[\[\d+, h'/);
  await t.noSideways(page);
  await t.touchTargets(page);
  await t.picture(page, "act-agreement-open-en-360");
});

test("names are locked, and somebody is erased, in plain sight", async (t) => {
  const page = await as(t, "mara", "/operator/people", { width: 360 });
  const look = async (name) => { await t.axe(page); await t.noSideways(page); await t.touchTargets(page); await t.picture(page, `names-${name}`); };
  const lock = "form[action='/operator/people/names/lock']";
  await page.fill(`${lock} #passphrase`, "five words of no song");
  await page.fill(`${lock} #again-passphrase`, "five words of a song");
  t.expect("422");
  await page.click(`${lock} button`);
  await page.waitForLoadState("load");
  await look("differ");
  await page.fill(`${lock} #passphrase`, "five words of no song");
  await page.fill(`${lock} #again-passphrase`, "five words of no song");
  await page.click(`${lock} button`);
  await page.waitForSelector("form[action='/operator/people/names/unlock']");
  await look("locked");
  await page.fill("form[action='/operator/people/names/unlock'] #passphrase", "five words of no song");
  await page.click("form[action='/operator/people/names/unlock'] button");
  await page.waitForSelector(lock);
  // Somebody new, whose task is taken back, and who is erased then.
  await page.fill("form[action='/operator/people'] #name", "Sami Canary");
  await page.click("form[action='/operator/people'] .button-primary");
  await page.waitForSelector(".big-code");
  const open = async () => {
    await page.goto(new URL("/operator/people", t.url).href);
    await page.click("tr:has-text('Sami Canary') a.button");
    await page.waitForLoadState("load");
  };
  await open();
  await look("has-a-task");
  await page.click("form[action='/operator/people/revoke'] button");
  await page.waitForLoadState("load");
  await open();
  const label = await page.textContent("label[for='sure']");
  await page.fill("#sure", label.trim().split(/\s+/).at(-1));
  await look("erase");
  await page.click("form[action='/operator/people/erase'] button");
  await page.waitForLoadState("load");
  await look("erased");
  await page.goto(new URL("/operator/people", t.url).href);
  assert.ok(!(await page.content()).includes("Sami Canary"));
  await look("list");
});

test("a team is promised, taken, away and home again, one button each, without script and at 360 px", async (t) => {
  t.expect("409");
  const page = await as(t, "mara", "/teams/team", { width: 360, script: false });
  const main = () => page.textContent("main");
  /** Presses, and says yes where something is asked. */
  const press = async (selector) => {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
    if (await page.locator(".decision .button-primary").count()) {
      await Promise.all([page.waitForNavigation(), page.click(".decision .button-primary")]);
    }
  };
  for (const [team, skill] of [["nurse-1", "nurse"], ["nurse-2", "nurse + driver"]]) {
    await page.goto(new URL("/teams/team", t.url).href);
    await page.fill("#team", team);
    if (await page.locator("select#place").count()) await page.selectOption("#place", "alder");
    await page.fill("#skill-1", skill);
    await page.fill("#people-1", "2");
    await press("form[action='/teams/team'] .button-primary");
    assert.match(await main(), new RegExp(team));
  }
  await page.goto(new URL("/teams/mission", t.url).href);
  const tomorrow = new Date(Date.parse(await page.inputValue("#day")) + 86_400_000).toISOString().slice(0, 10);
  await page.fill("#mission", "flood-1");
  if (await page.locator("select#place").count()) await page.selectOption("#place", "alder");
  await page.fill("#day", tomorrow);
  await page.fill("#start", "09:00");
  await page.fill("#end", "15:30");
  await page.fill("#skill-1", "nurse");
  await page.fill("#people-1", "2");
  await page.fill("#skill-2", "carpenter");
  await press("form[action='/teams/mission'] .button-primary");
  assert.match(await main(), /0 of 3 people asked for are promised/);
  // The plan is made beside the pages.
  for (let tries = 0; tries < 100 && !(await page.locator("form[action='/teams/promise'] button").count()); tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    await page.goto(new URL("/teams", t.url).href);
  }
  assert.equal(await page.locator("form[action='/teams/promise'] button").count(), 1, "one of the two stays at home");
  assert.match(await main(), /No team that is still free has this skill/);
  await t.noSideways(page);
  await t.touchTargets(page);
  await t.picture(page, "act-teams-suggested-en-360");
  await press("form[action='/teams/promise'] button");
  assert.match(await main(), /2 of 3 people asked for are promised/);
  await press("form[action='/teams/take'] button");
  await page.click("a[href^='/teams/promise/']");
  await page.waitForLoadState("load");
  assert.match(await main(), /agreed/);
  await t.noSideways(page);
  await t.touchTargets(page);
  await t.picture(page, "act-teams-promise-en-360");
  await page.goto(new URL("/teams", t.url).href);
  await press("form[action='/teams/left'] button");
  assert.match(await main(), /away/);
  await press("form[action='/teams/back'] button");
  assert.match(await main(), /home again/);
});

test("the page of teams stands every check", async (t) => { await stands(t, "/teams", "teams"); });

test("care goes from a request to done, one button each, without script and at 360 px", async (t) => {
  const page = await as(t, "mara", "/services", { width: 360, script: false });
  const main = () => page.textContent("main");
  const press = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  await page.goto(new URL("/services", t.url).href);
  assert.match(await main(), /Nobody asks for care or parts now/);
  await page.goto(new URL("/services/offer", t.url).href);
  await page.fill("#provider", "hospital");
  if (await page.locator("select#place").count()) await page.selectOption("#place", "alder");
  await page.fill("#services", "surgery, births");
  await page.fill("#per-day", "2");
  await press("form[action='/services/offer'] .button-primary");
  assert.match(await main(), /surgery, births/);
  await page.goto(new URL("/services/ask", t.url).href);
  const by = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  if (await page.locator("select#place").count()) await page.selectOption("#place", "alder");
  await page.fill("#service", "surgery");
  await page.fill("#count", "3");
  await page.fill("#by", by);
  await press("form[action='/services/ask'] .button-primary");
  assert.match(await main(), /1 request still waits for a promise/);
  // The plan is made beside the pages.
  for (let tries = 0; tries < 100 && !(await page.locator("form[action='/services/promise'] button").count()); tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    await page.goto(new URL("/services", t.url).href);
  }
  await t.noSideways(page);
  await t.touchTargets(page);
  await t.picture(page, "act-services-suggested-en-360");
  await press("form[action='/services/promise'] button");
  assert.match(await main(), /Everything that is asked for is promised/);
  await press("form[action='/services/take'] button");
  await page.click("a[href^='/services/promise/']");
  await page.waitForLoadState("load");
  assert.match(await main(), /Tell the other house who comes yourselves/);
  await t.noSideways(page);
  await t.touchTargets(page);
  await t.picture(page, "act-services-promise-en-360");
  await page.fill("form[action='/services/done'] input[name=count]", "2");
  await press("form[action='/services/done'] .button-primary");
  assert.match(await main(), /Promised 0, done 2, still wanted 1/);
});

test("the page of care and workshops stands every check", async (t) => { await stands(t, "/services", "services"); });
test("the forms of care and workshops stand every check", async (t) => {
  await stands(t, "/services/ask", "services-ask");
  await stands(t, "/services/offer", "services-offer");
});
