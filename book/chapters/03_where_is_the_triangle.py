# %% [markdown]
# # Where is the triangle?
#
# **Can a network say where the three corners of a triangle are, to a fraction of a pixel?**
#
# So far a network answered *what*. Now it must answer *where*, with six numbers. The old report built
# a network of eight million parameters, which "only fits the training set". You will find out why, and
# cure it step by step. The last steps need no training: the picture tells how good an answer is.
#
# **After this chapter you can**
#
# 1. tell from the loss of the best constant answer whether a network knows anything;
# 2. say what a loss hides when its targets are sorted, and write one for answers without order;
# 3. improve an answer by drawing it and comparing, with slopes that you derive by hand;
# 4. find answers that disagree with their picture, without knowing the right ones.
#
# **You need** the chapter *Shapes anywhere*. Nothing is downloaded.

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
from itertools import permutations

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from labhelpers.lesson import (
    check,
    quiz,
    record,
    say,
    show_claims,
    start_chapter,
)
from labhelpers.data import make_triangles, measure_shape_sizes
from labhelpers.insight import (COLOURS, measure_triangle_overlaps, measure_vertex_errors,
                                plot_history, show_figure, show_table, use_style)
from labhelpers.models.shape_networks import build_vertex_regressor
from labhelpers.training import fit_model, get_seed, set_seed

use_style()

# %% tags=["parameters"]
profile = start_chapter("03_where_is_the_triangle")

FEW = profile.pick(full=300, quick=300, smoke=64)
MANY = profile.pick(full=20_000, quick=6_000, smoke=64)
REPORTED_EPOCHS = profile.pick(full=120, quick=3, smoke=1)
EPOCHS = profile.pick(full=6, quick=3, smoke=1)
STEPS = profile.pick(full=24, quick=24, smoke=3)
ROUNDS = profile.pick(full=5, quick=3, smoke=1)
NUM_TEST, NUM_LARGE = profile.pick(full=(1_250, 1_000), quick=(500, 400), smoke=(48, 24))
SIZE_PX, NOISE = 72, 20.0

# %% [markdown]
# ## The data
# `make_triangles` draws a triangle between three random points of the frame, and says where they
# are: $(x, y)$ in pixels, $y$ down, the centre of the first pixel at $(0.5, 0.5)$. Pixels at the edge
# are grey by the area that is covered. Three random points are often nearly on a line: some triangles
# are **slivers** of fewer than 50 pixels. They are kept apart, to hide nothing and excuse nothing.

# %%
def draw(count, seed, noise=NOISE):
    """Draw triangles: images (N, 72, 72, 1) uint8, corners (N, 3, 2) in px."""
    return make_triangles(count, noise=noise, seed=get_seed(seed), dtype="uint8")

few, validation, test = draw(FEW, seed=1), draw(FEW, seed=2), draw(NUM_TEST, seed=3)
many = draw(MANY, seed=4)
sizes_px = measure_shape_sizes(draw(NUM_TEST, seed=3, noise=0.0)[0])
large, slivers = np.flatnonzero(sizes_px >= 50)[:NUM_LARGE], np.flatnonzero(sizes_px < 50)

# %% tags=["show", "hide-input"]
def plot_answers(images, *outlines, names=(), titles=None):
    """Draw outlines (N, 3, 2) over up to eight images; returns the figure."""
    figure, grid = plt.subplots(1, 8, figsize=(9, 1.7))
    for axes, image, title, *corners in zip(grid, images, titles or [""] * 8, *outlines):
        axes.imshow(image[..., 0], vmin=0, vmax=255, extent=(0, SIZE_PX, SIZE_PX, 0))
        axes.set_title(title, fontsize=9)
        axes.axis("off")
        for kind, points in enumerate(corners):
            axes.fill(*points.T, fill=False, ec=COLOURS[kind], lw=1.5, ls=("-", "--")[kind])
    if names:
        figure.legend(grid[0].patches, names, loc="outside lower center", ncols=2, fontsize=9)
    return figure

