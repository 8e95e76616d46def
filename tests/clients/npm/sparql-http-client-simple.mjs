// The client that gives what fetch gives, and reads nothing of it: the answer is read here.
import SimpleClient from 'sparql-http-client/SimpleClient.js';

export function open(endpointUrl) {
  const { query: asked } = new SimpleClient({ endpointUrl });
  return {
    boolean: async (query) => (await (await whole(asked.ask(query))).json()).boolean,
    rows: async (query) => (await (await whole(asked.select(query))).json()).results.bindings,
    triples: async (query) => (await (await whole(asked.construct(query))).text()).split('\n'),
  };
}

async function whole(answer) {
  const { ok, status } = await answer;
  if (!ok) throw new Error(`${status}: ${await (await answer).text()}`);
  return answer;
}
