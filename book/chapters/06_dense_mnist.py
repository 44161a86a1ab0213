# %% [markdown]
# # A dense network on MNIST
#
# **What does a network need to read handwriting: which numbers in, which layers between, which
# question at the end?**
#
# In the first chapter one layer was enough, because we drew the images. These digits were written
# by other people. You put *hidden* layers in between, and take the recipe apart, piece by piece.
#
# **After this chapter you can**
#
# 1. say why inputs are shifted and scaled, and measure what leaving it out costs;
# 2. write cross-entropy, check it by hand, and read a loss as a probability;
# 3. count the parameters of a network with hidden layers, and say what each layer is for;
# 4. read training and validation curves, and choose a recipe without touching the test images;
# 5. say when two scores can be told apart, and where a good score ends.
#
# **You need** the chapter on one layer: softmax, and training by gradient descent.

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
import warnings
import keras
import matplotlib.pyplot as plt
import numpy as np
from labhelpers.lesson import (
    check,
    name_metric,
    quiz,
    record,
    say,
    show_claims,
    start_chapter,
    timing,
)
from labhelpers.data import load_mnist, split_validation
from labhelpers.insight import (COLOURS, evaluate_classifier, find_mistakes, plot_history,
                                plot_images, show_figure, show_table, use_style)
from labhelpers.models.mnist_dense import build_dense
from labhelpers.training import fit_model, get_seed, set_seed

use_style()

# %% tags=["parameters"]
profile = start_chapter("06_dense_mnist")

EPOCHS = profile.pick(full=10, quick=6, smoke=2)
NUM_IMAGES = profile.pick(full=60_000, quick=60_000, smoke=3_000)
RATES = profile.pick(full=(1e-3, 2e-3, 4e-3), quick=(1e-3, 4e-3), smoke=(4e-3,))
BATCH_SIZE = 64

# %% [markdown]
# ## The data
#
# MNIST: digits written by hundreds of people, centred in frames of 28 by 28 pixels. Y. LeCun and C.
# Cortes made it from forms collected by NIST, and share it under CC BY-SA 3.0. One training image
# in twelve is set aside for validation, with the same mixture of digits (*stratified*). All choices
# are made on these; the test images are scored once, at the end.

# %%
digits = load_mnist()
(train_images, train_labels), (validation_images, validation_labels) = split_validation(
    digits.x_train[:NUM_IMAGES], digits.y_train[:NUM_IMAGES], fraction=1 / 12, seed=get_seed(1))
test_images, test_labels = digits.x_test[:NUM_IMAGES], digits.y_test[:NUM_IMAGES]

# %% tags=["show", "hide-input"]
counts = np.bincount(train_labels, minlength=10)
say(f"{digits.name}: {len(train_images):,} images for training, {len(validation_images):,} for "
    f"validation, {len(test_images):,} for the test; shape `{train_images.shape[1:]}`, dtype "
    f"`{train_images.dtype}`, values {train_images.min()} (ground) to {train_images.max()} (ink). "
    f"The rarest digit in training is {counts.argmin()} ({counts.min():,} images), the most "
    f"frequent {counts.argmax()} ({counts.max():,}).")
figure = plot_images(train_images[:16], titles=[str(k) for k in train_labels[:16]], columns=8)
show_figure(figure, alt="Sixteen handwritten digits, light on dark, each with its label; slant, "
            "width and stroke differ from one to the next.")

# %% [markdown]
# ## Predict first
#
# - Of 100 digits, how many does one layer read rightly? How many with hidden layers before it?
# - You forget to scale and leave the pixels at 0 to 255. What happens with plain gradient descent
#   (SGD), and what with Adam?
# - You forget the `relu` in both hidden layers. What does that cost?
#
# ## A baseline
#
# One byte a pixel is right for storing and wrong for computing: 200 + 100 gives 44, without any
# error. So convert to `float32`. Why also divide by 255? You will see. (Later chapters take
# `scale_images` from the package, which does the same.) The baseline trains nothing:
# average the training images of each digit, and give a new image the digit of the nearest average.

# %%
def scale(images):
    """Images (N, 28, 28) uint8 in 0..255 to float32 in [0, 1]."""
    return images.astype("float32") / 255

train_pixels, validation_pixels = scale(train_images), scale(validation_images)
test_pixels = scale(test_images)
mean_digits = np.stack([train_pixels[train_labels == k].mean(axis=0) for k in range(10)])

