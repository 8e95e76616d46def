// Comunica is told that it asks a SPARQL endpoint, as `sparql@...` tells it on the command line.
import { open as openAny } from './comunica.mjs';

export function open(endpoint, method) {
  return openAny(endpoint, method, { type: 'sparql', value: endpoint });
}
