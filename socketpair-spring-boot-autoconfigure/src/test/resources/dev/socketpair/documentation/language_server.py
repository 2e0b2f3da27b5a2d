"""A language server that knows no language, and sends a notification before each answer."""
import json
import sys

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
text = ""


def send(message):
    content = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stdout.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
    stdout.flush()


while True:
    length = None
    while line := stdin.readline().strip():
        name, value = line.split(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if length is None:
        break  # the application has closed its end
    request = json.loads(stdin.read(length))
    if request.get("method") == "textDocument/didOpen":
        text = request["params"]["textDocument"]["text"]
    if "id" in request:
        send({"method": "window/logMessage", "params": {"type": 3, "message": "before the answer"}})
        hover = request["method"] == "textDocument/hover"
        send({"id": request["id"],
              "result": {"contents": {"kind": "plaintext", "value": "int: " + text}} if hover else {"capabilities": {}}})
