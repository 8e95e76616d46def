"""Two plans side by side, as a page, a drawing and data."""
