"""The commands about the whole work: claims, stale, doctor, book, serve, test, check, bench."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from labhelpers.commands.console import Chapters, pick_chapters, run_python, shorten
from labhelpers.lesson.course_error import CourseError, UsageError

if TYPE_CHECKING:
    from labhelpers.authoring.trust.verify import Outcome

# A browser or a download leaves one of two cores idle. The tests of a file share what it builds;
# the longest files, those of the browser, begin before the many short ones.
_TWO_AT_A_TIME = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")


def claims() -> None:
    """Set every claim beside what we measured.

    Wrong if one is missed without an argument, or measured with too few seeds.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.review import review_claims

    table, broken = review_claims(find_checkout())
    print(table)
    if broken:
        raise CourseError(broken)


def stale() -> None:
    """List outputs and results of older code.

    Each with what to do next. What other versions of Keras, NumPy or the backend made is listed
    too, and is no fault.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.trust.stale import find_stale

    found = find_stale(find_checkout())
    print("\n".join(str(one) for one in found) if found else "nothing is stale")
    if old := sum(one.is_old for one in found):
        raise CourseError(f"{old} stale: the lines above say what to do next")


def verify(chapters: Chapters = None) -> None:
    """Clear what is stale, where today's code gives the same.

    Runs each chapter in smoke twice, with the code that made its outputs and with today's, and
    compares all recorded values and printed texts, times left out. Without chapters: those that
    labs stale lists.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.chapters.sources import find_chapters
    from labhelpers.authoring.trust.stale import find_stale
    from labhelpers.authoring.trust.verify import verify_chapters

    checkout = find_checkout()
    if chapters:
        chosen = pick_chapters(checkout, chapters)
    else:
        listed = {number for one in find_stale(checkout) for number in one.chapters}
        chosen = [chapter for chapter in find_chapters(checkout) if chapter.number in listed]
    if not chosen:
        print("nothing to verify")
        return
    left, said = 0, set()
    for outcome in verify_chapters(checkout, chosen):
        print(describe_outcome(outcome), flush=True)
        for note in (note for note in outcome.notes if note not in said):
            print(f"  {note}", flush=True)
        said.update(outcome.notes)
        left += not outcome.is_cleared
    if left:
        raise CourseError(f"{left} of {len(chosen)} not cleared: nothing was written for these")


def describe_outcome(outcome: "Outcome") -> str:
    """Says what verifying a chapter came to, in a line and those that belong to it."""
    if outcome.problem:
        return outcome.problem
    name, short = outcome.chapter.name, outcome.commit[:10]
    if outcome.is_cleared:
        told = [f"{name}: gives the same as at {short} ({outcome.seconds:.0f} s)"]
    else:
        many = len(outcome.differences)
        told = [
            f"{name}: differs from {short} in {many} place{'s' if many > 1 else ''}, so a full "
            f"run is owed (labs execute {outcome.chapter.number}), or the change is to be mended:"
        ]
        told += [f"  {difference}" for difference in outcome.differences]
    return "\n".join(told)


def refresh(chapters: Chapters = None) -> None:
    """Renew the look of notebooks without training.

    Tables of results, answers to exercises and questions, and widgets that need nothing of the
    run are made anew; scripts and styles of the other widgets are exchanged. Figures stay.
    Without chapters: all.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.trust.refresh import refresh_chapter

    checkout = find_checkout()
    for chapter in pick_chapters(checkout, chapters):
        for sentence in refresh_chapter(checkout, chapter):
            print(f"{chapter.name}: {sentence}", flush=True)


def doctor() -> None:
    """Say what this machine has and what it lacks."""
    from labhelpers.commands.doctor import examine_machine

    found, advice = examine_machine()
    width = max(len(title) for title, _ in found)
    for title, text in found:
        print(f"{title:<{width}}  {text}")
    print("\nTo do:" if advice else "\nNothing to do.")
    for sentence in advice:
        print(f"- {sentence}")


def book() -> None:
    """Build the pages into _build/html, strictly."""
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.site.builder import build_pages

    first = build_pages(find_checkout())
    print(f"\nThe pages are in {shorten(first.parent)}. Open {first.as_uri()}, or: labs serve")


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where; 0 for any free one.")] = 8000,
) -> None:
    """Show the pages in a browser.

    On this machine alone. Builds them first if there are none.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.site.builder import build_pages, find_pages, make_server

    checkout = find_checkout()
    if not (find_pages(checkout) / "index.html").is_file():
        build_pages(checkout)
    with make_server(checkout, port=port) as server:
        print(f"http://localhost:{server.server_port}/ (Ctrl+C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("ended")


def test(context: typer.Context) -> None:
    """Run the tests, chapters in smoke.

    All of them, two files at a time. Further arguments go to pytest instead: labs test
    tests/lesson -x.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout

    code = run_python(
        "-m",
        "pytest",
        *(context.args or _TWO_AT_A_TIME),
        folder=find_checkout().root,
        environment={**os.environ, "LABHELPERS_PROFILE": "smoke"},
    )
    if code:
        raise (UsageError if code == 4 else CourseError)("the tests did not pass: see above")


def check() -> None:
    """Check style, notebooks, results and claims."""
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.review import review_all

    wrong = 0
    for title, problem in review_all(find_checkout()):
        print(f"{title:<12} {problem or 'in order'}")
        wrong += bool(problem)
    if wrong:
        raise CourseError(f"{wrong} of the checks found something")


def bench(
    name: Annotated[
        str | None,
        typer.Argument(help="One of benchmarks/, or hardware; all of benchmarks/ without."),
    ] = None,
    size: Annotated[int, typer.Option(min=1, hidden=True)] = 2048,
    steps: Annotated[int | None, typer.Option(min=1, hidden=True)] = None,
) -> None:
    """Measure our speed beside plain Keras; or this machine.

    `labs bench hardware` takes less than a minute. It measures matrix products and the networks
    of the Shapes part, and writes this machine's row into the book's table of machines.
    """
    from labhelpers.authoring.chapters.checkout import find_checkout
    from labhelpers.authoring.review import find_benchmarks

    if name == "hardware":
        _bench_hardware(size, steps)
        return
    checkout = find_checkout()
    for module in find_benchmarks(checkout, name):
        if run_python("-m", f"benchmarks.{module}", folder=checkout.root):
            raise CourseError(f"the benchmark {module} failed: see above")


def _bench_hardware(size: int, steps: int | None) -> None:
    """Measures this machine and writes its row, also without a checkout, as in Colab."""
    from contextlib import nullcontext

    from labhelpers.authoring.chapters.checkout import find_checkout, lock_files
    from labhelpers.authoring.chapters.drawn_tables import refresh_machines
    from labhelpers.lesson import machines as table
    from labhelpers.lesson.files import find_course_files, replace_files

    try:
        checkout = find_checkout()
    except UsageError:
        checkout = None
    folder = checkout.course_files if checkout else find_course_files()
    path = folder / table.MACHINES_NAME
    table.read_machines(path)  # a bad row is told before the work, not after it
    print("measuring, for less than a minute; leave the machine alone meanwhile", flush=True)
    machine = table.measure_machine(size=size, steps=steps)
    with lock_files(checkout) if checkout else nullcontext():
        machines = table.merge_machine(table.read_machines(path), machine)
        contents = {path: table.write_machines(machines)}
        contents.update(refresh_machines(checkout, machines) if checkout else {})
        replace_files(contents)
    print(table.draw_machines([machine])["text/plain"])
    print(f"\nwritten to {shorten(path)}, as this line:\n")
    print(table.write_machines([machine]), end="")
