"""Pure parts: IRIs, formats, negotiation, the text of a query, canonical quads, their names and their digest."""
