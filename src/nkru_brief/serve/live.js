// The page around an edition: it swaps the edition in place, keeps the scroll position, and shows what is wrong.
"use strict";

const edition = location.pathname.split("/")[2] || "";
const element = (id) => document.getElementById(id);
let shown = 0;
let worn = "";
let lookedAt = 0;

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// The next page takes the place of the one in view: its words alone where both are dressed alike, so that neither faces
// nor styles are sent or read again and nobody loses the line they were at.
async function show(version, dress) {
  const source = `/editions/${edition}/page?v=${version}`;
  const frame = element("web").querySelector("iframe:not(.coming)");
  if (!frame || dress !== worn) return load(version, source, dress);
  const answer = await fetch(`${source}&undressed`);
  const text = await answer.text();
  if (!answer.ok || version !== shown) return;
  // Read in the page's own window: under its policy, not under that of the page around it.
  change(frame.contentDocument, new frame.contentWindow.DOMParser().parseFromString(text, "text/html"));
}

function change(page, coming) {
  element("web").querySelectorAll("iframe.coming").forEach((each) => each.remove());
  const said = (head) => [...head.children].filter((each) => !each.matches("style, link"));
  said(page.head).forEach((each) => each.remove());
  page.head.append(...said(coming.head).map((each) => page.adoptNode(each)));
  renew(page.body, coming.body);
}

// What says the same stays: it is not laid out again, and what is open or chosen in it stays so.
function renew(now, next) {
  if (now.isEqualNode(next)) return;
  if (!now.hasChildNodes() || !now.cloneNode(false).isEqualNode(next.cloneNode(false))) return now.replaceWith(next);
  const [mine, theirs] = [[...now.childNodes], [...next.childNodes]];
  const most = Math.min(mine.length, theirs.length);
  let [before, after] = [0, 0];
  while (before < most && mine[before].isEqualNode(theirs[before])) before++;
  while (after < most - before && mine.at(-1 - after).isEqualNode(theirs.at(-1 - after))) after++;
  const [old, fresh] = [mine.slice(before, mine.length - after), theirs.slice(before, theirs.length - after)];
  if (old.length === fresh.length) return old.forEach((each, place) => renew(each, fresh[place]));
  const following = mine[mine.length - after] ?? null;
  old.forEach((each) => each.remove());
  fresh.forEach((each) => now.insertBefore(each, following));
}

// Where it is dressed otherwise it is loaded behind the one in view, until it stands where that one stood.
function load(version, source, dress) {
  const coming = make("iframe", "", { class: "coming", title: "The web page", src: source });
  coming.addEventListener("load", () => {
    if (version !== shown) return coming.remove();
    const before = [...element("web").children].filter((each) => each !== coming);
    const last = before.filter((each) => !each.classList.contains("coming")).pop();
    if (last) {
      const { scrollX, scrollY } = last.contentWindow;
      coming.contentWindow.scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
    }
    coming.classList.remove("coming");
    worn = dress;
    before.forEach((each) => each.remove());
  });
  element("web").append(coming);
}

// A page is drawn when it is asked for: those in view first. Each says which drawing of it there is, 0 for none yet.
function draw(drawings, stale) {
  const pages = element("pages");
  for (const image of [...pages.querySelectorAll("img")].slice(drawings.length)) image.remove();
  while (pages.children.length < drawings.length) {
    pages.append(make("img", "", { alt: `Page ${pages.children.length + 1}` }));
  }
  const images = [...pages.querySelectorAll("img")];
  images.forEach((image, page) => image.classList.toggle("stale", stale.includes(page)));
  const order = images.map((image, page) => ({ image, page, away: away(image) }));
  order.sort((one, other) => one.away - other.away);
  for (const { image, page } of order) {
    const source = drawings[page] ? `/editions/${edition}/pages/${page}.png?v=${drawings[page]}` : null;
    if (source && source !== image.getAttribute("src")) image.src = source;
  }
}

// How far a page is from what is in view.
function away(image) {
  const seen = element("pages").getBoundingClientRect();
  const { top, bottom } = image.getBoundingClientRect();
  return Math.max(top - seen.bottom, seen.top - bottom, 0);
}

// The page in view is the first to be drawn after the next change.
function look() {
  const page = [...element("pages").querySelectorAll("img")].findIndex((image) => away(image) === 0);
  if (page < 0 || page === lookedAt) return;
  lookedAt = page;
  fetch(`/editions/${edition}/looked-at/${page}`, { method: "POST" });
}

function complain(faults) {
  const aside = element("faults");
  aside.hidden = !faults.length;
  aside.classList.toggle("errors", faults.some((fault) => fault.severity === "error"));
  aside.replaceChildren(...faults.map((fault) => {
    const line = make("p", "");
    const place = `${fault.file}:${fault.line}:${fault.column}`;
    line.append(fault.editor ? make("a", place, { href: fault.editor }) : make("strong", place));
    line.append(` ${fault.severity}[${fault.code}]: ${fault.message} `, make("small", fault.hint));
    return line;
  }));
}

function list(editions) {
  const items = editions.map(({ name, label, outputs }) => {
    const item = make("li", "");
    item.append(make("a", label, { href: `/editions/${name}` }), ` (${outputs.join(", ")})`);
    return item;
  });
  const found = make("ul", "");
  found.append(...items);
  element("editions").replaceChildren(found);
}

element("name").textContent = edition;
let resting = 0;
element("pages").addEventListener("scroll", () => { clearTimeout(resting); resting = setTimeout(look, 100); });
const events = new EventSource(`/events/${edition}`);
events.onmessage = (event) => {
  const state = JSON.parse(event.data);
  if (!edition) list(state.editions);
  if (state.page > shown || (state.page && state.page < shown)) { shown = state.page; show(shown, state.dress); }
  draw(state.pages, state.stale);
  complain(state.faults);
  const now = [[state.drawing, "setting pages …"], [state.broken, "the last good page"], [state.checking, "checking …"]];
  element("state").textContent = now.find(([holds]) => holds)?.[1] || "";
};
events.onerror = () => { element("state").textContent = "waiting for nkru-brief serve …"; };
