# %% [markdown]
# # Small and strong
#
# **How few weights does it take to read handwriting, and what does a convolution know before it
# has seen an image?**
#
# A network of half a million weights reads digits well. An old lab report has one with a
# twenty-fifth of that, and says that it is as good. You will check that, spend the same few weights
# better, and then take away what a convolution takes for granted.
#
# **After this chapter you can**
#
# 1. count the weights and the multiplications of a convolution, and say why they differ so much;
# 2. train on images that are distorted anew each time;
# 3. find a recipe by leaving out one part at a time, on validation images;
# 4. compare two kinds of network fairly, at equal size;
# 5. name the assumptions of a convolution, and show what it loses where they do not hold.
#
# **You need** the chapters *Shapes anywhere*, which brings the convolution, *A dense network on
# MNIST* and *Convolutional networks on MNIST*.

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
from functools import partial
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from labhelpers.lesson import (
    check,
    ledger_summary,
    name_metric,
    quiz,
    record,
    say,
    show_claims,
    start_chapter,
    timing,
)
from labhelpers.data import distort_elastically, load_mnist, split_validation
from labhelpers.insight import (COLOURS, evaluate_classifier, find_mistakes, plot_images,
                                show_figure, show_table, use_style)
from labhelpers.models import MeanOverViews, build_compact_cnn, build_dense
from labhelpers.training import (fit_fresh_sets, fit_model, get_seed, make_warmup_cosine,
                                 set_seed)

use_style()

# %% tags=["parameters"]
profile = start_chapter("11_small_and_strong")

EPOCHS = profile.pick(full=10, quick=2, smoke=1)
NUM_IMAGES = profile.pick(full=60_000, quick=20_000, smoke=500)
PASSES = profile.pick(full=28, quick=4, smoke=1)
TRIAL_PASSES = profile.pick(full=3, quick=1, smoke=1)
COUNTS = profile.pick(full=(100, 300, 1_000, 3_000, 10_000, 60_000), quick=(100, 1_000, 10_000),
                      smoke=(100,))
STEPS = profile.pick(full=500, quick=300, smoke=5)
MAX_PARAMETERS = 25_258

# %% [markdown]
# ## The data
#
# MNIST, made by Y. LeCun and C. Cortes from forms of NIST, shared under CC BY-SA 3.0. One training
# image in twelve is set aside for validation; all choices are made there. The images stay bytes:
# each network begins by dividing them by 255.

# %%
digits = load_mnist()
all_images, all_labels = digits.x_train[:NUM_IMAGES], digits.y_train[:NUM_IMAGES]
(train_images, train_labels), (validation_images, validation_labels) = split_validation(
    all_images, all_labels, fraction=1 / 12, seed=get_seed(1))
held_out = validation_images, validation_labels
test_images, test_labels = digits.x_test[:NUM_IMAGES], digits.y_test[:NUM_IMAGES]

# %% tags=["show", "hide-input"]
counts = np.bincount(train_labels, minlength=10)
say(f"{digits.name}: {len(train_images):,} images for training, {len(validation_images):,} for "
    f"validation, {len(test_images):,} for the test; shape `{train_images.shape[1:]}`, dtype "
    f"`{train_images.dtype}`. The rarest digit in training is {counts.argmin()} "
    f"({counts.min():,} images), the most frequent {counts.argmax()} ({counts.max():,}).")

# %% [markdown]
# ## Predict first
#
# - A dense and a convolutional network have 25,000 weights each. After ten epochs, how many of 100
#   test digits does each read rightly? How many after a single epoch?
# - You move all test digits three pixels to the right. Which of the two suffers?
# - You shuffle the 784 pixels, in the same way in every image, and train both anew. And now?
#
# ## Weights and work
#
# The report's network: 32 filters of 3 by 3, padded so that the map keeps its size, and a pool that
# keeps the largest of each 2 by 2; the same again; then ten outputs. A convolution of $f$ filters of
# $k \times k$ on $c$ channels has $f(k^2 c + 1)$ parameters. But it *uses* each weight at every
# place. On maps of $h \times w$ it makes
#
# $$ M = h\, w\, k^2\, c\, f \tag{1} $$
#
# multiplications. A dense layer uses each weight once. Count both for the two convolutions and the
# dense layer at the end, which sees $7 \times 7 \times 32$ numbers.

