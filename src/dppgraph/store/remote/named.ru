# A graph or a part of a version, before anything is in it: whatever becomes of the publication, it will be found.
PREFIX p: <$vocabulary>
INSERT DATA { GRAPH <$control> { <$version> p:graph <$graph> . $said } }
