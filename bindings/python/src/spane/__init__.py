"""Python side of libspane: scheduling VMs on multi-NUMA servers with learned policies."""

__version__ = "0.1.0"
