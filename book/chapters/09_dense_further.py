# %% [markdown]
# # How far a dense network goes
#
# **Dense layers know nothing of images. How many digits can they learn to read all the same, and
# what gets them there: the optimiser, weight decay, or the data?**
#
# An old lab report came close to a published score, and blamed the rest on its optimiser. You
# measure whether that is so, and then go further than both.
#
# **After this chapter you can**
#
# 1. say what weight decay does to a weight, and whether its strength mattered;
# 2. tell the spread over epochs from the spread over seeds, and use the right one;
# 3. measure how much choosing on the images you report from flatters a score;
# 4. draw new digits from old by elastic distortion, for training and for reading;
# 5. take a recipe apart, and say what each piece is worth.
#
# **You need** the chapter on a dense network for MNIST: cross-entropy, validation, falling rates.

# %% tags=["setup"]
# In Colab, this installs the book's package and keeps those that are there. Elsewhere: nothing.
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import check_output, run

if "google.colab" in sys.modules and not find_spec("labhelpers"):
    source, pip = os.environ.get("LABHELPERS_SOURCE", ""), [sys.executable, "-m", "pip"]
    if not source:
        sys.exit("Upload the labhelpers wheel (Files, on the left), then: %pip install <its name>")
    Path("held.txt").write_bytes(check_output([*pip, "list", "--format=freeze"]))
    run([*pip, "install", "--quiet", "--constraint", "held.txt", source], check=True)

# %% tags=["imports"]
import time
from dataclasses import replace
import keras
import matplotlib.pyplot as plt
import numpy as np
from labhelpers.lesson import (
    check,
    ledger_summary,
    name_metric,
    quiz,
    record,
    reported,
    say,
    show_claims,
    start_chapter,
    timing,
)
from labhelpers.data import distort_elastically, load_mnist, scale_images, split_validation
from labhelpers.insight import (
    COLOURS,
    compare_scores,
    evaluate_classifier,
    find_mistakes,
    plot_images,
    show_figure,
    show_table,
    use_style,
)
from labhelpers.widgets import show_frames
from labhelpers.models.mnist_dense import build_dense
from labhelpers.training import fit_model, get_seed, set_seed

use_style()

# %% tags=["parameters"]
profile = start_chapter("09_dense_further")

EPOCHS = profile.pick(full=40, quick=4, smoke=1)
NUM_IMAGES = profile.pick(full=60_000, quick=30_000, smoke=2_400)
RIVAL_EPOCHS = profile.pick(full=20, quick=4, smoke=1)
WIDE_EPOCHS = profile.pick(full=30, quick=5, smoke=1)
PIECE_EPOCHS = profile.pick(full=5, quick=2, smoke=1)
BATCH_SIZE = 128
DECAYS = {"none": 0.0, "1e-6": 1e-6, "1e-5": 1e-5, "1e-4": 1e-4}

# %% [markdown]
# ## The data
#
# MNIST again (Y. LeCun and C. Cortes, CC BY-SA 3.0). One training image in twelve is set aside, to
# choose by. The test images choose nothing: each network reads them at the end of its training.

# %%
digits = load_mnist()
(train_images, train_labels), (validation_images, validation_labels) = split_validation(
    digits.x_train[:NUM_IMAGES], digits.y_train[:NUM_IMAGES], fraction=1 / 12, seed=get_seed(1))
test_images, test_labels = digits.x_test[:NUM_IMAGES], digits.y_test[:NUM_IMAGES]
train_pixels, validation_pixels, test_pixels = (
    scale_images(images) for images in (train_images, validation_images, test_images))
