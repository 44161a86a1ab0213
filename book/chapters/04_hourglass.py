# %% [markdown]
# # The hourglass
#
# **Can a network take the noise out of a picture, and does it do so better than a filter?**
#
# Now a noisy picture goes in and a clean one comes out. The network for it is wide, narrow in the
# middle, and wide again. It works. Was it *needed*? The old report did not ask, and you will.
#
# **After this chapter you can**
#
# 1. measure how near a picture is to a clean one, in decibels, and check the number by hand;
# 2. set baselines that are fair to both sides before you train;
# 3. compute the sizes of the maps in an hourglass, and say why its padding is 'same';
# 4. say what a *binary* cross-entropy does with a grey pixel, and measure whether it pays;
# 5. find out what a narrow middle costs, and mend it.
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
from functools import cache
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
from labhelpers.data import make_denoising_pairs, measure_shape_sizes, turn_and_mirror
from labhelpers.insight import (measure_psnr, measure_ssim, plot_history, plot_images, restore_range,
                                show_figure, show_table, use_style)
from labhelpers.models.shape_networks import build_hourglass
from labhelpers.training import fit_model, get_seed, set_seed
from skimage.filters import gaussian, median
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle
use_style()

# %% tags=["parameters"]
profile = start_chapter("04_hourglass")

NUM_IMAGES = profile.pick(full=300, quick=300, smoke=16)
EPOCHS = profile.pick(full=100, quick=20, smoke=1)
VIEW_EPOCHS = profile.pick(full=12, quick=3, smoke=1)
NUM_VALIDATION = profile.pick(full=40, quick=12, smoke=2)
NUM_TEST = profile.pick(full=100, quick=32, smoke=6)
NUM_HUNT = profile.pick(full=2_000, quick=500, smoke=40)
LEVELS = profile.pick(full=(20, 50, 100, 200, 300, 400, 600), quick=(20, 100, 200, 400, 600),
                      smoke=(100, 400))

# %% [markdown]
# ## The data
# `make_denoising_pairs` draws each shape twice. Of a clean pixel $x$ and a fresh random number $u$,
# both between 0 and 1, it makes the noisy pixel of amplitude $a$:
#
# $$ y = \frac{255\,x + a\,u + a}{255 + 2a} \tag{1} $$
#
# This is the report's scale: paper gets darker and ink lighter as $a$ grows. You take 300 drawings with
# $a = 100$, as the report did. They are ours: no licence to mind.

# %%
train_noisy, train_clean = make_denoising_pairs(NUM_IMAGES, noise=100.0, seed=get_seed(1))
watched = make_denoising_pairs(NUM_VALIDATION, noise=100.0, seed=get_seed(2))
tests = {a: make_denoising_pairs(NUM_TEST, noise=float(a), seed=get_seed(3)) for a in (0, *LEVELS)}

# %% tags=["show", "hide-input"]
figure = plot_images(np.concatenate([tests[a][0][:1] for a in (0, *LEVELS)]),
                     titles=[f"noise {a}" for a in (0, *LEVELS)], columns=8)
show_figure(figure, alt="One shape under growing noise: its outline is ever harder to see.")
say(f"The training images are two arrays `{train_noisy.shape}`, `{train_noisy.dtype}`: noisy ones "
    f"from {train_noisy.min():.2f} to {train_noisy.max():.2f}, clean ones from 0 to 1.")

# %% [markdown]
# ## How good is a picture?
# The noise vanishes and the shapes are kept, says the report, judging by eye. The usual number is
# the **peak signal-to-noise ratio** in decibels (dB). With $n$ clean values $x_i$ and answers $p_i$:
#
# $$ \mathrm{PSNR} = 10 \log_{10} \frac{n}{\sum_i (p_i - x_i)^2} \tag{2} $$
#
# Ten decibels more are a tenth of the squared error. If every pixel is wrong by $0.1$, the mean
# square is $0.01$ and the PSNR is 20 dB. A second number, **SSIM**, compares small windows by
# brightness, contrast and pattern; it is 1 for a perfect copy.
#
# There is a trap: by equation (1) a noisy picture has *another scale* than the clean one, and if you
# compare them directly, you count the scale as noise. So undo it, and take away the mean of the noise.
# What is left is uniform and $a/255$ wide. A uniform number of width $w$ has the variance $w^2/12$,
# so a pencil is enough: for $a = 100$, the input must have $10 \log_{10}(12 \cdot 2.55^2)$ dB.

