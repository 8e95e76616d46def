# A version begins to be loaded. Nobody asks it yet.
PREFIX p: <$vocabulary>
INSERT DATA {
  GRAPH <$control> {
    <$version> p:number $number ; p:digest $digest ; p:state "loading" ; p:attempt $attempt ; p:beat $beat .
  }
}
