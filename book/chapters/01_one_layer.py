# %% [markdown]
# # One layer
#
# **Can a single layer tell a square from a disk from a triangle, and what does it look at?**
#
# The smallest network there is has no hidden layer: every pixel is connected to every answer, and
# that is all. It is also the only network whose weights you can read like a picture. So you begin
# here.
#
# **After this chapter you can**
#
# 1. write softmax and cross-entropy by hand, and check them on a number;
# 2. count the parameters of a dense layer before the computer does;
# 3. compare two optimisers by their loss curves, and say which one wins, and *when*;
# 4. read the weights of a linear classifier as pictures;
# 5. find out where a perfect score stops being true.
#
# **You need** Python, NumPy arrays, and the idea of a derivative. Nothing is downloaded: the images
# are drawn on your machine. The book shows a *full* run; a laptop chooses the *quick* profile.

# %% tags=["setup"]
# In Colab, this installs the book's package and replaces none that is there. Elsewhere it rests.
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
from labhelpers.lesson import (
    check,
    quiz,
    record,
    say,
    show_claims,
    start_chapter,
)
from labhelpers.data import make_shapes
from labhelpers.insight import (evaluate_classifier, plot_history, plot_images, plot_weights,
                                show_figure, show_table, use_style)
from labhelpers.training import fit_model, get_seed, set_seed

use_style()

# %% tags=["parameters"]
profile = start_chapter("01_one_layer")

EPOCHS = profile.pick(full=100, quick=60, smoke=3)
NUM_HUNT = profile.pick(full=30_000, quick=10_000, smoke=600)
KINDS = ("square", "disk", "triangle")

# %% [markdown]
# ## The data
#
# `make_shapes` draws black shapes on white paper, 72 pixels by 72, always in the middle of the
# frame. Only the size changes: from 0.3 to 1.0 of the frame. Then every pixel receives noise, a
# uniform random number between 0 and 20 on the scale where white is 255, and the result is brought
# into the range 0 to 1. The shapes are ours, so there is no licence to mind.
#
# You take 300 images for training, as the old lab report did, 300 for validation, on which all
# choices are made, and 300 for the test, which is scored once, at the end.

# %%
train_images, train_labels = make_shapes(300, kinds=KINDS, noise=20.0, seed=get_seed(1))
validation_images, validation_labels = make_shapes(300, kinds=KINDS, noise=20.0, seed=get_seed(2))
test_images, test_labels = make_shapes(300, kinds=KINDS, noise=20.0, seed=get_seed(3))

# %% tags=["show", "hide-input"]
counts = np.bincount(train_labels, minlength=3)
say(f"Training images: shape `{train_images.shape}`, dtype `{train_images.dtype}`, values from "
    f"{train_images.min():.2f} to {train_images.max():.2f}. There are "
    + ", ".join(f"{n} of class {kind}" for kind, n in zip(KINDS, counts)) + ".")

# %% [markdown]
# The classes are about equally frequent, because each label is drawn at random. Look at the first
# eight images. Which pixels would *you* use to tell them apart?

# %% tags=["show", "hide-input"]
figure = plot_images(train_images[:8], titles=[KINDS[k] for k in train_labels[:8]], columns=8)
show_figure(figure, alt="Eight training images: black squares, disks and triangles of different "
            "sizes, each in the middle of a slightly noisy white frame.")

# %% [markdown]
# ## Predict first
#
# Write your guesses down before you go on.
#
# - The three shapes overlap in the middle of the frame. Can one layer, with no hidden units, get
#   *all* test images right?
# - There are 300 training images and thousands of weights. Will it learn them by heart and fail on
#   the test?
# - Adam, or stochastic gradient descent (SGD) with momentum: whose loss falls faster?
#
# ## A baseline
#
# No score means anything alone. The cheapest idea for this task: a square covers more paper than
# a disk of the same width, and a triangle covers less. So measure only *how dark* an image is, and
# give it the class whose average darkness is nearest.

# %%
def measure_darkness(images):
    """Mean darkness of images (N, H, W, 1) in [0, 1]; returns (N,)."""
    return 1.0 - images.mean(axis=(1, 2, 3))

train_darkness = measure_darkness(train_images)
mean_darkness = np.array([train_darkness[train_labels == k].mean() for k in range(3)])
distances = np.abs(measure_darkness(validation_images)[:, None] - mean_darkness)
darkness_score = float((distances.argmin(axis=1) == validation_labels).mean())