# %%
noisy, clean = tests[100]
restored = restore_range(noisy, 100)
np.testing.assert_allclose(restored, (noisy * 455 - 150) / 255, atol=1e-5)
np.testing.assert_allclose(measure_psnr(clean * 0 + 0.1, clean * 0), 20.0)
noisy_psnr, by_hand = measure_psnr(restored, clean).mean(), 10 * np.log10(12 * 2.55**2)
assert abs(noisy_psnr - by_hand) < 0.3

# %% tags=["show", "hide-input"]
say(f"Measured: **{noisy_psnr:.1f} dB**; with the pencil: {by_hand:.1f} dB. Without undoing the scale "
    f"it would be {measure_psnr(noisy, clean).mean():.1f} dB.")

# %% [markdown]
# ## Predict first
# - How many decibels will a network with 46,977 parameters gain at noise 100?
# - Four classical filters are told the amplitude, and know nothing of shapes. Who wins at noise 100,
#   and who at 400?
# - A network trained at noise 100 gets a picture *without* noise. What does it do to it?
#
# ## The baseline: look at the pixels, ink and paper apart

# %% tags=["show", "hide-input"]
figure, panels = plt.subplots(1, 2, figsize=(7, 2.6), sharey=True)
for axes, a in zip(panels, (100, 400)):
    for value, name, dashes in ((0, "ink", "-"), (1, "paper", "--")):
        axes.hist(restore_range(tests[a][0], a)[tests[a][1] == value], np.linspace(-0.9, 1.9, 57),
                  density=True, histtype="step", linewidth=1.8, linestyle=dashes, label=name)
    axes.set(title=f"noise {a}", xlabel="restored value")
panels[0].set_ylabel("density")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
show_figure(figure, alt="Two histograms of restored pixel values. At noise 100 ink and paper are two "
            "separate blocks with a gap between them; at noise 400 the blocks overlap widely.")

# %% [markdown]
# At noise 100 the blocks do not touch. Whoever knows the amplitude can name each pixel *by itself*, by
# its block. Only grey pixels at the edge of a shape fall into the gap, and they stay as they are.

# %%
def judge_pixels(noisy, noise):
    """Clean each pixel by itself, knowing the noise: (N, H, W, 1) to the same shape in [0, 1]."""
    restored, reach = restore_range(noisy, noise), noise / 510
    ink, paper = min(reach, 0.5), max(1 - reach, 0.5)
    return np.where(restored < ink, 0, np.where(restored > paper, 1, restored))

pixels_psnr = measure_psnr(judge_pixels(noisy, 100), clean).mean()

# %% tags=["show", "hide-input"]
say(f"At noise 100, clipping to the range from 0 to 1 already brings "
    f"{measure_psnr(restored.clip(0, 1), clean).mean():.1f} dB. The rule of three lines reaches "
    f"**{pixels_psnr:.1f} dB**, a gain of {pixels_psnr - noisy_psnr:.1f} dB. Remember this number.")

# %% [markdown]
# When the blocks overlap, the rule must fail, and neighbours are needed. **Filters** look at them. A
# Gaussian blur, which is linear, takes a weighted mean; the median, the middle value of a window.
# *Total variation* looks for a picture near the noisy one with few jumps. *Non-local means* averages
# pixels whose surroundings look alike. A poor setting makes a poor baseline. *Honest* tuning tries
# settings on validation images, at each noise anew, and takes the best one to the test images.

