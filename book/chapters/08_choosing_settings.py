# %% [markdown]
# # Choosing settings
#
# **Training finds the weights. Who finds the learning rate, the batch size and all the other
# numbers that you must set before it starts, and how sure can one be of the choice?**
#
# Such numbers are called **hyper-parameters**, or settings. Here you search for them properly: many
# settings, side by side, with a budget.
#
# **After this chapter you can**
#
# 1. say why changing two settings at once teaches little, and why changing one at a time misleads;
# 2. draw settings on the right scale, and say when random points beat a grid;
# 3. run a search by successive halving, and count beforehand what it costs;
# 4. read from a search which settings mattered;
# 5. say how much of a winner's score is luck, and what the test images are kept for.
#
# **You need** the network in NumPy: its settings are what you search. Nothing here needs a GPU.

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
import matplotlib.pyplot as plt
import numpy as np
from joblib import parallel_config
from labhelpers.lesson import (
    check,
    quiz,
    record,
    say,
    show_claims,
    start_chapter,
    timing,
)
from labhelpers.data import load_mnist, split_validation
from labhelpers.insight import COLOURS, show_figure, show_table, use_style
from labhelpers.widgets import show_hyperparameters
from labhelpers.training import (Between, OneOf, get_seed, make_design, run_sweep,
                                 train_numpy_setting)
from labhelpers.training.by_hand.numpy_network import (
    fit_numpy_network,
    make_numpy_network,
    run_forward,
)

use_style()

# %% tags=["parameters"]
profile = start_chapter("08_choosing_settings")

NUM_IMAGES = profile.pick(full=60_000, quick=12_000, smoke=1_200)
NUM_SETTINGS = profile.pick(full=48, quick=24, smoke=9)
EPOCHS = profile.pick(full=9, quick=9, smoke=3)
GRID_EPOCHS = profile.pick(full=2, quick=2, smoke=1)
NUM_SEEDS = profile.pick(full=3, quick=3, smoke=2)

# %% [markdown]
# ## The data
#
# MNIST again: grey digits of 28 by 28 pixels, values 0 to 255, by Y. LeCun and C. Cortes, CC BY-SA
# 3.0. A search makes many choices, so its judge must be large: one training image in six is set
# aside for validation. And it only has to *rank*, so half of the other images will do for it. The
# test images stay locked away until there is nothing left to choose.

# %%
digits = load_mnist()
train, validation = split_validation(
    digits.x_train[:NUM_IMAGES], digits.y_train[:NUM_IMAGES], fraction=1 / 6, seed=get_seed(1))
