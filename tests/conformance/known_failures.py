"""Tests of the W3C that this engine does not pass, each with the reason. One that starts to pass goes from here."""

from typing import Final

_REWRITTEN: Final = "the engine's store rewrites numbers (01 to 1), so that terms are the same which were two"
_ZERO_LENGTH: Final = "a path of length zero from a term that the data has not is not found (not approved by the W3C)"
_GROUP_CONCAT: Final = "GROUP_CONCAT of texts of one language is a text of that language (not approved by the W3C)"
_GRAPH_VARIABLE: Final = "the variable of GRAPH is bound inside of its pattern already, not after it (not approved)"
_TRIPLE_SUBJECT: Final = "a triple term as the subject of another is read, and comes to nothing"

KNOWN_FAILURES: Final[dict[str, str]] = {
    "sparql10/distinct/distinct-1": _REWRITTEN,
    "sparql10/distinct/distinct-9": _REWRITTEN,
    "sparql10/expr-builtin/case-insensitive-booleans": "true and false are read in small letters only",
    "sparql10/expr-builtin/dawg-str-1": _REWRITTEN,
    "sparql10/expr-builtin/dawg-str-2": _REWRITTEN,
    "sparql10/expr-builtin/sameTerm-eq": _REWRITTEN,
    "sparql10/expr-builtin/sameTerm-not-eq": _REWRITTEN,
    "sparql10/expr-builtin/sameTerm-simple": _REWRITTEN,
    "sparql10/expr-equals/eq-graph-1": _REWRITTEN,
    "sparql10/expr-equals/eq-graph-2": _REWRITTEN,
    "sparql10/graph/graph-optional": _GRAPH_VARIABLE,
    "sparql10/graph/graph-variable-scope": _GRAPH_VARIABLE,
    "sparql10/open-world/date-2": "a date and a dateTime are compared as unequal, where XPath has an error",
    "sparql10/open-world/open-eq-01": _REWRITTEN,
    "sparql10/syntax-sparql3/syn-bad-26": "<?a&&?b> is read as a comparison, not as an IRI that is none",
    "sparql11/aggregates/agg-empty-group-count-graph": _GRAPH_VARIABLE,
    "sparql11/aggregates/agg-groupconcat-04": _GROUP_CONCAT,
    "sparql11/aggregates/agg-groupconcat-06": _GROUP_CONCAT,
    "sparql11/bindings/graph": _GRAPH_VARIABLE,
    "sparql11/csv-tsv-res/csv03": f"{_REWRITTEN}: 1.0E6 is answered as 1000000",
    "sparql11/functions/bnode01": "BNODE of one text gives one blank node for all rows, not one for each row",
    "sparql11/negation/graph-minus": _GRAPH_VARIABLE,
    "sparql11/property-path/zero_or_more_set_end": _ZERO_LENGTH,
    "sparql11/property-path/zero_or_more_set_start": _ZERO_LENGTH,
    "sparql11/property-path/zero_or_one_set_end": _ZERO_LENGTH,
    "sparql11/property-path/zero_or_one_set_start": _ZERO_LENGTH,
    "sparql12/grouping/group01": _REWRITTEN,
    "sparql12/grouping/select-variable-reuse": "a column that is used in a later column of the same SELECT is refused",
    "sparql12/syntax-triple-terms-negative/tripleterm-subject-03": _TRIPLE_SUBJECT,
    "sparql12/syntax-triple-terms-negative/tripleterm-subject-06": _TRIPLE_SUBJECT,
    "sparql12/syntax/nested-aggregate-functions": "an aggregate within an aggregate is read, and not refused",
}
