# %% [markdown]
# # What a training step costs
#
# **How fast could this machine train, how fast does it, and what can you do when memory runs out?**
#
# The old lab calls an nVidia card compulsory, and reports that a graphics card (GPU) trained 70 to 250
# times as fast as a processor (CPU). You will learn what such a figure is made of, measure your own
# machine, whatever it is, and see how far you get with it.
#
# **After this chapter you can**
#
# 1. count what a network computes for an image, and what it moves and keeps in memory;
# 2. measure what a machine can do at best, and say which share of it a network reaches;
# 3. split the time of a step into work and overhead, and say what a faster machine could gain;
# 4. foresee when memory runs out, and choose among the ways out.
#
# **You need** the chapter *Shapes anywhere*. Nothing is downloaded. All times are of the machine that
# ran the notebook: run it on yours.

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
    show_machines,
    start_chapter,
    timing,
)
from labhelpers.lesson.start import format_minutes, load_timing
from labhelpers.data import make_shapes
from labhelpers.insight import plot_images, show_figure, show_table, use_style
from labhelpers.models.shape_networks import (
    build_hourglass,
    build_linear,
    build_small_cnn,
    build_vertex_regressor,
)
from labhelpers.training import describe_hardware, fit_model, get_seed

use_style()

# %% tags=["parameters"]
profile = start_chapter("05_hardware")

SIZE = profile.pick(full=2048, quick=2048, smoke=128)
EPOCHS = profile.pick(full=6, quick=4, smoke=2)
BATCHES = profile.pick(full=(1, 4, 16, 32, 64), quick=(1, 8, 32), smoke=(1, 8))
NUM_FILE = profile.pick(full=20_000, quick=20_000, smoke=2_000)
# A builder, and the steps of an epoch: about equally long for all.
NETWORKS = {"one layer": (build_linear, 100), "small CNN": (build_small_cnn, 40),
            "hourglass": (build_hourglass, 8), "vertex regressor": (build_vertex_regressor, 1)}
NETWORKS = profile.pick(full=NETWORKS, quick=NETWORKS, smoke={
    name: (NETWORKS[name][0], 2) for name in ("one layer", "small CNN")})

# %% [markdown]
# ## The data
# The shapes of the chapters before. What they show does not matter today, so all targets are zeros, of
# the shape that each network puts out. Nothing of use is learned, at the usual price.

# %%
images, _ = make_shapes(32 * max(steps for _, steps in NETWORKS.values()), free=True,
                        seed=get_seed(1))

# %% tags=["show", "hide-input"]
say(f"{len(images):,} images of shape `{images.shape[1:]}`, dtype `{images.dtype}`, values from "
    f"{images.min():.2f} to {images.max():.2f}: {images[0].nbytes:,} bytes each.")
show_figure(plot_images(images[:8], columns=8),
            alt="Eight of the images: noisy squares, disks and triangles of any place and size.")

# %% [markdown]
# ## Predict first
# - You train on 32 images at a time. The vertex regressor has five hundred times the parameters of
#   one layer. Is its step five hundred times as long? Less? More?
# - Which share of what your processor *could* compute does plain Keras use, in each network?
# - If a graphics card computed infinitely fast, how much faster would one layer train?
#
# ## What a step computes
# Count multiplications. A **dense** layer multiplies each weight once. A **convolution** lays each
# kernel on every pixel of its output map, so each of its weights is used as often as the map has
# pixels. With a kernel of $k$ by $k$ over $c$ channels, $f$ filters and a map of $h$ by $w$:
#
# $$ M = h\, w \cdot k^2\, c\, f \tag{1} $$
#
# Each comes with an addition, so a pass forward is $2M$ operations (FLOP). Backward, the same products
# are made twice: for the gradient of the weights, and for that of the input. So training costs
#
# $$ \text{operations an image} \approx 3 \cdot 2\, M = 6 M \tag{2} $$
#
# By hand, for the small CNN: its 16 kernels of $5 \times 5$ lie on $68 \times 68$ places, and its
# dense layer has $34 \cdot 34 \cdot 16 \cdot 3$ weights. The code must find the same. (The package
# counts each layer with `count_multiply_adds`.)

