"""Gradient descent on a surface, as a reader moves it in a page without a kernel."""

import re

import numpy as np
import pytest
from fingers import drag_by_finger
from playwright.sync_api import expect

from labhelpers.widgets import show_descent
from labhelpers.widgets.descent import SURFACES, descend


def read_result(page):
    text = page.locator(".labs-told").inner_text().replace("\u2212", "-")
    return [float(n) for n in re.findall(r"height ([\d.e-]+), ([\d.]+) from", text)[0]]


def compute(surface, **options):
    end = descend(surface, **options)[-1]
    distance = np.hypot(*(end - surface.lowest))
    return [float(surface.measure_height(*end)), float(distance)]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_the_lowest_point_and_the_slope_are_right(surface):
    x, y = np.meshgrid(np.linspace(-2, 2, 801), np.linspace(-1.5, 1.5, 301))
    height = surface.measure_height(x, y)
    assert -1e-9 < height.min() < 1e-4
    assert surface.measure_height(*map(np.float64, surface.lowest)) == pytest.approx(0, abs=1e-12)
    slope = surface.measure_slope(0.7, -0.4)
    for axis, step in enumerate(np.eye(2) * 1e-6):
        ends = [surface.measure_height(0.7 + s * step[0], -0.4 + s * step[1]) for s in (1, -1)]
        assert slope[axis] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_rate_momentum_and_steps_are_those_of_python(open_widget):
    page = open_widget(show_descent(surface="round bowl", rate=0.1, start=(1.5, -1.0), steps=10))
    path = {"start": (1.5, -1.0), "rate": 0.1, "momentum": 0.0, "steps": 10}
    assert read_result(page) == pytest.approx(compute(SURFACES[0], **path), abs=6e-4)
    for index, surface in enumerate(SURFACES):
        page.get_by_role("combobox", name="Surface").select_option(surface.name)
        rate = page.get_by_role("slider", name="Rate")
        rate.press("Home")
        assert rate.get_attribute("aria-valuetext") == "0.001"
        for _ in range(15 + index):
            rate.press("ArrowRight")
        path["rate"] = float(rate.get_attribute("aria-valuetext"))
        assert path["rate"] == pytest.approx(10 ** (-1.5 + index / 10), rel=0.05)
        momentum = page.get_by_role("slider", name="Momentum")
        momentum.press("Home")
        for _ in range(50):
            momentum.press("ArrowRight")
        path["momentum"] = 0.5
        steps = page.get_by_role("slider", name="Steps")
        steps.press("End")
        for path["steps"] in (100, 99, 98):
            expect(page.locator(".labs-told")).to_contain_text(f"After {path['steps']} steps")
            found = read_result(page)
            assert found == pytest.approx(compute(surface, **path), rel=0.06, abs=6e-4)
            steps.press("ArrowLeft")


def test_the_limit_of_the_rate_is_where_paths_fly_off(open_widget):
    page = open_widget(show_descent(rate=0.079, steps=100))
    told = page.locator(".labs-told")
    expect(told).to_contain_text("Here rates below 0.080 come to rest.")
    rate = page.get_by_role("slider", name="Rate")
    assert rate.get_attribute("aria-valuetext") == "0.079"
    height = read_result(page)[0]
    assert height < 1
    rate.press("ArrowRight")
    rate.press("ArrowRight")
    expect(told).to_contain_text("It has flown off after")
    momentum = page.get_by_role("slider", name="Momentum")
    momentum.press("End")
    expect(told).to_contain_text(f"Here rates below {2 * 1.99 / 25:.3f} come to rest.")
    expect(told).to_contain_text("After 100 steps")


def test_the_start_is_dragged_and_moved_by_sliders(open_widget):
    page = open_widget(show_descent(surface="two valleys", rate=0.05, steps=40))
    canvas = page.get_by_role("img", name="Drag the start")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    scale = box["width"] / 4
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 1.5 * scale, middle[1] - 0.8 * scale, steps=4)
    page.mouse.up()
    across = page.get_by_role("slider", name="Start, across")
    up = page.get_by_role("slider", name="Start, up")
    start = [float(one.input_value()) for one in (across, up)]
    assert start == pytest.approx([1.5, 0.8], abs=0.06)
    options = {"rate": 0.05, "momentum": 0.0, "steps": 40}
    expect(page.locator(".labs-told")).to_contain_text("After 40 steps")
    # Without momentum it stays in the valley where it began, which is not the deeper one.
    found = read_result(page)
    assert found == pytest.approx(compute(SURFACES[2], start=start, **options), abs=6e-4)
    assert found[1] > 1.5
    across.press("Home")
    start[0] = -1.9
    expect(page.locator(".labs-told")).not_to_contain_text(f"{found[1]:.3f} from")
    assert read_result(page) == pytest.approx(
        compute(SURFACES[2], start=start, **options), abs=6e-4
    )


def test_a_finger_drags_the_start_on_a_small_screen(open_widget):
    page = open_widget(show_descent(surface="two valleys", rate=0.05, steps=40))
    canvas = page.get_by_role("img", name="Drag the start")
    # The middle of the canvas is (0, 0), and it is four wide and three high.
    drag_by_finger(page, canvas, [(0.5, 0.5), (0.7, 0.4), (0.875, 0.5 - 0.8 / 3)])
    start = [
        float(page.get_by_role("slider", name=f"Start, {way}").input_value())
        for way in ("across", "up")
    ]
    assert start == pytest.approx([1.5, 0.8], abs=0.06)
    right = compute(SURFACES[2], start=start, rate=0.05, momentum=0.0, steps=40)
    assert read_result(page) == pytest.approx(right, abs=6e-4)


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match="surface must be"):
        show_descent(surface="mountain")
    with pytest.raises(ValueError, match="rate must be"):
        show_descent(rate=10)
    with pytest.raises(ValueError, match="momentum must be"):
        show_descent(momentum=1.0)
    with pytest.raises(ValueError, match=r"start\[1\] must be"):
        show_descent(start=(0, 2))
    with pytest.raises(ValueError, match="start must be"):
        show_descent(start=(1, 2, 3))
    with pytest.raises(ValueError, match="steps must be"):
        show_descent(steps=101)
