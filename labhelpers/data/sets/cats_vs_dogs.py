"""The door of cats and dogs: photographs of all sizes, in folders."""

from dataclasses import replace

from labhelpers.arguments import check_choice, check_count, check_flag
from labhelpers.data.fetch.registry import CATS_VS_DOGS
from labhelpers.data.folders.folder_index import index_folder
from labhelpers.data.folders.image_folder import (
    FolderImages,
    check_sizing,
    load_index,
    name_memory,
    say_findings,
)
from labhelpers.data.sets.pet_drawings import draw_pets
from labhelpers.data.sets.picture_door import SPLITS, PictureDoor
from labhelpers.data.sets.standins import standin_wanted

CATS_VS_DOGS_DOOR = PictureDoor(CATS_VS_DOGS)


def load_cats_vs_dogs(
    *,
    size_px: int,
    channels: int = 3,
    split: str = "train",
    fit: str = "squash",
    limit_per_class: int | None = None,
    show_progress: bool = True,
) -> FolderImages:
    """Loads photographs of cats and dogs.

    They lie in cats_vs_dogs/{train,test}/{cat,dog}/ in the data folder (see `data_root`). Where
    they are missing, the official download of 25,000 pictures (0.8 GB) is fetched and split: a
    picture whose number is divisible by 10 is a test picture. A folder that was put there by hand
    keeps its own split; `variant` says which collection it is, and results should name it. What
    becomes of pictures that are damaged, blank or odd, `load_image_folder` says. A test picture
    that is among the training pictures too, byte for byte, is left out of these.

    Args:
        size_px: Width and height of the images, 8 to 2048.
        channels: 1 for grey, 3 for RGB.
        split: "train" or "test".
        fit: As in `load_image_folder`; the report that this book reproduces squashed them.
        limit_per_class: How many usable pictures of each class, by number; None takes all.
        show_progress: Whether to show a bar.

    Returns:
        Images uint8 (N, size_px, size_px, channels), a memory map, cats first; labels int64, 0
        for a cat and 1 for a dog. A drawn stand-in in the smoke profile or with
        LABHELPERS_STANDIN=1.

    Raises:
        DataError: If there is no copy and none can be had, or a file is not the one that is listed.
        TypeError, ValueError: If an argument is of another type or out of range.

    Source: J. Elson, J. Douceur, J. Howell, J. Saul, "Asirra: a CAPTCHA that exploits
    interest-aligned manual image categorization" (2007).
    """
    sizing = check_sizing(size_px, channels, fit)
    split = check_choice("split", split, SPLITS)
    if limit_per_class is not None:
        limit_per_class = check_count("limit_per_class", limit_per_class)
    show_progress = check_flag("show_progress", show_progress)
    door = CATS_VS_DOGS_DOOR
    if standin_wanted():
        return draw_pets(door.spec, sizing, split, limit_per_class)
    folder = door.fetch(show_progress=show_progress)
    memory = {name: name_memory(folder / name) for name in SPLITS}
    variant = door.name_variant(door.list_digests(memory))
    indexes = {name: index_folder(folder / name, memory[name]) for name in SPLITS}
    loaded = load_index(
        indexes[split],
        sizing,
        limit_per_class=limit_per_class,
        others=indexes["test"] if split == "train" else None,
        show_progress=show_progress,
    )
    loaded = replace(loaded, name=f"{door.spec.title}, {split}", variant=variant)
    say_findings(loaded)
    return loaded
