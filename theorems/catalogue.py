"""Every statement, by id, in reading order."""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module, metadata
from types import ModuleType

from theorems.statement import Statement

READING_ORDER = (
    "structure.tail_mass",
    "structure.tail_hit",
    "structure.common_only_samples",
    "structure.common_only_samples_rate",
    "structure.multi_tail_samples",
    "structure.multi_tail_samples_rate",
    "structure.common_identified",
    "structure.alone_recovery",
    "structure.recovered_fraction",
    "structure.recovered_fraction_rate",
    "noiseless.gd_limit",
    "noiseless.interpolation",
    "noiseless.flip_identity",
    "noiseless.noiseless_loss",
    "noiseless.noiseless_loss_sharp",
    "noiseless.noiseless_loss_cavity",
    "noiseless.noiseless_second_order",
    "noiseless.noiseless_loss_rate",
    "noiseless.missing_mass_asymptotic",
    "noiseless.noiseless_rate",
    "noiseless.price_of_proof",
    "noiseless.noiseless_ood",
    "noiseless.noiseless_ood_rate",
    "noisy.private_interpolation",
    "noisy.single_appearance_error",
    "noisy.single_appearance_rate",
    "noisy.feature_variance",
    "noisy.gauss_markov",
    "noisy.long_tail_error",
    "noisy.common_error",
    "noisy.noisy_loss",
    "noisy.noisy_loss_rate",
    "noisy.variance_evolution",
    "noisy.unidentifiable_variance",
    "noisy.loss_evolution",
    "noisy.noisy_law",
    "noisy.noisy_ood",
    "noisy.noisy_ood_rate",
    "regimes.exponents",
    "memorization.memorization_level",
    "memorization.corruption_tradeoff",
    "memorization.self_influence",
    "memorization.memorized_share",
    "memorization.spurious_pair",
    "memorization.spurious_pair_count",
)
"""Modules below `theorems`, each with one `STATEMENT`."""


class UnknownStatementError(KeyError):
    """An id that the catalogue does not have; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])


class Catalogue(Mapping[str, Statement]):
    """The statements by id, in reading order; users' own are added by `register`."""

    def __init__(self) -> None:
        self._statements: dict[str, Statement] = {}

    def register(self, statement: Statement) -> Statement:
        """Add a statement.

        Raises:
            ValueError: where another statement has its id.
        """
        if self._statements.get(statement.id, statement) is not statement:
            raise ValueError(f"id = {statement.id}: another statement has this id")
        self._statements[statement.id] = statement
        return statement

    def __getitem__(self, identifier: str) -> Statement:
        try:
            return self._statements[identifier]
        except KeyError:
            near = difflib.get_close_matches(identifier, self._statements, n=1, cutoff=0.0)
            hint = f"; the nearest is {near[0]}" if near else ""
            raise UnknownStatementError(
                f"ID = {identifier}: is no statement of the catalogue{hint}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)


ENTRY_POINTS = "longtail.statements"
"""Entry-point group by which an installed distribution adds statements: each names a
`Statement`, or a module that has one as `STATEMENT`."""


def _add_installed(to: Catalogue) -> None:
    """The statements that other distributions declare; one that cannot be loaded is told."""
    for entry in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            found = entry.load()
            statement = getattr(found, "STATEMENT", found)
            if not isinstance(statement, Statement):
                raise TypeError(f"is a {type(statement).__name__}, no Statement")
            to.register(statement)
        except Exception as error:
            # Whatever a stranger's module raises must not take the catalogue along.
            message = f"statement {entry.name} = {entry.value} was left out: {error}"
            warnings.warn(message, RuntimeWarning, stacklevel=2)


catalogue = Catalogue()
for _name in READING_ORDER:
    catalogue.register(import_module(f"theorems.{_name}").STATEMENT)
_add_installed(catalogue)


class _CatalogueModule(ModuleType):
    """This module, which may be indexed as the catalogue itself: `theorems.catalogue[ID]`."""

    def __getitem__(self, identifier: str) -> Statement:
        return catalogue[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter(catalogue)

    def __len__(self) -> int:
        return len(catalogue)

    def __contains__(self, identifier: object) -> bool:
        return identifier in catalogue


sys.modules[__name__].__class__ = _CatalogueModule
