"""Hypothesis draws the same examples on every machine: a failure is never a matter of luck."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

pytest_plugins = ["tests.made_once", "tests.quick_figures"]

settings.register_profile(
    "fixed",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=50,
    # How long examples take to make depends on what else the machine does.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fixed")

# Tests themselves run side by side, one for each core: a call of the command line, or a process
# that a test starts, has workers of its own where it asks for them.
os.environ["LOKY_MAX_CPU_COUNT"] = "1"

# Hypothesis would also try the numbers that stand in our modules, of those that a process has
# loaded so far: which ones is a matter of what it ran before.
providers._get_local_constants = lambda: providers._local_constants


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that ask for workers come first, one after another: joblib keeps the workers of one.

    Minutes later they would be gone, and others would have to import everything again. Last of
    them are those after which they are gone as well: an error ends them, and memory that has grown.
    """

    def turn(item: pytest.Item) -> int:
        marker = item.get_closest_marker("workers")
        return 2 if marker is None else int(bool(marker.kwargs.get("ends_them")))

    items.sort(key=turn)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays: looking through it for garbage again and again takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