# %%
FILTERS = {  # name: (function of an image, the noise's deviation and a setting; settings to try)
    "Gaussian blur": (lambda x, d, s: gaussian(x, s), (0.5, 0.75, 1, 1.5, 2, 3)),
    "median": (lambda x, d, s: median(x, np.ones((s, s)), mode="nearest"), (3, 5, 7, 9, 11)),
    "total variation": (lambda x, d, s: denoise_tv_chambolle(x, s * d), (0.5, 0.7, 1, 1.4, 2, 2.8)),
    "non-local means": (lambda x, d, s: denoise_nl_means(x, s[0], 11, s[1] * d, sigma=d),
                        ((5, 1.6), (5, 1.1), (5, 0.8), (5, 0.6), (9, 0.6), (9, 0.4), (9, 0.3))),
}

def apply_filter(name, setting, noisy, noise):
    """Clean images (N, H, W, 1) with a filter that is told the noise."""
    images, deviation = restore_range(noisy, noise)[..., 0], noise / 255 / np.sqrt(12)
    cleaned = [FILTERS[name][0](image, deviation, setting) for image in images]
    return np.clip(cleaned, 0, 1)[..., None]

# %%
@cache
def tune(name, noise):
    """The setting of a filter with the highest mean PSNR on validation images."""
    noisy, clean = make_denoising_pairs(NUM_VALIDATION, noise=float(noise), seed=get_seed(2))
    return max(FILTERS[name][1], key=lambda setting: measure_psnr(
        apply_filter(name, setting, noisy, noise), clean).mean())

RULES = {"noisy input": restore_range, "one pixel at a time": judge_pixels}

# %% [markdown]
# ## The idea: narrow the picture, then widen it
# One pixel among much noise says little; a hundred together say a lot. A $3 \times 3$ convolution
# sees three pixels across, and a second one after it sees five: slow. A **max-pool** halves the map,
# so that each later step covers twice as much, at a quarter of the cost. **Upsampling**, which repeats
# each number $2 \times 2$, and more convolutions bring the picture back to full size.
#
# The convolutions have padding **'same'**: a border of zeros is added, so that a map keeps its size.
# Without it ('valid'), each one cuts a pixel off every side. Build it both ways and compare.

# %%
def build_net(padding="same"):
    """The report's hourglass: noisy image (72, 72, 1) in, clean image out."""
    def conv(name):
        return layers.Conv2D(32, 3, padding=padding, activation="relu", name=name)
    return keras.Sequential([
        keras.Input((72, 72, 1)),
        conv("down_1"), layers.MaxPooling2D(2), conv("down_2"), layers.MaxPooling2D(2),
        conv("down_3"), layers.MaxPooling2D(2), conv("middle"), layers.BatchNormalization(),
        layers.UpSampling2D(2), conv("up_1"), layers.UpSampling2D(2), conv("up_2"),
        layers.UpSampling2D(2, name="wide"),
        layers.Conv2D(1, 3, padding=padding, activation="sigmoid", name="clean"),
    ])

# %% tags=["show", "hide-input"]
widths = {p: [72] + [layer.output.shape[1] for layer in build_net(p).layers] for p in ("same", "valid")}
show_table(["padding", "width of the maps (px), where it changes"],
           [[f"'{p}'", " → ".join(str(b) for a, b in zip([0, *w], w) if a != b)]
            for p, w in widths.items()])

# %% [markdown]
# With 'valid', a pixel lost in the middle counts eight times at the end. With 'same', each answer lies
# where its pixel lies. The price: zeros look like *ink* beyond the frame; the network must learn better.
#
# **Count.** The first convolution has $9 \cdot 1 \cdot 32 + 32$ parameters, each of the next five
# $9 \cdot 32 \cdot 32 + 32$, batch normalisation four a map, and the last convolution $9 \cdot 32 + 1$.

# %%
parameters = build_net().count_params()
assert parameters == 320 + 5 * 9_248 + 4 * 32 + 289 == build_hourglass().count_params() == 46_977

