"""`st.from_type(Setting)` draws small settings: n <= 60, d <= 40, any k."""

from hypothesis import strategies as st

from theorems.setting import Setting


@st.composite
def small_settings(draw: st.DrawFn) -> Setting:
    d = draw(st.integers(2, 40))
    return Setting(
        n=draw(st.integers(1, 60)),
        d=d,
        k=draw(st.integers(1, d - 1)),
        s=draw(st.floats(0.05, 12)),
        alpha=draw(st.sampled_from([1.0, 1.5, 2.0]) | st.floats(0.3, 4)),
        sigma=draw(st.sampled_from([0.0, 0.05]) | st.floats(0, 2)),
        beta_exponent=draw(st.sampled_from([0.0, 0.1]) | st.floats(-1.5, 1.5)),
    )


st.register_type_strategy(Setting, small_settings())
