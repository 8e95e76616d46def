"""Has CKAN's own parser for DCAT-AP (ckanext-dcat) read a document; run in the harvesters' environment.

Usage: ``ckan_reads.py FORMAT < DOCUMENT``. Writes the data sets, as CKAN would store them, as a list in JSON.
"""

import json
import sys

from ckanext.dcat.processors import RDFParser

parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse(sys.stdin.read(), sys.argv[1])
json.dump(list(parser.datasets()), sys.stdout)
