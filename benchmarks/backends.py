"""The same trainings with TensorFlow, JAX and PyTorch: scores, and images a second.

Run with `python -m benchmarks.backends`. Wanted: scores that nobody can tell apart over seeds. Each
backend works in the environment that `make test-backends` makes for it; TensorFlow in this one.
First weights and orders differ from backend to backend, so scores do too, as between seeds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHONS = {
    "tensorflow": Path(sys.executable),
    "jax": ROOT / ".venv-jax" / PROGRAM,
    "torch": ROOT / ".venv-torch" / PROGRAM,
}
COUNT = 12_000
EPOCHS = 3


def measure(seeds: int) -> dict[str, list[list[float]]]:
    """Trains two networks on part of MNIST with this process's backend: [score, images/s] each."""
    import keras

    from labhelpers.data import load_mnist
    from labhelpers.insight import evaluate_classifier
    from labhelpers.models import build_compact_cnn, build_dense
    from labhelpers.training import fit_model, get_seed, set_seed

    data, found = load_mnist(), {}
    train = data.x_train[:COUNT], data.y_train[:COUNT]
    networks = {"dense 784-64-64-10": build_dense, "32-32 small": build_compact_cnn}
    for name, build in networks.items():
        found[name] = []
        for seed in range(seeds):
            set_seed(get_seed(seed))
            model = build(rescale=True, seed=get_seed(seed))
            run = fit_model(
                model,
                train,
                epochs=EPOCHS,
                batch_size=64,
                optimizer=keras.optimizers.Adam(),
                loss="sparse_categorical_crossentropy",
                seed=get_seed(seed),
                show_progress=False,
            )
            score = evaluate_classifier(model, data.x_test, data.y_test).score
            found[name].append([score, run.images_per_s])
    return found


def ask(backend: str, seeds: int) -> dict[str, list[list[float]]] | None:
    """Lets the environment of a backend measure; None where there is no such environment."""
    python = PYTHONS[backend]
    if not python.exists():
        print(f"{backend}: no environment; make test-backends BACKENDS={backend} makes one")
        return None
    command = [python, "-m", "benchmarks.backends", "--here", f"--seeds={seeds}"]
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{backend} failed: see above")
    return json.loads(done.stdout.splitlines()[-1])


def print_backends(found: dict[str, dict[str, list[list[float]]]]) -> None:
    """Prints a line for each network and backend, each compared with the first backend."""
    from benchmarks.timing import write_gap, write_spread

    print(
        f"{'network':<20} {'backend':<12} {'score':>16} {'images/s':>9}  gain over the first, 95%"
    )
    for name in next(iter(found.values())):
        first = None
        for backend, networks in found.items():
            scores, rates = zip(*networks[name], strict=True)
            told = "" if first is None else write_gap(scores, first)
            first = first or scores
            rate = statistics.median(rates)
            print(f"{name:<20} {backend:<12} {write_spread(scores):>16} {rate:>9,.0f}  {told}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="trainings a network (5, at least 2)")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked, _ = parser.parse_known_args()
    if asked.here:
        print(json.dumps(measure(asked.seeds)))
        return
    found = {backend: ask(backend, max(asked.seeds, 2)) for backend in PYTHONS}
    print(f"{COUNT:,} images of MNIST, {EPOCHS} epochs, {max(asked.seeds, 2)} seeds")
    print_backends({backend: one for backend, one in found.items() if one})


if __name__ == "__main__":
    main()
