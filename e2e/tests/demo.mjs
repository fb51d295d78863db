// The demo as a newcomer meets it: one decision, six taps, one's own numbers; and the world that a visitor steers.
import assert from "node:assert/strict";
import { test } from "../harness.mjs";

export const server = "demo";

async function tap(page, selector = ".decision .button-primary") {
  await Promise.all([page.waitForNavigation({ timeout: 20000 }), page.click(selector)]);
}

/** The same test on the node of the first community, Alder, beside the one that looks on. */
function communityOf(t) {
  const next = new URL(t.url);
  next.port = String(Number(next.port) + 1);
  return Object.create(t, { url: { value: next.origin } });
}

test("the first page opens on one decision and leads in six taps to a sum that adds up", async (t) => {
  const page = await t.open("/", { width: 360 });
  const sentence = await page.textContent(".decision");
  assert.match(sentence, /Dunes has food for \d+ days/);
  assert.match(sentence, /Heath can spare [\d.,]+\st/);
  await tap(page); // 1 send
  assert.match(page.url(), /\/story\/[0-9a-f]{32}$/);
  await tap(page); // 2 a second person agrees
  await tap(page); // 3 the other side answers
  await tap(page); // 4 load
  await tap(page); // 5 arrive, one sack missing
  await tap(page); // 6 does it all add up?
  assert.match(await page.textContent("main"), /Yes\. It adds up/);
  await tap(page, 'a[href="/own"]');
  await tap(page, "main form .button-primary");
  assert.match(await page.textContent("main"), /Send .* from .* to /);
});

test("the story's pages stand every check", async (t) => {
  for (const [path, name] of [["/story", "story"], ["/own", "own"], ["/demo", "panel"]]) {
    await t.everywhere(path, `demo-${name}`);
  }
});

test("a newcomer finds a mission, the teams that could go, and one button to promise their own", async (t) => {
  const community = communityOf(t);
  let page = await community.open("/teams", { width: 360 });
  // Communities exchange and plans are made beside the pages.
  for (let tries = 0; tries < 150 && !(await page.locator("form[action='/teams/promise'] button").count()); tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    await page.reload();
  }
  assert.match(await page.textContent("main"), /Elmford: flood-1/);
  await t.picture(page, "demo-teams-en-360");
  await tap(page, "form[action='/teams/promise'] button");
  assert.match(await page.textContent("main"), /Promised teams\s*nurse-\d of Alder/);
  for (const [width, theme, lang] of [[1280, "light", "en"], [360, "dark", "ar"]]) {
    page = await community.open("/teams", { width, theme, lang });
    await t.axe(page);
    await t.noSideways(page);
    await t.touchTargets(page);
    await t.picture(page, `demo-teams-${lang}-${width}-${theme}`);
  }
});

test("a day passes, and a community whose plug is pulled falls silent and catches up", async (t) => {
  const page = await t.open("/demo", { script: false });
  const before = await page.textContent("main");
  await tap(page, "main form:has(input[value=step]) button");
  assert.notEqual(await page.textContent("main"), before);
  await page.selectOption("#what-unplug", "glade");
  await tap(page, "form:has(#what-unplug) button");
  await tap(page, "main form:has(input[value=step]) button");
  assert.match(await page.textContent("main"), /Glade/);
  await tap(page, "form:has(input[value=plug-in]) button");
});

test("what stewards and operators look after stands every check", async (t) => {
  const community = communityOf(t);
  for (const path of ["/operator", "/operator/people", "/copies", "/routes", "/needs", "/suggestions?item=wheat&to=dunes", "/me", "/count/import"]) {
    for (const [width, theme, lang] of [[1280, "light", "en"], [360, "dark", "ar"]]) {
      const page = await community.open(path, { width, theme, lang });
      try {
        await t.axe(page);
        await t.noSideways(page);
        await t.touchTargets(page);
      } catch (error) {
        error.message = `${path} ${width} ${theme} ${lang}: ${error.message} ${JSON.stringify(error.actual ?? "")}`;
        throw error;
      }
      await t.picture(page, `look-${path.replace(/[^a-z]+/g, "-")}-${lang}-${width}`);
      await page.context().close();
    }
  }
});

test("a slider says what would follow while it moves, and the page stands every check", async (t) => {
  const page = await t.open("/suggestions");
  await page.click('a.button[href^="/suggestion/"]');
  const path = await page.getAttribute('a[href^="/suggestions/what-if"]', "href");
  await t.everywhere(path, "demo-what-if", { langs: ["es", "ar"] });
  await page.goto(new URL(path, page.url()).href);
  assert.match(await page.textContent("#what-if-answer"), /Move a slider/);
  const before = await page.textContent("#what-if-answer tbody tr");
  await page.locator("input[name=count]").fill("-100");
  await page.waitForFunction(() => /has 0 %/.test(document.querySelector("#what-if-answer").textContent));
  assert.notEqual(await page.textContent("#what-if-answer tbody tr"), before, "a place that has nothing is no other place");
  await page.waitForURL(/count=-100/);
});

test("what a suggestion hangs on is shown, a count is asked for and asked no more, and whoever is asked sees it where it counts", async (t) => {
  const page = await communityOf(t).open("/suggestions");
  const asks = 'form[action="/counts/ask"] button';
  const items = await page.$$eval('a.button[href^="/suggestion/"]', (links) => links.map((link) => link.href));
  for (const path of items) {
    await page.goto(path);
    await page.click('a[href^="/suggestions/figures"]');
    if (await page.$(asks)) break;
  }
  const { pathname, search } = new URL(page.url());
  await communityOf(t).everywhere(pathname + search, "demo-leans");
  await page.click(asks);
  await page.waitForSelector('form[action="/counts/ask-no-more"]');
  assert.match(await page.textContent("main"), /Your community asks for a count until/);
  await page.click('form[action="/counts/ask-no-more"] button');
  await page.waitForSelector(asks);
  // Nobody counts while the demo stands still, and news waits: the same question is put to its own community.
  await page.$eval('form[action="/counts/ask"] input[name=place]', (place, own) => { place.value = own; }, "alder");
  await page.click(asks);
  await page.waitForLoadState();
  const there = await communityOf(t).open("/count", { width: 360 });
  assert.match(await there.textContent("main"), /Alder asks you to count .* again at Alder/);
  await communityOf(t).everywhere("/count", "demo-count-asked");
  await there.click("a.pick");
  await there.click("a.pick");
  const batch = await there.$('ul.picks a.pick[href*="mark="]');
  if (batch) await batch.click();
  await there.waitForSelector("input[name=visitor]");
  await t.picture(there, "demo-count-visitor");
});
