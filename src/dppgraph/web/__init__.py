"""HTTP: routes, negotiation, status codes. What the answers are is decided below."""
