"""Names, sizes, digests and addresses of the files behind the doors.

Digests are SHA-256 in hexadecimal. Those of the downloads are publicly documented; those of the
contents hold for a copy from anywhere.
"""

import math
from dataclasses import dataclass

Shape = tuple[int, ...]

# What the file of a few arrays holds besides them.
_FRAME_BYTES = 100_000


@dataclass(frozen=True)
class Part:
    """A file that is downloaded."""

    name: str
    size_bytes: int
    sha256: str
    places: tuple[str, ...]  # addresses of the folders that hold it, the official one first


@dataclass(frozen=True)
class ArraySet:
    """A data set that is kept as one .npz file of uint8 arrays."""

    name: str  # as `labs data get` takes it
    title: str
    classes: tuple[str, ...]
    image_shape: Shape
    train_count: int
    test_count: int
    parts: tuple[Part, ...]  # what is downloaded to make the file
    digests: dict[str, str]  # of the four arrays, as the module that reads the set computes them
    extra_digests: dict[str, str]  # further ones that this module needs, by name
    licence: str

    @property
    def file_name(self) -> str:
        """Name of the file in the data folder, and of the one that a mirror hands over."""
        return f"{self.name}.npz"

    served_name = file_name

    @property
    def wanted(self) -> str:
        """What makes the data set, for messages."""
        return f"{self.file_name} or the files of the official download"

    @property
    def size_bytes(self) -> int:
        """Size of all the arrays."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def limit_bytes(self) -> int:
        """The most bytes that its file may have."""
        return self.size_bytes + _FRAME_BYTES

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
    extra_digests={},
    licence="CC BY-SA 3.0",
)

CIFAR10 = ArraySet(
    name="cifar10",
    title="CIFAR-10",
    classes=(
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
    image_shape=(32, 32, 3),
    train_count=50_000,
    test_count=10_000,
    parts=(
        Part(
            "cifar-10-binary.tar.gz",
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            (
                "https://www.cs.toronto.edu/~kriz/",
                "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
            ),
        ),
    ),
    # Of the bytes of the arrays, in digest order.
    digests={
        "x_train": "f2020cc3e717075140f19f0b926b984db49ceb0292d9d4341d6c5f4600f082e2",
        "y_train": "621c93af04076ee531c8053a1e14dafdd93d7227f5abbf95c4ca9c4ab992ca12",
        "x_test": "beb5729885566735fcc01f54d0d4e6caf9d62e0bc78744c17b8218fe250ed213",
        "y_test": "31f8f830ee015ab9e1df4f27fda75b9c3b5bc7d90f7d91904ec2c357b51b97b3",
    },
    # Of a split's sorted image digests, whatever the order; and, to name the file that is wrong,
    # of the files in the download.
    extra_digests={
        "train": "d59acf989e068e709ce686cda292672c7b212c08d29d3d3e6d8c3aa99eba6a85",
        "test": "899683d46c3a8c66fd56e1af12202e69fe5a4517be10b0f68e04c78fe585c57c",
        "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
        "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
        "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
        "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
        "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
        "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    },
    licence="none stated; cite A. Krizhevsky (2009)",
)


@dataclass(frozen=True)
class PictureSet:
    """A data set that is kept as a folder of pictures, {train,test}/<class>/*."""

    name: str  # as `labs data get` takes it, and name of the folder
    title: str
    classes: tuple[str, ...]
    part: Part
    official: str  # name of the variant that comes from this download, with its split
    # Other variants, by the digest of their content: SHA-256 of their files' SHA-256 in
    # hexadecimal, sorted and joined.
    variants: dict[str, str]
    size_bytes: int  # about, unpacked
    licence: str
    # This package's file with the digests of the pictures of a variant that comes without a list
    # of its own, so that a wrong one can be named; "" for none.
    known_file: str = ""
    limit_bytes: int = 4_000_000_000  # of an archive of it

    @property
    def file_name(self) -> str:
        """Name of the folder in the data folder."""
        return self.name

    @property
    def served_name(self) -> str:
        """Name of the archive that a mirror hands over."""
        return f"{self.name}.tar"

    @property
    def wanted(self) -> str:
        """What makes the data set, for messages."""
        return f"{self.title}: pictures in train and test, a folder for each class"

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is downloaded to make the folder."""
        return (self.part,)


CATS_VS_DOGS = PictureSet(
    name="cats_vs_dogs",
    title="Cats and dogs",
    classes=("cat", "dog"),
    part=Part(
        "kagglecatsanddogs_5340.zip",
        824_887_076,
        "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
        ("https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/",),
    ),
    official="official download, test = file numbers divisible by 10",
    variants={
        "6ce0e04aa2c0502f6d2aa655c86f40cd49aca9b304cbdafa739d1cd6d7d1ef02": (
            "1,500 + 350 pictures a class, at most 320 px"
        )
    },
    size_bytes=860_000_000,
    licence="Microsoft Research, for research and teaching",
    known_file="known_pictures.txt",
)