STEPS_PER_EPOCH = -(-len(train_images) // BATCH_SIZE)

# %% tags=["show", "hide-input"]
counts = np.bincount(train_labels, minlength=10)
say(f"{digits.name}: {len(train_images):,} images for training, {len(validation_images):,} for "
    f"validation, {len(test_images):,} for the test; shape `{train_images.shape[1:]}`, dtype "
    f"`{train_images.dtype}`, values {train_images.min()} to {train_images.max()}; "
    f"{counts.min():,} to {counts.max():,} of each digit in training.")

# %% [markdown]
# ## Predict first
#
# - A weight gets no gradient at all. After 40 epochs, how much of it has a decay of $10^{-6}$ taken
#   away, and how much one of $10^{-4}$? Which of the two networks will read better?
# - You bend every training image a little, another way in each epoch. Will the network read more of
#   the *training* images rightly, or fewer? And of new ones?
#
# ## A baseline

# %% tags=["show", "hide-input"]
small = ledger_summary("B2", "test_score")
say(f"The chapter on a dense network ended with two hidden layers of 64 and a test score of {small}.")

# %% [markdown]
# The report then took layers of 500 and 300, plain SGD at a rate of 0.1 for 40 epochs, and three
# strengths of weight decay. It gives 0.9815, 0.9816 and 0.9815, and, as means and standard
# deviations over the epochs, 0.9774, 0.9761 and 0.9762 with 0.0092 to 0.0096. LeCun's list of
# results has 0.9847 for the same layers, by Hinton. "We use SGD", says the report about the gap.
# <!-- quoted: student lab report on MNIST; LeCun's MNIST page (Hinton, unpublished, 2005) -->
#
# ## What weight decay does
#
# Large weights make a network sure of itself, also where it should not be. So let each step take
# away a small share of every weight. With rate $\eta$, decay $\lambda$ and loss $L$:
#
# $$ \begin{aligned} w &\leftarrow w - \eta \lambda w - \eta \frac{\partial L}{\partial w} \\
#    &= (1 - \eta\lambda)\, w - \eta \frac{\partial L}{\partial w} \end{aligned} \tag{1} $$
#
# (With plain SGD this is the same as adding $\tfrac{\lambda}{2} \sum w^2$ to the loss.) Ask what
# that can do before you train anything: a weight without a gradient is multiplied by
# $1 - \eta\lambda$ in every step. Keras has equation (1) as `SGD(weight_decay=...)`; check it.

# %%
def decay_by_hand(w, rate, decay, steps):
    """A weight without gradient after a number of steps of equation (1)."""
    return w * (1 - rate * decay) ** steps

weight = keras.Variable(2.0)
optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
for _ in range(3):
    optimizer.apply([keras.ops.zeros(())], [weight])
np.testing.assert_allclose(float(weight.value), decay_by_hand(2.0, 0.1, 0.5, 3), rtol=1e-6)

# %% tags=["show", "hide-input"]
show_table(["decay", "of a weight without gradient is left"],
           [[name, decay_by_hand(1, 0.1, decay, EPOCHS * STEPS_PER_EPOCH)]
            for name, decay in DECAYS.items()], digits=4,
           caption=f"After {EPOCHS} epochs of {STEPS_PER_EPOCH} steps at a rate of 0.1.")

# %% [markdown]
# The weakest hardly exists. Now you may want to correct your prediction.
#
# ## The model, and the training as reported

# %%
def train(optimizer, epochs=EPOCHS):
    """Train 784-500-300-10; returns the model, the run and what it read rightly."""
    set_seed(get_seed())
    model, answers = build_dense((500, 300), seed=get_seed()), KeepAnswers()
    run = fit_model(
        model, (train_pixels, train_labels), epochs=epochs, batch_size=BATCH_SIZE,
        optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"],
        seed=get_seed(), callbacks=[answers], show_progress=False)
    return model, run, np.array(answers.right)

by_hand = (784 * 500 + 500) + (500 * 300 + 300) + (300 * 10 + 10)
assert build_dense((500, 300)).count_params() == by_hand == 545_810

# %% [markdown]
# A callback keeps which validation images are read rightly after each epoch.

# %%
class KeepAnswers(keras.callbacks.Callback):
    """Keeps a list `right`, for each epoch an array (N,) of True and False."""

    def on_train_begin(self, logs=None):
        self.right = []

    def on_epoch_end(self, epoch, logs=None):
        probabilities = keras.ops.convert_to_numpy(self.model(validation_pixels, training=False))
        self.right.append(probabilities.argmax(axis=1) == validation_labels)

# %% tags=["row-B4"]
decayed = {name: train(keras.optimizers.SGD(0.1, weight_decay=decay or None))
           for name, decay in DECAYS.items()}
scores = {name: right.mean(axis=1) for name, (_, _, right) in decayed.items()}
for name, (model, trained, _) in decayed.items():
    key = name_metric(f"decay {name}")
    test = evaluate_classifier(model, test_pixels, test_labels)
    record("B4", f"{key}_score", test.score, run=trained)
    record("B4", f"{key}_loss", test.loss, run=trained)
    record("B4", f"{key}_epoch_mean", scores[name].mean())
    record("B4", f"{key}_epoch_deviation", scores[name].std())

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.2))
for (name, curve), colour in zip(scores.items(), COLOURS):
    axes.plot(np.arange(1, EPOCHS + 1), curve, color=colour, label=f"decay {name}", marker=".")
