"""What is chosen fits machine and model, is said in one line, and can be set by hand."""

import pytest
from tiny_problems import build_tiny_cnn, build_tiny_dense, fit

from labhelpers.models import build_dense, build_vertex_regressor
from labhelpers.training import describe_hardware
from labhelpers.training.fitting.plan import make_plan
from labhelpers.training.times import TIME_MARK


def test_small_dense_networks_are_compiled_and_convolutions_are_not():
    dense = make_plan(build_dense(), image_count=60_000, batch_size=32, epochs=2)
    assert (dense.jit_compile, dense.steps, dense.precision) == (True, 32, "float32")
    assert not make_plan(build_tiny_cnn(), image_count=60_000, batch_size=32, epochs=2).jit_compile


def test_a_short_training_is_not_compiled():
    assert not make_plan(build_dense(), image_count=3_000, batch_size=64, epochs=2).jit_compile


def test_large_dense_networks_leave_the_cores_to_tensorflow():
    model = build_dense(hidden=(2000, 2000))
    assert not make_plan(model, image_count=60_000, batch_size=128, epochs=2).jit_compile


def test_an_execution_is_short_and_no_longer_than_an_epoch():
    assert make_plan(build_vertex_regressor(), image_count=300, batch_size=16, epochs=2).steps == 1
    assert make_plan(build_dense(), image_count=300, batch_size=32, epochs=2).steps == 9
    assert make_plan(build_dense(), image_count=32, batch_size=32, epochs=2).steps == 1


def test_everything_can_be_set_by_hand():
    plan = make_plan(
        build_dense(),
        image_count=60_000,
        batch_size=32,
        epochs=2,
        precision="bfloat16",
        steps_per_execution=5,
        jit_compile=False,
    )
    assert (plan.precision, plan.steps, plan.jit_compile) == ("bfloat16", 5, False)


def test_it_is_one_line():
    plan = make_plan(build_dense(), image_count=60_000, batch_size=32, epochs=2)
    cores = describe_hardware().cores
    assert str(plan).startswith(f"TensorFlow on {cores} core")
    assert "float32, 32 steps an execution, compiled" in str(plan)
    plan = make_plan(
        build_dense(), image_count=60_000, batch_size=32, epochs=2, steps_per_execution=1
    )
    assert "1 step an execution" in str(plan)


@pytest.mark.parametrize("show", [True, False])
def test_it_is_printed_before_the_result_or_nothing_is(train, validation, show, capsys):
    model = build_tiny_dense()
    fit(model, train, validation=validation, epochs=1, show_progress=show)
    lines = capsys.readouterr().out.replace(TIME_MARK, "").splitlines()
    if not show:
        assert lines == []
        return
    assert len(lines) == 2
    assert lines[0].startswith("TensorFlow on ")
    assert lines[1].startswith("1 epoch in ")
    assert "images a second; validation accuracy 0." in lines[1]
