"""What is claimed: every statement about memorizing long-tail data, symbolically, with proofs.

`theorems.catalogue.catalogue["noiseless-loss"]` is a statement; `theorems.register` adds one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theorems.statement import Statement


def register(statement: Statement) -> Statement:
    """Add a statement of one's own to the catalogue, for this process.

    To have it in every process, the command line's included, name it as an entry point of the
    group `longtail.statements` instead.

    Raises:
        ValueError: where another statement has its id, where it lacks what its kind needs, or
            where one of its expressions cannot be evaluated; the message names the part.
    """
    from theorems.catalogue import catalogue

    return catalogue.register(statement)
