"""All that differs between TensorFlow, JAX and PyTorch."""

from labhelpers.training.hardware import Gpu


def find_backend_gpu(backend: str) -> Gpu | None:
    """Asks an installed backend for the graphics card it uses.

    Args:
        backend: "tensorflow", "jax" or "torch".

    Returns:
        The first card, or None.
    """
    if backend == "tensorflow":
        import tensorflow as tf

        for device in tf.config.list_physical_devices("GPU"):
            details = tf.config.experimental.get_device_details(device)
            name = details.get("device_name", device.name)
            return Gpu(name, None, details.get("compute_capability"))
    elif backend == "jax":
        import jax

        for device in jax.devices():
            if device.platform == "gpu":
                capability = str(getattr(device, "compute_capability", ""))
                major, _, minor = capability.partition(".")
                known = major.isdecimal() and minor.isdecimal()
                return Gpu(device.device_kind, None, (int(major), int(minor)) if known else None)
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            properties = torch.cuda.get_device_properties(0)
            return Gpu(
                properties.name,
                properties.total_memory / 2**30,
                (properties.major, properties.minor),
            )
    return None