# %%
def count_products(model):
    """Equation (1), all layers: multiplications of one image on its way forward (int)."""
    kernels = [layer for layer in model.layers if hasattr(layer, "kernel")]
    return sum(int(np.prod(layer.kernel.shape)) * int(np.prod(layer.output.shape[1:-1]))
               for layer in kernels)

assert count_products(build_small_cnn()) == 68 * 68 * 5 * 5 * 16 + 34 * 34 * 16 * 3

# %% [markdown]
# ## What a step moves and keeps
# Numbers must also travel between memory and the units that multiply, 4 bytes each in float32:
#
# - what each layer puts out (its **activations**) is written and read on the way forward, read again
#   on the way back, and its gradient is written and read: 5 times. Until then, it must be **kept**;
# - each parameter is read forward and backward, its gradient written, and Adam reads four numbers and
#   writes three: 10 times, but once a *step*, whatever the number of images.

# %%
def count_activations(model):
    """Numbers that all layers put out for one image (int)."""
    return sum(int(np.prod(layer.output.shape[1:])) for layer in model.layers)

def count_bytes(model, batch_size):
    """Bytes that a step moves, for each image (float)."""
    return 4 * (5 * count_activations(model) + 10 * model.count_params() / batch_size)

costs = {}
for name, (build, _) in NETWORKS.items():
    model = build()
    costs[name] = (6 * count_products(model), count_bytes(model, 32), model.count_params(),
                   4 * count_activations(model))

# %% tags=["show", "hide-input"]
show_table(
    ["network", "parameters", "MFLOP an image", "MB moved an image", "FLOP a byte", "MB kept an image"],
    [[name, f"{p:,}", f"{flop / 1e6:,.1f}", f"{moved / 1e6:.2f}", f"{flop / moved:,.0f}",
      f"{kept / 1e6:.2f}"] for name, (flop, moved, p, kept) in costs.items()],
)
first, *_, last = costs.values()
say(f"From the first to the last row the parameters grow **{last[2] / first[2]:,.0f}** times, and the "
    f"operations **{last[0] / first[0]:,.0f}** times: a convolution uses each weight again and again. "
    "Parameters say little about time.")

# %% [markdown]
# ## What the machine can do at best
# No score means anything without a baseline; no speed does either. The baseline of speed is the
# easiest large task there is: the product of two big matrices, $2 n^3$ operations, in which each
# number fetched is used thousands of times. Many machines make it faster in **bfloat16**, a float32
# with its last 16 bits cut off. Whether yours does is measured, not assumed.

