"""What is observed in networks: data, models, training, Table 1, Figure 2, memorization.

The paper's networks see three images stacked as channels and predict the sum of their digits.
``nn.table1`` puts ten one-shot images into training and tests new pairs of them; ``nn.figure2``
makes '9' rare; ``nn.memorization`` measures what the paper assumed; ``nn.linear_theory`` asks
where the linear theory carries over; ``nn.composition`` goes beyond sums. Every experiment takes a
``nn.presets.Plan`` and returns a plain document that JSON can hold.
"""
