"""Sets of images that are drawn anew, and the rate that belongs to them."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_problems import build_tiny_dense, make_images

from labhelpers.training import fit_fresh_sets, fit_model, make_warmup_cosine


def compile_tiny(rate=0.1):
    model = build_tiny_dense()
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def draw_set(number):
    return make_images(70, seed=number)


@pytest.mark.parametrize("at_once", [1, 2])
def test_it_learns_as_one_call_for_each_set_does(at_once):
    fresh, by_hand = compile_tiny(), compile_tiny()
    run = fit_fresh_sets(fresh, draw_set, num_sets=3, batch_size=32, sets_at_once=at_once, seed=5)
    for first in range(0, 3, at_once):
        sets = [draw_set(number) for number in range(first, min(first + at_once, 3))]
        train = tuple(np.concatenate(parts) for parts in zip(*sets, strict=True))
        last = fit_model(by_hand, train, epochs=1, batch_size=32, seed=5, show_progress=False)
    for ours, wanted in zip(fresh.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, wanted)
    assert run.epochs == len(run.history["accuracy"])
    assert run.history["loss"][-1] == last.history["loss"][0]
    assert run.history["loss"][run.best_epoch - 1] == min(run.history["loss"])


@pytest.mark.parametrize(("num_sets", "at_once", "sizes"), [(5, 2, [140, 140, 70]), (1, 4, [70])])
def test_sets_are_drawn_once_each_and_some_together(num_sets, at_once, sizes):
    drawn = []

    def draw(number):
        drawn.append(number)
        return draw_set(number)

    model = compile_tiny()
    run = fit_fresh_sets(model, draw, num_sets=num_sets, batch_size=10, sets_at_once=at_once)
    assert drawn == list(range(num_sets))
    assert run.epochs == len(sizes)
    assert int(model.optimizer.iterations) == sum(sizes) // 10


def test_new_images_are_learnt_from():
    model = compile_tiny()
    run = fit_fresh_sets(model, draw_set, num_sets=12, batch_size=16, sets_at_once=2)
    assert run.history["accuracy"][-1] > 0.9 > run.history["accuracy"][0]


@pytest.mark.parametrize("options", [{"num_sets": 0}, {"sets_at_once": 0}, {"batch_size": 0}])
def test_numbers_that_cannot_be_are_refused(options):
    given_all = {"num_sets": 1, "batch_size": 10, **options}
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be"):
        fit_fresh_sets(compile_tiny(), draw_set, **given_all)


@given(st.integers(2, 60), st.data())
@settings(max_examples=15, deadline=None)
def test_the_rate_rises_to_its_highest_and_falls_to_nothing(steps, data):
    warmup_steps = data.draw(st.integers(1, steps - 1))
    schedule = make_warmup_cosine(0.3, steps, warmup_steps=warmup_steps, first_rate=0.01)
    rates = np.array([float(schedule(step)) for step in range(steps + 1)])
    assert rates[0] == pytest.approx(0.01)
    assert rates.argmax() == warmup_steps
    assert rates.max() == pytest.approx(0.3)
    assert rates[-1] == pytest.approx(0, abs=1e-6)
    assert (np.diff(rates[: warmup_steps + 1]) > 0).all()
    assert (np.diff(rates[warmup_steps:]) < 0).all()


def test_a_schedule_that_cannot_be_is_refused():
    for options in ({"warmup_steps": 0}, {"warmup_steps": 11}, {"warmup_steps": 1, "rate": 0}):
        with pytest.raises(ValueError, match="must be"):
            make_warmup_cosine(**{"rate": 0.1, "steps": 10, **options})