# %% tags=["row-A8"]
def measure(work, run, rounds=9):
    """Rates (rounds - 1,): `work` over the seconds of `run()`; the first run is left out."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        # Reading one number of the result waits until it is computed.
        float(keras.ops.cast(run()[0, 0], "float32"))
        seconds.append(time.perf_counter() - start)
    return work / np.array(seconds[1:])

LOW = describe_hardware().precision
square = keras.random.normal((SIZE, SIZE), seed=1)
factors = {precision: keras.ops.cast(square, precision) for precision in ("float32", LOW)}
products = {precision: measure(2 * SIZE**3 / 1e9, lambda: keras.ops.matmul(factor, factor))
            for precision, factor in factors.items()}

# %% [markdown]
# And the speed of memory: add 1 to a large array, so that each number is read and written once.

# %% tags=["row-A8"]
long = keras.ops.zeros((8 * SIZE, SIZE))
traffic = measure(2 * 4 * 8 * SIZE**2 / 1e9, lambda: long + 1.0)
best = {precision: float(np.median(rates)) for precision, rates in products.items()}
record("A8", "product_float32", best["float32"], unit="GFLOP/s", timing=True)
record("A8", "product_gain", best[LOW] / best["float32"], timing=True)
record("A8", "traffic", float(np.median(traffic)), unit="GB/s", timing=True)

# %% tags=["show", "hide-input"]
show_table(["what", "median", "least", "most", "unit"],
           [*([f"product in {p}", *(timing(f"{v:,.0f}") for v in (np.median(r), r.min(), r.max())),
               "GFLOP/s"] for p, r in products.items()),
            ["memory", *(timing(f"{v:.1f}") for v in
                         (np.median(traffic), traffic.min(), traffic.max())), "GB/s"]])
balance = best["float32"] / np.median(traffic)
gain = timing(round(best[LOW] / best["float32"], 1))
lower = (f"In {LOW} the product is **{gain}** times as fast as in float32." if LOW != "float32"
         else "This machine has no faster lower precision.")
say(f"Measured on {describe_hardware().gpu or describe_hardware().cpu}. {lower} In the time of one "
    f"byte from memory, it could make **{timing(round(balance))}** operations: a network with fewer "
    "FLOP a byte waits for memory.")

# %% [markdown]
# Times are noisy: another program, a warm processor, neighbours in a data centre. So each is the
# median of several, with the least and the most beside it. Believe ratios, to one digit.
#
# ## What the networks reach
# Two ways to train: `fit` as Keras has it, and the book's `fit_model`, once held to float32 and once
# with the precision it chooses. Both learn the same. The first epoch, in which everything is
# prepared, is left out.

# %% tags=["row-A8"]
def train(name, way, batch_size=32, steps=None):
    """Images a second of each epoch but the first, and fit_model's run (None for plain Keras)."""
    build, usual = NETWORKS[name]
    model, x = build(seed=get_seed()), images[: batch_size * (steps or usual)]
    y = np.zeros((len(x), *model.output_shape[1:]), "float32")
    model.compile(keras.optimizers.Adam(), "mse")
    if way == "plain Keras":
        ends = []
        clock = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter()))
        model.fit(x, y, batch_size, EPOCHS, verbose=0, callbacks=[clock])
        return len(x) / np.diff(ends), None
    run = fit_model(model, (x, y), epochs=EPOCHS, batch_size=batch_size, precision=way,
                    show_progress=False)
    return len(x) / np.array(run.history["seconds"][1:]), run

# %% tags=["row-A8"]
WAYS = ("plain Keras", "float32", "auto")
speeds = {name: {way: train(name, way) for way in WAYS} for name in NETWORKS}

# %% tags=["row-A8"]
gains, shares = {}, {}
for name, measured in speeds.items():
    run = measured["auto"][1]
    plain, ours = (float(np.median(measured[way][0])) for way in ("plain Keras", "auto"))
    gains[name] = ours / plain
    shares[name] = ours * costs[name][0] / 1e9 / best.get(run.precision, best["float32"])
    key = name_metric(name)
    record("A8", f"gain_{key}", gains[name], run=run, timing=True)
    record("A8", f"share_{key}", shares[name], run=run, timing=True)

# %% tags=["show", "hide-input"]
def spread(rates):
    """Median, and the range as a share of it."""
    median, half = np.median(rates), (rates.max() - rates.min()) / 2
    return timing(f"{median:,.0f} ± {half / median:.0%}")

show_table(
    ["network", "plain Keras", "fit_model, float32", "fit_model, its choice", "which is", "gain",
     "share of the product's rate"],
    [[name, *(spread(measured[way][0]) for way in WAYS), measured["auto"][1].precision,
      timing(f"{gains[name]:.1f}"), timing(f"{shares[name]:.2f}")]
     for name, measured in speeds.items()],
    caption="Images a second through forward and backward, batches of 32",
)

