// A layer that learns in the page: its weights as pictures beside the curves of its loss.
import { button, choice, digits, make, picture, slider, soon, tell, widget } from "./controls.js";
import { curves } from "./curves.js";
import { makeAdam, makeLearner, makeSgd } from "./one_layer_learner.js";
import { drawFirstParameters, drawShapes, shuffle } from "./shape_set.js";
import { addNoise, uniforms } from "./shapes.js";

export default widget(({ model, box, guard, again }) => {
  const names = model.get("optimizers");
  const classes = model.get("classes");
  const sizePx = model.get("size_px");
  const pixels = sizePx * sizePx;
  const momentum = model.get("momentum");
  const most = model.get("most_images"); // for training; as many more are for validation
  const FRAMES_PER_EPOCH = 10;
  const SECONDS_BETWEEN_NEWS = 5;
  const POINTS = 200; // of a curve

  const kinds = readBytes("kinds", 2 * most);
  const sides = new Float32Array(readBytes("sides", 8 * most).buffer);
  const greys = drawShapes(kinds, sides, sizePx);
  const makeOptimizer = [
    makeAdam,
    makeSgd,
    (layer) => makeSgd(layer, { momentum, nesterov: true }),
  ];

  function readBytes(name, length) {
    const view = model.get(name);
    if (view?.byteLength !== length) throw new Error("its shapes are missing or cut short");
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  }

  // Seeds of what is drawn: two kinds of noise, the first weights, and the order of each epoch.
  const seedOf = (part) => 1000 * model.get("seed") + part;

  // Images under noise, each a row of pixels.
  function drawImages(first, count, seed) {
    const random = uniforms(seed, count * pixels);
    return Array.from({ length: count }, (_, image) => {
      const clean = greys.subarray((first + image) * pixels, (first + image + 1) * pixels);
      return addNoise(clean, noise.value, random.subarray(image * pixels, (image + 1) * pixels));
    });
  }

  // What a training has, and what came of it.
  let parameters;
  let learner;
  let images;
  let validationImages;
  let order;
  let next; // the place in `order` where the next batch begins
  let epochs; // that are over
  let goal; // the epoch after which it stops
  let losses; // of each batch
  let lossSum; // over the images of this epoch so far, or of the one just over
  let validation; // loss and score after each epoch, and before the first
  let reduced = false;
  let heardAt = 0;

  const batchSize = () => Math.min(2 ** batch.value, count.value);
  const stepsPerEpoch = () => Math.ceil(count.value / batchSize());
  const rateOf = (mark) => Number((10 ** (mark / 10)).toPrecision(2));
  const mark = () => Math.round(10 * Math.log10(model.get("rate")));

  function restart() {
    images = drawImages(0, most, seedOf(0)); // it learns from the first ones
    validationImages = drawImages(most, most, seedOf(1));
    parameters = drawFirstParameters(pixels, classes.length, seedOf(2));
    learner = makeLearner({
      parameters,
      inputs: pixels,
      classes: classes.length,
      optimizer: makeOptimizer[which.value](parameters),
      decay: model.get("decay"),
    });
    epochs = 0;
    goal = model.get("epochs");
    losses = [];
    validation = [];
    evaluate();
    beginEpoch();
    classes.forEach((name, k) => {
      given[k].paint(images[kinds.indexOf(k)]);
      given[k].say(`an image as the layer sees it, under noise ${noise.value}`);
    });
  }

  function beginEpoch() {
    order = shuffle(count.value, seedOf(3 + epochs));
    next = 0;
  }

  function evaluate() {
    validation.push(learner.evaluate(validationImages, kinds.subarray(most)));
  }

  // Learns from one batch.
  function step() {
    const chosen = order.slice(next, next + batchSize());
    const labels = chosen.map((image) => kinds[image]);
    const loss = learner.learn(chosen.map((image) => images[image]), labels, rateOf(pace.value));
    losses.push(loss);
    lossSum = (next === 0 ? 0 : lossSum) + loss * chosen.length;
    next += chosen.length;
    if (next < count.value) return;
    epochs += 1;
    evaluate();
    beginEpoch();
  }

  const isRunning = () => model.get("running");

  const advance = guard(() => {
    if (!isRunning()) return;
    const before = epochs;
    const steps = stepsPerEpoch();
    // With less motion, whole epochs, and nothing is shown before the end.
    const pieces = reduced ? 1 : FRAMES_PER_EPOCH;
    for (let k = 0; k < Math.ceil(steps / pieces) && before === epochs; k++) step();
    if (epochs >= goal) {
      tell(model, { running: false });
      return;
    }
    if (!reduced) show();
    if (performance.now() - heardAt > 1000 * SECONDS_BETWEEN_NEWS) announce();
    requestAnimationFrame(advance);
  });

  function show() {
    const text = describe();
    told.textContent = `${text} Full colour from ${digits(showWeights(), 3)} on.`;
    showLosses(text);
  }

  // The training loss is the mean that Keras shows: over an epoch, each image before its step.
  function describe() {
    const { loss, score } = validation.at(-1);
    const number = (value) => (value && value < 0.001 ? value.toExponential(1).replace("-", "\u2212") : digits(value, 3));
    const checked = `validation loss ${number(loss)}, validation score ${digits(score, 3)}.`;
    if (!losses.length) return `Before the first step: ${checked}`;
    const epoch = digits(losses.length / stepsPerEpoch());
    return `Epoch ${epoch}, step ${losses.length}: training loss ${number(lossSum / (next || count.value))}, ${checked}`;
  }

  // Only what differs between the classes counts, so the mean of all is taken away.
  function showWeights() {
    const pictures = classes.map((_, k) => parameters.slice(k * pixels, (k + 1) * pixels));
    const sizes = [];
    for (let i = 0; i < pixels; i++) {
      const mean = pictures.reduce((sum, weights) => sum + weights[i], 0) / pictures.length;
      for (const weights of pictures) {
        weights[i] -= mean;
        sizes.push(Math.abs(weights[i]));
      }
    }
    // A few weights far from zero would leave all others pale.
    const limit = Float32Array.from(sizes).sort()[Math.floor(0.99 * sizes.length)];
    pictures.forEach((weights, k) => {
      learned[k].paintSigned(weights, limit);
      learned[k].say(`weights after ${losses.length} steps, full colour from ${digits(limit, 3)} on`);
    });
    return limit;
  }

  function showLosses(text) {
    const steps = stepsPerEpoch();
    const block = Math.ceil(losses.length / POINTS) || 1;
    const means = [];
    for (let start = 0; start < losses.length; start += block) {
      const part = losses.slice(start, start + block);
      means.push(part.reduce((sum, loss) => sum + loss, 0) / part.length);
    }
    const end = Math.max(Math.ceil(losses.length / steps), 1);
    const guessing = Math.log(classes.length);
    chart.draw([
      { name: "training loss", values: means, from: (block - 1) / 2 / steps, every: block / steps },
      { name: "validation loss", values: validation.map(({ loss }) => loss), from: 0 },
      { name: "guessing", values: [guessing, guessing], from: 0, every: end },
    ]);
    chart.say(text);
  }

  // For those who hear: not at every step.
  function announce(before = "") {
    heardAt = performance.now();
    heard.textContent = before + describe();
  }

  const startOrStop = guard(() => {
    run.textContent = isRunning() ? "Stop" : "Run";
    if (!isRunning()) {
      show();
      announce(epochs >= goal ? "Finished. " : "Stopped. ");
      return;
    }
    if (epochs >= goal) goal = epochs + model.get("epochs");
    reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    announce("Running. ");
    requestAnimationFrame(advance);
  });

  // Anything but the rate begins anew, from the same first weights.
  const startAgain = guard(() => {
    if (isRunning()) tell(model, { running: false });
    restart();
    show();
    announce("Begun anew. ");
  });
  const startAgainSoon = soon(startAgain);

  const which = choice({ label: "Optimiser", options: names, value: names.indexOf(model.get("optimizer")),
    on: (k) => tell(model, { optimizer: names[k] }) });
  const pace = slider({ label: "Learning rate", min: -50, max: 0, value: mark(), say: (value) => String(rateOf(value)),
    on: (value) => tell(model, { rate: rateOf(value) }) });
  const batch = slider({ label: "Batch size", min: 0, max: 9, value: Math.log2(model.get("batch_size")),
    say: (value) => (2 ** value < model.get("num_images") ? String(2 ** value) : "all"),
    on: (value) => tell(model, { batch_size: 2 ** value }) });
  const noise = slider({ label: "Noise", min: 0, max: 400, step: 10, value: model.get("noise"),
    on: (value) => tell(model, { noise: value }) });
  const count = slider({ label: "Training images", min: 3, max: most, value: model.get("num_images"),
    on: (value) => tell(model, { num_images: value }) });
  const run = button("Run", () => tell(model, { running: !isRunning() }));
  const one = button("Step", guard(() => {
    if (isRunning()) tell(model, { running: false });
    step();
    show();
    announce();
  }));
  const anew = button("Restart", startAgain);
  const given = classes.map((name) => picture({ title: `a ${name}`, width: sizePx }));
  const learned = classes.map((name) => picture({ title: `for ${name}`, width: sizePx }));
  const chart = curves({ title: "Loss", across: "epoch", wide: 420, high: 290 });
  const told = make("p", { className: "labs-told labs-two-lines" });
  const heard = make("p", { className: "labs-unseen", aria: { role: "status" } });
  box.append(
    make("div", { className: "labs-controls" },
      ...[which, pace, batch, noise, count].map(({ element }) => element),
      make("div", { className: "labs-buttons" }, run, one, anew)),
    make("div", { className: "labs-halves" },
      make("div", { className: "labs-row" }, ...[...given, ...learned].map(({ element }) => element)),
      chart.element),
    told,
    heard,
  );

  model.set("running", false); // nothing moves by itself, whatever a notebook has saved
  model.on("change:running", startOrStop);
  model.on("change:rate", guard(() => { pace.value = mark(); }));
  model.on("change:optimizer", guard(() => { which.value = names.indexOf(model.get("optimizer")); startAgainSoon(); }));
  model.on("change:batch_size", guard(() => { batch.value = Math.log2(model.get("batch_size")); startAgainSoon(); }));
  model.on("change:noise", guard(() => { noise.value = model.get("noise"); startAgainSoon(); }));
  model.on("change:num_images", guard(() => {
    count.value = model.get("num_images");
    batch.value = batch.value; // what it says depends on the images
    startAgainSoon();
  }));
  for (const name of ["seed", "epochs", "decay"]) model.on(`change:${name}`, startAgainSoon);
  for (const name of ["kinds", "sides", "momentum"]) model.on(`change:${name}`, guard(again));
  restart();
  show();
});
