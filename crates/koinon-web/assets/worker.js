// Keeps the count pages of the person who is signed in on this device, so that they open without a line. It keeps no
// other page, nothing on a shared device (the computer marks what may be kept), nothing older than a session may last
// unused, and forgets everything when somebody signs in or out. Entries are never touched here: queue.js sends them.
"use strict";
const FILES = "koinon-files";
const PAGES = "koinon-pages-";
const WAIT_MS = 4000;
const OLDEST_MS = 12 * 3600 * 1000;
const KEPT_AT = "koinon-kept-at";

/** Whether an address is one of the pages that may be kept. */
const mayKeep = (url) => ["/offline", "/waiting"].includes(url.pathname)
  || /^\/count(\/[a-z0-9-]+){0,2}$/.test(url.pathname);
/** Under which address a page is kept: lists without their notices, one page for each batch. */
const keyOf = (url) => url.origin + url.pathname + (url.pathname.split("/").length > 3 ? url.search : "");
/** Doors through which another person may come. */
const isDoor = (url) => /^\/(sign-in|sign-out|setup|me)(\/|$)/.test(url.pathname) || url.pathname === "/demo/persona";

async function forget(except) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PAGES) && name !== except) await caches.delete(name);
  }
}

/** Keeps a page under its owner, whom the computer names; everybody else's pages go. */
async function keep(url, response) {
  const owner = response.headers.get("koinon-keep");
  if (!response.ok || response.redirected || !owner) return;
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, String(Date.now()));
  headers.delete("content-encoding");
  const body = await response.text();
  await forget(PAGES + owner);
  const pages = await caches.open(PAGES + owner);
  await pages.put(keyOf(url), new Response(body, { status: 200, headers }));
}

/** A kept page that is not too old, which now says that it was kept. */
async function kept(url) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const pages = await caches.open(name);
    const found = await pages.match(keyOf(url));
    if (!found) continue;
    if (!(Math.abs(Date.now() - Number(found.headers.get(KEPT_AT))) < OLDEST_MS)) { await pages.delete(keyOf(url)); continue; }
    const html = (await found.text()).replace("data-kept=\"\" hidden", "data-kept=\"\"");
    return new Response(html, { status: 200, headers: found.headers });
  }
  return undefined;
}

function within(promise, ms) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error("no answer")), ms);
    promise.then((value) => { clearTimeout(timer); done(value); }, (error) => { clearTimeout(timer); failed(error); });
  });
}

async function page(event, url) {
  const asked = fetch(event.request);
  // It may fail while the kept page is looked up; that is seen to below.
  asked.catch(() => {});
  const held = mayKeep(url) ? await kept(url) : undefined;
  try {
    // Without a kept page there is nothing better than to wait.
    const answer = await (held ? within(asked, WAIT_MS) : asked);
    if (mayKeep(url)) event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (error) {
    const shown = held ?? await kept(new URL("/offline", url));
    if (shown) return shown;
    throw error;
  }
}

async function file(request) {
  const found = await (await caches.open(FILES)).match(request.url);
  return found ?? fetch(request);
}

/** Keeps what an open page asks for: its files, itself, and the pages that it leads to. */
async function take({ owner, files, pages }) {
  const store = await caches.open(FILES);
  const wanted = new Set(files);
  for (const old of await store.keys()) if (!wanted.has(old.url)) await store.delete(old);
  for (const url of wanted) if (!await store.match(url)) await store.add(url);
  await forget(PAGES + owner);
  for (const address of pages) {
    const url = new URL(address, self.location.origin);
    if (url.origin === self.location.origin && mayKeep(url)) await keep(url, await fetch(url, { credentials: "same-origin" }));
  }
}

self.addEventListener("install", () => { self.skipWaiting(); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", (event) => {
  // A line that ends in between leaves what was kept before; the next open page asks again.
  if (event.data && Array.isArray(event.data.pages)) event.waitUntil(take(event.data).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isDoor(url) && (request.method === "POST" || url.pathname === "/sign-in")) event.waitUntil(forget());
    if (request.method === "GET") event.respondWith(page(event, url));
  } else if (request.method === "GET" && (url.pathname.startsWith("/assets/") || ["image", "manifest"].includes(request.destination))) {
    event.respondWith(file(request));
  }
});
