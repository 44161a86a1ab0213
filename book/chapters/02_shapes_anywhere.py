# %% [markdown]
# # Shapes anywhere
#
# **What must a network be built of, to know a shape wherever it lies?**
#
# In the chapter before, one layer learned squares, disks and triangles in the middle of the frame,
# and lost them when they moved by a few pixels. Now they lie anywhere, are cut off by the frame,
# and may shrink to a few pixels. You will go from the layer that fails to a network with *fewer*
# parameters that succeeds, and then ask what nobody could get right.
#
# **After this chapter you can**
#
# 1. tell learning from learning by heart, and say when more images help;
# 2. compute a convolution by hand and count its parameters;
# 3. find, on validation data, the epoch where a network begins to overfit;
# 4. take a network apart, piece by piece, to learn what each piece was good for;
# 5. estimate how good any network could be.
#
# **You need** the chapter *One layer*. Nothing is downloaded.

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
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from labhelpers.lesson import (
    check,
    ledger_summary,
    quiz,
    record,
    say,
    show_claims,
    start_chapter,
    timing,
)
from labhelpers.data import make_shapes, measure_shape_sizes
from labhelpers.insight import (evaluate_classifier, plot_history, plot_images, show_figure,
                                show_table, use_style)
from labhelpers.models.shape_networks import build_linear
from labhelpers.training import fit_model, get_seed, set_seed

use_style()

# %% tags=["parameters"]
profile = start_chapter("02_shapes_anywhere")

EPOCHS = profile.pick(full=100, quick=30, smoke=2)
COUNTS = profile.pick(full=(300, 3_000, 30_000), quick=(300, 3_000), smoke=(60, 120))
MANY_EPOCHS = profile.pick(full=10, quick=4, smoke=1)
NUM_HUNT = profile.pick(full=20_000, quick=5_000, smoke=600)
KINDS = ("square", "disk", "triangle")

# %% [markdown]
# ## The data
#
# With `free=True`, `make_shapes` draws a rectangle between random corners (the old lab still calls
# it a square), a disk with a random centre and radius, or a triangle between three random points.
# What lies outside the frame is cut off. Noise is as before. The images stay in uint8, one byte a
# pixel, until a batch needs them.
#
# The report trained on 300 images and tested on 300 others. You train on the same number, and test
# on more, so that the score itself is less noisy: it costs nothing, since we draw.

# %%
def draw(count, seed):
    """Draw `count` free shapes with noise 20: images (N, 72, 72, 1) uint8, labels (N,)."""
    return make_shapes(count, kinds=KINDS, free=True, noise=20.0, seed=get_seed(seed), dtype="uint8")

train_images, train_labels = draw(300, seed=1)
validation_images, validation_labels = draw(1_000, seed=2)
test_images, test_labels = draw(2_000, seed=3)

# %% tags=["show", "hide-input"]
figure = plot_images(train_images[:16], titles=[KINDS[k] for k in train_labels[:16]], columns=8)
show_figure(figure, alt="Sixteen training images: rectangles, disks and triangles of any place and "
            "size. Some are cut off by the frame, some are thin slivers.")

# %% [markdown]
# ## Predict first
#
# - The layer of the chapter before was right on (nearly) all centred shapes. What will its score be
#   here, on training images and on test images?
# - Does it help to draw ten times, or a hundred times, as many training images?
# - Can a network with *half* the parameters be better?
#
# ## The baseline, and the layer that fails (A3)
#
# The most frequent class is right about one time in three. Now the layer from before, on growing
# numbers of images. A `Rescaling` layer divides the bytes by 255.

