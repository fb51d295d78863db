// Small comforts over pages that work without any script: choices that apply at once, the number pad, a sum that is
// worked out while somebody types. What is entered out of reach is kept by queue.js.
(function () {
  "use strict";
  var doc = document;
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }

  // What is kept on this device has a file of its own: for pages with a form that may wait, and for every page while
  // something does wait.
  (function () {
    var place = doc.querySelector("[data-queue-script]"), waits = false;
    try { waits = localStorage.getItem("koinon-waiting") !== null || localStorage.getItem("koinon-queue") !== null; } catch (e) { /* private mode */ }
    if (!place || !(waits || doc.querySelector("form[data-queue], [data-kept]"))) { return; }
    var script = doc.createElement("script");
    script.src = place.getAttribute("data-queue-script");
    doc.head.appendChild(script);
  }());

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
    // The attribute, since a field named "method" would hide the property; queue.js sees to what may be kept.
    if (form.getAttribute("method") === "post" && !form.hasAttribute("hx-post") && !form.hasAttribute("data-queue")) {
      form.setAttribute("data-sent", "");
      setTimeout(function () { form.removeAttribute("data-sent"); }, 4000);
    }
  });
  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });

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
}());