half = tuple(part[:len(train[1]) // 2] for part in train)
test_images, test_labels = digits.x_test[:NUM_IMAGES], digits.y_test[:NUM_IMAGES]

# %% tags=["show", "hide-input"]
counts = np.bincount(train[1], minlength=10)
say(f"{digits.name}: {len(train[1]):,} images for training, half of them for the search; "
    f"{len(validation[1]):,} for validation, {len(test_labels):,} for the test; shape "
    f"`{train[0].shape[1:]}`, dtype `{train[0].dtype}`. The rarest digit in training has "
    f"{counts.min():,} images, the most frequent {counts.max():,}.")

# %% [markdown]
# ## Predict first
#
# - Six settings, three values each: how many trainings does it take to try all combinations?
# - After one epoch, a setting is in the worst half of all. How likely is it to win after nine?
# - Of the six settings below, which one moves the score most?
#
# ## One trial, and a baseline
#
# The report that the last chapters follow trained the network 784-400-700-10 and lists seven rows
# of settings: first weights, batch size, first rate $a_0$, its decay $d$ in $a_0 / (1 + d\,t)$, and
# the weight penalty $\lambda$. We add the activation, sigmoid there. And we search with hidden layers
# a *quarter* as wide, since a trial then takes seconds. Whether what is good for the narrow network is
# good for the wide one, we shall see.

# %%
WIDTHS, WIDE = (784, 100, 175, 10), (784, 400, 700, 10)
REPORTED = {"activation": "sigmoid", "initialisation": "glorot", "batch_size": 64, "rate": 4.0,
            "rate_decay": 2e-3, "l2": 2e-4}

def run_trial(setting, epochs, train, validation):
    """One training; yields score, loss and training loss after each epoch."""
    options = {"widths": setting.get("widths", WIDTHS), "seed": setting.get("seed", get_seed())}
    return train_numpy_setting(setting, epochs, train, validation, **options)

def search(settings, rungs, images=half):
    """Trains all settings, two or more at the same time, on one processor core each."""
    with parallel_config("loky", n_jobs=-1, inner_max_num_threads=1):
        return run_sweep(run_trial, settings, data=(images, validation), rungs=rungs)

# %% [markdown]
# The baseline is the reported setting, as in the chapter before.

# %% tags=["row-B7"]
baseline = search([REPORTED], (EPOCHS,)).best
record("B7", "baseline_score", baseline.score)

# %% tags=["show", "hide-input"]
say(f"The reported settings, on the narrow network: **{baseline.score:.4f}** of the validation "
    f"images after {EPOCHS} epochs, in {timing(round(baseline.seconds))} s on one core.")

# %% [markdown]
# ## Two at once, one at a time
#
# In the worst row of the report, 0.2642, *two* settings had been changed at once. Which of them did
# the damage? <!-- quoted: lab report, dense networks in NumPy -->
# The table cannot say. It may even be neither: each may be harmless alone. Only the four corners of a
# square tell: neither changed, each alone, both.

# %% tags=["row-B7"]
RATES, BATCH_SIZES = (0.04, 0.13, 0.4, 1.3, 4.0, 13.0, 40.0), (16, 64, 256)
grid = [{**REPORTED, "rate": rate, "batch_size": size} for size in BATCH_SIZES for rate in RATES]
grid_found = sorted(search(grid, (GRID_EPOCHS,)).outcomes, key=lambda one: one.number)
table = np.array([one.score or 0.0 for one in grid_found]).reshape(len(BATCH_SIZES), len(RATES))
best_rates = [RATES[column] for column in table.argmax(axis=1)]
for size, rate in zip(BATCH_SIZES, best_rates):
    record("B7", f"best_rate_at_batch_{size}", rate)

# %% tags=["show", "hide-input"]
from labhelpers.training import tabulate_grid

show_hyperparameters(tabulate_grid(grid_found, half, validation, widths=WIDTHS, seed=get_seed()))

# %% [markdown]
# Move the two sliders. At low rates larger batches are behind: an epoch has fewer of their steps. At the
# highest rates they fail where small ones may still learn, since the decay counts steps, and with small
# batches tames the rate sooner. (In JupyterLab and Colab, the button trains the same network in Keras,
# at a constant rate.)

# %% tags=["show", "hide-input"]
corners = [(table[a, c] + table[b, d] - table[a, d] - table[b, c], a, b, c, d)
           for a in range(3) for b in range(3) for c in range(7) for d in range(7)
           if table[a, c] >= table[b, d]]
_, a, b, c, d = min(corners)
sizes, rates = (BATCH_SIZES[a], BATCH_SIZES[b]), (RATES[c], RATES[d])
show_table(["batch size", f"rate {rates[0]:g}", f"rate {rates[1]:g}"],
           [[f"batches of {sizes[0]}", table[a, c], table[a, d]],
            [f"batches of {sizes[1]}", table[b, c], table[b, d]]],
           caption="The square whose two changes add up worst.")
say(f"Start top left. The rate alone changes the score by {table[a, d] - table[a, c]:+.3f}, the "
    f"batch size alone by {table[b, c] - table[a, c]:+.3f}. If effects added up, both would give "
    f"{table[a, d] + table[b, c] - table[a, c]:.3f}; both give **{table[b, d]:.3f}**. The best rate is "
    + ", ".join(f"{r:g} for batches of {s}" for r, s in zip(best_rates, BATCH_SIZES)) + ".")

# %% [markdown]
# Such settings **interact**. So changing one at a time misleads too: you would find the best rate for
# a poor batch size, and keep it. The way out: change *all*, many times, and let the numbers sort it.
#
# ## On which scale
#
# Rates from 0.03 to 30 may all be sensible, and so are penalties over six powers of ten. Draw such
# a number evenly and nine of ten fall into the top tenth of the range: you never try a small one.
# What matters is the *ratio*: from 0.1 to 0.2 is a step like from 1 to 2. So draw the exponent
# evenly. With $u$ between 0 and 1,
#
# $$ a = a_{\min} \left( a_{\max} / a_{\min} \right)^{u} \tag{1} $$
#
# Check by hand: between 0.01 and 100, $u = \tfrac12$ gives $0.01 \cdot 10{,}000^{1/2} = 1$.

# %%
def place(u, low, high):
    """Equation (1): u in [0, 1] to a value between low and high, even in ratios."""
    return low * (high / low) ** u

assert np.isclose(place(0.5, 0.01, 100), 1)
SPACE = {"activation": OneOf(("sigmoid", "relu")), "initialisation": OneOf(("normal", "glorot")),
         "batch_size": OneOf((16, 32, 64, 128, 256)), "rate": Between(0.03, 30),
         "rate_decay": Between(1e-6, 1e-1), "l2": Between(1e-7, 1e-1)}
assert np.isclose(SPACE["rate"].place(0.3), place(0.3, 0.03, 30), rtol=0.005)

# %% [markdown]
# ## Grid or random
#
# A **grid** of four rates by four penalties is sixteen trials, but if the penalty hardly matters,
# you have tried *four* rates, each four times. Sixteen **random** points try sixteen rates
# (Bergstra and Bengio, 2012). Random points clump and leave holes; **quasi-random** ones, Sobol's,
# are placed so that every stretch of every setting gets its share. Here are both, on few images.

# %% tags=["show"]
few = tuple(part[:3000] for part in train)
two = {"rate": SPACE["rate"], "l2": Between(1e-7, 1e-4)}
points = [{name: part.place((k + 0.5) / 4) for (name, part), k in zip(two.items(), cell)}
          for cell in np.ndindex(4, 4)] + make_design(two, 16, seed=get_seed(3))
tried = [{**REPORTED, "batch_size": 16, **point} for point in points]
tried = search(tried, (2 * GRID_EPOCHS,), images=few).outcomes

# %% tags=["show", "hide-input"]
figure, panels = plt.subplots(1, 2, figsize=(7, 3), sharex=True, sharey=True)
for axes, name, outcomes in zip(panels, ["grid", "quasi-random"], [tried[:16], tried[16:]]):
    x = [one.setting["rate"] for one in outcomes]
    dots = axes.scatter(x, [one.setting["l2"] for one in outcomes], s=70, cmap="cividis",
                        c=[one.score or 0.0 for one in outcomes], vmin=0, vmax=1)
    axes.plot(x, [5e-8] * 16, "|", color=COLOURS[1], markersize=14)
    best = max(one.score or 0.0 for one in outcomes)
    axes.set(title=f"{name}: {len(set(x))} rates, best {best:.3f}", xscale="log", yscale="log",
             xlabel="rate", ylabel="penalty" if name == "grid" else "")
figure.colorbar(dots, ax=panels, label="validation score")
show_figure(figure, alt="Sixteen points each over rate and penalty, coloured by score. The grid's "
            "marks along the rate axis fall on four places; the quasi-random ones on sixteen.")

# %% [markdown]
# Colour changes from left to right and hardly from bottom to top; the marks below show the rates
# tried. Which design holds the best of sixteen is luck. With six settings it is not: a grid of only
# three values each would need $3^6 = 729$ trials.
#
# ## Successive halving
#
# Most settings show within one epoch that they are hopeless. Why train them nine? **Successive
# halving** (Jamieson and Talwalkar, 2016) trains all for a little, keeps the best half, or the best
# third, and gives those two or three times as much, until few are left. With thirds and $n$ settings,
# rung $k = 0, 1, 2$ costs
#
# $$ \frac{n}{3^k} \text{ settings} \times 3^k \text{ epochs} = n \text{ epochs} \tag{2} $$
#
# so that every rung costs the same. To the design we add, on purpose, one setting that must fail. The
# penalty multiplies the weights by $1 - a\lambda$ in each step; with $a = 30$ and $\lambda = 1$ they
# turn round and grow 29-fold. A search must note such a failure and live.

# %% tags=["row-B7"]
settings = make_design(SPACE, NUM_SETTINGS, seed=get_seed(2))
careless = {**REPORTED, "batch_size": 16, "rate": 30.0, "rate_decay": 1e-6, "l2": 1.0}
RUNGS = tuple(rung for rung in (1, 3, 9) if rung <= EPOCHS)
found = search([*settings, careless], RUNGS)
failed = [one for one in found.outcomes if one.failure]
record("B7", "settings", len(settings))
record("B7", "epochs_spent", found.epochs)
record("B7", "best_validation_score", found.best.score)
record("B7", "worst_validation_score", min(one.score for one in found.outcomes if one.score))

# %% tags=["show", "hide-input"]
sizes = [sum(one.epochs == rung for one in found.outcomes) for rung in RUNGS]
rungs_told = ", ".join(f"{n} x {e} = {n * e}" for n, e in zip(sizes, RUNGS))
spent, all_epochs = np.dot(sizes, RUNGS), (len(settings) + 1) * EPOCHS
say(f"Settings times epochs, rung by rung: {rungs_told}. Together {spent} epochs, where training "
    f"all to the end takes {all_epochs}: **{all_epochs / spent:.1f} times** as many.")
say("; ".join(f"Setting {one.number} failed: {one.failure}" for one in failed) + ".")
figure, axes = plt.subplots(figsize=(7, 3.4))
for one in sorted(found.last, key=lambda one: one.epochs):
    scores, rung = [e["score"] for e in one.history], RUNGS.index(one.epochs)
    axes.plot(range(1, len(scores) + 1), scores, color=COLOURS[rung], marker="osD"[rung],
              linestyle="-", markersize=4)
axes.set(xlabel="epoch", ylabel="validation score", xticks=range(1, EPOCHS + 1))
show_figure(figure, alt="Validation score by epoch of every setting. Most stop after one epoch, the "
            "best third after three, and a handful of curves near the top go on to the end.")

# %% [markdown]
# `run_sweep` hands its trials to joblib, so `parallel_config` decides where they run: on your cores,
# or on a cluster. Given `path="search.jsonl"` it writes each trial down as it ends, and goes on from
# there after a power cut. The same search from a terminal, and on machines that Dask has joined:
#
# ```
# labs sweep --settings 48 --output search.jsonl
# labs sweep --settings 48 --backend dask --address tcp://10.0.0.5:8786
# ```
#
# ## The results
#
# The ten best. The longer a setting was trained, the higher it stands.

# %% tags=["show", "hide-input"]
NAMES = {"activation": "activation", "initialisation": "first weights", "batch_size": "batch",
         "rate": "rate", "rate_decay": "decay", "l2": "penalty"}
show_table(["setting", *NAMES.values(), "epochs", "seconds", "validation score"],
           [[one.number, *(f"{one.setting[n]}" for n in NAMES), one.epochs,
             timing(f"{one.seconds:.1f}"), f"{one.score:.4f}"]
            for one in found.last[:10] if one.score is not None])

# %% [markdown]
# And all of them, seen from six sides: every setting after its first epoch, by one of its values.

# %% tags=["show"]
figure, panels = plt.subplots(2, 3, figsize=(7, 4.6), sharey=True)
start = {one.number: one.history[0]["score"] if one.history else 0.0 for one in found.outcomes}
for axes, (name, title) in zip(panels.flat, NAMES.items()):
    for one in found.last:
        rung = RUNGS.index(one.epochs)
        axes.plot(one.setting[name], start[one.number], "osD"[rung], color=COLOURS[rung], ms=4)
    axes.set_xlabel(title)
    axes.margins(x=0.15)
    if name not in ("activation", "initialisation"):
        axes.set_xscale("log", base=2 if name == "batch_size" else 10)
for row in panels:
    row[0].set_ylabel("score")
show_figure(figure, alt="Score after one epoch against each of the six settings, a panel each. Good "
            "and bad scores occur nearly everywhere, but thin out at high rates and penalties. "
            "Markers tell which settings went on to later rungs.")

# %% [markdown]
# ## What halving threw away
#
# It bets that early ranks foretell late ones. Check the bet: train some of those that it dropped
# after one epoch to the end after all, every second one in their order.

# %% tags=["row-B7"]
def rank(values):
    """Rank of each value (N,) among all: 0 for the smallest."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")

dropped = [one for one in found.last if one.epochs == 1 and not one.failure]
second_chance = search([one.setting for one in dropped[:16:2]], (EPOCHS,))
curves = np.array([[e["score"] for e in one.history] for one in found.outcomes
                   if one.epochs == RUNGS[1] and not one.failure])
agreement = np.corrcoef(rank(curves[:, 0]), rank(curves[:, -1]))[0, 1]
lost = second_chance.best.score - found.best.score
record("B7", "rank_agreement", agreement)
record("B7", "lost_by_halving", lost)

# %% tags=["show", "hide-input"]
start = dropped[2 * second_chance.best.number].score
say(f"Of {len(dropped)} dropped settings, {len(second_chance.last)} got a second chance. The best of "
    f"them rose from {start:.3f} after one epoch to {second_chance.best.score:.4f} after {EPOCHS}; "
    f"the winner of the search has {found.best.score:.4f}. Among the {len(curves)} of the second "
    f"rung, the ranks after 1 and after {RUNGS[1]} epochs correlate by **{agreement:.2f}** (1 would "
    "be the same order).")

# %% [markdown]
# What it can lose is a slow starter. If that worries you, begin with a longer first rung.
#
# ## Which settings mattered
#
# The **rank correlation** of a setting with the score says whether more of it is better. It is blind
# to hills: too small and too large a rate are both bad. So ask also what share of the variance of
# the ranks vanishes when you sort the settings into groups of like values, $\eta^2$:
#
# $$ \eta^2 = \frac{\operatorname{Var}(\text{mean rank of each group})}{\operatorname{Var}(\text{rank})}
#    \tag{3} $$
#
# Even a setting without any effect reaches $(G - 1)/(N - 1)$ by chance, with $G$ groups of $N$.

# %% tags=["row-B7"]
def explain(values, scores, groups=5):
    """Equation (3) for values (N,) and scores (N,), with that by chance."""
    group = np.unique(values, return_inverse=True)[1]
    if group.max() >= groups:
        group = rank(values) * groups // len(values)
    ranks = rank(scores)
    means = np.array([ranks[group == g].mean() for g in range(group.max() + 1)])
    return means[group].var() / ranks.var(), group.max() / (len(values) - 1)

everyone = sorted(found.last, key=lambda one: one.number)[:len(settings)]
early = np.array([one.history[0]["score"] if one.history else 0.0 for one in everyone])
columns = {name: np.array([one.setting[name] for one in everyone]) for name in settings[0]}
matters = {name: explain(column, early) for name, column in columns.items()}
for name, (share, _) in matters.items():
    record("B7", f"share_{name}", share)

# %% tags=["show", "hide-input"]
from labhelpers.lesson import ledger_summary

seeds = {name: ledger_summary("B7", f"share_{name}") for name in NAMES}
show_table(["setting", "rank correlation", "share explained", "by chance", "share, mean over seeds",
            "deviation"],
           [[NAMES[name], np.corrcoef(rank(columns[name]), rank(early))[0, 1], *matters[name],
             seeds[name].mean, seeds[name].deviation]
            for name in sorted(NAMES, key=lambda name: -matters[name][0])],
           caption="After one epoch; names count in the order of the alphabet. Each of the seeds has "
           "settings of its own.", digits=2)

# %% [markdown]
# Read it with its ranges: a setting matters *as far as you let it vary*. And what no setting explains
# alone is their interplay, such as that of rate and batch size in the table you moved through.
#
# ## Is the winner the winner?
#
# The report ranks 0.9717 above 0.9715, from one run each. <!-- quoted: lab report, dense networks -->
# No reproach: everybody does it once. But train the finalists again, with other first weights and
# other orders of the images.

# %% tags=["row-B7"]
finalists = found.last[:max(2, len(settings) // 9)]
again = [{**one.setting, "seed": get_seed(10 + k)} for one in finalists for k in range(NUM_SEEDS)]
repeated = sorted(search(again, (EPOCHS,)).outcomes, key=lambda one: one.number)
fresh = np.array([one.score or 0.0 for one in repeated]).reshape(len(finalists), NUM_SEEDS)
spread = float(np.sqrt(fresh.var(axis=1, ddof=1).mean()))
chosen = finalists[fresh.mean(axis=1).argmax()]
record("B7", "seed_deviation", spread)
record("B7", "luck_of_the_winner", found.best.score - fresh[0].mean())

# %% tags=["show", "hide-input"]
show_table(["rank in the search", "setting", "score in the search",
            *(f"seed {k + 1}" for k in range(NUM_SEEDS)), "mean of the seeds"],
           [[k + 1, one.number, one.score, *fresh[k], fresh[k].mean()]
            for k, one in enumerate(finalists)], digits=4)
score = found.best.score
error = (score * (1 - score) / len(validation[1])) ** 0.5
firsts = {finalists[k].number for k in fresh.argmax(axis=0)}
say(f"From seed to seed a score moves by **{spread:.4f}** (standard deviation), and other "
    f"validation images would move it by {error:.4f} (standard error): differences of 0.0002 are "
    f"far below both. Of the {len(finalists)} finalists, {len(firsts)} can be first with one of the "
    f"{NUM_SEEDS} fresh seeds. Chosen, by their mean: **setting {chosen.number}**.")

# %% [markdown]
# A first place that was *chosen* for a high score tends to lose a little with fresh seeds (*the
# winner's curse*): a validation score that has chosen is no honest estimate any more.
#
# ## From coarse to fine
#
# Back to 784-400-700-10, and to the hope that settings carry over. There is reason to doubt it: a unit
# with four times as many inputs moves four times as far in a step. So search again, but *finely*: keep
# all but rate and decay, and try these round the chosen ones. The reported setting and the chosen one
# take part.

# %% tags=["row-B7"]
FINE = {name: Between(chosen.setting[name] / 6, chosen.setting[name] * 6)
        for name in ("rate", "rate_decay")}
coarse = {name: chosen.setting[name] for name in SPACE}
fine = [coarse, REPORTED,
        *({**coarse, **point} for point in make_design(FINE, NUM_SETTINGS // 4, seed=get_seed(4)))]
fine_found = search([{**setting, "widths": WIDE} for setting in fine], RUNGS)
final = fine_found.best.setting

# %% tags=["show", "hide-input"]
show_table(["setting", "rate", "decay", "batch", "penalty", "epochs", "validation score"],
           [[{0: "chosen on the narrow one", 1: "as reported"}.get(one.number, f"{one.number}"),
             *(f"{one.setting[n]:.3g}" for n in ("rate", "rate_decay", "batch_size", "l2")),
             one.epochs, f"{one.score:.4f}"] for one in fine_found.last if one.score is not None])

# %% [markdown]
# ## The wide network, and the test
#
# Now with *all* training images: three settings on the wide network, compared on the validation
# images. Only the last, the winner of the fine search, sees the test images, once.

# %% tags=["row-B7"]
def score_network(network, images, labels):
    """Share of images (N, 28, 28) that are read rightly."""
    blocks = [run_forward(network, images[i:i + 1000])[-1] for i in range(0, len(images), 1000)]
    return float((np.concatenate(blocks).argmax(axis=1) == labels).mean())

others = search([{**setting, "widths": WIDE} for setting in (REPORTED, coarse)], (EPOCHS + 1,),
                images=train)
wide = {one.number: one.score or 0.0 for one in others.last}
network = make_numpy_network(WIDE, activation=final["activation"], seed=get_seed(),
                             initialisation=final["initialisation"])
values = {name: final[name] for name in ("batch_size", "rate", "rate_decay", "l2")}
for _ in fit_numpy_network(network, train, epochs=EPOCHS + 1, seed=get_seed(), **values):
    pass

# %% tags=["row-B7"]
wide_score = score_network(network, *validation)
test_score = score_network(network, test_images, test_labels)
record("B7", "wide_reported_score", wide[0])
record("B7", "wide_coarse_score", wide[1])
record("B7", "wide_validation_score", wide_score)
record("B7", "test_score", test_score)

# %% tags=["show", "hide-input"]
parameters = [sum((i + 1) * o for i, o in zip(widths, widths[1:])) for widths in (WIDTHS, WIDE)]
show_table(["setting", f"narrow, {parameters[0]:,} parameters, half of the images",
            f"wide, {parameters[1]:,} parameters, all images", "test, wide"],
           [["as reported", baseline.score, wide[0], None],
            ["chosen on the narrow network", fresh.mean(axis=1).max(), wide[1], None],
            ["chosen on the wide network", None, wide_score, test_score]], digits=4)
test_error = (test_score * (1 - test_score) / len(test_labels)) ** 0.5
say(f"What the narrow network's winner gains or loses against the report there, "
    f"{fresh.mean(axis=1).max() - baseline.score:+.4f}, became {wide[1] - wide[0]:+.4f} on the wide "
    f"one. The test score has a standard error of {test_error:.4f}.")
sigmoids = [one.score for one in found.last if one.score and one.setting["activation"] == "sigmoid"]
knew = "who chose it knew where to look" if baseline.score > max(sigmoids) else "not out of reach"
say(f"The best setting *with sigmoid* in the search scores {max(sigmoids):.4f}, the reported one "
    f"{baseline.score:.4f}: {knew}.")
show_claims("B7")

# %% [markdown]
# A blind search over wide ranges needs no experience, tells which settings matter, and says where not
# to look. For the last thousandths you look closer, on the network that you mean.
#
# ## Where it fails
#
# How do bad settings fail? Few burst. Most learn nothing.

# %% tags=["show", "hide-input"]
worst = [one for one in found.last if not one.failure and one.score < 0.3]
losses = np.array([one.history[-1]["loss"] for one in worst] or [np.nan])
say(f"After their last epoch, {len(worst)} of {len(found.last)} settings score under 0.3. The lowest loss "
    f"among them is {np.min(losses):.2f}, the highest {np.max(losses):.2f}; knowing nothing costs "
    f"ln 10 = {np.log(10):.2f}.")
inside = {name: np.log(final[name] / SPACE[name].low)
          / np.log(SPACE[name].high / SPACE[name].low) for name in ("rate", "rate_decay", "l2")}
told = ", ".join(f"{value:.2f} ({NAMES[name]})" for name, value in inside.items())
say(f"In its ranges, from 0 to 1 on their scales, the final setting lies at {told}. Near an end, "
    "the range was too narrow, or the setting does not matter.")

# %% [markdown]
# A search answers only what it is asked: for *this* network, these images, this many epochs.
#
# ## Exercises
#
# ### Exercise 1: predict the cost
#
# How many epochs does successive halving train? Of `count` settings, each rung keeps the whole part
# of one in `factor`, but at least one. `rungs` lists the epochs of each rung, trained from the start.

# %% tags=["exercise-choosing-settings-cost-stub"]
def count_epochs(count, rungs, factor=3):
    """Epochs over all settings and rungs, such as 48 + 48 + 45 for 48 and (1, 3, 9); an int."""
    return ...

# %% tags=["exercise-choosing-settings-cost-check"]
check("choosing-settings-cost", count_epochs)

# %% tags=["exercise-choosing-settings-cost-solution", "hide-cell"]
# @title Solution
def solution_count_epochs(count, rungs, factor=3):
    """Add up a rung, then keep the best share of it."""
    total = 0
    for epochs in rungs:
        total += count * epochs
        count = max(1, count // factor)
    return total

# %% [markdown]
# ### Exercise 2: change the scale
#
# Momentum lives close to 1: from $0.9$ to $0.99$ is a step like from $0.99$ to $0.999$. Place $u$ so
# that the *distance to 1* is even in ratios, from `low` at $u = 0$ to `high` at $u = 1$.

# %% tags=["exercise-choosing-settings-momentum-stub"]
def place_momentum(u, low=0.5, high=0.999):
    """Value between low and high, both below 1, for u (float, or an array of them)."""
    return ...

# %% tags=["exercise-choosing-settings-momentum-check"]
check("choosing-settings-momentum", place_momentum)

# %% tags=["exercise-choosing-settings-momentum-solution", "hide-cell"]
# @title Solution
def solution_place_momentum(u, low=0.5, high=0.999):
    """Equation (1) for the distance to 1."""
    return 1 - (1 - low) * ((1 - high) / (1 - low)) ** u

# %% [markdown]
# ### Exercise 3: extend the search
#
# Which settings go on to the next rung? Return the numbers of the `keep` best scores, the best one
# first. A score of NaN means that the setting failed: it never goes on, even if places stay empty.

# %% tags=["exercise-choosing-settings-survivors-stub"]
def choose_survivors(scores, keep):
    """Numbers (a list of at most `keep` ints) of the best of the scores (N,), best first."""
    return ...

# %% tags=["exercise-choosing-settings-survivors-check"]
check("choosing-settings-survivors", choose_survivors)

# %% tags=["exercise-choosing-settings-survivors-solution", "hide-cell"]
# @title Solution
def solution_choose_survivors(scores, keep):
    """NaN sorts last among the negated scores; leave those out."""
    order = np.argsort(-np.asarray(scores, float), kind="stable")
    return [int(n) for n in order if not np.isnan(scores[n])][:keep]

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("You tried 100 settings and report the best validation score. What does it tell?", [
    ("How the winner will do on new images.", False,
     "It is the best of a hundred draws of luck as well: expect a little less."),
    ("Which setting to take; how well it does, the test images say.", True,
     "Choosing has used the validation images up. The test images have chosen nothing."),
    ("Nothing, since 100 are too many.", False,
     "It is a good way to choose. Only its number flatters."),
])

# %% tags=["quiz", "hide-input"]
quiz("In your search the best rate lies at the top end of its range. What now?", [
    ("Take it: it is the best.", False, "Of those you allowed. Beyond the end may be better ones."),
    ("Widen the range upwards, and search again.", True,
     "An optimum at an end says that the range was cut too early."),
    ("Halve the range round the best, and search more finely.", False,
     "That cuts away the side on which better rates may lie."),
])

# %% tags=["quiz", "hide-input"]
quiz("Which settings does successive halving treat unfairly?", [
    ("Those that fail.", False, "They would fail later too; it saves their epochs."),
    ("Those with many parameters.", False,
     "Not as such: only if they learn slowly at first."),
    ("Those that start slowly and end well.", True,
     "A small rate is behind after one epoch. A longer first rung gives it time."),
])

# %% [markdown]
# ## What you can do now
#
# 1. You took a square of four trainings apart, and saw two settings interact.
# 2. You drew settings on a logarithmic scale, and counted how many rates a grid has tried.
# 3. You searched by successive halving, on all your cores, and checked what it threw away.
# 4. You measured which settings mattered, and by how much chance alone would explain.
# 5. You repeated the finalists, chose by the mean, searched again on the network that you meant, and
#    scored the test images once.
#
# ## References
#
# - J. Bergstra and Y. Bengio (2012), *Random search for hyper-parameter optimization*. I. M. Sobol
#   (1967), *On the distribution of points in a cube*: quasi-random points.
# - K. Jamieson and A. Talwalkar (2016), *Non-stochastic best arm identification and hyperparameter
#   optimization*: successive halving. L. Li and others (2018), *Hyperband*: how long the first rung.