# %% tags=["show", "hide-input"]
show_figure(plot_answers(test[0], test[1], names=["true outline"]),
            alt="Eight black triangles on noisy white paper, outlined. Some are thin slivers.")
say(f"Training images: shape `{few[0].shape}`, dtype `{few[0].dtype}`; corners: shape "
    f"`{few[1].shape}`, from {few[1].min():.1f} to {few[1].max():.1f} px. The test has "
    f"**{len(large):,}** triangles of 50 pixels or more, and **{len(slivers)}** slivers apart.")

# %% [markdown]
# A triangle has no first corner. So the **vertex error** takes the best of the six ways to match
# the answer's corners $\hat v$ with the true ones $v$:
#
# $$ e = \min_{\pi}\; \frac{1}{3} \sum_{i=1}^{3} \lVert \hat v_{\pi(i)} - v_i \rVert \tag{1} $$
#
# where $\pi$ runs over the orders of $1, 2, 3$. The second measure is the **overlap**: the area that
# both triangles share over the area that they cover together (IoU), 1 for a perfect answer.

# %%
def judge(answers, truth=test):
    """Vertex errors (N,) in px and overlaps (N,) of answers (N, 3, 2) in px."""
    return measure_vertex_errors(answers, truth[1]), measure_triangle_overlaps(answers, truth[1])

# %% [markdown]
# ## Predict first
# - Somebody always answers the same three corners. How large is the vertex error, in a frame of 72 px?
# - The report sorted the coordinates "by axis", and the loss fell. Is that a proof that it helped?
# - Pixels are squares. Can any answer be better than half a pixel?
#
# ## The baseline, and a trap
# The cheapest answer is a constant: the mean of the training corners. Its mean squared error is the
# variance of the numbers asked for, and that depends on their *order*. Take three: as drawn, which is
# random; each axis sorted by itself, as "by axis" can be read; and whole corners sorted by $x$.

# %%
def as_drawn(corners):
    """The order in which the corners were drawn: a random one."""
    return corners

def each_axis(corners):
    """Sort the three x, and the three y, each on their own."""
    return np.sort(corners, axis=1)

def by_x(corners):
    """Sort whole corners by their x: each x keeps its y."""
    return np.take_along_axis(corners, corners[..., :1].argsort(axis=1), axis=1)

# %% tags=["row-A6"]
constant_losses, constant_errors = {}, {}
for order in (as_drawn, each_axis, by_x):
    constant = order(few[1]).mean(axis=0)
    gaps = (order(validation[1]) - constant) / SIZE_PX
    constant_losses[order] = float((gaps**2).mean())
    constant_errors[order] = judge(np.broadcast_to(constant, test[1].shape))[0][large].mean()
perfect_error = judge(each_axis(test[1]))[0][large].mean()
record("A6", "constant_error", constant_errors[by_x], unit="px")
record("A6", "perfect_each_axis_error", perfect_error, unit="px")

# %% tags=["show", "hide-input"]
show_table(["order of the corners", "loss of the constant", "its vertex error (px)",
            "vertex error of a perfect answer (px)"],
           [[order.__name__.replace("_", " "), f"{constant_losses[order]:.4f}",
             f"{constant_errors[order]:.1f}", f"{perfect_error if order is each_axis else 0:.1f}"]
            for order in constant_losses])
show_figure(plot_answers(test[0], test[1], each_axis(test[1]),
                         names=["true outline", "perfect answer, each axis sorted"]),
            alt="Eight triangles, outlined rightly and with axes sorted apart: often another one.")