axes.set(xlabel="epoch", ylabel="validation score", ylim=(min(0.96, *map(min, scores.values())), None))
axes.legend()
show_figure(figure, alt="Validation score by epoch for four strengths of weight decay: four curves "
            "that climb steeply, flatten and cross each other.")
show_table(["decay", "mean over epochs", "deviation over epochs", "last epoch"],
           [[name, s.mean(), s.std(), s[-1]] for name, s in scores.items()], digits=4,
           caption="Validation scores of this run.")

# %% [markdown]
# ## Two spreads
#
# Means and deviations over the epochs are what the report gave. Look at the curves: most of such a
# deviation is the climb of the first epochs. It says how fast the network learned, not how sure you
# can be of where it arrived. That takes other first weights and other orders: other *seeds*.

# %% tags=["show", "hide-input"]
over_seeds = {name: ledger_summary("B4", name_metric(f"decay {name} score")) for name in DECAYS}
rows = []
for name, summary in over_seeds.items():
    gap = "" if name == "none" or summary.n < 2 else compare_scores(
        summary.values, over_seeds["none"].values)
    rows.append([name, str(summary), gap and f"{gap.low:+.4f} to {gap.high:+.4f}",
                 gap and ("yes" if gap.told_apart else "no")])
show_table(["decay", "test score over seeds", "gain over none, 95% interval", "told apart from none"],
           rows)

# %% [markdown]
# An interval that holds 0 says: with so few runs, nobody can tell these two apart. It does not say
# that they are equal. The scores of the report differ by one test image in ten thousand.
#
# ## Choosing on the images you report from
#
# The report watched the *test* images during the training. Whoever keeps the best epoch of the best
# setting by them reports some luck as well. How much? Play it through on the validation images: cut
# them in two at random, let one half choose among all epochs of all settings, and ask the other,
# which had no say, about the same network.

# %% tags=["row-B4"]
right = np.concatenate([right for _, _, right in decayed.values()])
luck = np.random.RandomState(get_seed())
flattery = []
for _ in range(400):
    order = luck.permutation(right.shape[1])
    chose, fresh = (right[:, half].mean(axis=1) for half in np.array_split(order, 2))
    flattery.append(chose[chose.argmax()] - fresh[chose.argmax()])
record("B4", "flattery", np.mean(flattery))

# %% tags=["show", "hide-input"]
spread = over_seeds["none"].deviation
say(f"Over 400 cuts, the half that chose among {len(right)} candidates rates its choice higher than "
    f"the other half by **{np.mean(flattery):.4f}** on average"
    + (f"; another seed moves a test score by about {spread:.4f}." if spread == spread else "."))

# %% [markdown]
# ## Is it SGD?
#
# The gap to the published score was blamed on SGD. If so, Adam must do better. Let the rate fall to
# 0 along half a cosine, and take half as many epochs. SGD starts at the rate of the report and runs
# twice: plain, and with momentum, which on validation images did better than higher rates without.
# Its decay is three times the strongest of the report.