def name_nearest(pixels):
    """Digit with the nearest mean image, for pixels (N, 28, 28); returns (N,)."""
    means, rows = mean_digits.reshape(10, -1), pixels.reshape(len(pixels), -1)
    return ((means**2).sum(axis=1) - 2 * rows @ means.T).argmin(axis=1)

# %% tags=["show", "hide-input"]
nearest_score = (name_nearest(validation_pixels) == validation_labels).mean()
say(f"The nearest mean is right for **{nearest_score:.3f}** of the validation images. Always "
    f"saying {counts.argmax()} is right for {counts.max() / counts.sum():.3f} of the training set.")

# %% [markdown]
# ## Why shift and scale
#
# One input is enough to see it. Take only zeros and ones, and of each image only the mean of its
# pixels, $u$, since a zero has more ink. A line $wu + b$ shall give $t = 1$ for a one and $t = -1$
# for a zero. With bars for means over the images, the loss and its second derivatives are
#
# $$ \begin{aligned} L(w, b) &= \tfrac12\, \overline{(wu + b - t)^2} \\
#    H &= \begin{pmatrix} \overline{u^2} & \overline{u} \\ \overline{u} & 1 \end{pmatrix}
#    \end{aligned} \tag{1} $$
#
# The loss is a bowl over $w$ and $b$. The eigenvalues $\lambda$ of $H$ are its curvatures in the
# steepest and the flattest direction, and a step of gradient descent at rate $\eta$ multiplies the
# distance to the bottom by $1 - \eta\lambda$ in each. So $\eta$ must stay below $2/\lambda_{\max}$,
# and at $1/\lambda_{\max}$ the flat direction takes about $\lambda_{\max}/\lambda_{\min}$ steps.
# Now read $H$. **Shift** $u$ to mean 0: the corners vanish. **Scale** it until the mean of $u^2$ is
# 1: the diagonal is even, and the bowl round.

# %% tags=["row-B1"]
def find_bowl(u, t):
    """Equation (1): H (2, 2), and the lowest point (w, b)."""
    hessian = np.array([[np.mean(u * u), np.mean(u)], [np.mean(u), 1.0]])
    return hessian, np.linalg.solve(hessian, [np.mean(u * t), np.mean(t)])

chosen_two = train_labels < 2
ink = train_images[chosen_two].mean(axis=(1, 2))
target = np.where(train_labels[chosen_two] == 1, 1.0, -1.0)
inputs = {"0 to 255": ink, "0 to 1": ink / 255, "standardised": (ink - ink.mean()) / ink.std()}
ratios = {}
for name, u in inputs.items():
    smallest, largest = np.linalg.eigvalsh(find_bowl(u, target)[0])
    ratios[name] = largest / smallest
    record("B1", f"curvature_ratio_{name_metric(name)}", ratios[name])

# %% tags=["show"]
def draw_bowl(axes, u, t, steps=50):
    """Contours of the loss, and gradient descent from (0, 0) at rate 1 / largest eigenvalue."""
    hessian, lowest = find_bowl(u, t)
    reach = np.linspace(-0.9, 0.9, 400) * abs(lowest).max()
    w, b = np.meshgrid(lowest[0] / 2 + reach, lowest[1] / 2 + reach)
    plane = np.stack([w, b], axis=-1) - lowest
    height = np.einsum("...i,ij,...j", plane, hessian, plane)
    levels = lowest @ hessian @ lowest * np.array([0.1, 0.4, 1.0, 2.0])
    axes.contour(w, b, height, levels=levels, colors=COLOURS[0], linewidths=1)
    path = [np.zeros(2)]
    for _ in range(steps):
        path.append(path[-1] - hessian @ (path[-1] - lowest) / np.linalg.eigvalsh(hessian)[-1])
    axes.plot(*np.transpose(path), color=COLOURS[1], linestyle="-", marker=".", markersize=4)
    axes.plot(*lowest, marker="x", markersize=9, color=COLOURS[2])
    axes.set(aspect="equal", xlabel="$w$", ylabel="$b$")

# %% tags=["show", "hide-input"]
figure, panels = plt.subplots(1, 3, figsize=(7, 2.9))
for axes, (name, u) in zip(panels, inputs.items()):
    draw_bowl(axes, u, target)
    axes.set_title(f"{name}\nratio of curvatures {ratios[name]:,.0f}")
