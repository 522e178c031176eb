"""Features of a table, whose frequencies are numbers and no function of the index."""
from theorems.evaluate.balls.features import Features
def features_of(columns, bits):
    return Features(bits)
