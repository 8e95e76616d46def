# Who loads a version still does.
PREFIX p: <$vocabulary>
DELETE { GRAPH <$control> { <$version> p:beat ?before } }
INSERT { GRAPH <$control> { <$version> p:beat $beat } }
WHERE { GRAPH <$control> { <$version> p:attempt $attempt ; p:beat ?before } }
