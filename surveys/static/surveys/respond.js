// Answers are saved as they are given, and wait for the network.
const form = document.getElementById("answers");
const line = document.getElementById("saved");
// Whose answers, then name.version.mark of each that is shown.
const [tag, ...shown] = form.elements.was ? form.elements.was.value.split(" ") : [""];
const versions = Object.fromEntries(shown.map((each) => each.split(".")));
const page = crypto.getRandomValues(new Uint32Array(1))[0];
const store = `yiti ${tag}`;
// Not acknowledged yet: name -> {to, base, at}.
let queue = {};
let going, flight, trouble, timer;
let number = 0;
let failed = 0;
let pressed = -Infinity;
// The scroll-margin of questions.
const EDGE = 180;
const scales = [...form.querySelectorAll("fieldset[id]")];

const fields = (name) => [...form.elements].filter((field) => field.name === name);
const waiting = () => Object.keys(queue).length > 0;

function valueOf(name) {
  const all = fields(name);
  const chosen = all.filter((field) => field.checked).map((field) => field.value);
  return { checkbox: chosen, radio: chosen[0] || "" }[all[0].type] ?? all[0].value;
}

function put(name, to) {
  for (const field of fields(name)) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = [to].flat().includes(field.value);
    else field.value = to;
  }
  refresh();
}

function remember() {
  try {
    if (waiting()) sessionStorage.setItem(store, JSON.stringify(queue));
    else sessionStorage.removeItem(store);
  } catch {}
}

function tell(saved) {
  line.setAttribute("aria-live", trouble ? "polite" : "off");
  line.classList.toggle("warn", Boolean(trouble));
  if (trouble) line.textContent = line.dataset[going ? "going" : trouble];
  else if (saved) line.textContent = `${line.dataset.saved} ${new Date().toTimeString().slice(0, 5)}`;
}

function touched(name) {
  queue[name] = { to: valueOf(name), base: +versions[name] || 0, at: Date.now() };
  remember();
  if (!navigator.onLine) trouble = "waiting";
  tell();
  soon(1500);
}

function soon(pause) {
  timer ??= setTimeout(() => {
    timer = undefined;
    if (!flight) send();
  }, pause);
}

// All in one request, what is on its way as well: a later number makes an earlier one void.
async function send() {
  clearTimeout(timer);
  timer = undefined;
  if (!tag || !(going || waiting())) return;
  flight?.abort();
  const sent = { ...queue };
  const turn = going;
  const mine = (flight = new AbortController());
  const body = new URLSearchParams(turn || { go: "keep" });
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("was", tag);
  const now = Date.now();
  body.set("queue", JSON.stringify(Object.entries(sent).map(([name, one]) => [name, one.to, one.base, now - one.at])));
  body.set("page", page);
  body.set("number", ++number);
  const late = setTimeout(() => mine.abort(), 20000);
  try {
    const keepalive = `${body}`.length < 60000;
    const answer = await fetch(form.action, { method: "POST", body, keepalive, signal: mine.signal });
    if (answer.status === 410) over();
    else if (answer.ok) acknowledged(sent, turn, await answer.json());
    else if (answer.status < 500) [going, trouble] = [undefined, "others"];
    else throw answer;
  } catch {
    if (flight !== mine) return;
    failed += 1;
    trouble = "waiting";
    soon(Math.min(60, 2 ** failed) * 1000);
  } finally {
    clearTimeout(late);
    if (flight === mine) flight = undefined;
  }
  tell();
}

function acknowledged(sent, turn, told) {
  failed = 0;
  trouble = undefined;
  Object.assign(versions, told.versions);
  for (const name in sent) {
    if (queue[name] === sent[name]) delete queue[name];
    else if (queue[name]) queue[name].base = versions[name];
  }
  for (const name in told.others) if (!queue[name]) put(name, told.others[name]);
  remember();
  tell(true);
  if (waiting() || going !== turn) soon(going ? 0 : 1500);
  else if (going) leave(told.to);
}

function leave(to) {
  going = undefined;
  if (to.split("#")[0] !== location.pathname) return location.assign(to);
  history.replaceState(null, "", to);
  // To the question, not as far down as before: texts differ in length.
  history.scrollRestoration = ["", `#${scales[0]?.id}`].includes(location.hash) ? "auto" : "manual";
  location.reload();
}

function over() {
  queue = {};
  remember();
  location.reload();
}

function addClear(scale) {
  const button = document.createElement("button");
  const { name } = scale.querySelector("input");
  const what = scale.querySelector("legend").textContent;
  let before = "";
  Object.assign(button, { type: "button", className: "plain clear" });
  button.addEventListener("click", () => {
    const to = before;
    before = valueOf(name);
    put(name, to);
    touched(name);
  });
  scale.addEventListener("change", () => { before = ""; });
  (scale.querySelector(".answer") || scale).append(button);
  return () => {
    const undo = !valueOf(name);
    button.hidden = undo && !before;
    button.textContent = line.dataset[undo ? "undo" : "clear"];
    button.setAttribute("aria-label", `${undo ? line.dataset.undo : line.dataset.answer}: ${what}`);
  };
}

function limit(group) {
  const boxes = [...group.querySelectorAll("input")];
  const full = boxes.filter((box) => box.checked).length >= group.dataset.most;
  for (const box of boxes) box.disabled = full && !box.checked;
}

const refreshers = [...form.querySelectorAll(".issue fieldset")].map(addClear);
const groups = [...form.querySelectorAll("[data-most]")];
function refresh() {
  for (const each of refreshers) each();
  groups.forEach(limit);
}

// Enter turns no page; a digit answers (0 is 10).
form.addEventListener("keydown", (event) => {
  const at = event.target;
  if (at.type !== "radio" && at.type !== "checkbox") return;
  if (event.key === "Enter") event.preventDefault();
  if (at.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
  const value = event.key === "0" ? "10" : event.key;
  const wanted = /^\d+$/.test(value) && form.querySelector(`[name="${at.name}"][value="${value}"]`);
  if (wanted) { wanted.focus(); wanted.click(); }
});
form.addEventListener("input", (event) => {
  refresh();
  if (event.target.name in versions) touched(event.target.name);
});
form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!tag) {
    // Pressed twice it starts once; later anew.
    if (event.timeStamp - pressed < 3000) event.preventDefault();
    else pressed = event.timeStamp;
    return;
  }
  event.preventDefault();
  going = { [button?.name || "go"]: button ? button.value : "stay" };
  // Another language or size comes to where somebody reads.
  const at = scrollY > EDGE && scales.find((one) => one.getBoundingClientRect().bottom > EDGE);
  if (at && !form.contains(button)) going.at = at.id;
  send();
});
addEventListener("online", send);
addEventListener("offline", () => { if (waiting()) { trouble = "waiting"; tell(); } });
addEventListener("pageshow", (event) => {
  if (waiting()) send();
  else if (event.persisted) location.reload();
});
document.addEventListener("visibilitychange", send);
addEventListener("pagehide", send);
addEventListener("beforeunload", (event) => { if (waiting()) event.preventDefault(); });

try { queue = JSON.parse(sessionStorage.getItem(store)) || {}; } catch {}
for (const name in queue) if (fields(name).length) put(name, queue[name].to);
// Answered before this ran.
for (const one of form.elements) {
  const { name } = one;
  const is = one.checked !== one.defaultChecked || (one.type.startsWith("text") && one.value !== one.defaultValue);
  if (is && name in versions && !queue[name]) touched(name);
}
if (history.scrollRestoration === "manual") document.getElementById(location.hash.slice(1))?.scrollIntoView();
refresh();
send();
