"""How samples and features meet: tail features per sample, what is seen, what is identified."""
