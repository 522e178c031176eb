"""The belief-propagation recursion of `variance-evolution`."""