show_figure(figure, alt="The loss over w and b with fifty steps of descent, for three scalings of "
            "the input. From 0 to 255 the contours are a needle and the path hardly moves; from 0 "
            "to 1 they are a long ellipse; standardised they are circles, and one step arrives.")

# %% [markdown]
# Dots are steps, the cross is the goal; each picture has its own zoom. The data and the best line
# are the same three times, only the *road* is another. A unit with 784 inputs obeys the same rule.
#
# ## What cross-entropy is
#
# The labels are whole numbers, but 8 is not twice 4: they are names. **One-hot** coding gives each
# name its own place: $t = (0, 0, 0, 0, 1, 0, 0, 0, 0, 0)$ stands for 4. With $p$ for the network's
# ten probabilities, **cross-entropy** is
#
# $$ L = -\sum_{k=0}^{9} t_k \ln p_k \tag{2} $$
#
# and measures surprise: what you held for certain costs nothing, and each halving of the
# probability you gave to what then happened costs $\ln 2$ more.

# %%
def one_hot(labels, num_classes=10):
    """Labels (N,) int to (N, num_classes) float32 with a single 1 in each row."""
    return np.eye(num_classes, dtype="float32")[labels]

def cross_entropy(targets, probabilities):
    """Equation (2), averaged over the rows of two arrays (N, K); returns a float."""
    return float(-(targets * np.log(probabilities)).sum(axis=1).mean())

# %% [markdown]
# Check it by hand. Give the right classes of three images $1/2$, $1/4$ and $1/8$. The surprises are
# $\ln 2$, $2 \ln 2$ and $3 \ln 2$, and their mean is $2 \ln 2$. Keras has the same loss under two
# names: one takes one-hot targets, the other, called *sparse*, takes the labels as they are.

# %% tags=["row-B3"]
guesses = np.array([[1/2, 1/4, 1/8, 1/8], [1/4, 1/4, 1/4, 1/4], [1/2, 1/8, 1/4, 1/8]], "float32")
right = np.array([0, 2, 1])
loss_by_code = cross_entropy(one_hot(right, 4), guesses)
np.testing.assert_allclose(loss_by_code, 2 * np.log(2), rtol=1e-6)
one_hot_losses = keras.losses.categorical_crossentropy(one_hot(right, 4), guesses)
sparse_losses = keras.losses.sparse_categorical_crossentropy(right, guesses)
one_hot_loss, sparse_loss = (float(keras.ops.mean(l)) for l in (one_hot_losses, sparse_losses))
record("B3", "hand_checked_loss", loss_by_code)
record("B3", "difference_from_keras", abs(loss_by_code - one_hot_loss))

# %% tags=["show", "hide-input"]
say(f"By hand 2 ln 2 = {2 * np.log(2):.5f}. Our code says {loss_by_code:.5f}; Keras says "
    f"{one_hot_loss:.5f} from one-hot targets, {sparse_loss:.5f} from labels. The labels will do.")

# %% [markdown]
# This also tells you how to *read* a loss. The mean of logarithms is the logarithm of a geometric
# mean: $e^{-L}$ is the probability that right answers typically got, here $1/4$. And having no idea
# about ten digits costs $\ln 10$, about 2.3.
#
# ## The model
#
# `Flatten` lays the rows of pixels end to end and learns nothing. In the two hidden layers each
# unit is a weighted sum of all its inputs, cut off below zero by `relu`. The last layer has a unit
# for each digit, and softmax. Count first: a dense layer has a weight for each pair of input and
# unit, and a bias for each unit.

# %%
def build_network():
    """Two hidden layers of 64 units between 28 x 28 pixels and ten probabilities."""
    return keras.Sequential([
        keras.Input((28, 28), name="image"),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(64, activation="relu", name="hidden_1"),
        keras.layers.Dense(64, activation="relu", name="hidden_2"),
        keras.layers.Dense(10, activation="softmax", name="probabilities"),
    ])

by_hand = (784 * 64 + 64) + (64 * 64 + 64) + (64 * 10 + 10)
assert build_network().count_params() == build_dense((64, 64)).count_params() == by_hand == 55_050

# %% [markdown]
# From here on `build_dense` builds it. One function trains every network on the same batches, so
# that runs differ in what you change and in nothing else.

