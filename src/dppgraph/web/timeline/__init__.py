"""Plans in time, as a page, a drawing and data."""