# %% tags=["row-A3", "row-A4", "row-A5"]
def fit(network, images, labels, epochs, rate=1e-3):
    """Train `network` on uint8 images, watching the validation images."""
    set_seed(get_seed())
    model = keras.Sequential([keras.Input((72, 72, 1)), layers.Rescaling(1 / 255), *network()])
    run = fit_model(
        model, (images, labels), validation=(validation_images, validation_labels),
        epochs=epochs, batch_size=32, optimizer=keras.optimizers.Adam(rate), seed=get_seed(),
        loss="sparse_categorical_crossentropy", metrics=["accuracy"],
    )
    return model, run

# %% tags=["row-A3"]
def linear():
    """The network of the chapter before: every pixel connected to every answer."""
    return [layers.Flatten(), layers.Dense(3, activation="softmax")]

linear_scores = {}
for count in COUNTS:
    images, labels = draw(count, seed=1)
    linear_model, linear_run = fit(linear, images, labels, max(EPOCHS * 300 // count, EPOCHS // 5, 1))
    test_score = evaluate_classifier(linear_model, test_images, test_labels).score
    linear_scores[count] = (linear_run.history["accuracy"][-1], test_score)
    record("A3", f"train_score_{count}", linear_scores[count][0], run=linear_run)
    record("A3", f"test_score_{count}", linear_scores[count][1], run=linear_run)

# %% tags=["show", "hide-input"]
chance = np.bincount(train_labels).max() / len(train_labels)
assert linear_run.parameters == build_linear().count_params() == 15_555
show_table(["training images", "training score", "test score"],
           [[f"{count:,}", f"{a:.3f}", f"{b:.3f}"] for count, (a, b) in linear_scores.items()])
few, most = linear_scores[COUNTS[0]], linear_scores[COUNTS[-1]]
say(f"With {COUNTS[0]} images the gap between the two scores is **{few[0] - few[1]:.2f}**; with "
    f"{COUNTS[-1]:,} it is **{most[0] - most[1]:.2f}**. Chance is {chance:.2f}.")

# %% [markdown]
# Read the table twice. From left to right: few images are learned *by heart*. With more weights
# than images, the layer can find a pattern of pixels that fits each training image, and it says
# nothing about new ones. From top to bottom: more images close the gap from both sides, and yet the
# test score settles at a level far from good. More data cures learning by heart. It does not cure a
# network that cannot express the answer: ink at one pixel may belong to any shape.
#
# ## The idea: the same small window everywhere
#
# A **convolution** looks at the image through a small window, computes a weighted sum, moves the
# window by a pixel, and uses *the same weights* again. With a kernel $k$ of $5 \times 5$ weights:
#
# $$ z_{r,c} = b + \sum_{i=0}^{4} \sum_{j=0}^{4} k_{i,j}\; x_{r+i,\,c+j} \tag{1} $$
#
# What it learns about an edge in one corner, it knows in every corner. Check equation (1) by hand
# with a kernel of $1 \times 2$ that holds $-1$ and $1$: it gives the difference of neighbours, and so
# it answers exactly where ink begins or ends.

# %%
def convolve(image, kernel, bias=0.0):
    """Equation (1) for one image (H, W) and one kernel (h, w); returns (H-h+1, W-w+1)."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3)) + bias

row = np.array([[1.0, 1.0, 0.0, 0.0, 0.0, 1.0]])
np.testing.assert_array_equal(convolve(row, np.array([[-1.0, 1.0]])), [[0, -1, 0, 0, 1]])

layer = layers.Conv2D(1, 5)
image = train_images[:1].astype("float32") / 255
from_keras = keras.ops.convert_to_numpy(layer(image))[0, ..., 0]
kernel = layer.get_weights()[0][..., 0, 0]
np.testing.assert_allclose(convolve(image[0, ..., 0], kernel), from_keras, atol=1e-4)

# %% [markdown]
# Sixteen kernels of $5 \times 5$ on one grey channel have $16 \cdot (5 \cdot 5 \cdot 1 + 1) = 416$
# parameters, whatever the size of the image.
#
# ## A convolution before the dense layer (A4)
#
# The report's second network: 16 kernels, a **max-pool** that keeps the largest of each $2 \times 2$
# block, then the dense layer. The maps are $68 \times 68$, pooled $34 \times 34$, so the dense layer
# has $34 \cdot 34 \cdot 16 \cdot 3 + 3$ parameters. It holds nearly all of them.
#
# As reported, the convolution has no activation. Only the pool bends; without it, the network would
# be one linear map.

# %% tags=["row-A4"]
def small_cnn():
    """The report's second network, built as reported: a linear convolution."""
    return [layers.Conv2D(16, 5), layers.MaxPooling2D(2), layers.Flatten(),
            layers.Dense(3, activation="softmax")]

cnn_model, cnn_run = fit(small_cnn, train_images, train_labels, EPOCHS)
assert cnn_run.parameters == 416 + 34 * 34 * 16 * 3 + 3 == 55_907
turn = int(np.argmin(cnn_run.history["val_loss"])) + 1
cnn_test = evaluate_classifier(cnn_model, test_images, test_labels)
record("A4", "test_score", cnn_test.score, run=cnn_run)
record("A4", "train_score", cnn_run.history["accuracy"][-1], run=cnn_run)
record("A4", "turn_epoch", turn, run=cnn_run)

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.6))
plot_history({"small CNN": cnn_run}, metric="loss", ax=axes)
axes.axvline(turn, linestyle=":", linewidth=1.2, color="gray")
axes.annotate(f"validation loss turns: epoch {turn}", (turn, axes.get_ylim()[1]),
              xytext=(6, -14), textcoords="offset points")