# %% tags=["row-B4a"]
def falling(rate):
    """Half a cosine from the rate to 0 over the training."""
    return keras.optimizers.schedules.CosineDecay(rate, RIVAL_EPOCHS * STEPS_PER_EPOCH)

optimizers = {"Adam": keras.optimizers.Adam(falling(1e-3)),
              "plain SGD": keras.optimizers.SGD(falling(0.1), weight_decay=3e-4),
              "SGD, decay 3e-4": keras.optimizers.SGD(falling(0.1), 0.9, True, weight_decay=3e-4)}
rivals = {name: train(optimizer, RIVAL_EPOCHS) for name, optimizer in optimizers.items()}
for name, (model, trained, right) in rivals.items():
    test = evaluate_classifier(model, test_pixels, test_labels)
    record("B4a", name_metric(f"{name} score"), test.score, run=trained)
    record("B4a", name_metric(f"{name} validation score"), right[-1].mean(), run=trained)

# %% tags=["show", "hide-input"]
found = [ledger_summary("B4a", name_metric(f"{name} score")) for name in rivals]
rows = [["as reported, no decay", EPOCHS, decayed["none"][1].history["accuracy"][-1],
         scores["none"][-1], str(over_seeds["none"])]]
for name, told, summary in zip(rivals, ("Adam", "plain SGD", "SGD, momentum 0.9"), found):
    _, trained, right = rivals[name]
    rows.append([f"{told}, falling rate", RIVAL_EPOCHS, trained.history["accuracy"][-1],
                 right[-1].mean(), str(summary)])
show_table(["training", "epochs", "training score", "validation score", "test score over seeds"], rows,
           digits=4)
if min(found[0].n, found[2].n) > 1:
    gap, published = compare_scores(found[0].values, found[2].values), reported("B4a", "adam_score")
    say(f"Adam minus SGD with momentum: **{gap.low:+.4f} to {gap.high:+.4f}** (95% interval). "
        f"Hinton's {published}: {'' if found[2].mean >= published else 'not '}reached by SGD, "
        f"{'' if found[0].mean >= published else 'not '}reached by Adam.")

# %% [markdown]
# In a full run, SGD with momentum keeps up with Adam, and the published score lies within the spread
# of both; plain SGD has not even learned its training images yet. So it was not SGD, but how it was
# run. And the published score is a single number as well: of how many runs the best, nobody says.
#
# ## New digits from old
#
# Look at the training scores: the best networks know their training images by heart. What they
# lack is images. In 2003, Simard, Steinkraus and Platt made new ones: another hand would have drawn
# the same digit a little bent. Give each pixel $p$ a random displacement $r(p)$, in x and y, uniform
# in $[-1, 1]$. Neighbours should move together, so blur the field by a Gaussian $G_\sigma$ of a few
# pixels, and scale it by $\alpha$. The new image reads the old one elsewhere:
#
# $$ \begin{aligned} u &= \alpha\, G_\sigma * r \\ I'(p) &= I\big(p + u(p)\big) \end{aligned} \tag{2} $$
#
# Two things make this fast. The blur of a square is a product with one small matrix $B$ from the
# left and one from the right. And $p + u(p)$ lies between four pixels; each counts by how near it
# is (*bilinear*). Blending along x, then along y:

# %%
def make_blur(size, sigma):
    """Rows of B (size, size): a Gaussian around each place, as if zeros lay beyond the ends."""
    offsets = np.arange(size)[:, None] - np.arange(size)
    return np.exp(-0.5 * (offsets / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))

def read_at(images, y, x):
    """Images (N, H, W) read at points y, x (N, H, W), bilinearly; 0 outside the frame."""
    framed = np.pad(images.astype("float32"), [(0, 0), (1, 2), (1, 2)])
    y, x = (np.clip(c + 1, 0, size + 1) for c, size in zip((y, x), images.shape[1:]))
    row, column, n = y.astype(int), x.astype(int), np.arange(len(images))[:, None, None]
    fy, fx = y - row, x - column
    upper = (1 - fx) * framed[n, row, column] + fx * framed[n, row, column + 1]
    lower = (1 - fx) * framed[n, row + 1, column] + fx * framed[n, row + 1, column + 1]
    return (1 - fy) * upper + fy * lower

