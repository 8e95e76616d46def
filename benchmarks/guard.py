"""Queries glued from pieces: does the guard see every endpoint that the engine asks?

    python -m benchmarks.guard [--texts 100000] [--seed 1]

Each text is asked of the engine itself, without any wall, over a prefix or an IRI that leads to a socket of this
process. Where that socket is asked, the tokenizer has to have said that the text asks an endpoint. The pieces are those
that an engine without tokens reads otherwise than the specification has it: comparisons that look like IRIs, strings
that do not end, names that make no IRI, escapes, comments, keywords without space.
"""

import random
import socket
import threading
from collections import Counter
from typing import Final

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad

from benchmarks.measuring import Verdict, arguments
from dppgraph.core.query_text import read_query

GAPS: Final = [
    "",
    "",
    " ",
    "\n",
    "\t",
    "#\n",
    "# '\n",
    "#\r",
    "#>\n",
    '# """\n',
    "# \\- '''\n",
    "# \\uD800 '''\n",
    "\r",
]
KEYWORDS: Final = [
    "SERVICE", "service", "SeRviCE", "\\u0053ERVICE", "SERVICE SILENT", "SERVICESILENT",
    "SERVICE\nSILENT", "GRAPH SERVICE",
]  # fmt: skip
ADDRESSES: Final = [
    "<{at}>", "e:", "e:x", "z:", ":", "?v", "SERVICE:", "SILENT:", "<s>", "<>", "<{at}#>", "<{at}\\u0023>", "from:",
    "\\u003C{at}>", "e:\\u0078", "e:\\-x", "e:%20", "e:x\u00b7", "e:\u0301",
]  # fmt: skip
SUBJECTS: Final = ["?s", "?s", "<a:a>", "e:a", "_:b", "[]"]
VERBS: Final = ["?p", "?p", "a", "e:p", "<a:b>", "e:p*", "^e:p", "(e:p|e:q)", "!e:p"]
OBJECTS: Final = [
    "?s", "$o", "1", "1.", "1.5", "1e0", "true", "+1", "-1.", "'x'", "'x'@en", "'x'@service", "'x'@en--ltr", "''", '""',
    "'x'^^e:d", "e:a", "e:a.b", "e:a.b.c", "e:service", "e:a-b", "e:\\'", "e:\\#x", "e:a%23", "e:x\u0301", ":a", ":",
    "e:x\u00b7GRAPH", "h:SERVICE", "h:SERVICEe:x{{}}", "h:aSERVICE", "h:x", "_:b", "_:b.c", "_:service", "_:b\u203f",
    "<a:a>", "<a:service#>", "<a:b\\u0062#>", "<a:b\\u0062'>", "<a:o'x>", "?o\u00b7", "?o\u00b7GRAPH", "[]", "()",
    "[?p ?o]", "(1)", "<<(?s ?p ?o)>>", "'\\''", "'\\u0027", '"\\""', "''''a'''", "'#'", "'\\\\'", "'\\u005C'", "'''a'",
]  # fmt: skip
CONDITIONS: Final = [
    "FILTER(1<2)", "FILTER(?s<?o)", "FILTER(?s<?o&&?s>?o)", "FILTER(1<2||2>1)", "FILTER(''='')", "FILTER EXISTS{{}}",
    "FILTER(?s IN(1,2))", "FILTER(1 <2)", "FILTER(1<'a>')", "FILTER(?o<'''a>''')", "FILTER(1<2#>'''\n)",
    "FILTER(1<2#>\n)",
    "FILTER(1<'b#>'||1>2)", "FILTER(1<e:#>'\n)", "VALUES ?w {{1}}", "VALUES ?v {{<{at}>}}", "VALUES ?w {{'''a'}}",
    "VALUES ?w {{\"\"\"a\" ''}}", "VALUES ?w {{'''a' }}#\\-\n", "VALUES ?w {{''' ' }}#\\UFFFFFFFF\n", "{{}}",
]  # fmt: skip
GROUPS: Final = ["OPTIONAL", "MINUS", "GRAPH ?g", "GRAPH e:g", "FILTER EXISTS", "LATERAL", ""]
FORMS: Final = ["SELECT*", "SELECT * WHERE", "ASK", "SELECT(1 AS ?one)", "CONSTRUCT{{}}WHERE"]
PROLOGUE: Final = [
    "PREFIX e:<{at}>", "PREFIX :<{at}>", "PREFIX z:<{at}>PREFIX SILENT:<{at}>PREFIX from:<{at}>", "BASE<{at}>",
    "PREFIX h:<http://h:>",
]  # fmt: skip
NOISE: Final = ["", "\\", "#", "'", '"', "<", ">", "\n", "\r", "{", "}", "'''", "\x00", "\x0c", "\u0085"]


