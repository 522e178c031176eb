"""How statements look: LaTeX and MathML of an expression, from the expression itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.mathml import MathMLPresentationPrinter

from theorems.model import DEFINITIONS, Definition, definitions_in, i
from theorems.statement import Kind, Statement


@dataclass(frozen=True)
class Name:
    """A symbol's typeset form: base with a subscript, the base in upright text where `text`."""

    base: str
    subscript: str = ""
    latex: str = ""
    text: bool = False


NAMES: dict[str, Name] = {
    "Z": Name("Z", "α", r"Z_{\alpha}"),
    "p_tail": Name("p", "&gt;k", r"p_{>k}"),
    "q_k": Name("q", "k", "q_k"),
    "q_free": Name("q̄", "k", r"\bar q_k"),
    "Lambda_k": Name("Λ", "k", r"\Lambda_k"),
    "h_sum": Name("h", "Σ", r"h_{\Sigma}"),
    "h_any": Name("h", "∪", r"h_{\cup}"),
    "a_k": Name("a", "k", "a_k"),
    "pi_k": Name("π", "k", r"\pi_k"),
    "B_tail": Name("B", "&gt;k", r"B_{>k}"),
    "V_0": Name("V", "0", "V_0"),
    "beta2_once": Name("β²", "once", r"\beta^2_{\text{once}}"),
    "N_0": Name("N", "0", "N_0"),
    "E_N_2": Name("𝔼 N", "≥2", r"\mathbb{E}\,N_{\geq 2}"),
    "E_L": Name("𝔼 L", "", r"\mathbb{E}\,L"),
    "E_U": Name("𝔼 #{seen, not in R}", "", r"\mathbb{E}\,\#\{\text{seen, not in } R\}", True),
    "E_alone": Name("𝔼 #{alone}", "", r"\mathbb{E}\,\#\{\text{alone}\}", True),
    "E_missing": Name("𝔼 missing mass", "", r"\mathbb{E}\,\text{missing mass}", True),
    "P_unidentified": Name("P([k] ⊄ R)", "", r"\mathbb{P}([k] \not\subset R)", True),
    "Var_single": Name("Var Δ", "i", r"\mathrm{Var}\,\Delta_i"),
    "MSE_tail": Name("MSE", "tail", r"\mathrm{MSE}_{\text{tail}}"),
    "MSE_common": Name("MSE", "common", r"\mathrm{MSE}_{\text{common}}"),
    "V_R": Name("V", "R", "V_R"),
    "V_not_R": Name("V", "seen, not in R", r"V_{\text{seen} \setminus R}"),
    "gd_ratio": Name(
        "max_t ‖β_t − X⁺y‖ / (ρ^t ‖X⁺y‖)", "", r"\max_t \|\beta_t - X^+y\|/(\rho^t \|X^+y\|)", True
    ),
    "max_residual": Name("max |y − Xβ̂|", "", r"\max_l |y_l - (X\hat\beta)_l|", True),
    "max_private_residual": Name("max residual", "private", r"\max_{l\ \text{private}} |r_l|"),
    "max_error_on_R": Name("max |Δ|", "R", r"\max_{i \in R} |\Delta_i|"),
    "flip_difference": Name(
        "𝔼 L(β*) − 𝔼 L(Fβ*)", "", r"\mathbb{E}\,L(\beta^*) - \mathbb{E}\,L(F\beta^*)", True
    ),
    "min_T_Var": Name(
        "min T Var β̂/σ²", "", r"\min_{i \in R} T_i\,\mathrm{Var}(\hat\beta_i)/\sigma^2", True
    ),
    "min_Var_ratio": Name(
        "min Var β̃/Var β̂", "", r"\min_i \mathrm{Var}\,\tilde\beta_i/\mathrm{Var}\,\hat\beta_i", True
    ),
    "E_L_ood": Name("𝔼 L", "OOD", r"\mathbb{E}\,L_{\text{OOD}}"),
    "m_level": Name("m", "", "m"),
    "risk_lambda": Name("risk(λ)", "", r"\mathrm{risk}(\lambda)", True),
    "loo_difference": Name(
        "max |formula − retrained|", "", r"\max_l |\text{formula}_l - \text{retrained}_l|", True
    ),
    "share_memorized": Name("𝔼 share memorized", "", r"\mathbb{E}\,\text{share memorized}", True),
    "max_pair_deviation": Name(
        "max |Δ − formula|", "", r"\max_{\text{pairs}} |\Delta_i - \text{formula}|", True
    ),
    "E_pairs": Name("𝔼 #{pairs}", "", r"\mathbb{E}\,\#\{\text{pairs}\}", True),
    "unrecovered": Name("unrecovered fraction", "", r"\text{unrecovered fraction}", True),
    "E_ood": Name("𝔼 OOD loss", "", r"\mathbb{E}\,\text{OOD loss}", True),
    "price": Name("paper / exact", "", r"\text{paper}/\text{exact}", True),
    "P_no_multi": Name("P(N≥2 = 0)", "", r"\mathbb{P}(N_{\geq 2} = 0)", True),
    "N_alone_lost": Name("#{alone, not in R}", "", r"\#\{\text{alone, not in } R\}", True),
    "E_L_worst": Name("𝔼 L", "worst", r"\mathbb{E}\,L_{\text{worst}}"),
    "E_L_stable": Name("𝔼 L", "stable", r"\mathbb{E}\,L_{\text{stable}}"),
    "R_delta": Name("R(δ)", "", r"R(\delta)"),
    "E_L_kept": Name("𝔼 L", "kept", r"\mathbb{E}\,L_{\text{kept}}"),
    "excess_of_subsampling": Name(
        "excess of subsampling", "", r"\text{excess of subsampling}", True
    ),
    "E_L_private": Name("𝔼 L", "private", r"\mathbb{E}\,L_{\text{private}}"),
    "E_L_composed": Name(
        "𝔼 L / Σβ²", "composed", r"\mathbb{E}\,L_{\text{composed}}/\sum \beta_j^2"
    ),
    "decomposition_difference": Name("max |L − parts|/L", "", r"\max |L - \text{parts}|/L", True),
    "E_L_Bayes": Name("𝔼 L/τ²", "Bayes", r"\mathbb{E}\,L_{\text{Bayes}}/\tau^2"),
    "floor": Name("floor/τ²", "", r"\text{floor}/\tau^2", True),
    "price_memorizing": Name("risk/floor", "", r"\text{risk}/\text{floor}", True),
}

