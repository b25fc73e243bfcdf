// Developers, "Try it": sends one call of the API with the key that was pasted, and shows the answer.
// The key is read from its field for each call and kept nowhere.
"use strict";

const at = (id) => document.getElementById(id);
const calls = new Map(JSON.parse(at("calls").textContent).map((call) => [call.name, call]));
const form = at("try-it");
const ROOT = "/api/v1/";

const newOnce = () => `try-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

const offer = () => {
  const call = calls.get(at("try-call").value);
  at("try-method").textContent = call.method;
  at("try-path").value = call.path;
  at("try-body").value = call.body;
  at("try-once").value = newOnce();
  at("try-sure").checked = false;
  at("try-sure").required = call.body !== "";
  for (const part of form.querySelectorAll("[data-with-body]")) part.hidden = call.body === "";
};

const show = (status, tone, took, request, text) => {
  at("try-answer").hidden = false;
  at("try-status").textContent = status;
  at("try-status").className = `state ${tone}`;
  at("try-took").textContent = took;
  at("try-request").textContent = request;
  at("try-text").textContent = text;
};

// Indented, unless reading it loses something: amounts may have more digits than a number has here.
const indented = (text) => {
  try {
    const read = JSON.parse(text);
    return JSON.stringify(read) === text ? JSON.stringify(read, null, 2) : text;
  } catch {
    return text; // not JSON
  }
};

const requestOf = (call) => {
  const headers = { Authorization: `Token ${at("try-key").value.trim()}` };
  if (call.body === "") return { method: call.method, headers };
  headers["Idempotency-Key"] = at("try-once").value;
  headers["Content-Type"] = "application/json";
  return { method: call.method, headers, body: at("try-body").value };
};

const send = async () => {
  const call = calls.get(at("try-call").value);
  const path = at("try-path").value.trim();
  if (!path.startsWith(ROOT)) return show("–", "bad", "", "", form.dataset.outside);
  const began = performance.now();
  try {
    // Without the session's cookie: the key alone is tried.
    const answer = await fetch(path, { ...requestOf(call), credentials: "omit", cache: "no-store" });
    const text = await answer.text();
    const took = `${Math.round(performance.now() - began)} ms`;
    const tone = answer.ok ? "good" : "bad";
    show(String(answer.status), tone, took, answer.headers.get("Request-Id") ?? "", indented(text));
  } catch {
    show("–", "bad", "", "", form.dataset.away);
  }
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  await send();
  button.disabled = false;
});
at("try-call").addEventListener("change", offer);
offer();
form.hidden = false;
