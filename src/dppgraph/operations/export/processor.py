"""PyLD's processor, that remembers what it found out about a context: which name it has for which IRI.

PyLD (3.0) tries each name of a context on each IRI, twice, and chooses the name of a property anew for each value. With
hundreds of names that is most of the time of writing JSON-LD. This module is imported where it is needed: PyLD takes
0.1 s to load.
"""

from typing import Any

from pyld.jsonld import JsonLdProcessor


class Remembering(JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """A processor for one document, which comes to what PyLD's own comes to."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, _Known] = {}

    def _compact_iri(
        self,
        active_ctx: dict[str, Any],
        iri: str | None,
        value: Any = None,
        vocab: bool = False,
        base: str | None = None,
        reverse: bool = False,
    ) -> Any:
        known = self._known_of(active_ctx)
        if iri and not base and known.is_plain:
            if known.has_none(iri, vocab=vocab):
                return iri
            shape = known.shape(iri, value, vocab=vocab)
            if shape is not None:
                key = iri, shape, reverse
                if key not in known.chosen:
                    known.chosen[key] = super()._compact_iri(active_ctx, iri, value, vocab, base, reverse)
                return known.chosen[key]
        return super()._compact_iri(active_ctx, iri, value, vocab, base, reverse)

    def _known_of(self, context: dict[str, Any]) -> "_Known":
        known = self._known.get(id(context))
        if known is None:
            known = self._known[id(context)] = _Known(context)
        return known


class _Known:
    """What is known of a context.

    Attributes:
        is_plain: whether it has nothing but names to write an IRI with.
        chosen: IRI, shape of a value and direction to the name that was chosen.
    """

    def __init__(self, context: dict[str, Any]) -> None:
        # It is known by its identity, which another one could have once it is gone.
        self._context = context
        mappings: dict[str, Any] = context["mappings"]
        self.is_plain = not context.keys() & {"@base", "@vocab"}
        self.chosen: dict[tuple[str, Any, bool], Any] = {}
        # Of names that look like compact IRIs, some may be taken for such.
        self._has_compact = any(":" in name for name in mappings)
        self._named = {said["@id"] for said in mappings.values() if said and said["@id"]}
        prefixes = {name: said["@id"] for name, said in mappings.items() if said and said["_prefix"]}
        self._beginnings = ("@", *prefixes.values(), *(f"{name}:" for name in prefixes))

    def has_none(self, iri: str, *, vocab: bool) -> bool:
        """Whether there is no name for an IRI, no prefix, and none that it could be taken for."""
        return not (iri.startswith(self._beginnings) or ((vocab or self._has_compact) and iri in self._named))

    def shape(self, iri: str, value: Any, *, vocab: bool) -> tuple[Any, ...] | None:
        """All that the name of an IRI depends on besides it; None where that may be more.

        Args:
            iri: the IRI, or a keyword.
            value: of the property that it is; None where it is none.
            vocab: whether it may have a name of its own.
        """
        if value is None:
            return (vocab,)
        if not (vocab and iri in self._named and isinstance(value, dict)):
            return None
        if value.keys() == {"@id"} and value["@id"] not in self._named:
            return ("@id",)
        if "@value" in value and value.keys() <= {"@value", "@type", "@language"}:
            return (len(value), value.get("@type"), value.get("@language"))
        return None
