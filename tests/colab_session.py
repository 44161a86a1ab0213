"""Runs a chapter's cells as Colab would: in IPython, with `google.colab` among the modules.

Called by `test_colab.py` in the environment that holds what Colab holds, in a folder of its own:
`python colab_session.py CELLS`, where CELLS is a JSON list of the cells' code.
"""

import json
import sys
import types
from pathlib import Path


def main() -> None:
    cells = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    # Beside google.protobuf, which TensorFlow needs.
    sys.modules["google.colab"] = types.ModuleType("google.colab")

    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    for number, code in enumerate(cells, start=1):
        result = shell.run_cell(code, store_history=True)
        if not result.success:
            sys.exit(f"cell {number} failed: {result.error_in_exec or result.error_before_exec!r}")
    import labhelpers

    print(f"labhelpers {labhelpers.__version__} from {Path(labhelpers.__file__).parent}")


if __name__ == "__main__":
    main()
