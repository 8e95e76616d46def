// Asks with one of the clients, and prints as one line of JSON what it got:
//
//     node ask.mjs CLIENT OPERATION ENDPOINT [METHOD] < QUERY
//
// `rows` as in SPARQL Query Results JSON (or `count` of them, for `count`), `boolean`, or `triples` (their number, or for
// `graph` their parts as rows); and where the client says that it failed, `error` with its words. What came before that is
// there too.
import { text } from 'node:stream/consumers';

const [client, operation, endpoint, method] = process.argv.slice(2);
const { open } = await import(`./${client}.mjs`);
const query = await text(process.stdin);
const got = {};

try {
  const asked = open(endpoint, method);
  if (operation === 'ask') {
    got.boolean = await asked.boolean(query);
  } else if (operation === 'triples') {
    got.triples = 0;
    for await (const _ of await asked.triples(query)) got.triples += 1;
  } else if (operation === 'count') {
    got.count = 0;
    for await (const _ of await asked.rows(query)) got.count += 1;
  } else if (operation === 'graph') {
    got.rows = [];
    for await (const { subject, predicate, object } of await asked.triples(query)) {
      got.rows.push({ subject: said(subject), predicate: said(predicate), object: said(object) });
    }
  } else {
    got.rows = [];
    for await (const row of await asked.rows(query)) {
      got.rows.push(Object.fromEntries([...row].map(([name, term]) => [name, said(term)])));
    }
  }
} catch (error) {
  got.error = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify(got));
// A client may hold connections open for others that do not come.
process.exit(0);

function said(term) {
  if (term.termType === 'NamedNode') return { type: 'uri', value: term.value };
  if (term.termType === 'BlankNode') return { type: 'bnode', value: term.value };
  const literal = { type: 'literal', value: term.value };
  if (term.language) return { ...literal, 'xml:lang': term.language };
  if (term.datatype.value === 'http://www.w3.org/2001/XMLSchema#string') return literal;
  return { ...literal, datatype: term.datatype.value };
}