show_figure(figure, alt="Training and validation loss of the small convolutional network. Training "
            "loss falls to zero; validation loss falls, turns at the marked epoch, and rises.")

# %% tags=["show", "hide-input"]
history = cnn_run.history
say(
    f"Validation loss is least at epoch **{turn}**, {history['val_loss'][turn - 1]:.2f}, and "
    f"{history['val_loss'][-1]:.2f} at the end, while training loss goes on to "
    f"{history['loss'][-1]:.3f}. Training score at the end: {history['accuracy'][-1]:.2f}; test "
    f"score: **{cnn_test.score:.2f}**, where one layer had {few[1]:.2f}."
)

# %% [markdown]
# This is **overfitting** as a curve: from the dotted line on, all that is learned is learned by
# heart. The report puts the turn at epoch 25, and looked for it on the *test* images, which were
# then no longer a test. A choice needs images of its own: here, the validation set.
#
# Would another learning rate, another batch size or another optimiser have saved it? Guess first:
# which place on the map has the most colour? All begin with the same weights and last for the same
# number of epochs. *Momentum* is SGD with momentum 0.9. Keep the best score in mind.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_hyperparameters
from labhelpers.training import measure_hyperparameters

show_hyperparameters(measure_hyperparameters(
    lambda: keras.Sequential([keras.Input((72, 72, 1)), layers.Rescaling(1 / 255), *small_cnn()]),
    (train_images, train_labels), (validation_images, validation_labels),
    rates=profile.pick(full=(1e-4, 1e-3, 1e-2, 0.1, 1.0), quick=(1e-3, 1e-2, 0.1), smoke=(1e-3, 0.1)),
    batch_sizes=profile.pick(full=(8, 32, 128), quick=(32, 128), smoke=(128,)),
    epochs=profile.pick(full=15, quick=5, smoke=1)))

# %% [markdown]
# Why is it still poor? The convolution forgets places, but the dense layer after it has a weight for
# *each* place again. No recipe changes what a network can express.
#
# ## Is it anywhere? (A5)
#
# The report's third network asks of each map only: what is your largest value, *anywhere*? This is
# a **global max-pool**. Sixteen maps become sixteen numbers, and the dense layers after it are tiny.
# Between them stand **batch normalisation**, which brings every map to mean 0 and variance 1, and
# **dropout**, which hides a random part of the numbers in training.