# %%
weights_by_hand = [32 * (9 * 1 + 1), 32 * (9 * 32 + 1), (7 * 7 * 32 + 1) * 10]
work_by_hand = [28 * 28 * 9 * 1 * 32, 14 * 14 * 9 * 32 * 32, 7 * 7 * 32 * 10]

assert sum(weights_by_hand) == build_compact_cnn().count_params() == MAX_PARAMETERS
assert build_dense((32,)).count_params() == 784 * 32 + 32 + 32 * 10 + 10 == 25_450

# %% tags=["show", "hide-input"]
show_table(["layer", "parameters", "multiplications", "uses of a weight"],
           [*zip(["first convolution", "second convolution", "dense, 10"], weights_by_hand,
                 work_by_hand, [28 * 28, 14 * 14, 1])])
say(f"The convolutions hold {sum(weights_by_hand[:2]) / sum(weights_by_hand):.2f} of the weights "
    f"and do {sum(work_by_hand[:2]) / sum(work_by_hand):.2f} of the work. A dense network with "
    f"{25_450 / MAX_PARAMETERS:.3f} times the parameters, 784-32-10, has "
    f"{sum(work_by_hand) / (784 * 32 + 320):.0f} times less to do.")

# %% [markdown]
# Few weights are not little work. The dense 784-32-10 is the **baseline** of this chapter.
#
# ## The small network, as reported (C8)
#
# The report says 10 epochs, and neither optimiser nor batch size. Ours: Adam, batches of 64, a rate
# that rises over the first tenth of the steps to $3 \cdot 10^{-3}$ and falls to 0 along half a cosine.

