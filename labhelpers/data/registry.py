"""Names, sizes, digests and addresses of the files behind the doors.

Digests are SHA-256 in hexadecimal. Those of the downloads are publicly documented; those of the
contents hold for a copy from anywhere.
"""

from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A file that is downloaded.

    Attributes:
        name: Its file name.
        size_bytes: Its exact size.
        sha256: Its documented digest.
        places: Addresses of the folders that hold it, the official one first.
    """

    name: str
    size_bytes: int
    sha256: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class ArraySet:
    """A data set that is kept as one .npz file of uint8 arrays.

    Attributes:
        name: As `labs data get` takes it.
        title: As people call it.
        classes: Names of the classes.
        image_shape: Shape of one image.
        train_count: Number of training images.
        test_count: Number of test images.
        parts: What is downloaded to make the file.
        digests: Digests of the contents; what of is told by the module that reads the set.
        licence: Under what terms it may be used.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    image_shape: Shape
    train_count: int
    test_count: int
    parts: tuple[Part, ...]
    digests: dict[str, str]
    licence: str

    @property
    def file_name(self) -> str:
        """Name of the file in the data folder."""
        return f"{self.name}.npz"

    @property
    def shapes(self) -> dict[str, Shape]:
        """Shape of each array in the file."""
        return {
            "x_train": (self.train_count, *self.image_shape),
            "y_train": (self.train_count,),
            "x_test": (self.test_count, *self.image_shape),
            "y_test": (self.test_count,),
        }


_MNIST_PLACES = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)

MNIST = ArraySet(
    name="mnist",
    title="MNIST",
    classes=tuple("0123456789"),
    image_shape=(28, 28),
    train_count=60_000,
    test_count=10_000,
    parts=(
        Part(
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            _MNIST_PLACES,
        ),
        Part(
            "train-labels-idx1-ubyte.gz",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            _MNIST_PLACES,
        ),
        Part(
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            _MNIST_PLACES,
        ),
        Part(
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            _MNIST_PLACES,
        ),
    ),
    # Of the unzipped idx files: a header and the bytes of the array.
    digests={
        "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    licence="CC BY-SA 3.0",
)
