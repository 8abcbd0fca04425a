// The page around an edition: it swaps the edition in place, keeps the scroll position, and shows what is wrong.
"use strict";

const edition = location.pathname.split("/")[2] || "";
const element = (id) => document.getElementById(id);
let shown = 0;
let lookedAt = 0;

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// The next page takes the place of the one in view: its body alone where both are dressed alike, so that neither faces
// nor styles are read again and nobody loses the line they were at.
async function show(version) {
  const source = `/editions/${edition}/page?v=${version}`;
  const answer = await fetch(source);
  if (!answer.ok || version !== shown) return;
  const text = await answer.text();
  const frame = element("web").querySelector("iframe:not(.coming)");
  if (version !== shown) return;
  if (!frame) return load(version, source);
  // Read in the page's own window: under its policy, not under that of the page around it.
  const coming = new frame.contentWindow.DOMParser().parseFromString(text, "text/html");
  if (dress(frame.contentDocument) === dress(coming)) change(frame.contentDocument, coming);
  else load(version, source);
}

// What decides how a page looks, whatever it says.
function dress(page) {
  const worn = [page.documentElement.cloneNode(false), ...page.head.querySelectorAll("style, link")];
  return page.compatMode + worn.map((each) => each.outerHTML).join("");
}

function change(page, coming) {
  element("web").querySelectorAll("iframe.coming").forEach((each) => each.remove());
  const said = (head) => [...head.children].filter((each) => !each.matches("style, link"));
  said(page.head).forEach((each) => each.remove());
  page.head.append(...said(coming.head).map((each) => page.adoptNode(each)));
  page.body.replaceWith(page.adoptNode(coming.body));
}

// Where it is dressed otherwise it is loaded behind the one in view, until it stands where that one stood.
function load(version, source) {
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
  if (state.page > shown || (state.page && state.page < shown)) { shown = state.page; show(shown); }
  draw(state.pages, state.stale);
  complain(state.faults);
  const now = [[state.drawing, "setting pages …"], [state.broken, "the last good page"], [state.checking, "checking …"]];
  element("state").textContent = now.find(([holds]) => holds)?.[1] || "";
};
events.onerror = () => { element("state").textContent = "waiting for nkru-brief serve …"; };