class Texts:
    """Makes texts; the same seed makes the same ones."""

    def __init__(self, seed: int, address: str) -> None:
        self._random = random.Random(seed)
        self._address = address

    def next(self) -> str:
        """A text; most are queries."""
        pick = self._random
        prologue = "".join(pick.sample(PROLOGUE, len(PROLOGUE)))
        text = (prologue + pick.choice(FORMS) + "{{" + self._body(4) + "}}").format(at=self._address)
        if pick.random() < 0.15:
            at = pick.randrange(len(text) // 2, len(text))
            text = text[:at] + pick.choice(NOISE) + text[at + pick.randrange(3) :]
        return text

    def _body(self, longest: int) -> str:
        pick = self._random
        return "".join(self._piece() + pick.choice(["", " ", ".", *GAPS]) for _ in range(pick.randrange(longest + 1)))

    def _piece(self) -> str:
        pick, gap = self._random, self._random.choice(GAPS)
        match pick.randrange(10):
            case 0 | 1 | 2:
                return pick.choice([" ", gap or " "]).join(map(pick.choice, (SUBJECTS, VERBS, OBJECTS)))
            case 3 | 4:
                return pick.choice(CONDITIONS)
            case 5 | 6:
                where = pick.choice(["{{}}", "{{?s ?p ?o}}", "{{ }}"])
                return pick.choice(KEYWORDS) + gap + pick.choice(ADDRESSES) + pick.choice(GAPS) + where
            case 7:
                return "#" + pick.choice(["SERVICE <x> {{}}", "'", "'''", '"""', "x"]) + pick.choice(["\n", "\r"])
            case 8:
                return pick.choice(GROUPS) + gap + "{{" + self._body(2) + "}}"
            case _:
                return "{{" + self._body(2) + "}}UNION{{" + self._body(2) + "}}"


class Endpoint:
    """Counts who asks it, and hangs up on each."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/s"
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.asked += 1
            connection.close()


def main() -> None:
    """Asks them all."""
    said = arguments(texts=100_000, seed=1)
    verdict = Verdict(untimed=said.untimed)
    endpoint = Endpoint()
    texts = Texts(said.seed, endpoint.address)
    store = pyoxigraph.Store()
    for graph in (None, NamedNode("a:g")):
        store.add(Quad(NamedNode("a:a"), NamedNode("a:b"), Literal("c"), graph))
    seen: Counter[str] = Counter()
    missed: list[str] = []
    for _ in range(said.texts):
        text = texts.next()
        before = endpoint.asked
        what = "answered"
        try:
            answer = store.query(text, base_iri="http://b.example/")
            if not isinstance(answer, pyoxigraph.QueryBoolean):
                list(answer)
        except SyntaxError:
            what = "not read"
        except (OSError, RuntimeError, ValueError) as error:
            what = "asked" if isinstance(error, OSError) else "failed"
        if endpoint.asked > before:
            what = "asked"
        is_seen = bool(read_query(text).services)
        seen[f"{what}, and the guard {'refuses' if is_seen else 'lets pass'}"] += 1
        if what == "asked" and not is_seen:
            missed.append(text)
    for kind, count in seen.most_common():
        verdict.figure(f"texts that are {kind}", count)
    verdict.figure("texts that ask an endpoint", sum(n for kind, n in seen.items() if kind.startswith("asked")))
    verdict.figure("endpoints that the guard does not see", (len(missed), sorted(missed, key=len)[:2]), not missed)
    verdict.end()


if __name__ == "__main__":
    main()
