"""``python -m dppgraph`` is ``dppgraph``."""

from dppgraph.cli import main

if __name__ == "__main__":
    main()