# %% [markdown]
# ## The loss: binary, but not for binary pictures
# The last layer is a sigmoid: each answer $p$ lies between 0 and 1. The report trains it with the
# **binary cross-entropy** against the clean pixel $x$, the mean over all pixels of
#
# $$ \ell = -x \ln p - (1 - x) \ln (1 - p) \tag{3} $$
#
# because, it says, the image is binary. The loss is not bad; the reason is wrong. Binary is the
# *question*, "ink or paper?", and $p$ its probability. The pixels at the edge of a shape are grey,
# and that does no harm: for *any* target from 0 to 1 the loss is least at $p = x$, since its
# derivative by $p$ is $(p - x) / (p (1 - p))$. Only its least *value* is not zero then, but the
# **entropy** of the target. By hand: a grey pixel $x = 1/2$ costs $\ln 2$ with the right answer,
# and $\tfrac12 \ln \tfrac{16}{3}$, which is more, with $p = 1/4$.

# %%
def cross_entropy(clean, answer):
    """Mean of equation (3) over arrays in [0, 1]; answers are kept off 0 and 1, as in Keras."""
    answer = np.clip(answer.astype("float64"), 1e-7, 1 - 1e-7)
    return float(-(clean * np.log(answer) + (1 - clean) * np.log(1 - answer)).mean())

grey = np.array([0.5])
np.testing.assert_allclose(cross_entropy(grey, grey), np.log(2))
np.testing.assert_allclose(cross_entropy(grey, np.array([0.25])), np.log(16 / 3) / 2)
least_loss = cross_entropy(watched[1], watched[1])

# %% tags=["show", "hide-input"]
share = ((watched[1] > 0) & (watched[1] < 1)).mean()
say(f"Of 1,000 pixels in the clean validation images, {share * 1000:.0f} are grey. No network can bring "
    f"the loss below **{least_loss:.4f}** there. No error is this number, not zero.")

# %% [markdown]
# The plain alternative is the mean squared error (MSE), which equation (2) even asks for. What speaks
# for cross-entropy is its slope. With $p$ the sigmoid of a score $s$, the derivative by $s$ is $p - x$;
# that of the squared error is $2\,(p - x)\,p\,(1 - p)$. For paper, $x = 1$, taken for ink with
# $p = 0.01$, the slopes are $-0.99$ and $-0.02$: sure and wrong, it hardly learns from its square.
#
# ## Training as reported, and one number changed
# The report trains for 100 epochs in batches of 128: three steps an epoch. Beside it: batches of 16.

# %%
def fit(pairs, optimizer, epochs, batch_size=16, loss="binary_crossentropy", build=build_net):
    """Train a fresh hourglass on (noisy, clean) pairs, watching validation images of noise 100."""
    set_seed(get_seed())
    model = build()
    run = fit_model(model, pairs, validation=watched, epochs=epochs, optimizer=optimizer, loss=loss,
                    batch_size=min(batch_size, len(pairs[0])), metrics=["mse"], seed=get_seed())
    return model, run

NETS = {}

# %% tags=["row-A7"]
for name, batch_size in (("as reported", 128), ("batches of 16", 16)):
    NETS[name] = fit((train_noisy, train_clean), keras.optimizers.Adam(1e-3), EPOCHS, batch_size)

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.4))
plot_history({name: run for name, (_, run) in NETS.items()}, metric="mse", ax=axes)
axes.set(yscale="log", ylabel="mean squared error")
show_figure(figure, alt="Mean squared error by epoch, falling much lower in batches of 16 than of 128; "
            "with 128, validation lags far behind training at first.")
ends = [f"{-(-NUM_IMAGES // run.batch_size) * EPOCHS:,} steps end at a validation error of "
        f"**{-10 * np.log10(run.history['val_mse'][-1]):.1f} dB**" for _, run in NETS.values()]
say(f"As reported, {ends[0]}; in batches of 16, {ends[1]}, from the same images, as often.")

