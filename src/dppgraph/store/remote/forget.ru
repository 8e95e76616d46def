# All that is said of a version, or of one of its graphs, once these are gone.
DELETE WHERE { GRAPH <$control> { <$subject> ?property ?value } }
