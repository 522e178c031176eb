"""After set-up no first call compiles."""

import os
import subprocess
import sys
from pathlib import Path

from reports import prepare

FIRST_SOLVES = """
import sys
import numpy as np
import longtail
from empirics.draws.training_set import training_set
from empirics.observables.observe import observe
from theorems.setting import Setting
for alpha in (1.0, 1.25, 2.0):
    setting = Setting(n=80, d=300, alpha=alpha)
    drawn = training_set(setting, 1, 0)
    solution = longtail.minimum_norm(drawn.X, np.arange(80.0), certify=True)
    solution.identified_variance, solution.leave_one_out
    observe(setting, 1, 0)
    longtail.bounds("noiseless-loss-cavity", n=80, d=300, alpha=alpha)
compiled = [
    f"{module.__name__}.{name}"
    for module in list(sys.modules.values())
    if module.__name__.partition(".")[0] in ("theorems", "empirics")
    for name, value in vars(module).items()
    if hasattr(value, "stats") and sum(value.stats.cache_misses.values())
]
print(sorted(set(compiled)))
"""


def test_nothing_is_compiled_after_it(tmp_path: Path) -> None:
    environment = {**os.environ, "LONGTAIL_CACHE": str(tmp_path)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    done = run("-m", "reports.prepare")
    assert "could not be prepared" not in done.stderr
    assert f"{len(list(prepare.steps()))}/{len(list(prepare.steps()))}" in done.stderr
    assert list((tmp_path / "made").glob("programs-*.json"))
    assert run("-c", FIRST_SOLVES).stdout == "[]\n"
