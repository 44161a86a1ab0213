"""What has grown old: outputs made by other code than there is now."""

import hashlib
from collections.abc import Iterable

from labhelpers.course.files import Checkout

# Of the package, these only carry a chapter's results out of its process.
_CARRIERS = {
    "labhelpers.course.recording",
    "labhelpers.course.files",
    "labhelpers.course.errors",
}


def hash_modules(checkout: Checkout, modules: Iterable[str]) -> dict[str, str]:
    """Hashes the files of the package that a chapter used.

    Args:
        checkout: The repository.
        modules: Import names, such as "labhelpers.training.fit".

    Returns:
        The first 12 digits of the SHA-256 of each file, by import name.
    """
    hashes = {}
    for name in sorted(set(modules) - _CARRIERS):
        path = checkout.root.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if file.is_file():
            data = file.read_bytes().replace(b"\r\n", b"\n")
            hashes[name] = hashlib.sha256(data).hexdigest()[:12]
    return hashes


def hash_widgets(checkout: Checkout) -> str | None:
    """Hashes the widgets' JavaScript; None where there is none."""
    files = sorted((checkout.root / "labhelpers" / "insight" / "widgets").glob("**/*.js"))
    if not files:
        return None
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