_GREEK = {"alpha": "α", "beta": "β", "sigma": "σ", "pi": "π", "lamda": "λ", "rho": "ρ", "tau": "τ"}
_GREEK |= {"delta": "δ", "epsilon": "ε", "eta": "η"}

TEXT_OF_FIELD = {
    "variance_factor": "Σᵢ pᵢ 𝔼[1{κᵢ>0}/κᵢ]",
    "variance_common": "\u00a0sum over i ≤ k of pᵢ 𝔼[1{κᵢ>0}/κᵢ]",
    "variance_tail": "\u00a0sum over i > k of pᵢ 𝔼[1{κᵢ>0}/κᵢ]",
    "common_mean_variance": "\u00a0mean over i ≤ k of 𝔼[1/κᵢ | κᵢ > 0]",
    "tail_mean_variance": "\u00a0mean over i > k of 𝔼[1/κᵢ | κᵢ > 0]",
    "unidentifiable_variance": "Σᵢ pᵢ 𝔼[bᵢ 1{aᵢ>0}]",
    "noiseless_loss": "Σᵢⱼ pᵢ 𝔼[(I−P)ᵢⱼ²] βⱼ²",
    "mean_precision": "𝔼 Y",
    "mean_leverage": "𝔼[1/Y − 1 | Y>0]",
    "recovered_weight": "P(Y>0)",
    "lower": "Σᵢ pᵢ βᵢ² (1−pᵢ)ⁿ + S",
    "upper": "Σᵢ pᵢ βᵢ² (1−pᵢ)ⁿ + Σᵢ γᵢ (Uᵢ(n) − (1−pᵢ)ⁿ)",
    "single_draw_upper": "L_up(η)",
    "risk_lower": "F_low(λ)",
    "risk_upper": "F_up(λ)",
    "ridge_variance_lower": "max over larger μ of (F_low(μ) − F_up(λ))/(μ − λ)",
    "ridge_variance_upper": "min over smaller μ of (F_up(λ) − F_low(μ))/(λ − μ)",
    "minimum_norm_variance_lower": "Σᵢ pᵢ Σₜ P(Tᵢ=t) (1−cₜ)²/t",
}