# %% tags=["row-A5"]
def global_pool_cnn(activation=None, batch_norm=True, global_pool=True, linear_dense=True):
    """The report's third network; each piece can be left out."""
    return [
        layers.Conv2D(16, 5, activation=activation), layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, activation=activation),
        *([layers.BatchNormalization()] if batch_norm else []),
        layers.GlobalMaxPooling2D() if global_pool else layers.Flatten(),
        *([layers.Dense(16)] if linear_dense else []),
        layers.Dropout(0.4), layers.Dense(3, activation="softmax"),
    ]

pool_model, pool_run = fit(global_pool_cnn, train_images, train_labels, EPOCHS)
assert pool_run.parameters == 416 + (5 * 5 * 16 + 1) * 16 + 4 * 16 + 17 * 16 + 17 * 3 == 7_219

# %% [markdown]
# Check the count: 416 for the first convolution, $(5 \cdot 5 \cdot 16 + 1) \cdot 16$ for the second,
# four numbers a map for batch normalisation (two of them learned), then $17 \cdot 16$ and
# $17 \cdot 3$.
#
# **Eight for one.** A rectangle turned by a quarter is a rectangle, and its mirror image too. Each
# training image so gives eight, and no label changes. These are still the same 300 drawings. And
# let the steps grow shorter towards the end: the rate falls to 0 along half a cosine, so that the
# weights come to rest instead of jumping about a good place.

# %% tags=["row-A5"]
def turn_and_mirror(images, labels):
    """The eight views of each square image: (N, S, S, 1) becomes (8N, S, S, 1)."""
    turned = [np.rot90(images, k, axes=(1, 2)) for k in range(4)]
    views = turned + [view[:, :, ::-1] for view in turned]
    return np.concatenate(views), np.tile(labels, 8)