# %% [markdown]
# (Losses are of shares of the frame, 0 to 1.) Sorting each axis *halves the loss of knowing nothing*:
# sorted numbers vary less. A lower loss after sorting is no sign of learning. And the last column is
# the trap: sort three $x$ and three $y$ apart, and nobody remembers which belong together. A network
# that answers *perfectly* has a loss of zero, and is far from the corners. Only the picture shows it.
#
# ## The run that fails
# The report's network has five linear convolutions with pools, then dense layers of 1024 sigmoids
# with dropout: 8,160,134 parameters for 300 images, mean squared error, Adam and batches of 16. The
# report went on for up to 1000 epochs. You watch *validation* images, and stop after 20 without gain.

# %% tags=["row-A6a"]
set_seed(get_seed())
reported = build_vertex_regressor(seed=get_seed())
pairs = [((images / 255).astype("float32"), each_axis(corners).reshape(-1, 6) / SIZE_PX)
         for images, corners in (few, validation)]
stop = keras.callbacks.EarlyStopping(min_delta=1e-3, patience=20, restore_best_weights=True)
reported_run = fit_model(reported, pairs[0], validation=pairs[1], epochs=REPORTED_EPOCHS,
                         batch_size=16, optimizer="adam", loss="mse", seed=get_seed(), callbacks=[stop])
few_answers, test_answers = (
    reported.predict((images / 255).astype("float32"), verbose=0).reshape(-1, 3, 2) * SIZE_PX
    for images, _ in (few, test))
few_error, test_error = judge(few_answers, few)[0].mean(), judge(test_answers)[0][large].mean()

# %% tags=["row-A6a"]
assert reported_run.parameters == 8_160_134
history = reported_run.history
best = int(np.argmin(history["val_loss"]))
record("A6a", "epochs", reported_run.epochs, run=reported_run)
record("A6a", "train_loss", history["loss"][best], run=reported_run)
record("A6a", "validation_loss", history["val_loss"][best], run=reported_run)
record("A6a", "train_error", few_error, run=reported_run, unit="px")
record("A6a", "test_error", test_error, run=reported_run, unit="px")

# %% tags=["show", "hide-input"]
axes = plot_history(reported_run, "loss")
axes.axhline(constant_losses[each_axis], color="gray", ls=":", lw=1.2, label="constant answer")
axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
axes.set_yscale("log")
show_figure(axes.figure, alt="Training loss of the report's network falls on and on; validation loss "
            "wobbles above it. Both get below the dotted line of the constant answer.")
loss, val_loss = (np.median(history[name][-20:]) for name in ("loss", "val_loss"))
say(f"It stopped after **{reported_run.epochs}** epochs. In the last 20, the training loss is {loss:.4f} "
    f"and the validation loss {val_loss:.4f} (medians). Yet with the best weights the vertex error is "
    f"**{few_error:.1f} px on the training images themselves**, and {test_error:.1f} px on large test "
    f"triangles, where the constant is {constant_errors[by_x]:.1f} px off.")

# %% [markdown]
# There are two faults. The gap between the curves is overfitting: the report guessed it, and without a
# validation curve a guess is all it can be. The other no curve shows: the loss is far below that of the
# constant, and the corners are wrong even on the training images. It does not fit those either. Nor
# is it quick: its third convolution makes $25^2 \cdot 25 \cdot 256^2$, a thousand million,
# multiplications for each image. On a processor without a matrix unit, that is three quarters of this
# chapter's time, and no setting of `fit_model` changes it: the arithmetic itself is the limit.
#
# ## Step 1: a lighter network, and more data
# Four convolutions with relu, in steps of two pixels (72, 36, 18, 9, 5), need about a hundredth of the
# multiplications. The head is one dense layer and six linear outputs. Count by hand: $32 \cdot 26 + 64
# \cdot 289 + 192 \cdot 577$ parameters in the convolutions, $256 \cdot 3201 + 6 \cdot 257$ in the head.
# The loss is the mean distance of the corners, equation (1) without the $\min$: what you measure.

# %% tags=["row-A6"]
def distance(truth, answers):
    """Mean distance of corners (N, 3, 2), in the order given: (N,)."""
    return ops.mean(ops.sqrt(ops.sum((truth - answers) ** 2, axis=2) + 1e-5), axis=1)

