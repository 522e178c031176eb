"""The one exception the networks chapter raises for what a user can mend."""

from __future__ import annotations


class InputError(ValueError):
    """Bad input from outside: an option, a data folder or a checkpoint.

    Its text is one clear line that names the option, the value and what is allowed; a command
    line prints it and leaves with exit status 2.
    """