# %% [markdown]
# What held the report's network back was neither its form nor its images, but the number of *steps*,
# in two ways. Learning takes steps. And where validation is far worse than training, that need not be
# overfitting: batch normalisation uses the mean of the batch in training, and in validation a *moving*
# mean that keeps 0.99 of its old value a step. After $k$ steps, $0.99^k$ of its first guess is left.
#
# ## More from the same drawings
# Each drawing gives eight views, turned and mirrored, and from here on the learning rate falls to
# zero. One network learns with each loss. A third gets the same 300 shapes, each with its own
# amplitude between 0 and 400. Nobody tells it which.

# %%
def fit_views(noisy, clean, **options):
    """Train on eight views of each pair, with a learning rate that falls to zero."""
    views = turn_and_mirror(noisy), turn_and_mirror(clean)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, VIEW_EPOCHS * -(-len(views[0]) // 16))
    return fit(views, keras.optimizers.Adam(rate), VIEW_EPOCHS, **options)

# %% tags=["row-A7"]
NETS["eight views"] = fit_views(train_noisy, train_clean)
NETS["eight views, MSE"] = fit_views(train_noisy, train_clean, loss="mse")
all_noisy, all_clean = make_denoising_pairs(NUM_IMAGES, noise=(0.0, 400.0), seed=get_seed(1))
np.testing.assert_array_equal(all_clean, train_clean)
NETS["all noises"] = fit_views(all_noisy, all_clean)

# %% [markdown]
# ## The results
# All choices are made, so the test images are scored.

# %%
@cache
def judge(name, noise):
    """Mean PSNR and mean SSIM of a network, a rule or a filter on the test images of a noise."""
    noisy, clean = tests[noise]
    cleaned = (NETS[name][0].predict(noisy, verbose=0) if name in NETS
               else RULES[name](noisy, noise) if name in RULES
               else apply_filter(name, tune(name, noise), noisy, noise))
    return [float(measure(cleaned, clean).mean()) for measure in (measure_psnr, measure_ssim)]

# %% tags=["row-A7"]
CASES = [("reported", "as reported", 100), ("batch_16", "batches of 16", 100),
         ("one", "eight views", 100), ("one", "eight views", 400),
         ("mse", "eight views, MSE", 100), ("all", "all noises", 100), ("all", "all noises", 400)]
for key, name, noise in CASES:
    (psnr, ssim), run = judge(name, noise), NETS[name][1]
    record("A7", f"{key}_psnr_{noise}", psnr, run=run, unit="dB")
    record("A7", f"{key}_ssim_{noise}", ssim, run=run)
record("A7", "psnr_gain_100", judge("eight views", 100)[0] - noisy_psnr, unit="dB",
       run=NETS["eight views"][1])
record("A7", "pixel_rule_psnr_100", pixels_psnr, unit="dB")
for noise in (100, 400):
    best = max(FILTERS, key=lambda name: judge(name, noise)[0])
    record("A7", f"best_filter_psnr_{noise}", judge(best, noise)[0], unit="dB")

# %% tags=["show", "hide-input"]
rows = [[name, "", "", *judge(name, 100)] for name in (*RULES, *FILTERS)]
rows += [[f"hourglass, {name}", f"{run.parameters:,}", timing(f"{run.seconds:.0f}"),
          *judge(name, 100)]
         for name, (_, run) in NETS.items()]
show_table(["at noise 100", "parameters", "training (s)", "PSNR (dB)", "SSIM"],
           [[*row[:3], f"{row[3]:.1f}", f"{row[4]:.3f}"] for row in rows])
ours = judge("eight views", 100)[0]
say(f"As reported it gains {judge('as reported', 100)[0] - noisy_psnr:.1f} dB, with eight views "
    f"**{ours - noisy_psnr:.1f} dB**. The rule on single pixels is {pixels_psnr - ours:.1f} dB ahead.")
show_claims("A7")

# %% tags=["show", "hide-input"]
chosen = np.flatnonzero(measure_shape_sizes(clean) > 300)[:6]
shown = {"noisy": noisy[chosen], **{name: NETS[name][0].predict(noisy[chosen], verbose=0)
         for name in ("as reported", "eight views")}, "clean": clean[chosen]}
figure = plot_images(np.concatenate(list(shown.values())), columns=len(chosen),
                     titles=[name for name in shown for _ in chosen])
show_figure(figure, alt="Rows of six images: noisy, blurred as reported, sharper by eight views, clean.")

# %% tags=["show", "hide-input"]
ends = [[-10 * np.log10(NETS[name][1].history["val_mse"][k]) for k in (0, -1)]
        for name in ("eight views", "eight views, MSE")]
bce, mse = (ledger_summary("A7", f"{key}_psnr_100") for key in ("one", "mse"))
say(f"Does the loss matter? On validation images, cross-entropy is at {ends[0][0]:.1f} dB after its first "
    f"epoch and {ends[0][1]:.1f} dB at the end, MSE at {ends[1][0]:.1f} and {ends[1][1]:.1f} dB. Test, over "
    f"{bce.n} seeds: **{bce.mean:.1f} ± {bce.deviation:.1f} dB** and **{mse.mean:.1f} ± {mse.deviation:.1f} dB**.")

# %% [markdown]
# The argument is about pixels that are *sure and wrong*. Training starts with none, since all $p$ are
# near one half. And Adam divides each step by the running size of the gradient, which makes up for
# slopes that are smaller everywhere. Compare what is left of the advantage with the deviations.
#
# Now the whole line of noise, with filters tuned anew at each level. The last one is beyond training.

# %% tags=["show", "hide-input"]
figure, panels = plt.subplots(1, 2, figsize=(7, 3.8))
for k, (axes, label) in enumerate(zip(panels, ("PSNR (dB)", "SSIM"))):
    for name in ("all noises", "non-local means", "one pixel at a time", "total variation",
                 "eight views", "noisy input"):
        levels = (0, *LEVELS) if name in NETS else LEVELS
        style = {"color": "gray", "linestyle": ":"} if name == "noisy input" else {"marker": "o"}
        axes.plot(levels, [judge(name, a)[k] for a in levels], label=name, **style)
    axes.set(xlabel="noise", ylabel=label)
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
show_figure(figure, alt="PSNR and SSIM against noise. Rule and filters lead at little noise and fall "
            "steeply; the hourglass trained on all noises is flat and leads at much noise.")

# %% tags=["show", "hide-input"]
show_table(["PSNR (dB) at noise", *map(str, LEVELS)],
           [[name, *(f"{judge(name, a)[0]:.1f}" for a in LEVELS)]
            for name in (*RULES, *FILTERS, "eight views", "all noises")])
ahead = [str(a) for a in LEVELS if judge("all noises", a)[0]
         > max(judge(name, a)[0] for name in (*RULES, *FILTERS))]
say(f"Trained at noise 100 alone, the hourglass falls to {judge('eight views', 400)[0]:.1f} dB at noise 400. "
    f"Trained at all, it beats every rule and filter at noise {', '.join(ahead) or '(none: too briefly)'}. "
    f"Given a *perfect* picture, it returns one of {judge('all noises', 0)[0]:.1f} dB: it does harm.")

# %% [markdown]
# So it depends on the noise. Where ink and paper can be told apart pixel by pixel, a rule or a filter
# that is told the amplitude needs no training. Where they overlap, it pays to know what shapes look
# like, and only the network does. At noise 100 alone, the report could not see what it was good for.
# Move the noise and see; the page's own hourglass has learnt longer, from more drawings.

# %% tags=["show", "hide-input"]
from labhelpers.widgets import show_noise_explorer

show_noise_explorer()

# %% [markdown]
# ## Where it fails
# **Every picture must pass the middle.** Why does it harm a perfect one? The middle has $9 \times 9$
# places, and upsampling only repeats. Where an edge lies must be packed into the 32 numbers of a
# place, and unpacked again. If this is so, then maps of the *first* layer, handed to the last one
# past the middle, should bring the edges back. Such a **skip connection** costs $9 \cdot 32$ weights.

# %% tags=["row-A7"]
def build_with_skip():
    """The hourglass, with the first layer's maps handed to the last layer as well."""
    net = build_net()
    both = layers.Concatenate()([net.get_layer("down_1").output, net.get_layer("wide").output])
    return keras.Model(net.inputs[0], layers.Conv2D(1, 3, padding="same", activation="sigmoid")(both))

NETS["with a skip"] = fit_views(all_noisy, all_clean, build=build_with_skip)
assert NETS["with a skip"][1].parameters == parameters + 9 * 32
for noise in (100, 400):
    psnr, run = judge("with a skip", noise)[0], NETS["with a skip"][1]
    record("A7", f"skip_psnr_{noise}", psnr, run=run, unit="dB")

# %% tags=["show", "hide-input"]
gains = {a: judge("with a skip", a)[0] - judge("all noises", a)[0] for a in (0, 100, 400)}
say("The skip changes the PSNR by "
    + ", ".join(f"**{gain:+.1f} dB** at noise {a}" for a, gain in gains.items()) + ".")

# %% [markdown]
# What was missing is *where*. Skips at every width make the *U-Net* of today.
#
# **Slivers.** Are all shapes kept, as the report says? Count those that lose more than half of their ink,
# and look at the largest that are lost at noise 400, the ones with the least excuse.

# %% tags=["show", "hide-input"]
kept = {}
for a in (100, 400):
    hunt_noisy, hunt_clean = make_denoising_pairs(NUM_HUNT, noise=float(a), seed=get_seed(5))
    answers = NETS["all noises"][0].predict(hunt_noisy, verbose=0)
    ink = 1 - hunt_clean
    kept[a] = ((1 - answers) * ink).sum((1, 2, 3)) >= 0.5 * ink.sum((1, 2, 3))
sizes_px = measure_shape_sizes(hunt_clean)
tiny = sizes_px < 60
say(f"Of {tiny.sum()} shapes under 60 px, **{(~kept[100][tiny]).sum()}** are lost at noise 100, "
    f"{(~kept[400][tiny]).sum()} at 400; of {(~tiny).sum():,} larger ones, {(~kept[100][~tiny]).sum()} "
    f"and {(~kept[400][~tiny]).sum()}.")

# %% tags=["show", "hide-input"]
lost = np.flatnonzero(~kept[400])
lost = lost[np.argsort(-sizes_px[lost])][:6]
if len(lost):
    figure = plot_images(np.concatenate([images[lost] for images in (hunt_noisy, answers, hunt_clean)]),
                         columns=len(lost), titles=np.repeat(["noise 400", "cleaned", "clean"], len(lost)))
    show_figure(figure, alt="Three rows: thin shapes in noise 400, grey smears, and the shapes clean.")

# %% [markdown]
# Neither an eye nor a mean misses what is gone: blank paper for a sliver has an excellent PSNR.
#
# ## Exercises
# ### Exercise 1: predict how far it sees
# `steps` lists layers, such as `["conv", "pool", "conv"]`. A number after them sees a square of the
# input, at first 1 px wide. A $3 \times 3$ convolution adds a neighbour on either side, a $2 \times 2$
# pool on one side; after a pool, neighbours are twice as far apart. First guess for the middle.

# %% tags=["exercise-hourglass-sight-stub"]
def measure_sight(steps):
    """Return the width in px of the square that one number sees (int)."""
    return ...

# %% tags=["exercise-hourglass-sight-check"]
check("hourglass-sight", measure_sight)

# %% tags=["exercise-hourglass-sight-solution", "hide-cell"]
# @title Solution
def solution_measure_sight(steps):
    """Follow the width seen and the distance between neighbours, both in px of the input."""
    width, distance = 1, 1
    for step in steps:
        width += 2 * distance if step == "conv" else distance
        distance *= 2 if step == "pool" else 1
    return width

# %% [markdown]
# ### Exercise 2: change the target
# Write the least binary cross-entropy that any answer can reach: the mean entropy of `targets`, from
# 0 to 1. Black and white pixels cost nothing, and must not give NaN.

# %% tags=["exercise-hourglass-least-stub"]
def least_cross_entropy(targets):
    """Return the mean over all values of -x ln x - (1 - x) ln(1 - x) (float)."""
    return ...

# %% tags=["exercise-hourglass-least-check"]
check("hourglass-least", least_cross_entropy)

# %% tags=["exercise-hourglass-least-solution", "hide-cell"]
# @title Solution
def solution_least_cross_entropy(targets):
    """Only grey values have an entropy; black and white ones count in the mean alone."""
    x = targets[(targets > 0) & (targets < 1)].astype("float64")
    return float(-(x * np.log(x) + (1 - x) * np.log(1 - x)).sum() / targets.size)

# %% [markdown]
# ### Exercise 3: ask eight times
# Let `denoise` clean the eight views of the images, turn each answer *back*, and average. Then see
# what it gains: `average_views(lambda v: NETS["all noises"][0].predict(v, verbose=0), noisy)`.

# %% tags=["exercise-hourglass-views-stub"]
def average_views(denoise, images):
    """Mean of the answers to the eight views of images (N, S, S, 1), each turned back."""
    return ...

# %% tags=["exercise-hourglass-views-check"]
check("hourglass-views", average_views)

# %% tags=["exercise-hourglass-views-solution", "hide-cell"]
# @title Solution
def solution_average_views(denoise, images):
    """Undo in the opposite order: mirror back first, then turn back."""
    answers = []
    for k in range(4):
        for step in (1, -1):
            view = np.rot90(images, k, axes=(1, 2))[:, :, ::step]
            answers.append(np.rot90(denoise(view)[:, :, ::step], -k, axes=(1, 2)))
    return np.mean(answers, axis=0)

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("The clean pictures have grey edges. The binary cross-entropy stops at 0.01. What follows?", [
    ("The network is wrong by about 0.01 a pixel.", False,
     "The loss is in nats, not in grey values, and a perfect answer does not cost zero either."),
    ("Nothing, until the entropy of the targets is subtracted.", True,
     "The least value is what the right picture itself would cost. Only the rest is error."),
    ("Another loss is needed.", False, "This one is least at the right grey value, whatever it is."),
])

# %% tags=["quiz", "hide-input"]
quiz("Why does the hourglass use padding 'same'?", [
    ("It makes training faster.", False, "It even costs a little: there are more places to compute."),
    ("So that every pixel of the input has its pixel in the output.", True,
     "Valid convolutions shrink the maps, and upsampling multiplies what was lost."),
    ("So that zeros teach it about edges.", False, "They are a nuisance: they look like ink."),
])

# %% tags=["quiz", "hide-input"]
quiz("A denoiser beats a median filter of 3 by 3, the first size that was tried. What do you ask?", [
    ("Nothing: everybody can repeat it.", False, "Repeatable and fair are two things."),
    ("That the filter's size be tuned, on images that are not the test images.", True,
     "Training tuned the network. The filter deserves its best setting at each noise."),
    ("That it be tuned on the test images.", False, "Then the filter has seen the answers."),
])

# %% [markdown]
# ## What you can do now
# You measured pictures in decibels; found where a rule, a filter and a network win; computed the sizes
# of the maps; know what a cross-entropy costs on grey; and led the edges past the middle.
#
# ## References
# - P. Vincent and others (2008), *Extracting and composing robust features with denoising autoencoders*.
# - O. Ronneberger, P. Fischer and T. Brox (2015), *U-Net*: skips at every width.
# - Z. Wang, A. Bovik, H. Sheikh and E. Simoncelli (2004), *Image quality assessment*: SSIM.
# - L. Rudin and others (1992): total variation. A. Buades and others (2005): non-local means.
