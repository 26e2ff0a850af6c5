"""How does the example driver app look? One page, its script and its style; every text is shown as text."""

from html import escape

from aiohttp import web

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
</head>
<body>
<header>
<h1>{name}</h1>
<p id="state" role="status">Connecting …</p>
</header>
<main>
<form role="search" id="search">
<label for="q">Find a place, street, city or charger</label>
<input id="q" type="search" autocomplete="off" maxlength="100">
<label class="check"><input type="checkbox" id="free"> Free now</label>
</form>
<p id="count" role="status"></p>
<p id="last" aria-live="polite"></p>
<ul id="pins"></ul>
<noscript><p>This page needs JavaScript.</p></noscript>
</main>
<script src="page.js"></script>
</body>
</html>
"""
_STYLE = """
:root { color-scheme: light dark; --ground: #f4f6f5; --card: #fff; --text: #16191d; --soft: #4d555e;
  --line: #c9d1cf; --free: #2f7a55; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #101417; --card: #1a2024; --text: #eef2f1; --soft: #b4bdc4; --line: #3a444b;
    --free: #6cc79b; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; }
header, main { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding-top: 1rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .25rem 0; color: var(--soft); overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .75rem 0 .5rem; }
input[type=search] { flex: 1 1 14rem; min-width: 0; font: inherit; padding: .5rem .7rem; color: inherit;
  background: var(--card); border: 1px solid var(--soft); border-radius: .5rem; }
.check { display: flex; gap: .4rem; align-items: center; }
:focus-visible { outline: 3px solid #3087d0; outline-offset: 2px; }
#last { min-height: 1.45em; }
#pins { align-items: start; list-style: none; margin: .5rem 0 2rem; padding: 0; display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
#pins > li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: .75rem; min-width: 0; }
.place { display: flex; gap: .6rem; align-items: flex-start; }
.place > div { min-width: 0; }
.pin { flex: none; width: 2.3rem; height: 2.9rem; }
.pin text { font: 700 11px system-ui, sans-serif; }
.evses { list-style: none; margin: .6rem 0 0; padding: 0; display: grid; gap: .35rem; }
.evses li { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: center; }
.chip { border-radius: .4rem; padding: .1rem .5rem; font-weight: 600; font-size: .9rem;
  max-width: 100%; overflow-wrap: anywhere; }
.id { font-size: .9rem; overflow-wrap: anywhere; }
.plugs { font-size: .85rem; color: var(--soft); }
.changed { animation: flash 2.5s; border-radius: .4rem; }
@keyframes flash { from { background: #f2c94c66; } to { background: transparent; } }
@media (prefers-reduced-motion: reduce) { .changed { animation: none; } }
"""
_SCRIPT = """
"use strict";
const evses = new Map();
const shown = new Map();
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function element(kind, text, className) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function pinOf(found) {
  const free = found.filter((one) => one.available);
  const look = free[0] || found[0];
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "pin");
  made.setAttribute("viewBox", "0 0 32 40");
  made.setAttribute("aria-hidden", "true");
  const drop = document.createElementNS(SVG, "path");
  drop.setAttribute("d", "M16 39C7 27 2 22 2 15a14 14 0 0 1 28 0c0 7-5 12-14 24z");
  drop.setAttribute("fill", look.colour);
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", "16");
  text.setAttribute("y", "19");
  text.setAttribute("text-anchor", "middle");
  text.setAttribute("fill", look.textColour);
  text.textContent = free.length + "/" + found.length;
  made.append(drop, text);
  return made;
}

const POWER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const PLUGS = { IEC_62196_T2: "Type 2", IEC_62196_T2_COMBO: "CCS", CHADEMO: "CHAdeMO" };
function plugs(evse) {
  return evse.connectors.map((plug) => {
    const name = PLUGS[plug.standard] || (plug.standard || "Plug").replaceAll("_", " ");
    return plug.powerW ? name + " " + POWER.format(plug.powerW / 1000) + " kW" : name;
  }).join(", ");
}

const CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });
function line(evse) {
  const made = element("li");
  const chip = element("span", evse.label, "chip");
  chip.style.backgroundColor = evse.colour;
  chip.style.color = evse.textColour;
  chip.title = "Since " + CLOCK.format(new Date(evse.since));
  made.append(chip, element("span", evse.evseId, "id"), element("span", plugs(evse), "plugs"));
  return made;
}

function draw(uid, changed) {
  const found = [...evses.values()].filter((one) => one.location.uid === uid);
  found.sort((one, other) => one.uid - other.uid);
  const before = shown.get(uid);
  if (!found.length) {
    if (before) before.remove();
    shown.delete(uid);
    return;
  }
  const where = found[0].location;
  const card = element("li");
  const head = element("div", undefined, "place");
  const words = element("div");
  const free = found.filter((one) => one.available).length;
  words.append(
    element("h2", where.name),
    element("p", [where.address, where.postalCode, where.city].filter(Boolean).join(", ")),
    element("p", free + " of " + found.length + " free now"),
  );
  head.append(pinOf(found), words);
  const list = element("ul", undefined, "evses");
  for (const evse of found) {
    const made = line(evse);
    if (changed && changed.has(evse.uid)) made.className = "changed";
    list.append(made);
  }
  card.append(head, list);
  card.dataset.free = free;
  card.dataset.text = [where.name, where.address, where.city, ...found.map((one) => one.evseId)]
    .join(" ").toLowerCase();
  shown.set(uid, card);
  if (before) before.replaceWith(card); else byId("pins").append(card);
}

function narrow() {
  const wanted = byId("q").value.trim().toLowerCase();
  const free = byId("free").checked;
  let places = 0;
  for (const card of shown.values()) {
    card.hidden = !card.dataset.text.includes(wanted) || (free && card.dataset.free === "0");
    if (!card.hidden) places += 1;
  }
  byId("count").textContent = places + (places === 1 ? " place" : " places");
}

function take(news) {
  byId("state").textContent = "This app " + news.state;
  if (news.all) {
    evses.clear();
    shown.clear();
    byId("pins").replaceChildren();
    for (const evse of news.all) evses.set(evse.uid, evse);
    for (const uid of new Set(news.all.map((one) => one.location.uid))) draw(uid);
  }
  for (const evse of news.some || []) {
    evses.set(evse.uid, evse);
    draw(evse.location.uid, new Set([evse.uid]));
    byId("last").textContent =
      CLOCK.format(new Date()) + " · " + evse.evseId + " at " + evse.location.name + ": " + evse.label;
  }
  for (const uid of news.gone || []) {
    const gone = evses.get(uid);
    evses.delete(uid);
    if (gone) draw(gone.location.uid);
  }
  if (news.all || news.some || news.gone) narrow();
}

byId("search").addEventListener("submit", (event) => event.preventDefault());
byId("q").addEventListener("input", narrow);
byId("free").addEventListener("change", narrow);
const source = new EventSource("news");
source.onmessage = (event) => take(JSON.parse(event.data));
source.onerror = () => { byId("state").textContent = "The app's own server is away; trying again …"; };
"""


def document(name: str) -> web.Response:
    """The page of an app of this name."""
    return web.Response(
        text=_PAGE.format(name=escape(name)),
        content_type="text/html",
        headers={
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


async def script(_request: web.Request) -> web.Response:
    """What draws it."""
    return web.Response(text=_SCRIPT, content_type="text/javascript")


async def style(_request: web.Request) -> web.Response:
    """How it is drawn."""
    return web.Response(text=_STYLE, content_type="text/css")
