import SparqlClient from 'sparql-http-client';

const operations = { GET: 'get', POST: 'postUrlencoded', DIRECT: 'postDirect' };

export function open(endpointUrl, method = 'GET') {
  const { query: asked } = new SparqlClient({ endpointUrl });
  const operation = operations[method];
  return {
    boolean: (query) => asked.ask(query, { operation }),
    rows: async (query) => named(asked.select(query, { operation })),
    triples: async (query) => asked.construct(query, { operation }),
  };
}

async function* named(rows) {
  for await (const row of rows) yield Object.entries(row);
}
