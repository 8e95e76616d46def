# The version is whole, and the current one from here on: if it is still this attempt that loads it.
PREFIX p: <$vocabulary>
DELETE { GRAPH <$control> { <$control> p:current ?current . <$version> p:state ?state ; p:left ?left } }
INSERT { GRAPH <$control> { <$control> p:current <$version> . <$version> p:state "whole" } }
WHERE {
  GRAPH <$control> {
    <$version> p:attempt $attempt ; p:state ?state .
    OPTIONAL { <$control> p:current ?current }
    OPTIONAL { <$version> p:left ?left }
  }
}
