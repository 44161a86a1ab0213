"""Settings for all tests, and for the kernels that `pytest --nbmake` starts."""

import os
import signal

# The workers of pytest-xdist ignore Ctrl-C, and hand that down to all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Chapters run in seconds, on drawn stand-ins for data, and leave their outputs as they are.
os.environ.setdefault("LABHELPERS_PROFILE", "smoke")
# The kernel "python3" is that of this environment, not one that the user has elsewhere.
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
# What someone has set for runs of their own is not for tests.
os.environ.pop("LABHELPERS_SEED", None)