eight_images, eight_labels = turn_and_mirror(train_images, train_labels)
eight_epochs = max(EPOCHS * 2 // 5, 1)
falling_rate = keras.optimizers.schedules.CosineDecay(
    5e-3, decay_steps=eight_epochs * -(-len(eight_images) // 32))
eight_model, eight_run = fit(global_pool_cnn, eight_images, eight_labels, eight_epochs,
                             rate=falling_rate)

# %% [markdown]
# And, because we can draw, what the same network does when images are not scarce.

# %% tags=["row-A5"]
many_images, many_labels = draw(COUNTS[-1], seed=5)
many_model, many_run = fit(global_pool_cnn, many_images, many_labels, MANY_EPOCHS, rate=2e-3)

clean, _ = make_shapes(2_000, kinds=KINDS, free=True, noise=0.0, seed=get_seed(3))
large = measure_shape_sizes(clean) >= 60

# %% [markdown]
# ## The results
#
# All choices are made, so the test images are scored. A part of them shows fewer than 60 pixels of
# its shape: they are counted in the first column of scores and left out of the second.

# %% tags=["row-A5"]
def score(name, model, run):
    """Score on all test images and on the large shapes; record both."""
    right = evaluate_classifier(model, test_images, test_labels).predictions == test_labels
    record("A5", f"{name}_score", float(right.mean()), run=run)
    record("A5", f"{name}_score_large", float(right[large].mean()), run=run)
    return [f"{run.parameters:,}", timing(f"{run.seconds:.0f}"), f"{right.mean():.3f}",
            f"{right[large].mean():.3f}"]

results = [["as reported, 300 images", *score("reported", pool_model, pool_run)],
           ["eight views of 300 images", *score("eight_views", eight_model, eight_run)],
           [f"{COUNTS[-1]:,} images", *score("many", many_model, many_run)]]

# %% tags=["show", "hide-input"]
rows = [["one layer, 300 images", "15,555", "", f"{few[1]:.3f}", ""],
        ["small CNN, 300 images", f"{cnn_run.parameters:,}", timing(f"{cnn_run.seconds:.0f}"),
         f"{cnn_test.score:.3f}", ""], *results]
show_table(["network", "parameters", "seconds", "test score", "shapes of 60 px or more"], rows)

# %% [markdown]
# An eighth of the small network's parameters, and another class of result. Where a network looks
# matters more than how many weights it has. Over several seeds, beside what was reported:

# %% tags=["show", "hide-input"]
show_claims("A3", "A4", "A5")

# %% [markdown]
# **Try it yourself.** Three networks, trained on the same images: drag a shape into a corner, make it
# small, or take the pen and draw what is none of the three. Below, each pixel's part in the one
# layer's answer: blue pixels speak for a class, red ones against it. Move the shape by a few pixels,
# and other pixels speak, for something else. That is all the layer can know.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_draw_and_classify

show_draw_and_classify()

# %% [markdown]
# **Look inside the best one.** Its dense layers know no places, so what do they get to see? The *filters*
# of the first convolution are small patterns, and a *feature map* is bright where the picture agrees
# with its pattern. The second convolution combines sixteen maps into each of sixteen others. Then comes
# the global max-pool: sixteen numbers are all that is left. Change the picture and see which of them
# change; where the shape lay is the one thing that you can no longer see.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_filters

stages = {1: "first convolution", 2: "max-pool", 3: "second convolution", 5: "global max-pool"}
seen = [np.flatnonzero((measure_shape_sizes(clean) > 600) & (test_labels == kind))[0]
        for kind in range(3)]
show_filters(many_model, test_images[seen], names=KINDS,
             layers={many_model.layers[place].name: title for place, title in stages.items()})

# %% [markdown]
# ## Which piece did it?
#
# The report says that batch normalisation helped, that global max-pool was "the best increase", and
# that the extra linear dense layer helped too. Each claim came from one run. An **ablation** leaves
# out one piece at a time, everything else equal, and repeats with several seeds. The score is on
# validation images, since this is a question about design.

# %% tags=["row-A5"]
PIECES = {"all pieces": {}, "no batch norm": {"batch_norm": False},
          "no global pool": {"global_pool": False}, "no linear dense": {"linear_dense": False},
          "relu added": {"activation": "relu"}}
ablation = {"all pieces": pool_run}
for name, change in PIECES.items():
    if change:
        _, ablation[name] = fit(lambda: global_pool_cnn(**change), train_images, train_labels, EPOCHS)
    key = name.replace(" ", "_")
    record("A5", f"ablation_{key}", ablation[name].history["val_accuracy"][-1], run=ablation[name])

# %% tags=["show", "hide-input"]
summaries = {name: ledger_summary("A5", "ablation_" + name.replace(" ", "_")) for name in PIECES}
show_table(
    ["network", "parameters", "this run", "mean over seeds", "deviation", "seeds"],
    [[name, f"{ablation[name].parameters:,}", f"{ablation[name].history['val_accuracy'][-1]:.3f}",
      f"{s.mean:.3f}", f"{s.deviation:.3f}", s.n] for name, s in summaries.items()],
)

# %% [markdown]
# Compare each difference with the deviations before you believe it. Global max-pool is the piece
# that the network stands on; without it, the dense layer has a weight for each place, and the fault
# of A4 is back.
#
# The linear dense layer is a riddle. It adds **no** expressive power: two linear maps in a row are
# one linear map, $(x W_1 + b_1) W_2 + b_2 = x\,(W_1 W_2) + (b_1 W_2 + b_2)$. You will prove it in
# exercise 3. So whatever it changes, it changes the *path* of training: the product of two matrices
# moves differently under gradient descent than one matrix, and dropout now hides mixtures of maps
# instead of maps. Look at the training losses side by side.

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.6))
plot_history({name: ablation[name] for name in ("all pieces", "no linear dense")}, "loss",
             validation=False, ax=axes)
axes.set_yscale("log")
show_figure(figure, alt="Training loss by epoch with and without the linear dense layer: two curves "
            "of different speed for networks that can express exactly the same functions.")

# %% [markdown]
# ## Where it fails: what nobody could tell apart
#
# A sliver, a dot, the corner of a shape that the frame cut off: a triangle three pixels wide *is*
# a picture of a thin rectangle. To see how much of the error is the picture's fault, draw many more
# shapes and sort the mistakes of the best network by the number of visible pixels.

# %% tags=["show"]
hunt_images, hunt_labels = draw(NUM_HUNT, seed=4)
hunt_clean, _ = make_shapes(NUM_HUNT, kinds=KINDS, free=True, noise=0.0, seed=get_seed(4))
sizes_px = measure_shape_sizes(hunt_clean)
hunt = evaluate_classifier(many_model, hunt_images, hunt_labels)
wrong = hunt.predictions != hunt_labels
edges = [0, 10, 30, 60, 150, 400, 72 * 72]
bins = [(sizes_px >= a) & (sizes_px < b) for a, b in zip(edges, edges[1:])]

# %% tags=["show"]
def judge_by_neighbour(images, labels):
    """Leave-one-out nearest neighbour on clean shapes, moved to the corner: share wrong."""
    corners = []
    for image in images[..., 0] < 0.5:
        rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
        first = (rows[0], columns[0]) if len(rows) else (0, 0)
        corners.append(np.roll(image, (-first[0], -first[1]), (0, 1))[:24, :24].ravel())
    rows = np.array(corners, "float32")
    distances = (rows**2).sum(1)[:, None] + (rows**2).sum(1) - 2 * rows @ rows.T
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(1)] != labels).mean())