# %% [markdown]
# Check it by hand: halfway between a pixel of 0 and one of 200 lies 100. And a field that is 1
# everywhere in x shifts the image by one pixel to the left. Then move the slider: we train at 34.

# %%
pair = np.array([[[0, 200]]])
np.testing.assert_allclose(read_at(pair, np.zeros((1, 1, 1)), np.full((1, 1, 1), 0.5)), 100)
y, x = np.mgrid[:28, :28]
np.testing.assert_array_equal(read_at(train_images[:1], y[None], x[None] + 1)[:, :, :-1],
                              train_images[:1, :, 1:])

def bend(images, alpha, sigma, random):
    """Equation (2), for images (N, 28, 28) uint8."""
    blur, draws = make_blur(28, sigma), random.uniform(-1, 1, (2, len(images), 28, 28))
    u_y, u_x = alpha * (blur @ draws @ blur)
    return read_at(images, y + u_y, x + u_x).round().astype("uint8")

# %% tags=["show", "hide-input"]
frames, texts, strengths = [], [], range(0, 171, 17)
for alpha in strengths:
    bent = bend(validation_images[:1_000], alpha, 5, np.random.RandomState(2))
    frames.append(bent[:12].reshape(2, 6, 28, 28).swapaxes(1, 2).reshape(56, 168))
    read = evaluate_classifier(decayed["none"][0], bent / np.float32(255), validation_labels[:1_000])
    texts.append(f"Bent like this, {read.score:.3f} of {read.n:,} validation images are read rightly.")
show_frames(np.stack(frames), label="alpha", values=strengths, texts=texts, width_px=504,
            title="The same digits, bent by the same field")

# %% [markdown]
# The package has the same as `distort_elastically`, in portions that stay in the processor's cache,
# with small turns, scalings and shifts in the same reading, and with frozen random streams.

# %% tags=["show", "hide-input"]
start = time.perf_counter()
distort_elastically(train_images[:5_000], alpha=34, sigma=5, rotation=10, seed=0)
rate = min(5_000, len(train_images)) / (time.perf_counter() - start)
speed = timing(f"{rate:,.0f}")
say(f"Just now: {speed} images a second.")

# %% [markdown]
# ## On the fly
#
# Stored copies would fill gigabytes. Bending is fast, so draw each epoch's images when they are
# needed, and forget them: the network never sees an image twice. With them goes what else a dense
# network may use: wide layers, batch normalisation, and Adam at a rate that rises over the first
# steps and then falls along half a cosine.

# %% tags=["row-B4b", "row-B4c"]
RECIPE = {"hidden": (800, 800), "batch_norm": True, "distortion": {
    "alpha": 34.0, "sigma": 5.0, "rotation": 10.0, "scaling": 0.1}}

