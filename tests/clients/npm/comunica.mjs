// Comunica finds out by itself what it asks.
import { QueryEngine } from '@comunica/query-sparql';

const engine = new QueryEngine();

export function open(endpoint, method, source = endpoint) {
  const context = { sources: [source], httpIncludeCredentials: false };
  return {
    boolean: (query) => engine.queryBoolean(query, context),
    rows: async (query) => names(await engine.queryBindings(query, context)),
    triples: (query) => engine.queryQuads(query, context),
  };
}

async function* names(bindings) {
  for await (const row of bindings) yield [...row].map(([variable, term]) => [variable.value, term]);
}