# %%
def fit_digits(model, optimizer, *, epochs=EPOCHS, prepare=scale):
    """Train on the training images, prepared; watch the validation images."""
    set_seed(get_seed())
    return fit_model(
        model, (prepare(train_images), train_labels),
        validation=(prepare(validation_images), validation_labels), epochs=epochs,
        batch_size=BATCH_SIZE, optimizer=optimizer, loss="sparse_categorical_crossentropy",
        metrics=["accuracy"], seed=get_seed(), show_progress=False)

# %% [markdown]
# ## Leave the scaling out
#
# Three ways to prepare the pixels, two optimisers, always the same first weights. SGD takes the
# rate 0.03, and Adam its usual $10^{-3}$. (The warning of `fit_model` is switched off.)

# %% tags=["row-B1"]
mean_image = train_pixels.mean(axis=0)
ways = {"unscaled": lambda images: images.astype("float32"), "scaled": scale,
        "centred": lambda images: scale(images) - mean_image}
optimizers = {"SGD": lambda: keras.optimizers.SGD(0.03),
              "Adam": lambda: keras.optimizers.Adam(1e-3)}
warnings.filterwarnings("ignore", message="train images go up to")
scaling = {}
for name, make in optimizers.items():
    for way, prepare in ways.items():
        model = build_dense(seed=get_seed())
        run = fit_digits(model, make(), epochs=EPOCHS // 2, prepare=prepare)
        record("B1", f"{name.lower()}_{way}_score", run.history["val_accuracy"][-1], run=run)
        scaling[name, way] = model, run

# %% tags=["show", "hide-input"]
for name, title in {"val_accuracy": "Validation score.", "val_loss": "Validation loss."}.items():
    show_table(["optimiser", "pixels", *(f"epoch {e + 1}" for e in range(EPOCHS // 2))],
               [[*key, *run.history[name]] for key, (_, run) in scaling.items()], caption=title)
broken, broken_run = scaling["SGD", "unscaled"]
hidden_2 = keras.Model(broken.inputs, broken.get_layer("hidden_2").output)
silent = hidden_2.predict(ways["unscaled"](validation_images), verbose=0).max(axis=0) <= 0
say(f"SGD, unscaled: the training loss of the first epoch is {broken_run.history['loss'][0]:,.0f}. "
    f"At the end **{silent.sum()} of 64** units of the second hidden layer are silent on every "
    "validation image.")

# %% [markdown]
# Without scaling, SGD's first steps are thousands of times too long. They can throw units so far
# below zero that relu answers 0 to everything; then their gradient is 0 too, and they are dead.
# With all dead, the network says the same about every image, and the loss stays at $\ln 10$. Adam
# divides the size of the gradient away and lives, but starts from wildly wrong scores. Subtracting
# the mean costs nothing, and in a full run it helps both from the first epoch.
#
# ## Training, as reported
#
# An old lab report trained this network for ten epochs, and says no more about it. Our reading:
# Adam at a rate of $10^{-3}$, batches of 64, pixels from 0 to 1.

# %% tags=["row-B2"]
def fit_recipe(rate, *, decays):
    """Train with Adam, at a constant rate or at one that decays as in equation (3)."""
    if decays:
        steps = EPOCHS * -(-len(train_images) // BATCH_SIZE)
        rate = keras.optimizers.schedules.CosineDecay(rate, decay_steps=steps)
    model = build_dense(seed=get_seed())
    return model, fit_digits(model, keras.optimizers.Adam(rate))

constant_model, constant_run = fit_recipe(1e-3, decays=False)

# %% tags=["show", "hide-input"]
names = {"loss": "training loss", "val_loss": "validation loss", "accuracy": "training score",
         "val_accuracy": "validation score"}
show_table(["epoch", *names.values()],
           [[e + 1, *(constant_run.history[name][e] for name in names)]
            for e in range(constant_run.epochs)], digits=4)
ratio = constant_run.history["val_loss"][-1] / constant_run.history["loss"][-1]
say(f"The validation loss is lowest after epoch {constant_run.best_epoch} of {EPOCHS}; at the end "
    f"it is {ratio:.1f} times the training loss.")

# %% [markdown]
# (A training number is the mean over an epoch while the weights still change, a validation number
# belongs to its end: that is why validation may look *better* at first.) When the training loss
# goes on falling and the validation loss does not, the network learns its training images by heart:
# **overfitting**. Stop earlier, then? Near the end the validation score goes up and down, because
# each step is as long as on the first day; where you stop is luck. So keep the epochs and let the
# rate fall along half a cosine over the $T$ steps of the training:
#
# $$ \eta_i = \tfrac{1}{2}\, \eta_0 \left(1 + \cos (\pi i / T)\right) \tag{3} $$
#
# A rate that ends at 0 may also begin higher. Which of the two helps? Try each without the other,
# and let the validation score choose.

# %% tags=["row-B2"]
recipes = {("constant", 1e-3): (constant_model, constant_run)}
for shape in ("constant", "cosine"):
    for rate in RATES:
        if (shape, rate) not in recipes:
            recipes[shape, rate] = fit_recipe(rate, decays=shape == "cosine")
chosen = max(recipes, key=lambda recipe: recipes[recipe][1].history["val_accuracy"][-1])
chosen_model, chosen_run = recipes[chosen]

# %% tags=["show", "hide-input"]
show_table(["rate", "first rate", *names.values()],
           [[shape, f"{rate:g}", *(run.history[name][-1] for name in names)]
            for (shape, rate), (_, run) in recipes.items()], digits=4)
say(f"Chosen: **{chosen[0]}, first rate {chosen[1]:g}**.")
figure, panels = plt.subplots(1, 2, figsize=(7, 3.4))
for axes, metric in zip(panels, ["loss", "accuracy"]):
    plot_history({"as reported": constant_run, "chosen": chosen_run}, metric=metric, ax=axes)
panels[0].set_yscale("log")
panels[0].get_legend().remove()
show_figure(figure, alt="Loss on a logarithmic axis and score by epoch, training and validation, "
            "for the recipe as reported and for the chosen one.")

# %% [markdown]
# In a full run the decaying rate comes to rest where the constant one jumps. The best score need
# not have the lowest loss: a network nearly sure of everything pays much for each mistake.
#
# ## What each layer is for
#
# Take the layers away one at a time, and train as reported. One variant loses only the relu.

# %% tags=["row-B2"]
stacks = {"no hidden layer": ((), None), "one hidden layer": ((64,), "relu"),
          "two, without relu": ((64, 64), None)}
nets = {}
for name, (hidden, activation) in stacks.items():
    model = build_dense(hidden, activation=activation, seed=get_seed())
    nets[name] = model, fit_digits(model, keras.optimizers.Adam(1e-3))
nets["two, as reported"] = constant_model, constant_run
nets["two, chosen"] = chosen_model, chosen_run

# %% tags=["show", "hide-input"]
show_table(["layers", "parameters", "training score", "validation score"],
           [[name, run.parameters, *(run.history[key][-1] for key in ("accuracy", "val_accuracy"))]
            for name, (_, run) in nets.items()])

# %% [markdown]
# The hidden layers live by the bend in relu. Without it, layer after layer is a matrix times a
# matrix, which is one matrix: seven times the parameters, and nothing more that it could say.
#
# **Why softmax?** It does not move the largest output, so the score does not need it. Train the
# same network with plain outputs and a squared error, and with ten sigmoids and binary
# cross-entropy; both want one-hot targets.

# %% tags=["show"]
heads = {"plain": (None, "mse"), "sigmoid": ("sigmoid", "binary_crossentropy"),
         "softmax": ("softmax", "categorical_crossentropy")}
rows = []
for name, (activation, loss) in heads.items():
    hidden_layers = build_dense(seed=get_seed()).layers[:-1]
    model = keras.Sequential([*hidden_layers, keras.layers.Dense(10, activation=activation)])
    fit_model(model, (train_pixels, one_hot(train_labels)), epochs=EPOCHS, batch_size=BATCH_SIZE,
              optimizer=keras.optimizers.Adam(1e-3), loss=loss, show_progress=False)
    outputs = model.predict(validation_pixels, verbose=0)
    score, sums = (outputs.argmax(axis=1) == validation_labels).mean(), outputs.sum(axis=1)
    rows.append([name, loss, score, outputs.min(), sums.min(), sums.max()])
show_table(["outputs", "loss", "score", "lowest output", "lowest sum", "highest sum"], rows)

# %% [markdown]
# What softmax adds is *meaning*: never negative and adding up to one, its outputs can be read as
# shares of belief in ten digits of which exactly one is right. That is what equation (2) asks for.
# Ten sigmoids answer ten separate questions: yes to several, or to none.
#
# ## The results
#
# Now the test images, once for each network.

# %% tags=["row-B2"]
tests = {name: evaluate_classifier(model, test_pixels, test_labels)
         for name, (model, _) in nets.items()}
metrics = dict(zip(nets, ["no_hidden", "one_hidden", "no_relu", "constant_rate", "test"]))
for name, metric in metrics.items():
    record("B2", f"{metric}_score", tests[name].score, run=nets[name][1])
    record("B2", f"{metric}_loss", tests[name].loss, run=nets[name][1])
nearest_test = float((name_nearest(test_pixels) == test_labels).mean())
record("B2", "nearest_mean_score", nearest_test)

# %% tags=["show", "hide-input"]
chosen_test, reported_test = tests["two, chosen"], tests["two, as reported"]
show_table(["model", "parameters", "seconds", "test loss", "test score", "standard error"],
           [["nearest mean digit", mean_digits.size, None, None, nearest_test,
             (nearest_test * (1 - nearest_test) / len(test_labels)) ** 0.5]]
           + [[name, run.parameters, timing(f"{run.seconds:.0f}"), tests[name].loss,
               tests[name].score, tests[name].standard_error]
              for name, (_, run) in nets.items()], digits=4)
gain = reported_test.score - tests["one hidden layer"].score
say(f"In this run the second hidden layer changes the score by {gain:+.4f}: "
    f"{abs(gain) / reported_test.standard_error:.1f} standard errors.")

# %% [markdown]
# The **standard error** of a score $s$ on $n$ images is $\sqrt{s(1-s)/n}$: other test images would
# move the score by about that much. Networks that read the *same* images can be compared more
# sharply. Count the images that only the first reads rightly, $a$, and that only the second does,
# $b$. If neither were better, $a - b$ would scatter around 0 by about $\sqrt{a + b}$. Other first
# weights give other networks; so the book repeats the runs, in the table beside what was reported.

# %% tags=["show"]
first = chosen_test.predictions == test_labels
second = reported_test.predictions == test_labels
a, b = int((first & ~second).sum()), int((second & ~first).sum())
lead = (a - b) / max(a + b, 1) ** 0.5
verdict = "more than luck" if abs(lead) > 2 else "perhaps luck"
say(f"Only the chosen network reads **{a}** images rightly, only the reported one **{b}**: a lead "
    f"of {lead:.1f} standard deviations, {verdict}.")
show_claims("B1", "B2", "B3")

# %% [markdown]
# ## Where it fails
#
# **The surest mistakes**: label, answer, and the probability of the answer.

# %% tags=["show", "hide-input"]
mistakes = find_mistakes(chosen_test.probabilities, test_labels, count=16)
titles = [f"{label}, read {answer}\np = {p:.3f}" for label, answer, p in
          zip(mistakes.labels, mistakes.first, mistakes.first_probability)]
figure = plot_images(test_images[mistakes.indices], titles=titles, columns=8)
show_figure(figure, alt="The mistakes of which the network is surest, each with its label, the "
            "answer and the probability of that answer.")
wrong = chosen_test.predictions != test_labels
sure = chosen_test.probabilities.max(axis=1) > 0.99
say(f"{wrong.sum()} of {len(wrong):,} images are read wrongly, {(sure & wrong).sum()} of them with "
    "more than 0.99.")

# %% [markdown]
# Some of them you would misread too. Others are plain, and the network is as sure of them as of its
# right answers: a share of belief can be mistaken. And all digits are centred: move them aside.

# %% tags=["show"]
moved = np.pad(test_pixels, ((0, 0), (0, 0), (4, 0)))[:, :, :28]
moved_score = evaluate_classifier(chosen_model, moved, test_labels).score
say(f"Four pixels to the right, the network scores **{moved_score:.3f}**. To a dense layer a "
    "shifted image is another row of numbers, and hidden layers do not cure that.")

# %% [markdown]
# **Break it yourself.** Move a digit, or lay noise over it. Beside the dense network works one of as
# many parameters that is built of *convolutions*, as in the chapter on shapes anywhere.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_digit_breaker

show_digit_breaker()

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: predict the size
#
# How many parameters has a network? `widths` lists the number of inputs and then the units of each
# dense layer, such as `[784, 64, 64, 10]`.

# %% tags=["exercise-dense-mnist-count-stub"]
def count_parameters(widths):
    """Return the number of weights and biases (int)."""
    return ...

# %% tags=["exercise-dense-mnist-count-check"]
check("dense-mnist-count", count_parameters)

# %% tags=["exercise-dense-mnist-count-solution", "hide-cell"]
# @title Solution
def solution_count_parameters(widths):
    """For each layer, a weight for each pair of input and unit, and a bias for each unit."""
    return sum(inputs * units + units for inputs, units in zip(widths[:-1], widths[1:]))

# %% [markdown]
# ### Exercise 2: change the preparation
#
# Standardise every pixel: subtract its mean over the *training* images, divide by its standard
# deviation there. Beware of the pixels in the frame's corners, which never change: they become 0.

# %% tags=["exercise-dense-mnist-standardise-stub"]
def standardise(train, images):
    """Prepare images (N, ...) by the statistics of train (M, ...); returns (N, ...) floats."""
    return ...

# %% tags=["exercise-dense-mnist-standardise-check"]
check("dense-mnist-standardise", standardise)

# %% tags=["exercise-dense-mnist-standardise-solution", "hide-cell"]
# @title Solution
def solution_standardise(train, images):
    """A pixel without spread is divided by 1; pixels are turned to floats before subtracting."""
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return np.where(spread > 0, images - mean, 0.0) / np.where(spread > 0, spread, 1.0)

# %% [markdown]
# ### Exercise 3: extend the comparison
#
# How many standard deviations is one network ahead of another on the same images? Return $(a -
# b)/\sqrt{a + b}$, and 0 when they never differ.

# %% tags=["exercise-dense-mnist-lead-stub"]
def measure_lead(first, second, labels):
    """Lead of the predictions `first` over `second`, both (N,), given labels (N,); a float."""
    return ...

# %% tags=["exercise-dense-mnist-lead-check"]
check("dense-mnist-lead", measure_lead)

# %% tags=["exercise-dense-mnist-lead-solution", "hide-cell"]
# @title Solution
def solution_measure_lead(first, second, labels):
    """Only images that one of the two reads rightly and the other does not tell them apart."""
    a = ((first == labels) & (second != labels)).sum()
    b = ((second == labels) & (first != labels)).sum()
    return float((a - b) / np.sqrt(max(a + b, 1)))

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("You shuffle the 784 pixels, in the same way in every image, and train anew. What happens?", [
    ("The score falls to that of guessing.", False,
     "To you the images are noise now, but each pixel still means the same in every image."),
    ("Nothing, but for chance.", True,
     "A dense layer does not know which pixels are neighbours. It never did."),
    ("The score rises: shuffling works against overfitting.", False,
     "One fixed shuffle adds no variety: there are as many different images as before."),
])

# %% tags=["quiz", "hide-input"]
quiz("From one run to the next, test loss and test score both rise. Is that possible?", [
    ("No: a lower loss means fewer mistakes.", False,
     "The loss counts how sure a mistake was; the score only that it was one."),
    ("Only if the test images changed.", False, "It happens on the same images."),
    ("Yes: fewer mistakes, but the network is surer of those that are left.", True,
     "A single image whose right class gets 0.0001 costs as much as 87 that get 0.9."),
])

# %% tags=["quiz", "hide-input"]
quiz("Pixels of 0 to 255 made SGD fail at the rate 0.03. What else would have saved it?", [
    ("A much smaller rate.", True,
     "The limit is 2 over the largest curvature, which grows with the square of the pixels."),
    ("More epochs.", False, "A unit that answers 0 to every image has gradient 0 and stays."),
    ("A third hidden layer.", False, "The steps would be as long as before, or longer."),
])

# %% [markdown]
# ## What you can do now
#
# 1. You drew why inputs are shifted and scaled, and saw SGD die and Adam limp without it.
# 2. You checked cross-entropy by hand and against Keras, and can read $e^{-L}$.
# 3. You counted the parameters; hidden layers live by relu, and softmax gives outputs meaning.
# 4. You read curves, named overfitting, and let validation images choose between recipes.
# 5. You compared networks image by image, and found sure mistakes and a limit of a few pixels.
#
# ## References
#
# - Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), *Gradient-based learning applied to
#   document recognition*: MNIST. Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998), *Efficient
#   BackProp*: why to shift and scale.
# - I. Loshchilov and F. Hutter (2017), *SGDR: stochastic gradient descent with warm restarts*: the
#   cosine. Q. McNemar (1947), *Note on the sampling error of the difference between correlated
#   proportions*: comparing on the images where two disagree.