judged = [judge_by_neighbour(hunt_clean[b][:1500], hunt_labels[b][:1500]) if b.sum() > 1 else 0.0
          for b in bins[:3]]

# %% tags=["show", "hide-input"]
show_table(
    ["visible pixels", "share of shapes", "network wrong", "nearest neighbour wrong (no noise)"],
    [[f"{a} to {b - 1}", f"{inside.mean():.3f}", f"{wrong[inside].mean() if inside.any() else 0:.3f}",
      f"{judged[i]:.2f}" if i < len(judged) else ""]
     for i, (a, b, inside) in enumerate(zip(edges, edges[1:], bins))],
)
small = sizes_px < 60
say(f"Shapes of fewer than 60 pixels are **{small.mean():.2f}** of all, and make up "
    f"**{wrong[small].sum()}** of the {wrong.sum()} mistakes in {NUM_HUNT:,} images.")

# %% [markdown]
# The last column asks a judge that has never seen a gradient: take the shape *without noise*, find
# the most similar other shape of about that size, and give the same answer. Where the judge fails
# often too, on clean pictures, the information is not in the picture. For the smallest shapes, that
# is so.

# %% tags=["show", "hide-input"]
worst = np.flatnonzero(wrong)[np.argsort(-sizes_px[wrong])][:8]
titles = [f"{KINDS[hunt_labels[i]]}, not\n{KINDS[hunt.predictions[i]]}" for i in worst]
if len(worst):
    figure = plot_images(hunt_images[worst], titles=titles, columns=8)
    show_figure(figure, alt="The eight largest shapes that the best network gets wrong, each with "
                "its class and the wrong answer.")

# %% [markdown]
# These are the *largest* of its mistakes, the ones with the least excuse. Cover the titles and try
# them yourself.
#
# ## Exercises
#
# ### Exercise 1: count
#
# The parameters of a convolution with `filters` kernels of `size` by `size` on `channels` channels.

# %% tags=["exercise-shapes-anywhere-count-stub"]
def count_convolution(filters, size, channels):
    """Return the number of weights and biases (int)."""
    return ...

# %% tags=["exercise-shapes-anywhere-count-check"]
check("shapes-anywhere-count", count_convolution)

