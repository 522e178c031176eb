"""Options that a stranger may type: any text for any of them, and numbers at the edges."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from tests.campaigns import outcome
from tests.campaigns.bad_inputs import HOSTILE, NO_INTEGER, NO_NUMBER, NO_SEED

texts = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=8),
    st.sampled_from(
        (*NO_INTEGER, *NO_NUMBER, *NO_SEED, HOSTILE, "1_0", "٣", "1e1", "+5", " 5", "-0")
    ),
)

# Sizes that are allowed stay small, so that what is accepted is answered in a moment.
counts = st.one_of(
    st.integers(-3, 60).map(str), st.sampled_from(("1e5", "1000000001", "2e1", "5.0")), texts
)
reals = st.one_of(
    st.floats().map(repr),
    st.floats(0, 5).map(repr),
    st.sampled_from(
        ("5e-324", "1e-300", "1e300", "1e150", "0.9999999999999999", "1.0000000000000002")
    ),
    texts,
)
few = st.one_of(st.integers(-1, 3).map(str), texts)
ids = st.one_of(
    st.sampled_from(
        ("tail-mass", "noiseless-loss", "noiseless-law", "tail-mass,tail-hit", "tail-mass,")
    ),
    texts,
)
extras = st.one_of(
    st.tuples(st.sampled_from(("delta", "epsilon", "t", "n", "", "__class__")), reals).map(
        "=".join
    ),
    texts,
)

MODEL = {
    "--n": st.one_of(st.integers(-1, 60).map(str), st.just("1000000001"), texts),
    "--d": st.one_of(st.integers(-1, 60).map(str), st.just("1000000001"), texts),
    "--k": counts,
    "--s": reals,
    "--alpha": reals,
    "--sigma": reals,
    "--beta-exponent": reals,
}

OPTIONS: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "bounds": MODEL | {"--precision": few, "--set": extras},
    "draw": MODEL | {"--seed": few, "--run": few, "--set": extras},
    "simulate": MODEL | {"--runs": few, "--seed": few, "--set": extras},
    "regimes": {"--alpha": reals, "--beta-exponent": reals},
    "constants": {"--alpha": reals, "--beta-exponent": reals, "--d": counts, "--precision": few},
}


@st.composite
def _made(draw: st.DrawFn) -> tuple[str, ...]:
    # An accepted exponent takes `regimes` seconds.
    command = draw(st.sampled_from(("bounds", "draw", "simulate", "constants") * 5 + ("regimes",)))
    known = OPTIONS[command]
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
    given = [f"{name}={draw(known[name])}" for name in names]
    if "--n" in known:
        # What is not drawn at random is small as well.
        given = ["--n=30", "--d=50", *given]
    if command in ("bounds", "simulate"):
        given.append(f"--only={draw(ids)}")
    if command == "simulate":
        given += ["--jobs=1"] if "--runs" in names else ["--jobs=1", "--runs=2"]
    if draw(st.integers(0, 15)) == 0:
        given.append(draw(texts))
    return (command, *given, "--json")


options = _made()


def tried_options(given: tuple[str, ...], folder: Path, by_line: bool) -> str:
    """What becomes of a call."""
    return outcome.answered(*given)
