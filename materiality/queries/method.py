"""The method that a cycle would be scored by now."""

from materiality.models import Cycle
from materiality.scoring.method import Method


def method_of(cycle: Cycle) -> Method:
    """The cycle's method with the weights of its groups. MethodError where a stored parameter is unsound."""
    weights = {
        code: {"society": society, "business": business}
        for code, society, business in cycle.groups.values_list("code", "weight_society", "weight_business")
    }
    return Method.from_dict({**cycle.method, "weights": weights})
