"""A weigher and a filter for OpenStack Nova that decide by libspane."""

from spane_nova.filter import SpaneNUMAFilter
from spane_nova.weigher import SpaneWeigher

__all__ = ["SpaneNUMAFilter", "SpaneWeigher"]