RELATIONS = {
    Kind.IDENTITY: ("=", "="),
    Kind.PREDICTION: (r"\approx", "≈"),
    Kind.RATE: (r"\asymp", "≍"),
}


class _TermsInReadingOrder:
    """1 - x rather than -x + 1: what is subtracted comes last, after the numbers."""

    def _as_ordered_terms(self, expr: Expr, order: str | None = None) -> list[Expr]:
        terms: list[Expr] = super()._as_ordered_terms(expr, order=order)  # type: ignore[misc]
        if not any(term.could_extract_minus_sign() for term in terms):
            return terms
        return sorted(terms, key=lambda term: (term.could_extract_minus_sign(), not term.is_number))


class Latex(_TermsInReadingOrder, LatexPrinter):  # type: ignore[misc]  # sympy ships no types
    """sympy's LaTeX with the names above."""

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        known = NAMES.get(expr.name)
        return known.latex if known else str(super()._print_Symbol(expr, style=style))


class MathML(_TermsInReadingOrder, MathMLPresentationPrinter):  # type: ignore[misc]  # sympy ships no types
    """sympy's presentation MathML with the names above and our own operations."""

    def _element(self, tag: str, *children: Any, text: str = "") -> Any:
        element = self.dom.createElement(tag)
        if text:
            element.appendChild(self.dom.createTextNode(text))
        for child in children:
            element.appendChild(child)
        return element

    def _name(self, base: str, subscript: Any = None, *, text: bool = False) -> Any:
        body = self._element("mtext" if text else "mi", text=base)
        return body if subscript is None else self._element("msub", body, subscript)

    def _bracketed(self, *inner: Any) -> Any:
        return self._element(
            "mrow", self._element("mo", text="["), *inner, self._element("mo", text="]")
        )

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> Any:  # noqa: ARG002
        known = NAMES.get(expr.name)
        if known is None:
            return self._name(_GREEK.get(expr.name, expr.name))
        subscript = None
        if known.subscript:
            text = known.subscript.replace("&gt;", ">")
            subscript = self._element("mi", text=text)
        return self._name(known.base, subscript, text=known.text)

    def _print_Indexed(self, expr: Expr) -> Any:
        base = _GREEK.get(str(expr.base), str(expr.base))
        return self._name(base, self._print(expr.indices[0]))

    def _print_Product(self, expr: Expr) -> Any:
        index, low, high = expr.limits[0]
        start = self._element(
            "mrow", self._print(index), self._element("mo", text="="), self._print(low)
        )
        sign = self._element("munderover", self._element("mo", text="∏"), start, self._print(high))
        body = self._print(expr.function)
        if expr.function.is_Add:
            body = self._element(
                "mrow", self._element("mo", text="("), body, self._element("mo", text=")")
            )
        return self._element("mrow", sign, body)

    def _print_PairSum(self, expr: Expr) -> Any:
        _, low, high = expr.limits
        index, other, first, second = expr.pair
        order = [self._print(low), "≤", self._print(index), "&lt;", self._print(other), "≤"]
        over = [self._element("mo", text=x) if isinstance(x, str) else x for x in order]
        sign = self._element(
            "munder",
            self._element("mo", text="∑"),
            self._element("mrow", *over, self._print(high)),
        )
        return self._element("mrow", sign, self._print(first), self._print(second))

    def _print_BinomialMean(self, expr: Expr) -> Any:
        law = self._element(
            "mrow",
            self._print(expr.function.variables[0]),
            self._element("mo", text="∼"),
            self._element("mtext", text="Bin"),
            self._element("mo", text="("),
            self._print(expr.trials),
            self._element("mo", text=","),
            self._print(expr.chance),
            self._element("mo", text=")"),
        )
        return self._element(
            "mrow", self._name("𝔼", law), self._bracketed(self._print(expr.function.expr))
        )

    def _print_MeanInverseCount(self, expr: Expr) -> Any:
        law = self._element(
            "mrow",
            self._element("mtext", text="T∼Bin("),
            self._print(expr.args[0]),
            self._element("mo", text=","),
            self._print(expr.args[1]),
            self._element("mo", text=")"),
        )
        indicator = self._element("mtext", text="1{T≥1}")
        inverse = self._element("mfrac", indicator, self._element("mi", text="T"))
        return self._element("mrow", self._name("𝔼", law), self._bracketed(inverse))

    def _print_Piecewise(self, expr: Expr) -> Any:
        rows = [
            self._element(
                "mtr",
                self._element("mtd", self._print(value)),
                self._element(
                    "mtd",
                    self._element("mtext", text="otherwise")
                    if condition == True  # noqa: E712  # sympy's true is not Python's
                    else self._element(
                        "mrow",
                        self._element("mtext", text="if\N{NO-BREAK SPACE}"),
                        self._print(condition),
                    ),
                ),
            )
            for value, condition in expr.args
        ]
        return self._element("mrow", self._element("mo", text="{"), self._element("mtable", *rows))

    def _print_Evolution(self, expr: Expr) -> Any:
        return self._element("mtext", text=TEXT_OF_FIELD[expr.field])

    def _print_FixedPoint(self, expr: Expr) -> Any:
        variable = expr.function.variables[0]
        return self._element(
            "mrow",
            self._element("mo", text="max{"),
            self._print(variable),
            self._element("mo", text=":"),
            self._print(variable),
            self._element("mo", text="="),
            self._print(expr.function.expr),
            self._element("mo", text="}"),
        )