def build_wide(hidden, batch_norm):
    """Wide dense layers with relu, each with batch normalisation or a bias."""
    stack = [keras.Input((28, 28)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
    for units in hidden:
        stack.append(keras.layers.Dense(units, use_bias=not batch_norm,
                                        kernel_initializer="he_normal"))
        if batch_norm:
            stack.append(keras.layers.BatchNormalization(momentum=0.9))
        stack.append(keras.layers.Activation("relu"))
    return keras.Sequential([*stack, keras.layers.Dense(10, activation="softmax")])

# %% tags=["row-B4b", "row-B4c"]
def rise_and_fall(rate, steps):
    """A line up to the rate over a twentieth of the steps, then half a cosine down to 0."""
    rise = max(1, steps // 20)
    return keras.optimizers.schedules.CosineDecay(
        rate / 20, steps - rise, warmup_target=rate, warmup_steps=rise)

# %% tags=["row-B4b", "row-B4c"]
def train_wide(epochs, *, hidden, batch_norm, distortion, batch_size=320):
    """Train on images that are bent anew in each epoch; returns the model and the last run."""
    set_seed(get_seed())
    model = build_wide(hidden, batch_norm)
    rate = rise_and_fall(2e-3, epochs * -(-len(train_images) // batch_size))
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = time.perf_counter()
    for epoch in range(epochs):
        bent = train_images if distortion is None else distort_elastically(
            train_images, **distortion, seed=get_seed(100 + epoch))
        run = fit_model(model, (bent, train_labels), epochs=1, batch_size=batch_size,
                        seed=get_seed(), show_progress=False)
    return model, replace(run, seconds=time.perf_counter() - start)

# %% [markdown]
# `fit_model` goes on where the last call stopped: the optimiser keeps its state and its place in
# the schedule. (Later chapters take this rate and this loop from the package, as
# `make_warmup_cosine` and `fit_fresh_sets`.) Count the parameters of the recipe by hand, then train
# it. Batch normalisation has four numbers a unit, a scale, a shift and two running statistics, and
# makes a bias superfluous.

# %% tags=["row-B4b"]
by_hand = 784 * 800 + 4 * 800 + 800 * 800 + 4 * 800 + (800 * 10 + 10)
best_model, best_run = train_wide(WIDE_EPOCHS, **RECIPE)
assert best_run.parameters == by_hand == 1_281_610
bent_score = best_run.history["accuracy"][-1]
once_validation = evaluate_classifier(best_model, validation_images, validation_labels)
once = evaluate_classifier(best_model, test_images, test_labels)
record("B4b", "bent_training_score", bent_score, run=best_run)
record("B4b", "validation_score", once_validation.score, run=best_run)
record("B4b", "test_score", once.score, run=best_run)

# %% tags=["show", "hide-input"]
say(f"Training score {bent_score:.4f} on bent images, validation {once_validation.score:.4f}, **test "
    f"{once.score:.4f}**: {once.errors} of {once.n:,} read wrongly. {best_run.parameters:,} "
    f"parameters, {timing(round(best_run.seconds))} seconds.")

# %% [markdown]
# Bent digits are harder, and no image comes twice: there is nothing to learn by heart. In a full run
# this is already more than Simard, Steinkraus and Platt reported.
#
# ## Ask more than once
#
# Bending also helps when the network *reads*. Ask it about eight copies of an image, each bent a
# little, with six tenths of the strength of the training, and average its probabilities. What it
# says only because a stroke lies just here is outvoted. (The package has such averages as
# `MeanOverViews`.)

# %% tags=["row-B4b"]
class EightViews:
    """A network that is asked about eight slightly bent copies of each image."""

    def __init__(self, model, strength=0.6):
        self.model = model
        self.gentle = {name: value if name == "sigma" else strength * value
                       for name, value in RECIPE["distortion"].items()}

    def predict(self, images, **options):
        """Mean probabilities (N, 10) for images (N, 28, 28) uint8."""
        copies = (distort_elastically(images, **self.gentle, seed=get_seed(200 + view))
                  for view in range(8))
        return np.mean([self.model.predict(copy, **options) for copy in copies], axis=0)

# %% tags=["row-B4b"]
asker = EightViews(best_model)
eight_validation = evaluate_classifier(asker, validation_images, validation_labels)
eight = evaluate_classifier(asker, test_images, test_labels)
record("B4b", "eight_views_validation_score", eight_validation.score)
record("B4b", "eight_views_score", eight.score, run=best_run)

# %% tags=["show", "hide-input"]
show_table(["asked", "validation score", "test score", "test errors", "test score over seeds"], [
    ["once", once_validation.score, once.score, once.errors, str(ledger_summary("B4b", "test_score"))],
    ["about eight copies", eight_validation.score, eight.score, eight.errors,
     str(ledger_summary("B4b", "eight_views_score"))]], digits=4,
    caption=f"Simard, Steinkraus and Platt report a test score of {reported('B4b', 'test_score')}.")

# %% [markdown]
# ## What is each piece worth?
#
# Change one piece at a time in a much shorter training, and score on validation images.

# %% tags=["row-B4c"]
BENT = RECIPE["distortion"]
CHANGES = {"all pieces": {}, "no distortion": {"distortion": None},
           "turned, but not bent": {"distortion": {**BENT, "alpha": 0.0}},
           "bent too far": {"distortion": {**BENT, "alpha": 120.0}},
           "no batch norm": {"batch_norm": False}}
pieces = {}
for name, change in list(CHANGES.items())[:profile.pick(full=5, quick=4, smoke=2)]:
    model, run = train_wide(PIECE_EPOCHS, **{**RECIPE, **change})
    pieces[name] = evaluate_classifier(model, validation_images, validation_labels), run
    record("B4c", name_metric(f"{name} score"), pieces[name][0].score, run=run)

# %% tags=["show", "hide-input"]
pieces_over_seeds = {name: ledger_summary("B4c", name_metric(f"{name} score")) for name in pieces}
rows = []
for name, summary in pieces_over_seeds.items():
    gap = "" if name == "all pieces" or summary.n < 2 else compare_scores(
        summary.values, pieces_over_seeds["all pieces"].values)
    rows.append([name, pieces[name][1].parameters, pieces[name][0].score, str(summary),
                 gap and f"{gap.low:+.4f} to {gap.high:+.4f}"])
show_table(["recipe", "parameters", "this run", "over seeds", "gain over all pieces, 95%"], rows,
           digits=4, caption="Validation scores after a short training.")

# %% [markdown]
# Read the intervals, not the order of the rows. Where one holds 0, a longer training may yet tell.
#
# ## The results

# %% tags=["show"]
show_claims("B4", "B4a", "B4b", "B4c")

# %% [markdown]
# ## Where it fails

# %% tags=["show", "hide-input"]
mistakes = find_mistakes(eight.probabilities, test_labels, count=24)
titles = [f"{label}, read {answer}\np = {p:.2f}" for label, answer, p in
          zip(mistakes.labels, mistakes.first, mistakes.first_probability)]
figure = plot_images(test_images[mistakes.indices], titles=titles, columns=8)
show_figure(figure, alt="The surest mistakes that remain, each with its label, the answer and the "
            "probability of that answer; many are hard to read for people too.")
plain = decayed["none"][0]
plain_test = evaluate_classifier(plain, test_pixels, test_labels)
both = (plain_test.predictions != test_labels) & (eight.predictions != test_labels)
say(f"The network of 500 and 300 units without decay reads {plain_test.errors} test images wrongly, "
    f"the recipe, asked eight times, {eight.errors}. Both fail on {both.sum()}.")

# %% [markdown]
# Many are hard for people too. Yet the network has no idea that its input is a picture. It was *told*,
# by examples, which changes do not matter. Where these end, so does what it knows:

# %% tags=["show", "hide-input"]
rows = []
for pixels in (0, 1, 2, 4):
    moved = np.pad(test_images, ((0, 0), (0, 0), (pixels, 0)))[:, :, :28]
    rows.append([pixels, evaluate_classifier(plain, moved / np.float32(255), test_labels).score,
                 evaluate_classifier(best_model, moved, test_labels).score])
show_table(["pixels to the right", "500 and 300 units, no distortion", "the recipe"], rows)

# %% [markdown]
# A *convolutional* network looks everywhere alike, and loses less, as the next chapter measures.
#
# ## Exercises
#
# ### Exercise 1: predict what decay can do
#
# By what factor does weight decay shrink a weight that never gets a gradient?

# %% tags=["exercise-dense-further-shrink-stub"]
def shrink(rate, decay, images, batch_size, epochs):
    """Return the factor (float) that is left after all steps of equation (1)."""
    return ...

# %% tags=["exercise-dense-further-shrink-check"]
check("dense-further-shrink", shrink)

# %% tags=["exercise-dense-further-shrink-solution", "hide-cell"]
# @title Solution
def solution_shrink(rate, decay, images, batch_size, epochs):
    """A step for each batch, the last, smaller one too."""
    return (1 - rate * decay) ** (-(-images // batch_size) * epochs)

# %% [markdown]
# ### Exercise 2: change where an image is read
#
# Read one image at one point inside, between its pixels, bilinearly.

# %% tags=["exercise-dense-further-between-stub"]
def read_between(image, y, x):
    """Return the value (float) of image (H, W) at row y and column x, two floats."""
    return ...

# %% tags=["exercise-dense-further-between-check"]
check("dense-further-between", read_between)

# %% tags=["exercise-dense-further-between-solution", "hide-cell"]
# @title Solution
def solution_read_between(image, y, x):
    """Along x in both rows, then along y between them."""
    row, column = int(y), int(x)
    upper = image[row, column] + (x - column) * (image[row, column + 1] - image[row, column])
    lower = image[row + 1, column] + (x - column) * (
        image[row + 1, column + 1] - image[row + 1, column])
    return float(upper + (y - row) * (lower - upper))

# %% [markdown]
# ### Exercise 3: extend the honest choice
#
# `right` (settings, images) says which images each setting reads rightly. Choose the best setting
# by the first half of the images. Return its score there, and its score on the second half.

# %% tags=["exercise-dense-further-choose-stub"]
def choose_and_score(right):
    """Return two floats: the chosen setting's scores on the first and on the second half."""
    return ...

# %% tags=["exercise-dense-further-choose-check"]
check("dense-further-choose", choose_and_score)

# %% tags=["exercise-dense-further-choose-solution", "hide-cell"]
# @title Solution
def solution_choose_and_score(right):
    """The second half has no say in the choice."""
    half = right.shape[1] // 2
    first, second = right[:, :half].mean(axis=1), right[:, half:].mean(axis=1)
    best = first.argmax()
    return float(first[best]), float(second[best])

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("Two settings have equal means over 40 epochs, with deviations over the epochs of a hundredth. "
     "What does that say about which of them is better?", [
    ("They are equally good.", False, "Equal means over the climb can hide unequal ends."),
    ("Nearly nothing.", True, "It tells how the curves climbed. Compare their ends over seeds."),
    ("The difference must exceed a hundredth to count.", False, "That measures the climb."),
])

# %% tags=["quiz", "hide-input"]
quiz("You bend the training images once, before training, and use these in every epoch. Then?", [
    ("It works as well: bent is bent.", False, "A fixed set can be learnt by heart, bent or not."),
    ("It helps less: there are as many different images as before.", True,
     "What counts is how many different images the network sees."),
    ("It cannot learn anything.", False, "Bent digits are still digits."),
])

# %% tags=["quiz", "hide-input"]
quiz("Why not mirror the digits left to right as well, as one does with cats and dogs?", [
    ("It would be a further gain.", False, "Nobody writes a mirrored 2."),
    ("A dense layer cannot learn mirrored images.", False, "To it they are rows of numbers."),
    ("Another hand does not write mirrored digits: only changes that keep the meaning help.", True,
     "That is why bending too far does harm, too."),
])

# %% [markdown]
# ## What you can do now
#
# 1. You computed what weight decay takes away from a weight that gets no gradient.
# 2. You compared settings over seeds, and know what a deviation over epochs is about.
# 3. You measured how much a choice flatters the images that made it.
# 4. You bent digits by equation (2), checked it by hand, and used it in training and in reading.
# 5. You took the recipe apart, and looked at what remains.
#
# ## References
#
# - P. Simard, D. Steinkraus and J. Platt (2003), *Best practices for convolutional neural networks
#   applied to visual document analysis*: elastic distortions.
# - A. Krogh and J. Hertz (1991), *A simple weight decay can improve generalization*. S. Ioffe and
#   C. Szegedy (2015), *Batch normalization*. B. Welch (1947), *The generalization of "Student's"
#   problem*: the interval for the difference of two means.
