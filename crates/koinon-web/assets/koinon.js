// Small comforts over pages that work without any script: choices that apply at once, the number pad, ages that
// keep up, and a queue for entries made while the community's computer cannot be reached.
(function () {
  "use strict";
  var doc = document;
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }
  function store(value) {
    try {
      if (value === undefined) { return JSON.parse(localStorage.getItem("koinon-queue") || "[]"); }
      localStorage.setItem("koinon-queue", JSON.stringify(value));
    } catch (e) { /* private mode: no queue, the form is sent as usual */ }
    return value || [];
  }
  // Sixteen random bytes in hexadecimal: the id of one act.
  function act() {
    var bytes = crypto.getRandomValues(new Uint8Array(16)), text = "";
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    for (var i = 0; i < 16; i += 1) { text += ("0" + bytes[i].toString(16)).slice(-2); }
    return text;
  }

  // Choices marked data-auto apply at once.
  doc.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-auto")) { form.submit(); }
  });

  // Number pad: a key types into the field that its pad names, as if pressed on a keyboard.
  doc.addEventListener("click", function (event) {
    var key = event.target.closest("[data-key]");
    if (key) {
      var field = doc.getElementById(key.closest("[data-pad]").getAttribute("data-pad"));
      if (!field) { return; }
      var value = field.value, sign = key.getAttribute("data-key");
      if (sign === "back") { value = value.slice(0, -1); }
      else if (sign === "clear") { value = ""; }
      else if (value.length < 15 && !(/[.,٫]/.test(sign) && /[.,٫]/.test(value))) { value += sign; }
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    var print = event.target.closest("[data-print]");
    if (print) { window.print(); }
  });

  // A double tap sends one form: the second submit of the same form is stopped until the page answers.
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    // The attribute, since a field named "method" would hide the property.
    if (form.getAttribute("method") === "post" && !form.hasAttribute("hx-post")) {
      if (form.hasAttribute("data-queue")) { sendOrKeep(event, form); return; }
      form.setAttribute("data-sent", "");
      setTimeout(function () { form.removeAttribute("data-sent"); }, 4000);
    }
  });
  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });

  // The queue. A form marked data-queue is kept on this device when nothing answers, and sent later; its act id
  // makes a repeat harmless.
  function body(form) { return new URLSearchParams(new FormData(form)).toString(); }
  function post(url, text) {
    return fetch(url, {
      method: "POST", body: text, redirect: "manual", credentials: "same-origin",
      headers: { "Content-Type": "application/x-www-form-urlencoded" }
    });
  }
  // Asks whether anything answers before it lets go of the form; a browser's own idea of being online knows only the cable.
  function sendOrKeep(event, form) {
    event.preventDefault();
    var pressed = event.submitter, limit = new AbortController();
    if (pressed && pressed.name) {
      var named = doc.createElement("input");
      named.type = "hidden"; named.name = pressed.name; named.value = pressed.value;
      form.appendChild(named);
    }
    form.setAttribute("data-sent", "");
    var timer = setTimeout(function () { limit.abort(); }, 4000);
    fetch("/favicon.svg", { method: "HEAD", cache: "no-store", signal: limit.signal }).then(function () {
      clearTimeout(timer);
      form.submit();
    }, function () {
      clearTimeout(timer);
      store(store().concat([{ url: form.getAttribute("action"), body: body(form) }]).slice(-500));
      if (named) { form.removeChild(named); }
      form.removeAttribute("data-sent");
      form.reset();
      all("input[name=act]", form).forEach(function (field) { field.value = act(); });
      form.dispatchEvent(new CustomEvent("koinon:kept", { bubbles: true }));
      count();
    });
  }
  function count() {
    var waiting = store().length;
    all("[data-waiting]").forEach(function (place) {
      place.hidden = waiting === 0;
      all("[data-waiting-count]", place).forEach(function (n) { n.textContent = waiting.toLocaleString(doc.documentElement.lang === "ar" ? "ar-EG" : undefined); });
    });
  }
  // What arrived: says while somebody types whether the line adds up. The computer checks again.
  function amount(text) {
    text = text.replace(/[\u0660-\u0669]/g, function (c) { return c.charCodeAt(0) - 0x660; }).replace(/[\u066c\s]/g, "").replace(/\u066b/g, ".");
    if (text === "") { return 0; }
    if (/^\d+,\d+$/.test(text) && doc.documentElement.lang === "es") { text = text.replace(",", "."); }
    return /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  }
  function addUp(line) {
    var told = line.querySelector(".sum"), unit = line.querySelector("select[name^='in-']"), sum = 0;
    all("input[name^='ok-'], input[name^='no-'], input[name^='gone-']", line).forEach(function (field) { sum += amount(field.value); });
    if (!unit.hasAttribute("data-first")) { unit.setAttribute("data-first", unit.value); }
    told.hidden = isNaN(sum) || unit.value !== unit.getAttribute("data-first");
    if (told.hidden) { return; }
    var good = Math.abs(sum - Number(line.getAttribute("data-adds-up"))) < 1e-6;
    told.textContent = told.getAttribute(good ? "data-sum-good" : "data-sum-bad");
    told.toggleAttribute("data-good", good); told.toggleAttribute("data-bad", !good);
  }
  ["input", "change"].forEach(function (kind) {
    doc.addEventListener(kind, function (event) {
      var line = event.target.closest && event.target.closest("[data-adds-up]");
      if (line) { addUp(line); }
    });
  });

  var flushing = false;
  function flush() {
    var queue = store();
    count();
    if (flushing || !queue.length || navigator.onLine === false) { return; }
    flushing = true;
    // The form's secret may be older than the session; the page's own one is right.
    var token = doc.querySelector("input[name=token]"), text = new URLSearchParams(queue[0].body);
    if (token) { text.set("token", token.value); }
    post(queue[0].url, text.toString()).then(function (answer) {
      flushing = false;
      // A redirect is a delivery. A question or a fault is shown to the person at once, as if just sent. Anything else waits.
      if (answer.type === "opaqueredirect" || answer.ok) { store(store().slice(1)); flush(); }
      else if (answer.status === 409 || answer.status === 422) { store(store().slice(1)); sendAgain(queue[0].url, text); }
    }, function () { flushing = false; });
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
  window.addEventListener("online", flush);
  doc.addEventListener("DOMContentLoaded", function () { count(); flush(); });
}());
