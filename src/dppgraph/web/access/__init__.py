"""What is noted of each request: its number, how long it took, and a line in the access log."""

from dppgraph.web.access.access import Access
from dppgraph.web.access.log import AccessLog

__all__ = ["Access", "AccessLog"]