# %%
def make_optimizer(rate, images, passes, batch_size, warm=0.1):
    """Adam; its rate rises for a share `warm` of all steps, then falls along half a cosine."""
    steps = passes * -(-images // batch_size)
    rising = max(1, round(warm * steps))
    schedule = make_warmup_cosine(rate, steps, warmup_steps=rising, first_rate=rate / 10)
    return keras.optimizers.Adam(schedule)

def fit_digits(model, images, labels, *, epochs, validation=None, rate=3e-3, batch_size=64):
    """Train on uint8 images (N, 28, 28) as they are."""
    set_seed(get_seed())
    return fit_model(
        model, (images, labels), validation=validation, epochs=epochs, batch_size=batch_size,
        optimizer=make_optimizer(rate, len(images), epochs, batch_size), metrics=["accuracy"],
        loss="sparse_categorical_crossentropy", seed=get_seed(), show_progress=False)

# %% tags=["row-C8"]
nets = {"dense, 784-32-10": build_dense((32,), rescale=True, seed=get_seed()),
        "convolutional, as reported": build_compact_cnn(rescale=True, seed=get_seed())}
runs = {name: fit_digits(model, train_images, train_labels, epochs=EPOCHS, validation=held_out)
        for name, model in nets.items()}
tests = {name: evaluate_classifier(model, test_images, test_labels) for name, model in nets.items()}
for name, key in zip(nets, ("dense", "plain")):
    record("C8", f"{key}_score", tests[name].score, run=runs[name])
    record("C8", f"{key}_first_epoch", runs[name].history["val_accuracy"][0], run=runs[name])

# %% tags=["show", "hide-input"]
show_table(["network", "parameters", "seconds", *(f"validation, epoch {e}" for e in {1, EPOCHS}),
            "test"],
           [[name, run.parameters, timing(f"{run.seconds:.0f}"),
             *(run.history["val_accuracy"][e - 1] for e in {1, EPOCHS}), tests[name].score]
            for name, run in runs.items()], digits=4)

# %% [markdown]
# The first column of scores shows that most is learned at once.
#
# ## More digits than were ever written
#
# More time will not help: the training score is near 1. The network lacks *examples*. P. Simard and
# others made new ones from those at hand. Shift each pixel by a small random field that is smooth,
# so that neighbours move together; turn and scale a little. A digit bent like that is still that
# digit. With noise $u$ and $v$ from $[-1, 1]$, blurred by a Gaussian of width $\sigma$:
#
# $$ \begin{aligned} x'(r, c) &= x\bigl(r + \Delta_r,\; c + \Delta_c\bigr) \\
#    \Delta_r &= \alpha\, (G_\sigma * u)(r, c) \\ \Delta_c &= \alpha\, (G_\sigma * v)(r, c)
#    \end{aligned} \tag{2} $$

# %%
DISTORTION = {"alpha": 20, "sigma": 4, "rotation": 8, "scaling": 0.08, "shift": 1.2}

def distort(images, number, strength=1.0):
    """The set of this number of distorted images; each number gives others."""
    amounts = {k: v if k == "sigma" else v * strength for k, v in DISTORTION.items()}
    return distort_elastically(images, **amounts, seed=get_seed(100 + number))

# %% tags=["show", "hide-input"]
few = train_images[:8]
figure = plot_images(np.concatenate([few, *(distort(few, n) for n in range(3))]), columns=8,
                     titles=[str(k) for k in train_labels[:8]] + [""] * 24)
show_figure(figure, alt="Eight digits in the first row; below each, the same digit distorted three "
            "times: bent, turned and scaled a little, and always still readable.")

# %% [markdown]
# A distorted image is seen once: none can be learned by heart. A few sets at a time keep memory small.

# %%
def fit_distorted(model, images, labels, *, passes, rate, batch_size=128, sets=distort):
    """Train on `passes` sets of distorted images, four of them at once; returns a run."""
    set_seed(get_seed())
    model.compile(make_optimizer(rate, len(images), passes, batch_size, warm=0.2),
                  "sparse_categorical_crossentropy", metrics=["accuracy"])
    return fit_fresh_sets(model, lambda number: (sets(images, number), labels), num_sets=passes,
                          batch_size=batch_size, sets_at_once=4)

# %% tags=["row-C8"]
BENT = "the same, distorted images"
nets[BENT] = build_compact_cnn(rescale=True, seed=get_seed())
runs[BENT] = fit_distorted(nets[BENT], train_images, train_labels, passes=EPOCHS, rate=4e-3)
tests[BENT] = evaluate_classifier(nets[BENT], test_images, test_labels)
record("C8", "test_score", tests[BENT].score, run=runs[BENT])

# %% tags=["show", "hide-input"]
errors = {key: tests[key].errors for key in nets}
say(f"The same network, half the steps of twice the size, and **{errors[BENT]}** errors instead of "
    f"{errors['convolutional, as reported']}: a test score of {tests[BENT].score:.4f}.")

# %% [markdown]
# ## Spend the weights better
#
# More than half of the report's weights sit in the last layer, and most of its work is done on large
# maps. The challenger moves both into depth. Its first convolution has larger windows that move by
# *two* pixels, so all that follows works on a quarter of the places. Four more follow, the last of
# them not padded, and one of windows of a single pixel: it mixes 28 maps into 16, place by place, and
# so keeps the dense layer small. Each has **batch normalisation**, which brings every map to mean 0
# and variance 1 over the batch and allows a higher rate; it has a shift of its own, so the biases go.

# %%
LAYERS = [(16, 5, 2), (20, 3, 1), (20, 3, 1), (28, 3, 2), (28, 3, 1), (16, 1, 1)]

def build_challenger(convolutions=LAYERS, batch_norm=True):
    """Convolutions of (filters, window, stride), and a dense layer, for bytes (28, 28)."""
    stack = [keras.Input((28, 28), name="image"), layers.Rescaling(1 / 255),
             layers.Reshape((28, 28, 1))]
    for number, (filters, window, stride) in enumerate(convolutions):
        padding = "same" if number < len(convolutions) - 2 else "valid"
        stack.append(layers.Conv2D(filters, window, strides=stride, padding=padding,
                                   use_bias=not batch_norm, kernel_initializer="he_normal"))
        stack += [layers.BatchNormalization(momentum=0.9)] if batch_norm else []
        stack.append(layers.ReLU())
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(10, activation="softmax")])

# %%
challenger_by_hand = (16 * 25 + 9 * (16 * 20 + 20 * 20 + 20 * 28 + 28 * 28) + 28 * 16
                      + 4 * (16 + 20 + 20 + 28 + 28 + 16) + (5 * 5 * 16 + 1) * 10)
challenger_work = (14 * 14 * (25 * 16 + 9 * (16 * 20 + 20 * 20)) + 7 * 7 * 9 * 20 * 28
                   + 5 * 5 * (9 * 28 * 28 + 28 * 16) + 5 * 5 * 16 * 10)
assert build_challenger().count_params() == challenger_by_hand <= MAX_PARAMETERS

