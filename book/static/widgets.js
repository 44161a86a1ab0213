// Runs the widgets of a static page: from the state that the notebook holds, without a kernel and
// without asking any server for anything, so that it works from a folder too.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  function decode(text) {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return new DataView(bytes.buffer);
  }

  // What a widget's module expects of a model; nobody listens at the other end.
  class Model {
    constructor({ state, buffers = [] }) {
      this.values = { ...state };
      this.listeners = new Map();
      for (const { path, data } of buffers) {
        const last = path.length - 1;
        path.slice(0, last).reduce((place, name) => place[name], this.values)[path[last]] = decode(data);
      }
    }
    get(name) { return this.values[name]; }
    set(name, value) {
      if (this.values[name] === value) return;
      this.values[name] = value;
      for (const event of [`change:${name}`, "change"]) this.listeners.get(event)?.forEach((f) => f());
    }
    on(event, f) { this.listeners.set(event, [...(this.listeners.get(event) ?? []), f]); }
    off(event, f) { this.listeners.set(event, (this.listeners.get(event) ?? []).filter((g) => f && g !== f)); }
    save_changes() {}
    send() {}
  }

  const modules = new Map();
  function load(text) {
    if (!modules.has(text)) modules.set(text, importText(text));
    return modules.get(text);
  }
  async function importText(text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    try { return await import(address); } finally { URL.revokeObjectURL(address); }
  }

  async function start(place, states) {
    const live = place.querySelector(".labs-live"), still = place.querySelector(".labs-still");
    try {
      const saved = states[place.dataset.model];
      if (!saved?.state?._esm) throw new Error("its state is missing from the page");
      const { default: module } = await load(saved.state._esm);
      const model = new Model(saved);
      model.values.still ??= still.firstElementChild?.outerHTML; // the page holds it once
      live.hidden = false;
      await module.render({ model, el: live });
      still.hidden = true;
    } catch (error) {
      console.warn("widget:", error);
      const sorry = document.createElement("p");
      sorry.className = "labs-sorry";
      sorry.textContent = `This widget cannot run here: ${error.message}. A picture of it stands in its place.`;
      live.hidden = true;
      still.hidden = false;
      still.before(sorry);
    }
    place.dataset.ready = "";
  }

  // Looks for states and places that have been read to their end: the next node begins after them.
  const states = {}, begun = new WeakSet();
  const isWhole = (node) => document.readyState !== "loading" || node.nextSibling || node.parentNode.nextSibling;
  function findNew(selector, isReady = isWhole) {
    const found = [...document.querySelectorAll(selector)].filter((node) => !begun.has(node) && isReady(node));
    found.forEach((node) => begun.add(node));
    return found;
  }
  function look() {
    for (const script of findNew(STATE)) {
      try { Object.assign(states, JSON.parse(script.textContent).state); } catch (error) { console.warn("widgets:", error); }
      // Modules are made ready while the page is still being read; start() tells of faults.
      for (const { state } of Object.values(states)) if (state?._esm) load(state._esm).catch(() => {});
    }
    // A place whose state is not there yet waits for the end of the page.
    const isReady = (place) => isWhole(place) && (document.readyState !== "loading" || states[place.dataset.model]);
    for (const place of findNew(".labs-widget", isReady)) start(place, states);
  }
  // Widgets begin as soon as they are there, before the scripts that a page runs when it is whole:
  // above all MathJax, which takes its time.
  const watcher = new MutationObserver(look);
  watcher.observe(document, { childList: true, subtree: true });
  const finish = () => { look(); watcher.disconnect(); };
  if (document.readyState === "loading") document.addEventListener("readystatechange", finish, { once: true });
  else finish();
  look();
})();