# %% tags=["show", "hide-input"]
slow, quick = min(shares, key=shares.get), max(shares, key=shares.get)
first, *_, last = (float(np.median(ways["plain Keras"][0])) for ways in speeds.values())
say(f"The share of the machine that is used goes from **{timing(round(shares[slow], 2))}** "
    f"({timing(slow)}) to **{timing(round(shares[quick], 2))}** ({timing(quick)}). With plain "
    f"Keras, the last network's step takes **{timing(round(first / last))}** "
    "times as long as the first one's.")

# %% [markdown]
# Compare that with the operations: one layer makes so few that its time goes elsewhere. A share near
# 1 leaves nothing to gain but by a faster machine (above 1, the product was not at its best either).
#
# ## Where the time goes
# Split the time of a step with $n$ images into a part that grows with them and a part that does not:
#
# $$ t(n) = t_0 + n\, t_1 \tag{3} $$
#
# $t_0$ is **overhead**: Python, starting each operation, updating the weights. Measure $t$ with plain
# Keras for several batch sizes, and put a line through.

# %% tags=["row-A8"]
curves = {}
for name, (_, steps) in list(NETWORKS.items())[:3]:
    step_s = [n / float(np.median(train(name, "plain Keras", n, min(steps, len(images) // n))[0]))
              for n in BATCHES]
    t1, t0 = np.polyfit(BATCHES, step_s, 1, w=1 / np.array(step_s))
    t0 = max(t0, 0.01 * step_s[0])  # noise may put the line below nothing
    curves[name] = (np.array(step_s), t0, t1)
    record("A8", f"ceiling_{name_metric(name)}", (t0 + 32 * t1) / t0,
           timing=True)

# %% tags=["show", "hide-input"]
figure, axes = plt.subplots(figsize=(7, 3.6))
for index, (name, (step_s, t0, t1)) in enumerate(curves.items()):
    axes.plot(BATCHES, 1e3 * step_s, "os^"[index], color=f"C{index}", label=name)
    axes.plot(BATCHES, 1e3 * (t0 + t1 * np.array(BATCHES)), color=f"C{index}", linewidth=1)
axes.set(xscale="log", yscale="log", xlabel="images in the batch", ylabel="milliseconds a step")
axes.set_xticks(BATCHES, [str(n) for n in BATCHES])
axes.legend()
show_figure(figure, alt="Time of a step against the batch size, with a line for each network: flat "
            "for small batches, where overhead rules, then rising in proportion to the images.")

# %% tags=["show", "hide-input"]
show_table(["network", "overhead (ms a step)", "each image (ms)", "overhead's share at 32",
            "most that a faster machine can gain at 32"],
           [[name, timing(f"{1e3 * t0:.1f}"), timing(f"{1e3 * t1:.2f}"),
             timing(f"{t0 / (t0 + 32 * t1):.2f}"), timing(f"{(t0 + 32 * t1) / t0:.1f}")]
            for name, (_, t0, t1) in curves.items()])

# %% [markdown]
# The last column is **Amdahl's law**: if a machine makes the work $s$ times as fast and leaves the
# overhead alone, a step becomes
#
# $$ \text{gain} = \frac{t_0 + n\, t_1}{t_0 + n\, t_1 / s} \tag{4} $$
#
# times as fast, at most $(t_0 + n t_1) / t_0$. A gain of 70 needs a step
# that is overhead by less than one part in 70: a large network, or large batches. So "how much faster
# is a GPU?" is a question about a network, a batch size, and the CPU and software compared with. And
# software can pass the ceiling, for it can shorten the overhead: see what `fit_model` gained above.
#
# ## The results
# The report compares two machines. Ours is what one CPU gains on itself, by software alone.

# %% tags=["show", "hide-input"]
show_claims("A8")

# %% [markdown]
# A card may well be that much faster on the large networks. `labs speed`, in a terminal, or
# `!labs speed` in Colab, measures the machine it runs on, in less than a minute, and writes
# a row into this table. This chapter, too, runs on a card as it stands.

# %% tags=["show", "hide-input"]
show_machines()

# %% [markdown]
# ## Is a card compulsory?
# It is a fair wish. Here is what this part's chapters took without one, as far as they are measured.

# %% tags=["show", "hide-input"]
part = ("01_one_layer", "02_shapes_anywhere", "03_where_is_the_triangle", "04_hourglass")
took = {chapter: [load_timing(chapter, name) for name in ("quick", "full")] for chapter in part}
show_table(["chapter", "quick", "full", "on"],
           [[chapter, *(format_minutes(t["minutes"]) for t in times),
             f"{times[0]['cores']} cores of {times[0]['device']}"]
            for chapter, times in took.items() if all(times)])

# %% [markdown]
# Not compulsory, then. *Shapes anywhere* replaced parameters by a better idea; no card does that.
#
# ## Where it fails: memory
# A slow machine needs patience; a full one stops. On a GPU this is the usual end of a notebook:
# `ResourceExhausted`, `out of memory`, or a dead kernel. Foresee it: a batch of $n$ images keeps $n$
# times the activations. The table above says how much that is; what does it really take? The next
# cells train the hourglass in **child processes**, so that whatever happens there happens to them.

# %% tags=["row-A8"]
CHILD = '''
import json, os, resource, sys
os.environ.update(CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3")
import keras, numpy as np
from labhelpers.models.shape_networks import build_hourglass
policy, parts, limit_mb, sizes = json.loads(sys.argv[1])
keras.config.set_dtype_policy(policy)
model = build_hourglass(seed=0)
model.compile(keras.optimizers.Adam(gradient_accumulation_steps=parts or None), "mse")
def memory(name):  # in MB, as Linux counts it
    return next(int(l.split()[1]) / 1024 for l in open("/proc/self/status") if l.startswith(name))
'''

# %% tags=["row-A8"]
CHILD += '''
def step(count):
    images = np.zeros((count, 72, 72, 1), "float32")
    model.train_on_batch(images, images)
step(2)
if limit_mb:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = int(memory("VmData") + limit_mb) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
for size in sizes:
    for _ in range(parts or 1):
        step(size // (parts or 1))
    print(json.dumps([size, memory("VmHWM")]), flush=True)
'''

# %% [markdown]
# `VmHWM` is the most memory the process has ever held. `setrlimit` is the safety rope: the system
# refuses the child more memory long before your machine has any trouble.

# %% tags=["row-A8"]
import json
import subprocess
import sys

ON_LINUX = sys.platform == "linux"  # Windows has no such limit, and macOS does not keep to it
GROWING = profile.pick(full=[16, 32, 64, 128], quick=[16, 32, 64, 128], smoke=[4, 8])
BIG, LIMIT_MB = profile.pick(full=(64, 200), quick=(64, 200), smoke=(8, 60))
TRIALS = {"growing": ("float32", 0, 0, GROWING), "whole": ("float32", 0, LIMIT_MB, [BIG]),
          "two halves": ("float32", 2, LIMIT_MB, [BIG]),
          "bfloat16": ("mixed_bfloat16", 0, LIMIT_MB, [BIG])}
TRIALS = dict(list(TRIALS.items())[: profile.pick(full=4, quick=4, smoke=1)])

# %% tags=["row-A8"]
children = {name: subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(trial)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for name, trial in TRIALS.items() if ON_LINUX}
ended = {name: (*child.communicate(), child.returncode) for name, child in children.items()}
reached = {name: [json.loads(line) for line in out.splitlines() if line.startswith("[")]
           for name, (out, *_) in ended.items()}

# %% tags=["row-A8"]
if ON_LINUX:
    sizes, held_mb = np.array(reached["growing"]).T
    slope_mb = float(np.polyfit(sizes, held_mb, 1)[0])
    counted_mb = 4 * count_activations(build_hourglass()) / 2**20
    record("A8", "memory_over_count", slope_mb / counted_mb, timing=True)

# %% tags=["show", "hide-input"]
if ON_LINUX:
    show_table(["images in the batch", "most memory held (MB)"],
               [[f"{n:.0f}", timing(f"{held:,.0f}")] for n, held in zip(sizes, held_mb)])
    say(f"Each further image takes **{timing(round(slope_mb, 1))} MB**; counted by hand, its "
        f"activations are **{counted_mb:.1f} MB**. The gradients of the activations need room too.")
else:
    say("This needs Linux, as in Colab or in WSL: other systems do not tell or limit memory so.")

# %% [markdown]
# Now let it run out: the same child, with a limit a little above what it starts with, is asked for
# one step with a large batch. Then two ways out, under the same limit:
#
# - **smaller parts**: two half batches, whose gradients are added up before the one update
#   (`gradient_accumulation_steps`). But for batch normalisation, which sees halves, the same is learned;
# - **lower precision**: activations of two bytes in place of four.

# %% tags=["show", "hide-input"]
def tell(name):
    """What became of a child, in a few words."""
    _, err, code = ended[name]
    if reached[name]:
        return "done", timing(f"{reached[name][-1][1]:,.0f}")
    said = err.strip().splitlines()[-1] if code > 0 and err else f"the process died ({code})"
    return f"`{said[:60].replace('`', ' ')}`", ""

show_table(["a batch of " + str(BIG), "what happened", "most memory held (MB)"],
           [[name, *tell(name)] for name in ended if name != "growing"] or [["", "not tried here", ""]])

# %% [markdown]
# Depending on where memory runs out, Python says so (`MemoryError`, `ResourceExhaustedError`) or the
# process just dies. If your kernel dies at the same cell each time, think of memory first.
#
# **The data**, too, take four times their bytes in float32. Three ways to read one file, again under a
# limit, of twice the file's size:

# %% tags=["show"]
READER = '''
import os, resource, sys, numpy as np
path, way = sys.argv[1:]
def memory(name):
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(name))
start, limit = memory("VmRSS"), memory("VmData") * 1024 + 2 * os.path.getsize(path)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
images = np.load(path, mmap_mode="r" if way == "memory map" else None)
images = images / np.float32(255) if way == "float32 at once" else images
for batch in np.split(images[:1600], 50):
    total = (batch / np.float32(255)).sum()
print((memory("VmHWM") - start) / 1024)
'''

# %% tags=["show"]
import tempfile
from pathlib import Path

def read(path, way):
    """Read the file in a child: what happened, and the memory it took beside the start (MB)."""
    done = subprocess.run([sys.executable, "-c", READER, path, way], capture_output=True, text=True)
    said = (done.stderr.strip().splitlines() or ["killed"])[-1]
    return (f"`{said[:70]}`", "") if done.returncode else (
        "done", timing(f"{float(done.stdout):,.0f}"))

with tempfile.TemporaryDirectory() as folder:
    path = str(Path(folder, "images.npy"))
    np.save(path, np.random.RandomState(0).randint(0, 256, (NUM_FILE, 72 * 72)).astype("uint8"))
    file_mb = Path(path).stat().st_size / 2**20
    ways = ("float32 at once", "uint8 until the batch", "memory map") if ON_LINUX else ()
    rows = [[way, *read(path, way)] for way in ways]

# %% tags=["show", "hide-input"]
show_table(["way to read", "what happened", "memory taken (MB)"], rows or [["", "not here", ""]])
say(f"The file has {file_mb:,.0f} MB. A memory map (`np.load(path, mmap_mode=\"r\")`) takes what the "
    "batches touch, and the system may drop it again.")

# %% [markdown]
# `fit_model` leaves uint8 images so until the batch. On a GPU, the card holds the activations and your
# computer the data: smaller parts and lower precision help the one, bytes and maps the other.
#
# ## Exercises
# ### Exercise 1: count
# How many operations (FLOP) does a convolution without padding cost, forward, for one image?

# %% tags=["exercise-hardware-count-stub"]
def count_operations(size_px, kernel_px, channels, filters):
    """FLOP of `filters` square kernels over a square image of `channels` channels (int)."""
    return ...

# %% tags=["exercise-hardware-count-check"]
check("hardware-count", count_operations)

# %% tags=["exercise-hardware-count-solution", "hide-cell"]
# @title Solution
def solution_count_operations(size_px, kernel_px, channels, filters):
    """Equation (1), with a map that loses kernel - 1 pixels, and two operations a product."""
    map_px = size_px - kernel_px + 1
    return 2 * map_px**2 * kernel_px**2 * channels * filters

# %% [markdown]
# ### Exercise 2: what is a faster machine worth?
# A step has `overhead_s` seconds of overhead and `work_s` seconds of work. A new machine makes the
# work `faster` times as fast. How many times as fast is the step? Then try 70.

# %% tags=["exercise-hardware-gain-stub"]
def gain_of_step(overhead_s, work_s, faster):
    """Return how many times as fast the whole step becomes (float)."""
    return ...

# %% tags=["exercise-hardware-gain-check"]
check("hardware-gain", gain_of_step)

# %% tags=["exercise-hardware-gain-solution", "hide-cell"]
# @title Solution
def solution_gain_of_step(overhead_s, work_s, faster):
    """Equation (4): the old time over the new one."""
    return (overhead_s + work_s) / (overhead_s + work_s / faster)

# %% [markdown]
# ### Exercise 3: add up gradients
# A batch was too large and came in parts, not all of the same size. You have the mean gradient of
# each part and the number of its images. What is the mean gradient of the whole batch?

# %% tags=["exercise-hardware-accumulate-stub"]
def accumulate(gradients, sizes):
    """Mean gradients of the parts (K, D) and their sizes (K,); return the batch's, (D,)."""
    return ...

# %% tags=["exercise-hardware-accumulate-check"]
check("hardware-accumulate", accumulate)

# %% tags=["exercise-hardware-accumulate-solution", "hide-cell"]
# @title Solution
def solution_accumulate(gradients, sizes):
    """Each part counts by its images: sum them, then divide once."""
    return (gradients * sizes[:, None]).sum(axis=0) / sizes.sum()

# %% [markdown]
# ## Three questions

# %% tags=["quiz", "hide-input"]
quiz("Your GPU trains a small network only twice as fast as your CPU. What is likely?", [
    ("The GPU is broken.", False, "Try a large matrix product before you send it back."),
    ("Most of each step is overhead, which the GPU does not shorten.", True,
     "Try larger batches: `labs speed` shows what the card does on a large network."),
    ("The network has too many parameters.", False, "More work a step would suit the GPU better."),
])

# %% tags=["quiz", "hide-input"]
quiz("The kernel dies in the first step of training, each time. What do you try first?", [
    ("Half the batch size.", True, "What a step keeps grows with the batch."),
    ("Fewer epochs.", False, "An epoch gives its memory back. The first step is already too much."),
    ("Fewer training images.", False, "The data loaded well. It is the batch that did not fit."),
])

# %% tags=["quiz", "hide-input"]
quiz("A report says: training was 100 times as fast on our card. What must you ask?", [
    ("Nothing: a factor says all.", False, "A factor has two ends."),
    ("Which CPU, network, batch size and software it was compared with.", True,
     "And whether both learned the same, and how often each was timed."),
    ("Only the name of the card.", False, "That is one end of the factor. What was at the other?"),
])

# %% [markdown]
# ## What you can do now
# You counted a network's operations, traffic and memory; measured what your machine can do at best,
# and which share each network reaches; split a step into overhead and work; and made memory run out,
# safely, to find the ways around it.
#
# ## References
# - G. Amdahl (1967), *Validity of the single processor approach*: equation (4).
# - S. Williams and others (2009), *Roofline*: operations a byte against what the machine offers.
# - P. Micikevicius and others (2018), *Mixed precision training*: fewer bits, the same scores.
# - T. Chen and others (2016), *Training deep nets with sublinear memory cost*: one more way out.