# %% tags=["show", "hide-input"]
say(f"The challenger has **{challenger_by_hand:,}** parameters and makes "
    f"{challenger_work / sum(work_by_hand):.2f} times the multiplications of the report's network.")

# %% [markdown]
# ## Which part does what?
#
# Leave out one part at a time, all else equal, in short trainings. The judge is the *loss* on
# validation images: a score moves in steps of one image, the loss also sees how sure the answers were.

# %% tags=["row-C8a"]
TRIALS = {"the full recipe": {}, "images as they are": {"sets": lambda images, number: images},
          "distorted by half": {"sets": lambda images, number: distort(images, number, 0.5)},
          "no batch norm": {"batch_norm": False},
          "two layers fewer": {"convolutions": LAYERS[:1] + LAYERS[3:]}}
trials = {}
for trial, change in list(TRIALS.items())[:profile.pick(full=5, quick=3, smoke=1)]:
    set_seed(get_seed())
    model = build_challenger(**{k: v for k, v in change.items() if k != "sets"})
    run = fit_distorted(model, train_images, train_labels, passes=TRIAL_PASSES, rate=6e-3,
                        sets=change.get("sets", distort))
    trials[trial] = run, evaluate_classifier(model, *held_out)
    record("C8a", name_metric(f"{trial} loss"), trials[trial][1].loss, run=run)
    record("C8a", name_metric(f"{trial} score"), trials[trial][1].score, run=run)

# %% tags=["show", "hide-input"]
rows = []
for trial, (run, scored) in trials.items():
    summary = ledger_summary("C8a", name_metric(f"{trial} loss"))
    rows.append([trial, run.parameters, scored.score, scored.loss,
                 f"{summary.mean:.4f} ± {summary.deviation:.4f}" if summary.n > 1 else None,
                 summary.n or None])
show_table(["recipe", "parameters", "validation score", "validation loss", "loss over seeds",
            "seeds"], rows, digits=4)

# %% [markdown]
# Compare each with the first row, and the difference with the deviations, before you believe it.
#
# ## The champion
#
# The choice is made, so the champion learns from *all* training images, for longer, and is then
# tested once. One thing more costs no weights: ask it about each digit as it is and moved by a pixel
# to each side, and average the five answers. A mistake that hangs on a pixel is outvoted.

# %%
def shift_images(images, right, down):
    """Move images (N, 28, 28) by up to 10 pixels; ground (0) comes in, what leaves is lost."""
    framed = np.pad(images, ((0, 0), (10, 10), (10, 10)))
    return framed[:, 10 - down:38 - down, 10 - right:38 - right]

FIVE_VIEWS = [partial(shift_images, right=right, down=down)
              for right, down in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]]

# %% tags=["row-C8b"]
set_seed(get_seed())
champion = build_challenger()
champion_run = fit_distorted(champion, all_images, all_labels, passes=PASSES, rate=6e-3)
champion_test = evaluate_classifier(champion, test_images, test_labels)
views_test = evaluate_classifier(MeanOverViews(champion, FIVE_VIEWS), test_images, test_labels)
record("C8b", "one_view_score", champion_test.score, run=champion_run)
record("C8b", "test_score", views_test.score, run=champion_run)

# %% tags=["show", "hide-input"]
rows = [[key, runs[key].parameters, timing(f"{runs[key].seconds:.0f}"), tests[key].errors,
         tests[key].score, tests[key].standard_error] for key in nets]
for key, result in {"champion": champion_test, "champion, five views": views_test}.items():
    rows.append([key, champion_run.parameters, timing(f"{champion_run.seconds:.0f}"), result.errors,
                 result.score, result.standard_error])
show_table(["network", "parameters", "seconds", "errors", "test score", "standard error"], rows,
           digits=4)

# %% tags=["show", "hide-input"]
show_claims("C8", "C8b")

# %% [markdown]
# Now beside others that were published, with their parameters.
#
# <!-- quoted: LeCun, Bottou, Bengio and Haffner 1998 (LeNet-4, LeNet-5); Simard, Steinkraus and Platt
# 2003, parameters counted by us from the layers given; Hinton, Sabour and Frosst 2018; the baseline
# of Mazzia, Salvetti and Chiaberge 2021 -->
# The published points are quoted: each is the best that its authors report, mostly of one training.