def plain_head():
    """One layer of relus, then six numbers, free of bounds."""
    return [layers.Dense(256, activation="relu"), layers.Dense(6)]

def build(head):
    """Four convolutions, and a head with six outputs."""
    convolutions = [layers.Conv2D(filters, size, strides=2, padding="same", activation="relu")
                    for filters, size in ((32, 5), (64, 3), (64, 3), (128, 3))]
    return keras.Sequential([keras.Input((SIZE_PX, SIZE_PX, 1)), layers.Rescaling(1 / 255),
                             *convolutions, layers.Flatten(), *head(), layers.Reshape((3, 2))])

# %% tags=["row-A6"]
answers, scores = {}, {}

def note(name, run=None):
    """Score answers[name] and record: errors and overlap of the large, errors of the slivers."""
    errors, overlaps = judge(answers[name])
    scores[name] = errors[large].mean(), overlaps[large].mean(), errors[slivers].mean()
    for metric, value in zip(("error", "overlap", "sliver_error"), scores[name]):
        record("A6", f"{name}_{metric}", value, run=run)

# %% tags=["row-A6"]
def fit(name, train, order, loss=distance, head=plain_head):
    """Show a new network EPOCHS * MANY images; keep and score its answers on the test images."""
    set_seed(get_seed())
    model, epochs = build(head), EPOCHS * MANY // len(train[0])
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * -(-len(train[0]) // 64))
    run = fit_model(model, (train[0], order(train[1]) / SIZE_PX), epochs=epochs, batch_size=64,
                    optimizer=keras.optimizers.Adam(rate), loss=loss, seed=get_seed())
    answers[name] = model.predict(test[0], verbose=0) * SIZE_PX
    note(name, run)
    return model

fit("few", few, each_axis)
models = {"each_axis": fit("each_axis", many, each_axis)}
assert models["each_axis"].count_params() == 951_110

# %% [markdown]
# ## Step 2: the order, and the head
# More images make a network learn the wrong thing well. Three orders remain: as drawn, corners sorted
# by $x$, and none at all, with equation (1) itself as the loss. (By hand: the corners $(0, 0)$,
# $(3, 0)$, $(0, 4)$, answered as $(3, 0)$, $(0, 4)$, $(0, 0)$, are 3, 5 and 4 off in the order given, and
# not at all under the best matching.) Do the report's sigmoids and dropout suit numbers so exact?

# %% tags=["row-A6"]
ORDERS = [list(order) for order in permutations(range(3))]

def best_distance(truth, answers):
    """Equation (1): the mean distance under the best of the six matchings (N,)."""
    return ops.min(ops.stack([distance(ops.take(truth, order, axis=1), answers)
                              for order in ORDERS]), axis=0)

# %% tags=["row-A6"]
def reported_head():
    """Two layers of sigmoids with dropout, and a sigmoid at the end."""
    hidden = [[layers.Dense(1024, activation="sigmoid"), layers.Dropout(0.5)] for _ in range(2)]
    return [*hidden[0], *hidden[1], layers.Dense(6, activation="sigmoid")]

models["as_drawn"] = fit("as_drawn", many, as_drawn)
models["by_x"] = fit("by_x", many, by_x)
models["order_free"] = fit("order_free", many, as_drawn, best_distance)
models["reported_head"] = fit("reported_head", many, as_drawn, best_distance, reported_head)

# %% tags=["show", "hide-input"]
say(f"Every network was shown {EPOCHS * MANY:,} images, *few* the same {FEW} again and again. The "
    f"report's head leaves {scores['reported_head'][0]:.1f} px where ours, order-free too, leaves "
    f"**{scores['order_free'][0]:.1f} px**.")
show_table(["network", "vertex error (px)", "overlap", "slivers' vertex error (px)"],
           [[name.replace("_", " "), f"{scores[name][0]:.2f}", f"{scores[name][1]:.3f}",
             f"{scores[name][2]:.1f}"] for name in ("few", *models)])

# %% [markdown]
# *As drawn*, the first corner may be any of the three, and the best answer is the middle, three times.
# *Each axis* pairs wrongly. Both ways that keep the pairs work, so "sorting helped" was right in spirit.
# Which is ahead may depend on how long you train: let validation images choose.
#
# ## Step 3: draw the answer, and compare
# Any answer can be checked: draw that triangle, and lay it over the image. If the drawing says *which
# way to move each corner*, no network is needed for the last pixels. Let $d_i(p)$ be the distance of
# pixel $p$ from edge $i$, positive inside. A **soft triangle** of edge width $w$ covers the pixel by
#
# $$ c(p) = \prod_{i=1}^{3} \sigma\!\left(\frac{4\, d_i(p)}{w}\right) \tag{2} $$
#
# where $d_i(p) = n_i \cdot (p - a_i)$, with the corner $a_i$ where edge $i$ starts and the unit normal
# $n_i$ that points inwards. The sigmoid's slope is $1/4$ in its middle, so the 4 makes a ramp of about
# $w$ px. Each edge is a lever: for a pixel at share $t$ of the way from $a_i$ to $b_i$,
#
# $$ \begin{aligned} \frac{\partial d_i}{\partial a_i} &= -(1 - t)\, n_i, \\
# \frac{\partial d_i}{\partial b_i} &= -t\, n_i \end{aligned} \tag{3} $$

# %%
def measure_edges(corners):
    """Of corners (N, 3, 2): normals, each pixel's distance from each edge, share t along it."""
    step = ops.roll(corners, -1, axis=1) - corners
    length = ops.sqrt(ops.sum(step**2, axis=-1, keepdims=True)) + 1e-3
    along, (x, y) = step / length, (step[..., 0], step[..., 1])
    turn = ops.sign(x[:, :1] * y[:, 1:2] - y[:, :1] * x[:, 1:2])[..., None]
    inward = turn * ops.stack([-along[..., 1], along[..., 0]], axis=-1)
    row = ops.arange(SIZE_PX, dtype="float32") + 0.5
    def project(axis):
        across, down = axis[..., 0, None, None] * row, axis[..., 1, None, None] * row[:, None]
        return across + down - ops.sum(axis * corners, axis=-1)[..., None, None]
    return inward, project(inward), project(along) / length[..., None]

# %%
def draw_soft(corners, width_px):
    """Coverage (N, S, S) by equation (2), and its slopes (N, 6, S * S) by equation (3)."""
    inward, distances, share = measure_edges(ops.convert_to_tensor(corners, dtype="float32"))
    sides = ops.sigmoid(4 * distances / width_px)
    coverage = ops.prod(sides, axis=1)
    steep = 4 / width_px * (1 - sides) * coverage[:, None]
    starts, ends = (-inward[..., None, None] * part[:, :, None]
                    for part in (steep * (1 - share), steep * share))
    return coverage, ops.reshape(starts + ops.roll(ends, 1, axis=1), (-1, 6, SIZE_PX**2))

# Check a slope: move the second corner's x both ways, and see what the drawing does.
triangle, nudge = np.array([[[12, 20], [60, 30], [25, 58]]]), np.eye(6)[2].reshape(1, 3, 2) / 100
more, less = (draw_soft(triangle + way * nudge, 4.0)[0] for way in (1, -1))
gap = ops.reshape(more - less, (-1,)) / 0.02 - draw_soft(triangle, 4.0)[1][0, 2]
assert float(ops.max(ops.abs(gap))) < 2e-3

# %% [markdown]
# Now the step. With the coverage $y$ seen in the image, and the slopes $J$ of all pixels by the six
# numbers, a move $\delta$ changes the drawing by about $J \delta$. The move that brings it nearest to
# the image in squares solves six equations:
#
# $$ \left(J^\top J + \lambda D\right) \delta = J^\top (y - c) \tag{4} $$
#
# A little of the diagonal $D$ of $J^\top J$ damps it (Levenberg and Marquardt). And $y$? By the recipe
# of `make_triangles`, noise adds one and a half times its amplitude on average, so that the greys of
# paper and ink are known; exercise 3 does without.

# %%
def find_ink(images):
    """The coverage seen in uint8 images (N, S, S, 1), noise and all: (N, S, S) float32."""
    return 1 + (1.5 * NOISE - images[..., 0].astype("float32") * (1 + 2 * NOISE / 255)) / 255

def improve(corners, ink, width_px):
    """One step of equation (4), of 6 px at most and not out of the frame: (N, 3, 2)."""
    coverage, slopes = draw_soft(corners, width_px)
    corners, ink = (ops.convert_to_tensor(part, dtype="float32") for part in (corners, ink))
    gap = ops.reshape(ink - coverage, (-1, SIZE_PX**2, 1))
    square = ops.matmul(slopes, ops.transpose(slopes, (0, 2, 1)))
    square = square + ops.eye(6) * (0.01 * square + 1e-3)
    move = ops.reshape(ops.solve(square, ops.matmul(slopes, gap)), (-1, 3, 2))
    return ops.clip(corners + ops.clip(move, -6, 6), 0, SIZE_PX)

# %% [markdown]
# A narrow edge is exact, but feels only what is near; a wide one feels a corner from far. So start at
# 16 px and sharpen to 1 px, a pixel's width. What differs at the end is the **residual** (mean square).

# %%
WIDTHS_PX = [float(width_px) for width_px in np.geomspace(16, 1, STEPS)]

def render_and_compare(corners, ink):
    """Improve answers (N, 3, 2) px; returns them with their residuals (N,)."""
    parts = []
    for start in range(0, len(corners), 100):
        now, seen = corners[start : start + 100], ink[start : start + 100]
        for width_px in WIDTHS_PX:
            now = improve(now, seen, width_px)
        drawing, now = (ops.convert_to_numpy(part) for part in (draw_soft(now, 1.0)[0], now))
        parts.append((now, ((drawing - seen) ** 2).mean(axis=(1, 2))))
    return [np.concatenate(part) for part in zip(*parts)]

# %% [markdown]
# The best network on validation images gives the start. To know its share, start without it as well.

# %% tags=["row-A6"]
tried = {name: judge(model.predict(validation[0], verbose=0) * SIZE_PX, validation)[0].mean()
         for name, model in models.items()}
chosen = min(tried, key=tried.get)
test_ink = find_ink(test[0])
answers["drawn"], residuals = render_and_compare(answers[chosen], test_ink)
note("drawn")

always = np.broadcast_to([[36, 18], [54, 50], [18, 50]], test[1].shape)
answers["no_network"] = render_and_compare(always, test_ink)[0]
note("no_network")

# %% [markdown]
# Watch the steps, on the large triangle that the network gets most wrong. What is black is in the image
# and in the drawing. Blue is ink that the drawing lacks, orange is drawn on paper: both still pull.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_corner_finder, show_frames

pick = large[[np.argmax(judge(answers[chosen])[0][large] * (sizes_px[large] > 300))]]
seen, corners, pictures, texts = test_ink[pick][0].clip(0, 1), answers[chosen][pick], [], []
for k, width_px in enumerate([*WIDTHS_PX, 1.0]):
    drawn = ops.convert_to_numpy(draw_soft(corners, width_px)[0][0])
    pictures.append(1 - np.stack([seen, (seen + drawn) / 2, drawn], axis=-1))
    texts.append(f"After {k} steps the corners are {judge(corners, (0, test[1][pick]))[0][0]:.2f} px off; "
                 f"the edge is {width_px:.1f} px wide.")
    corners = ops.convert_to_numpy(improve(corners, test_ink[pick], width_px))
show_frames(np.array(pictures), label="Step", values=range(STEPS + 1), texts=texts, width_px=360,
            title="image and drawing")

# %% tags=["show", "hide-input"]
say(f"The network of the least validation error ({chosen.replace('_', ' ')}) is "
    f"{scores[chosen][0]:.2f} px off. After {STEPS} steps, its answers are **{scores['drawn'][0]:.2f} "
    f"px** off. Without a network, the same steps end at {scores['no_network'][0]:.1f} px.")

# %% [markdown]
# The steps are blind beyond the width of their edge: from a bad start, a corner settles wrongly. The
# network is not exact, but sees the whole picture. Each does what the other cannot.
#
# ## Step 4: ask again where the picture disagrees
# Where the steps settled wrongly, the residual says so, without the true corners. Take the tenth with
# the largest, shake the network's corners by some 8 px, try again, and keep what agrees better.

# %% tags=["row-A6"]
stream, final = np.random.RandomState(get_seed(5)), answers["drawn"].copy()
for _ in range(ROUNDS):
    worst = np.argsort(residuals)[-max(len(residuals) // 10, 1):]
    shaken = answers[chosen][worst] + stream.normal(scale=8, size=(len(worst), 3, 2))
    again, left = render_and_compare(shaken, test_ink[worst])
    better = left < residuals[worst]
    final[worst[better]], residuals[worst[better]] = again[better], left[better]
answers["final"] = final
note("final")
record("A6", "final_sliver_overlap", judge(final)[1][slivers].mean())

# %% [markdown]
# ## The results
# The last column is a step's share of the error that was left before it.

# %% tags=["show", "hide-input"]
scores["reported"] = [measure[large].mean() for measure in judge(test_answers)]
scores["constant"] = constant_errors[by_x], np.nan
steps = {"constant": "constant answer", "reported": "the report's network, each axis sorted",
         "few": "lighter network, as few images", "each_axis": "step 1: more images",
         chosen: f"step 2: {chosen.replace('_', ' ')}", "drawn": "step 3: render-and-compare",
         "final": "step 4: ask again"}
errors = [scores[name][0] for name in steps]
shares = ["", *(f"{1 - after / before:.2f}" for before, after in zip(errors, errors[1:]))]
show_table(["answers", "vertex error (px)", "overlap", "share removed"],
           [[title, f"{scores[name][0]:.2f}", f"{scores[name][1]:.3f}".replace("nan", ""), share]
            for (name, title), share in zip(steps.items(), shares)])

# %% [markdown]
# Half a pixel is no limit: an edge crosses many pixels, and each grey says where. Over several seeds:

# %% tags=["show", "hide-input"]
show_claims("A6", "A6a")

# %% [markdown]
# Drag the corners yourself; a small network answers at once, without the last steps.

# %% tags=["show", "hide-input"]
show_corner_finder()

# %% [markdown]
# ## Where it fails
# The four worst final answers among the large triangles, and the four worst among the slivers:

# %% tags=["show", "hide-input"]
errors = judge(final)[0]
worst = [k for group in (large, slivers) for k in group[np.argsort(-errors[group])][:4]]
show_figure(plot_answers(test[0][worst], test[1][worst], final[worst],
                         names=["true outline", "final answer"],
                         titles=[f"{errors[k]:.1f} px off" for k in worst]),
            alt="Four needles and four hardly visible slivers: the true outline, and the final answer.")
noise_px = (NOISE / 255) ** 2 / 12
say(f"Noise alone leaves a residual of {noise_px:.5f}. The median is {np.median(residuals[large]):.5f} "
    f"for large triangles and {np.median(residuals[slivers]):.5f} for slivers. Slivers are "
    f"**{scores['final'][2]:.1f} px** off on average, large triangles **{scores['final'][0]:.2f} px**.")

# %% [markdown]
# The residual names a drawing that disagrees with the picture. It cannot name a sliver's error: many
# triangles draw its few grey pixels alike. What is not in the picture, nobody can find.
#
# ## Exercises
# ### Exercise 1: the loss of knowing nothing
# A network may answer any constant for each of its K numbers. Which mean squared error has the best?

# %% tags=["exercise-where-is-the-triangle-constant-stub"]
def loss_of_knowing_nothing(targets):
    """Return the least mean squared error of a constant answer to targets (N, K)."""
    return ...

# %% tags=["exercise-where-is-the-triangle-constant-check"]
check("where-is-the-triangle-constant", loss_of_knowing_nothing)

# %% tags=["exercise-where-is-the-triangle-constant-solution", "hide-cell"]
# @title Solution
def solution_loss_of_knowing_nothing(targets):
    """The best constant is the mean of each number; what is left is its variance."""
    return targets.var(axis=0).mean()

# %% [markdown]
# ### Exercise 2: equation (1), for one triangle

# %% tags=["exercise-where-is-the-triangle-matching-stub"]
def match_corners(corners, true_corners):
    """Return the vertex error of corners (3, 2) under the best of six matchings (float)."""
    return ...

# %% tags=["exercise-where-is-the-triangle-matching-check"]
check("where-is-the-triangle-matching", match_corners)

# %% tags=["exercise-where-is-the-triangle-matching-solution", "hide-cell"]
# @title Solution
def solution_match_corners(corners, true_corners):
    """Try all six orders, and keep the least mean distance."""
    return min(np.linalg.norm(corners[list(order)] - true_corners, axis=1).mean()
               for order in permutations(range(3)))

# %% [markdown]
# ### Exercise 3: any paper, any ink
# Find the greys that bring `paper + (ink - paper) * coverage` as near to the image as it can be.

# %% tags=["exercise-where-is-the-triangle-greys-stub"]
def fit_greys(image, coverage):
    """Return (paper, ink): the greys of an image (H, W) drawn with coverage (H, W)."""
    return ...

# %% tags=["exercise-where-is-the-triangle-greys-check"]
check("where-is-the-triangle-greys", fit_greys)

# %% tags=["exercise-where-is-the-triangle-greys-solution", "hide-cell"]
# @title Solution
def solution_fit_greys(image, coverage):
    """A straight line through all pixels: its start is the paper, its end the ink."""
    slope, start = np.polyfit(coverage.ravel(), image.ravel(), 1)
    return start, start + slope

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("A loss falls to half when you sort the targets before training. What has been shown?", [
    ("Sorting helps.", False, "The loss of the constant answer may have fallen as much."),
    ("Nothing yet.", True, "Compare with the best constant, by a measure that sorting leaves alone."),
    ("The network overfits.", False, "That would be a gap between training and validation loss."),
])

# %% tags=["quiz", "hide-input"]
quiz("You see a low training loss and no validation loss. Does the network overfit?", [
    ("Yes: it has more weights than images.", False, "That makes it possible, not certain."),
    ("It cannot be said.", True, "Overfitting is a gap, and you see one side of it."),
    ("No: the loss is low.", False, "A network that learns by heart has a low training loss too."),
])

# %% tags=["quiz", "hide-input"]
quiz("Why does render-and-compare begin with a wide, blurred edge?", [
    ("Blurred drawings are faster.", False, "They cost the same."),
    ("It blurs away the noise.", False, "The image is not blurred, and all its pixels count anyway."),
    ("Pixels far from the edge must pull.", True, "With a sharp edge, only those on it feel a move."),
])

# %% [markdown]
# ## What you can do now
# You compared a loss with the best constant's; saw what sorted targets hide, and wrote a loss without
# order; let the image correct an answer; and found doubtful answers without the right ones.
#
# ## References
# - H. Kuhn (1955), *The Hungarian method for the assignment problem*: the best matching of many.
# - S. Liu and others (2019), *Soft rasterizer*: drawing with slopes, to learn shapes from images.
# - D. Marquardt (1963), *An algorithm for least-squares estimation of nonlinear parameters*: damping.
