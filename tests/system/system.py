"""What the system tests share: the rig with the build under test."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import rig as rigs  # noqa: E402
from rig import SAMPLES, RigError, walk_to  # noqa: E402,F401

SANITIZED = os.environ.get("KIOSK_SANITIZE", "none") != "none"


def Rig(**options):  # noqa: N802
    return rigs.Rig(rigs.folder_of_build(), **options)
