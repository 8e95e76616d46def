// Reads a feed with ldes-client, and prints a line of JSON for each member, then one with what was asked for:
//
//     node feed.mjs URL '{"statePath": "...", "ordered": "ascending", ...}'
//
// What is in the second is the client's own configuration, `ordered` aside. A member has `id`, `entity`, `time` and `quads`
// (N-Quads); the last line has `asked`: how often each address was, with its format.
import { intoConfig, replicateLDES } from 'ldes-client';
import { Writer } from 'n3';

const [url, settings = '{}'] = process.argv.slice(2);
const { ordered, accept, ...config } = JSON.parse(settings);
const asked = {};
const writer = new Writer({ format: 'N-Quads' });

async function noted(input, init = {}) {
  const headers = new Headers(init.headers);
  if (accept) headers.set('accept', accept);
  const answer = await fetch(input, { ...init, headers });
  const words = `${answer.status} ${answer.headers.get('content-type')} ${answer.url}`;
  asked[words] = (asked[words] ?? 0) + 1;
  return answer;
}

const client = replicateLDES(intoConfig({ ...config, url, fetch: noted }), ordered);
const begun = performance.now();
for await (const { id, isVersionOf, timestamp, quads } of client.stream({ highWaterMark: 10 })) {
  const said = config.quiet ? quads.length : writer.quadsToString(quads);
  console.log(JSON.stringify({ id: id.value, entity: isVersionOf, time: timestamp?.toISOString(), quads: said }));
}
console.log(JSON.stringify({ asked, seconds: (performance.now() - begun) / 1000 }));
