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
      live.hidden = false;
      await module.render({ model: new Model(saved), el: live });
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

  function startAll() {
    let states = {};
    for (const script of document.querySelectorAll(STATE)) {
      try { Object.assign(states, JSON.parse(script.textContent).state); } catch (error) { console.warn("widgets:", error); }
    }
    for (const place of document.querySelectorAll(".labs-widget")) start(place, states);
  }
  // Not DOMContentLoaded, which waits for MathJax.
  if (document.readyState === "loading") document.addEventListener("readystatechange", startAll, { once: true });
  else startAll();
})();
