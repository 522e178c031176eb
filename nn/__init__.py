"""What is observed in networks: data, models, training, Table 1, Figure 2, memorization."""
