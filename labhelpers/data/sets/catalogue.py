"""All doors of data sets that are downloaded, by name."""

from labhelpers.data.sets.cats_vs_dogs import CATS_VS_DOGS_DOOR
from labhelpers.data.sets.cifar10 import CIFAR10_DOOR
from labhelpers.data.sets.door import Door
from labhelpers.data.sets.mnist import MNIST_DOOR

DOORS: dict[str, Door] = {
    door.spec.name: door for door in (MNIST_DOOR, CIFAR10_DOOR, CATS_VS_DOGS_DOOR)
}
