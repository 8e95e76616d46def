// Reads RDF from an address with rdf-dereference, which finds out the format, and prints as one line of JSON the number of
// its triples, or what went wrong:
//
//     node dereference.mjs ADDRESS [ACCEPT]
import { rdfDereferencer } from 'rdf-dereference';

const [address, accept] = process.argv.slice(2);
const got = {};
try {
  const headers = accept ? { accept } : undefined;
  const { data } = await rdfDereferencer.dereference(address, { headers });
  const triples = new Set();
  for await (const { subject, predicate, object } of data) {
    triples.add(JSON.stringify([subject.value, predicate.value, object.value, object.language ?? '', object.datatype?.value ?? '']));
  }
  got.triples = triples.size;
} catch (error) {
  got.error = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify(got));
process.exit(0);
