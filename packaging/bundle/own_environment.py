"""Run by the bundle before the program: gives other programs the environment of the user back.

On Linux the bundle's starter points LD_LIBRARY_PATH at the bundle. Ours are loaded by then or found
by their own paths; a file manager or browser that is started from here would take our libraries
for the system's, and fail. A process that the program starts of itself finds its libraries as the
first one did.
"""

import os
import sys

if sys.platform.startswith("linux"):
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
