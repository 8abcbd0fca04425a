// The page around an edition: it swaps the edition in place, keeps the scroll position, and shows what is wrong.
"use strict";

const edition = location.pathname.split("/")[2] || "";
const element = (id) => document.getElementById(id);
let shown = 0;
let drawn = 0;

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// The next page is loaded behind the one in view and takes its place when it stands where that one stood.
function show(version) {
  const coming = make("iframe", "", { class: "coming", title: "The web page", src: `/editions/${edition}/page?v=${version}` });
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

function draw(version, count) {
  const images = element("pages").querySelectorAll("img");
  for (let page = 0; page < Math.max(count, images.length); page += 1) {
    const source = `/editions/${edition}/pages/${page}.png?v=${version}`;
    if (page >= count) images[page].remove();
    else if (images[page]) images[page].src = source;
    else element("pages").append(make("img", "", { src: source, alt: `Page ${page + 1}` }));
  }
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
const events = new EventSource(`/events/${edition}`);
events.onmessage = (event) => {
  const state = JSON.parse(event.data);
  if (!edition) list(state.editions);
  if (state.page > shown || (state.page && state.page < shown)) { shown = state.page; show(shown); }
  if (state.drawn !== drawn) { drawn = state.drawn; draw(drawn, state.pages); }
  element("pages").classList.toggle("stale", state.drawing);
  complain(state.faults);
  element("state").textContent = state.drawing ? "setting pages …" : state.broken ? "the last good page" : "";
};
events.onerror = () => { element("state").textContent = "waiting for nkru-brief serve …"; };