# %% tags=["show", "hide-input"]
chance = counts.max() / counts.sum()
say(f"Always naming the most frequent class is right for **{chance:.2f}** of the training images. "
    f"Darkness alone reaches **{darkness_score:.2f}** on the validation images: better than "
    "guessing, and far from good, since a small square is as dark as a large triangle.")

# %% [markdown]
# ## The idea
#
# Write an image as one long row of numbers $x$, one for each of the $72 \times 72 = 5184$ pixels.
# The layer holds a column of weights $w_k$ and one bias $b_k$ for each class $k$, and computes three
# *scores*, also called logits:
#
# $$ s_k = \sum_{i=1}^{5184} x_i\, w_{ik} + b_k \qquad k = 1, 2, 3 \tag{1} $$
#
# Each score asks: how well does this image agree with my pattern of weights? Scores can be any
# number. The **softmax** turns them into probabilities: positive numbers that add up to one.
#
# $$ p_k = \frac{e^{s_k}}{\sum_j e^{s_j}} \tag{2} $$
#
# Training needs a number that says how wrong the probabilities are. **Cross-entropy** looks at the
# probability given to the right class $y$, and at nothing else:
#
# $$ L = -\ln p_y \tag{3} $$
#
# It is zero when the network is sure and right, and grows without limit as the network becomes
# sure and wrong. In code:

# %%
def softmax(scores):
    """Equation (2). Scores: (N, K); returns probabilities (N, K), each row adding up to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

def cross_entropy(probabilities, labels):
    """Equation (3), averaged. Probabilities: (N, K); labels: (N,) int; returns a float."""
    return float(-np.log(probabilities[np.arange(len(labels)), labels]).mean())

# %% [markdown]
# Subtracting the largest score divides out again. It only keeps $e^{s}$ from overflowing.
#
# Check it on an example small enough for a pencil: let the scores be $0$, $\ln 2$ and $\ln 5$. Their
# powers are $1$, $2$ and $5$, which add up to $8$. So the probabilities must be $1/8$, $2/8$ and
# $5/8$. If the third class is the right one, the loss is $\ln(8/5)$.

# %%
by_hand = softmax(np.array([[0.0, np.log(2.0), np.log(5.0)]]))
loss_by_hand = cross_entropy(by_hand, np.array([2]))
np.testing.assert_allclose(by_hand[0], [1 / 8, 2 / 8, 5 / 8])
np.testing.assert_allclose(loss_by_hand, np.log(8 / 5))

# %% tags=["show", "hide-input"]
guessing_loss = cross_entropy(np.full((1, 3), 1 / 3), np.array([0]))
say(f"The code agrees: a loss of {loss_by_hand:.3f}. A network that knows nothing gives each of "
    f"three classes one third and pays ln 3 = **{guessing_loss:.3f}**. Remember this number: an "
    "honest start lies there.")

# %% [markdown]
# ## The model
#
# The same thing in Keras. `Flatten` makes the long row, `Dense` is equation (1), and its activation
# is equation (2). Count before you look: each class has one weight a pixel, 5184, and one bias, so
# the three classes have $3 \cdot 5184 + 3$ parameters.

# %%
def build_one_layer():
    """One dense layer from 72 x 72 grey pixels to three class probabilities."""
    return keras.Sequential([
        keras.Input((72, 72, 1), name="image"),
        keras.layers.Flatten(name="row_of_pixels"),
        keras.layers.Dense(3, activation="softmax", name="scores"),
    ])

parameters = build_one_layer().count_params()
assert parameters == 3 * 72 * 72 + 3

# %% tags=["show", "hide-input"]
say(f"**{parameters:,} parameters** for 300 training images: {parameters / 300:.0f} for each one.")

# %% [markdown]
# ## Training, twice
#
# Two optimisers take the same images, the same first weights and the same batches of 32.
#
# - **SGD** steps against the gradient. *Momentum* 0.9 keeps nine tenths of the last step, here in
#   Nesterov's form; the rate is 0.01 and decays by a millionth a step, as reported.
# - **Adam** divides each weight's step by the recent size of that weight's own gradient. So every
#   weight moves by about the learning rate, $10^{-3}$, whatever the scale of the gradient.
#
# `fit_model` is Keras' `compile` and `fit` with settings that suit your machine. It learns the same
# thing, sooner. Both runs last as long as the report's did; the validation images are watched, and
# nothing is chosen by them here. The figure's dotted line is the loss of guessing.

# %% tags=["row-A1", "row-A2"]
def fit_one_layer(optimizer, images=train_images, watched=validation_images):
    """Train a fresh one-layer network, always from the same first weights."""
    set_seed(get_seed())
    model = build_one_layer()
    run = fit_model(
        model, (images, train_labels), validation=(watched, validation_labels),
        epochs=EPOCHS, batch_size=32, optimizer=optimizer, seed=get_seed(),
        loss="sparse_categorical_crossentropy", metrics=["accuracy"],
    )
    return model, run

adam_model, adam_run = fit_one_layer(keras.optimizers.Adam(1e-3))

# %% tags=["row-A1"]
def build_sgd():
    """SGD as reported: the old `decay` of 1e-6 is called an inverse-time schedule today."""
    rate = keras.optimizers.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=1e-6)
    return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True)

sgd_model, sgd_run = fit_one_layer(build_sgd())

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.6))
plot_history({"Adam": adam_run, "SGD": sgd_run}, metric="loss", ax=axes)
axes.set_yscale("log")
axes.axhline(guessing_loss, linestyle=":", linewidth=1, color="gray")
show_figure(figure, alt="Training and validation loss by epoch for Adam and SGD, on a logarithmic "
            "axis, beside the loss of guessing: the two start apart and fall at different speeds.")

# %% tags=["show", "hide-input"]
adam_loss, sgd_loss = np.array(adam_run.history["loss"]), np.array(sgd_run.history["loss"])
lower = np.flatnonzero(sgd_loss < adam_loss)
crossing = f"SGD is the lower one for the first time in epoch {lower[0] + 1}" if len(lower) else (
    "SGD stays above Adam in these few epochs")
say(f"In the first epoch the mean loss is **{sgd_loss[0]:.1f}** for SGD and **{adam_loss[0]:.1f}** "
    f"for Adam; guessing costs {guessing_loss:.1f}. {crossing}. After {len(sgd_loss)} epochs SGD "
    f"stands at **{sgd_loss[-1]:.4f}** and Adam at **{adam_loss[-1]:.4f}**.")

# %% [markdown]
# The old report says that Adam's loss falls faster than SGD's. The curves say that it depends on
# when you look: Adam leads at first, and in a full run SGD has the lower loss at the end. "Faster"
# without "until when" is half a result.
#
# ### Why does SGD start so badly?
#
# A loss *above* that of guessing is a sign of steps that are too long. Look at equation (1) again.
# All pixels are positive and most are near 1, so when the weights move, nearly all 5184 products
# change in the same direction. Many short steps add up to one very long one. Adam does not feel
# this, since its steps do not grow with the gradient.
#
# The explanation makes a prediction you can test: subtract the mean of the training images, so that
# pixels are positive *and* negative, and SGD should start calmly.

# %% tags=["show"]
mean_image = train_images.mean(axis=0, keepdims=True)
_, centred_run = fit_one_layer(build_sgd(), train_images - mean_image,
                               validation_images - mean_image)
centred_loss = centred_run.history["loss"]
say(f"Mean loss of SGD in the first epoch: **{sgd_loss[0]:.2f}** with the images as they are, "
    f"**{centred_loss[0]:.2f}** with the mean subtracted. "
    + ("The prediction holds." if centred_loss[0] < sgd_loss[0] else "The prediction fails here."))

# %% [markdown]
# Centring the input costs one subtraction. You will meet it again on MNIST. Now find the longest
# step that still comes to rest, on a loss with two weights; then see what momentum does to it.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_descent
show_descent()

# %% [markdown]
# ## The results
#
# So far only the validation images were looked at. Now the test images are scored, once.

# %% tags=["row-A1"]
adam_test = evaluate_classifier(adam_model, test_images, test_labels)
sgd_test = evaluate_classifier(sgd_model, test_images, test_labels)
disk_probability = float(np.median(adam_test.probabilities[test_labels == 1, 1]))
record("A1", "adam_test_score", adam_test.score, run=adam_run)
record("A1", "sgd_test_score", sgd_test.score, run=sgd_run)
record("A1", "adam_train_loss", adam_run.history["loss"][-1], run=adam_run)
record("A1", "sgd_train_loss", sgd_run.history["loss"][-1], run=sgd_run)
record("A1", "disk_probability", disk_probability, run=adam_run)

# %% tags=["show", "hide-input"]
show_table(
    ["model", "parameters", "seconds", "training loss", "test score"],
    [["darkness (on validation images)", "3", "", "", f"{darkness_score:.3f}"],
     ["one layer, Adam", f"{parameters:,}", f"{adam_run.seconds:.1f}", f"{adam_loss[-1]:.4f}",
      f"{adam_test.score:.3f}"],
     ["one layer, SGD", f"{parameters:,}", f"{sgd_run.seconds:.1f}", f"{sgd_loss[-1]:.4f}",
      f"{sgd_test.score:.3f}"]],
)

# %% [markdown]
# One run proves little. The book repeats it with other seeds, which means other images and other
# first weights. Beside what was reported, the repetitions say:

# %% tags=["show", "hide-input"]
show_claims("A1")

# %% [markdown]
# Thousands of weights for 300 images did *not* prevent a good test score: the task is easy, and the
# images are alike. And look at the two scores over the seeds: they differ by less than they scatter,
# so the score cannot tell the optimisers apart. The loss can, and the loss is not what you wanted.
#
# What does a perfect score promise? If the true error rate were $r$, all $n$ test images would be
# right with probability $(1-r)^n$, and that is above 0.05 for every $r$ below about $3/n$: the
# *rule of three*.

# %% tags=["show", "hide-input"]
say(f"Even if all {len(test_labels)} test images are right, an error rate of up to "
    f"{3 / len(test_labels):.2f} is plausible. The score may be perfect; the network need not be.")

# %% [markdown]
# ## What the layer looks at
#
# Column $k$ of the weights has one number a pixel. Put the numbers back where their pixels are, and
# you see the pattern with which equation (1) compares every image. The colour scale is symmetric,
# so that neither sign is favoured.
#
# One detail first. Adding the same number to all three weights of a pixel changes the three scores
# alike and no probability. Only *differences* between the pictures mean anything, so their mean is
# subtracted.

# %% tags=["row-A2"]
weights = adam_model.get_layer("scores").get_weights()[0]
weight_images = (weights - weights.mean(axis=1, keepdims=True)).T.reshape(3, 72, 72)

# %% tags=["show", "hide-input"]
figure = plot_weights(weight_images, titles=[f"for {kind}" for kind in KINDS])
show_figure(figure, alt="The weights of the three classes as pictures on one symmetric colour "
            "scale, strongest along the places where a shape differs from the other two.")

# %% [markdown]
# Where do these pictures come from? Move through the epochs, and compare the two optimisers.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import record_training, show_training
show_training(record_training(
    build_one_layer, (train_images, train_labels), (validation_images, validation_labels),
    optimizers={"Adam": keras.optimizers.Adam(1e-3), "SGD": build_sgd()},
    epochs=EPOCHS, batch_size=32), classes=KINDS)

# %% [markdown]
# Ink is *dark*, near 0, and paper is near 1. So a **negative** weight in the first picture means:
# ink here speaks for a square. Find the corners that only a square can reach, and, in the third
# picture, the places beside the triangle's tip where paper speaks for it.
#
# "Each looks like its shape", says the report. Measure it: correlate each picture with the average
# image of its class, minus the average of the three. A value of 1 would be a perfect likeness. Do
# the same for what training *changed*, that is, the weights minus the random first ones.

# %% tags=["row-A2"]
class_means = np.stack([train_images[train_labels == k].mean(axis=0)[..., 0] for k in range(3)])
contrasts = class_means - class_means.mean(axis=0)
set_seed(get_seed())
change = weights - build_one_layer().get_layer("scores").get_weights()[0]
change_images = (change - change.mean(axis=1, keepdims=True)).T.reshape(3, 72, 72)

def measure_likeness(pictures):
    """Mean correlation of three pictures (3, H, W) with the class contrasts."""
    return float(np.mean([np.corrcoef(a.ravel(), b.ravel())[0, 1]
                          for a, b in zip(pictures, contrasts)]))

record("A2", "likeness", measure_likeness(weight_images), run=adam_run)
record("A2", "likeness_of_change", measure_likeness(change_images), run=adam_run)

# %% tags=["show", "hide-input"]
say(f"Mean likeness of the weights: **{measure_likeness(weight_images):.2f}**; of their change: "
    f"**{measure_likeness(change_images):.2f}**. The speckle in the pictures is left over from the "
    "random first weights: nothing in the loss asks for small weights, so nothing wipes it out.")

# %% [markdown]
# So the pictures do resemble something: not the shape, but the *difference* between a shape and the
# others. A pixel in the very middle is black in nearly every image and tells nothing. Over the
# seeds:

# %% tags=["show", "hide-input"]
show_claims("A2")

# %% [markdown]
# ## Where it fails
#
# **Rare mistakes.** Drawing is cheap, so draw many more images and look for errors. This is a hunt,
# not a second score: the test is over.

# %% tags=["show"]
hunt_images, hunt_labels = make_shapes(NUM_HUNT, kinds=KINDS, noise=20.0, seed=get_seed(4))
hunt = evaluate_classifier(adam_model, hunt_images, hunt_labels)
clean, _ = make_shapes(NUM_HUNT, kinds=KINDS, noise=0.0, seed=get_seed(4))
widths_px = (clean[..., 0] < 0.5).any(axis=1).sum(axis=1)
right = hunt.probabilities[np.arange(NUM_HUNT), hunt_labels]
hardest = np.argsort(right)[:8]
titles = [f"{KINDS[hunt_labels[i]]}\n{widths_px[i]} px\np = {right[i]:.2f}" for i in hardest]
say(f"**{hunt.errors}** of {NUM_HUNT:,} fresh images are wrong. Below are the eight with the least "
    f"probability for the right answer. All widths lie between {widths_px.min()} and "
    f"{widths_px.max()} px.")

# %% tags=["show", "hide-input"]
figure = plot_images(hunt_images[hardest], titles=titles, columns=8)
show_figure(figure, alt="The eight fresh images with the least probability for their true class, "
            "each with its class, its width and that probability.")

# %% [markdown]
# Look at the widths. Where in the range are the hard ones, and why there? (How many pixels tell a
# small disk from a small square?)
#
# **One step aside.** All training shapes are in the middle. Shift the test images to the right,
# farther each time, with paper filling in from the left.

# %% tags=["show"]
def shift_right(images, distance_px):
    """Shift images (N, H, W, 1) right by whole pixels; the gap repeats their left edge."""
    padded = np.pad(images, ((0, 0), (0, 0), (distance_px, 0), (0, 0)), mode="edge")
    return padded[:, :, : images.shape[2]]

shifts_px = np.arange(0, 25, 2)
shift_scores = [evaluate_classifier(adam_model, shift_right(test_images, d), test_labels).score
                for d in shifts_px.tolist()]

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.2))
axes.plot(shifts_px, shift_scores, marker="o", label="one layer, Adam")
axes.axhline(chance, linestyle=":", linewidth=1, color="gray", label="most frequent class")
axes.set(xlabel="shift to the right (px)", ylabel="score", ylim=(0, 1.03))
axes.legend()
show_figure(figure, alt="Score against the shift in pixels: highest in the middle, falling as the "
            "shapes leave the place they were trained in.")

# %% tags=["show", "hide-input"]
broken = np.flatnonzero(np.array(shift_scores) < 0.9)
limit = f"from {shifts_px[broken[0]]} px on" if len(broken) else "nowhere in this range"
say(f"The score is below 0.9 {limit}, and {shift_scores[-1]:.2f} at {shifts_px[-1]} px, in a frame "
    "of 72 px.")

# %% [markdown]
# The reason is in equation (1): a weight belongs to a *pixel*, not to a shape. Nothing learned about
# one place is known at any other.
#
# **Sure of nothing.** The report notes a disk recognised with $p = 1.0$ as a sign of quality. So ask
# about pictures that hold no shape at all.

# %% tags=["show"]
noise_only = np.random.RandomState(get_seed(5)).uniform(0.1, 1.0, size=(72, 72, 1))
strange = np.stack([np.full((72, 72, 1), 0.97), np.full((72, 72, 1), 0.1), noise_only])
answers = adam_model.predict(strange.astype("float32"), verbose=0)
show_table(["picture", "answer", "its probability"],
           [[name, KINDS[p.argmax()], f"{p.max():.3f}"]
            for name, p in zip(["white paper", "black ink", "noise"], answers)])

# %% [markdown]
# Softmax has to hand out the sum of one, and "none of these" is not on its list. A high probability
# says: *among these three, this one*. It does not say: this is a disk.
#
# ## Exercises
#
# Replace the `...`, run the cell, then run the check under it. It answers at once.
#
# ### Exercise 1: count
#
# How many parameters has one softmax layer for grey images of `side_px` by `side_px` pixels and
# `num_classes` classes?

# %% tags=["exercise-one-layer-count-stub"]
def count_parameters(side_px, num_classes):
    """Return the number of weights and biases (int)."""
    return ...

# %% tags=["exercise-one-layer-count-check"]
check("one-layer-count", count_parameters)

# %% tags=["exercise-one-layer-count-solution", "hide-cell"]
# @title Solution
def solution_count_parameters(side_px, num_classes):
    """One weight for each pixel and class, one bias for each class."""
    return side_px * side_px * num_classes + num_classes

# %% [markdown]
# ### Exercise 2: change the layer's mind
#
# The derivative of the loss (3) by the scores of one image is famously short: the probabilities,
# with one subtracted at the right class. Write it for the *mean* loss of a batch. All of training
# grows from this formula.

# %% tags=["exercise-one-layer-gradient-stub"]
def score_gradient(probabilities, labels):
    """Gradient of the mean loss by the scores: (N, K), from (N, K) and labels (N,) int."""
    return ...

# %% tags=["exercise-one-layer-gradient-check"]
check("one-layer-gradient", score_gradient)

# %% tags=["exercise-one-layer-gradient-solution", "hide-cell"]
# @title Solution
def solution_score_gradient(probabilities, labels):
    """Subtract one at the right class and divide by the batch; the input stays as it was."""
    gradient = probabilities.copy()
    gradient[np.arange(len(labels)), labels] -= 1.0
    return gradient / len(labels)

# %% [markdown]
# ### Exercise 3: what a perfect score promises
#
# The rule of three is an approximation. Return the exact limit: the largest error rate $r$ for which
# all `n` images are right with a probability of at least `doubt`.

# %% tags=["exercise-one-layer-promise-stub"]
def largest_error_rate(n, doubt=0.05):
    """Return the largest error rate r in [0, 1] with (1 - r) ** n >= doubt."""
    return ...

# %% tags=["exercise-one-layer-promise-check"]
check("one-layer-promise", largest_error_rate)

# %% tags=["exercise-one-layer-promise-solution", "hide-cell"]
# @title Solution
def solution_largest_error_rate(n, doubt=0.05):
    """Solve (1 - r) ** n = doubt for r."""
    return 1.0 - doubt ** (1.0 / n)

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("All three scores of an image grow by 10. What happens to the probabilities?", [
    ("They stay as they are.", True,
     "Every power is multiplied by the same number, and that number divides out."),
    ("The largest one grows.", False,
     "It would if the scores were multiplied by 10. Adding keeps their differences."),
    ("They no longer add up to one.", False, "Softmax divides by the sum, whatever it is."),
])

# %% tags=["quiz", "hide-input"]
quiz("With three classes, the loss of the first epoch is 10. What is the likely reason?", [
    ("The network has not seen enough data yet.", False,
     "A network that knows nothing pays about 1.1. A loss of 10 is worse than knowing nothing."),
    ("The first steps were too long.", True,
     "Long steps make the network sure of wrong answers, and cross-entropy punishes that."),
    ("There are too few classes.", False,
     "Fewer classes make guessing cheaper: with K classes it costs ln K."),
])

# %% tags=["quiz", "hide-input"]
quiz("Why does the trained layer fail when a shape moves by a few pixels?", [
    ("It has too few parameters.", False,
     "It has more than enough for the middle. More of the same kind would not help."),
    ("It was trained for too few epochs.", False,
     "More epochs on centred images teach nothing about images that are not centred."),
    ("Each weight belongs to one pixel, so nothing is known about other places.", True,
     "That is equation (1). Sharing weights between places is what convolutions do."),
])

# %% [markdown]
# ## What you can do now
#
# 1. You wrote softmax and cross-entropy, and checked both against a sum done by hand.
# 2. You counted the parameters before Keras did.
# 3. You saw Adam and SGD trade places, and tested an explanation for the wild start.
# 4. You read the weights as pictures: they show differences between shapes, not shapes.
# 5. You found the limits behind a good score: rare sizes, small shifts, and certainty about nothing.
#
# ## References
#
# - J. S. Bridle (1990), *Probabilistic interpretation of feedforward classification network outputs*:
#   where softmax and cross-entropy were put together.
# - D. P. Kingma and J. Ba (2015), *Adam: a method for stochastic optimization*,
#   [arXiv:1412.6980](https://arxiv.org/abs/1412.6980) <!-- an identifier, not a number -->.
# - I. Sutskever, J. Martens, G. Dahl and G. Hinton (2013), *On the importance of initialization and
#   momentum in deep learning*: Nesterov's momentum as it is used here.
# - J. Hanley, A. Lippman-Hand (1983), *If nothing goes wrong, is everything all right?*: rule of three.
