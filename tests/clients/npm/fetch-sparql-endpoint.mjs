import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint';

export function open(endpoint, method = 'POST') {
  const fetcher = new SparqlEndpointFetcher({ method });
  return {
    boolean: (query) => fetcher.fetchAsk(endpoint, query),
    rows: async (query) => named(await fetcher.fetchBindings(endpoint, query)),
    triples: (query) => fetcher.fetchTriples(endpoint, query),
  };
}

async function* named(bindings) {
  for await (const row of bindings) yield Object.entries(row);
}