# %% tags=["show"]
PUBLISHED = {"LeNet-4 (1998)": (17_000, 0.989), "LeNet-5 (1998)": (60_000, 0.9905),
             "Simard and others (2003)": (132_540, 0.996),
             "matrix capsules (2018)": (310_000, 0.9956), "plain CNN of Mazzia (2021)": (173_000, 0.9952)}
ours = {"dense, 784-32-10": (25_450, tests["dense, 784-32-10"].score),
        "as reported": (MAX_PARAMETERS, tests["convolutional, as reported"].score),
        "as reported, distorted": (MAX_PARAMETERS, tests[BENT].score),
        "champion, five views": (challenger_by_hand, views_test.score)}

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 4.2))
for index, (points, label) in enumerate([(PUBLISHED, "quoted"), (ours, "measured here")]):
    sizes, scores = np.transpose(list(points.values()))
    axes.plot(sizes, 1 - scores, linestyle="", marker="os"[index], color=COLOURS[index],
              label=label, markersize=7, markerfacecolor=COLOURS[index] if index else "none")
    for text, (size, score) in points.items():
        axes.annotate(text, (size, max(1 - score, 1e-4)), xytext=((8, 1), (-8, -4))[index],
                      ha=("left", "right")[index], fontsize=9, textcoords="offset points")
axes.set(xscale="log", yscale="log", xlim=(2e3, 3e6), xlabel="parameters",
         ylabel="share of test digits misread")
axes.legend()
show_figure(figure, alt="Share of misread test digits against number of parameters, both on "
            "logarithmic axes: published networks as open points, ours as filled ones.")

# %% [markdown]
# ## Where it fails

# %% tags=["show", "hide-input"]
mistakes = find_mistakes(views_test.probabilities, test_labels, count=16)
titles = [f"{label}, read {answer}\np = {p:.2f}" for label, answer, p in
          zip(mistakes.labels, mistakes.first, mistakes.first_probability)]
figure = plot_images(test_images[mistakes.indices], titles=titles, columns=8)
show_figure(figure, alt="The champion's surest mistakes, each with its label, the answer and the "
            "probability of that answer.")

# %% [markdown]
# Cover the titles: how many would you read as labelled? Near the end of the road the labels themselves
# come into doubt, and one more right answer means less than it seems.
#
# ## What a convolution takes for granted (C9)
#
# Two things are built into it before the first image: only *neighbours* are looked at together, and
# what is worth seeing in one place is worth seeing in every other. It need not learn either. Shift
# the input, and its maps shift along: with $S$ for a shift, $C$ for a convolution, off the edges,
#
# $$ C(S x) = S\, C(x) \tag{3} $$
#
# A dense layer promises nothing of the kind. So compare them *at equal size*: 784-32-10 and the
# report's small network, the same optimiser, batches and images. First, reorder the pixels, in the
# same way in every image. Nothing is lost, since that can be undone. But neighbours are no longer
# neighbours.

# %%
pixel_order = np.random.RandomState(0).permutation(784)

def permute(images):
    """Put the pixels of all images (N, 28, 28) in the same other order."""
    return images.reshape(-1, 784)[:, pixel_order].reshape(-1, 28, 28)

# %% tags=["show", "hide-input"]
figure = plot_images(np.concatenate([train_images[:8], permute(train_images[:8])]), columns=8,
                     titles=[str(k) for k in train_labels[:8]] + [""] * 8)
show_figure(figure, alt="Eight digits, and below them the same eight with permuted pixels: to the "
            "eye scattered dots, without a trace of a digit.")

# %% [markdown]
# Both learn from growing numbers of images, plain and permuted, by a recipe fixed beforehand: 500
# steps of 64 images, or two epochs where these are longer.

# %% tags=["row-C9"]
BUILDERS = {"dense": lambda: build_dense((32,), rescale=True, seed=get_seed()),
            "convolutional": lambda: build_compact_cnn(rescale=True, seed=get_seed())}
