"""schema_verdicts.py SCHEMA DOCUMENTS: for each line of DOCUMENTS, a JSON document, prints "valid" or
what the JSON Schema (draft-07) refuses first, with its JSON Pointer."""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
with open(sys.argv[2], encoding="utf-8") as documents:
    for line in documents:
        error = next(validator.iter_errors(json.loads(line)), None)
        if error is None:
            print("valid")
        else:
            pointer = "".join("/" + str(step) for step in error.absolute_path)
            print("refused at", pointer + ":", error.message.replace("\n", " ")[:200])