# %% tags=["exercise-shapes-anywhere-count-solution", "hide-cell"]
# @title Solution
def solution_count_convolution(filters, size, channels):
    """Each kernel sees all channels and has one bias."""
    return filters * (size * size * channels + 1)

# %% [markdown]
# ### Exercise 2: anywhere
#
# Write the global max-pool. Then ask yourself what global *average* pooling would do to a small
# shape.

# %% tags=["exercise-shapes-anywhere-pool-stub"]
def pool_globally(maps):
    """Largest value of each map: (N, H, W, C) becomes (N, C)."""
    return ...

# %% tags=["exercise-shapes-anywhere-pool-check"]
check("shapes-anywhere-pool", pool_globally)

# %% tags=["exercise-shapes-anywhere-pool-solution", "hide-cell"]
# @title Solution
def solution_pool_globally(maps):
    """The maximum over rows and columns, not over images or channels."""
    return maps.max(axis=(1, 2))

# %% [markdown]
# ### Exercise 3: two layers are one
#
# Merge two linear dense layers, `x @ w1 + b1` and then `@ w2 + b2`, into one.

# %% tags=["exercise-shapes-anywhere-merge-stub"]
def merge_layers(w1, b1, w2, b2):
    """Return (w, b) such that x @ w + b is what the two layers compute."""
    return ...

# %% tags=["exercise-shapes-anywhere-merge-check"]
check("shapes-anywhere-merge", merge_layers)

# %% tags=["exercise-shapes-anywhere-merge-solution", "hide-cell"]
# @title Solution
def solution_merge_layers(w1, b1, w2, b2):
    """Multiply out: the first bias goes through the second layer too."""
    return w1 @ w2, b1 @ w2 + b2

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("Training loss falls, validation loss rises. What do you do?", [
    ("Train longer, until both are low.", False,
     "The network learns its training images by heart now. More epochs make it worse."),
    ("Keep the weights of the epoch with the least validation loss.", True,
     "And say that the epoch was chosen so, since it makes the validation score look a bit good."),
    ("Keep the weights of the epoch with the best test score.", False,
     "Then the test set has made a choice, and is a test no longer."),
])

# %% tags=["quiz", "hide-input"]
quiz("Why can the network with global max-pool have so few parameters?", [
    ("Its dense layers see sixteen numbers instead of thousands of places.", True,
     "The maps say whether a feature is there; where it is, the pool throws away."),
    ("Its convolutions are smaller.", False, "They have the same 5 x 5 kernels, and one more layer."),
    ("Dropout removes parameters.", False,
     "Dropout hides numbers in training. All weights are there, and used in the test."),
])

# %% tags=["quiz", "hide-input"]
quiz("Two networks score 0.957 and 0.961, one run each. Which is better?", [
    ("The second.", False, "Another seed may turn it round. Look at the deviations in the table."),
    ("You cannot tell from this.", True,
     "Repeat with several seeds, and compare the difference with its spread."),
    ("They are equal.", False, "That is a claim too, and one run each does not support it either."),
])

# %% [markdown]
# ## What you can do now
#
# You saw one layer learn by heart, and what more images cure; computed a convolution and counted it;
# marked the epoch of overfitting on validation data; took a network apart and believed only what
# the seeds agree on; and found the shapes that no network can name.
#
# ## References
#
# - Y. LeCun and others (1989), *Backpropagation applied to handwritten zip code recognition*: shared
#   weights in a network trained by gradients.
# - S. Ioffe and C. Szegedy (2015), *Batch normalization*: the layer between the convolutions.
# - M. Lin, Q. Chen and S. Yan (2014), *Network in network*: global pooling in place of a dense layer.
# - S. Arora, N. Cohen and E. Hazan (2018), *On the optimization of deep networks: implicit
#   acceleration by overparameterization*: why a linear layer that adds nothing can speed up training.