PIXELS = {"plain": lambda images: images, "permuted": permute}
learned, scores = {}, {}
picked = np.random.RandomState(get_seed(2)).permutation(len(all_images))
for count in COUNTS:
    chosen = picked[:count]
    epochs = max(2, STEPS * 64 // len(chosen))
    for kind, build in BUILDERS.items():
        for order, prepare in PIXELS.items():
            model = learned[kind, order] = build()
            run = fit_digits(model, prepare(all_images[chosen]), all_labels[chosen], epochs=epochs)
            scored = evaluate_classifier(model, prepare(test_images), test_labels)
            scores[kind, order, count] = scored.score
            record("C9", f"{kind}_{order}_{count}", scored.score, run=run)

# %% [markdown]
# Then the shift. Both learned from digits in the middle. The test digits are moved to each of the
# four sides. They have about four pixels of room; farther, ink is cut off.

# %% tags=["row-C9"]
SHIFTS = range(0, 11, profile.pick(full=1, quick=2, smoke=10))

def measure_shifts(model):
    """Score on test digits moved by each of SHIFTS, as the mean over four directions."""
    sides = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    return [float(np.mean([evaluate_classifier(model, shift_images(test_images, s * x, s * y),
                                               test_labels).score for x, y in sides]))
            for s in SHIFTS]

shifted = {kind: measure_shifts(learned[kind, "plain"]) for kind in BUILDERS}
for kind, values in shifted.items():
    for px, value in zip(SHIFTS, values):
        record("C9", f"{kind}_shift_{px}", value)

# %% tags=["show"]
def draw_band(axes, xs, values, metrics, index, label):
    """A line through this run's values; where seeds are recorded, their mean and deviation."""
    kept = [ledger_summary("C9", metric) for metric in metrics]
    if all(summary.n > 1 for summary in kept):
        values = np.array([summary.mean for summary in kept])
        spread = np.array([summary.deviation for summary in kept])
        axes.fill_between(xs, values - spread, values + spread, color=COLOURS[index], alpha=0.25,
                          linewidth=0)
    axes.plot(xs, values, color=COLOURS[index], marker="os^D"[index], label=label)

# %% tags=["show", "hide-input"]
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
for index, (kind, order) in enumerate((k, o) for o in PIXELS for k in BUILDERS):
    draw_band(left, COUNTS, [scores[kind, order, n] for n in COUNTS],
              [f"{kind}_{order}_{n}" for n in COUNTS], index, f"{kind}, {order}")
for index, kind in enumerate(BUILDERS):
    draw_band(right, list(SHIFTS), shifted[kind], [f"{kind}_shift_{px}" for px in SHIFTS], index,
              kind)
left.set(xscale="log", xlabel="training images", ylabel="test score")
right.set(xlabel="shift of the test digits in px")
left.legend()
show_figure(figure, alt="Left, test score against number of training images for both networks, with "
            "pixels as they are and permuted. Right, test score against the shift of the test "
            "digits in pixels, from 0 to 10. Bands are one deviation over seeds.")

# %% tags=["show", "hide-input"]
for n in {COUNTS[0], COUNTS[-1]}:
    lead = [scores["convolutional", o, n] - scores["dense", o, n] for o in PIXELS]
    say(f"From {n:,} images the convolutional network leads by **{lead[0]:+.4f}**, with permuted "
        f"pixels by **{lead[1]:+.4f}**; permuting moves the dense network by "
        f"{scores['dense', 'permuted', n] - scores['dense', 'plain', n]:+.4f}.")
half = [next((px for px, value in zip(SHIFTS, shifted[kind]) if value < 0.5), SHIFTS[-1])
        for kind in BUILDERS]
say(f"Half of the digits are lost at {half[0]} px by the dense network, at {half[1]} px by the other.")

# %% tags=["show", "hide-input"]
show_claims("C9")

# %% [markdown]
# On the left: the order of the pixels is nothing to a dense network; in exercise 3 you show that it
# can hold the same function. A convolution looks at neighbours, and in permuted images these have
# little to say to each other. What it takes for granted is false there. So its lead was never in the
# number of weights: it is *knowledge about images*, put in by hand.
#
# The right picture is a warning. Equation (3) says that the maps move along with the digit, not that
# the answer stays. The dense layer at the end has weights for each place again, so this network too
# is lost when the digit moves, only later. If answers shall not depend on the place, show shifted
# digits in training, or pool over all places.
#
# **Try it yourself**: move a test digit or strew noise over it, and see which network breaks first.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_digit_breaker

show_digit_breaker()

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: count the work
#
# Multiplications of one convolution with padding "same" on square images. With a stride $s$ the map
# has $\lceil n / s \rceil$ places a side. Ignore the biases.

# %% tags=["exercise-small-and-strong-work-stub"]
def count_multiplications(side_px, channels, filters, size, stride):
    """Return the number of multiplications for one image (int)."""
    return ...

# %% tags=["exercise-small-and-strong-work-check"]
check("small-and-strong-work", count_multiplications)

# %% tags=["exercise-small-and-strong-work-solution", "hide-cell"]
# @title Solution
def solution_count_multiplications(side_px, channels, filters, size, stride):
    """Equation (1) on a map whose side is divided by the stride, rounded up."""
    places = -(-side_px // stride)
    return places**2 * size**2 * channels * filters

# %% [markdown]
# ### Exercise 2: how far does it see?
#
# How many pixels a side does one value after several convolutions depend on? `stack` lists
# `(size, stride)` from first to last. The first layer sees `size` pixels; each further one adds its
# `size - 1`, times the product of all strides *before* it.

# %% tags=["exercise-small-and-strong-field-stub"]
def measure_field(stack):
    """Return the side of the receptive field in pixels (int)."""
    return ...

# %% tags=["exercise-small-and-strong-field-check"]
check("small-and-strong-field", measure_field)

# %% tags=["exercise-small-and-strong-field-solution", "hide-cell"]
# @title Solution
def solution_measure_field(stack):
    """A step in a later map is as many pixels as the strides before it multiply to."""
    side, step = 1, 1
    for size, stride in stack:
        side += (size - 1) * step
        step *= stride
    return side

# %% [markdown]
# ### Exercise 3: undo a permutation
#
# A dense layer gives `x @ kernel`. Its inputs now come permuted, as `x[:, order]`. Reorder the kernel
# so that the outputs stay as they were.

# %% tags=["exercise-small-and-strong-permute-stub"]
def permute_kernel(kernel, order):
    """For kernel (D, K), return the one that gives x @ kernel from x[:, order]."""
    return ...

# %% tags=["exercise-small-and-strong-permute-check"]
check("small-and-strong-permute", permute_kernel)

# %% tags=["exercise-small-and-strong-permute-solution", "hide-cell"]
# @title Solution
def solution_permute_kernel(kernel, order):
    """Row i of the new kernel meets pixel order[i], so it must be that pixel's row."""
    return kernel[order]

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("Two networks have the same number of parameters. What else is equal?", [
    ("The time they take.", False,
     "A convolution uses each weight at every place: the work can differ a hundredfold."),
    ("What they can learn.", False,
     "The shape of a network decides what it finds easily, as the permuted pixels show."),
    ("The memory that their weights need.", True,
     "That, and little more. It is a fair handicap, but say what else you compare."),
])

# %% tags=["quiz", "hide-input"]
quiz("Why is the champion trained on all 60,000 images only after the recipe was chosen?", [
    ("Validation images that were learned from can judge no recipe any more.", True,
     "While you choose, they must be new to the network. Then they are too good to waste."),
    ("More images would make the ablation too slow.", False,
     "A twelfth more time would hardly matter."),
    ("Because the test images are among them.", False,
     "They never are. The test set is a file of its own."),
])

# %% tags=["quiz", "hide-input"]
quiz("A satellite image holds 12 measured quantities in an arbitrary order. Which convolution fits?", [
    ("One that slides over places and sees all 12 channels at once.", True,
     "Places have neighbours; channels have no order, and a convolution assumes none of them."),
    ("One that slides over the channels too, three neighbours at a time.", False,
     "Neighbouring channels mean nothing here: that is the permuted picture again."),
    ("None: without an order of channels, only a dense network will do.", False,
     "The places still have neighbours, and that is what the convolution lives on."),
])

# %% [markdown]
# ## What you can do now
#
# You counted weights and multiplications, and know that few weights can be much work; trained on
# images that never came back; took a recipe apart by validation loss, chose, and only then trained on
# everything; set two networks of equal size side by side, over seeds; and saw that a convolution
# lives on neighbours, and that its answer may still depend on the place.
#
# ## References
#
# - Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), *Gradient-based learning applied to document
#   recognition*: MNIST, LeNet-4 and LeNet-5. P. Simard, D. Steinkraus and J. Platt (2003), *Best
#   practices for convolutional neural networks*: equation (2).
# - S. Ioffe and C. Szegedy (2015), *Batch normalization*: why the challenger learns at a high rate.
# - G. Hinton, S. Sabour and N. Frosst (2018), *Matrix capsules with EM routing*. V. Mazzia, F. Salvetti
#   and M. Chiaberge (2021), *Efficient-CapsNet*: two of the quoted points.