def latex(expression: Expr) -> str:
    """The expression as LaTeX."""
    return str(Latex().doprint(expression))


def mathml(expression: Expr) -> str:
    """The expression as a row of presentation MathML, to be put into a <math> element."""
    printer = MathML()
    text = str(printer._print(expression).toxml())
    return text.replace("<mo>-</mo>", "<mo>−</mo>").replace("<mi>&ExponentialE;</mi>", "<mi>e</mi>")


def _told(side: Expr) -> Expr:
    """The side, or what it stands for where it is no more than a name."""
    known = DEFINITIONS.get(str(side))
    return known.expression if known and side.is_Symbol else side


MODEL = ("p", "c", "Z", "beta")
"""Definitions of the model itself, told once for all statements."""


def model_mathml() -> list[tuple[str, str]]:
    """The power law and the coefficients: <math> elements, each with its meaning."""
    return [_definition(DEFINITIONS[name]) for name in MODEL]


def left_of(definition: Definition) -> Expr:
    """What is defined: a name, or the i-th of a vector."""
    return definition.name[i] if definition.indexed else definition.name


def _definition(definition: Definition) -> tuple[str, str]:
    body = f"{mathml(left_of(definition))}<mo>=</mo>{mathml(definition.expression)}"
    return _math(body), definition.meaning


def where_mathml(statement: Statement) -> list[tuple[str, str]]:
    """The definitions that the formula rests on, but for the model's."""
    return [_definition(definition) for definition in where(statement)]


def where(statement: Statement) -> list[Definition]:
    """The definitions that the formula rests on, but for the model's, in the order of reading."""
    needed: dict[str, Definition] = {}
    for side in statement.sides.values():
        for definition in definitions_in(_told(side)):
            needed.setdefault(str(definition.name), definition)
    return [
        definition
        for definition in reversed(needed.values())
        if definition.name != statement.symbol and str(definition.name) not in MODEL
    ]


def _math(body: str) -> str:
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
        f"<mrow>{body}</mrow></math>"
    )


def _relation(statement: Statement) -> tuple[str, str]:
    if statement.kind is Kind.RATE and statement.at_most:
        return r"\lesssim", "≲"
    return RELATIONS.get(statement.kind, ("=", "="))


def formula_latex(statement: Statement) -> str:
    """The whole claim, such as lower <= quantity <= upper, as LaTeX."""
    rows = [f"{sign} {latex(side)}" for sign, side in signed_sides(statement)]
    return latex(statement.symbol) + " " + r" \\ ".join(rows)


def signed_sides(statement: Statement) -> list[tuple[str, Expr]]:
    """Each side that the statement has, with its relation as LaTeX."""
    signs = {
        "value": _relation(statement)[0],
        "lower": r"\geq",
        "upper": r"\leq",
    }
    return [
        (sign, _told(statement.sides[side]))
        for side, sign in signs.items()
        if side in statement.sides
    ]


def formula_mathml(statement: Statement) -> list[str]:
    """The claim as <math> elements, one for each side that the statement has."""
    signs = {
        "value": _relation(statement)[1],
        "lower": "≥",
        "upper": "≤",
    }
    return [
        _math(
            f"{mathml(statement.symbol)}<mo>{signs[side]}</mo>"
            f"{mathml(_told(statement.sides[side]))}"
        )
        for side in ("value", "lower", "upper")
        if side in statement.sides
    ]
