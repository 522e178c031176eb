"""What is claimed: every statement about memorizing long-tail data, symbolically, with proofs."""
