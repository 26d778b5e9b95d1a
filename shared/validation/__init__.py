"""Reads what a person wrote, and says what is wrong with it in our own words."""

from shared.validation.findings import sentence
from shared.validation.near import did_you_mean
from shared.validation.reading import Bounded, line_of, one_of_each_key, read_yaml

__all__ = ["Bounded", "did_you_mean", "line_of", "one_of_each_key", "read_yaml", "sentence"]
