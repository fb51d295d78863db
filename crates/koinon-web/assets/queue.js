// Entries made while the community's computer cannot be reached are kept on this device, in its own database, until they
// were sent: each under the person who made it, each once, since its act id makes a repeat harmless. On one's own device
// the count pages are kept too, by the worker in worker.js, so that they open again without a line.
(function () {
  "use strict";
  var doc = document, ASK_MS = 4000, AGAIN_MS = 30000, PAGES_MAX = 80, OLD = "koinon-queue", MARK = "koinon-waiting";
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }
  function place() { return doc.querySelector("[data-waiting]"); }
  // Who is signed in on this page, as a mark that says nothing elsewhere; empty for nobody.
  function owner() { var at = place(); return (at && at.getAttribute("data-owner")) || ""; }

  // Sixteen random bytes in hexadecimal: the id of one act.
  function act() {
    var bytes = crypto.getRandomValues(new Uint8Array(16)), text = "";
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    for (var i = 0; i < 16; i += 1) { text += ("0" + bytes[i].toString(16)).slice(-2); }
    return text;
  }
  function renew(form) { all("input[name=act]", form).forEach(function (field) { field.value = act(); }); }

  // The database: one store of entries { owner, url, body, what, amount, made, refused }, in the order in which they were
  // made. `refused` holds the computer's answer to an entry that it will not take as it is, `opened` that its person went to
  // answer what is asked about it.
  var opened = null;
  function open() {
    if (!opened) {
      opened = new Promise(function (done, failed) {
        var asked = indexedDB.open("koinon", 1);
        asked.onupgradeneeded = function () { asked.result.createObjectStore("entries", { autoIncrement: true }); };
        asked.onsuccess = function () { done(asked.result); };
        asked.onerror = function () { failed(asked.error); };
      });
      opened.catch(function () { opened = null; });
    }
    return opened;
  }
  // Does something with the store; ends when it is on the disk.
  function change(work) {
    return open().then(function (base) {
      return new Promise(function (done, failed) {
        var change = base.transaction("entries", "readwrite", { durability: "strict" });
        change.oncomplete = function () { done(); };
        change.onabort = change.onerror = function () { failed(change.error); };
        work(change.objectStore("entries"));
      });
    });
  }
  function waiting() {
    return open().then(function (base) {
      return new Promise(function (done, failed) {
        var found = [], asked = base.transaction("entries").objectStore("entries").openCursor();
        asked.onsuccess = function () {
          var at = asked.result;
          if (!at) { done(found); return; }
          found.push(Object.assign({}, at.value, { key: at.primaryKey }));
          at.continue();
        };
        asked.onerror = function () { failed(asked.error); };
      });
    });
  }
  function drop(key) { return change(function (entries) { entries.delete(key); }); }
  // Notes or forgets that an entry was refused, and that its person looks at it.
  function mind(entry, refused, opened) {
    var kept = Object.assign({}, entry, { refused: refused, opened: !!opened });
    delete kept.key;
    return change(function (entries) { entries.put(kept, entry.key); });
  }
  // What an earlier version kept elsewhere comes along.
  function moveOld() {
    var old = [];
    try { old = JSON.parse(localStorage.getItem(OLD) || "[]"); } catch (e) { return Promise.resolve(); }
    if (!old.length || !owner()) { return Promise.resolve(); }
    return change(function (entries) {
      old.forEach(function (entry) { entries.add({ owner: owner(), url: entry.url, body: entry.body }); });
    }).then(function () { localStorage.removeItem(OLD); });
  }

  // Tells every later page, through koinon.js, whether this file is wanted there.
  function mark(some) {
    try { if (some) { localStorage.setItem(MARK, "1"); } else { localStorage.removeItem(MARK); } } catch (e) { /* private mode */ }
  }

  function number(n) { return n.toLocaleString(doc.documentElement.lang === "ar" ? "ar-EG" : doc.documentElement.lang); }
  // Says how many wait: one's own, somebody else's, or, where nobody is signed in, all.
  function show() {
    return waiting().then(function (entries) {
      var at = place(), who = owner();
      mark(entries.length > 0);
      if (!at) { return; }
      var own = entries.filter(function (entry) { return entry.owner === who; }).length, others = entries.length - own;
      var refused = entries.filter(function (entry) { return entry.owner === who && entry.refused; }).length;
      at.hidden = entries.length === 0;
      [["own", who ? own - refused : 0], ["refused", who ? refused : 0], ["others", who ? others : 0], ["nobody", who ? 0 : entries.length]].forEach(function (pair) {
        all("[data-waiting-" + pair[0] + "]", at).forEach(function (line) {
          line.hidden = pair[1] === 0;
          all("[data-waiting-count]", line).forEach(function (n) { n.textContent = number(pair[1]); });
        });
      });
    }, function () { /* private mode: nothing is kept, forms are sent as usual */ });
  }

  // Asks whether anything answers before it lets go of the form; a browser's own idea of being online knows only the cable.
  function answers() {
    var limit = new AbortController(), timer = setTimeout(function () { limit.abort(); }, ASK_MS);
    return fetch("/favicon.svg", { method: "HEAD", cache: "no-store", signal: limit.signal }).then(function () {
      clearTimeout(timer); return true;
    }, function () { clearTimeout(timer); return false; });
  }
  // What was typed, as a person would say it: the figure and its unit.
  function amount(form) {
    var seen = form.querySelector("input[name=seen], input[name=amount]"), unit = form.querySelector("select[name$=unit]");
    var words = unit && unit.selectedOptions[0] ? unit.selectedOptions[0].textContent : "";
    return seen ? (seen.value + " " + words).trim() : "";
  }
  function sendOrKeep(event, form) {
    event.preventDefault();
    var pressed = event.submitter, named;
    if (pressed && pressed.name) {
      named = doc.createElement("input");
      named.type = "hidden"; named.name = pressed.name; named.value = pressed.value;
      form.appendChild(named);
    }
    form.setAttribute("data-sent", "");
    answers().then(function (yes) {
      if (yes || !owner()) { form.submit(); return; }
      var body = new URLSearchParams(new FormData(form)).toString(), title = doc.querySelector("h1");
      var kept = { owner: owner(), url: form.getAttribute("action"), body: body, what: title ? title.textContent : "", amount: amount(form), made: Date.now() };
      change(function (entries) { entries.add(kept); }).then(function () {
        if (named) { form.removeChild(named); }
        form.removeAttribute("data-sent");
        form.reset();
        renew(form);
        show();
      }, function () { form.submit(); });
    });
  }

  // A question, or a fault that its person can put right.
  function isAsked(entry) { return entry.refused === 409 || entry.refused === 422; }
  var flushing = null, looked = false;
  // Sends what waits, oldest first; what cannot be sent now stays. Once a page also what was asked about and may be answered by
  // now: what is written down already is taken as delivered.
  function flush() {
    if (!flushing && navigator.onLine === false) { return show().then(list); }
    if (!flushing) {
      var answered = !looked;
      looked = true;
      flushing = (owner() ? moveOld().then(waiting) : Promise.resolve([])).then(function (entries) {
        return entries.filter(function (entry) { return entry.owner === owner() && (!entry.refused || (answered && entry.opened && isAsked(entry))); })
          .reduce(function (before, entry) { return before.then(function (on) { return on && send(entry); }); }, Promise.resolve(true));
      }).catch(function () { /* no line: the next turn tries again */ }).then(function () { flushing = null; return show(); }).then(list);
    }
    return flushing;
  }
  // Sends one entry; says whether to go on with the next.
  function send(entry) {
    var text = new URLSearchParams(entry.body), at = place();
    // The form's secret may be older than the session; the page's own one is right.
    if (at && at.getAttribute("data-token")) { text.set("token", at.getAttribute("data-token")); }
    return fetch(entry.url, {
      method: "POST", body: text.toString(), credentials: "same-origin",
      headers: { "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html" }
    }).then(function (answer) {
      // Written down, and led on to the next page; whoever is led to sign in has not been heard.
      if (answer.ok && new URL(answer.url).pathname !== "/sign-in") { return drop(entry.key).then(function () { return true; }); }
      // Its person put it right on the page that asked: it is written down, with other words.
      if (answer.headers.get("koinon-problem") === "other-content") { return drop(entry.key).then(function () { return true; }); }
      // Too many at once, or the session is over: later. Any other "no" stands until the person looks at it.
      if (answer.ok || answer.status >= 500 || [401, 408, 429].indexOf(answer.status) >= 0) { return false; }
      return mind(entry, answer.status, entry.opened && isAsked(entry)).then(function () { return true; });
    });
  }
  function sendAgain(url, text) {
    var form = doc.createElement("form");
    form.method = "post"; form.action = url;
    text.forEach(function (value, name) {
      var field = doc.createElement("input");
      field.type = "hidden"; field.name = name; field.value = value;
      form.appendChild(field);
    });
    doc.body.appendChild(form);
    form.submit();
  }

  // The page /waiting lists one's own entries, each with a way to send it again and one to throw it away.
  function list() {
    var at = doc.querySelector("[data-waiting-list]"), model = doc.querySelector("template[data-waiting-entry]");
    if (!at || !model || !owner()) { return Promise.resolve(); }
    return waiting().then(function (entries) {
      var own = entries.filter(function (entry) { return entry.owner === owner(); });
      at.textContent = "";
      own.forEach(function (entry) {
        var line = doc.importNode(model.content, true).firstElementChild;
        function say(name, words) { var to = line.querySelector("[data-" + name + "]"); to.textContent = words; to.hidden = !words; }
        say("what", entry.what || entry.url);
        say("amount", entry.amount || "");
        say("made", entry.made ? new Date(entry.made).toLocaleString(doc.documentElement.lang === "ar" ? "ar-EG" : doc.documentElement.lang) : "");
        line.querySelector("[data-refused]").hidden = !entry.refused || isAsked(entry);
        line.querySelector("[data-asked]").hidden = !isAsked(entry);
        line.querySelector("[data-open]").href = entry.url;
        var answer = line.querySelector("[data-answer]");
        answer.hidden = !isAsked(entry);
        line.querySelector("[data-again]").hidden = isAsked(entry);
        // The entry stays until its answer is written down.
        answer.addEventListener("click", function () {
          mind(entry, entry.refused, true).then(function () {
            var text = new URLSearchParams(entry.body), at = place();
            if (at && at.getAttribute("data-token")) { text.set("token", at.getAttribute("data-token")); }
            sendAgain(entry.url, text);
          });
        });
        line.querySelector("[data-again]").addEventListener("click", function () { mind(entry, 0).then(flush); });
        var away = line.querySelector("[data-away]");
        away.addEventListener("click", function () {
          // The second press means it.
          if (away.hasAttribute("data-sure")) { drop(entry.key).then(show).then(list); return; }
          away.setAttribute("data-sure", ""); away.textContent = away.getAttribute("data-really");
        });
        at.appendChild(line);
      });
      doc.querySelector("[data-waiting-none]").hidden = own.length > 0;
    }, function () { /* private mode: nothing is kept */ });
  }

  // A page that the worker kept says how old it is, and its forms are new acts each time that it opens.
  function sayAge() {
    var kept = doc.querySelector("[data-kept]");
    if (!kept || kept.hidden) { return; }
    all("form[data-queue]").forEach(renew);
    var minutes = Math.max(0, Math.round((Date.now() - Number(kept.getAttribute("data-made"))) / 60000));
    var lang = doc.documentElement.lang === "ar" ? "ar-EG" : doc.documentElement.lang;
    var age = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
    var words = minutes < 90 ? age.format(-minutes, "minute") : age.format(-Math.round(minutes / 60), "hour");
    all("[data-kept-age]", kept).forEach(function (at) { at.textContent = words; });
  }
  // On one's own device, under TLS or on this machine, the worker keeps this page and those that it leads to.
  function keepPages() {
    if (!doc.querySelector("[data-kept][hidden]") || !("serviceWorker" in navigator) || !window.isSecureContext) { return; }
    var saving = navigator.connection && navigator.connection.saveData;
    var links = saving ? [] : all("a.pick[href^='/count/'], .crumbs a[href^='/count']").map(function (a) { return a.href; });
    var files = all("link[rel=stylesheet], link[rel=icon], link[rel=manifest]").map(function (link) { return link.href; })
      .concat(all("script[src]").map(function (script) { return script.src; }));
    navigator.serviceWorker.register("/worker.js").then(function () { return navigator.serviceWorker.ready; }).then(function (ready) {
      ready.active.postMessage({ owner: owner(), files: files, pages: [location.href, "/offline", "/waiting"].concat(links).slice(0, PAGES_MAX) });
    }).catch(function () { /* not to be had here: the pages need a line, as before */ });
  }

  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
    if (form.hasAttribute("data-queue")) { sendOrKeep(event, form); return; }
    // Whoever signs out sends first what waits.
    if (form.getAttribute("action") === "/sign-out" && !form.hasAttribute("data-flushed")) {
      event.preventDefault();
      form.setAttribute("data-flushed", "");
      flush().then(function () { form.submit(); });
    }
  });
  window.addEventListener("online", flush);
  // koinon.js adds this file once the page is read, so there is nothing to wait for.
  sayAge(); keepPages(); flush();
  setInterval(function () { var at = place(); if (at && !at.hidden) { flush(); } }, AGAIN_MS);
}());
