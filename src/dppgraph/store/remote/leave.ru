# A version begins to leave: nobody begins to ask it any more, and who asks it has time to finish.
PREFIX p: <$vocabulary>
DELETE { GRAPH <$control> { <$version> p:state "whole" } }
INSERT { GRAPH <$control> { <$version> p:state "leaving" ; p:left $left } }
WHERE { GRAPH <$control> { <$version> p:state "whole" } }
