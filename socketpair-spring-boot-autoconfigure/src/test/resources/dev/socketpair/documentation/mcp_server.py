"""A server of the Model Context Protocol that is as strict as the specification is."""
import json
import sys

initialized = False


def answer(request):
    global initialized
    method, params = request["method"], request.get("params", {})
    if method == "initialize":
        if not {"protocolVersion", "capabilities", "clientInfo"} <= params.keys():
            return {"error": {"code": -32602, "message": "Invalid params"}}
        return {"result": {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                           "serverInfo": {"name": "example", "version": "1"}}}
    if method == "notifications/initialized":
        initialized = True
        return None
    if not initialized:
        return {"error": {"code": -32600, "message": "Not initialized"}}
    if method == "tools/call" and params["name"] == "echo":
        return {"result": {"content": [{"type": "text", "text": "Echo: " + params["arguments"]["message"]}]}}
    return {"error": {"code": -32601, "message": "Method not found"}}


def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


for line in sys.stdin:
    request = json.loads(line)
    if "method" not in request:
        continue  # the answer to a request of this server
    send({"method": "notifications/message", "params": {"level": "info", "data": "before the answer"}})
    send({"id": 1000, "method": "roots/list"})
    reply = answer(request)
    if "id" in request and reply is not None:
        send({"id": request["id"] - 1, "result": "late, to a request that timed out"})
        send({"id": request["id"], **reply})
