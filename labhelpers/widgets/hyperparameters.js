// Learning rate, batch size and optimiser: measured results, and trainings of the reader's own.
import { button, choice, digits, followTraits, make, slider, soon, tell, widget } from "./controls.js";
import { curves } from "./curves.js";

export default widget(({ model, box, guard, again }) => {
  const MEASURES = [
    { name: "validation score", of: (trial) => trial.val_score.at(-1), better: 1, n: 2 },
    { name: "validation loss", of: (trial) => trial.val_loss.at(-1), better: -1, n: 2, log: true },
    { name: "training loss", of: (trial) => trial.loss.at(-1), better: -1, n: 2, log: true },
    { name: "seconds", of: (trial) => trial.seconds, better: -1, n: 1, log: true },
  ];
  const results = model.get("results"), { rates, batch_sizes: sizes, optimizers, trials } = results;
  const at = (optimizer, size, rate) => trials[(optimizer * sizes.length + size) * rates.length + rate];
  const valueOf = (trial, measure) => (trial.diverged ? NaN : measure.of(trial) ?? NaN);
  const write = (value, n) => (value !== 0 && Math.abs(value) < 0.01 && n > 1 ? value.toExponential(0).replace("-", "\u2212") : digits(value, n));
  let own;

  const cells = sizes.map((_, size) => rates.map((_, rate) => {
    const cell = make("td");
    cell.addEventListener("click", guard(() => { pace.value = rate; batch.value = size; moved(); }));
    return cell;
  }));
  const head = (text, scope) => make("th", { scope }, text);
  const caption = make("caption");
  const table = make("table", { className: "labs-chances labs-map" }, caption,
    make("thead", {}, make("tr", {}, head("batch \\ rate", "col"), ...rates.map((rate) => head(String(rate), "col")))),
    make("tbody", {}, ...cells.map((row, size) => make("tr", {}, head(String(sizes[size]), "row"), ...row))));

  const update = guard(() => {
    const measure = MEASURES[what.value], scale = (value) => measure.better * (measure.log ? Math.log(Math.max(value, 1e-9)) : value);
    const finite = trials.map((trial) => valueOf(trial, measure)).filter(Number.isFinite).map(scale);
    const low = Math.min(...finite), top = Math.max(...finite);
    caption.textContent = `${measure.name} after ${results.epochs} epoch${results.epochs > 1 ? "s" : ""}, ${optimizers[which.value]} (more colour is better)`;
    cells.forEach((row, size) => row.forEach((cell, rate) => {
      const value = valueOf(at(which.value, size, rate), measure), chosen = size === batch.value && rate === pace.value;
      cell.textContent = Number.isFinite(value) ? write(value, measure.n) : "diverged";
      cell.style.setProperty("--labs-share", Number.isFinite(value) ? `${Math.round((40 * (scale(value) - low)) / (top - low || 1))}%` : "0%");
      cell.classList.toggle("labs-chosen", chosen);
      chosen ? cell.setAttribute("aria-current", "true") : cell.removeAttribute("aria-current");
    }));
    const trial = at(which.value, batch.value, pace.value);
    const lines = [{ name: "training loss", values: trial.loss, from: 1 }, { name: "validation loss", values: trial.val_loss, from: 1 }];
    if (own) lines.push({ name: "your run", values: own, from: 1 });
    chart.draw(lines.filter(({ values }) => values.length));
    const name = `${optimizers[which.value]}, rate ${rates[pace.value]}, batches of ${sizes[batch.value]}`;
    const result = trial.diverged ? `diverged in epoch ${trial.loss.length + 1}`
      : `validation score ${digits(trial.val_score.at(-1), 3)}, validation loss ${write(trial.val_loss.at(-1), 3)}, training loss ${write(trial.loss.at(-1), 3)}, ${digits(trial.seconds, 1)} s`;
    told.textContent = `${name}: ${result}.`;
    chart.say(`${name}, ${result}`);
  });
  const later = soon(update);
  const moved = () => { tell(model, { optimizer: which.value, batch_size: batch.value, rate: pace.value }); later(); };

  const which = choice({ label: "Optimiser", options: optimizers, value: model.get("optimizer"), on: moved });
  const what = choice({ label: "Shown", options: MEASURES.map(({ name }) => name), value: model.get("measure"),
    on: (measure) => { tell(model, { measure }); later(); } });
  const pace = slider({ label: "Learning rate", min: 0, max: rates.length - 1, value: model.get("rate"), say: (i) => String(rates[i]), on: moved });
  const batch = slider({ label: "Batch size", min: 0, max: sizes.length - 1, value: model.get("batch_size"), say: (i) => String(sizes[i]), on: moved });
  const chart = curves({ title: "Loss", across: "epoch", high: 200 });
  const told = make("p", { className: "labs-told", aria: { live: "polite" } });

  // A training of the reader's own needs Python: the button comes when a kernel has answered.
  let running = false, waiting;
  const send = (content) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { running = false; label(); news.textContent = "No kernel answers. Run the notebook's cells again."; }, 5000);
    try { model.send(content); } catch { /* then no answer comes */ }
  };
  const label = () => { start.textContent = running ? "Stop" : "Train this one now"; };
  const start = button("", guard(() => send(running ? { kind: "stop" }
    : { kind: "start", optimizer: optimizers[which.value], rate: rates[pace.value], batch_size: sizes[batch.value] })));
  start.hidden = true;
  const news = make("p", { className: "labs-note", aria: { live: "polite" } }, "In JupyterLab and Colab you can also train with these settings yourself.");
  model.on("msg:custom", guard((message) => {
    clearTimeout(waiting);
    start.hidden = false;
    running = message.kind === "progress";
    label();
    news.textContent = message.text;
    if (message.loss) { own = message.loss; later(); }
  }));

  box.append(
    make("div", { className: "labs-controls" }, which.element, what.element, pace.element, batch.element),
    table, told,
    make("div", { className: "labs-halves" }, chart.element, make("div", {}, start, news)),
  );
  followTraits(model, guard, { optimizer: which, measure: what, rate: pace, batch_size: batch }, later);
  model.on("change:results", guard(again));
  label();
  update();
  model.send({ kind: "hello" });
});
