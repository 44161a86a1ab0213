"""Learning rate, batch size and optimiser, as a reader moves them in a page without a kernel."""

import re
from dataclasses import replace

import keras
import numpy as np
import pytest
from playwright.sync_api import expect

from labhelpers.data import make_shapes
from labhelpers.training import measure_hyperparameters
from labhelpers.widgets import show_hyperparameters

KINDS = ("square", "disk", "triangle")
RATES, SIZES, OPTIMIZERS = (0.003, 0.03, 3e5), (4, 16), ("SGD", "Adam")


def build():
    return keras.Sequential(
        [keras.Input((16, 16, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )


def draw(seed):
    return make_shapes(48, kinds=KINDS, size_px=16, seed=seed)


@pytest.fixture(scope="module")
def results():
    return measure_hyperparameters(
        build, draw(1), draw(2), rates=RATES, batch_sizes=SIZES, optimizers=OPTIMIZERS, epochs=3
    )


def read_map(page):
    rows = page.locator("table.labs-map tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def test_the_map_shows_what_was_measured(open_widget, results):
    page = open_widget(show_hyperparameters(results))
    of = {
        "validation score": lambda trial: trial.score,
        "validation loss": lambda trial: trial.curve("loss")[-1],
        "training loss": lambda trial: trial.curve("train_loss")[-1],
    }
    trials = np.array(results.trials, dtype=object).reshape(2, 2, 3)
    for optimizer in (1, 0):
        page.get_by_role("combobox", name="Optimiser").select_option(OPTIMIZERS[optimizer])
        for name, measure in of.items():
            page.get_by_role("combobox", name="Shown").select_option(name)
            expect(page.locator("caption")).to_contain_text(
                f"{name} after 3 epochs, {OPTIMIZERS[optimizer]}"
            )
            shown = read_map(page)
            for size in range(2):
                for rate in range(3):
                    trial = trials[optimizer, size, rate]
                    if trial.diverged:
                        assert shown[size][rate] == "diverged"
                    else:
                        wanted = measure(trial)
                        found = float(shown[size][rate].replace("\u2212", "-"))
                        assert found == pytest.approx(wanted, abs=0.0051, rel=0.06)


def test_the_sliders_choose_a_training(open_widget, results):
    page = open_widget(show_hyperparameters(results))
    rate = page.get_by_role("slider", name="Learning rate")
    size = page.get_by_role("slider", name="Batch size")
    page.get_by_role("combobox", name="Optimiser").select_option("Adam")
    told = page.locator(".labs-told")
    for which, key in ((1, "End"), (0, "Home")):
        size.press(key)
        assert size.get_attribute("aria-valuetext") == str(SIZES[which])
        rate.press("Home")
        for k in (0, 1):
            trial = results.trials[6 + 3 * which + k]
            wanted = {"optimizer": "Adam", "batch_size": SIZES[which], "rate": RATES[k]}
            assert trial.setting == wanted
            assert rate.get_attribute("aria-valuetext") == str(RATES[k])
            expect(told).to_contain_text(f"Adam, rate {RATES[k]}, batches of {SIZES[which]}: ")
            expect(told).to_contain_text(f"validation score {trial.score:.3f},")
            # The page holds hundredths; one that lies half-way is rounded either way.
            times = {f"{round(trial.seconds, 2) + shift:.1f}" for shift in (-1e-4, 0, 1e-4)}
            expect(told).to_contain_text(re.compile(rf", ({'|'.join(sorted(times))}) s\."))
            chosen = page.locator("td[aria-current]")
            expect(chosen).to_have_count(1)
            found = float(chosen.inner_text())
            assert found == pytest.approx(trial.score, abs=0.0051)
            rate.press("ArrowRight")


def test_a_click_on_the_map_chooses_too(open_widget, results):
    page = open_widget(show_hyperparameters(results))
    page.locator("table.labs-map tbody tr").nth(1).locator("td").nth(1).click()
    slider = page.get_by_role("slider", name="Learning rate")
    assert slider.get_attribute("aria-valuetext") == "0.03"
    assert page.get_by_role("slider", name="Batch size").get_attribute("aria-valuetext") == "16"


def test_a_training_that_diverged_says_so(open_widget, results):
    broken = replace(
        results.trials[0],
        history=results.trials[0].history[:1],
        failure="diverged: the loss became nan",
    )
    page = open_widget(show_hyperparameters(replace(results, trials=(broken, *results.trials[1:]))))
    page.get_by_role("combobox", name="Optimiser").select_option("SGD")
    page.get_by_role("slider", name="Learning rate").press("Home")
    page.get_by_role("slider", name="Batch size").press("Home")
    expect(page.locator("td[aria-current]")).to_have_text("diverged")
    expect(page.locator(".labs-told")).to_have_text(
        "SGD, rate 0.003, batches of 4: diverged in epoch 2."
    )


def test_it_begins_at_the_best_and_without_a_kernel_starts_nothing(open_widget, results):
    widget = show_hyperparameters(results)
    page = open_widget(widget)
    best = max(trial.score for trial in results.trials if not trial.diverged)
    found = float(page.locator("td[aria-current]").inner_text())
    assert found == pytest.approx(best, abs=0.0051)
    assert page.get_by_role("button").count() == 0
    expect(page.locator(".labs-note")).to_contain_text("In JupyterLab and Colab you can also train")


def test_bad_results_are_refused():
    with pytest.raises(TypeError, match="results must be what measure_hyperparameters returned"):
        show_hyperparameters({"Adam": 1})
